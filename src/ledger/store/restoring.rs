//! The mark of a store that is being restored: a file in the data directory, or a row.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::Store;
use crate::domain::id::{hex, unhex};
use crate::domain::log::entry::Head;
use crate::graph::GraphError;
use crate::ledger::LedgerError;
use crate::log::{Disk, LocalDisk};

/// The file that exists while a data directory is being restored, with the last commit of the backup.
const MARK: &str = "RESTORING";

impl Store {
    /// Returns the last commit of a restore in progress; `None` if there is none.
    pub(crate) async fn restoring(&self) -> Result<Option<Head>, LedgerError> {
        match self {
            Self::Segments(segments) => marked(segments.dir()),
            Self::Rows(graph) => Ok(graph.restoring().await?),
        }
    }

    /// Marks the store as being restored up to a commit, or as complete. Durable when this returns.
    pub(crate) async fn mark_restoring(&self, until: Option<Head>) -> Result<(), LedgerError> {
        match self {
            Self::Segments(segments) => {
                let dir = segments.dir();
                mark(dir, until).map_err(|error| unmarked(dir, &error))
            }
            Self::Rows(graph) => Ok(graph.mark_restoring(until).await?),
        }
    }
}

/// Returns true if a data directory is being restored.
pub(in crate::ledger) fn is_marked(dir: &Path) -> bool {
    dir.join(MARK).exists()
}

/// Returns the last commit of a restore in progress in a data directory; `None` if there is none.
pub(in crate::ledger) fn marked(dir: &Path) -> Result<Option<Head>, LedgerError> {
    let text = match fs::read_to_string(dir.join(MARK)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unmarked(dir, &error)),
    };
    let head = text
        .trim_end()
        .split_once(' ')
        .and_then(|(seq, digest)| Some(Head { seq: seq.parse().ok()?, digest: unhex(digest)? }));
    head.map(Some).ok_or_else(|| LedgerError::Corrupt(format!("the file {MARK} cannot be read")))
}

fn mark(dir: &Path, until: Option<Head>) -> io::Result<()> {
    let path = dir.join(MARK);
    match until {
        None => match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        },
        Some(head) => {
            let mut file = File::create(&path)?;
            writeln!(file, "{} {}", head.seq, hex(&head.digest))?;
            file.sync_all()?;
        }
    }
    LocalDisk.sync_directory(dir)
}

fn unmarked(dir: &Path, error: &io::Error) -> LedgerError {
    GraphError::not_opened(dir, format!("its file {MARK}: {error}")).into()
}
