//! Finds the segments of a log and judges them. Nothing is changed here.
//!
//! - Segments follow each other without a gap, and belong to one store.
//! - A sealed segment is complete: its frames are checked when they are read. Nothing compares its
//!   BLAKE3 yet.
//! - Only the last segment may be open. It is read up to its first bad frame. An intact frame with a
//!   later commit behind it means damage; otherwise a crash interrupted a write that was never
//!   acknowledged, and the rest may be cut off.

use std::path::Path;
use std::sync::Arc;

use super::LogError;
use super::disk::{Access, Disk, DiskFile};
use super::frame::StoreId;
use super::scan::{FrameScan, Next};
use super::segment::{self, BadHeader, Footer, FramePlace, LogFormat, SegmentHeader};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// A segment, and the frames in it that may be read.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) file: Arc<dyn DiskFile>,
    pub(super) header: SegmentHeader,
    /// The checksum of its header.
    pub(super) checksum: u32,
    pub(super) frames: Vec<FramePlace>,
    /// The offset at which its frames end.
    pub(super) end: u64,
    /// Its footer, if it is sealed.
    pub(super) seal: Option<Seal>,
}

/// The content of the footer of a sealed segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) last: Head,
    /// BLAKE3 of everything before the footer.
    pub(super) digest: [u8; 32],
    /// The checksum of the last frame.
    pub(super) before: u32,
}

/// The end of the log.
#[derive(Debug)]
pub(super) struct Tail {
    /// The newest commit.
    pub(super) head: Head,
    /// The checksum of the last frame, or of the segment's header.
    pub(super) before: u32,
    /// True if there are bytes behind the last frame that a crash left.
    pub(super) is_torn: bool,
}

/// A log as it was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) store: StoreId,
    /// The head of the log from which this one was converted; zeros if it was not.
    pub(super) former: Head,
    pub(super) format: LogFormat,
    /// At least one.
    pub(super) segments: Vec<Segment>,
    pub(super) tail: Tail,
}

/// Finds the log in a directory; `None` if there is none.
pub(super) fn find(disk: &dyn Disk, dir: &Path) -> Result<Option<Found>, LogError> {
    let mut firsts: Vec<Seq> = disk
        .names(dir)
        .map_err(LogError::io("log"))?
        .iter()
        .filter_map(|name| segment::first_of(name))
        .collect();
    firsts.sort_unstable();
    let Some((last, sealed)) = firsts.split_last() else { return Ok(None) };
    let mut segments: Vec<Segment> = Vec::with_capacity(firsts.len());
    let mut head = Head::default();
    for first in sealed {
        let found = opened(disk, dir, *first)?;
        follows(&found, segments.first(), head)?;
        let seal = found.seal.as_ref().ok_or_else(|| {
            LogError::damaged(
                &found.name,
                found.end,
                "it has no valid footer, although it is not the last segment",
            )
        })?;
        head = seal.last;
        segments.push(found);
    }
    let mut open = opened(disk, dir, *last)?;
    follows(&open, segments.first(), head)?;
    let tail = match &open.seal {
        Some(seal) => Tail { head: seal.last, before: seal.before, is_torn: false },
        None => scan_open(&mut open, head)?,
    };
    let SegmentHeader { store, former, format, .. } = segments.first().unwrap_or(&open).header;
    segments.push(open);
    Ok(Some(Found { store, former, format, segments, tail }))
}

