//! Depth and width: a chain of derivations 5,000 deep, and one label in a thousand sets.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{World, block_on};

const DEEP: usize = 5_000;
const WIDE: usize = 1_000;
/// Changes of one commit.
const AT_ONCE: usize = 1_000;

#[test]
fn a_chain_of_five_thousand_derivations() {
    block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = World::open(folder.path()).await;
        // Seq 1: the label and the first of the chain. Then the rest, and finally the set: seq 6.
        let mut before = "@d0".to_owned();
        for start in (0..DEEP).step_by(AT_ONCE) {
            let mut changes = Vec::new();
            if start == 0 {
                changes.push(put("d0", "LABEL", "a", &[]));
            }
            for place in start + 1..=start + AT_ONCE {
                let name = format!("d{place}");
                changes.push(put(&name, "DERIVED", &name, &[&before]));
                before = format!("@{name}");
            }
            commit(&world, changes).await;
            before = format!("default/DERIVED/d{}", start + AT_ONCE);
        }
        let set = json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": "deep"},
            "members": {"all": [{"version": before}]}}});
        commit(&world, vec![set]).await;
        correct(&world, "default/LABEL/a#1").await;

        for seq in [1, 6] {
            assert_eq!(rows(&world, seq).await, json!([]), "at {seq}");
        }
        let expected = json!([{
            "affectedCount": 1, "staleAtBuild": false,
            "members": {"nodes": [{"inclusion": "DERIVED", "status": "STALE", "pinned": {"item": {"key": "d5000"}},
                "wrong": {"item": {"key": "a"}, "number": 1}, "replacement": {"number": 2}}]},
        }]);
        assert_eq!(rows(&world, 7).await, expected);

        let query = "{ affectedTrainingSets(wrong: {all: {}}) { nodes { members { nodes { path { item { key } } } } } } }";
        let answer = ask(&world, query, json!({})).await;
        let path = &answer["affectedTrainingSets"]["nodes"][0]["members"]["nodes"][0]["path"];
        let path = path.as_array().expect("a path");
        assert_eq!(path.len(), DEEP + 1);
        assert_eq!(path[0]["item"]["key"], "a");
        assert_eq!(path[DEEP]["item"]["key"], "d5000");
        world.close().await;
    });
}

#[test]
fn one_label_in_a_thousand_sets() {
    block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = World::open(folder.path()).await;
        commit(&world, vec![put("a", "LABEL", "a", &[])]).await;
        let sets = (0..WIDE).map(|place| {
            json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": format!("s{place:04}")},
                "members": {"all": [{"version": "default/LABEL/a#1"}]}}})
        });
        commit(&world, sets.collect()).await;
        correct(&world, "default/LABEL/a#1").await;

        let (mut found, mut after) = (BTreeSet::new(), Value::Null);
        loop {
            let query = "query($after: String) {
              affectedTrainingSets(wrong: {items: [\"default/LABEL/a\"]}, first: 100, after: $after) {
                totalCount nodes { trainingSet { item { key } } affectedCount } pageInfo { hasNextPage endCursor } info { seq complete }
              }
            }";
            let page = ask(&world, query, json!({"after": after})).await["affectedTrainingSets"].take();
            assert_eq!(page["totalCount"], WIDE);
            assert_eq!(page["info"], json!({"seq": "3", "complete": true}));
            for set in page["nodes"].as_array().expect("nodes") {
                assert_eq!(set["affectedCount"], 1);
                let key = set["trainingSet"]["item"]["key"].as_str().expect("a key");
                assert!(found.insert(key.to_owned()), "{key} is on two pages");
            }
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            // Commits written meanwhile change no later page.
            let set = json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": format!("s{:04}x", found.len())},
                "members": {"all": [{"version": "default/LABEL/a#1"}]}}});
            commit(&world, vec![set]).await;
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(found.len(), WIDE);
        world.close().await;
    });
}

fn put(name: &str, kind: &str, key: &str, sources: &[&str]) -> Value {
    let sources: Vec<Value> = sources.iter().map(|version| json!({"version": version})).collect();
    json!({"putVersion": {"as": name, "item": {"kind": kind, "key": key}, "attributes": {"class": "roof"}, "sources": sources}})
}

async fn commit(world: &World, changes: Vec<Value>) {
    let query = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { created } }";
    let answer = ask(world, query, json!({"changes": changes})).await;
    assert_eq!(answer["commit"]["created"], true);
}

async fn correct(world: &World, version: &str) {
    let query = "mutation($version: ID!) {
      correct(input: {version: $version, attributes: {class: \"barn\"}, reason: \"a barn\"}) { created }
    }";
    ask(world, query, json!({"version": version})).await;
}

async fn rows(world: &World, seq: u64) -> Value {
    let query = "query($seq: Seq!) {
      at(asOf: {seq: $seq}) {
        affectedTrainingSets(wrong: {all: {}}) {
          nodes {
            affectedCount staleAtBuild
            members { nodes { inclusion status pinned { item { key } } wrong { item { key } number } replacement { number } } }
          }
          info { complete }
        }
      }
    }";
    let mut answer = ask(world, query, json!({"seq": seq.to_string()})).await;
    let page = answer["at"]["affectedTrainingSets"].take();
    assert_eq!(page["info"]["complete"], true);
    page["nodes"].clone()
}

async fn ask(world: &World, query: &str, variables: Value) -> Value {
    let mut answer = world.execute(query, variables).await;
    assert!(answer["errors"].is_null(), "{}", answer["errors"]);
    answer["data"].take()
}
