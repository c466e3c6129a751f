//! The bytes of a segment: another release must read them.

use std::sync::Arc;

use super::sim_disk::{Dice, SimDisk};
use super::{STORE, Story, dir, entry};
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::Head;
use crate::log::segment::{self, Footer};
use crate::log::{Access, Disk, LogReader, PackedEntry, SegmentLog};

fn written() -> SimDisk {
    let disk = SimDisk::default();
    let former = Head { seq: Seq(7), digest: [9; 32] };
    let mut log = SegmentLog::create(Arc::new(disk.clone()), dir(), STORE, former, 400).unwrap();
    for bytes in [b"one".to_vec(), vec![b'2'; 3_000], b"three".to_vec()] {
        log.append(&[entry(log.head(), bytes)]).unwrap();
    }
    disk
}

fn content(disk: &SimDisk, path: &std::path::Path) -> Vec<u8> {
    let file = disk.open(path, Access::Read).unwrap();
    let mut bytes = vec![0; file.size().unwrap() as usize];
    file.read_at(&mut bytes, 0).unwrap();
    bytes
}

#[test]
fn the_form_of_segments_does_not_change() {
    let disk = written();
    let files: Vec<String> = disk
        .sizes()
        .into_iter()
        .filter(|(path, _)| path.starts_with("/data/log"))
        .map(|(path, size)| format!("{} {size} {}", path.display(), Digest::of(&content(&disk, &path)).hex()))
        .collect();
    insta::assert_snapshot!(files.join("\n"));
    let reader = LogReader::open(&disk, dir()).unwrap().unwrap();
    assert_eq!(reader.former(), Head { seq: Seq(7), digest: [9; 32] });
    assert_eq!(reader.store(), STORE);
}

#[test]
fn an_append_that_does_not_follow_is_rejected() {
    let disk = written();
    let mut log = SegmentLog::open(Arc::new(disk), dir(), 400).unwrap().unwrap();
    let next = entry(log.head(), b"four".to_vec());
    let gap = PackedEntry { head: Head { seq: Seq(9), ..next.head }, ..next.clone() };
    let fork = PackedEntry { previous: [1; 32], ..next.clone() };
    for wrong in [gap, fork] {
        assert!(log.append(&[wrong]).unwrap_err().to_string().contains("does not follow"));
    }
    log.append(&[]).unwrap();
    log.append(&[next]).unwrap();
    assert_eq!(log.head().seq, Seq(4));
}

#[test]
fn a_later_format_is_refused_by_name() {
    let disk = written();
    let (path, _) = disk.sizes().into_iter().find(|(path, _)| path.starts_with("/data/log")).unwrap();
    disk.damage(&path, |bytes| bytes[11] = b'3');
    let error = LogReader::open(&disk, dir()).unwrap_err().to_string();
    assert!(error.contains("expected a log of format 2") && error.contains("found stemma log 3"), "{error}");
}

/// Changes the format of a segment in its header.
fn make_former(disk: &SimDisk, path: &std::path::Path) {
    disk.damage(path, |bytes| {
        bytes[11] = b'1';
        let checksum = crc32fast::hash(&bytes[..segment::HEADER - 4]);
        bytes[segment::HEADER - 4..segment::HEADER].copy_from_slice(&checksum.to_le_bytes());
    });
}

#[test]
fn a_log_of_format_1_is_read_only_to_be_converted() {
    let disk = SimDisk::default();
    let log = SegmentLog::create(Arc::new(disk.clone()), dir(), STORE, Head::default(), 400).unwrap();
    drop(log);
    let paths: Vec<_> = disk.sizes().into_iter().map(|(path, _)| path).collect();
    for path in paths.iter().filter(|path| path.starts_with("/data/log")) {
        make_former(&disk, path);
    }
    let refused = [
        LogReader::open(&disk, dir()).map(drop).unwrap_err().to_string(),
        LogReader::inspect(&disk, dir()).map(drop).unwrap_err().to_string(),
        SegmentLog::open(Arc::new(disk.clone()), dir(), 400).map(drop).unwrap_err().to_string(),
    ];
    for error in refused {
        assert!(error.contains("found stemma log 1"), "{error}");
    }
    assert!(LogReader::open_former(&disk, dir()).unwrap().is_some());
    // A log of both formats is damaged.
    let disk = SimDisk::default();
    let mut log = SegmentLog::create(Arc::new(disk.clone()), dir(), STORE, Head::default(), 400).unwrap();
    for _ in 0..2 {
        log.append(&[entry(log.head(), Dice::new(7).bytes(800))]).unwrap();
    }
    let second = dir().join("log").join(segment::name(Seq(2)));
    make_former(&disk, &second);
    let error = LogReader::open(&disk, dir()).unwrap_err().to_string();
    assert!(error.contains("another format than the first segment"), "{error}");
}

/// The sum is that of the files without their headers and footers.
#[test]
fn the_bytes_after_a_commit_are_those_of_its_frames() {
    let (disk, mut story) = (SimDisk::default(), Story::default());
    let log = story.go_on(&disk, &mut Dice::new(1), 14).unwrap();
    let reader = log.reader();
    let segments = disk.sizes().into_iter().filter(|(path, _)| path.starts_with("/data/log"));
    let mut expected: u64 = segments.map(|(_, size)| (size - segment::HEADER) as u64).sum();
    expected -= reader.reading(|durable| {
        let sealed = durable.segments.iter().filter(|segment| segment.seal.is_some());
        sealed.map(|segment| Footer::length(segment.frames.len())).sum::<u64>()
    });
    assert_eq!(reader.bytes_after(Seq::ZERO), expected);
    for frame in reader.frames_after(Seq::ZERO).map(Result::unwrap) {
        let first = frame.entries().next().unwrap().0;
        let (before, after) = (reader.bytes_after(Seq(first.0 - 1)), reader.bytes_after(frame.last().seq));
        assert!(after < before, "{before} before commit {first}, {after} after it");
        if frame.last().seq > first {
            assert_eq!(reader.bytes_after(first), before, "a frame counts completely");
        }
    }
    assert_eq!(reader.bytes_after(log.head().seq), 0);
    assert_eq!(LogReader::open(&disk, dir()).unwrap().unwrap().bytes_after(Seq::ZERO), expected);
}
