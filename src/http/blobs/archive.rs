//! Reads a tar archive from a request: its files one after another, each in memory.
//!
//! Nothing is unpacked to disk; a name is only text. Entries other than files and directories are
//! refused, and so is an archive without a proper end, so that nothing is left out silently.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio_tar::{Archive, Entries, Entry, EntryType};

use crate::ledger::{BlobError, Chunks};

/// The maximum size of the headers of one entry. Long names and attributes are read into memory.
const HEADERS: u64 = 64 * 1024;

/// The maximum length of a file name, as in operating systems.
const NAME: usize = 4_096;

/// The size of the pieces in which the bytes after the last entry are checked.
const REST: usize = 64 * 1024;

/// A file of an archive.
pub(crate) struct ArchiveFile {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

/// The reason that an archive cannot be read further.
#[derive(Debug)]
pub(crate) enum ArchiveError {
    /// The body failed or is too large.
    Body(BlobError),
    /// A file is larger than this limit in bytes.
    Large(u64),
    /// The name of a file is longer than this limit in bytes.
    Name(usize),
    /// The archive is malformed or contains something unsupported. The text says what, and what to
    /// do.
    Malformed(String),
}

/// An archive that is being read.
pub(crate) struct ArchiveFiles {
    entries: Entries<ArchiveBody>,
    archive: Archive<ArchiveBody>,
    state: Arc<Mutex<BodyState>>,
    largest: u64,
    /// The name of the entry that is being read.
    at: Option<String>,
}

impl ArchiveFiles {
    /// Reads the files of an archive of at most `limit` bytes; each file may have `largest`.
    pub(crate) fn new(chunks: Chunks, limit: u64, largest: u64) -> Result<Self, ArchiveError> {
        let state = Arc::new(Mutex::new(BodyState { granted: HEADERS, ended: false, fault: None }));
        let body = ArchiveBody { chunks, limit, room: limit, left: Bytes::new(), state: Arc::clone(&state) };
        let mut archive = Archive::new(body);
        let entries = archive.entries().map_err(|error| ArchiveError::Malformed(error.to_string()))?;
        Ok(Self { entries, archive, state, largest, at: None })
    }

    /// Returns the name of the entry at which reading stopped, if it is known.
    pub(crate) fn at(&self) -> Option<&str> {
        self.at.as_deref()
    }

    /// Returns the next file; `None` at a proper end of the archive. Directories are skipped.
    pub(crate) async fn next(&mut self) -> Result<Option<ArchiveFile>, ArchiveError> {
        loop {
            self.at = None;
            self.grant(HEADERS);
            let Some(entry) = self.entries.next().await else { break };
            let entry = entry.map_err(|error| self.broken(&error))?;
            if let Some(file) = self.read(entry).await? {
                return Ok(Some(file));
            }
        }
        if let Some(fault) = self.state().fault.take() {
            return Err(ArchiveError::Body(fault));
        }
        if self.state().ended {
            return Err(ArchiveError::Malformed(
                "expected the end of the archive, found the end of the body: send the complete archive"
                    .to_owned(),
            ));
        }
        self.rest().await?;
        Ok(None)
    }

    /// Returns the file of an entry; `None` if it is a directory.
    async fn read(
        &mut self,
        mut entry: Entry<Archive<ArchiveBody>>,
    ) -> Result<Option<ArchiveFile>, ArchiveError> {
        let path = entry.path_bytes().map_err(|error| self.broken(&error))?.into_owned();
        if path.len() > NAME {
            return Err(ArchiveError::Name(NAME));
        }
        let name = String::from_utf8(path).map_err(|wrong| {
            let shown = String::from_utf8_lossy(wrong.as_bytes()).into_owned();
            ArchiveError::Malformed(format!("the name must be UTF-8, found {shown:?}: rename the file"))
        })?;
        self.at = Some(name.clone());
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Directory => return Ok(None),
            _ => {
                let advice = "expected a file or a directory, found a link or a device: leave it out (`tar --dereference \
                              --hard-dereference` stores files in place of links)";
                return Err(ArchiveError::Malformed(advice.to_owned()));
            }
        }
        if is_sparse(&mut entry).await.map_err(|error| self.broken(&error))? {
            return Err(ArchiveError::Malformed(
                "expected a plain file, found a sparse one: make the archive without --sparse".to_owned(),
            ));
        }
        let size = entry.effective_size();
        if size > self.largest {
            return Err(ArchiveError::Large(self.largest));
        }
        self.grant(size + HEADERS);
        // At most the limit of a file, for which memory was charged.
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        entry.read_to_end(&mut bytes).await.map_err(|error| self.broken(&error))?;
        if bytes.len() as u64 != size {
            return Err(match self.state().fault.take() {
                Some(fault) => ArchiveError::Body(fault),
                None => ArchiveError::Malformed(
                    "expected the rest of the file, found the end of the body: send the complete archive"
                        .to_owned(),
                ),
            });
        }
        Ok(Some(ArchiveFile { name, bytes: bytes.into() }))
    }

