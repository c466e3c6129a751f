//! Reads commits of the log: all in sequence, or one by its seq.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::disk::{Disk, DiskFile};
use super::frame::{self, Frame, FrameHeader, StoreId};
use super::recovery::{Found, Segment};
use super::segment::{self, LogFormat};
use super::{HeadState, LogError};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The size in bytes up to which a frame is kept for the next reader.
const LARGEST_KEPT: usize = 16 << 20;

/// The segments that may be read, and the newest durable commit.
#[derive(Debug)]
pub(super) struct Durable {
    pub(super) segments: Vec<Segment>,
    pub(super) head: Head,
}

/// Reads the durable commits of a log; clones share it.
#[derive(Debug, Clone)]
pub struct LogReader {
    store: StoreId,
    former: Head,
    durable: Arc<RwLock<Durable>>,
    /// The frame that was read last: readers of a large commit ask for its rows one after the other.
    last: Arc<Mutex<Option<Arc<Frame>>>>,
}

/// The place of a frame in a file.
struct Place {
    name: String,
    file: Arc<dyn DiskFile>,
    offset: u64,
    end: u64,
}

impl LogReader {
    pub(super) fn new(store: StoreId, former: Head, durable: Durable) -> Self {
        Self { store, former, durable: Arc::new(RwLock::new(durable)), last: Arc::default() }
    }

