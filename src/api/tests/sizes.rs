//! Answers that would exceed the limit through lists without pages.

use std::collections::BTreeSet;

use async_graphql::parser::types::BaseType;
use serde_json::json;

use super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::engine::cost::{Limits, PER_CHANGE, PER_VALUE, PLAIN_LISTS};
use crate::api::engine::sdl::{OutputField, Sdl, SdlType, innermost};
use crate::api::schema;

const CHAIN: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_counted_while_it_grows() {
    let store = TestStore::new().await;
    let mut changes = vec![put("d0", "LABEL", "a", "roof", &[])];
    for place in 1..=CHAIN {
        changes.push(put(
            &format!("d{place}"),
            "DERIVED",
            &format!("d{place}"),
            "crop",
            &[&format!("@d{}", place - 1)],
        ));
    }
    let members: Vec<String> = (1..=CHAIN).map(|place| format!("@d{place}")).collect();
    changes.push(pin("set", &members));
    store.commit(changes).await;
    store.commit(vec![correct("default/LABEL/a#1", "barn")]).await;
    let query = |below: &str| {
        format!(
            "{{ affectedTrainingSets(wrong: {{all: {{}}}}, first: 1) {{ nodes {{ members(first: 60) {{ nodes {{ {below} }} }} }} }} }}"
        )
    };
    // By its text the query may answer with about 50 + 60 × 10 × 2 fields; the paths have an
    // average length of 30.
    let narrow = store.within(Limits { cost: 1_500, ..Limits::default() });
    for below in ["path { id }", "path { __typename }"] {
        let answer = run(&narrow, &query(below), json!({})).await;
        let (reason, message) = refusal(&answer);
        assert_eq!((reason, answer.get("data")), ("LIMIT_EXCEEDED", None), "{below}");
        assert!(message.contains("more than 1500 fields") && message.contains("smaller pages"), "{message}");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1));
    }
    let answer = run(&narrow, &query("split path { number } ").replace("60", "20"), json!({})).await;
    assert!(answer["errors"].is_null(), "{answer}");
    let answer =
        run(&store.within(Limits::default()), &query("path { id number item { key } }"), json!({})).await;
    assert!(answer["errors"].is_null(), "{answer}");

    // Statements under many aliases: by the text each is a list of five.
    store.commit(vec![json!({"reinstate": {"version": "default/LABEL/a#1", "reason": "r"}})]).await;
    let aliases: String = (0..90).map(|n| format!("s{n}: statements {{ kind }} ")).collect();
    let query = format!("{{ version(id: \"default/LABEL/a#1\") {{ {aliases} }} }}");
    for round in 0..10 {
        let say = if round % 2 == 0 {
            correct("default/LABEL/a#1", &format!("barn {round}"))
        } else {
            json!({"reinstate": {"version": "default/LABEL/a#1", "reason": format!("r {round}")}})
        };
        store.commit(vec![say]).await;
    }
    let answer = run(&store.within(Limits { cost: 600, ..Limits::default() }), &query, json!({})).await;
    assert_eq!(refusal(&answer).0, "LIMIT_EXCEEDED");
    let answer = run(&store.within(Limits { cost: 1_400, ..Limits::default() }), &query, json!({})).await;
    assert!(answer["errors"].is_null(), "{answer}");
}

/// Lists whose size is limited by an argument: their own `buckets`, or `maxNodes` or `k` of the field
/// around them.
const LIMITED: [&str; 6] = [
    "LineageGraph.edges",
    "LineageGraph.groups",
    "LineageGraph.nodes",
    "Moment.commitCounts",
    "PathAnswer.paths",
    "Query.commitCounts",
];

#[test]
fn every_list_without_pages_has_an_estimate() {
    let sdl = Sdl::read(&schema::sdl()).unwrap();
    let is_list = |field: &OutputField| {
        let is_composite = sdl.get(innermost(&field.kind)).is_some_and(SdlType::is_composite);
        is_composite && matches!(field.kind.base, BaseType::List(_))
    };
    let (mut missing, mut found) = (Vec::new(), BTreeSet::new());
    for kind in sdl.names() {
        let (Some(SdlType::Object(fields)) | Some(SdlType::Abstract(fields, _))) = sdl.get(kind) else {
            continue;
        };
        let is_page = fields.contains_key("pageInfo");
        for (name, field) in fields.iter().filter(|(_, field)| is_list(field)) {
            let name = name.as_str();
            let in_a_page = is_page && ["edges", "nodes"].contains(&name);
            let per_value =
                |(list, argument): &(&str, &str)| *list == name && field.arguments.contains_key(*argument);
            let by_argument = field.arguments.contains_key("k") || PER_VALUE.iter().any(per_value);
            let path = format!("{kind}.{name}");
            if in_a_page || by_argument || LIMITED.contains(&path.as_str()) {
                continue;
            }
            if PER_CHANGE.contains(&name) || PLAIN_LISTS.iter().any(|(list, _)| *list == name) {
                found.insert(name.to_owned());
            } else {
                missing.push(path);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?} count as one entry: give them a size in PLAIN_LISTS");
    let listed = PLAIN_LISTS.iter().map(|(list, _)| *list).chain(PER_CHANGE.iter().copied());
    let unknown: Vec<&str> = listed.filter(|list| !found.contains(*list)).collect();
    assert!(unknown.is_empty(), "no list without pages has the name {unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_with_a_too_large_answer_is_refused_before_it_is_written() {
    let store = TestStore::new().await;
    let changes: Vec<_> =
        (0..50).map(|n| put(&format!("l{n}"), "LABEL", &format!("l{n}"), "roof", &[])).collect();
    let query = "mutation($changes: [ChangeInput!]!) {
      commit(input: {changes: $changes, idempotencyKey: \"k\"}) { created results { id number isHead } }
    }";
    let narrow = store.within(Limits { cost: 100, ..Limits::default() });
    let answer = run(&narrow, query, json!({ "changes": changes })).await;
    let (reason, message) = refusal(&answer);
    assert_eq!(reason, "LIMIT_EXCEEDED");
    assert!(message.contains("153 fields"), "{message}");
    assert_eq!(store.ledger.view().seq().0, 0);
    let answer = store.ask(query, json!({ "changes": changes })).await;
    assert_eq!(answer["commit"]["results"].as_array().map(Vec::len), Some(50));
    assert_eq!(store.ledger.view().seq().0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writes_of_a_refused_mutation_are_stored() {
    let store = TestStore::new().await;
    let tags: Vec<String> = (0..40).map(|n| format!("t{n}")).collect();
    let query = "mutation($tags: [String!]!) {
      putVersion(input: {item: {kind: LABEL, key: \"a\"}, tags: $tags, idempotencyKey: \"k\"}) { version { tags { name } } }
    }";
    // By its text the answer has five tags.
    let narrow = store.within(Limits { cost: 30, ..Limits::default() });
    let answer = run(&narrow, query, json!({ "tags": tags })).await;
    let (reason, message) = refusal(&answer);
    assert_eq!(reason, "LIMIT_EXCEEDED");
    assert!(message.contains("are stored"), "{message}");
    let answer = store.ask(query, json!({ "tags": tags })).await;
    assert_eq!(answer["putVersion"]["version"]["tags"].as_array().map(Vec::len), Some(40));
    assert_eq!(store.ledger.view().seq().0, 1);
}
