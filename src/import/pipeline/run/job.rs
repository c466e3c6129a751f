//! The settings of one import, and its progress.

use std::collections::HashSet;
use std::path::Path;
use std::sync;

use tokio::sync::Mutex;

use crate::domain::id::{Digest, Seq};
use crate::import::record::naming::ItemNaming;
use crate::import::reimport::ReimportOptions;
use crate::import::samples::PinnedSet;

/// The most characters of a name or a reason in the message of a commit.
const SHOWN: usize = 200;

/// The settings of an import.
pub(crate) struct ImportJob<'a> {
    /// The name of the input for messages.
    pub name: &'a str,
    /// The author of the commits.
    pub author: &'a str,
    /// The number of records per commit.
    pub batch: usize,
    /// True if nothing is written.
    pub dry_run: bool,
    /// The options of the comparison with the store.
    pub reimport: ReimportOptions,
    /// Held from the comparison with the store until the commit, so that imports of one process which
    /// label the same image see each other.
    pub turn: &'a Mutex<()>,
    /// The payloads that a client has uploaded in this import and that a report has counted as stored.
    pub counted: &'a sync::Mutex<HashSet<Digest>>,
    /// The settings of an export; `None` for records.
    pub export: Option<ExportJob<'a>>,
}

impl ImportJob<'_> {
    /// Returns the beginning of the messages of commits of an export: the input without the folders
    /// above it, the namespace, and the reason of corrections.
    pub(super) fn title(&self) -> String {
        let input = Path::new(self.name).file_name().and_then(|name| name.to_str()).unwrap_or(self.name);
        let mut title = format!("import of {}", shortened(input));
        if let Some(export) = &self.export {
            title = format!("{title} ({}) into {}", export.format, export.naming.namespace);
        }
        if let Some(reason) = &self.reimport.corrections {
            title = format!("{title}, corrections: {}", shortened(reason));
        }
        title
    }
}

/// Returns the beginning of a text, without control characters.
fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect()
}

/// The settings of an import of an export.
pub(crate) struct ExportJob<'a> {
    /// The naming of the items, which is the scope of missing ones.
    pub naming: &'a ItemNaming,
    /// The name of the format.
    pub format: &'a str,
    /// True if the input has labels; false for images alone and for predictions, which do not say that
    /// labels are gone.
    pub has_labels: bool,
    /// The training set to pin after this input.
    pub set: Option<&'a PinnedSet>,
    /// The reason for retracting missing labels, if they are retracted.
    pub retract: Option<&'a str>,
    /// True if the input is all that there is, so that what it lacks is gone.
    pub is_whole: bool,
    /// True if more inputs of the same export follow.
    pub is_part: bool,
    /// The seq of the store that the records are made from; `None` without a store.
    pub read_at: Option<Seq>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImportProgress {
    /// The position of the reader.
    pub position: u64,
    /// The number of records that were taken.
    pub records: u64,
}

/// A callback for the progress, which returns false to end the import.
pub(crate) type Progress<'a> = &'a (dyn Fn(ImportProgress) -> bool + Sync);
