//! Validation before execution, and the shape of answers, on a real store.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::filled::{LISTS, filled};
use super::store::{TestStore, run};
use crate::api::engine::cost::Limits;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::api::engine::sdl::{Sdl, SdlType};
use crate::api::schema;
use crate::domain::principal::Principal;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_request_with_a_malformed_value_is_committed() {
    let store = TestStore::new().await;
    let api = store.within(Limits::default());
    let good = "putVersion(input: {item: {kind: LABEL, key: \"KEY\"}, attributes: {a: 1}}) { created }";
    let digest = format!("b3:{}", "0".repeat(63));
    let wrong = [
        ("payload: {digest: \"DIGEST\"}", "payload: \"DIGEST\""),
        ("attributes: {n: 1e300}", "attributes: {n: 1e300}"),
        ("activity: {name: \"crop\", startedAt: \"yesterday\"}", ""),
        ("attributes: {n: 1, n: 2}", ""),
        ("ontology: 1.5", ""),
    ];
    let select = "snapshotTrainingSet(input: {item: {kind: TRAINING_SET, key: \"wrong\"}, members: {select: {filter: {keyPrefix: \"\"}, asOf: {seq: \"1-1a2b3c4d5e6f7081\"}}}}) { created }";
    let answer =
        run(&api, &format!("mutation {{ a: {} b: {select} }}", good.replace("KEY", "k")), json!({})).await;
    assert!(answer.get("data").is_none(), "{answer}");
    assert_eq!(
        answer["errors"][0]["message"],
        "argument `input` of field `Mutation.snapshotTrainingSet`, at `members.select.asOf.seq`: expected a seq without a \
         mark, such as \"1\", found \"1-1a2b3c4d5e6f7081\"; only `after` and `before` of the change feed take a mark"
    );
    for (i, (field, other)) in wrong.iter().enumerate() {
        for field in [field, other].into_iter().filter(|field| !field.is_empty()) {
            let field = field.replace("DIGEST", &digest);
            let good = good.replace("KEY", &format!("k{i}"));
            let query = format!(
                "mutation {{ a: {good} b: putVersion(input: {{item: {{kind: LABEL, key: \"wrong\"}}, {field}}}) {{ created }} }}"
            );
            let answer = run(&api, &query, json!({})).await;
            assert!(answer.get("data").is_none(), "{query}: {answer}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        }
    }
    let query = "mutation($first: PutVersionInput!, $then: PutVersionInput!) {
        a: putVersion(input: $first) { created } b: putVersion(input: $then) { created } }";
    let first = json!({"item": {"kind": "LABEL", "key": "a"}, "attributes": {"a": 1}});
    let then =
        json!({"item": {"kind": "LABEL", "key": "b"}, "activity": {"name": "crop", "endedAt": "tomorrow"}});
    let answer = run(&api, query, json!({"first": first, "then": then})).await;
    assert!(answer.get("data").is_none(), "{answer}");
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert_eq!(
        message,
        "variable `$then`, at `activity.endedAt`: expected a moment in RFC 3339, such as \"2026-03-01T12:00:00Z\", found \"tomorrow\""
    );
    assert_eq!(store.ask("{ view { seq } }", json!({})).await, json!({"view": {"seq": "0"}}));
}

/// Validation accepts a position if and only if the resolver reads one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validation_and_resolver_accept_the_same_positions() {
    let store = filled().await;
    let api = store.within(Limits::default());
    let query = "{ a: commits(first: 1) { pageInfo { endCursor } } }";
    let position = run(&api, query, json!({})).await["data"]["a"]["pageInfo"]["endCursor"].clone();
    assert!(position.as_str().unwrap().starts_with("1-"), "{position}");
    let query = "query($after: Seq!) { commits(after: $after, first: 1) { nodes { seq } } \
                 at(asOf: {seq: \"5\"}) { commits(after: $after, first: 1) { nodes { seq } } } }";
    let second = json!({"nodes": [{"seq": "2"}]});
    let answer = run(&api, query, json!({ "after": position })).await;
    assert_eq!(answer, json!({"data": {"commits": second, "at": {"commits": second}}}));
    let query = "query($before: Seq!) { commits(before: $before, last: 1) { nodes { seq } pageInfo { startCursor } } \
                 at(asOf: {seq: \"5\"}) { commits(before: $before, last: 1) { nodes { seq } pageInfo { startCursor } } } }";
    let third = "{ commits(after: 2, first: 1) { pageInfo { endCursor } } }";
    let third = store.ask(third, json!({})).await["commits"]["pageInfo"]["endCursor"].clone();
    let answer = run(&api, query, json!({ "before": third })).await;
    for commits in [&answer["data"]["commits"], &answer["data"]["at"]["commits"]] {
        assert_eq!(commits["nodes"], json!([{"seq": "2"}]), "{answer}");
        assert!(commits["pageInfo"]["startCursor"].as_str().unwrap().starts_with("2-"), "{answer}");
    }
}