    /// Opens the log of a directory read-only; `None` if there is none. What a crash left unfinished
    /// at its end is not read, and remains.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn open(disk: &dyn Disk, dir: &Path) -> Result<Option<Self>, LogError> {
        Self::open_format(disk, dir, LogFormat::Current)
    }

    /// Opens a log whose entries have format 1, to convert it; `None` if there is none.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn open_former(disk: &dyn Disk, dir: &Path) -> Result<Option<Self>, LogError> {
        Self::open_format(disk, dir, LogFormat::Former)
    }

    fn open_format(disk: &dyn Disk, dir: &Path, format: LogFormat) -> Result<Option<Self>, LogError> {
        let Some(found) = super::find(disk, &dir.join(super::DIRECTORY), format)? else { return Ok(None) };
        super::compare(&found, &super::head::read(disk, dir)?)?;
        Ok(Some(Self::of(found)))
    }

    /// Opens the log likewise; a HEAD that does not agree is a finding.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn inspect(disk: &dyn Disk, dir: &Path) -> Result<Option<(Self, HeadState)>, LogError> {
        let found = super::find(disk, &dir.join(super::DIRECTORY), LogFormat::Current)?;
        let Some(found) = found else { return Ok(None) };
        let state = super::state(&found, &super::head::read(disk, dir)?)?;
        Ok(Some((Self::of(found), state)))
    }

    fn of(found: Found) -> Self {
        let durable = Durable { segments: found.segments, head: found.tail.head };
        Self::new(found.store, found.former, durable)
    }

    /// Returns the id of the store.
    #[must_use]
    pub const fn store(&self) -> StoreId {
        self.store
    }

    /// Returns the head of the log from which this one was converted; zeros if it was not.
    #[must_use]
    pub const fn former(&self) -> Head {
        self.former
    }

    /// Returns the newest durable commit.
    #[must_use]
    pub fn head(&self) -> Head {
        self.reading(|durable| durable.head)
    }

    /// Returns the frame with a commit; `None` if the log has no such commit.
    ///
    /// # Errors
    /// [`LogError::Damaged`], [`LogError::Io`].
    pub fn frame(&self, seq: Seq) -> Result<Option<Arc<Frame>>, LogError> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(frame) = last.filter(|frame| frame.entry(seq).is_some()) {
            return Ok(Some(frame));
        }
        let Some(place) = self.reading(|durable| durable.place(seq)) else { return Ok(None) };
        let frame = Arc::new(place.read(self.store, seq)?);
        if frame.weight() > LARGEST_KEPT {
            return Ok(Some(frame));
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&frame));
        Ok(Some(frame))
    }

    /// Returns an iterator over the frames with the commits after `after`, up to the newest that is
    /// durable now. The first frame may begin with earlier commits.
    #[must_use]
    pub fn frames_after(&self, after: Seq) -> Frames {
        Frames { reader: self.clone(), next: after.next(), last: self.head().seq }
    }

    /// Returns the size in bytes of the frames with the commits after `after`. The first frame may
    /// begin with earlier commits. Nothing is read from the disk.
    #[must_use]
    pub fn bytes_after(&self, after: Seq) -> u64 {
        self.reading(|durable| durable.bytes_after(after))
    }

    /// Adds a frame that is durable, or a new segment.
    pub(super) fn change(&self, change: impl FnOnce(&mut Durable)) {
        change(&mut self.durable.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn reading<T>(&self, read: impl FnOnce(&Durable) -> T) -> T {
        read(&self.durable.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The frames of a log in their order.
#[derive(Debug)]
pub struct Frames {
    reader: LogReader,
    next: Seq,
    last: Seq,
}

impl Iterator for Frames {
    type Item = Result<Frame, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next > self.last {
            return None;
        }
        let place = self.reader.reading(|durable| durable.place(self.next));
        let read = place.map_or_else(
            || {
                let found = format!("the newest commit {}", self.reader.head().seq);
                Err(LogError::Gap { expected: format!("commit {}", self.next), found })
            },
            |place| place.read(self.reader.store, self.next),
        );
        match &read {
            Ok(frame) => self.next = frame.last().seq.next(),
            // Nothing behind an error is read.
            Err(_) => self.last = Seq::ZERO,
        }
        Some(read)
    }
}

impl Durable {
    /// Returns the place of the frame with a commit.
    fn place(&self, seq: Seq) -> Option<Place> {
        let (segment, frame) = self.find(seq)?;
        let segment = &self.segments[segment];
        let end = segment.frames.get(frame + 1).map_or(segment.end, |next| u64::from(next.offset));
        let frame = &segment.frames[frame];
        Some(Place {
            name: segment.name.clone(),
            file: Arc::clone(&segment.file),
            offset: u64::from(frame.offset),
            end,
        })
    }

    /// Returns the index of the segment with a commit, and that of the frame in it.
    fn find(&self, seq: Seq) -> Option<(usize, usize)> {
        if seq == Seq::ZERO || seq > self.head.seq {
            return None;
        }
        let after = self.segments.partition_point(|segment| segment.header.first <= seq);
        let at = after.checked_sub(1)?;
        let segment = self.segments.get(at)?;
        let within = seq.0 - segment.header.first.0;
        let behind = segment.frames.partition_point(|frame| u64::from(frame.first) <= within);
        Some((at, behind.checked_sub(1)?))
    }

    fn bytes_after(&self, after: Seq) -> u64 {
        let Some((at, frame)) = self.find(after.next()) else { return 0 };
        let segment = &self.segments[at];
        let later = self.segments[at + 1..].iter().map(|later| later.end - segment::HEADER as u64);
        segment.end - u64::from(segment.frames[frame].offset) + later.sum::<u64>()
    }

    /// Returns the digest of a commit that is the last of its frame; `None` if it is not.
    pub(super) fn digest_at(&self, seq: Seq, store: StoreId) -> Result<Option<[u8; 32]>, LogError> {
        let sealed = self.segments.iter().filter_map(|segment| segment.seal);
        if let Some(seal) = sealed.into_iter().find(|seal| seal.last.seq == seq) {
            return Ok(Some(seal.last.digest));
        }
        let Some(place) = self.place(seq) else { return Ok(None) };
        let last = place.read(store, seq)?.last();
        Ok((last.seq == seq).then_some(last.digest))
    }
}

impl Place {
    /// Reads and checks the frame.
    fn read(&self, store: StoreId, seq: Seq) -> Result<Frame, LogError> {
        let damaged = |why: &str| LogError::damaged(&self.name, self.offset, why);
        let length = usize::try_from(self.end.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length];
        let read = self.file.read_at(&mut bytes, self.offset).map_err(LogError::io(&self.name))?;
        bytes.truncate(read);
        let header_bytes = bytes.first_chunk::<{ frame::HEADER }>().copied();
        let header_bytes = header_bytes.ok_or_else(|| damaged("it ends within the header of a frame"))?;
        let header = FrameHeader::parse(&header_bytes).ok_or_else(|| damaged("there is no frame"))?;
        bytes.drain(..frame::HEADER);
        if bytes.len() < header.stored as usize {
            return Err(damaged("it ends within a frame"));
        }
        bytes.truncate(header.stored as usize);
        if !frame::is_intact(store, &header_bytes, &bytes) {
            return Err(damaged("the checksum of a frame does not match its content"));
        }
        if seq < header.first || seq > header.last().seq {
            return Err(damaged(&format!("expected the frame with commit {seq}, found another one")));
        }
        Frame::open(&header, bytes).map_err(damaged)
    }
}