/// Opens a segment, and reads its header and footer.
fn opened(disk: &dyn Disk, dir: &Path, first: Seq) -> Result<Segment, LogError> {
    let name = segment::name(first);
    let unread = LogError::io(&name);
    let file = disk.open(&dir.join(&name), Access::Read).map_err(&unread)?;
    let size = file.size().map_err(&unread)?;
    let mut bytes = [0; segment::HEADER];
    let read = file.read_at(&mut bytes, 0).map_err(&unread)?;
    if read < bytes.len() {
        return Err(LogError::damaged(&name, 0, "it is shorter than the header of a segment"));
    }
    let (header, checksum) = SegmentHeader::parse(&bytes).map_err(|bad| match bad {
        BadHeader::Format(found) => {
            LogError::Format { expected: LogFormat::Current.number(), file: name.clone(), found }
        }
        BadHeader::Damaged => LogError::damaged(&name, 0, "its header is damaged"),
    })?;
    if header.first != first {
        let why = format!("its header says that it begins with commit {}", header.first);
        return Err(LogError::damaged(&name, 0, why));
    }
    let mut found = Segment { name, file, header, checksum, frames: Vec::new(), end: size, seal: None };
    if let Some((footer, start)) = footer(&*found.file, size).map_err(&unread)? {
        let Footer { frames, before, last, digest } = footer;
        found.frames = frames;
        found.end = start;
        found.seal = Some(Seal { last, digest, before });
    }
    Ok(found)
}

/// Reads the footer at the end of a file and its offset; `None` if there is no valid one.
fn footer(file: &dyn DiskFile, size: u64) -> std::io::Result<Option<(Footer, u64)>> {
    let mut end = [0; segment::FOOTER];
    let Some(fixed) = size.checked_sub(segment::FOOTER as u64) else { return Ok(None) };
    file.read_at(&mut end, fixed)?;
    let start = Footer::frames(&end).and_then(|frames| size.checked_sub(Footer::length(frames)));
    let Some(start) = start.filter(|start| *start >= segment::HEADER as u64) else { return Ok(None) };
    let mut bytes = vec![0; usize::try_from(size - start).unwrap_or(0)];
    file.read_at(&mut bytes, start)?;
    Ok(Footer::parse(&bytes).map(|footer| (footer, start)))
}

/// Checks that a segment follows the log before it.
fn follows(found: &Segment, first: Option<&Segment>, head: Head) -> Result<(), LogError> {
    let SegmentHeader { store, first: begins, previous, .. } = found.header;
    if begins != head.seq.next() {
        return Err(LogError::Gap {
            expected: format!("the segment {}", segment::name(head.seq.next())),
            found: found.name.clone(),
        });
    }
    if first.is_some_and(|first| first.header.store != store) {
        return Err(LogError::damaged(&found.name, 0, "it is a segment of another store"));
    }
    if first.is_some_and(|first| first.header.format != found.header.format) {
        return Err(LogError::damaged(&found.name, 0, "it has another format than the first segment"));
    }
    if previous != head.digest {
        let why = "it does not follow the commit before it: it was copied from another state of this log";
        return Err(LogError::damaged(&found.name, 0, why));
    }
    Ok(())
}

/// Reads the frames of the open segment, up to the first bad one.
fn scan_open(open: &mut Segment, mut head: Head) -> Result<Tail, LogError> {
    let unread = LogError::io(&open.name);
    let SegmentHeader { store, first, .. } = open.header;
    let range = (segment::HEADER as u64, open.end);
    let mut scan = FrameScan::new(Arc::clone(&open.file), store, range, open.checksum, first);
    let bad = loop {
        match scan.next().map_err(&unread)? {
            Next::Frame { header, offset } => {
                open.frames.push(place(first, header.first, offset));
                head = header.last();
            }
            Next::End => break None,
            Next::Bad(why) => break Some(why),
        }
    };
    let at = scan.offset();
    if let Some(why) = bad
        && let Some(later) = scan.later_frame().map_err(&unread)?
    {
        let why = format!("{why}, and a later commit is intact at byte {later}");
        return Err(LogError::damaged(&open.name, at, why));
    }
    open.end = at;
    Ok(Tail { head, before: scan.before(), is_torn: bad.is_some() })
}

/// Returns the place of a frame. Segments are far smaller than what 32 bits can address.
pub(super) fn place(segment: Seq, first: Seq, offset: u64) -> FramePlace {
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    FramePlace { first: narrow(first.0 - segment.0), offset: narrow(offset) }
}
