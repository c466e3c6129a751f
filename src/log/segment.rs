//! Segments: files of frames. A sealed segment ends with a footer and never changes.
//!
//! ```text
//! log/<20 digits: first seq>.seg
//! segment = header  frame*  [footer]
//! header  = magic 16 · id of the store 16 · first seq 8 · digest of the commit before 32 ·
//!           seq and digest of the log from which this one was converted 8 + 32 · zeros 4 · checksum 4
//! footer  = for each frame its first seq (minus that of the segment) 4 and offset 4, then
//!           magic 8 · number of frames 4 · checksum of the last frame 4 · last seq 8 · digest 32 ·
//!           BLAKE3 of everything before the footer 32 · zeros 4 · checksum 4
//! ```

use super::frame::{Fields, StoreId};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The length of a header in bytes.
pub(super) const HEADER: usize = 120;
/// The length of the fixed part of a footer in bytes.
pub(super) const FOOTER: usize = 96;

const MAGIC: [u8; 16] = *b"stemma log 2\n\0\0\0";
/// The magic of logs whose entries have format 1. They are read to be converted.
const FORMER_MAGIC: [u8; 16] = *b"stemma log 1\n\0\0\0";
/// The beginning of the magic of all formats.
const ANY_MAGIC: &[u8] = b"stemma log ";
const FOOTER_MAGIC: [u8; 8] = *b"\xfestmseal";

const ENDING: &str = ".seg";
/// The ending of a segment that is being created.
pub(super) const NEXT: &str = ".seg.next";

/// Returns the name of the segment that begins with a commit.
pub(super) fn name(first: Seq) -> String {
    format!("{:020}{ENDING}", first.0)
}

/// Returns the first commit of a segment with this name; `None` if it is not the name of one.
pub(super) fn first_of(file: &str) -> Option<Seq> {
    let digits = file.strip_suffix(ENDING)?;
    let is_plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain).map(Seq)
}

/// The beginning of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    pub(super) store: StoreId,
    /// The first commit.
    pub(super) first: Seq,
    /// The digest of the commit before.
    pub(super) previous: [u8; 32],
    /// The head of the log from which this one was converted; zeros if it was not.
    pub(super) former: Head,
    /// The format of the log.
    pub(super) format: LogFormat,
}

/// The format of a log, which is that of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Entry format 1, which is read to be converted.
    Former,
    /// Entry format 2.
    Current,
}

impl LogFormat {
    const fn magic(self) -> [u8; 16] {
        match self {
            Self::Former => FORMER_MAGIC,
            Self::Current => MAGIC,
        }
    }

    /// Returns the number of the format.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Former => 1,
            Self::Current => 2,
        }
    }

    /// Returns the format of a log by the first bytes of one of its segments.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        [Self::Former, Self::Current].into_iter().find(|format| bytes.starts_with(&format.magic()))
    }
}

/// A header that is not one of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadHeader {
    /// It has the magic of another format.
    Format(String),
    /// It is damaged or of another kind of file.
    Damaged,
}

impl SegmentHeader {
    /// Returns the bytes, and their checksum.
    pub(super) fn encode(&self) -> (Vec<u8>, u32) {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(&self.format.magic());
        bytes.extend_from_slice(&self.store.0);
        bytes.extend_from_slice(&self.first.0.to_le_bytes());
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&self.former.seq.0.to_le_bytes());
        bytes.extend_from_slice(&self.former.digest);
        bytes.extend_from_slice(&[0; 4]);
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        (bytes, checksum)
    }

    /// Parses a header, and returns its checksum.
    pub(super) fn parse(bytes: &[u8; HEADER]) -> Result<(Self, u32), BadHeader> {
        let (rest, sum) = bytes.split_at(HEADER - 4);
        let checksum = crc32fast::hash(rest);
        let Some(format) = LogFormat::of(bytes) else {
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            return match std::str::from_utf8(line) {
                Ok(line) if bytes.starts_with(ANY_MAGIC) => Err(BadHeader::Format(line.to_owned())),
                _ => Err(BadHeader::Damaged),
            };
        };
        if checksum.to_le_bytes() != sum {
            return Err(BadHeader::Damaged);
        }
        let mut fields = Fields(&rest[MAGIC.len()..]);
        let mut header = || {
            Some(Self {
                store: StoreId(fields.take()?),
                first: Seq(fields.u64()?),
                previous: fields.take()?,
                former: Head { seq: Seq(fields.u64()?), digest: fields.take()? },
                format,
            })
        };
        header().map(|header| (header, checksum)).ok_or(BadHeader::Damaged)
    }
}

/// The place of a frame in its segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FramePlace {
    /// The first commit, minus that of the segment.
    pub(super) first: u32,
    /// The offset in the file.
    pub(super) offset: u32,
}

/// The end of a sealed segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Footer {
    pub(super) frames: Vec<FramePlace>,
    /// The checksum of the last frame.
    pub(super) before: u32,
    /// The last commit.
    pub(super) last: Head,
    /// BLAKE3 of everything before the footer.
    pub(super) digest: [u8; 32],
}

impl Footer {
    /// Returns the length of a footer with this many frames.
    pub(super) const fn length(frames: usize) -> u64 {
        (frames * 8 + FOOTER) as u64
    }

    /// Returns the bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.frames.len() * 8 + FOOTER);
        for frame in &self.frames {
            bytes.extend_from_slice(&frame.first.to_le_bytes());
            bytes.extend_from_slice(&frame.offset.to_le_bytes());
        }
        bytes.extend_from_slice(&FOOTER_MAGIC);
        bytes.extend_from_slice(&u32::try_from(self.frames.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&self.before.to_le_bytes());
        bytes.extend_from_slice(&self.last.seq.0.to_le_bytes());
        bytes.extend_from_slice(&self.last.digest);
        bytes.extend_from_slice(&self.digest);
        bytes.extend_from_slice(&[0; 4]);
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Returns the number of frames according to the last bytes of a file; `None` if the file does
    /// not end with a footer.
    pub(super) fn frames(end: &[u8; FOOTER]) -> Option<usize> {
        let mut fields = Fields(end);
        let is_footer = fields.take::<8>()? == FOOTER_MAGIC;
        usize::try_from(fields.u32().filter(|_| is_footer)?).ok()
    }

    /// Parses a complete footer; `None` if it is not one.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (rest, sum) = bytes.split_last_chunk::<4>()?;
        if crc32fast::hash(rest).to_le_bytes() != *sum {
            return None;
        }
        let (table, fixed) = rest.split_at_checked(bytes.len().checked_sub(FOOTER)?)?;
        let mut fields = Fields(fixed);
        let is_footer = fields.take::<8>()? == FOOTER_MAGIC;
        let frames = fields.u32().filter(|_| is_footer)? as usize;
        if table.len() != frames * 8 {
            return None;
        }
        let mut table = Fields(table);
        let mut places = Vec::with_capacity(frames);
        for _ in 0..frames {
            places.push(FramePlace { first: table.u32()?, offset: table.u32()? });
        }
        Some(Self {
            frames: places,
            before: fields.u32()?,
            last: Head { seq: Seq(fields.u64()?), digest: fields.take()? },
            digest: fields.take()?,
        })
    }
}
