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
