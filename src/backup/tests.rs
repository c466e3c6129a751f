//! Folders that grow, that are interrupted, damaged, or not a backup.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::domain::id::Seq;
use crate::domain::log::entry::{CommitRecord, Entry, Head};
use crate::domain::log::facts::{Facts, RequestFact};
use crate::domain::write::log_entry::LogEntry;

/// Returns the commit after `head`: it answers a request and makes nothing.
fn commit(head: Head) -> LogEntry {
    let request = RequestFact { key: head.digest, asked: [1; 32], outcomes: Vec::new() };
    let facts = Facts::<String, _> { request: Some(request), ..Facts::default() };
    let commit = CommitRecord {
        seq: head.seq.next(),
        time: head.seq.0.cast_signed(),
        author: "ada".to_owned(),
        message: Some(format!("the one after {}", head.seq)),
        facts: facts.pack(),
        rows: Entry::rows_tree(&[], &[], &[], &[]),
        previous: head.digest,
    };
    LogEntry { commit, versions: vec![], statements: vec![], asserted: vec![], blobs: vec![] }
}

/// Adds a segment of `commits` commits and writes the manifest.
fn add(path: &Path, commits: usize) -> Vec<LogEntry> {
    let mut folder = Folder::open(path).unwrap();
    let mut writer = folder.begin().unwrap();
    let mut added = Vec::new();
    for _ in 0..commits {
        let next = commit(writer.head());
        writer.add(&next).unwrap();
        added.push(next);
    }
    folder.take(writer).unwrap();
    folder.save().unwrap();
    added
}

fn read(path: &Path, until: u64) -> Result<Vec<LogEntry>, BackupError> {
    Folder::read(path)?.log_entries(Seq(until)).collect()
}

/// Creates a backup of five commits in two segments.
fn backup() -> (TempDir, Vec<LogEntry>) {
    let dir = TempDir::new().unwrap();
    let log = [add(dir.path(), 3), add(dir.path(), 2)].concat();
    (dir, log)
}

fn segment_files(path: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(path.join("log")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_was_added_is_read_up_to_any_commit() {
    let (dir, log) = backup();
    let folder = Folder::read(dir.path()).unwrap();
    assert_eq!(folder.manifest().head(), log[4].head());
    for until in 0..=5 {
        assert_eq!(read(dir.path(), until as u64).unwrap(), log[..until]);
        let head = until.checked_sub(1).map_or_else(Head::default, |last| log[last].head());
        assert_eq!(folder.head_at(Some(Seq(until as u64))).unwrap(), head);
    }
    let second: Vec<_> = folder.segment(1, Seq(5)).map(Result::unwrap).collect();
    assert_eq!(second, log[3..]);
    assert!(matches!(folder.head_at(Some(Seq(6))), Err(BackupError::TooLate { newest: Seq(5) })));
}

#[test]
fn files_that_the_manifest_does_not_name_are_ignored_and_removed() {
    let (dir, log) = backup();
    let before = fs::read(dir.path().join("manifest.json")).unwrap();
    // One run is interrupted with a partial file, one with a complete file but no manifest.
    for is_complete in [false, true] {
        let mut folder = Folder::open(dir.path()).unwrap();
        let mut writer = folder.begin().unwrap();
        writer.add(&commit(log[4].head())).unwrap();
        if is_complete {
            folder.take(writer).unwrap();
        }
        drop(folder);
        assert_eq!(fs::read(dir.path().join("manifest.json")).unwrap(), before);
        assert_eq!(segment_files(dir.path()).len(), 3);
        assert_eq!(read(dir.path(), 5).unwrap(), log);
        drop(Folder::open(dir.path()).unwrap());
        assert_eq!(segment_files(dir.path()).len(), 2);
    }
}

#[test]
fn only_the_next_commit_can_be_added() {
    let (dir, log) = backup();
    let folder = Folder::open(dir.path()).unwrap();
    let mut writer = folder.begin().unwrap();
    assert!(matches!(writer.add(&log[4]), Err(BackupError::Inconsistent(_))));
    assert!(matches!(
        writer.add(&commit(Head { seq: Seq(5), digest: [9; 32] })),
        Err(BackupError::Inconsistent(_))
    ));
    assert!(matches!(Folder::open(dir.path()), Err(BackupError::Locked(_))));
}

#[test]
fn every_flipped_bit_is_detected() {
    let (dir, log) = backup();
    for file in segment_files(dir.path()) {
        let whole = fs::read(&file).unwrap();
        for place in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[place] ^= 1 << (place % 8);
            fs::write(&file, flipped).unwrap();
            let refused = read(dir.path(), 5);
            assert!(
                matches!(refused, Err(BackupError::Damaged { .. } | BackupError::Inconsistent(_))),
                "byte {place}: {refused:?}"
            );
        }
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(&file, &whole[..length]).unwrap();
            assert!(matches!(read(dir.path(), 5), Err(BackupError::Damaged { .. })), "{length} bytes");
        }
        fs::write(&file, [whole.as_slice(), b"more"].concat()).unwrap();
        assert!(matches!(read(dir.path(), 5), Err(BackupError::Damaged { .. })));
        fs::remove_file(&file).unwrap();
        assert!(matches!(read(dir.path(), 5), Err(BackupError::Damaged { .. })));
        fs::write(&file, whole).unwrap();
        assert_eq!(read(dir.path(), 5).unwrap(), log);
    }
}

