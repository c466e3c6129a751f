//! Payloads as files of a folder: each is compared by hash, and written if it is missing or wrong.

pub(crate) mod origin;
pub(crate) mod outcome;

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use self::origin::PayloadSource;
use self::outcome::FileCounts;
use super::failure::{Failure, Result};
use super::folder::OutputFolder;
use super::{output, progress};
use crate::domain::id::Digest;

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlannedFile {
    /// The path relative to the folder, with `/` between names.
    pub path: String,
    pub digest: Digest,
    pub size: u64,
}

/// The settings of placing files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placing {
    /// The text of the progress bar.
    pub what: &'static str,
    /// The number of files that are read and written at once.
    pub jobs: usize,
    /// True if nothing is written.
    pub verify: bool,
}

impl Placing {
    /// Writes or verifies every file, several at once.
    pub(crate) async fn all(
        &self,
        folder: &Arc<OutputFolder>,
        origin: &Arc<PayloadSource>,
        files: Vec<PlannedFile>,
    ) -> Result<FileCounts> {
        let bar = progress::bytes(self.what.to_owned(), Some(files.iter().map(|file| file.size).sum()));
        let verify = self.verify;
        let done = stream::iter(files.into_iter().enumerate())
            .map(|(number, wanted)| {
                let (folder, origin) = (Arc::clone(folder), Arc::clone(origin));
                async move {
                    let threads = tokio::runtime::Handle::current();
                    let work = move || {
                        let outcome = if verify {
                            outcome::verify(&folder, &wanted)?
                        } else {
                            outcome::place(&folder, number, &wanted, |file| {
                                origin.copy(&threads, &wanted, file)
                            })?
                        };
                        Ok::<_, Failure>((wanted, outcome))
                    };
                    let ended = tokio::task::spawn_blocking(work).await;
                    ended.map_err(|error| Failure::because("the work on a file stopped", &error))?
                }
            })
            .buffer_unordered(self.jobs)
            .try_fold(FileCounts::default(), |mut counts, (wanted, outcome)| {
                bar.inc(wanted.size);
                if let Some(message) = outcome.message(&wanted) {
                    bar.suspend(|| output::note(message));
                }
                counts.count(wanted.path, &outcome);
                std::future::ready(Ok(counts))
            })
            .await;
        bar.finish_and_clear();
        done
    }
}