/// Queries for the types that the lists do not reach. Their writes have an effect only once.
const MORE: &[&str] = &[
    "{ node(id: \"commit:1\") { id } nodes(ids: [\"commit:1\", \"commit:2\"]) { id } view { seq } }",
    "{ at(asOf: {seq: \"5\"}) { view { seq } } }",
    "{ version(id: \"default/TRAINING_SET/test#1\") { freshness { fresh } } }",
    "{ version(id: \"default/SOURCE/s0#1\") { payload { digest imageSize { width } } } }",
    "{ commitCounts(buckets: 2) { commitCount } }",
    "{ trainingSetDiff(a: \"default/TRAINING_SET/t0\", b: \"default/TRAINING_SET/test#1\") { added(first: 1) { totalCount } } }",
    "{ lineageDiff(a: \"default/TRAINING_SET/test#1\", b: \"default/BUNDLE/all\") { commonCount } }",
    "{ campaign(commit: \"commit:111\") { setCount asked { wrongCount } } }",
    "{ lineageGraph(from: [\"default/ONTOLOGY/classes\"], direction: DOWN, foldAbove: 2) { nodes { version { number } } edges { role } groups { count } info { seq } } }",
    "{ lineageSummary(from: [\"default/TRAINING_SET/test#1\"], direction: UP, groupBy: [KIND]) { total { versionCount } info { seq } } }",
    "{ itemStates(items: [\"default/LABEL/l0\"]) { ref item { key } head { number } } }",
    "{ paths(from: \"default/DERIVED/c0#1\", to: \"default/SOURCE/s0#1\") { length } }",
    "{ pathsBetween(from: \"default/DERIVED/c0#1\", to: \"default/SOURCE/s0#1\") { paths { versions { number } } info { seq } } }",
    "mutation { putVersion(input: {item: {kind: ONTOLOGY, key: \"classes\"}, attributes: {a: 1}, ontologyChanges: [{kind: RENAME, classes: [\"a\"]}]}) \
        { commit { seq } version { number ontologyChanges { kind } } } }",
    "mutation { snapshotTrainingSet(input: {item: {kind: TRAINING_SET, key: \"one\"}, members: {all: [{version: \"default/LABEL/l1#1\"}]}}) { version { number } } }",
    "mutation { refreshTrainingSet(input: {item: {kind: TRAINING_SET, key: \"one\"}, dryRun: true}) { replaced { pinned { number } } removed { number } } }",
    "mutation { correct(input: {version: \"default/SOURCE/s1#1\", attributes: {a: 1}, reason: \"r\"}) { version { number } statement { reason } } }",
    "mutation { retract(input: {version: \"default/SOURCE/s2#1\", reason: \"r\"}) { statement { reason } } }",
    "mutation { setTag(input: {name: \"t\", version: \"default/SOURCE/s2#1\"}) { tag { name } } }",
    "mutation { assertDerivation(input: {derived: \"default/DERIVED/c5#1\", source: \"default/SOURCE/s9#1\", reason: \"r\"}) { derivation { role } } }",
    "mutation { commit(input: {changes: [{putVersion: {item: {kind: LABEL, key: \"new\"}}}]}) { results { number } } }",
];

