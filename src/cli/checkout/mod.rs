//! `stemma checkout`: writes the payloads and labels of a training set version to a folder.
//!
//! A GraphQL client (`set.graphql`) that also reads payloads, from the blob store or from a
//! server's `/blobs`. Existing files are compared by hash, so an interrupted run is simply
//! repeated.

mod manifest;
mod names;
mod plan;
mod set;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use self::manifest::CheckoutManifest;
use self::names::{SUMMARY, TABLE};
use self::plan::CheckoutPlan;
use super::shared::client::Client;
use super::shared::failure::{Failure, Result};
use super::shared::folder::{FileState, OutputFolder};
use super::shared::moment::{self, MomentArg};
use super::shared::output;
use super::shared::placing::Placing;
use super::shared::placing::origin::PayloadSource;
use super::shared::placing::outcome::FileCounts;
use super::shared::store::runtime;
use super::shared::store_options::{OpenedStore, StoreOptions};

/// Write the images and labels of a training set version to a folder
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Checkout {
    /// The version: namespace/TRAINING_SET/key, or that with @tag, #number or @seq:number;
    /// version:<hex>
    #[arg(value_name = "SET")]
    set: String,
    /// The folder to write to; it is created if it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write nothing: exits with 0 if the folder holds what it should, with 1 if it does not, with
    /// 3 if that cannot be determined
    #[arg(long)]
    verify: bool,
    /// Resolve the name at an earlier moment: a seq, a time (RFC 3339), or a date, which is its first
    /// instant in UTC
    #[arg(long, value_name = "SEQ|TIME")]
    as_of: Option<MomentArg>,
    /// The number of files to read and write at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    #[command(flatten)]
    store: StoreOptions,
}

const EXAMPLES: &str = "\
Examples:
  stemma checkout birds/TRAINING_SET/garden ./garden
  stemma checkout birds/TRAINING_SET/garden ./garden \\
         --server https://stemma.example.org
  stemma checkout digits/TRAINING_SET/digits ./digits --data ./stemma-demo
  stemma checkout birds/TRAINING_SET/garden@production ./garden --verify

It writes DIR/<split>/<namespace>/<KIND>/<key>, manifest.ndjson with a line for each member, and \
manifest.json when every file is there. Run it again to continue after an interruption: correct \
files are kept.";

impl Checkout {
    pub(super) fn run(self) -> Result<()> {
        let verify = self.verify;
        self.check_out().map_err(|failure| if verify { failure.unanswered() } else { failure })
    }

    fn check_out(self) -> Result<()> {
        runtime()?.block_on(self.store.read(async |store| {
            let origin = match store {
                OpenedStore::Here(store) => PayloadSource::Store(Arc::clone(&store.blobs)),
                OpenedStore::Server(server) => PayloadSource::Server(server.clone()),
            };
            self.write(&store.client()?, origin).await
        }))
    }

    async fn write(&self, client: &Client, origin: PayloadSource) -> Result<()> {
        let read_at = moment::read_at(client, self.as_of.as_ref()).await?;
        let set = set::find(client, &read_at, &self.set).await?;
        let members = set::members(client, &read_at, &set).await?;
        let plan = CheckoutPlan::new(members)?;
        let manifest = CheckoutManifest::of(&set, &plan)?;
        let folder = Arc::new(if self.verify {
            OutputFolder::existing(&self.folder)?
        } else {
            OutputFolder::made(&self.folder)?
        });
        let counts = self.placing().all(&folder, &Arc::new(origin), plan.files).await?;
        self.report_others(&folder, &counts)?;
        self.finish(&folder, &manifest, &counts)
    }

    fn placing(&self) -> Placing {
        Placing { what: "checking out", jobs: usize::from(self.jobs), verify: self.verify }
    }

    /// Reports files that belong to no member. They are not changed.
    fn report_others(&self, folder: &OutputFolder, counts: &FileCounts) -> Result<()> {
        let others = folder.others(counts.paths().chain([TABLE, SUMMARY]))?;
        if let Some(first) = others.first() {
            output::note(format_args!(
                "note: {} in {} that {} not part of this set, such as {first}: left unchanged",
                output::counted(others.len() as u64, "file"),
                self.folder.display(),
                if others.len() == 1 { "is" } else { "are" },
            ));
        }
        Ok(())
    }

    /// Writes or verifies the manifests. They are last, so that all files of `manifest.json` exist.
    fn finish(&self, folder: &OutputFolder, manifest: &CheckoutManifest, counts: &FileCounts) -> Result<()> {
        let (name, at) = (&manifest.name, self.folder.display());
        if let Some(problem) = counts.problem() {
            if !self.verify {
                folder.forget(SUMMARY)?;
            }
            let failure = Failure::found(format!("{name} is incomplete in {at}: {problem}"));
            return Err(failure.hint(if self.verify {
                "run it without --verify: correct files are kept"
            } else {
                "the files that are there are correct; restore the missing payloads and run it again"
            }));
        }
        if self.verify {
            for (file, text) in manifest.files() {
                if folder.state_of_text(file, text)? != FileState::Right {
                    let message = format!("{name} is incomplete in {at}: {file} is missing or different");
                    return Err(
                        Failure::found(message).hint("run it without --verify: correct files are kept")
                    );
                }
            }
            return output::line(format_args!("{name} is in {at}: {}", counts.verified()));
        }
        let mut renewed = false;
        for (file, text) in manifest.files() {
            renewed |= folder.write_text(file, text)?;
        }
        folder.done()?;
        if counts.is_untouched() && !renewed {
            return output::line(format_args!("{name} is in {at} already: {}", counts.verified()));
        }
        output::line(format_args!("{name} is in {at}: {}", counts.summary()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::shared::payloads::PayloadFault;
    use crate::cli::shared::placing::outcome::FileOutcome;

    #[test]
    fn a_payload_that_is_missing_makes_the_checkout_a_failure() {
        let mut counts = FileCounts::default();
        counts.count("a".to_owned(), &FileOutcome::Kept);
        assert_eq!((counts.problem(), counts.is_untouched()), (None, true));
        counts.count("b".to_owned(), &FileOutcome::Failed(PayloadFault::Missing));
        assert_eq!(counts.problem().as_deref(), Some("1 payload is missing"));
    }
}
