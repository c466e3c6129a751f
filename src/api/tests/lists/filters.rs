//! Filters of members, differences and lineages, and lookups of one thing in another.

use serde_json::{Value as Json, json};

use super::super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::engine::cost::Limits;

/// A set of two versions. The first has five labels; in the second `l0` has another class, `l1` moved
/// to TEST, `l2` is removed and `l5` is new.
async fn store() -> TestStore {
    let store = TestStore::new().await;
    let classes = ["barn", "roof", "roof", "barn", "roof", "barn"];
    let label = |(n, class): (usize, &&str)| put(&format!("l{n}"), "LABEL", &format!("tile/{n}"), class, &[]);
    let mut changes: Vec<Json> = classes.iter().enumerate().map(label).collect();
    let first: Vec<String> = (0..5).map(|n| format!("@l{n}")).collect();
    changes.push(pin("set", &first));
    changes.push(put("m", "MODEL", "one", "net", &["@set"]));
    changes.push(put("n", "MODEL", "two", "net", &["@set"]));
    changes[6]["snapshotTrainingSet"]["as"] = json!("set");
    store.commit(changes).await;
    store.commit(vec![correct("default/LABEL/tile/0#1", "silo on a long way to the coast")]).await;
    let mut second = pin(
        "set",
        &["0#2", "1#1", "3#1", "4#1", "5#1"].map(|version| format!("default/LABEL/tile/{version}")),
    );
    second["snapshotTrainingSet"]["members"]["all"][1]["split"] = json!("TEST");
    store.commit(vec![second]).await;
    store
}

/// The keys in the nodes of the list that a query asks for as BELOW, in the order of the list.
async fn keys(store: &TestStore, query: &str, node: &str) -> String {
    let below = format!("totalCount nodes {{ {node} }}");
    let found = store.ask(&query.replace("BELOW", &below), json!({})).await;
    let list = list_in(&found);
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len());
    let key = |node: &Json| key_in(node).rsplit('/').next().unwrap().to_owned();
    nodes.iter().map(key).collect::<Vec<_>>().join(" ")
}

/// The keys in order, for lists with another one.
fn sorted(keys: &str) -> String {
    let mut keys: Vec<&str> = keys.split(' ').collect();
    keys.sort_unstable();
    keys.join(" ")
}

/// The innermost object with `nodes`.
fn list_in(answer: &Json) -> &Json {
    match answer {
        Json::Object(fields) if fields.contains_key("nodes") => answer,
        Json::Object(fields) => list_in(fields.values().next().unwrap()),
        Json::Array(entries) => list_in(&entries[0]),
        other => panic!("{other}"),
    }
}

