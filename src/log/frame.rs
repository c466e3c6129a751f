//! Frames: one group of commits, written and synchronised at once.
//!
//! ```text
//! frame  = header  body  zeros up to a multiple of 8
//! header = magic 8 · stored length of the body 4 · raw length 4 · number of commits 4 · codec 4 ·
//!          first seq 8 · digest of the last commit 32 · checksum of the frame before 4 ·
//!          checksum 4 (of the id of the store, the rest of the header, and the stored body)
//! body   = entries, then the directory: for each entry its end and the number and offsets of its
//!          rows; at the end the offset of the directory
//! ```
//!
//! Numbers are little-endian; the checksum is CRC-32 (IEEE). It covers the id of the store, which
//! is random: bytes that a writer of attributes chose cannot pass for a frame. The stored checksum
//! of the frame before makes a chain, in which a frame of an earlier state of the file is found.

use std::fmt;

use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The length of a header in bytes.
pub(super) const HEADER: usize = 72;

/// The first bytes of a frame; not UTF-8, so that no text contains them.
pub(super) const MAGIC: [u8; 8] = *b"\xfestmfram";

/// The largest body in bytes, stored or raw. A commit is smaller.
pub(super) const LARGEST: u32 = 1 << 30;

/// From this length on a body is compressed, if that makes it smaller.
const COMPRESSED: usize = 1 << 10;

/// The random id of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreId(pub [u8; 16]);

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl StoreId {
    /// Reads an id from exactly 32 lower-case hex digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let id = Self(u128::from_str_radix(text, 16).ok()?.to_be_bytes());
        (id.to_string() == text).then_some(id)
    }
}

/// A commit as the log stores it. The log does not interpret its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedEntry {
    /// Its seq and digest.
    pub head: Head,
    /// The digest of the commit before.
    pub previous: [u8; 32],
    /// The entry.
    pub bytes: Vec<u8>,
    /// Offsets of rows in the entry that are read alone.
    pub rows: Vec<u32>,
}

/// The form of a stored body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Raw,
    Lz4,
}

/// A parsed header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    /// The length of the stored body.
    pub(super) stored: u32,
    /// Its length when it is decompressed.
    pub(super) raw: u32,
    /// The number of commits.
    pub(super) commits: u32,
    pub(super) codec: Codec,
    /// The first commit.
    pub(super) first: Seq,
    /// The digest of the last commit.
    pub(super) digest: [u8; 32],
    /// The checksum of the frame before, or of the segment's header.
    pub(super) before: u32,
    /// The checksum of this frame.
    pub(super) checksum: u32,
}

impl FrameHeader {
    /// Parses a header; `None` if the bytes are not one.
    pub(super) fn parse(bytes: &[u8; HEADER]) -> Option<Self> {
        let mut fields = Fields(bytes);
        if fields.take::<8>()? != MAGIC {
            return None;
        }
        let (stored, raw, commits) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let codec = match fields.u32()? {
            0 => Codec::Raw,
            1 => Codec::Lz4,
            _ => return None,
        };
        let header = Self {
            stored,
            raw,
            commits,
            codec,
            first: Seq(fields.u64()?),
            digest: fields.take()?,
            before: fields.u32()?,
            checksum: fields.u32()?,
        };
        let is_sane = stored <= LARGEST && raw <= LARGEST && commits > 0 && header.first.0 > 0;
        is_sane.then_some(header)
    }

    /// Returns the length of the frame with its padding.
    pub(super) fn length(&self) -> u64 {
        (HEADER as u64 + u64::from(self.stored)).next_multiple_of(8)
    }

    /// Returns the last commit.
    pub(super) fn last(&self) -> Head {
        Head { seq: Seq(self.first.0 + u64::from(self.commits) - 1), digest: self.digest }
    }
}

/// A frame that is ready to be written.
#[derive(Debug)]
pub(super) struct EncodedFrame {
    pub(super) bytes: Vec<u8>,
    pub(super) header: FrameHeader,
}

impl EncodedFrame {
    /// Encodes a group of commits. `None` if it is empty or too large.
    pub(super) fn new(store: StoreId, before: u32, group: &[PackedEntry]) -> Option<Self> {
        let (first, last) = (group.first()?, group.last()?);
        let raw = body(group)?;
        let compressed = (raw.len() >= COMPRESSED).then(|| lz4_flex::block::compress(&raw));
        let (codec, stored) = match &compressed {
            // Saving a few bytes is not worth decompressing them.
            Some(compressed) if compressed.len() < raw.len() / 16 * 15 => (Codec::Lz4, compressed),
            _ => (Codec::Raw, &raw),
        };
        let limited = |length: usize| u32::try_from(length).ok().filter(|length| *length <= LARGEST);
        let mut header = FrameHeader {
            stored: limited(stored.len())?,
            raw: limited(raw.len())?,
            commits: u32::try_from(group.len()).ok()?,
            codec,
            first: first.head.seq,
            digest: last.head.digest,
            before,
            checksum: 0,
        };
        let mut bytes = Vec::with_capacity(usize::try_from(header.length()).ok()?);
        bytes.extend_from_slice(&MAGIC);
        for number in [header.stored, header.raw, header.commits, codec as u32] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&header.first.0.to_le_bytes());
        bytes.extend_from_slice(&header.digest);
        bytes.extend_from_slice(&before.to_le_bytes());
        header.checksum = checksum(store, &bytes, stored);
        bytes.extend_from_slice(&header.checksum.to_le_bytes());
        bytes.extend_from_slice(stored);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        Some(Self { bytes, header })
    }
}

