//! Tests of the log on a file system in memory. This module has the workload and its judge.

mod damage;
mod faults;
mod form;
pub(crate) mod sim_disk;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::{LogAppendError, LogError, LogReader, PackedEntry, SegmentLog, StoreId};
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::Head;
use sim_disk::{Dice, SimDisk};

/// The size of the segments: small, so that most stories have several.
const LARGEST: u64 = 3_000;
const STORE: StoreId = StoreId(*b"a store for test");

fn dir() -> &'static Path {
    Path::new("/data")
}

/// The writes of a process, and their results.
#[derive(Debug, Clone, Default)]
struct Story {
    /// The commits whose append has returned, in order.
    acknowledged: Vec<(Head, Vec<u8>)>,
    /// The digests of all commits that were ever handed over.
    attempted: BTreeSet<[u8; 32]>,
}

/// Makes the next commit with some bytes.
fn entry(after: Head, bytes: Vec<u8>) -> PackedEntry {
    let mut content = after.digest.to_vec();
    content.extend_from_slice(&bytes);
    let digest = *Digest::of(&content).as_bytes();
    let rows = vec![0, bytes.len() as u32 / 2];
    PackedEntry { head: Head { seq: after.seq.next(), digest }, previous: after.digest, bytes, rows }
}

fn group(mut after: Head, dice: &mut Dice) -> Vec<PackedEntry> {
    let commits = 1 + dice.below(3);
    let mut made = Vec::new();
    for _ in 0..commits {
        let length = match dice.below(8) {
            0 => 2_000,
            _ => dice.below(400) as usize,
        };
        // Half of them can be compressed.
        let bytes = if dice.below(2) == 0 { vec![7; length] } else { dice.bytes(length) };
        let next = entry(after, bytes);
        after = next.head;
        made.push(next);
    }
    made
}

fn opened(disk: &SimDisk) -> Result<SegmentLog, LogError> {
    let disk = Arc::new(disk.clone());
    match SegmentLog::open(disk.clone(), dir(), LARGEST)? {
        Some(log) => Ok(log),
        None => SegmentLog::create(disk, dir(), STORE, Head::default(), LARGEST),
    }
}

impl Story {
    /// Opens the log and appends groups until something fails, or `groups` were appended. Returns
    /// false if it could not be opened.
    fn go_on(&mut self, disk: &SimDisk, dice: &mut Dice, groups: usize) -> Result<SegmentLog, LogError> {
        let mut log = opened(disk)?;
        for _ in 0..groups {
            if self.append(&mut log, dice).is_err() {
                break;
            }
            if dice.below(3) == 0 {
                // HEAD may fail; it is tried again later.
                let _ = log.acknowledged().note(log.head());
            }
        }
        Ok(log)
    }

    fn append(&mut self, log: &mut SegmentLog, dice: &mut Dice) -> Result<(), LogAppendError> {
        let group = group(log.head(), dice);
        self.attempted.extend(group.iter().map(|entry| entry.head.digest));
        log.append(&group)?;
        // What an earlier process appended without an answer stays in the log as well.
        self.acknowledged.extend(group.into_iter().map(|entry| (entry.head, entry.bytes)));
        Ok(())
    }

    /// Judges a log: everything acknowledged is in it, byte for byte, and nothing else.
    fn judge(&self, reader: &LogReader) -> Result<(), String> {
        let mut found = Vec::new();
        let mut head = Head::default();
        for frame in reader.frames_after(Seq::ZERO) {
            let frame = frame.map_err(|error| error.to_string())?;
            for (seq, bytes) in frame.entries() {
                let next = entry(head, bytes.to_vec()).head;
                if seq != next.seq || !self.attempted.contains(&next.digest) {
                    return Err(format!("commit {seq} was never written"));
                }
                head = next;
                found.push((head, bytes.to_vec()));
            }
            if frame.last() != head {
                return Err(format!("the frame names another digest at commit {}", head.seq));
            }
        }
        if head != reader.head() {
            return Err("the head is another commit than the last".to_owned());
        }
        for (head, bytes) in &self.acknowledged {
            match found.get(head.seq.0 as usize - 1) {
                Some((other, same)) if other == head && same == bytes => {}
                Some(_) => return Err(format!("commit {} is another one", head.seq)),
                None => return Err(format!("commit {} is lost", head.seq)),
            }
        }
        Ok(())
    }
}
