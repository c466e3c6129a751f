//! Outputs of runs that do not end.

use serde_json::{Value, json};

use super::{EventStore, event, in_every_order, item, set};

fn stream(name: &str) -> Value {
    json!({"namespace": "kafka://broker:9092", "name": name})
}

fn processing(kind: &str, mut event: Value) -> Value {
    event["job"]["facets"] =
        json!({"jobType": {"processingType": kind, "integration": "FLINK", "jobType": "JOB"}});
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streaming_job_shows_its_outputs_while_it_runs() {
    let store = EventStore::new().await;
    let start = processing("STREAMING", event("r1", "START", 1, &[set("raw")], &[set("clean")]));
    store.take(&start).await;
    assert_eq!(store.comes_from(&item("clean")), [item("raw")]);
    for minute in 2..5 {
        // Only the first event says that the job is streaming.
        assert!(store.take(&event("r1", "RUNNING", minute, &[set("zones")], &[set("rejected")])).await.drawn);
    }
    assert_eq!(store.comes_from(&item("rejected")), [item("raw"), item("zones")]);
    store.take(&event("r1", "COMPLETE", 9, &[], &[set("clean")])).await;
    assert_eq!((store.versions_of(&item("clean")), store.versions_of(&item("rejected"))), (2, 2));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_a_streaming_run_may_come_in_any_order() {
    in_every_order(&[
        processing("STREAMING", event("r1", "START", 1, &[set("raw")], &[set("clean")])),
        processing("STREAMING", event("r1", "RUNNING", 2, &[set("zones")], &[])),
        processing("STREAMING", event("r1", "RUNNING", 3, &[], &[set("rejected")])),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_read_while_the_run_goes_on() {
    let running = |kind: Option<&'static str>| async move {
        let store = EventStore::new().await;
        let say = |event| kind.map_or_else(|| Value::clone(&event), |kind| processing(kind, event.clone()));
        let start = say(event("r1", "START", 1, &[stream("in")], &[stream("out"), set("table")]));
        store.take(&start).await;
        let out = "openlineage/DERIVED/kafka://broker:9092/out";
        assert_eq!(store.versions_of(out) > 0, kind == Some("STREAMING"), "not before the run is running");
        store.take(&event("r1", "RUNNING", 2, &[], &[])).await;
        store.take(&event("r1", "RUNNING", 3, &[], &[])).await;
        let found = (store.versions_of(out), store.versions_of(&item("table")));
        store.take(&event("r1", "COMPLETE", 4, &[], &[])).await;
        assert_eq!((store.versions_of(out), store.versions_of(&item("table"))), (2, 2));
        assert_eq!(store.comes_from(out), ["openlineage/DERIVED/kafka://broker:9092/in"]);
        store.close().await;
        found
    };
    assert_eq!(running(None).await, (2, 0), "a message is visible at once, a table is not");
    assert_eq!(running(Some("BATCH")).await, (0, 0));
    assert_eq!(running(Some("STREAMING")).await, (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streaming_run_that_fails_at_once_has_no_outputs() {
    let store = EventStore::new().await;
    store.take(&processing("STREAMING", event("r1", "FAIL", 1, &[set("raw")], &[set("clean")]))).await;
    store.take(&event("r2", "START", 1, &[], &[stream("out")])).await;
    store.take(&event("r2", "ABORT", 2, &[], &[stream("out")])).await;
    let items = store.lineage().0;
    assert!(
        !items.keys().any(|item| item.ends_with("/clean") || item.ends_with("/out")),
        "{:?}",
        items.keys()
    );
    store.close().await;
}
