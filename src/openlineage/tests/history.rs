//! Runs with many events: the work for one does not grow with their number.

use bytes::Bytes;
use serde_json::json;

use super::{EventStore, event, item, set};
use crate::budget::Budget;

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_an_event_does_not_grow_with_its_run() {
    let store = EventStore::new().await;
    let mut most = 0;
    for minute in 0..300_u32 {
        let mut event = event("r1", "RUNNING", minute % 60, &[set("raw")], &[set("clean")]);
        event["run"]["facets"] = json!({"tick": minute, "long": "x".repeat(2_000)});
        let charge = Budget::unlimited().account().charge();
        store.intake.take("ada", Bytes::from(event.to_string()), &charge).await.unwrap();
        match minute {
            0 => {}
            1 => most = charge.bytes(),
            _ => assert!(charge.bytes() <= most + 10, "{minute}: {} and {most}", charge.bytes()),
        }
    }
    let taken = store.take(&event("r1", "COMPLETE", 59, &[], &[set("report")])).await;
    assert!(
        taken.drawn && taken.notes.messages()[0].contains("more events than are read again"),
        "{taken:?}"
    );
    // The oldest and the newest events are.
    assert_eq!((store.versions_of(&item("clean")), store.versions_of(&item("report"))), (2, 2));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_of_the_first_and_the_last_events_are_added() {
    let store = EventStore::new().await;
    for minute in 0..100_u32 {
        let mut event = event("r1", "RUNNING", minute % 60, &[], &[set(&format!("out-{minute}"))]);
        event["run"]["facets"] = json!({"tick": minute});
        store.take(&event).await;
    }
    store.take(&event("r1", "COMPLETE", 59, &[], &[])).await;
    let outputs = |minute: u32| store.versions_of(&item(&format!("out-{minute}")));
    assert_eq!([0, 15, 50, 84, 99].map(outputs), [2, 2, 0, 2, 2]);
    store.close().await;
}
