//! Filters of members, differences and lineages.

use serde_json::{Value as Json, json};

use super::super::store::{TestStore, correct, pin, put};

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
