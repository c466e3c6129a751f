//! The budget of the questions of one request, and the budget for replaying up to a cursor.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::engine::cost::Limits;
use crate::api::engine::execute::Execute;

const LAYERS: usize = 4;
const WIDTH: usize = 5;

/// Layers of crops, each made from the entire layer above; two sets, of the second layer and of the
/// last.
async fn store() -> TestStore {
    of_width(WIDTH).await
}

async fn of_width(width: usize) -> TestStore {
    let store = TestStore::new().await;
    let name = |layer: usize, place: usize| format!("c{layer}-{place}");
    for layer in 0..LAYERS {
        let above: Vec<String> = match layer {
            0 => Vec::new(),
            _ => (0..width).map(|place| format!("default/DERIVED/{}#1", name(layer - 1, place))).collect(),
        };
        let above: Vec<&str> = above.iter().map(String::as_str).collect();
        let crops = (0..width).map(|place| {
            put(&format!("x{place}"), "DERIVED", &name(layer, place), &format!("{layer}-{place}"), &above)
        });
        store.commit(crops.collect()).await;
    }
    let of = |layer: usize| -> Vec<String> {
        (0..width).map(|place| format!("default/DERIVED/{}#1", name(layer, place))).collect()
    };
    store.commit(vec![pin("second", &of(1))]).await;
    store.commit(vec![pin("last", &of(3))]).await;
    store.commit(vec![correct("default/DERIVED/c0-0#1", "barn")]).await;
    store
}

fn within(store: &TestStore, edges: u64) -> Arc<dyn Execute> {
    store.within(Limits { edges, ..Limits::default() })
}

/// Returns true if there is a complete answer.
fn is_whole(answer: &Json) -> bool {
    answer["errors"].is_null() && !answer.to_string().contains("\"complete\":false")
}

/// Returns the minimum number of edges for a complete answer.
async fn least(store: &TestStore, query: &str) -> u64 {
    let (mut less, mut enough) = (0, 10_000);
    while less + 1 < enough {
        let middle = u64::midpoint(less, enough);
        match is_whole(&run(&within(store, middle), query, json!({})).await) {
            true => enough = middle,
            false => less = middle,
        }
    }
    assert!(enough < 10_000, "{query} is never answered");
    enough
}

const FIRST: &str = "default/DERIVED/c0-0#1";
const LAST: &str = "default/DERIVED/c3-4#1";

