//! References to items with the longest key are accepted wherever references are.

use serde_json::json;

use super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::engine::cost::Limits;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_with_the_longest_key_can_be_named() {
    let store = TestStore::new().await;
    let key = "k".repeat(512);
    let tag = "t".repeat(128);
    let label = format!("default/LABEL/{key}");
    store.commit(vec![put("a", "LABEL", &key, "x", &[])]).await;
    let first = format!("{label}#1");
    let set = format!("default/TRAINING_SET/{key}#1");
    store
        .commit(vec![pin(&key, std::slice::from_ref(&first)), put("c", "DERIVED", "crop", "x", &[&first])])
        .await;
    store
        .commit(vec![
            json!({"setTag": {"name": tag, "version": first, "alias": true, "expectVersion": null}}),
        ])
        .await;
    store.commit(vec![correct(&first, "y")]).await;
    let query = "query($version: ID!, $ref: String!, $set: ID!, $item: ID!) {
        version(id: $version) { number }
        resolve(ref: $ref) { number }
        item(id: $item) { key }
        lineage(from: [$version], direction: DOWN) { nodes { item { kind } } }
        affectedTrainingSets(wrong: {versions: [$version]}) { nodes { trainingSet { number } } }
        freshness: version(id: $set) { freshness { fresh } } }";
    for (end, number) in
        [("#1".to_owned(), 1), ("#2".to_owned(), 2), (format!("@{tag}"), 1), ("@seq:1".to_owned(), 1)]
    {
        let name = format!("{label}{end}");
        let asked = json!({"version": name, "ref": name, "set": set, "item": label});
        let answer = store.ask(query, asked).await;
        assert_eq!(answer["version"]["number"], number, "{end}");
        assert_eq!(answer["resolve"]["number"], number, "{end}");
        let sets = if number == 1 { json!([{"trainingSet": {"number": 1}}]) } else { json!([]) };
        assert_eq!(answer["affectedTrainingSets"]["nodes"], sets, "{end}");
        assert_eq!(answer["freshness"]["freshness"]["fresh"], false, "{end}");
    }
    // A key that is too long is still refused.
    let query = "query($version: ID!) { version(id: $version) { number } }";
    let api = store.within(Limits::default());
    let answer = run(&api, query, json!({"version": format!("{label}k#1")})).await;
    assert!(refusal(&answer).1.contains("an item key: 1 to 512 bytes"), "{answer}");
}
