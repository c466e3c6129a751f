//! Migrations of stores of format 2, whose log of files has entries of format 1. The store in
//! `fixtures/compat` was made by the last program that wrote this format.

use std::fs::{self, File};

use flate2::read::GzDecoder;

use super::super::migration::{FormerStore, begun, mark_complete};
use super::*;
use crate::domain::log::position::{LogMark, Position};
use crate::graph::DirectoryHold;
use crate::ledger::store::place::MIGRATING;
use crate::ledger::{Migrated, OtherStore, migrate};
use crate::log::{LocalDisk, LogReader};

/// Unpacks the store, and returns the entries of its log with their heads.
fn former() -> (TempDir, Vec<(LogEntry, Head)>) {
    let dir = TempDir::new().unwrap();
    let archive = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/compat/v2/store.tar.gz");
    tar::Archive::new(GzDecoder::new(File::open(archive).unwrap())).unpack(dir.path()).unwrap();
    let log = LogReader::open_former(&LocalDisk, dir.path()).unwrap().unwrap();
    let mut entries = Vec::new();
    for frame in log.frames_after(Seq::ZERO).map(Result::unwrap) {
        for (_, bytes) in frame.entries() {
            let entry = LogEntry::unpack_any(bytes).unwrap();
            assert!(entry.is_former());
            assert!(LogEntry::unpack(bytes).is_err(), "only a conversion reads it");
            let head = entry.head();
            entries.push((entry, head));
        }
    }
    assert_eq!(entries.last().unwrap().1, log.head());
    (dir, entries)
}

async fn opened(dir: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(settings(dir), |_, _| ()).await
}

/// Migrates a directory, and checks that the log has the same commits in the format of today.
async fn becomes(dir: &Path, former: &[(LogEntry, Head)]) {
    let last = former.last().unwrap().1;
    let Migrated { head, kept } = migrate(dir, |_, _, _| ()).await.unwrap().unwrap();
    assert_eq!(kept, ["log.v2", "HEAD.v2"]);
    assert_eq!(head.seq, last.seq);
    assert_ne!(head.digest, last.digest);
    let ledger = opened(dir).await.unwrap();
    let found = ledger.log_entries(Seq::ZERO, head.seq, usize::MAX).await.unwrap();
    assert_eq!(found.len(), former.len());
    for (entry, (was, was_head)) in found.iter().zip(former) {
        assert!(!entry.is_former());
        let same = (&entry.versions, &entry.statements, &entry.asserted, &entry.blobs);
        assert_eq!(same, (&was.versions, &was.statements, &was.asserted, &was.blobs));
        assert_eq!((entry.commit.time, &entry.commit.message), (was.commit.time, &was.commit.message));
        // Positions of the former log are valid, those of another one are not.
        let position = |mark| Position { seq: was_head.seq, mark: Some(mark) };
        ledger.fits(position(LogMark::of(&was_head.digest))).unwrap();
        ledger.fits(position(LogMark::of(&entry.head().digest))).unwrap();
        let other = ledger.fits(position(LogMark::of(&[7; 32]))).unwrap_err();
        assert!(matches!(other, LedgerError::OtherHistory { .. }), "{other}");
    }
    filled_from(&ledger, "eve", former.len(), 1).await;
    ledger.close().await.unwrap();
    opened(dir).await.unwrap().close().await.unwrap();
    let log = LogReader::open(&LocalDisk, dir).unwrap().unwrap();
    assert_eq!((log.former(), log.head().seq), (last, last.seq.next()));
    assert!(dir.join("log.v2").is_dir() && dir.join("HEAD.v2").is_file() && !dir.join(MIGRATING).exists());
    assert_eq!(migrate(dir, |_, _, _| ()).await.unwrap(), None, "a second run has nothing to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_format_2_is_refused_until_it_is_migrated() {
    let (dir, entries) = former();
    for refused in [
        opened(dir.path()).await.map(drop).unwrap_err(),
        Ledger::read(settings(dir.path()), |_, _| ()).await.map(drop).unwrap_err(),
    ] {
        assert!(
            matches!(refused, LedgerError::OtherStore(OtherStore::Former { format: 2, .. })),
            "{refused}"
        );
        assert!(refused.to_string().contains("found one of format 2"), "{refused}");
    }
    becomes(dir.path(), &entries).await;
}

/// A kill after each rename, and one in the middle of the copy.
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_migration_is_finished() {
    for done in 0..=4 {
        let (dir, entries) = former();
        let place = dir.path().canonicalize().unwrap();
        let side = place.join(MIGRATING);
        let hold = DirectoryHold::take(&place).unwrap();
        FormerStore::Log.convert(&place, &hold, &side, |_, _, _| ()).await.unwrap();
        drop(hold);
        mark_complete(&side).unwrap();
        let steps = [
            ("log", "log.v2"),
            ("HEAD", "HEAD.v2"),
            ("log.migrating/HEAD", "HEAD"),
            ("log.migrating/log", "log"),
        ];
        for (from, to) in &steps[..done] {
            fs::rename(place.join(from), place.join(to)).unwrap();
        }
        let refused = opened(&place).await.map(drop).unwrap_err();
        assert!(matches!(refused, LedgerError::OtherStore(OtherStore::Migrating(_))), "{done}: {refused}");
        becomes(&place, &entries).await;
    }
    let (dir, entries) = former();
    let side = dir.path().join(MIGRATING);
    let until = entries.last().unwrap().1;
    let store = Store::Segments(begun(&side, until).unwrap());
    let mut restore = Restore::begun(store, until, |_, _| ()).await.unwrap();
    for (entry, _) in &entries[..entries.len() / 2] {
        restore.add(entry.clone()).await.unwrap();
    }
    restore.leave().await.unwrap();
    becomes(dir.path(), &entries).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_entry_of_format_1_is_refused() {
    let (_dir, entries) = former();
    let target = TempDir::new().unwrap();
    let mut restore = begin(target.path(), Log::Segments, entries.last().unwrap().1).await.unwrap();
    let mut refusals = 0;
    for (entry, _) in entries {
        let mut changed = entry.clone();
        if let Some(version) = changed.versions.first_mut() {
            version.message = Some("it was another".to_owned());
            let refused = restore.add(changed).await.unwrap_err();
            assert!(matches!(refused, RestoreError::Inconsistent(_)), "{refused}");
            refusals += 1;
        }
        restore.add(entry).await.unwrap();
    }
    assert!(refusals > 3);
    restore.leave().await.unwrap();
}
