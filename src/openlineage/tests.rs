//! Events in every order, repeated and invalid: the lineage is the same.

mod history;
mod lenient;
mod memory;
mod names;
mod streaming;
mod symlinks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::budget::Charge;
use crate::domain::id::{Digest, VersionId};
use crate::domain::numbers::VersionNo;
use crate::ledger::{Ledger, MemStore, Settings, StepClock};

/// An intake into an empty store.
struct EventStore {
    ledger: Ledger,
    intake: Intake,
    _dir: TempDir,
}

/// The lineage: the versions of each item, and the edges between them with their roles.
type Lineage = (BTreeMap<String, BTreeSet<VersionId>>, BTreeSet<(VersionId, VersionId, &'static str)>);

impl EventStore {
    async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let settings = Settings::new(
            dir.path(),
            Arc::new(MemStore::new()),
            Arc::new(StepClock::new(1_700_000_000_000_000, 1_000)),
        );
        let ledger = Ledger::open(settings, |_, _| ()).await.unwrap();
        Self { intake: Intake::new(ledger.clone()), ledger, _dir: dir }
    }

    async fn take(&self, event: &Value) -> Taken {
        self.intake.take("ada", Bytes::from(event.to_string()), &Charge::unlimited()).await.unwrap()
    }

    async fn refusal(&self, event: &Value) -> String {
        let before = self.ledger.view().seq();
        let refused =
            self.intake.take("ada", Bytes::from(event.to_string()), &Charge::unlimited()).await.unwrap_err();
        assert_eq!(self.ledger.view().seq(), before);
        refused.to_string()
    }

    fn lineage(&self) -> Lineage {
        self.ledger.view().read(|at| {
            let (mut items, mut edges) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeSet::new());
            for version in (0..at.visible()).map(VersionNo) {
                items.entry(at.key(at.item_of(version)).to_string()).or_default().insert(at.id(version));
                for edge in at.sources(version) {
                    let role = ["INPUT", "OUTPUT", "DESCRIBES", "SYMLINK"]
                        .into_iter()
                        .find(|role| at.name(role) == Some(edge.role));
                    edges.insert((at.id(version), at.id(edge.other), role.unwrap()));
                }
            }
            (items, edges)
        })
    }

    /// Returns the items from which the newest version of an item derives, through runs.
    fn comes_from(&self, item: &str) -> Vec<String> {
        self.ledger.view().read(|at| {
            let version = at.resolve(&item.parse().unwrap(), item).unwrap();
            let (mut next, mut found) = (vec![version], BTreeSet::new());
            while let Some(version) = next.pop() {
                next.extend(at.sources(version).map(|edge| edge.other));
                found.insert(at.key(at.item_of(version)).to_string());
            }
            found.remove(item);
            found.retain(|item| !item.contains("/BUNDLE/"));
            found.into_iter().collect()
        })
    }

    fn versions_of(&self, item: &str) -> usize {
        self.lineage().0.get(item).map_or(0, BTreeSet::len)
    }

    async fn close(self) {
        self.ledger.close().await.unwrap();
    }
}

fn set(name: &str) -> Value {
    json!({"namespace": "postgres://db:5432", "name": name})
}

fn versioned(name: &str, version: &str) -> Value {
    json!({"namespace": "postgres://db:5432", "name": name, "facets": {"version": {"datasetVersion": version}}})
}

fn event(run: &str, kind: &str, minute: u32, inputs: &[Value], outputs: &[Value]) -> Value {
    json!({
        "eventType": kind,
        "eventTime": format!("2026-01-01T00:{minute:02}:00Z"),
        "run": {"runId": run, "facets": {"parent": {"run": {"runId": "the night"}}}},
        "job": {"namespace": "night", "name": format!("job of {run}")},
        "inputs": inputs,
        "outputs": outputs,
        "producer": "https://example.org/scheduler",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
    })
}

fn item(name: &str) -> String {
    format!("openlineage/DERIVED/postgres://db:5432/{name}")
}

/// Returns all permutations of `count` elements, by Heap's algorithm.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let (mut order, mut all) = ((0..count).collect::<Vec<_>>(), Vec::new());
    fn go(order: &mut Vec<usize>, count: usize, all: &mut Vec<Vec<usize>>) {
        if count <= 1 {
            all.push(order.clone());
            return;
        }
        for place in 0..count {
            go(order, count - 1, all);
            order.swap(if count.is_multiple_of(2) { place } else { 0 }, count - 1);
        }
    }
    go(&mut order, count, &mut all);
    all
}