/// Returns the checksum of a frame. `header` is without its last field.
fn checksum(store: StoreId, header: &[u8], stored: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&store.0);
    hasher.update(header);
    hasher.update(stored);
    hasher.finalize()
}

/// Returns true if the stored body belongs to the header.
pub(super) fn is_intact(store: StoreId, header: &[u8; HEADER], stored: &[u8]) -> bool {
    let (fields, sum) = header.split_at(HEADER - 4);
    checksum(store, fields, stored).to_le_bytes() == sum
}

fn body(group: &[PackedEntry]) -> Option<Vec<u8>> {
    let entries: usize = group.iter().map(|entry| entry.bytes.len() + 4 * entry.rows.len() + 8).sum();
    let mut body = Vec::with_capacity(entries + 4);
    for entry in group {
        body.extend_from_slice(&entry.bytes);
    }
    let directory = u32::try_from(body.len()).ok()?;
    let mut end = 0;
    for entry in group {
        end += u32::try_from(entry.bytes.len()).ok()?;
        body.extend_from_slice(&end.to_le_bytes());
        body.extend_from_slice(&u32::try_from(entry.rows.len()).ok()?.to_le_bytes());
        for row in &entry.rows {
            body.extend_from_slice(&row.to_le_bytes());
        }
    }
    body.extend_from_slice(&directory.to_le_bytes());
    Some(body)
}

/// The commits of one frame.
#[derive(Debug)]
pub struct Frame {
    first: Seq,
    last: Head,
    body: Vec<u8>,
    entries: Vec<EntryPlace>,
}

/// The places of one entry and of the offsets of its rows, in the body.
#[derive(Debug)]
struct EntryPlace {
    start: usize,
    end: usize,
    rows: usize,
    rows_end: usize,
}

impl Frame {
    /// Decompresses the stored body of an intact frame and reads its directory.
    ///
    /// # Errors
    /// Returns what is wrong.
    pub(super) fn open(header: &FrameHeader, stored: Vec<u8>) -> Result<Self, &'static str> {
        let body = match header.codec {
            Codec::Raw => stored,
            Codec::Lz4 => lz4_flex::block::decompress(&stored, header.raw as usize)
                .map_err(|_| "its compressed commits cannot be read")?,
        };
        if body.len() != header.raw as usize {
            return Err("its commits have another length than its header says");
        }
        let entries = directory(&body, header.commits).ok_or("its directory cannot be read")?;
        Ok(Self { first: header.first, last: header.last(), body, entries })
    }

    /// Returns the first commit.
    #[must_use]
    pub const fn first(&self) -> Seq {
        self.first
    }

    /// Returns the last commit.
    #[must_use]
    pub const fn last(&self) -> Head {
        self.last
    }

    /// Returns the entry of a commit; `None` if it is in another frame.
    #[must_use]
    pub fn entry(&self, seq: Seq) -> Option<&[u8]> {
        let place = self.place(seq)?;
        self.body.get(place.start..place.end)
    }

    /// Returns the bytes of an entry from one of its rows on; `None` if there is no such row.
    #[must_use]
    pub fn row(&self, seq: Seq, row: u32) -> Option<&[u8]> {
        let place = self.place(seq)?;
        let at = place.rows.checked_add(4 * row as usize).filter(|at| *at < place.rows_end)?;
        let offset = u32::from_le_bytes(*self.body.get(at..)?.first_chunk()?);
        self.body.get(place.start..place.end)?.get(offset as usize..)
    }

    /// Returns the entries in their order.
    pub fn entries(&self) -> impl Iterator<Item = (Seq, &[u8])> {
        let seqs = (self.first.0..).map(Seq);
        seqs.zip(self.entries.iter().map(|place| &self.body[place.start..place.end]))
    }

    /// Returns the size in memory, in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.body.len() + self.entries.len() * size_of::<EntryPlace>()
    }

    fn place(&self, seq: Seq) -> Option<&EntryPlace> {
        self.entries.get(usize::try_from(seq.0.checked_sub(self.first.0)?).ok()?)
    }
}

/// Reads the directory at the end of a body. All places are within the body.
fn directory(body: &[u8], commits: u32) -> Option<Vec<EntryPlace>> {
    let (_, trailer) = body.split_last_chunk::<4>()?;
    let directory = u32::from_le_bytes(*trailer) as usize;
    let limit = body.len() - 4;
    let number = |at: usize| body.get(at..limit)?.first_chunk().copied().map(u32::from_le_bytes);
    // Eight bytes for each entry: a damaged count cannot allocate more than the body.
    let mut entries = Vec::with_capacity((commits as usize).min(limit / 8));
    let (mut at, mut start) = (directory, 0);
    for _ in 0..commits {
        let (end, rows) = (number(at)? as usize, number(at + 4)? as usize);
        let rows_end = rows.checked_mul(4)?.checked_add(at + 8)?;
        if end < start || end > directory || rows_end > limit {
            return None;
        }
        entries.push(EntryPlace { start, end, rows: at + 8, rows_end });
        (at, start) = (rows_end, end);
    }
    (at == limit && start == directory).then_some(entries)
}

/// Fields of fixed lengths, in sequence.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
}
