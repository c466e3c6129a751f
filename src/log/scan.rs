//! Reads the frames of a segment one after the other, and searches for frames behind damage.

use std::sync::Arc;

use super::disk::DiskFile;
use super::frame::{self, FrameHeader, StoreId};
use crate::domain::id::Seq;

/// The number of bytes that are read at once.
const BUFFER: usize = 256 << 10;

/// The finding at the offset where the next frame should begin.
#[derive(Debug)]
pub(super) enum Next {
    /// An intact frame that follows the one before.
    Frame {
        /// Its header.
        header: FrameHeader,
        /// Its offset in the file.
        offset: u64,
    },
    /// The end of the frames, exactly.
    End,
    /// Something else, for this reason.
    Bad(&'static str),
}

/// A position between two frames of a segment.
#[derive(Debug)]
pub(super) struct FrameScan {
    bytes: BufferedFile,
    store: StoreId,
    /// The offset of the next frame.
    offset: u64,
    /// The offset at which the frames end.
    end: u64,
    /// The checksum of the frame before.
    before: u32,
    /// The next commit.
    next: Seq,
}

impl FrameScan {
    /// Begins at the first frame of a segment. `end` is the offset at which its frames end.
    pub(super) fn new(
        file: Arc<dyn DiskFile>,
        store: StoreId,
        (offset, end): (u64, u64),
        before: u32,
        next: Seq,
    ) -> Self {
        Self { bytes: BufferedFile { file, start: 0, buffer: Vec::new() }, store, offset, end, before, next }
    }

    /// Returns the offset of the next frame.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the checksum of the frame before.
    pub(super) const fn before(&self) -> u32 {
        self.before
    }

    /// Reads the next frame. After a bad one the position remains before it.
    pub(super) fn next(&mut self) -> std::io::Result<Next> {
        if self.offset >= self.end {
            return Ok(Next::End);
        }
        let Some(header_bytes) = self.bytes.header(self.offset, self.end)? else {
            return Ok(Next::Bad("it ends within the header of a frame"));
        };
        let Some(header) = FrameHeader::parse(&header_bytes) else {
            return Ok(Next::Bad("there is no frame"));
        };
        if self.end - self.offset < header.length() {
            return Ok(Next::Bad("it ends within a frame"));
        }
        let stored = self.bytes.read(self.offset + frame::HEADER as u64, header.stored as usize)?;
        if !frame::is_intact(self.store, &header_bytes, &stored) {
            return Ok(Next::Bad("the checksum of a frame does not match its content"));
        }
        if header.first != self.next || header.before != self.before {
            return Ok(Next::Bad("a frame does not follow the one before it"));
        }
        let offset = self.offset;
        self.offset += header.length();
        self.before = header.checksum;
        self.next = header.last().seq.next();
        Ok(Next::Frame { header, offset })
    }

    /// Searches behind a bad frame for an intact one with a later commit, and returns its offset.
    ///
    /// No frame is written before the one before it is synchronised. So what a crash left unfinished
    /// has nothing behind it, and a frame behind it means that a finished one was damaged.
    pub(super) fn later_frame(&mut self) -> std::io::Result<Option<u64>> {
        let mut offset = self.offset + 8;
        while let Some(header_bytes) = self.bytes.header(offset, self.end)? {
            if let Some(header) = FrameHeader::parse(&header_bytes)
                && header.first > self.next
                && self.end - offset >= header.length()
            {
                let stored = self.bytes.read(offset + frame::HEADER as u64, header.stored as usize)?;
                if frame::is_intact(self.store, &header_bytes, &stored) {
                    return Ok(Some(offset));
                }
            }
            offset += 8;
        }
        Ok(None)
    }
}

/// A file that is read forwards in large pieces.
#[derive(Debug)]
struct BufferedFile {
    file: Arc<dyn DiskFile>,
    /// The offset of the buffer in the file.
    start: u64,
    buffer: Vec<u8>,
}

impl BufferedFile {
    /// Returns the bytes of a header; `None` if the file ends within it.
    fn header(&mut self, offset: u64, end: u64) -> std::io::Result<Option<[u8; frame::HEADER]>> {
        if end.saturating_sub(offset) < frame::HEADER as u64 {
            return Ok(None);
        }
        let read = self.read(offset, frame::HEADER)?;
        Ok(read.first_chunk().copied())
    }

    /// Returns bytes at an offset; fewer if the file ends.
    fn read(&mut self, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
        let within = |start: u64, buffer: &[u8]| {
            let from = usize::try_from(offset.checked_sub(start)?).ok()?;
            buffer.get(from..from.checked_add(length)?).map(<[u8]>::to_vec)
        };
        if let Some(found) = within(self.start, &self.buffer) {
            return Ok(found);
        }
        if length >= BUFFER {
            let mut bytes = vec![0; length];
            let read = self.file.read_at(&mut bytes, offset)?;
            bytes.truncate(read);
            return Ok(bytes);
        }
        self.buffer.resize(BUFFER, 0);
        let read = self.file.read_at(&mut self.buffer, offset)?;
        self.buffer.truncate(read);
        self.start = offset;
        Ok(within(offset, &self.buffer).unwrap_or_else(|| self.buffer.clone()))
    }
}
