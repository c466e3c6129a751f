//! A real store of that size: written with all its rows, and opened as the server opens it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stemma::domain::id::Seq;
use stemma::domain::log::facts::{Facts, Stamp};
use stemma::graph::{Engine, Graph};
use stemma::ledger::{Ledger, MemStore, Settings, SystemClock};
use stemma::lineage::Loading;

use super::world::{Size, World};
use super::{resident, show, worked};

pub(crate) fn wait<F: Future<Output = ()> + Send + 'static>(work: F) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().thread_stack_size(16 << 20).enable_all().build().unwrap();
    runtime.block_on(async move { tokio::spawn(work).await.unwrap() });
    runtime.shutdown_background();
}

/// Writes a store.
pub(crate) fn make(dir: &Path, size: Size) {
    let dir = dir.to_owned();
    wait(async move {
        let graph = Graph::open(&dir, Engine::SurrealKv).await.unwrap();
        let mut world = World::new(size);
        let start = Instant::now();
        while let Some(made) = world.next() {
            let entry = made.entry(graph.head());
            graph.append(vec![entry]).await.unwrap();
            if graph.head().seq.0.is_multiple_of(50) {
                println!(
                    "{} commits, {} versions, {:.0?}",
                    graph.head().seq,
                    world.versions(),
                    start.elapsed()
                );
            }
        }
        show("written", start.elapsed(), world.versions());
        graph.close().await.unwrap();
    });
}

/// Opens a store, once as the server does, once step by step on one thread.
pub(crate) fn open(dir: &Path) {
    let dir = dir.to_owned();
    wait(async move {
        let (before, worked_before) = (resident(), worked());
        let start = Instant::now();
        let settings = Settings {
            dir: dir.clone(),
            engine: Engine::SurrealKv,
            blobs: Arc::new(MemStore::default()),
            clock: Arc::new(SystemClock),
            record_cache: 16 << 20,
        };
        let ledger = Ledger::open(settings, |_, _| {}).await.unwrap();
        println!(
            "ledger open: {:.3} s, {:.2} s of processors, {:.0} MB more",
            start.elapsed().as_secs_f64(),
            worked() - worked_before,
            resident() - before
        );
        ledger.close().await.unwrap();
        steps(&dir).await;
    });
}

async fn steps(dir: &Path) {
    let start = Instant::now();
    let graph = Graph::open(dir, Engine::SurrealKv).await.unwrap();
    show("open the database", start.elapsed(), 1);
    let mut index = Loading::default();
    let [mut reading, mut hashing, mut unpacking, mut applying] = [Duration::ZERO; 4];
    let commits = graph.head().seq;
    let mut seq = Seq::ZERO;
    while seq < commits {
        let start = Instant::now();
        let read = graph.commits(seq, 64).await.unwrap();
        reading += start.elapsed();
        for commit in read {
            let start = Instant::now();
            std::hint::black_box(commit.digest());
            hashing += start.elapsed();
            let start = Instant::now();
            std::hint::black_box(Facts::read(&commit.facts).unwrap());
            unpacking += start.elapsed();
            let start = Instant::now();
            let stamp = Stamp { seq: commit.seq, time: commit.time, author: &commit.author };
            index.apply(stamp, commit.facts).unwrap();
            applying += start.elapsed();
            seq = commit.seq;
        }
    }
    let start = Instant::now();
    std::hint::black_box(index.settled().unwrap());
    show("put in order", start.elapsed(), 1);
    let count = usize::try_from(commits.0).unwrap();
    show("read commits", reading, count);
    show("hash", hashing, count);
    show("unpack", unpacking, count);
    show("apply", applying, count);
    graph.close().await.unwrap();
}
