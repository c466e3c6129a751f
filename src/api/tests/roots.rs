//! Root fields: a failing field alone becomes null, and an empty page is a page.

use serde_json::{Value as Json, json};

use super::filled::{LISTS, filled, having};
use super::store::{TestStore, run};
use crate::api::engine::cost::Limits;

/// Fields that are never null.
const NEVER_NULL: [&str; 5] = ["at", "commits", "items", "tags", "view"];

/// Returns the fields of a type of the schema.
async fn fields(store: &TestStore, kind: &str) -> Vec<Json> {
    let types = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
    let query = format!(
        "{{ __type(name: \"{kind}\") {{ fields {{ name type {{ kind }} args {{ name type {{ {types} }} }} }} }} }}"
    );
    store.ask(&query, json!({})).await["__type"]["fields"].as_array().unwrap().clone()
}

/// Returns true if an argument names an object that may not exist.
fn names_something(argument: &Json) -> bool {
    let mut kind = &argument["type"];
    while !kind["ofType"].is_null() {
        kind = &kind["ofType"];
    }
    argument["name"] == "ref" || kind["name"] == "ID" || kind["name"] == "WrongInput"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_field_that_takes_a_name_may_be_null() {
    let store = TestStore::new().await;
    let query = fields(&store, "Query").await;
    let mut strict = Vec::new();
    for field in &query {
        let (name, takes_names) =
            (field["name"].as_str().unwrap(), field["args"].as_array().unwrap().iter().any(names_something));
        let never_null = field["type"]["kind"] == "NON_NULL";
        if takes_names && never_null {
            strict.push(name);
        }
        if NEVER_NULL.contains(&name) {
            assert!(never_null, "{name}");
        }
    }
    assert!(strict.is_empty(), "one missing name would blank the whole answer: {strict:?}");
    let mut moment = fields(&store, "Moment").await;
    moment.retain(|field| field["name"] != "id");
    let order = |field: &Json| field["name"].as_str().unwrap().to_owned();
    let sorted = |mut fields: Vec<Json>| {
        fields.sort_by_key(order);
        fields
    };
    assert_eq!(sorted(moment), sorted(query), "a moment has the fields of the root");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_missing_name_blanks_one_field() {
    let store = filled().await;
    let api = store.within(Limits::default());
    let (gone, there) = ("default/LABEL/gone", "default/TRAINING_SET/train");
    let missing = [
        format!("resolve(ref: \"{gone}\") {{ id }}"),
        format!("lineage(from: [\"{gone}\"], direction: UP) {{ totalCount }}"),
        format!("paths(from: \"{gone}\", to: \"{there}\") {{ length }}"),
        format!("pathsBetween(from: \"{gone}\", to: \"{there}\") {{ exhaustive }}"),
        format!("reachable(from: [\"{there}\"], to: [\"{gone}\"])"),
        format!("affectedTrainingSets(wrong: {{versions: [\"{gone}\"]}}) {{ totalCount }}"),
        format!("affectedConsumers(wrong: {{versions: [\"{gone}\"]}}) {{ totalCount }}"),
        format!("trainingSetsContaining(versions: [\"{gone}\"]) {{ totalCount }}"),
        format!("trainingSetDiff(a: \"{there}\", b: \"{gone}\") {{ added {{ totalCount }} }}"),
        format!("lineageGraph(from: [\"{gone}\"], direction: UP) {{ info {{ seq }} }}"),
        format!("commonAncestors(a: \"{there}\", b: \"{gone}\") {{ totalCount }}"),
        format!("lineageDiff(a: \"{there}\", b: \"{gone}\") {{ commonCount }}"),
        format!(
            "lineageSummary(from: [\"{gone}\"], direction: UP, groupBy: []) {{ total {{ versionCount }} }}"
        ),
        format!("leakage(a: \"{there}\", b: \"{gone}\") {{ totalCount }}"),
        "campaign(commit: \"commit:999\") { setCount }".to_owned(),
        "newlyAffected(fromSeq: 999) { totalCount }".to_owned(),
        "node(id: \"nonsense\") { id }".to_owned(),
        "itemStates(items: [\"nonsense\"]) { exists }".to_owned(),
    ];
    for (open, close) in [("", ""), ("at(asOf: {seq: 100}) {", "}")] {
        for field in &missing {
            let name = &field[..field.find(['(', ' ']).unwrap()];
            let query =
                format!("{{ {open} {field} view {{ seq }} items(first: 1) {{ totalCount }} {close} }}");
            let answer = run(&api, &query, json!({})).await;
            let data = if open.is_empty() { &answer["data"] } else { &answer["data"]["at"] };
            assert_eq!(data.get(name), Some(&Json::Null), "{field}: {answer}");
            assert!(data["view"]["seq"].is_string() && data["items"]["totalCount"].is_number(), "{answer}");
            let errors = answer["errors"].as_array().unwrap();
            assert_eq!(errors.len(), 1, "{answer}");
            assert_eq!(errors[0]["path"].as_array().unwrap().last(), Some(&json!(name)), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_page_has_the_total_count() {
    let store = filled().await;
    let digest =
        store.ask("{ version(id: \"default/SOURCE/s0#1\") { payload { digest } } }", json!({})).await;
    let digest = digest["version"]["payload"]["digest"].as_str().unwrap().to_owned();
    let below = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor } nodes { __typename }";
    for list in LISTS {
        let some = store.ask(&list.ask(&digest, "first: 1", below), json!({})).await;
        let none = store.ask(&list.ask(&digest, "first: 0", below), json!({})).await;
        let (some, none) = (having(&some, "pageInfo").unwrap(), having(&none, "pageInfo").unwrap());
        assert_eq!(none["totalCount"], some["totalCount"], "{}", list.query);
        let any = some["totalCount"] != 0;
        let info =
            json!({"hasNextPage": any, "hasPreviousPage": false, "startCursor": null, "endCursor": null});
        assert_eq!(
            (&none["pageInfo"], &none["edges"], &none["nodes"]),
            (&info, &json!([]), &json!([])),
            "{}",
            list.query
        );
        let none = store.ask(&list.ask(&digest, "last: 0", below), json!({})).await;
        let none = having(&none, "pageInfo").unwrap();
        let info =
            json!({"hasNextPage": false, "hasPreviousPage": any, "startCursor": null, "endCursor": null});
        assert_eq!((&none["pageInfo"], &none["nodes"]), (&info, &json!([])), "{}", list.query);
    }
}