#[tokio::test(flavor = "multi_thread")]
async fn all_questions_of_a_request_share_its_budget() {
    let store = store().await;
    let info = "info { complete }";
    let questions = [
        format!("lineage(from: [\"{LAST}\"], direction: UP) {{ totalCount {info} }}"),
        format!("lineage(from: [\"{FIRST}\"], direction: BOTH, roles: [\"INPUT\"]) {{ totalCount {info} }}"),
        format!("paths(from: \"{FIRST}\", to: \"{LAST}\") {{ length }}"),
        format!("paths(from: \"{FIRST}\", to: \"{LAST}\", k: 4) {{ length }}"),
        format!("pathsBetween(from: \"{FIRST}\", to: \"{LAST}\", k: 4) {{ {info} }}"),
        format!("reachable(from: [\"{FIRST}\"], to: [\"{LAST}\"])"),
        format!("commonAncestors(a: \"{LAST}\", b: \"default/DERIVED/c3-0#1\") {{ totalCount }}"),
        format!("lineageDiff(a: \"{LAST}\", b: \"default/DERIVED/c2-0#1\") {{ commonCount }}"),
        format!("lineageSummary(from: [\"{LAST}\"], direction: UP, groupBy: [ROLE]) {{ {info} }}"),
        format!("lineageSummary(from: [\"{FIRST}\"], direction: DOWN, groupBy: [ROLE]) {{ {info} }}"),
        format!("lineageGraph(from: [\"{LAST}\"], direction: UP, foldAbove: 1000) {{ {info} }}"),
        format!(
            "leakage(a: \"default/TRAINING_SET/second#1\", b: \"default/TRAINING_SET/last#1\") {{ {info} }}"
        ),
        "items(filter: {stale: true}) { totalCount }".to_owned(),
        format!("trainingSetsContaining(versions: [\"{FIRST}\"]) {{ totalCount }}"),
        "affectedTrainingSets(wrong: {all: {}}) { info { complete } }".to_owned(),
        "affectedConsumers(wrong: {all: {}}) { info { complete } }".to_owned(),
    ];
    for question in questions {
        let (one, two) = (format!("{{ {question} }}"), format!("{{ one: {question} two: {question} }}"));
        let edges = least(&store, &one).await;
        assert!(edges > 3, "{question} follows nothing");
        let both = run(&within(&store, edges), &two, json!({})).await;
        assert!(!is_whole(&both), "{question} twice within {edges}: {both}");
        let both = run(&within(&store, 2 * edges), &two, json!({})).await;
        assert!(is_whole(&both), "{question} twice within twice {edges}: {both}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_reachable_is_charged_by_edges_not_by_results() {
    let store = store().await;
    // Each item of the first layer has 3 layers of 5 and two sets below: 5 + 25 + 25 edges, and 5
    // pins of each set.
    let query = "query($from: [ID!]!) { reachable(from: $from, to: [\"default/DERIVED/c3-0#1\"]) }";
    let starts: Vec<String> = (1..WIDTH).map(|place| format!("default/DERIVED/c0-{place}#1")).collect();
    let each = 5 + 25 + 25 + 5 + 5;
    let answer = run(&within(&store, 4 * each), query, json!({ "from": starts })).await;
    assert_eq!(answer["data"]["reachable"], json!([[true], [true], [true], [true]]));
    let answer = run(&within(&store, 4 * each - 1), query, json!({ "from": starts })).await;
    assert_eq!(refusal(&answer).0, "LIMIT_EXCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_limit_and_that_there_are_more() {
    let store = store().await;
    let query = format!("{{ commonAncestors(a: \"{LAST}\", b: \"{FIRST}\") {{ totalCount }} }}");
    let answer = run(&within(&store, 7), &query, json!({})).await;
    let (reason, message) = refusal(&answer);
    assert_eq!(reason, "LIMIT_EXCEEDED");
    assert!(message.contains("at most 7 derivations") && message.contains("fewer versions"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_edge_of_a_walk_is_charged() {
    let store = store().await;
    let query = format!(
        "{{ lineage(from: [\"{FIRST}\"], direction: DOWN, maxDepth: 1) {{ totalCount info {{ incompleteReason }} }} }}"
    );
    // Five derivatives; then the first of them has more beyond: five crops and one pin.
    let reported = |answer: &Json| answer["data"]["lineage"].clone();
    let enough = run(&within(&store, 5 + 6), &query, json!({})).await;
    assert_eq!(reported(&enough), json!({"totalCount": 5, "info": {"incompleteReason": "DEPTH"}}));
    let fewer = run(&within(&store, 5 + 5), &query, json!({})).await;
    assert_eq!(reported(&fewer), json!({"totalCount": 5, "info": {"incompleteReason": "EDGES"}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_results_before_a_cursor_are_charged() {
    let store = of_width(10).await;
    let sides = "a: \"default/TRAINING_SET/second#1\", b: \"default/TRAINING_SET/last#1\"";
    for (field, arguments, edges) in [
        ("lineage", format!("from: [\"{FIRST}\"], direction: DOWN"), 4),
        ("leakage", format!("{sides}, kinds: [COMMON_ANCESTOR]"), 450),
    ] {
        let query = format!(
            "query($after: String) {{ {field}({arguments}, after: $after) {{ totalCount info {{ resume }} edges {{ cursor }} }} }}"
        );
        let all = run(&within(&store, 100_000), &query, json!({})).await;
        let cursors = all["data"][field]["edges"].as_array().unwrap().clone();
        let after = json!({"after": cursors[cursors.len() - 1]["cursor"]});
        let there = run(&within(&store, 100_000), &query, after.clone()).await;
        assert!(there["errors"].is_null(), "{there}");
        let narrow = run(&within(&store, edges), &query, after).await;
        let (reason, message) = refusal(&narrow);
        assert_eq!(reason, "LIMIT_EXCEEDED", "{field}: {message}");
        assert!(message.contains("before a cursor"), "{field}: {message}");

        // A position that no answer of this store can have.
        let cursor = cursors[0]["cursor"].as_str().unwrap();
        let far = edited(cursor, 1_000_000_000);
        let answer = run(&within(&store, 100_000), &query, json!({ "after": far })).await;
        assert!(refusal(&answer).1.contains("not a cursor of this list"), "{field}: {answer}");
    }
}

/// Returns the cursor moved to another position.
fn edited(cursor: &str, place: u64) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    let (beginning, _) = text.rsplit_once('.').unwrap();
    URL_SAFE_NO_PAD.encode(format!("{beginning}.{place}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sources_of_a_set_are_charged() {
    let store = store().await;
    for below in ["freshness { wrongCount }", "staleMembers { totalCount }"] {
        let query = format!("{{ version(id: \"default/TRAINING_SET/last#1\") {{ {below} }} }}");
        // Up: five members, then three layers of 25. Down again: everything that the one wrong crop
        // flowed into, 5 and 25 and 25.
        let edges = least(&store, &query).await;
        assert!(edges >= (5 + 75) + (5 + 25 + 25), "{below} takes {edges}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roles_of_a_question_are_limited() {
    let store = store().await;
    let roles: Vec<String> = (0..10_001).map(|n| format!("r{n}")).collect();
    for question in [
        format!("lineage(from: [\"{FIRST}\"], direction: UP, roles: $roles) {{ totalCount }}"),
        format!("lineageGraph(from: [\"{FIRST}\"], direction: UP, roles: $roles) {{ nodes {{ key }} }}"),
        format!(
            "lineageSummary(from: [\"{FIRST}\"], direction: UP, groupBy: [], roles: $roles) {{ total {{ versionCount }} }}"
        ),
        format!("version(id: \"{FIRST}\") {{ sources(roles: $roles) {{ totalCount }} }}"),
    ] {
        let query = format!("query($roles: [String!]) {{ {question} }}");
        let answer = run(&within(&store, 1_000), &query, json!({ "roles": roles })).await;
        assert_eq!(refusal(&answer).0, "LIMIT_EXCEEDED", "{question}");
        let answer = run(&within(&store, 1_000), &query, json!({ "roles": ["INPUT", "INPUT", "x"] })).await;
        assert!(answer["errors"].is_null(), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_of_stale_items_beyond_the_limit_is_refused() {
    let store = TestStore::new().await;
    store.commit(vec![put("a", "LABEL", "a", "roof", &[])]).await;
    let crops =
        (0..1_001).map(|n| put(&format!("c{n}"), "DERIVED", &format!("c{n}"), "c", &["default/LABEL/a#1"]));
    store.commit(crops.collect()).await;
    store.commit(vec![correct("default/LABEL/a#1", "barn")]).await;
    let query = "mutation($stale: Boolean) { snapshotTrainingSet(input: {item: {kind: TRAINING_SET, key: \"s\"}, \
                 members: {select: {filter: {kinds: [LABEL], stale: $stale}}}}) { created } }";
    let api = within(&store, 1_000_000);
    let answer = run(&api, query, json!({"stale": false})).await;
    let (reason, message) = refusal(&answer);
    assert_eq!(reason, "LIMIT_EXCEEDED", "{message}");
    assert!(message.contains("1001 is over the limit of 1000") && message.contains("`stale`"), "{message}");
    let answer = run(&api, query, json!({"stale": null})).await;
    assert!(answer["errors"].is_null(), "{answer}");
}
