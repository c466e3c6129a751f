//! The memory that events may use.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{EventStore, event, set};
use crate::budget::Budget;
use crate::domain::id::Seq;
use crate::openlineage::IntakeError;

#[tokio::test(flavor = "multi_thread")]
async fn the_values_of_an_event_are_charged_while_they_are_read() {
    let store = EventStore::new().await;
    let budget = Budget::new(16 << 20);
    let mut many = event("r1", "START", 1, &[set("raw")], &[]);
    many["run"]["facets"] = json!({"odd": {"list": vec![json!({"a": 1}); 100_000]}});
    let take = async |event: &Value| {
        let charge = budget.account().charge();
        store.intake.take("ada", Bytes::from(event.to_string()), &charge).await
    };
    let refused = take(&many).await.unwrap_err();
    assert!(matches!(refused, IntakeError::Exhausted(_)), "{refused}");
    assert_eq!(store.ledger.view().seq(), Seq(0), "nothing of it is kept");
    many["run"]["facets"]["odd"]["list"] = json!(vec![json!({"a": 1}); 1_000]);
    // A duplicate name is no reason to lose an event.
    let twice = many.to_string().replacen('{', "{\"producer\":\"x\",", 1);
    let charge = budget.account().charge();
    assert!(store.intake.take("ada", Bytes::from(twice), &charge).await.unwrap().drawn);
    drop(charge);
    assert_eq!(budget.held(), 0);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_events_of_a_run_are_charged_while_they_are_read() {
    let store = EventStore::new().await;
    let mut earlier = event("r1", "START", 1, &[set("raw")], &[set("clean")]);
    earlier["run"]["facets"] = json!({"long": "x".repeat(7 << 20)});
    store.take(&earlier).await;
    let before = store.ledger.view().seq();
    let newer = event("r1", "COMPLETE", 2, &[set("zones")], &[]);
    let take = async |budget: &Budget, event: &Value| {
        let charge = budget.account().charge();
        let taken = store.intake.take("ada", Bytes::from(event.to_string()), &charge).await;
        (taken, charge.bytes())
    };
    // A caller may hold 12 MiB, and the earlier event needs its bytes and its values.
    let small = Budget::new(16 << 20);
    let (refused, _) = take(&small, &newer).await;
    assert!(matches!(refused, Err(IntakeError::Exhausted(_))), "{refused:?}");
    assert_eq!((store.ledger.view().seq(), small.held()), (before, 0), "nothing of it is kept");
    let (taken, held) = take(&Budget::new(32 << 20), &newer).await;
    assert!(taken.unwrap().drawn);
    assert!(held < 1 << 20, "the bytes of earlier events are free before the end: {held}");
    // The event of another run reads none of it.
    assert!(take(&small, &event("r2", "START", 3, &[set("raw")], &[])).await.0.unwrap().drawn);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_sets_of_all_events_of_a_run_are_charged() {
    let store = EventStore::new().await;
    let names = |from: usize| {
        (from..from + 500).map(|n| set(&format!("{n}-{}", "n".repeat(200)))).collect::<Vec<_>>()
    };
    for minute in 0..4_u32 {
        store.take(&event("r1", "RUNNING", minute, &[], &names(minute as usize * 500))).await;
    }
    let last = event("r1", "COMPLETE", 9, &[], &[]);
    let small = Budget::new(8 << 20);
    let charge = small.account().charge();
    let refused = store.intake.take("ada", Bytes::from(last.to_string()), &charge).await;
    assert!(
        matches!(refused, Err(IntakeError::Exhausted(_))),
        "2,000 outputs are written at once: {refused:?}"
    );
    drop(charge);
    assert_eq!(small.held(), 0);
    assert!(store.take(&last).await.drawn);
    store.close().await;
}
