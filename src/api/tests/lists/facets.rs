//! Counts of items by group.

use serde_json::{Value as Json, json};

use super::super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::engine::cost::Limits;

/// A value that the index has by hash only.
const LONG: &str =
    "a roof that was seen from so far away that nobody could tell what it was made of, or when";

/// A store with six labels of four classes, one of them corrected and two of them tagged, and a set.
async fn store() -> TestStore {
    let store = TestStore::new().await;
    let classes = ["barn", "roof", "roof", "barn", "roof", LONG];
    let mut changes: Vec<Json> = classes
        .iter()
        .enumerate()
        .map(|(n, class)| put(&format!("l{n}"), "LABEL", &format!("l{n}"), class, &[]))
        .collect();
    changes[1]["putVersion"]["tags"] = json!(["good", "seen"]);
    changes[2]["putVersion"]["tags"] = json!(["seen"]);
    changes[4]["putVersion"]["item"]["namespace"] = json!("town");
    changes.push(pin("set", &["@l0", "@l1", "@l2"].map(str::to_owned)));
    store.commit(changes).await;
    store.commit(vec![correct("default/LABEL/l3#1", "shed")]).await;
    store
}

/// The size of each group with some of its properties, in the order of the answer.
async fn groups(store: &TestStore, arguments: &str, order: &str, fields: &str) -> Vec<String> {
    let query = format!(
        "{{ itemSummary{arguments} {{ itemCount info {{ complete }} groups{order} {{ totalCount nodes {{ itemCount {fields} }} }} }} }}"
    );
    let found = store.ask(&query, json!({})).await["itemSummary"].take();
    assert_eq!(found["info"]["complete"], true);
    let nodes = found["groups"]["nodes"].as_array().unwrap();
    assert_eq!(found["groups"]["totalCount"], nodes.len());
    let value = |value: &Json| match value["exists"].as_bool() {
        Some(true) => value["value"].as_str().unwrap().chars().take(5).collect(),
        _ => "none".to_owned(),
    };
    let row = |node: &Json| {
        let plain =
            ["kind", "namespace", "tag", "author"].into_iter().filter(|name| node.get(name).is_some());
        let mut row: Vec<String> = plain.map(|name| node[name].as_str().unwrap_or("-").to_owned()).collect();
        row.extend(node["values"].as_array().into_iter().flatten().map(value));
        format!("{} {}", node["itemCount"], row.join(" "))
    };
    nodes.iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_counted_by_group_largest_first() {
    let store = store().await;
    let classes = "values { exists value }";
    for (arguments, order, fields, expected) in [
        ("", "", "kind", &["6 LABEL", "1 TRAINING_SET"][..]),
        ("(groupBy: [NAMESPACE])", "", "namespace", &["6 default", "1 town"]),
        ("(groupBy: [AUTHOR])", "", "author", &["7 local"]),
        // An item with two tags is in two groups; the set has a class neither.
        ("(groupBy: [TAG])", "", "tag", &["5 -", "2 seen", "1 good"]),
        ("(groupBy: [TAG], filter: {tags: [\"good\"]})", "", "tag", &["1 good", "1 seen"]),
        (
            "(groupBy: [], attributes: [\"class\"])",
            "",
            classes,
            &["3 roof", "1 none", "1 a roo", "1 barn", "1 shed"],
        ),
        (
            "(groupBy: [KIND], attributes: [\"class\"], filter: {keyPrefix: \"l\", namespaces: [\"default\"]})",
            "(orderBy: GROUP)",
            "kind values { exists value }",
            &["1 LABEL a roo", "1 LABEL barn", "2 LABEL roof", "1 LABEL shed"],
        ),
        ("(filter: {wrong: true})", "", "kind", &[]),
        (
            "(filter: {words: \"shed\"}, groupBy: [KIND, NAMESPACE])",
            "",
            "kind namespace",
            &["1 LABEL default"],
        ),
        ("(groupBy: [])", "", "", &["7 "]),
    ] {
        assert_eq!(groups(&store, arguments, order, fields).await, expected, "{arguments}");
    }
    let query = "{ itemSummary(groupBy: [], attributes: [\"class\"], filter: {words: \"away\"}) { groups { nodes { values { value } } } } }";
    let found = store.ask(query, json!({})).await;
    assert_eq!(found["itemSummary"]["groups"]["nodes"][0]["values"][0]["value"], LONG);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_those_of_the_moment_and_their_pages_follow_each_other() {
    let store = store().await;
    let query = "query($after: String, $seq: Seq!) { at(asOf: {seq: $seq}) { itemSummary(groupBy: [], attributes: [\"class\"]) {
        itemCount groups(first: 2, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { itemCount values { value } } } } } }";
    let page = async |seq: u8, after: &Json| {
        let found = store.ask(query, json!({"seq": seq, "after": after})).await["at"]["itemSummary"].take();
        let nodes = found["groups"]["nodes"].as_array().unwrap();
        let rows: Vec<Json> =
            nodes.iter().map(|node| json!([node["itemCount"], node["values"][0]["value"]])).collect();
        (json!(rows), found["groups"]["totalCount"].clone(), found["groups"]["pageInfo"].clone())
    };
    // Before the correction there were two barns.
    let (rows, total, info) = page(1, &json!(null)).await;
    assert_eq!((rows, total), (json!([[3, "roof"], [2, "barn"]]), json!(4)));
    let (rows, _, info) = page(1, &info["endCursor"]).await;
    assert_eq!((rows, &info["hasNextPage"]), (json!([[1, null], [1, LONG]]), &json!(false)));
    assert_eq!(page(2, &json!(null)).await.1, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_that_are_lower_bounds_say_so() {
    let store = store().await;
    let api = store.within(Limits { edges: 5, ..Limits::default() });
    let query = "{ itemSummary(groupBy: [TAG]) { itemCount info { complete incompleteReason } groups { nodes { tag itemCount } } } }";
    let found = run(&api, query, json!({})).await["data"]["itemSummary"].take();
    assert_eq!(found["info"], json!({"complete": false, "incompleteReason": "EDGES"}));
    assert_eq!(found["itemCount"], 5);
    // Groups by kind and namespace read no items.
    let query = "{ itemSummary(groupBy: [KIND, NAMESPACE]) { itemCount info { complete } } }";
    let found = run(&api, query, json!({})).await["data"]["itemSummary"].take();
    assert_eq!(found, json!({"itemCount": 7, "info": {"complete": true}}));
    let api = store.within(Limits::default());
    let query = "{ itemSummary(attributes: [\"a\", \"b\", \"c\", \"d\", \"e\"]) { itemCount } }";
    assert_eq!(refusal(&run(&api, query, json!({})).await).0, "LIMIT_EXCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_by_group_can_be_largest_first() {
    let store = store().await;
    let sizes = async |order: &str| {
        let query = format!(
            "{{ version(id: \"default/TRAINING_SET/set\") {{ memberSummary(attributes: [\"class\"]) {{
                groups{order} {{ nodes {{ versionCount values {{ value }} }} }} }} }} }}"
        );
        let found = store.ask(&query, json!({})).await["version"]["memberSummary"]["groups"]["nodes"].take();
        let rows = found.as_array().unwrap().iter();
        let rows: Vec<Json> =
            rows.map(|row| json!([row["versionCount"], row["values"][0]["value"]])).collect();
        json!(rows)
    };
    assert_eq!(sizes("").await, json!([[1, "barn"], [2, "roof"]]));
    assert_eq!(sizes("(orderBy: COUNT_DESCENDING)").await, json!([[2, "roof"], [1, "barn"]]));
    let query = "{ lineageSummary(from: [\"default/TRAINING_SET/set\"], direction: UP, groupBy: [], attributes: [\"class\"]) {
        groups(orderBy: COUNT_DESCENDING) { nodes { versionCount values { value } } } } }";
    let found = store.ask(query, json!({})).await["lineageSummary"]["groups"]["nodes"].take();
    assert_eq!(found[0], json!({"versionCount": 2, "values": [{"value": "roof"}]}));
}
