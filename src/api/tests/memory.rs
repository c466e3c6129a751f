//! The memory of answers: every long text is charged when it is read.

use serde_json::{Value as Json, json};

use super::store::{TestStore, put};
use std::sync::Arc;

use crate::api::engine::execute::{NextEvent, Subscribed};
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::api::engine::sample;
use crate::budget::{Account, Budget, Charge};
use crate::domain::id::Seq;
use crate::domain::principal::Principal;

const MIB: u64 = 1 << 20;

/// A store whose one label has the longest allowed text in every field.
async fn store() -> TestStore {
    let store = TestStore::new().await;
    let prose = "p".repeat(4_000);
    let mut label = put("l", "LABEL", &"k".repeat(500), "roof", &["default/SOURCE/s#1"]);
    label["putVersion"]["attributes"] = json!({"text": "a".repeat(60_000)});
    label["putVersion"]["message"] = json!(prose);
    label["putVersion"]["activity"] = json!({"name": "draw", "parameters": {"text": "b".repeat(60_000)}});
    store.commit(vec![put("s", "SOURCE", "s", "raw", &[])]).await;
    store.commit(vec![label, put("d", "DERIVED", "d", "x", &[])]).await;
    let label = format!("default/LABEL/{}#1", "k".repeat(500));
    store
        .commit(vec![
            json!({"retract": {"version": label, "reason": prose}}),
            json!({"assertDerivation": {"derived": "default/DERIVED/d#1", "source": "default/SOURCE/s#1", "reason": prose}}),
        ])
        .await;
    let commit = "mutation($m: String) { commit(input: {message: $m, changes: [{putVersion: {item: {kind: LABEL, key: \"x\"}}}]}) { created } }";
    store.ask(commit, json!({ "m": prose })).await;
    store
}

