//! A real store of that size: written with all its rows, and opened as the server opens it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stemma::domain::id::Seq;
use stemma::domain::log::entry::Head;
use stemma::domain::log::facts::{Facts, Stamp};
use stemma::domain::write::log_entry::LogEntry;
use stemma::ledger::{Ledger, MemStore, Settings, SystemClock};
use stemma::lineage::Loading;
use stemma::log::{LocalDisk, LogReader, PackedEntry, SEGMENT, SegmentLog, StoreId};

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
    std::fs::create_dir_all(dir).unwrap();
    let mut log =
        SegmentLog::create(Arc::new(LocalDisk), dir, StoreId([1; 16]), Head::default(), SEGMENT).unwrap();
    let mut world = World::new(size);
    let start = Instant::now();
    while let Some(made) = world.next() {
        let entry = made.entry(log.head());
        let head = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
        let (bytes, rows) = entry.pack();
        log.append(&[PackedEntry { head, previous: entry.commit.previous, bytes, rows }]).unwrap();
        if head.seq.0.is_multiple_of(50) {
            println!("{} commits, {} versions, {:.0?}", head.seq, world.versions(), start.elapsed());
        }
    }
    log.acknowledged().note(log.head()).unwrap();
    show("written", start.elapsed(), world.versions());
}

/// Opens a store, once as the server does, once step by step on one thread.
pub(crate) fn open(dir: &Path) {
    let own = dir.to_owned();
    wait(async move {
        let (before, worked_before) = (resident(), worked());
        let start = Instant::now();
        let settings = Settings::new(own, Arc::new(MemStore::default()), Arc::new(SystemClock));
        let ledger = Ledger::open(settings, |_, _| {}).await.unwrap();
        println!(
            "ledger open: {:.3} s, {:.2} s of processors, {:.0} MB more",
            start.elapsed().as_secs_f64(),
            worked() - worked_before,
            resident() - before
        );
        ledger.close().await.unwrap();
    });
    steps(dir);
}

fn steps(dir: &Path) {
    let start = Instant::now();
    let log = LogReader::open(&LocalDisk, dir).unwrap().unwrap();
    show("open the log", start.elapsed(), 1);
    let mut index = Loading::default();
    let [mut reading, mut hashing, mut unpacking, mut applying] = [Duration::ZERO; 4];
    let mut frames = log.frames_after(Seq::ZERO);
    loop {
        let start = Instant::now();
        let Some(frame) = frames.next() else { break };
        let frame = frame.unwrap();
        let read: Vec<_> =
            frame.entries().map(|(_, packed)| LogEntry::unpack_commit(packed).unwrap()).collect();
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
        }
    }
    let start = Instant::now();
    std::hint::black_box(index.settled().unwrap());
    show("put in order", start.elapsed(), 1);
    let count = usize::try_from(log.head().seq.0).unwrap();
    show("read commits", reading, count);
    show("hash", hashing, count);
    show("unpack", unpacking, count);
    show("apply", applying, count);
}