/// Checks that the lineage of events is the same in every order and when they are repeated, and
/// returns it.
async fn in_every_order(events: &[Value]) -> Lineage {
    let mut first = None;
    for order in orders(events.len()) {
        let store = EventStore::new().await;
        for place in &order {
            assert!(store.take(&events[*place]).await.drawn);
        }
        let lineage = store.lineage();
        for event in events {
            let again = store.take(event).await;
            assert!(!again.committed.created, "{event} again, after {order:?}");
        }
        assert_eq!(store.lineage(), lineage);
        store.close().await;
        assert_eq!(&lineage, first.get_or_insert_with(|| lineage.clone()), "{order:?}");
    }
    first.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_a_run_may_come_in_any_order_and_again() {
    let (items, edges) = in_every_order(&[
        event("r1", "START", 1, &[set("raw")], &[set("clean")]),
        event("r1", "RUNNING", 2, &[set("zones")], &[]),
        event("r1", "OTHER", 3, &[], &[set("rejected")]),
        event("r1", "COMPLETE", 4, &[set("raw")], &[]),
    ])
    .await;
    // The first version of each item, and the outputs of the run; for the run also four events.
    let counts: Vec<(&str, usize)> =
        items.iter().map(|(item, versions)| (item.as_str(), versions.len())).collect();
    let (clean, raw, rejected, zones) = (item("clean"), item("raw"), item("rejected"), item("zones"));
    assert_eq!(
        counts,
        [
            ("openlineage/BUNDLE/run/r1", 5),
            (clean.as_str(), 2),
            (raw.as_str(), 1),
            (rejected.as_str(), 2),
            (zones.as_str(), 1)
        ]
    );
    let roles: Vec<&str> = edges.iter().map(|(_, _, role)| *role).collect();
    assert_eq!(roles.iter().filter(|role| **role == "INPUT").count(), 2);
    assert_eq!(roles.iter().filter(|role| **role == "OUTPUT").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_name_versions_may_come_in_any_order() {
    in_every_order(&[
        event("r1", "COMPLETE", 1, &[versioned("raw", "7")], &[versioned("clean", "8")]),
        event("r2", "START", 2, &[versioned("clean", "8")], &[]),
        event("r2", "COMPLETE", 3, &[], &[versioned("report", "9")]),
        event("r3", "FAIL", 4, &[versioned("clean", "8")], &[versioned("report", "10")]),
    ])
    .await;
    let store = EventStore::new().await;
    store.take(&event("r2", "COMPLETE", 3, &[versioned("clean", "8")], &[versioned("report", "9")])).await;
    store.take(&event("r1", "COMPLETE", 1, &[versioned("raw", "7")], &[versioned("clean", "8")])).await;
    assert_eq!(store.comes_from(&item("report")), [item("clean"), item("raw")]);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_is_the_newest_version_and_does_not_change() {
    let store = EventStore::new().await;
    let clean = |run: &str, minute| event(run, "COMPLETE", minute, &[set("raw")], &[set("clean")]);
    store.take(&clean("r1", 1)).await;
    store.take(&event("r2", "START", 2, &[set("clean")], &[])).await;
    // Written again while it runs.
    store.take(&clean("r3", 3)).await;
    store.take(&event("r2", "COMPLETE", 4, &[set("clean")], &[set("report")])).await;
    let (_, edges) = store.lineage();
    let run = store.ledger.view().read(|at| {
        let item = at.item(&super::names::run("r2").unwrap().id()).unwrap();
        at.id(at.history(item)[0])
    });
    assert_eq!(edges.iter().filter(|(derived, _, _)| *derived == run).count(), 1);
    assert_eq!(store.comes_from(&item("report")), [item("clean"), item("raw")]);
    // A run that reads its own output reads the version before it.
    store.take(&event("r4", "COMPLETE", 5, &[set("clean")], &[set("clean")])).await;
    store.take(&event("r4", "RUNNING", 5, &[set("clean")], &[])).await;
    assert_eq!(store.versions_of(&item("clean")), 4);
    // Two runs that read from each other do not make a cycle of versions, even with late events.
    store.take(&event("r5", "COMPLETE", 6, &[], &[set("a")])).await;
    store.take(&event("r6", "COMPLETE", 7, &[set("a")], &[set("b")])).await;
    assert!(store.take(&event("r5", "START", 5, &[set("b")], &[])).await.drawn);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_has_no_outputs_and_is_stored() {
    let store = EventStore::new().await;
    store.take(&event("r1", "START", 1, &[set("raw")], &[set("clean")])).await;
    store.take(&event("r1", "FAIL", 2, &[], &[set("clean")])).await;
    assert_eq!((store.versions_of(&item("clean")), store.versions_of("openlineage/BUNDLE/run/r1")), (0, 3));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_payload_is_gone_stops_no_other() {
    let store = EventStore::new().await;
    let start = event("r1", "START", 1, &[set("raw")], &[set("clean")]);
    store.take(&start).await;
    let gone = Digest::of(start.to_string().as_bytes());
    store.ledger.blobs().delete(gone, i64::MAX).await.unwrap();
    assert!(store.take(&event("r1", "COMPLETE", 2, &[], &[set("report")])).await.drawn);
    assert_eq!(store.comes_from(&item("report")), [item("raw")]);
    assert_eq!(store.versions_of(&item("clean")), 0);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_with_invalid_lineage_is_stored() {
    let store = EventStore::new().await;
    store.take(&event("r1", "COMPLETE", 1, &[versioned("a", "1")], &[versioned("b", "1")])).await;
    let circle = event("r2", "COMPLETE", 2, &[versioned("b", "1")], &[versioned("a", "1")]);
    let taken = store.take(&circle).await;
    assert!(!taken.drawn && taken.committed.created);
    assert!(!store.take(&circle).await.committed.created);
    assert_eq!(store.versions_of("openlineage/BUNDLE/run/r2"), 2);
    // A version that is both input and output of one run is its output.
    assert!(
        store.take(&event("r3", "COMPLETE", 3, &[versioned("c", "1")], &[versioned("c", "1")])).await.drawn
    );
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_and_data_sets_are_taken_without_runs() {
    let time = "2026-01-01T00:00:00Z";
    in_every_order(&[
        json!({"eventTime": time, "job": {"namespace": "night", "name": "copy"}, "inputs": [set("raw")], "outputs": [set("clean")]}),
        json!({"eventTime": time, "dataset": versioned("clean", "3")}),
        json!({"eventTime": time, "dataset": set("other")}),
    ])
    .await;
    let store = EventStore::new().await;
    store.take(&json!({"eventTime": time, "job": {"namespace": "night", "name": "copy"}, "inputs": [set("raw")], "outputs": [set("clean")]}))
        .await;
    assert_eq!(store.comes_from(&item("clean")), [item("raw")]);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_and_its_activity_are_stored() {
    let store = EventStore::new().await;
    let mut told = event("r1", "COMPLETE", 9, &[], &[set("clean")]);
    told["job"]["facets"] =
        json!({"sourceCodeLocation": {"type": "git", "url": "https://example.org/copy.py"}});
    told["run"]["facets"]["anything"] = json!({"deep": {"er": [1, {"x": null}]}});
    store.take(&event("r1", "START", 5, &[], &[])).await;
    store.take(&told).await;
    let view = store.ledger.view();
    let payload = Digest::of(told.to_string().as_bytes());
    let (kept, made) = view.read(|at| {
        let clean = at.item(
            &super::names::dataset(&QualifiedName {
                namespace: "postgres://db:5432".into(),
                name: "clean".into(),
            })
            .unwrap()
            .id(),
        );
        (at.id(at.with_payload(&payload)[0]), at.id(at.head(clean.unwrap()).unwrap()))
    });
    let records = view.versions(&[kept, made]).await.unwrap();
    let [Some(kept), Some(made)] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!(
        kept.content.attributes.to_map().get("eventTime").and_then(Value::as_str),
        Some("2026-01-01T00:09:00Z")
    );
    let activity = made.activity.clone().unwrap();
    assert_eq!(activity.name, "job_of_r1");
    assert_eq!(activity.code_reference.as_deref(), Some("https://example.org/copy.py"));
    assert_eq!(activity.ended_at.unwrap() - activity.started_at.unwrap(), 4 * 60 * 1_000_000);
    assert_eq!(activity.parameters.to_map()["parentRun"], "the night");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_openlineage_are_accepted() {
    let store = EventStore::new().await;
    let examples = [
        include_str!("../../fixtures/openlineage/example_full_event.json").replace('\n', ""),
        include_str!("../../fixtures/openlineage/spark_event.json").replace('\n', ""),
        include_str!("../../fixtures/openlineage/examples.ndjson").to_owned(),
    ];
    let events: Vec<Value> = examples
        .iter()
        .flat_map(|text| text.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 9);
    for event in &events {
        let taken = store.take(event).await;
        assert!(taken.drawn && taken.notes.left_out == 0, "{:?} {event}", taken.notes);
    }
    // Its inputs are in the start event, its outputs in the end event.
    let unpaid = "openlineage/DERIVED/postgres://workshop-db:None/workshop.public.unpaid_taxes";
    let taxes = "openlineage/DERIVED/postgres://workshop-db:None/workshop.public.taxes";
    assert_eq!(store.comes_from(unpaid), [taxes], "{:#?}", store.lineage().0.keys());
    let before = store.ledger.view().seq();
    for event in &events {
        store.take(event).await;
    }
    assert_eq!(store.ledger.view().seq(), before);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_event_is_refused_with_its_field() {
    let store = EventStore::new().await;
    let good = || event("r1", "START", 1, &[set("raw")], &[]);
    let with = |path: &str, value: Value| {
        let mut event = good();
        *event.pointer_mut(path).unwrap() = value;
        event
    };
    for (event, why) in [
        (json!([]), "expected a JSON object, found a list"),
        (json!({"eventTime": "2026-01-01T00:00:00Z"}), "`run` and `job`, or `job`, or `dataset`"),
        (with("/run/runId", json!(true)), "`runId` of `run` must be a string, found a boolean"),
        (with("/run/runId", json!(" ")), "`runId` of `run` is empty"),
        (with("/run", json!([])), "`runId` of `run` must be a string, found nothing"),
        (json!({"job": {"namespace": "", "name": "copy"}}), "`namespace` of `job` is empty"),
        (json!({"dataset": {"namespace": "a"}}), "`name` of `dataset` must be a string, found nothing"),
        (json!({"dataset": [1]}), "`dataset` must be an object with `namespace` and `name`, found a list"),
    ] {
        let refused = store.refusal(&event).await;
        assert!(refused.contains(why), "{refused}");
    }
    store.close().await;
}
