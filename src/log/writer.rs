//! Appends groups of commits: one write and one synchronisation for each.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::disk::{Access, Disk, DiskFile};
use super::frame::{EncodedFrame, PackedEntry, StoreId};
use super::head::{self, HeadFile, write_all};
use super::reader::{Durable, LogReader};
use super::recovery::{self, Found, Seal, Segment};
use super::segment::{self, Footer, LogFormat, SegmentHeader};
use super::{DIRECTORY, LogAppendError, LogError, compare, find};
use crate::domain::log::entry::Head;

/// The size from which on a segment is sealed, in bytes.
pub const SEGMENT: u64 = 64 << 20;

/// The log of a store, open for writing. The caller holds the lock of the directory.
#[derive(Debug)]
pub struct SegmentLog {
    disk: Arc<dyn Disk>,
    /// The directory of the segments.
    dir: PathBuf,
    /// The size from which on a segment is sealed.
    largest: u64,
    reader: LogReader,
    head: Head,
    /// The segment that is written to; `None` if the next one is not created yet.
    open: Option<OpenSegment>,
    /// The reason why nothing more is written.
    failed: Option<String>,
    acknowledged: Acknowledged,
}

/// The end of the segment that is written to.
#[derive(Debug)]
struct OpenSegment {
    file: Arc<dyn DiskFile>,
    /// The offset of the next frame.
    end: u64,
    /// The checksum of the last frame, or of the header.
    before: u32,
    /// BLAKE3 of everything so far.
    hasher: blake3::Hasher,
}

/// Writes HEAD; clones share it.
#[derive(Debug, Clone)]
pub struct Acknowledged(Arc<Mutex<HeadFile>>);

impl Acknowledged {
    /// Notes durably that all commits up to this one were acknowledged. An earlier one than before
    /// changes nothing.
    ///
    /// # Errors
    /// Those of the file system; it may be called again.
    pub fn note(&self, head: Head) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).advance(head)
    }
}

impl SegmentLog {
    /// Creates the log of a new store in a directory. `former` is the head of the log from which it
    /// is converted; zeros if there is none.
    ///
    /// # Errors
    /// [`LogError::Gap`] if there is a log, [`LogError::Io`].
    pub fn create(
        disk: Arc<dyn Disk>,
        dir: &Path,
        store: StoreId,
        former: Head,
        largest: u64,
    ) -> Result<Self, LogError> {
        let segments = dir.join(DIRECTORY);
        let unwritten = LogError::io(DIRECTORY);
        if recovery::find(&*disk, &segments)?.is_some() {
            let expected = "a directory without a log".to_owned();
            return Err(LogError::Gap { expected, found: "segments of one".to_owned() });
        }
        disk.create_directory(&segments).and_then(|()| disk.sync_directory(dir)).map_err(&unwritten)?;
        let format = LogFormat::Current;
        let header =
            SegmentHeader { store, first: Head::default().seq.next(), previous: [0; 32], former, format };
        let created = create_segment(&*disk, &segments, &header);
        created.and_then(|()| disk.sync_directory(&segments)).map_err(unwritten)?;
        Self::open(disk, dir, largest)?.ok_or_else(|| LogError::Gap {
            expected: "the segment that was created".to_owned(),
            found: "none".to_owned(),
        })
    }

