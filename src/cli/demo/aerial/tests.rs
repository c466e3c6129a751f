//! The story in a store: interrupted at any commit, its times, and what only pages show.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::story::story;
use super::*;
use crate::api;
use crate::blob::MemStore;
use crate::cli::shared::client::Client;
use crate::domain::id::hex;
use crate::ledger::{BlobStore, Clock, Settings, SystemClock};

/// The digest of the newest commit. It covers all commits, their times and authors included.
const HEAD: &str = "9472418d21bab311b6f095944c54abfe73a5b1684fb3a563f15c9cd2e4330699";

async fn open(dir: &Path, blobs: &Arc<dyn BlobStore>, clock: &Arc<StoryClock>) -> Ledger {
    let settings = Settings { record_cache: 1 << 20, ..Settings::new(dir, Arc::clone(blobs), clock.clone()) };
    Ledger::open(settings, |_, _| ()).await.unwrap()
}

async fn head(ledger: &Ledger) -> String {
    hex(&ledger.head_at(None).await.unwrap().digest)
}

/// Makes the first `most` commits of the story, and then, in a store that is opened again, the rest.
async fn interrupted(most: usize) -> (Loaded, String) {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(StoryClock::new()));
    let blobs: Arc<dyn BlobStore> = Arc::new(MemStore::new());
    let ledger = open(dir.path(), &blobs, &clock).await;
    let Story { until_review, repairs } = story().unwrap();
    let mut loaded = Loaded::NOTHING;
    for step in until_review.into_iter().chain(repairs).take(most) {
        make(&ledger, &clock, &ProgressBar::hidden(), step, &mut loaded).await.unwrap();
    }
    ledger.close().await.unwrap();
    // Another process has another clock.
    let clock = Arc::new(StoryClock::new());
    let ledger = open(dir.path(), &blobs, &clock).await;
    let loaded = load(&ledger, &clock).await.unwrap();
    let head = head(&ledger).await;
    ledger.close().await.unwrap();
    (loaded, head)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_demo_ends_as_one_that_was_not() {
    for most in [0, 1, 6, 13, 17] {
        let (loaded, head) = interrupted(most).await;
        assert_eq!((loaded.commits, loaded.made), (17, 17 - most as u64));
        assert_eq!((loaded.reviewed, loaded.repaired), (Seq(14), Seq(17)));
        assert_eq!(head, HEAD, "interrupted after {most} commits");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_have_the_times_of_the_story_and_later_ones_their_own() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(StoryClock::new()));
    let ledger = open(dir.path(), &(Arc::new(MemStore::new()) as Arc<dyn BlobStore>), &clock).await;
    let start = SystemClock.now();
    let loaded = load(&ledger, &clock).await.unwrap();
    assert_eq!(ledger.view().time(), making::moment("2025-07-10T07:00:00Z").unwrap());
    assert!(clock.now() >= start);

    let client = Client::Local(api::over(ledger.clone()).unwrap());
    let query = "query Q($seq: Seq!) { at(asOf: {seq: $seq}) {
        followed: resolve(ref: \"aerial/LABEL/a1/vegetation-01\") { number ontologyStale attributes }
        waiting: resolve(ref: \"aerial/LABEL/d1/vegetation-01\") { number ontologyStale }
        tile: resolve(ref: \"aerial/SOURCE/tile/b4\") { number attributes payload { size } }
        bundle: resolve(ref: \"aerial/BUNDLE/c3#1\") { sources(first: 2) { nodes { role } } tags { name } }
        commits(first: 1) { nodes { time author } }
    } }";
    let variables = json!({"seq": loaded.repaired.to_string()});
    let answer: Value = client.ask(query, "Q", variables).await.unwrap();
    let at = &answer["at"];
    assert_eq!(at["followed"]["number"], 2);
    assert_eq!(
        (&at["followed"]["ontologyStale"], &at["followed"]["attributes"]["class"]),
        (&false.into(), &"field".into())
    );
    assert_eq!((&at["waiting"]["number"], &at["waiting"]["ontologyStale"]), (&1.into(), &true.into()));
    // The second flight, with its size and its place.
    assert_eq!((&at["tile"]["number"], &at["tile"]["attributes"]["width"]), (&2.into(), &512.into()));
    assert_eq!(at["tile"]["attributes"]["geotransform"][0], 0.25);
    // The picture comes first, so that lists of few sources have it.
    assert_eq!(at["bundle"]["sources"]["nodes"][0]["role"], "IMAGE");
    assert_eq!(at["bundle"]["tags"], json!([{"name": "use-case:flood"}]));
    assert_eq!(at["commits"]["nodes"][0]["author"], "survey");
    assert!(at["commits"]["nodes"][0]["time"].as_str().unwrap().starts_with("2025-03-18T14:05:00"));
    ledger.close().await.unwrap();
}

/// In a store that is in use, the story gets no times before those of other commits.
#[tokio::test(flavor = "multi_thread")]
async fn a_story_in_a_store_that_is_in_use_has_the_times_of_the_clock() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(StoryClock::new()));
    let ledger = open(dir.path(), &(Arc::new(MemStore::new()) as Arc<dyn BlobStore>), &clock).await;
    let mut other = making::Making::default();
    other.put(making::put(crate::domain::item::Kind::Model, "other", &json!({})).unwrap());
    let other = other.end("other", "someone", "2025-03-01T00:00:00Z", "a commit of today").unwrap();
    let start = SystemClock.now();
    ledger.commit(other.commit.proposal).await.unwrap();
    let loaded = load(&ledger, &clock).await.unwrap();
    assert_eq!((loaded.made, loaded.repaired), (17, Seq(18)));
    assert!(ledger.view().time() >= start);
    assert_eq!(ledger.behind_its_commits(), None);
    ledger.close().await.unwrap();
}
