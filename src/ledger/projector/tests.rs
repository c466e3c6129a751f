//! The graph follows the log, and is made again when it is in doubt.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::graph::Projection;
use crate::ledger::tests::label;
use crate::ledger::{Engine, Ledger, MemStore, Settings, StepClock};

async fn open(dir: &Path) -> Ledger {
    let settings =
        Settings::new(dir, Arc::new(MemStore::new()), Arc::new(StepClock::new(1_700_000_000_000_000, 1_000)));
    Ledger::open(settings, |_, _| ()).await.unwrap()
}

/// Waits until the graph has all commits.
pub(super) async fn caught_up(ledger: &Ledger) {
    let complete = async {
        while ledger.projection().unwrap().at.unwrap_or_default() < ledger.view().seq() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), complete).await.unwrap();
}

/// Writes labels and closes the ledger when they are in the graph.
async fn filled(dir: &Path, names: &[&str]) {
    let ledger = open(dir).await;
    for name in names {
        ledger.commit(label(name)).await.unwrap();
    }
    caught_up(&ledger).await;
    ledger.close().await.unwrap();
}

/// Checks that the graph of a closed store has this many versions, and is at its newest commit.
pub(super) async fn has_versions(dir: &Path, versions: usize) {
    let ledger = open(dir).await;
    let head = ledger.head_at(None).await.unwrap();
    caught_up(&ledger).await;
    ledger.close().await.unwrap();
    let (graph, at) = Projection::open(dir, &Engine::SurrealKv).await.unwrap();
    assert_eq!(at, head);
    assert_eq!(graph.ids("SELECT VALUE id FROM version").await.len(), versions);
    assert_eq!(graph.ids("SELECT VALUE id FROM commit").await.len(), versions);
    graph.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_follows_the_log() {
    let dir = TempDir::new().unwrap();
    filled(dir.path(), &["one", "two", "three"]).await;
    has_versions(dir.path(), 3).await;
    filled(dir.path(), &["four"]).await;
    has_versions(dir.path(), 4).await;
    assert!(!dir.path().join("graph.aside").exists(), "it was continued");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_graph_that_is_missing_is_made_again() {
    let dir = TempDir::new().unwrap();
    filled(dir.path(), &["one", "two"]).await;
    fs::remove_dir_all(dir.path().join("graph")).unwrap();
    has_versions(dir.path(), 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_power_cut_the_graph_is_made_again() {
    let dir = TempDir::new().unwrap();
    filled(dir.path(), &["one", "two"]).await;
    fs::write(dir.path().join("graph.open"), "another boot of the machine").unwrap();
    has_versions(dir.path(), 2).await;
    assert!(dir.path().join("graph.aside").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_graph_of_another_log_is_set_aside() {
    let (dir, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    filled(dir.path(), &["one", "two"]).await;
    filled(other.path(), &["three"]).await;
    fs::remove_dir_all(dir.path().join("graph")).unwrap();
    fs::rename(other.path().join("graph"), dir.path().join("graph")).unwrap();
    has_versions(dir.path(), 2).await;
    assert!(dir.path().join("graph.aside").exists());
}

/// Rows that the graph has already, such as those of a damaged one or of a former store.
#[tokio::test(flavor = "multi_thread")]
async fn a_graph_that_refuses_commits_is_made_again() {
    let dir = TempDir::new().unwrap();
    filled(dir.path(), &["one", "two"]).await;
    let (graph, _) = Projection::open(dir.path(), &Engine::SurrealKv).await.unwrap();
    assert_eq!(graph.ids("DELETE meta:projected RETURN BEFORE").await.len(), 1);
    graph.close().await.unwrap();
    has_versions(dir.path(), 2).await;
    assert!(dir.path().join("graph.aside").exists());
}

/// The log answers everything: an engine that cannot start delays nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_graph_that_cannot_be_opened_delays_no_write() {
    let dir = TempDir::new().unwrap();
    filled(dir.path(), &["one"]).await;
    // Neither a directory to open nor one to set aside.
    fs::remove_dir_all(dir.path().join("graph")).unwrap();
    fs::write(dir.path().join("graph"), "not a directory").unwrap();
    fs::write(dir.path().join("graph.aside"), "not a directory either").unwrap();
    let ledger = open(dir.path()).await;
    assert!(ledger.commit(label("two")).await.unwrap().created);
    let id = ledger.view().read(|at| at.id(crate::domain::numbers::VersionNo(0)));
    ledger.forget();
    assert!(ledger.view().versions(&[id]).await.unwrap()[0].is_some());
    ledger.close().await.unwrap();
    fs::remove_file(dir.path().join("graph")).unwrap();
    fs::remove_file(dir.path().join("graph.aside")).unwrap();
    has_versions(dir.path(), 2).await;
}
