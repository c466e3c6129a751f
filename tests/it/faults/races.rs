//! Concurrent writers. In any order of their commits, the result is consistent with that order: one
//! of the outcomes, never a third.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::{World, block_on};

const PAIRS: usize = 32;

/// A snapshot that searches, and a correction of what it searches for. The snapshot pins the old
/// label and was built before the fix, or it pins the new one and is not affected.
#[test]
fn a_snapshot_and_a_correction() {
    block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = Arc::new(World::open(folder.path()).await);
        let labels: Vec<Value> = (0..PAIRS).map(|pair| put(&format!("pair/{pair}/label"), "roof")).collect();
        commit(&world, labels).await;

        let mut both = Vec::new();
        for pair in 0..PAIRS {
            let (one, other) = (Arc::clone(&world), Arc::clone(&world));
            // Half of them are started in the opposite order.
            both.push(if pair % 2 == 0 {
                let snapshot = tokio::spawn(snapshot(one, pair));
                (snapshot, tokio::spawn(correction(other, pair)))
            } else {
                let correction = tokio::spawn(correction(one, pair));
                (tokio::spawn(snapshot(other, pair)), correction)
            });
        }
        for (pair, (snapshot, correction)) in both.into_iter().enumerate() {
            let snapshot = snapshot.await.expect("the snapshot is answered");
            let correction = correction.await.expect("the correction is answered");
            assert_ne!(snapshot, correction, "two commits with one seq");
            let (pinned, rows) = seen(&world, pair).await;
            if snapshot < correction {
                assert_eq!(
                    pinned,
                    json!([1]),
                    "pair {pair}: a snapshot before the correction pins the old label"
                );
                let row = json!([{"staleAtBuild": false, "members": {"nodes": [{"inclusion": "DIRECT", "status": "STALE"}]}}]);
                assert_eq!(rows, row, "pair {pair}");
            } else {
                assert_eq!(
                    pinned,
                    json!([2]),
                    "pair {pair}: a snapshot after the correction pins the new label"
                );
                assert_eq!(rows, json!([]), "pair {pair}");
            }
        }
        Arc::into_inner(world).expect("all tasks have ended").close().await;
    });
}

/// Many writers expect the same head: one of them succeeds.
#[test]
fn writers_that_expect_the_same_head() {
    block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = Arc::new(World::open(folder.path()).await);
        commit(&world, vec![put("a", "roof")]).await;
        let writers: Vec<_> = (0..PAIRS)
            .map(|writer| {
                let world = Arc::clone(&world);
                tokio::spawn(async move {
                    let query = "mutation($attributes: JSON!) {
                      putVersion(input: {item: {kind: LABEL, key: \"a\"}, expectHead: \"default/LABEL/a#1\", attributes: $attributes}) { created }
                    }";
                    world.execute(query, json!({"attributes": {"class": writer}})).await
                })
            })
            .collect();
        let mut won = 0;
        for writer in writers {
            let answer = writer.await.expect("the write is answered");
            if answer["errors"].is_null() {
                won += 1;
            } else {
                assert_eq!(answer["errors"][0]["extensions"]["reason"], "CONFLICT", "{answer}");
            }
        }
        assert_eq!(won, 1);
        let query = "{ resolve(ref: \"default/LABEL/a\") { number } }";
        assert_eq!(ask(&world, query, json!({})).await["resolve"]["number"], 2);
        Arc::into_inner(world).expect("all tasks have ended").close().await;
    });
}

/// One request with a key, sent many times at once: carried out once, with equal answers.
#[test]
fn one_request_sent_many_times() {
    block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = Arc::new(World::open(folder.path()).await);
        let senders: Vec<_> = (0..PAIRS)
            .map(|_| {
                let world = Arc::clone(&world);
                tokio::spawn(async move {
                    let query = "mutation { commit(input: {idempotencyKey: \"once\", changes: [
                      {putVersion: {item: {kind: LABEL, key: \"a\"}, attributes: {class: \"roof\"}}}
                      {putVersion: {item: {kind: LABEL, key: \"a\"}, attributes: {class: \"barn\"}}}
                    ]}) { commit { seq } results { number } } }";
                    ask(&world, query, json!({})).await
                })
            })
            .collect();
        for sender in senders {
            let answer = sender.await.expect("the request is answered");
            assert_eq!(
                answer["commit"],
                json!({"commit": {"seq": "1"}, "results": [{"number": 1}, {"number": 2}]})
            );
        }
        assert_eq!(ask(&world, "{ view { seq } }", json!({})).await["view"]["seq"], "1");
        Arc::into_inner(world).expect("all tasks have ended").close().await;
    });
}

async fn snapshot(world: Arc<World>, pair: usize) -> u64 {
    let query = "mutation($item: ItemKey!, $prefix: String!) {
      done: snapshotTrainingSet(input: {item: $item, members: {select: {filter: {kinds: [LABEL], keyPrefix: $prefix}}}}) { commit { seq } }
    }";
    let item = json!({"kind": "TRAINING_SET", "key": format!("set {pair}")});
    seq(&ask(&world, query, json!({"item": item, "prefix": format!("pair/{pair}/")})).await)
}

async fn correction(world: Arc<World>, pair: usize) -> u64 {
    let query = "mutation($version: ID!) {
      done: correct(input: {version: $version, attributes: {class: \"barn\"}, reason: \"a barn\"}) { commit { seq } }
    }";
    seq(&ask(&world, query, json!({"version": format!("default/LABEL/pair/{pair}/label#1")})).await)
}

/// Returns the numbers of the labels that the pair's set pins, and the affected rows of the pair's
/// label.
async fn seen(world: &World, pair: usize) -> (Value, Value) {
    let query = "query($set: String!, $label: ID!) {
      resolve(ref: $set) { members { nodes { version { number } } } }
      affectedTrainingSets(wrong: {versions: [$label]}) { nodes { staleAtBuild members { nodes { inclusion status } } } }
    }";
    let names = json!({"set": format!("default/TRAINING_SET/set {pair}"), "label": format!("default/LABEL/pair/{pair}/label#1")});
    let answer = ask(world, query, names).await;
    let members = answer["resolve"]["members"]["nodes"].as_array().expect("members");
    let numbers = members.iter().map(|member| member["version"]["number"].clone()).collect();
    (numbers, answer["affectedTrainingSets"]["nodes"].clone())
}

fn put(key: &str, class: &str) -> Value {
    json!({"putVersion": {"item": {"kind": "LABEL", "key": key}, "attributes": {"class": class}}})
}

async fn commit(world: &World, changes: Vec<Value>) {
    let query = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { created } }";
    ask(world, query, json!({"changes": changes})).await;
}

fn seq(answer: &Value) -> u64 {
    let seq = answer["done"]["commit"]["seq"].as_str().and_then(|seq| seq.parse().ok());
    seq.unwrap_or_else(|| panic!("no seq in {answer}"))
}

async fn ask(world: &World, query: &str, variables: Value) -> Value {
    let mut answer = world.execute(query, variables).await;
    assert!(answer["errors"].is_null(), "{}", answer["errors"]);
    answer["data"].take()
}
