//! `stemma export croissant`: a training set version as MLCommons Croissant, with the table of its
//! members.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::ExportFrom;
use super::origin::{ExportPiece, ExportSource};
use super::target::write_complete;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::folder::refuse_file;
use crate::cli::shared::{output, progress};
use crate::export::Describe;

const TABLE: &str = "members.ndjson";
const DOCUMENT: &str = "croissant.json";

/// A training set version as MLCommons Croissant 1.1: croissant.json, and members.ndjson with one
/// line per member
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CroissantCommand {
    /// The version: namespace/TRAINING_SET/key, or that with @tag, #number or @seq:number;
    /// version:<hex>
    #[arg(value_name = "SET")]
    set: String,
    /// The folder to write to; it is created if it is missing
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The URL of the server that serves the payloads [default: that of --server; without one they
    /// are named by their keys]
    #[arg(long, value_name = "URL")]
    payloads: Option<String>,
    /// Do not list the payloads one by one: members.ndjson has their URLs and hashes
    #[arg(long)]
    no_list: bool,
    /// The URL of the text of the data's licence
    #[arg(long, value_name = "URL")]
    license: Option<String>,
    #[command(flatten)]
    from: ExportFrom,
}

const EXAMPLES: &str = "\
Examples:
  stemma export croissant birds/TRAINING_SET/garden@production --dir ./garden
  stemma export croissant birds/TRAINING_SET/garden#3 --dir ./garden \\
         --payloads https://stemma.example.org \\
         --license https://creativecommons.org/licenses/by/4.0/
  mlcroissant validate --jsonld ./garden/croissant.json";

impl CroissantCommand {
    pub(super) fn run(&self) -> Result<()> {
        self.from.open(async |origin, seq| {
            // Not before the store is found.
            refuse_file(&self.dir)?;
            fs::create_dir_all(&self.dir)
                .map_err(|error| Failure::because(format!("cannot create {}", self.dir.display()), &error))?;
            let server = match origin {
                ExportSource::Server(_) => self.from.store.remote.server.as_ref(),
                ExportSource::Here(_) => None,
            };
            let describe = Describe {
                payloads: self.payloads.as_ref().or(server).cloned(),
                license: self.license.clone(),
                list: !self.no_list,
            };
            let (set, describe) = (self.set.as_str(), &describe);
            let (table, document) = (self.dir.join(TABLE), self.dir.join(DOCUMENT));
            let bar = progress::bytes("exporting".to_owned(), None);
            let members =
                write_complete(origin, &ExportPiece::Members { set, describe }, seq, &table, &bar).await?;
            let described = ExportPiece::Croissant { set, describe, members: TABLE };
            let described = write_complete(origin, &described, seq, &document, &bar).await?;
            bar.finish_and_clear();
            members.name(&table)?;
            described.name(&document)?;
            output::line(format_args!("{}, as of seq {seq}", document.display()))
        })
    }
}
