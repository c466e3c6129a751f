//! Segments: files of commits, written once and read sequentially.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::BackupError;
use super::manifest::{Payloads, Segment, sync_directory};
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::Head;
use crate::domain::write::log_entry::LogEntry;

/// The first line of a segment.
const MARK: &[u8] = b"stemma segment 1\n";

/// The largest commit that is read, in bytes. One transaction is smaller.
const LARGEST: u64 = 1 << 30;

/// The size of the buffer for reading and writing a file.
const BUFFER: usize = 256 * 1024;

/// A reader or writer that hashes and counts its bytes.
struct HashedFile<T> {
    inner: T,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl<T> HashedFile<T> {
    fn new(inner: T) -> Self {
        Self { inner, hasher: blake3::Hasher::new(), bytes: 0 }
    }

    fn saw(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    fn digest(&self) -> Digest {
        Digest::from_bytes(*self.hasher.finalize().as_bytes())
    }
}

impl<T: Write> Write for HashedFile<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.saw(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for HashedFile<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.saw(&bytes[..read]);
        Ok(read)
    }
}

/// A segment that is being written. If it is dropped, its file remains and is ignored.
pub struct SegmentWriter {
    folder: PathBuf,
    part: PathBuf,
    file: GzEncoder<HashedFile<BufWriter<File>>>,
    first: Seq,
    head: Head,
    versions: u64,
    named: u64,
}

impl SegmentWriter {
    /// Begins a segment after `head`.
    pub(super) fn begin(folder: &Path, head: Head) -> Result<Self, BackupError> {
        let first = head.seq.next();
        let part = folder.join(format!("log/{:020}.part", first.0));
        let begin = || {
            let file = BufWriter::with_capacity(BUFFER, File::create(&part)?);
            let mut file = GzEncoder::new(HashedFile::new(file), Compression::fast());
            file.write_all(MARK)?;
            Ok(file)
        };
        let file = begin().map_err(BackupError::io(&part))?;
        Ok(Self { folder: folder.to_owned(), part, file, first, head, versions: 0, named: 0 })
    }

    /// Returns the newest commit in it, or the one before its first.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// Returns the approximate size of the file, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.file.get_ref().bytes
    }

    /// Adds a commit.
    ///
    /// # Errors
    /// [`BackupError::Inconsistent`] if it does not follow the one before or does not match its digest.
    pub fn add(&mut self, log_entry: &LogEntry) -> Result<(), BackupError> {
        let (_, head) = log_entry.check(self.head)?;
        self.versions += log_entry.versions.len() as u64;
        self.named += log_entry.blobs.len() as u64;
        self.head = head;
        let packed = log_entry.pack();
        let length = packed.len() as u64;
        let written = self.file.write_all(&length.to_le_bytes()).and_then(|()| self.file.write_all(&packed));
        written.map_err(BackupError::io(&self.part))
    }

    /// Gives the file its final name. It is durable when this returns.
    pub(super) fn finish(self) -> Result<Segment, BackupError> {
        let Self { folder, part, file, first, head, versions, named } = self;
        let finish = || {
            let HashedFile { inner, hasher, bytes } = file.finish()?;
            inner.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok((Digest::from_bytes(*hasher.finalize().as_bytes()), bytes))
        };
        let (digest, bytes) = finish().map_err(BackupError::io(&part))?;
        let segment =
            Segment { first, last: head, versions, named, bytes, digest, payloads: Payloads::Partly };
        let path = folder.join(segment.path());
        fs::rename(&part, &path)
            .and_then(|()| sync_directory(&folder.join("log")))
            .map_err(BackupError::io(&path))?;
        Ok(segment)
    }
}

/// An iterator over the commits of segments. Checks each commit against the one before it, and each
/// file against the manifest once it is read. Ends after an error.
pub struct Segments {
    folder: PathBuf,
    segments: std::vec::IntoIter<Segment>,
    open: Option<OpenSegment>,
    head: Head,
    until: Seq,
}

struct OpenSegment {
    segment: Segment,
    path: PathBuf,
    file: GzDecoder<BufReader<HashedFile<File>>>,
}