/// An object of which no field applies is an empty object, in every place and of every type.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_object_without_applicable_fields_is_empty_and_not_null() {
    let store = filled().await;
    let api = store.within(Limits::default());
    let digest =
        store.ask("{ item(id: \"default/SOURCE/s0\") { head { payload { digest } } } }", json!({})).await;
    let digest = digest["item"]["head"]["payload"]["digest"].as_str().unwrap().to_owned();
    let page = |list: &super::filled::ListQuery| {
        list.ask(
            &digest,
            "first: 2",
            &format!(
                "nodes {{ {} }} edges {{ node {{ __typename }} }} pageInfo {{ hasNextPage }} info {{ seq }}",
                list.node
            ),
        )
    };
    let mut queries: Vec<String> = LISTS.iter().map(page).collect();
    queries.extend(MORE.iter().map(|query| (*query).to_owned()));
    let (mut types, mut unfit) = (BTreeSet::new(), String::new());
    for query in &queries {
        for (before, after) in sets(query) {
            let typed = format!("{before}{{ t: __typename }}{after}");
            let empty = format!("{before}{{ t: __typename @skip(if: true) }}{after}");
            let (typed, empty) = (run(&api, &typed, json!({})).await, run(&api, &empty, json!({})).await);
            if typed["errors"].is_array() {
                // A query that no longer matches the schema would test nothing.
                let _ = writeln!(unfit, "{query}: {typed}");
                break;
            }
            let mut expected = typed["data"].clone();
            emptied(&mut expected, &mut types);
            assert_eq!(empty["data"], expected, "{before}{{ }}{after}");
        }
    }
    assert!(unfit.is_empty(), "{unfit}");
    let sdl = Sdl::read(&schema::sdl()).unwrap();
    types.extend(["Query", "Mutation"].map(str::to_owned));
    let objects = sdl.names().filter(|name| matches!(sdl.get(name), Some(SdlType::Object(_))));
    let missed: Vec<_> = objects
        .filter(|name| !name.starts_with("__") && !types.contains(name.as_str()))
        .map(|name| name.as_str())
        .filter(|name| !UNASKED.contains(name))
        .collect();
    assert!(missed.is_empty(), "no query here answers with {missed:?}: add one");
    // If a type decides, null would mean "not found".
    let query = "{ node(id: \"commit:1\") { ... on Version { number } } nodes(ids: [\"commit:1\"]) { ... on Item { key } } }";
    assert_eq!(store.ask(query, json!({})).await, json!({"node": {}, "nodes": [{}]}));
    let query = "query($no: Boolean!) { view @include(if: $no) { seq } }";
    assert_eq!(store.ask(query, json!({"no": false})).await, json!({}));
}

/// One name may be a field of several types, each at its own position.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_are_ordered_by_the_type_of_their_object() {
    let store = TestStore::new().await;
    store
        .ask("mutation { putVersion(input: {item: {kind: LABEL, key: \"a\"}}) { created } }", json!({}))
        .await;
    let version = store.ask("{ version(id: \"default/LABEL/a#1\") { id } }", json!({})).await;
    let query = "{ nodes(ids: [\"commit:1\", VERSION]) { ... on Commit { author seq } ... on Version { number author } id } }";
    let query = query.replace("VERSION", &version["version"]["id"].to_string());
    let ask = Ask { query, ..Ask::default() };
    let caller = Caller::here(Principal::local(), Allow::Queries);
    let outcome = store.within(Limits::default()).execute(ask, caller).await;
    let text = String::from_utf8(outcome.body).unwrap();
    let places: Vec<usize> = ["author", "seq", "id", "number", "author"]
        .iter()
        .scan(0, |from, name| {
            *from += text[*from..].find(&format!("\"{name}\":"))? + 1;
            Some(*from)
        })
        .collect();
    assert_eq!(places.len(), 5, "{text}");
}

/// Excluded types: events, which the tests of subscriptions cover, and uploads, which need a
/// bucket.
const UNASKED: &[&str] = &[
    "Subscription",
    "NewlyAffectedSets",
    "BeginUploadPayload",
    "CompleteUploadPayload",
    "UploadHeader",
    "UploadRequest",
    "UploadedBlob",
];

/// Every selection set of a query below its operation, as the text before it and the text after it.
fn sets(query: &str) -> Vec<(&str, &str)> {
    let (mut open, mut found, mut arguments) = (Vec::new(), Vec::new(), 0);
    for (i, byte) in query.bytes().enumerate() {
        match byte {
            b'(' => arguments += 1,
            b')' => arguments -= 1,
            b'{' if arguments == 0 => open.push(i),
            b'}' if arguments == 0 => {
                if let Some(start) = open.pop()
                    && !open.is_empty()
                {
                    found.push((&query[..start], &query[i + 1..]));
                }
            }
            _ => {}
        }
    }
    found
}

/// Empties the objects that report their type, and collects the types.
fn emptied(value: &mut Json, types: &mut BTreeSet<String>) {
    match value {
        Json::Object(fields) => match fields.get("t") {
            Some(Json::String(name)) if fields.len() == 1 => {
                types.insert(name.clone());
                fields.clear();
            }
            _ => fields.values_mut().for_each(|field| emptied(field, types)),
        },
        Json::Array(elements) => elements.iter_mut().for_each(|element| emptied(element, types)),
        _ => {}
    }
}
