//! HEAD is written before the answers, if that is set.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::head_notes::CheckpointMode;
use super::writer::LogWriter;
use crate::domain::id::Digest;
use crate::domain::log::entry::Head;
use crate::graph::{AppendError, DirectoryHold};
use crate::ledger::tests::label;
use crate::ledger::{Ledger, MemStore, Settings, StepClock, WriteSettings};
use crate::log::tests::sim_disk::{Dice, Fault, SimDisk};
use crate::log::{Disk, HeadState, LocalDisk, LogReader, PackedEntry, SEGMENT, SegmentLog, StoreId};

/// A writer on a disk in memory.
struct TestWriter {
    disk: SimDisk,
    writer: LogWriter,
    head: Head,
    _locked: TempDir,
}

fn dir() -> &'static Path {
    Path::new("/data")
}

impl TestWriter {
    fn start(mode: CheckpointMode) -> Self {
        let (disk, locked) = (SimDisk::default(), TempDir::new().unwrap());
        let store = StoreId(*b"a store for test");
        let log = SegmentLog::create(Arc::new(disk.clone()), dir(), store, Head::default(), SEGMENT).unwrap();
        let writer = LogWriter::start(log, DirectoryHold::take(locked.path()).unwrap(), mode).unwrap();
        Self { disk, writer, head: Head::default(), _locked: locked }
    }

    /// Appends a commit.
    async fn append(&mut self) -> Result<(), AppendError> {
        let seq = self.head.seq.next();
        let head = Head { seq, digest: *Digest::of(&seq.0.to_le_bytes()).as_bytes() };
        let entry = PackedEntry { head, previous: self.head.digest, bytes: vec![7; 300], rows: Vec::new() };
        self.writer.append(vec![entry]).unwrap().await?;
        self.head = head;
        Ok(())
    }
}

/// Returns the newest commit of a log, and the state of its HEAD.
fn inspected(disk: &dyn Disk, dir: &Path) -> (Head, HeadState) {
    let (reader, state) = LogReader::inspect(disk, dir).unwrap().unwrap();
    (reader.head(), state)
}

/// Fails if HEAD is not synchronised, or is written as by default. A HEAD that is written right
/// after the answer is found by [`without_a_strict_checkpoint_the_outcome_is_unknown`].
#[tokio::test]
async fn strict_checkpoints_are_durable_when_the_answer_arrives() {
    let (mut writer, mut dice) = (TestWriter::start(CheckpointMode::Strict), Dice::new(3));
    for _ in 0..50 {
        writer.append().await.unwrap();
        let found = inspected(&writer.disk.power_cut(&mut dice), dir());
        assert_eq!(found, (writer.head, HeadState::Agrees));
    }
    writer.writer.end();
}

/// The control: by default an answer does not wait for HEAD, which is written later and at the end.
#[tokio::test]
async fn other_checkpoints_follow_the_answer() {
    let mut writer = TestWriter::start(CheckpointMode::Soon);
    let mut earlier = 0;
    for _ in 0..50 {
        writer.append().await.unwrap();
        earlier += usize::from(inspected(&writer.disk, dir()).1 != HeadState::Agrees);
    }
    assert!(earlier > 0);
    let TestWriter { disk, writer, head, .. } = writer;
    writer.end();
    assert_eq!(inspected(&disk, dir()), (head, HeadState::Agrees));
}

/// An append makes four calls of the disk: the frame is written and synchronised, then HEAD.
#[tokio::test]
async fn a_strict_checkpoint_is_tried_again() {
    for fault in [Fault::FailBefore, Fault::FailAfter] {
        for call in [3, 4] {
            let mut writer = TestWriter::start(CheckpointMode::Strict);
            writer.append().await.unwrap();
            writer.disk.arm(call, fault);
            writer.append().await.unwrap();
            let found = inspected(&writer.disk.power_cut(&mut Dice::new(call)), dir());
            assert_eq!(found, (writer.head, HeadState::Agrees), "{fault:?} at call {call}");
            writer.writer.end();
        }
    }
}

/// Fails if the answer does not wait for HEAD, or if more is written after an unknown outcome.
#[tokio::test]
async fn without_a_strict_checkpoint_the_outcome_is_unknown() {
    let mut writer = TestWriter::start(CheckpointMode::Strict);
    writer.append().await.unwrap();
    let acknowledged = writer.head.seq;
    writer.disk.arm(3, Fault::EndBefore);
    for _ in 0..2 {
        let error = writer.append().await.unwrap_err();
        assert!(
            matches!(&error, AppendError::Failed { why } if why.contains("HEAD could not be")),
            "{error}"
        );
    }
    writer.writer.end();
    let (newest, state) = inspected(&writer.disk.restarted(), dir());
    assert_eq!((newest.seq, state), (acknowledged.next(), HeadState::Earlier { seq: acknowledged }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setting_reaches_the_writer() {
    let dir = TempDir::new().unwrap();
    let settings = Settings {
        writes: WriteSettings { checkpoint: CheckpointMode::Strict, ..WriteSettings::default() },
        ..Settings::new(
            dir.path(),
            Arc::new(MemStore::new()),
            Arc::new(StepClock::new(1_700_000_000_000_000, 1_000)),
        )
    };
    let ledger = Ledger::open(settings, |_, _| ()).await.unwrap();
    for number in 0..20 {
        ledger.commit(label(&format!("{number}"))).await.unwrap();
        assert_eq!(inspected(&LocalDisk, dir.path()).1, HeadState::Agrees);
    }
    ledger.close().await.unwrap();
}
