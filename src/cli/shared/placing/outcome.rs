//! The outcome of one file, and the counts of all.

use std::fs::File;

use super::PlannedFile;
use super::origin::CopyOutcome;
use crate::cli::shared::failure::Result;
use crate::cli::shared::folder::{FileState, OutputFolder};
use crate::cli::shared::output;
use crate::cli::shared::payloads::PayloadFault;

/// The outcome of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileOutcome {
    /// It existed with the right bytes.
    Kept,
    /// It was written.
    Written,
    /// It had other bytes and was replaced.
    Replaced,
    /// Its payload cannot be used.
    Failed(PayloadFault),
    /// Verified: it does not exist.
    Absent,
    /// Verified: it has other bytes.
    Wrong,
}

impl FileOutcome {
    /// Returns a line for the user; `None` if the file is right.
    pub(crate) fn message(&self, wanted: &PlannedFile) -> Option<String> {
        let PlannedFile { path, digest, .. } = wanted;
        match self {
            Self::Kept | Self::Written => None,
            Self::Replaced => Some(format!("replaced: {path} held other bytes")),
            Self::Failed(PayloadFault::Missing) => {
                Some(format!("missing: {path}: its payload {digest} is not stored"))
            }
            Self::Failed(PayloadFault::Damaged(why)) => {
                Some(format!("damaged: {path}: its payload {digest}: {why}"))
            }
            Self::Absent => Some(format!("not there: {path}")),
            Self::Wrong => Some(format!("wrong: {path} holds other bytes than {digest}")),
        }
    }
}

/// Verifies a file.
pub(crate) fn verify(folder: &OutputFolder, wanted: &PlannedFile) -> Result<FileOutcome> {
    Ok(match folder.state(&wanted.path, wanted.digest)? {
        FileState::Right => FileOutcome::Kept,
        FileState::Wrong => FileOutcome::Wrong,
        FileState::Absent => FileOutcome::Absent,
    })
}

/// Writes a file unless it is right. `copy` writes the payload into a new file.
pub(crate) fn place(
    folder: &OutputFolder,
    number: usize,
    wanted: &PlannedFile,
    copy: impl FnOnce(&mut File) -> Result<CopyOutcome>,
) -> Result<FileOutcome> {
    let before = folder.state(&wanted.path, wanted.digest)?;
    if before == FileState::Right {
        return Ok(FileOutcome::Kept);
    }
    let mut partial = folder.begin(number)?;
    match copy(&mut partial.file)? {
        CopyOutcome::Failed(fault) => return Ok(FileOutcome::Failed(fault)),
        CopyOutcome::Whole => {}
    }
    folder.publish(partial, &wanted.path)?;
    Ok(if before == FileState::Wrong { FileOutcome::Replaced } else { FileOutcome::Written })
}

/// Counts of all outcomes.
#[derive(Debug, Default)]
pub(crate) struct FileCounts {
    paths: Vec<String>,
    kept: u64,
    written: u64,
    replaced: u64,
    missing: u64,
    damaged: u64,
    absent: u64,
    wrong: u64,
}

impl FileCounts {
    pub(crate) fn count(&mut self, path: String, outcome: &FileOutcome) {
        self.paths.push(path);
        *match outcome {
            FileOutcome::Kept => &mut self.kept,
            FileOutcome::Written => &mut self.written,
            FileOutcome::Replaced => &mut self.replaced,
            FileOutcome::Failed(PayloadFault::Missing) => &mut self.missing,
            FileOutcome::Failed(PayloadFault::Damaged(_)) => &mut self.damaged,
            FileOutcome::Absent => &mut self.absent,
            FileOutcome::Wrong => &mut self.wrong,
        } += 1;
    }

    /// Returns the paths of all files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Returns true if nothing was written.
    pub(crate) const fn is_untouched(&self) -> bool {
        self.written == 0 && self.replaced == 0
    }

    /// Describes why the folder is incomplete; `None` if it is complete.
    pub(crate) fn problem(&self) -> Option<String> {
        let is = |count: u64, thing: &str, what: &str| {
            let verb = if count == 1 { "is" } else { "are" };
            (count > 0).then(|| format!("{} {verb} {what}", output::counted(count, thing)))
        };
        let all = [
            is(self.missing, "payload", "missing"),
            is(self.damaged, "payload", "damaged"),
            is(self.absent, "file", "not there"),
            is(self.wrong, "file", "wrong"),
        ];
        let all: Vec<String> = all.into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Describes what was written.
    pub(crate) fn summary(&self) -> String {
        format!(
            "{} written, {} replaced, {} kept",
            output::counted(self.written, "file"),
            output::count(self.replaced),
            output::count(self.kept)
        )
    }

    /// Describes what was verified.
    pub(crate) fn verified(&self) -> String {
        match self.kept {
            0 => "it has no files, and its manifest is right".to_owned(),
            kept => format!("{} and the manifest verified", output::counted(kept, "file")),
        }
    }
}
