//! Names of data sets, jobs and runs as items.

use serde_json::json;

use super::{EventStore, event, set};
use crate::domain::id::Seq;
use crate::domain::item::ItemKey;
use crate::domain::numbers::ItemNo;

#[tokio::test(flavor = "multi_thread")]
async fn data_sets_of_other_namespaces_are_other_items() {
    let store = EventStore::new().await;
    let set = |namespace: &str, name: &str| json!({"namespace": namespace, "name": name});
    let lake = [set("s3://lake", "team-a/cats"), set("s3://lake/team-a", "cats")];
    store.take(&event("r1", "COMPLETE", 1, &[set("raw", "x")], &lake[..1])).await;
    store.take(&event("r2", "COMPLETE", 2, &lake[1..], &[set("rep", "y")])).await;
    let items = store.lineage().0;
    assert!(items.contains_key("openlineage/DERIVED/s3://lake/team-a/cats"), "{:?}", items.keys());
    let escaped = "openlineage/DERIVED//s3:%2F%2Flake%2Fteam-a/cats";
    assert_eq!(store.comes_from("openlineage/DERIVED/rep/y"), [escaped]);
    let copy = |namespace: &str, name: &str, output: &str| json!({"eventTime": "2026-01-01T00:00:00Z", "job": set(namespace, name), "inputs": [], "outputs": [set("rep", output)]});
    store.take(&copy("a/b", "c", "one")).await;
    store.take(&copy("a", "b/c", "two")).await;
    let items = store.lineage().0;
    for job in ["openlineage/BUNDLE//job/a%2Fb/c", "openlineage/BUNDLE/job/a/b/c"] {
        assert!(items.contains_key(job), "{:?}", items.keys());
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_and_unusual_names_remain_distinct() {
    let store = EventStore::new().await;
    let long = |end: &str| set(&format!("{}{end}", "long ".repeat(300)));
    let sets =
        [long("a"), long("b"), set(" in spaces "), set("in spaces"), set("line\nbreak"), set("line_break")];
    assert!(store.take(&event("a run\nof two lines", "COMPLETE", 1, &[], &sets)).await.drawn);
    let (items, _) = store.lineage();
    assert_eq!(items.keys().filter(|item| item.contains("/DERIVED/")).count(), sets.len());
    assert!(store.ledger.view().read(|at| at.key(ItemNo(0)).key().len()) < ItemKey::MAX_KEY);
    assert_eq!(store.ledger.view().seq(), Seq(1));
    store.close().await;
}
