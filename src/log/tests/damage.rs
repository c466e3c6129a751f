//! Bits that flip, files that are cut, go missing or come from elsewhere.

use std::path::PathBuf;
use std::sync::Arc;

use super::sim_disk::{Dice, SimDisk};
use super::{LARGEST, STORE, Story, dir, entry, opened};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;
use crate::log::{LogError, LogReader, SegmentLog, StoreId};

/// A log of several segments whose HEAD names its newest commit.
fn whole() -> (SimDisk, Story) {
    let (disk, mut story) = (SimDisk::default(), Story::default());
    let log = story.go_on(&disk, &mut Dice::new(11), 14).unwrap();
    log.acknowledged().note(log.head()).unwrap();
    (disk, story)
}

fn files(disk: &SimDisk) -> Vec<(PathBuf, usize)> {
    disk.sizes().into_iter().filter(|(path, _)| path.starts_with("/data/log")).collect()
}

/// Opens a damaged log and reads all of it. `Ok(false)` if the damage was reported.
fn judged(disk: &SimDisk, story: &Story) -> Result<bool, String> {
    let before = disk.sizes();
    match opened(disk) {
        Err(error) => {
            if disk.sizes() != before {
                return Err(format!("a refused start changed something: {error}"));
            }
            let text = error.to_string();
            if text.contains("Nothing was changed") || text.contains("expected a log of format") {
                Ok(false)
            } else {
                Err(format!("a message without a remedy: {text}"))
            }
        }
        Ok(log) => match story.judge(&log.reader()) {
            Ok(()) => Ok(true),
            // A sealed segment is not read at an open.
            Err(why) if why.contains("the log is damaged") => Ok(false),
            Err(why) => Err(why),
        },
    }
}

#[test]
fn no_flipped_bit_is_served() {
    let (disk, story) = whole();
    let mut dice = Dice::new(13);
    let (mut reported, mut harmless) = (0, 0);
    for (path, size) in files(&disk) {
        for byte in 0..size {
            let damaged = disk.copied();
            let bit = dice.below(8);
            damaged.damage(&path, |bytes| bytes[byte] ^= 1 << bit);
            let found = judged(&damaged, &story);
            let found = found.unwrap_or_else(|why| panic!("bit {bit} of byte {byte} of {path:?}: {why}"));
            *(if found { &mut harmless } else { &mut reported }) += 1;
        }
    }
    // The footer of a sealed segment, and the zeros behind a frame, hold nothing else.
    assert!(reported > 20 * harmless, "{reported} reported, {harmless} harmless");
}

#[test]
fn no_truncated_file_is_served() {
    let (disk, story) = whole();
    for (path, size) in files(&disk) {
        for length in 0..size {
            let damaged = disk.copied();
            damaged.damage(&path, |bytes| bytes.truncate(length));
            let found = judged(&damaged, &story);
            found.unwrap_or_else(|why| panic!("{path:?} cut to {length} bytes: {why}"));
        }
        let damaged = disk.copied();
        damaged.damage(&path, |bytes| bytes.truncate(bytes.len() * 2 / 3));
        assert_eq!(judged(&damaged, &story), Ok(false), "{path:?} cut");
    }
}

#[test]
fn a_missing_segment_is_named() {
    let (disk, _) = whole();
    let all = files(&disk);
    assert!(all.len() >= 3);
    for (place, (path, _)) in all.iter().enumerate() {
        let damaged = disk.copied();
        crate::log::Disk::remove(&damaged, path).unwrap();
        let error = opened(&damaged).unwrap_err();
        let (is_last, name) = (place + 1 == all.len(), path.file_name().unwrap().to_str().unwrap());
        match error {
            LogError::Gap { expected, .. } if !is_last => assert!(expected.contains(name), "{expected}"),
            LogError::Behind { .. } if is_last => {}
            other => panic!("{name}: {other}"),
        }
    }
}

