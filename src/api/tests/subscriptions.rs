//! Subscriptions: their events, the order of events, and completeness for every resume position.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::store::{TestStore, correct, pin, put, refusal};
use crate::api::engine::cost::Limits;
use crate::api::engine::execute::{Events, Execute, NextEvent, Subscribed};
use crate::api::engine::request::Ask;
use crate::budget::Charge;
use crate::domain::id::Seq;
use crate::domain::principal::Principal;

/// Begins a subscription, or returns the refusal.
pub(super) async fn begin(api: &Arc<dyn Execute>, query: &str) -> Result<Arc<dyn Events>, Json> {
    let ask = Ask::read(json!({ "query": query })).unwrap();
    match tokio::spawn(api.subscribe(ask, Principal::local())).await.unwrap() {
        Subscribed::Events(events) => Ok(events),
        Subscribed::Refused(outcome) => Err(serde_json::from_slice(&outcome.body).unwrap()),
        Subscribed::NotASubscription(_) => panic!("{query} is no subscription"),
    }
}

/// Returns all events after a seq, up to the newest commit.
pub(super) async fn reported(events: &Arc<dyn Events>, after: u64) -> Vec<(u64, Json)> {
    let (newest, mut after, mut all) = (*events.newest().borrow(), Seq(after), Vec::new());
    while after < newest {
        match tokio::spawn(Arc::clone(events).next_event(after, Arc::new(|| false), Charge::unlimited()))
            .await
            .unwrap()
        {
            NextEvent::Nothing(upto) => after = upto,
            NextEvent::Event(seq, body) => {
                let body: Json = serde_json::from_slice(&body).unwrap();
                assert!(body["errors"].is_null(), "{body}");
                all.push((seq.0, body["data"].clone()));
                after = seq;
            }
            NextEvent::Failed(outcome) => panic!("{}", String::from_utf8_lossy(&outcome.body)),
        }
    }
    all
}

async fn watch(store: &TestStore, arguments: &str) -> Vec<(u64, Json)> {
    let query = format!(
        "subscription {{ affected({arguments}, after: 0) {{
            seq totalCount commit {{ seq message }}
            trainingSets {{ isHead trainingSet {{ number item {{ key }} }} members {{ nodes {{
                inclusion wrong {{ number item {{ key }} }} pinned {{ item {{ key }} }} }} }} }} }} }}"
    );
    let events = begin(&store.within(Limits::default()), &query).await.unwrap();
    let all = reported(&events, 0).await;
    // The events are the same for every resume position.
    for cut in 0..=all.last().map_or(0, |(seq, _)| *seq) {
        let rest: Vec<_> = all.iter().filter(|(seq, _)| *seq > cut).cloned().collect();
        assert_eq!(reported(&events, cut).await, rest, "after {cut}");
    }
    all
}

/// Returns the set versions and wrong versions of an event, such as `s#1 DIRECT a#1`.
fn rows((_, event): &(u64, Json)) -> Vec<String> {
    let sets = event["affected"]["trainingSets"].as_array().unwrap().iter();
    let rows = sets.flat_map(|set| {
        let name =
            |version: &Json| format!("{}#{}", version["item"]["key"].as_str().unwrap(), version["number"]);
        let set_name = name(&set["trainingSet"]);
        let members = set["members"]["nodes"].as_array().unwrap().clone();
        members.into_iter().map(move |row| {
            format!("{set_name} {} {}", row["inclusion"].as_str().unwrap(), name(&row["wrong"]))
        })
    });
    rows.collect()
}

fn tag(version: &str) -> Json {
    json!({"setTag": {"name": "production", "version": version, "alias": true}})
}

