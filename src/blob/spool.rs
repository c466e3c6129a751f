//! Buffers bytes whose digest is not known yet: few in memory, more in a file without a name.
//!
//! For backends that need a name before the first byte is sent. Such a file disappears with the
//! process.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use bytes::Bytes;
use futures_util::stream;

use super::fs::blocking;
use super::incoming::{IncomingPiece, IncomingStream};
use super::verify::Hasher;
use super::{BlobError, BlobMeta, CHUNK, Chunks, once};

/// The maximum number of bytes in memory, which any store sends in one request.
const IN_MEMORY: usize = 8 << 20;

/// The number of bytes per write.
const PIECE: usize = 1 << 20;

/// All bytes of a stream, and their facts.
pub(super) struct Spooled {
    pub(super) meta: BlobMeta,
    content: SpoolContent,
}

enum SpoolContent {
    Memory(Bytes),
    /// At its beginning.
    File(File),
}

impl Spooled {
    /// Receives at most `limit` bytes.
    pub(super) async fn of(chunks: Chunks, limit: u64) -> Result<Self, BlobError> {
        let mut incoming = IncomingStream::new(chunks, limit);
        let mut hasher = Hasher::default();
        let mut gathered = incoming.gather(IN_MEMORY, &mut hasher).await?;
        if gathered.last {
            return Ok(Self { meta: hasher.finish(), content: SpoolContent::Memory(gathered.bytes) });
        }
        let mut file = blocking(|| tempfile::tempfile().map_err(failed())).await?;
        loop {
            let IncomingPiece { bytes, last } = gathered;
            file = blocking(move || file.write_all(&bytes).map(|()| file).map_err(failed())).await?;
            if last {
                break;
            }
            gathered = incoming.gather(PIECE, &mut hasher).await?;
        }
        let file = blocking(move || file.rewind().map(|()| file).map_err(failed())).await?;
        Ok(Self { meta: hasher.finish(), content: SpoolContent::File(file) })
    }

    /// Returns the bytes.
    pub(super) fn chunks(self) -> Chunks {
        match self.content {
            SpoolContent::Memory(bytes) => once(bytes),
            SpoolContent::File(file) => Box::pin(stream::try_unfold(file, |file| blocking(|| read(file)))),
        }
    }
}

/// Returns the next bytes, and the file after them. The store hashes them again, so a short read is
/// detected there.
fn read(mut file: File) -> Result<Option<(Bytes, File)>, BlobError> {
    let mut bytes = Vec::with_capacity(CHUNK);
    (&mut file).take(CHUNK as u64).read_to_end(&mut bytes).map_err(failed())?;
    Ok((!bytes.is_empty()).then(|| (bytes.into(), file)))
}

fn failed() -> impl FnOnce(io::Error) -> BlobError {
    BlobError::io("buffer a blob whose digest is not known")
}