    /// Checks that only zeros follow the end, as padding of a tape block.
    async fn rest(&mut self) -> Result<(), ArchiveError> {
        let mut buffer = vec![0; REST];
        loop {
            self.grant(REST as u64);
            match self.archive.read(&mut buffer).await.map_err(|error| self.broken(&error))? {
                0 => return Ok(()),
                read if buffer[..read].iter().all(|byte| *byte == 0) => {}
                _ => {
                    let advice = "expected nothing after the end of the archive, found more bytes: send one archive per request";
                    return Err(ArchiveError::Malformed(advice.to_owned()));
                }
            }
        }
    }

    fn grant(&self, bytes: u64) {
        self.state().granted = bytes;
    }

    fn state(&self) -> MutexGuard<'_, BodyState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the cause of an error of the archive: the body's error, or its own.
    fn broken(&self, error: &io::Error) -> ArchiveError {
        match self.state().fault.take() {
            Some(fault) => ArchiveError::Body(fault),
            None => {
                // The message may quote bytes of the archive.
                let shown = |c: &char| c.is_ascii_graphic() || *c == ' ';
                let said: String = error.to_string().chars().filter(shown).take(100).collect();
                ArchiveError::Malformed(format!(
                    "expected an uncompressed tar archive, found other or damaged bytes ({said})"
                ))
            }
        }
    }
}

/// Returns true if the bytes of the entry are not those of the file.
async fn is_sparse(entry: &mut Entry<Archive<ArchiveBody>>) -> io::Result<bool> {
    let Some(extensions) = entry.pax_extensions().await? else { return Ok(false) };
    for extension in extensions {
        if extension?.key_bytes().starts_with(b"GNU.sparse.") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// State shared by the reader of the body and the reader of the archive.
struct BodyState {
    /// The number of bytes that may be read before more are granted.
    granted: u64,
    /// True once the end of the body was reached.
    ended: bool,
    /// The error that ended the body.
    fault: Option<BlobError>,
}

/// The body of a request as an `AsyncRead`.
struct ArchiveBody {
    chunks: Chunks,
    limit: u64,
    room: u64,
    left: Bytes,
    state: Arc<Mutex<BodyState>>,
}

impl AsyncRead for ArchiveBody {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let body = self.get_mut();
        let state = Arc::clone(&body.state);
        let state = || state.lock().unwrap_or_else(PoisonError::into_inner);
        while body.left.is_empty() {
            if state().ended {
                return Poll::Ready(Ok(()));
            }
            match ready!(body.chunks.as_mut().poll_next(context)) {
                Some(Ok(chunk)) => body.left = chunk,
                Some(Err(fault)) => return Poll::Ready(Err(stop(&mut state(), fault))),
                None => {
                    state().ended = true;
                    return Poll::Ready(Ok(()));
                }
            }
            let Some(room) = body.room.checked_sub(body.left.len() as u64) else {
                return Poll::Ready(Err(stop(&mut state(), BlobError::TooLarge { limit: body.limit })));
            };
            body.room = room;
        }
        let taken = body.left.split_to(body.left.len().min(buffer.remaining()));
        let granted = state().granted.checked_sub(taken.len() as u64);
        let Some(granted) = granted else {
            return Poll::Ready(Err(io::Error::other("the headers of one entry are too long")));
        };
        state().granted = granted;
        buffer.put_slice(&taken);
        Poll::Ready(Ok(()))
    }
}

/// Ends the body with an error.
fn stop(state: &mut BodyState, fault: BlobError) -> io::Error {
    let error = io::Error::other(fault.to_string());
    state.ended = true;
    state.fault = Some(fault);
    error
}