impl Segments {
    /// Iterates over the commits of `segments` up to `until`; the first follows `head`.
    pub(super) fn new(folder: &Path, segments: Vec<Segment>, head: Head, until: Seq) -> Self {
        Self { folder: folder.to_owned(), segments: segments.into_iter(), open: None, head, until }
    }

    fn step(&mut self) -> Result<Option<LogEntry>, BackupError> {
        while self.head.seq < self.until {
            let open = match self.open.take() {
                Some(open) => open,
                None => match self.segments.next() {
                    Some(segment) => OpenSegment::new(&self.folder, segment)?,
                    None => return Ok(None),
                },
            };
            if self.head.seq == open.segment.last.seq {
                open.end(self.head)?;
                continue;
            }
            let open = self.open.insert(open);
            let log_entry = open.read()?;
            (_, self.head) = log_entry.check(self.head)?;
            return Ok(Some(log_entry));
        }
        // The last requested commit may be the last of a file: then check the file, too.
        if let Some(open) = self.open.take().filter(|open| open.segment.last.seq == self.head.seq) {
            open.end(self.head)?;
        }
        Ok(None)
    }
}

impl Iterator for Segments {
    type Item = Result<LogEntry, BackupError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step().transpose();
        if let Some(Err(_)) = &step {
            self.until = Seq::ZERO;
            self.open = None;
        }
        step
    }
}

impl OpenSegment {
    fn new(folder: &Path, segment: Segment) -> Result<Self, BackupError> {
        let path = folder.join(segment.path());
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BackupError::damaged(&path, "it is missing"),
            _ => BackupError::io(&path)(error),
        })?;
        let file = GzDecoder::new(BufReader::with_capacity(BUFFER, HashedFile::new(file)));
        let mut open = Self { segment, path, file };
        let mut mark = [0; MARK.len()];
        open.fill(&mut mark)?;
        if mark == MARK { Ok(open) } else { Err(BackupError::damaged(&open.path, "it is not a segment")) }
    }

    fn read(&mut self) -> Result<LogEntry, BackupError> {
        let mut length = [0; 8];
        self.fill(&mut length)?;
        let length = u64::from_le_bytes(length);
        if length > LARGEST {
            return Err(BackupError::damaged(&self.path, "a commit in it is larger than 1 GiB"));
        }
        let mut packed = Vec::new();
        // Grows with the bytes that are read, because a damaged length may be huge.
        (&mut self.file).take(length).read_to_end(&mut packed).map_err(|error| self.unread(error))?;
        if packed.len() as u64 != length {
            return Err(BackupError::damaged(&self.path, "it is truncated"));
        }
        LogEntry::unpack_any(&packed)
            .map_err(|broken| BackupError::damaged(&self.path, format!("a commit cannot be read: {broken}")))
    }

    /// Checks that the file ends here and matches the manifest.
    fn end(mut self, head: Head) -> Result<(), BackupError> {
        if head != self.segment.last {
            return Err(BackupError::damaged(
                &self.path,
                "the digest of its last commit does not match the manifest",
            ));
        }
        let mut rest = [0; 1];
        if self.file.read(&mut rest).map_err(|error| self.unread(error))? > 0 {
            return Err(BackupError::damaged(
                &self.path,
                "expected its end after the last commit, found more data",
            ));
        }
        let Self { segment, path, file } = self;
        let mut file = file.into_inner();
        io::copy(&mut file, &mut io::sink()).map_err(BackupError::io(&path))?;
        let file = file.into_inner();
        if file.bytes == segment.bytes && file.digest() == segment.digest {
            Ok(())
        } else {
            Err(BackupError::damaged(&path, "its digest does not match the manifest"))
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        self.file.read_exact(bytes).map_err(|error| self.unread(error))
    }

    fn unread(&self, error: io::Error) -> BackupError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => BackupError::damaged(&self.path, "it is truncated"),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                BackupError::damaged(&self.path, error.to_string())
            }
            _ => BackupError::io(&self.path)(error),
        }
    }
}
