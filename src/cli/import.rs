//! `stemma import`: items, versions, training sets, statements and tags from a file, one JSON record a line.
//!
//! A stream of commits: each is written whole or not at all, and each is known by a digest of the file up to its end, so that
//! an import that was broken off goes on where it stopped. The format is described in `docs/import.md`.

mod ahead;
mod cut;
mod fault;
mod lines;
mod lookup;
mod name;
mod reader;
mod record;
mod run;
mod select;
mod shape;
mod translate;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;

use clap::Args;

use self::run::{Job, Report, import};
use super::failure::{Failure, Result};
use super::store::{FEW_RECORDS, Store, runtime};
use super::{out, progress};
use crate::config::Directory;
use crate::domain::principal::Principal;
use crate::domain::rules::MAX_CHANGES;

/// Import records from a file, one JSON object a line
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
    /// The file, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Records of one commit
    #[arg(long, value_name = "RECORDS", default_value_t = 1_000, value_parser = batch)]
    batch: usize,
    /// Who imports: the author of the commits
    #[arg(long, value_name = "NAME", default_value = "local", value_parser = author)]
    author: Principal,
    /// Check the records and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    directory: Directory,
}

const EXAMPLES: &str = r##"Examples:
  stemma import labels.ndjson
  stemma import --dry-run labels.ndjson
  zcat labels.ndjson.gz | stemma import - --data /var/lib/stemma --author nightly

A file looks like this; docs/import.md describes every record:
  {"type":"version","item":"birds/SOURCE/photo-12","attributes":{"camera":"north"}}
  {"type":"version","item":"birds/LABEL/photo-12","attributes":{"class":"wren"},
   "sources":[{"version":"birds/SOURCE/photo-12","role":"LABELS"}]}
  {"type":"training_set","item":"birds/TRAINING_SET/garden",
   "members":[{"version":"birds/LABEL/photo-12"}]}
  {"type":"statement","kind":"CORRECTS","version":"birds/LABEL/photo-12#1",
   "attributes":{"class":"robin"},"reason":"red breast"}
with each record on one line. An import that was broken off goes on when the same command is run
again."##;

impl Import {
    pub(super) fn run(self) -> Result<()> {
        let (input, name, length) = self.open()?;
        let bar = progress::bytes(name.clone(), length);
        let job = Job { name: &name, author: self.author.name(), batch: self.batch, dry_run: self.dry_run };
        let report = runtime()?.block_on(async {
            if self.dry_run && !self.directory.data.is_dir() {
                return import(&job, None, input, &bar).await;
            }
            let store = Store::open(&self.directory, FEW_RECORDS).await?;
            let report = import(&job, Some(&store.ledger), input, &bar).await;
            store.close().await?;
            report
        });
        bar.finish_and_clear();
        out::line(self.summary(&name, &report?))
    }

    fn open(&self) -> Result<(Box<dyn BufRead + Send>, String, Option<u64>)> {
        if self.file.as_os_str() == "-" {
            return Ok((Box::new(BufReader::new(io::stdin())), "standard input".to_owned(), None));
        }
        let name = self.file.display().to_string();
        let file = File::open(&self.file)
            .map_err(|error| Failure::because(format!("cannot read {name}"), &error))?;
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len());
        Ok((Box::new(BufReader::with_capacity(256 * 1024, file)), name, length))
    }

    fn summary(&self, name: &str, report: &Report) -> String {
        let records = out::counted(report.records, "record");
        if self.dry_run {
            return format!("{name}: {records} checked, nothing written.");
        }
        format!(
            "{name}: {records}: {} created in {}, {} already there.",
            out::count(report.created),
            out::counted(report.commits, "commit"),
            out::count(report.there())
        )
    }
}

fn batch(text: &str) -> std::result::Result<usize, String> {
    let fits = |batch: &usize| (1..=MAX_CHANGES).contains(batch);
    text.parse().ok().filter(fits).ok_or_else(|| format!("use a number from 1 to {MAX_CHANGES}"))
}

fn author(text: &str) -> std::result::Result<Principal, String> {
    Principal::named(text).map_err(|error| error.to_string())
}