/// 1: two labels and a crop of one. 2: a set of the crop, and one of b. 3: an unrelated change. 4:
/// a is corrected. 5: a set of b, which is wrong later. 6: b is corrected. 7: another version of s,
/// without anything wrong. 8: the tag on the first version of t, which is wrong. 9: the correction
/// of a is withdrawn.
async fn story() -> TestStore {
    let store = TestStore::new().await;
    store
        .commit(vec![
            put("a", "LABEL", "a", "x", &[]),
            put("b", "LABEL", "b", "x", &[]),
            put("c", "DERIVED", "c", "x", &["@a"]),
        ])
        .await;
    store
        .commit(vec![pin("s", &["default/DERIVED/c#1".into()]), pin("t", &["default/LABEL/b#1".into()])])
        .await;
    store.commit(vec![put("d", "LABEL", "d", "x", &[])]).await;
    store.commit(vec![correct("default/LABEL/a#1", "y")]).await;
    store.commit(vec![pin("u", &["default/LABEL/b#1".into()])]).await;
    store.commit(vec![correct("default/LABEL/b#1", "y")]).await;
    store.commit(vec![pin("s", &["default/LABEL/b#2".into()])]).await;
    store.commit(vec![tag("default/TRAINING_SET/t#1")]).await;
    store
        .commit(vec![json!({"reinstate": {"version": "default/LABEL/a#1", "reason": "it was right"}})])
        .await;
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn watched_sets_are_reported_with_the_commit_that_made_them_wrong() {
    let store = story().await;
    let s = watch(&store, "trainingSet: \"default/TRAINING_SET/s\"").await;
    assert_eq!(s.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [4]);
    assert_eq!(rows(&s[0]), ["s#1 DERIVED a#1"]);
    assert_eq!(s[0].1["affected"]["commit"], json!({"seq": "4", "message": "m"}));
    // As it was at that commit: the next version was made later.
    assert_eq!(s[0].1["affected"]["trainingSets"][0]["isHead"], true);
    let t = watch(&store, "trainingSet: \"default/TRAINING_SET/t#1\"").await;
    assert_eq!((t.len(), rows(&t[0])), (1, vec!["t#1 DIRECT b#1".to_owned()]));
    assert!(watch(&store, "trainingSet: \"default/TRAINING_SET/s#2\"").await.is_empty());
    // A tag that is put on a version that is already wrong.
    let tagged = watch(&store, "tag: \"production\"").await;
    assert_eq!((tagged.len(), tagged[0].0, rows(&tagged[0])), (1, 8, vec!["t#1 DIRECT b#1".to_owned()]));
    // A set that is built with something wrong.
    store.commit(vec![pin("u", &["default/LABEL/b#1".into(), "default/LABEL/d#1".into()])]).await;
    let u = watch(&store, "trainingSet: \"default/TRAINING_SET/u\"").await;
    assert_eq!(u.iter().map(rows).collect::<Vec<_>>(), [["u#1 DIRECT b#1"], ["u#2 DIRECT b#1"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_can_be_watched_before_anything_carries_it() {
    let store = TestStore::new().await;
    store.commit(vec![put("a", "LABEL", "a", "x", &[])]).await;
    let query =
        "subscription { affected(tag: \"production\") { seq trainingSets { trainingSet { number } } } }";
    let events = begin(&store.within(Limits::default()), query).await.unwrap();
    store.commit(vec![pin("s", &["default/LABEL/a#1".into()])]).await;
    store.commit(vec![tag("default/TRAINING_SET/s#1")]).await;
    store.commit(vec![correct("default/LABEL/a#1", "y")]).await;
    let all = reported(&events, 1).await;
    let sets = json!([{"trainingSet": {"number": 1}}]);
    assert_eq!(all, [(4, json!({"affected": {"seq": "4", "trainingSets": sets}}))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_commit_is_reported_once_in_its_own_state() {
    let store = story().await;
    let query = "subscription { changes(after: 3) { seq author statements { kind } versions { totalCount nodes { isHead } } } }";
    let events = begin(&store.within(Limits::default()), query).await.unwrap();
    assert_eq!(events.after(), Seq(3));
    let all = reported(&events, 3).await;
    assert_eq!(all.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
    assert_eq!(all[0].1["changes"]["seq"], "4");
    assert_eq!(all[0].1["changes"]["statements"], json!([{"kind": "CORRECTS"}]));
    // Also after a position, which matches this log only.
    let position = store.ask("{ commits(after: 2, first: 1) { edges { cursor } } }", json!({})).await;
    let position = position["commits"]["edges"][0]["cursor"].as_str().unwrap().to_owned();
    assert!(position.starts_with("3-"), "{position}");
    for field in ["changes(", "affected(tag: \"production\", "] {
        let query = format!("subscription {{ {field}after: \"{position}\") {{ seq }} }}");
        assert_eq!(begin(&store.within(Limits::default()), &query).await.unwrap().after(), Seq(3), "{query}");
    }
    // Without `after`, only future events.
    let events = begin(&store.within(Limits::default()), "subscription { changes { seq } }").await.unwrap();
    assert_eq!(events.after(), Seq(9));
    let mut newest = events.newest();
    store.commit(vec![put("e", "LABEL", "e", "x", &[])]).await;
    newest.changed().await.unwrap();
    assert_eq!(reported(&events, 9).await, [(10, json!({"changes": {"seq": "10"}}))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_subscriptions_are_refused_at_once() {
    let store = story().await;
    let api = store.within(Limits::default());
    for (query, reason, part) in [
        ("subscription { changes(after: 10) { seq } }", "AS_OF_UNAVAILABLE", "up to 9, the newest commit"),
        ("subscription { affected { seq } }", "", "expected exactly one of `trainingSet` and `tag`"),
        (
            "subscription { affected(trainingSet: \"default/LABEL/a\") { seq } }",
            "",
            "expected a training set, found",
        ),
        ("subscription { affected(trainingSet: \"default/TRAINING_SET/no\") { seq } }", "NOT_FOUND", "no"),
        (
            "subscription { affected(trainingSet: \"default/TRAINING_SET/t@production\") { seq } }",
            "",
            "watch the tag",
        ),
        ("subscription { affected(tag: \"not a tag\") { seq } }", "", "expected a tag"),
        ("subscription { affected(tag: \"production\", namespace: \"X!\") { seq } }", "", "namespace"),
        ("subscription { changes(after: \"x\") { seq } }", "", "a seq"),
        ("subscription { changes { versions(first: 1001) { totalCount } } }", "LIMIT_EXCEEDED", "1000"),
    ] {
        let Err(answer) = begin(&api, query).await else { panic!("{query} is not refused") };
        let (found, message) = refusal(&answer);
        assert!(found == reason && message.contains(part), "{query}: {answer}");
        assert!(answer.get("data").is_none(), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_ends_the_subscription_without_a_gap() {
    let store = story().await;
    let query = "subscription { affected(trainingSet: \"default/TRAINING_SET/s\", after: 0) { seq } }";
    let events = begin(&store.within(Limits { edges: 0, ..Limits::default() }), query).await.unwrap();
    let looked =
        tokio::spawn(events.next_event(Seq(0), Arc::new(|| false), Charge::unlimited())).await.unwrap();
    let NextEvent::Failed(outcome) = looked else { panic!("{looked:?}") };
    let answer: Json = serde_json::from_slice(&outcome.body).unwrap();
    let (reason, message) = refusal(&answer);
    assert!(reason == "LIMIT_EXCEEDED" && message.contains("newlyAffected(fromSeq:"), "{answer}");
}