    /// Opens the log of a directory; `None` if there is none. Cuts off what a crash left unfinished
    /// at its end, which was not acknowledged. `largest` is the size from which on a segment is
    /// sealed: [`SEGMENT`].
    ///
    /// # Errors
    /// [`LogError`]; then nothing was changed.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path, largest: u64) -> Result<Option<Self>, LogError> {
        let place = dir.join(DIRECTORY);
        let Some(found) = find(&*disk, &place, LogFormat::Current)? else { return Ok(None) };
        let has_head = compare(&found, &head::read(&*disk, dir)?)?;
        let open = settle(&*disk, &place, &found)?;
        let Found { store, former, segments, tail, .. } = found;
        if !has_head && tail.head != Head::default() {
            tracing::warn!(head = %tail.head.seq, "there is no file {}, so missing commits at the end of the log cannot be detected; a new one is created", head::HEAD_FILE);
        }
        let write_head = || {
            let mut file = HeadFile::open(&*disk, dir, store, tail.head)?;
            file.advance(tail.head)?;
            Ok(file)
        };
        let file = write_head().map_err(LogError::io(head::HEAD_FILE))?;
        Ok(Some(Self {
            dir: place,
            largest,
            head: tail.head,
            reader: LogReader::new(store, former, Durable { segments, head: tail.head }),
            open,
            failed: None,
            acknowledged: Acknowledged(Arc::new(Mutex::new(file))),
            disk,
        }))
    }

    /// Returns a reader of the durable commits.
    #[must_use]
    pub fn reader(&self) -> LogReader {
        self.reader.clone()
    }

    /// Returns the writer of HEAD.
    #[must_use]
    pub fn acknowledged(&self) -> Acknowledged {
        self.acknowledged.clone()
    }

    /// Returns the newest durable commit.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Appends a group of commits. They are durable when this returns.
    ///
    /// # Errors
    /// [`LogAppendError::Rejected`] if certainly nothing was written; [`LogAppendError::Failed`] if
    /// that is unknown, and for everything after that.
    pub fn append(&mut self, group: &[PackedEntry]) -> Result<(), LogAppendError> {
        if let Some(why) = &self.failed {
            return Err(LogAppendError::Failed { why: why.clone() });
        }
        let appended = self.try_append(group);
        if let Err(LogAppendError::Failed { why }) = &appended {
            tracing::error!(
                why,
                "the outcome of an append is unknown; nothing more is written until a restart"
            );
            self.failed = Some(why.clone());
        }
        appended
    }

    /// Ends writing: an answer that depends on more than the log is unknown. All later appends fail
    /// with this reason.
    pub fn fail(&mut self, why: String) {
        self.failed = Some(why);
    }

    fn try_append(&mut self, group: &[PackedEntry]) -> Result<(), LogAppendError> {
        let Some(last) = follow(self.head, group)? else { return Ok(()) };
        let mut open = self.open_segment()?;
        let frame = EncodedFrame::new(self.reader.store(), open.before, group);
        let Some(frame) = frame else {
            self.open = Some(open);
            return Err(rejected("a group of commits is too large for the log; split the write"));
        };
        let written = write_durably(&*open.file, &frame.bytes, open.end);
        if written.is_ok() {
            let (first, offset) = (frame.header.first, open.end);
            open.end += frame.bytes.len() as u64;
            open.before = frame.header.checksum;
            open.hasher.update(&frame.bytes);
            self.head = last;
            let end = open.end;
            self.reader.change(|durable| {
                if let Some(segment) = durable.segments.last_mut() {
                    segment.frames.push(recovery::place(segment.header.first, first, offset));
                    segment.end = end;
                }
                durable.head = last;
            });
        }
        self.open = Some(open);
        written
    }

    /// Takes the segment to write to. Seals a full one and creates the next.
    fn open_segment(&mut self) -> Result<OpenSegment, LogAppendError> {
        if let Some(open) = self.open.take() {
            if open.end < self.largest || open.end == segment::HEADER as u64 {
                return Ok(open);
            }
            if let Err(error) = self.seal(&open) {
                // A rejected footer was cut off again.
                self.open = Some(open);
                return Err(error);
            }
        }
        let store = self.reader.store();
        let former = self.reader.former();
        let format = LogFormat::Current;
        let header =
            SegmentHeader { store, first: self.head.seq.next(), previous: self.head.digest, former, format };
        let made = create_segment(&*self.disk, &self.dir, &header);
        made.map_err(|error| rejected(format!("the next segment could not be created: {error}")))?;
        // Once this has failed, a later success would promise nothing.
        self.disk.sync_directory(&self.dir).map_err(|error| LogAppendError::Failed {
            why: format!("the directory of the log could not be synchronised: {error}"),
        })?;
        let name = segment::name(header.first);
        let file = self.disk.open(&self.dir.join(&name), Access::Write);
        let file =
            file.map_err(|error| rejected(format!("the segment {name} could not be opened: {error}")))?;
        let (bytes, checksum) = header.encode();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes);
        let end = segment::HEADER as u64;
        self.reader.change(|durable| {
            durable.segments.push(Segment {
                name,
                file: Arc::clone(&file),
                header,
                checksum,
                frames: Vec::new(),
                end,
                seal: None,
            });
        });
        Ok(OpenSegment { file, end, before: checksum, hasher })
    }

    /// Writes the footer of a segment.
    fn seal(&self, open: &OpenSegment) -> Result<(), LogAppendError> {
        let seal = Seal { last: self.head, digest: *open.hasher.finalize().as_bytes(), before: open.before };
        let frames = self.reader.reading(|durable| {
            durable.segments.last().map(|segment| segment.frames.clone()).unwrap_or_default()
        });
        let footer = Footer { frames, before: seal.before, last: seal.last, digest: seal.digest };
        write_durably(&*open.file, &footer.encode(), open.end)?;
        self.reader.change(|durable| {
            if let Some(segment) = durable.segments.last_mut() {
                segment.seal = Some(seal);
            }
        });
        Ok(())
    }
}