fn key_in(node: &Json) -> &str {
    match &node["key"] {
        Json::String(key) => key,
        _ => key_in(node.as_object().unwrap().values().next().unwrap()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_of_sets_are_filtered_by_split_kind_and_attribute() {
    let store = store().await;
    let (one, two) = ("default/TRAINING_SET/set#1", "default/TRAINING_SET/set#2");
    let barn = "filter: {attribute: {path: \"class\", equals: \"barn\"}}";
    let roof = "filter: {attribute: {path: \"class\", equals: \"roof\"}}";
    for (list, arguments, expected) in [
        ("versionsAdded", String::new(), "5 0"),
        ("versionsAdded", format!("({barn})"), "5"),
        ("versionsAdded", "(filter: {kinds: [MODEL]})".to_owned(), ""),
        ("versionsAdded", "(filter: {words: \"silo coast\"})".to_owned(), "0"),
        ("versionsAdded", "(split: \"TEST\")".to_owned(), "1"),
        ("versionsAdded", format!("(split: \"TEST\", {barn})"), ""),
        ("versionsRemoved", String::new(), "0 2"),
        ("versionsRemoved", format!("({roof})"), "2"),
        ("added", format!("({roof})"), ""),
        ("added", format!("(split: \"TRAIN\", {barn})"), "5"),
        ("added", "(split: \"TEST\")".to_owned(), ""),
        ("removed", format!("({roof})"), "2"),
        ("removed", format!("({barn})"), ""),
        ("repinned", String::new(), "1 0"),
        // The older pin matches.
        ("repinned", format!("({barn})"), "0"),
        ("repinned", "(filter: {wrong: true})".to_owned(), "0"),
        ("repinned", "(split: \"TEST\")".to_owned(), "1"),
        ("repinned", format!("(split: \"TEST\", {barn})"), ""),
    ] {
        let query =
            format!("{{ trainingSetDiff(a: \"{one}\", b: \"{two}\") {{ {list}{arguments} {{ BELOW }} }} }}");
        let below = if list == "repinned" {
            "after { version { item { key } } }"
        } else {
            "version { item { key } }"
        };
        assert_eq!(keys(&store, &query, below).await, expected, "{list}{arguments}");
    }
    let query = format!("{{ trainingSetDiff(a: \"{one}\", b: \"{two}\") {{
        summary(filter: {{attribute: {{path: \"class\", equals: \"barn\"}}}}) {{ nodes {{ split addedCount removedCount }} }} }} }}");
    let found = store.ask(&query, json!({})).await["trainingSetDiff"]["summary"]["nodes"].take();
    assert_eq!(found, json!([{"split": "TRAIN", "addedCount": 1, "removedCount": 1}]));
    let query = format!(
        "{{ trainingSetDiff(a: \"{one}\", b: \"{two}\") {{ added(split: \"NONE\") {{ totalCount }} }} }}"
    );
    let refused = run(&store.within(Limits::default()), &query, json!({})).await;
    assert!(refusal(&refused).1.contains("TEST, TRAIN"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_filtered_by_words() {
    let store = store().await;
    let set = "default/TRAINING_SET/set#2";
    for (words, expected) in [
        ("coast", "0"),
        ("Silo coa", "0"),
        ("coa ", ""),
        ("tile", "0 1 3 4 5"),
        ("tile barn", "3 5"),
        ("roof", "1 4"),
        ("5", "5"),
    ] {
        let query = format!(
            "{{ version(id: \"{set}\") {{ members(filter: {{words: \"{words}\", kinds: [LABEL]}}) {{ BELOW }} }} }}"
        );
        assert_eq!(sorted(&keys(&store, &query, "version { item { key } }").await), expected, "{words:?}");
    }
    // The older version of a label has its own words.
    let query = "{ lineage(from: [\"default/TRAINING_SET/set#1\"], direction: UP, keepOnly: {words: \"barn\"}) { BELOW } }";
    assert_eq!(sorted(&keys(&store, query, "item { key }").await), "0 3");
    let query = "{ version(id: \"default/TRAINING_SET/set#2\") { memberSummary(filter: {words: \"roof\"}) {
        total { versionCount } groups { nodes { split versionCount } } } } }";
    let found = store.ask(query, json!({})).await["version"]["memberSummary"].take();
    assert_eq!(found["total"]["versionCount"], 2);
    assert_eq!(
        found["groups"]["nodes"],
        json!([{"split": "TEST", "versionCount": 1}, {"split": "TRAIN", "versionCount": 1}])
    );
    let api = store.within(Limits::default());
    let many: String = (0..33).map(|n| format!("w{n} ")).collect();
    for (words, expected) in [("...", "letter or digit"), (many.as_str(), "words of one filter")] {
        let query = "query($words: String) { version(id: \"default/TRAINING_SET/set\") { members(filter: {words: $words}) { totalCount } } }";
        let refused = run(&api, query, json!({ "words": words })).await;
        assert!(refusal(&refused).1.contains(expected), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_versions_of_a_group_are_listed_or_kept_out() {
    let store = store().await;
    let graph = |fold: &str, below: &str| {
        format!(
            "{{ lineageGraph(from: [\"default/TRAINING_SET/set#1\"], direction: UP, foldAbove: 2{fold}) {{ {below} }} }}"
        )
    };
    let all = "groups { count wrongCount versions(filter: {wrong: true}) { totalCount nodes { item { key } } } } nodes { version { number } }";
    let found = store.ask(&graph("", all), json!({})).await["lineageGraph"].take();
    assert_eq!((&found["groups"][0]["count"], &found["groups"][0]["wrongCount"]), (&json!(5), &json!(1)));
    assert_eq!(found["nodes"].as_array().unwrap().len(), 1, "only the start is a node: {found}");
    assert_eq!(
        found["groups"][0]["versions"],
        json!({"totalCount": 1, "nodes": [{"item": {"key": "tile/0"}}]})
    );
    let apart = "groups { count wrongCount } nodes { version { wrong item { key } } } info { complete }";
    let found = store.ask(&graph(", foldWrong: false", apart), json!({})).await["lineageGraph"].take();
    assert_eq!(found["groups"], json!([{"count": 4, "wrongCount": 0}]));
    assert_eq!(found["nodes"][1]["version"], json!({"wrong": true, "item": {"key": "tile/0"}}));
    assert_eq!((found["nodes"].as_array().unwrap().len(), &found["info"]["complete"]), (2, &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_version_and_one_attribute_can_be_looked_up() {
    let store = store().await;
    let query = "{ item(id: \"default/LABEL/tile/0\") {
        one: version(number: 1) { number attribute(path: \"class\") { path exists value } }
        two: version(number: 2) { attribute(path: \"class\") { value } none: attribute(path: \"class.x\") { exists value } }
        three: version(number: 3) { number } zero: version(number: 0) { number } minus: version(number: -1) { number } } }";
    let found = store.ask(query, json!({})).await["item"].take();
    assert_eq!(
        found["one"],
        json!({"number": 1, "attribute": {"path": "class", "exists": true, "value": "barn"}})
    );
    let silo = "silo on a long way to the coast";
    assert_eq!(found["two"], json!({"attribute": {"value": silo}, "none": {"exists": false, "value": null}}));
    assert_eq!(
        (&found["three"], &found["zero"], &found["minus"]),
        (&json!(null), &json!(null), &json!(null))
    );
    let query =
        "{ at(asOf: {seq: 1}) { item(id: \"default/LABEL/tile/0\") { version(number: 2) { number } } } }";
    assert_eq!(store.ask(query, json!({})).await["at"]["item"]["version"], json!(null));
    // A list, an object and what is in it.
    let mut change = put("x", "LABEL", "box", "a", &[]);
    change["putVersion"]["attributes"] = json!({"box": {"x": [1, 2], "a.b": null}});
    store.commit(vec![change]).await;
    let query = "{ version(id: \"default/LABEL/box\") { whole: attribute(path: \"box\") { value }
        list: attribute(path: \"box.x\") { value } dot: attribute(path: \"box.a\\\\.b\") { exists value } } }";
    let found = store.ask(query, json!({})).await["version"].take();
    assert_eq!(found["whole"]["value"], json!({"x": [1, 2], "a.b": null}));
    assert_eq!(
        (&found["list"]["value"], &found["dot"]),
        (&json!([1, 2]), &json!({"exists": true, "value": null}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_can_be_given() {
    let store = store().await;
    let query =
        |consumers: &str| format!("{{ affectedConsumers(wrong: {{all: {{}}}}{consumers}) {{ BELOW }} }}");
    for (consumers, expected) in [
        ("", "one two"),
        (", consumers: [\"default/MODEL/two\"]", "two"),
        (", consumers: [\"default/MODEL/two\", \"default/MODEL/one#1\"]", "one two"),
        (", consumers: [\"default/MODEL/two\"], kinds: [DEPLOYMENT]", ""),
        (", consumers: []", ""),
    ] {
        assert_eq!(
            keys(&store, &query(consumers), "consumer { item { key } }").await,
            expected,
            "{consumers}"
        );
    }
    let refused = query(", consumers: [\"default/LABEL/tile/1\"]").replace("BELOW", "totalCount");
    let refused = run(&store.within(Limits::default()), &refused, json!({})).await;
    assert!(refusal(&refused).1.contains("default/LABEL/tile/1, a LABEL"), "{refused}");
}
