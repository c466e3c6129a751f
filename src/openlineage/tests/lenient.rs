//! Events with irregular parts: what is wrong is counted, and the rest is added to the lineage.

use serde_json::{Value, json};

use super::{EventStore, event, item, set, versioned};
use crate::domain::id::Digest;
use crate::openlineage::{Event, Notes};

fn notes(event: &Value) -> Notes {
    Event::read(event).unwrap().notes
}

/// Returns a complete run with one good input and one good output, and one value changed.
fn with(path: &str, value: Value) -> Value {
    let mut event = event("r1", "COMPLETE", 1, &[set("raw")], &[set("clean")]);
    event["inputs"][0]["facets"] = json!({});
    event["job"]["facets"] = json!({});
    let (parent, name) = path.rsplit_once('/').unwrap();
    match event.pointer_mut(parent).unwrap() {
        Value::Array(list) if name == "0" => list[0] = value,
        Value::Array(list) => list.push(value),
        fields => fields[name] = value,
    }
    event
}

/// Returns the attributes of the version that holds an event.
async fn attributes(store: &EventStore, event: &Value) -> Value {
    let payload = Digest::of(event.to_string().as_bytes());
    let view = store.ledger.view();
    let id = view.read(|at| at.id(at.with_payload(&payload)[0]));
    let record = view.versions(&[id]).await.unwrap().remove(0).unwrap();
    Value::Object(record.content.attributes.to_map())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_irregular_part_does_not_lose_an_event() {
    let no_namespace = json!({"namespace": "", "name": "orders"});
    for (event, message, counts) in [
        (
            with("/eventTime", json!("2026-01-01T00:00:00.829392")),
            "has no offset and is read as UTC",
            json!({"assumedUtc": true}),
        ),
        (
            with("/eventTime", json!("yesterday")),
            "found \"yesterday\"; the event has no time",
            json!({"fieldsIgnored": 1}),
        ),
        (with("/eventTime", json!(7)), "found a number; the event has no time", json!({"fieldsIgnored": 1})),
        (with("/inputs/1", Value::Null), "inputs[1] must be an object", json!({"dataSetsLeftOut": 1})),
        (with("/inputs/1", no_namespace), "`namespace` of inputs[1] is empty", json!({"dataSetsLeftOut": 1})),
        (with("/inputs/1", json!({"namespace": "a"})), "`name` of inputs[1]", json!({"dataSetsLeftOut": 1})),
        (
            with("/inputs/1", json!({"namespace": 7, "name": "a"})),
            "found a number",
            json!({"dataSetsLeftOut": 1}),
        ),
        (with("/inputs/0/facets", json!([1])), "`facets` of inputs[0]", json!({"fieldsIgnored": 1})),
        (with("/inputs/0/facets/version", json!("8")), "`version` of inputs[0]", json!({"fieldsIgnored": 1})),
        (
            with("/inputs/0/facets/version", json!({"datasetVersion": {"at": 8}})),
            "`datasetVersion` of inputs[0]",
            json!({"fieldsIgnored": 1}),
        ),
        (
            with("/inputs/0/facets/symlinks", json!({"identifiers": [{"namespace": "hive"}, null]})),
            "`name` of identifiers[0] of inputs[0]",
            json!({"fieldsIgnored": 2}),
        ),
        (with("/job", json!({"name": "copy"})), "`namespace` of `job`", json!({"fieldsIgnored": 1})),
        (with("/job", Value::Null), "expected `job`", json!({"fieldsIgnored": 1})),
    ] {
        let store = EventStore::new().await;
        let taken = store.take(&event).await;
        assert!(taken.drawn && taken.committed.created, "{event}");
        let said = taken.notes.messages().join("\n");
        assert!(said.contains(message), "{said}");
        assert_eq!(attributes(&store, &event).await["noted"], counts, "{event}");
        assert_eq!(store.comes_from(&item("clean")), [item("raw")], "{event}");
        let again = store.take(&event).await;
        assert!(!again.committed.created && again.notes == taken.notes, "{event}");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_type_is_kept_as_other() {
    let store = EventStore::new().await;
    for (kind, noted) in
        [(json!("Streaming"), json!({"eventType": "Streaming"})), (json!(7), json!({"fieldsIgnored": 1}))]
    {
        let event = with("/eventType", kind);
        let taken = store.take(&event).await;
        assert!(taken.drawn && taken.notes.messages().len() == 1);
        let said = attributes(&store, &event).await;
        assert_eq!((&said["eventType"], &said["noted"]), (&json!("OTHER"), &noted));
    }
    assert_eq!((store.versions_of(&item("clean")), store.versions_of(&item("raw"))), (0, 1));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_another_form_are_left_out() {
    let store = EventStore::new().await;
    let taken = store.take(&with("/inputs", json!({"namespace": "a", "name": "b"}))).await;
    assert_eq!(taken.notes.messages(), ["`inputs` must be a list, found an object"]);
    assert_eq!((taken.notes.left_out, store.versions_of(&item("clean"))), (1, 2));
    let many: Value = (0..2_001).map(|n| set(&n.to_string())).collect();
    let taken = store.take(&with("/inputs", many)).await;
    assert_eq!((taken.drawn, taken.notes.left_out), (true, 2), "one output and 2,001 inputs");
    assert!(taken.notes.messages()[0].contains("send several events"));
    store.close().await;
}

#[test]
fn regular_events_have_no_notes() {
    let extra = json!({"_producer": "x", "_schemaURL": "y", "anything": [1, null]});
    for event in [
        with("/inputs/0/facets/unknownFacet", extra),
        with("/inputs/0/facets/version", Value::Null),
        with("/inputs/0/facets/version", json!({"_deleted": true})),
        with("/eventType", Value::Null),
        with("/outputs", Value::Null),
        with("/inputs/0", versioned("raw", "7")),
    ] {
        assert_eq!(notes(&event), Notes::default(), "{event}");
    }
    let mut numbered = with("/run/runId", json!(7));
    numbered["run"]["facets"]["parentRun"] = json!({"run": {"runId": "older"}});
    numbered["run"]["facets"]["parent"] = Value::Null;
    assert_eq!(Event::read(&numbered).unwrap().parent_run.as_deref(), Some("older"));
    // A data set that is named twice is one, and counted in the answer alone.
    let twice = with("/inputs/1", set("raw"));
    let read = Event::read(&twice).unwrap();
    assert_eq!((read.inputs.len(), read.notes.messages().len()), (1, 1));
    assert_eq!((read.notes.left_out, read.notes.ignored), (0, 0));
}

#[test]
fn messages_are_limited() {
    let event = with("/inputs", vec![Value::Null; 100].into());
    let notes = notes(&event);
    assert_eq!((notes.left_out, notes.messages().len()), (100, 11));
    assert_eq!(notes.messages()[10], "and 90 more");
}