/// Checks that a group follows the head, and returns its last commit; `None` if it is empty.
fn follow(mut head: Head, group: &[PackedEntry]) -> Result<Option<Head>, LogAppendError> {
    for entry in group {
        if entry.head.seq != head.seq.next() || entry.previous != head.digest {
            return Err(rejected(format!("commit {} does not follow commit {}", entry.head.seq, head.seq)));
        }
        head = entry.head;
    }
    Ok((!group.is_empty()).then_some(head))
}

/// Writes bytes at the end of a file, durably. A full disk is a rejection, and what was written of
/// the bytes is cut off again; after any other error the outcome is unknown.
fn write_durably(file: &dyn DiskFile, bytes: &[u8], offset: u64) -> Result<(), LogAppendError> {
    let failed = |what: &str, error: &io::Error| LogAppendError::Failed { why: format!("{what}: {error}") };
    match write_all(file, bytes, offset) {
        Ok(()) => file.sync().map_err(|error| failed("the log could not be synchronised", &error)),
        Err(error) if is_full(&error) => {
            file.set_size(offset).map_err(|error| failed("the log could not be cut", &error))?;
            Err(rejected(format!(
                "there is no space left for the log: {error}; free some space and send the request again"
            )))
        }
        Err(error) => Err(failed("the log could not be written", &error)),
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Makes what was found durable, and cuts off what a crash left unfinished. After a kill, bytes may
/// be readable that are not durable yet. Returns the segment to write to, if it is open.
fn settle(disk: &dyn Disk, dir: &Path, found: &Found) -> Result<Option<OpenSegment>, LogError> {
    let Some(last) = found.segments.last() else { return Ok(None) };
    let unsettled = LogError::io(&last.name);
    let left = disk.names(dir).map_err(&unsettled)?;
    for name in left.iter().filter(|name| name.ends_with(segment::NEXT)) {
        disk.remove(&dir.join(name)).map_err(LogError::io(name))?;
    }
    let file = disk.open(&dir.join(&last.name), Access::Write).map_err(&unsettled)?;
    if found.tail.is_torn {
        tracing::info!(
            segment = last.name,
            offset = last.end,
            "the end of the log, which a crash left unfinished, is cut off; it was not acknowledged"
        );
        file.set_size(last.end).map_err(&unsettled)?;
    }
    file.sync().map_err(&unsettled)?;
    disk.sync_directory(dir).map_err(&unsettled)?;
    if last.seal.is_some() {
        return Ok(None);
    }
    let hasher = hash(&*file, last.end).map_err(unsettled)?;
    Ok(Some(OpenSegment { file, end: last.end, before: found.tail.before, hasher }))
}

/// Hashes a file up to an offset.
pub(super) fn hash(file: &dyn DiskFile, end: u64) -> io::Result<blake3::Hasher> {
    let (mut hasher, mut offset, mut buffer) = (blake3::Hasher::new(), 0, vec![0; 1 << 20]);
    while offset < end {
        let length = usize::try_from(end - offset).unwrap_or(usize::MAX).min(buffer.len());
        let read = file.read_at(&mut buffer[..length], offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hasher.update(&buffer[..read]);
        offset += read as u64;
    }
    Ok(hasher)
}

/// Creates a segment without frames. Its content is durable; its name is once the directory is
/// synchronised.
fn create_segment(disk: &dyn Disk, dir: &Path, header: &SegmentHeader) -> io::Result<()> {
    let name = segment::name(header.first);
    let path = dir.join(&name);
    let next = dir.join(name.trim_end_matches(".seg").to_owned() + segment::NEXT);
    let file = disk.open(&next, Access::Create)?;
    write_all(&*file, &header.encode().0, 0)?;
    file.sync()?;
    drop(file);
    disk.rename(&next, &path)
}

fn rejected(why: impl Into<String>) -> LogAppendError {
    LogAppendError::Rejected { why: why.into() }
}
