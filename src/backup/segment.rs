//! Segments: commits in a file, written once and read from the beginning.

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
use crate::domain::write::portable_entry::Transcript;

/// What a segment begins with.
const MARK: &[u8] = b"stemma segment 1\n";

/// The largest commit that is read. What one transaction takes is less.
const LARGEST: u64 = 1 << 30;

/// Bytes that go to and from a file at a time.
const BUFFER: usize = 256 * 1024;

/// Bytes on their way to or from a file, hashed and counted.
struct Hashed<T> {
    inner: T,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl<T> Hashed<T> {
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

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.saw(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.saw(&bytes[..read]);
        Ok(read)
    }
}

/// A segment that is being written. Dropped, its file stays behind and counts for nothing.
pub struct Writer {
    folder: PathBuf,
    part: PathBuf,
    file: GzEncoder<Hashed<BufWriter<File>>>,
    first: Seq,
    head: Head,
    versions: u64,
    named: u64,
}

impl Writer {
    /// Begins a segment after `head`.
    pub(super) fn begin(folder: &Path, head: Head) -> Result<Self, BackupError> {
        let first = head.seq.next();
        let part = folder.join(format!("log/{:020}.part", first.0));
        let begin = || {
            let file = BufWriter::with_capacity(BUFFER, File::create(&part)?);
            let mut file = GzEncoder::new(Hashed::new(file), Compression::fast());
            file.write_all(MARK)?;
            Ok(file)
        };
        let file = begin().map_err(BackupError::io(&part))?;
        Ok(Self { folder: folder.to_owned(), part, file, first, head, versions: 0, named: 0 })
    }

    /// The newest commit in it, or the one that it follows.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// About how many bytes the file has.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.file.get_ref().bytes
    }

    /// Adds a commit.
    ///
    /// # Errors
    /// [`BackupError::Untrue`] where it does not follow the one before, or is not what its digest says.
    pub fn add(&mut self, transcript: &Transcript) -> Result<(), BackupError> {
        let (_, head) = transcript.check(self.head)?;
        self.versions += transcript.versions.len() as u64;
        self.named += transcript.blobs.len() as u64;
        self.head = head;
        let packed = transcript.pack();
        let length = packed.len() as u64;
        let written = self.file.write_all(&length.to_le_bytes()).and_then(|()| self.file.write_all(&packed));
        written.map_err(BackupError::io(&self.part))
    }

    /// Gives the file its name, durable when this returns.
    pub(super) fn finish(self) -> Result<Segment, BackupError> {
        let Self { folder, part, file, first, head, versions, named } = self;
        let finish = || {
            let Hashed { inner, hasher, bytes } = file.finish()?;
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

/// The commits of some segments, in order. Every commit is checked against the one before it, and every file against the
/// manifest once it is read. After an error nothing more comes.
pub struct Segments {
    folder: PathBuf,
    segments: std::vec::IntoIter<Segment>,
    open: Option<Open>,
    head: Head,
    until: Seq,
}

struct Open {
    segment: Segment,
    path: PathBuf,
    file: GzDecoder<BufReader<Hashed<File>>>,
}

impl Segments {
    /// The commits of `segments` up to `until`; the first follows `head`.
    pub(super) fn new(folder: &Path, segments: Vec<Segment>, head: Head, until: Seq) -> Self {
        Self { folder: folder.to_owned(), segments: segments.into_iter(), open: None, head, until }
    }

    fn step(&mut self) -> Result<Option<Transcript>, BackupError> {
        while self.head.seq < self.until {
            let open = match self.open.take() {
                Some(open) => open,
                None => match self.segments.next() {
                    Some(segment) => Open::new(&self.folder, segment)?,
                    None => return Ok(None),
                },
            };
            if self.head.seq == open.segment.last.seq {
                open.end(self.head)?;
                continue;
            }
            let open = self.open.insert(open);
            let transcript = open.read()?;
            (_, self.head) = transcript.check(self.head)?;
            return Ok(Some(transcript));
        }
        // What was asked for ends where a file does: then that is looked at too.
        if let Some(open) = self.open.take().filter(|open| open.segment.last.seq == self.head.seq) {
            open.end(self.head)?;
        }
        Ok(None)
    }
}

impl Iterator for Segments {
    type Item = Result<Transcript, BackupError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step().transpose();
        if let Some(Err(_)) = &step {
            self.until = Seq::ZERO;
            self.open = None;
        }
        step
    }
}

impl Open {
    fn new(folder: &Path, segment: Segment) -> Result<Self, BackupError> {
        let path = folder.join(segment.path());
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BackupError::damaged(&path, "it is missing"),
            _ => BackupError::io(&path)(error),
        })?;
        let file = GzDecoder::new(BufReader::with_capacity(BUFFER, Hashed::new(file)));
        let mut open = Self { segment, path, file };
        let mut mark = [0; MARK.len()];
        open.fill(&mut mark)?;
        if mark == MARK { Ok(open) } else { Err(BackupError::damaged(&open.path, "it is no segment")) }
    }

    fn read(&mut self) -> Result<Transcript, BackupError> {
        let mut length = [0; 8];
        self.fill(&mut length)?;
        let length = u64::from_le_bytes(length);
        if length > LARGEST {
            return Err(BackupError::damaged(&self.path, "a commit in it is too long"));
        }
        let mut packed = Vec::new();
        // Grows with what is there, whatever a damaged length says.
        (&mut self.file).take(length).read_to_end(&mut packed).map_err(|error| self.unread(error))?;
        if packed.len() as u64 != length {
            return Err(BackupError::damaged(&self.path, "it is cut short"));
        }
        Transcript::unpack(&packed)
            .map_err(|broken| BackupError::damaged(&self.path, format!("a commit cannot be read: {broken}")))
    }

    /// Nothing may be left, and the file must be the one that was written.
    fn end(mut self, head: Head) -> Result<(), BackupError> {
        if head != self.segment.last {
            return Err(BackupError::damaged(&self.path, "its last commit has another digest"));
        }
        let mut rest = [0; 1];
        if self.file.read(&mut rest).map_err(|error| self.unread(error))? > 0 {
            return Err(BackupError::damaged(&self.path, "it holds more than was written"));
        }
        let Self { segment, path, file } = self;
        let mut file = file.into_inner();
        io::copy(&mut file, &mut io::sink()).map_err(BackupError::io(&path))?;
        let file = file.into_inner();
        if file.bytes == segment.bytes && file.digest() == segment.digest {
            Ok(())
        } else {
            Err(BackupError::damaged(&path, "its bytes have another digest"))
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        self.file.read_exact(bytes).map_err(|error| self.unread(error))
    }

    fn unread(&self, error: io::Error) -> BackupError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => BackupError::damaged(&self.path, "it is cut short"),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                BackupError::damaged(&self.path, error.to_string())
            }
            _ => BackupError::io(&self.path)(error),
        }
    }
}