async fn asked(store: &TestStore, account: &Account, query: &str) -> Json {
    let ask = Ask::read(json!({ "query": query })).unwrap();
    let (principal, allow) = (Principal::local(), Allow::Queries);
    let caller = Caller { principal, allow, memory: account.charge() };
    let outcome =
        tokio::spawn(store.within(crate::api::engine::cost::Limits::default()).execute(ask, caller));
    serde_json::from_slice(&outcome.await.unwrap().body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_long_text_of_an_answer_is_charged() {
    let store = store().await;
    let label = format!("version(id: \"default/LABEL/{}#1\")", "k".repeat(500));
    let aliases = |field: &str| -> String { (0..300).map(|n| format!("a{n}: {field} ")).collect() };
    for (around, field, budget) in [
        (format!("{label} {{ § }}"), "attributes", 16 * MIB),
        (format!("{label} {{ § }}"), "activity { parameters }", 16 * MIB),
        (format!("{label} {{ § }}"), "message", MIB),
        (format!("{label} {{ item {{ § }} }}"), "key", MIB / 8),
        (format!("{label} {{ statements {{ § }} }}"), "reason", MIB),
        (format!("itemStates(items: [\"default/LABEL/{}\"]) {{ § }}", "k".repeat(500)), "ref", MIB / 8),
        (
            "version(id: \"default/DERIVED/d#1\") { sources { edges { node { § } } } }".to_owned(),
            "reason",
            MIB,
        ),
        ("commit(seq: \"4\") { § }".to_owned(), "message", MIB),
    ] {
        let query = format!("{{ {} }}", around.replace('§', &aliases(field)));
        let (narrow, wide) = (Budget::new(budget), Budget::new(10 * budget + 64 * MIB));
        let refused = asked(&store, &narrow.account(), &query).await;
        assert!(refused.get("data").is_none(), "{field} is not charged: {refused:.300}");
        let message = refused["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("bytes of memory") || message.contains("--request-memory"), "{message}");
        assert!(message.contains("are stored"), "{message}");
        assert_eq!(narrow.held(), 0, "{field}: a refused answer holds nothing");
        let answer = asked(&store, &wide.account(), &query).await;
        assert!(answer.get("errors").is_none() && answer["data"].is_object(), "{field}: {answer:.300}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_holds_its_text_until_it_is_dropped() {
    let store = store().await;
    let budget = Budget::new(64 * MIB);
    let charge = budget.account().charge();
    let query = format!("{{ version(id: \"default/LABEL/{}#1\") {{ attributes }} }}", "k".repeat(500));
    let ask = Ask::read(json!({ "query": query })).unwrap();
    let (principal, allow) = (Principal::local(), Allow::Queries);
    let caller = Caller { principal, allow, memory: charge.clone() };
    let outcome = store.within(crate::api::engine::cost::Limits::default()).execute(ask, caller).await;
    assert_eq!(charge.bytes(), outcome.body.len() as u64);
    assert!(charge.bytes() > 60_000);
    drop(charge);
    assert_eq!(budget.held(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn short_fields_are_charged_as_answered_not_as_selected() {
    let store = TestStore::new().await;
    let labels = (0..300).map(|n| put(&format!("l{n}"), "LABEL", &format!("l{n}"), "roof", &[]));
    store.commit(labels.collect()).await;
    let budget = Budget::new(MIB / 8);
    for query in [
        "{ items(first: 1000) { nodes { id head { id number } } } }",
        // Statements are not paged, so every field is counted.
        "{ items(first: 1000) { nodes { id head { id statements { kind } } } } }",
    ] {
        let refused = asked(&store, &budget.account(), query).await;
        assert!(refused.get("data").is_none(), "{refused:.300}");
        assert_eq!(budget.held(), 0);
        let few = asked(&store, &budget.account(), &query.replace("1000", "20")).await;
        assert_eq!(few["data"]["items"]["nodes"].as_array().map(Vec::len), Some(20), "{few:.300}");
    }
    // Absent entries cost nothing, however large the pages are.
    let wide = "{ items(first: 3) { nodes { history(first: 1000) { nodes { statements { kind } sources(first: 100) { totalCount } } } } } }";
    let answer = asked(&store, &budget.account(), wide).await;
    assert!(answer.get("errors").is_none(), "{answer:.300}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_charged_while_they_are_read() {
    let store = TestStore::new().await;
    let labels = (0..200).map(|n| {
        let mut label = put(&format!("l{n}"), "LABEL", &format!("l{n}"), "roof", &[]);
        label["putVersion"]["attributes"] = json!({"text": format!("{n:060000}")});
        label
    });
    store.commit(labels.collect()).await;
    let narrow = Budget::new(8 * MIB);
    for query in [
        // None of it comes from attributes, whose record is read for it.
        "{ items(first: 1000) { nodes { head { mediaType } } } }",
        "{ items(first: 1000) { nodes { head { payload { digest } } } } }",
    ] {
        store.ledger.forget();
        let refused = asked(&store, &narrow.account(), query).await;
        assert!(refused.get("data").is_none(), "{refused:.300}");
        let message = refused["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("needs more than 6291456 bytes of memory"), "{message}");
        assert_eq!(refused["errors"][0]["extensions"]["reason"], "LIMIT_EXCEEDED");
        assert_eq!(narrow.held(), 0);
        store.ledger.forget();
        let few = asked(&store, &narrow.account(), &query.replace("1000", "50")).await;
        assert!(few.get("errors").is_none(), "{few:.300}");
        assert_eq!(few["data"]["items"]["nodes"].as_array().map(Vec::len), Some(50));
        store.ledger.forget();
        let wide = Budget::new(64 * MIB);
        let all = asked(&store, &wide.account(), query).await;
        assert_eq!(all["data"]["items"]["nodes"].as_array().map(Vec::len), Some(200), "{all:.300}");
        assert_eq!(wide.held(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_wait_for_a_record_are_charged() {
    let store = TestStore::new().await;
    let labels = (0..100).map(|n| put(&format!("l{n}"), "LABEL", &format!("l{n}"), "roof", &[]));
    store.commit(labels.collect()).await;
    let names: String = (0..100).map(|n| format!("a{n}: mediaType ")).collect();
    let query = format!("{{ items(first: 1000) {{ nodes {{ head {{ {names} }} }} }} }}");
    let narrow = Budget::new(16 * MIB);
    store.ledger.forget();
    let before = store.ledger.reads();
    let refused = asked(&store, &narrow.account(), &query).await;
    assert!(refused.get("data").is_none(), "{refused:.300}");
    assert_eq!(refused["errors"][0]["extensions"]["reason"], "LIMIT_EXCEEDED");
    assert_eq!(narrow.held(), 0);
    assert_eq!(store.ledger.reads(), before, "a refused answer is not continued");
    // Fewer names, fewer objects or more memory are enough.
    for (query, budget) in [
        (query.clone(), 64 * MIB),
        (query.replace("1000", "10"), 16 * MIB),
        ("{ items(first: 1000) { nodes { head { mediaType attributes } } } }".to_owned(), 16 * MIB),
    ] {
        store.ledger.forget();
        let budget = Budget::new(budget);
        let answer = asked(&store, &budget.account(), &query).await;
        assert!(answer.get("errors").is_none() && answer["data"].is_object(), "{answer:.300}");
        assert_eq!(budget.held(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_charged_while_they_are_made() {
    let api = sample::executor();
    let query = format!("subscription {{ ticks(upto: 1, size: {}) {{ text }} }}", 5 * MIB);
    let ask = Ask::read(json!({ "query": query })).unwrap();
    let begun = tokio::spawn(api.subscribe(ask, Principal::local())).await.unwrap();
    let Subscribed::Events(events) = begun else { panic!("it is a subscription") };
    let next_event =
        |memory: Charge| tokio::spawn(Arc::clone(&events).next_event(Seq(0), Arc::new(|| false), memory));

    let narrow = Budget::new(4 * MIB);
    let NextEvent::Failed(outcome) = next_event(narrow.account().charge()).await.unwrap() else {
        panic!("it is charged")
    };
    let refused: Json = serde_json::from_slice(&outcome.body).unwrap();
    let message = refused["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("needs more than 3145728 bytes of memory"), "{message}");
    assert_eq!(narrow.held(), 0);

    let wide = Budget::new(64 * MIB);
    let NextEvent::Event(seq, body) = next_event(wide.account().charge()).await.unwrap() else {
        panic!("there is memory")
    };
    assert_eq!((seq, body.len() as u64 > 5 * MIB, wide.held()), (Seq(1), true, 0));
    // The earlier requests of the caller count as well.
    let caller = wide.account();
    let other = caller.charge();
    other.grow(44 * MIB).unwrap();
    let NextEvent::Failed(outcome) = next_event(caller.charge()).await.unwrap() else {
        panic!("the caller has its share")
    };
    let refused: Json = serde_json::from_slice(&outcome.body).unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["reason"], "TOO_MANY_REQUESTS");
}