#[test]
fn a_segment_of_another_store_or_another_state_is_refused() {
    let (disk, _) = whole();
    let last = files(&disk).pop().unwrap().0;
    let other = SimDisk::default();
    let id = StoreId(*b"some other store");
    let mut log = SegmentLog::create(Arc::new(other.clone()), dir(), id, Head::default(), LARGEST).unwrap();
    let mut dice = Dice::new(17);
    for _ in 0..20 {
        log.append(&super::group(log.head(), &mut dice)).unwrap();
    }
    // The name of a segment of this store, with the content of one of the other.
    let bytes = |disk: &SimDisk, path: &PathBuf| {
        let file = crate::log::Disk::open(disk, path, crate::log::Access::Read).unwrap();
        let mut bytes = vec![0; file.size().unwrap() as usize];
        file.read_at(&mut bytes, 0).unwrap();
        bytes
    };
    let foreign = files(&other).pop().unwrap().0;
    let foreign = bytes(&other, &foreign);
    let mixed = disk.copied();
    mixed.damage(&last, |bytes| *bytes = foreign);
    assert!(matches!(opened(&mixed).unwrap_err(), LogError::Damaged { .. }));

    // HEAD of another store.
    let head = bytes(&other, &PathBuf::from("/data/HEAD"));
    let mixed = disk.copied();
    mixed.damage(&PathBuf::from("/data/HEAD"), |bytes| *bytes = head);
    assert!(matches!(opened(&mixed).unwrap_err(), LogError::OtherHistory { .. }));
}

/// HEAD is a part of the promise: without it a lost end cannot be seen, and says so.
#[test]
fn head_names_what_was_acknowledged() {
    let (disk, story) = whole();
    let head = PathBuf::from("/data/HEAD");
    for line in [0, 512] {
        let damaged = disk.copied();
        damaged.damage(&head, |bytes| bytes[line + 20] ^= 1);
        assert_eq!(judged(&damaged, &story), Ok(true), "one line is enough");
    }
    let damaged = disk.copied();
    damaged.damage(&head, |bytes| {
        bytes[20] ^= 1;
        bytes[532] ^= 1;
    });
    assert_eq!(judged(&damaged, &story), Ok(false));
    let without = disk.copied();
    crate::log::Disk::remove(&without, &head).unwrap();
    assert_eq!(judged(&without, &story), Ok(true));

    // Another history with the same seqs.
    let other = SimDisk::default();
    let mut forked =
        SegmentLog::create(Arc::new(other.clone()), dir(), STORE, Head::default(), LARGEST).unwrap();
    while forked.head().seq <= story.acknowledged.last().unwrap().0.seq {
        forked.append(&[entry(forked.head(), b"other".to_vec())]).unwrap();
    }
    let copied = disk.copied();
    let file = crate::log::Disk::open(&copied, &head, crate::log::Access::Read).unwrap();
    let mut bytes = vec![0; 1_024];
    file.read_at(&mut bytes, 0).unwrap();
    other.damage(&head, |old| *old = bytes);
    assert!(matches!(opened(&other).unwrap_err(), LogError::OtherHistory { .. }));
}

/// A writer of attributes cannot make bytes that recovery takes for a frame: they would have to
/// know the random id of the store.
#[test]
fn a_frame_inside_an_unfinished_frame_is_not_a_frame() {
    let forged = SimDisk::default();
    let id = StoreId(*b"another store id");
    let mut log = SegmentLog::create(Arc::new(forged.clone()), dir(), id, Head::default(), LARGEST).unwrap();
    for _ in 0..5 {
        log.append(&[entry(log.head(), vec![1; 16])]).unwrap();
    }
    let file = crate::log::Disk::open(&forged, &files(&forged)[0].0, crate::log::Access::Read).unwrap();
    let mut frames = vec![0; file.size().unwrap() as usize];
    file.read_at(&mut frames, 0).unwrap();
    let frames = frames.split_off(120);

    let (disk, mut story) = (SimDisk::default(), Story::default());
    drop(story.go_on(&disk, &mut Dice::new(19), 1).unwrap());
    let path = files(&disk)[0].0.clone();
    disk.damage(&path, |bytes| {
        bytes.extend_from_slice(b"torn....");
        bytes.extend_from_slice(&frames);
    });
    assert_eq!(judged(&disk, &story), Ok(true));
}

#[test]
fn one_commit_is_read_by_its_seq_and_one_row_by_its_number() {
    let (disk, story) = whole();
    let reader = LogReader::open(&disk, dir()).unwrap().unwrap();
    for (head, bytes) in &story.acknowledged {
        let frame = reader.frame(head.seq).unwrap().unwrap();
        assert_eq!(frame.entry(head.seq), Some(&bytes[..]));
        assert_eq!(frame.row(head.seq, 0), Some(&bytes[..]));
        assert_eq!(frame.row(head.seq, 1), Some(&bytes[bytes.len() / 2..]));
        assert_eq!(frame.row(head.seq, 2), None);
    }
    let newest = reader.head().seq;
    assert!(reader.frame(newest.next()).unwrap().is_none() && reader.frame(Seq::ZERO).unwrap().is_none());
    let after = Seq(newest.0 / 2);
    let first = reader.frames_after(after).next().unwrap().unwrap();
    assert!(first.entry(after.next()).is_some());
}
