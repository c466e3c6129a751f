//! The target of one document: a file, which appears when it is complete, or the standard output.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::origin::{ExportPiece, ExportSource};
use crate::cli::shared::complete_file::{CompleteFile, unwritten};
use crate::cli::shared::failure::Result;
use crate::cli::shared::{output, progress};
use crate::domain::id::Seq;

/// A file, or the standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DocumentTarget {
    Standard,
    File(PathBuf),
}

impl FromStr for DocumentTarget {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "-" { Self::Standard } else { Self::File(text.into()) })
    }
}

/// The most bytes of the end of a document that are kept.
const ENDING: usize = 64 * 1024;

/// The standard output as bytes. Keeps the end of the document.
#[derive(Default)]
struct Out {
    ending: Vec<u8>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = io::stdout().lock().write(bytes)?;
        self.ending.extend_from_slice(&bytes[..written]);
        if self.ending.len() > 2 * ENDING {
            self.ending.drain(..self.ending.len() - ENDING);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().lock().flush()
    }
}

impl DocumentTarget {
    /// Writes a piece, as of a seq. Returns the end of the document.
    pub(super) async fn write(
        &self,
        origin: &ExportSource,
        piece: &ExportPiece<'_>,
        seq: Seq,
    ) -> Result<Vec<u8>> {
        let bar = progress::bytes("exporting".to_owned(), None);
        let written = match self {
            Self::Standard => {
                let mut to = BufWriter::new(Out::default());
                match origin.write(piece, seq, &mut to, &bar).await {
                    Ok(()) => {
                        to.into_inner().map(|out| out.ending).map_err(|error| error.into_error().into())
                    }
                    Err(failure) => Err(failure),
                }
            }
            Self::File(path) => match write_complete(origin, piece, seq, path, &bar).await {
                Ok(mut file) => {
                    let ending = ending(file.as_file_mut()).map_err(|error| unwritten(path, &error));
                    ending.and_then(|ending| file.name(path).map(|()| ending))
                }
                Err(failure) => Err(failure),
            },
        };
        bar.finish_and_clear();
        let ending = written?;
        if let Self::File(path) = self {
            output::line(format_args!("{}, as of seq {seq}", path.display()))?;
        }
        Ok(ending)
    }

    /// Prints a detail of the report: on the standard error if the document is on the standard
    /// output.
    pub(super) fn detail(&self, text: impl std::fmt::Display) -> Result<()> {
        match self {
            Self::Standard => {
                output::note(text);
                Ok(())
            }
            Self::File(_) => output::line(format_args!("  {text}")),
        }
    }
}

/// Returns the end of a document.
pub(super) fn ending(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(ENDING as u64)))?;
    let mut ending = Vec::new();
    file.read_to_end(&mut ending)?;
    Ok(ending)
}

/// Writes a piece into a new file in the folder of `path`.
pub(super) async fn write_complete(
    origin: &ExportSource,
    piece: &ExportPiece<'_>,
    seq: Seq,
    path: &Path,
    bar: &indicatif::ProgressBar,
) -> Result<CompleteFile> {
    let mut file = CompleteFile::create(path)?;
    let mut buffer = BufWriter::new(file.as_file_mut());
    origin.write(piece, seq, &mut buffer, bar).await?;
    buffer.flush().map_err(|error| unwritten(path, &error))?;
    drop(buffer);
    Ok(file)
}