#[test]
fn a_manifest_that_was_changed_is_refused() {
    let (dir, _) = backup();
    let file = dir.path().join("manifest.json");
    let whole = fs::read_to_string(&file).unwrap();
    let refused = |text: &str| {
        fs::write(&file, text).unwrap();
        Folder::read(dir.path()).map(drop).unwrap_err()
    };
    for (from, to) in [
        ("\"last\": \"3\"", "\"last\": \"2\""),
        ("\"payloads\": \"partly\"", "\"payloads\": \"all\""),
        ("\"segments\"", "\"more\": 1, \"segments\""),
        ("{", ""),
    ] {
        let changed = whole.replacen(from, to, 1);
        assert_ne!(changed, whole);
        assert!(matches!(refused(&changed), BackupError::Damaged { .. }), "{changed}");
    }
    let later = whole.replacen("\"format\": 2", "\"format\": 3", 1);
    assert!(matches!(refused(&later), BackupError::Format { found: 3, known: 2 }));
    for other in [r#"{}"#, r#"{"format": 1, "files": []}"#, r#"{"format": "1", "segments": []}"#] {
        assert!(matches!(refused(other), BackupError::OtherFile(_)), "{other}");
    }
}

/// They may be of another store, or the only copy.
#[test]
fn segments_without_a_manifest_are_not_changed() {
    let (dir, log) = backup();
    let (manifest, away) = (dir.path().join("manifest.json"), dir.path().join("log/away"));
    fs::rename(&manifest, &away).unwrap();
    for _ in 0..2 {
        let error = Folder::open(dir.path()).unwrap_err();
        assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("manifest.json that names them"), "{error}");
        assert_eq!(segment_files(dir.path()).len(), 3);
    }
    fs::rename(&away, &manifest).unwrap();
    assert_eq!(read(dir.path(), 5).unwrap(), log);
}

#[test]
fn an_interrupted_first_run_can_be_repeated() {
    let dir = TempDir::new().unwrap();
    let mut folder = Folder::open(dir.path()).unwrap();
    let mut writer = folder.begin().unwrap();
    writer.add(&commit(Head::default())).unwrap();
    folder.take(writer).unwrap();
    drop(folder);
    let log = add(dir.path(), 2);
    assert_eq!(read(dir.path(), 2).unwrap(), log);
    assert_eq!(segment_files(dir.path()).len(), 1);
}

#[test]
fn a_folder_with_other_files_is_not_changed() {
    let dir = TempDir::new().unwrap();
    assert!(matches!(Folder::read(dir.path()), Err(BackupError::Absent(_))));
    assert!(matches!(Folder::read(&dir.path().join("none")), Err(BackupError::NoFolder(_))));
    fs::write(dir.path().join("HEAD"), "a data directory").unwrap();
    assert!(matches!(Folder::open(dir.path()), Err(BackupError::OtherFolder(_))));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
