//! `stemma export warehouse`: all tables as Parquet, in partitions of fixed spans of the log.
//!
//! A partition that is full never changes, so an export into a folder that has one writes only what is new. The last one grows:
//! its files are replaced by files that hold all of their rows and more. The manifest moves last. Decision 017.

mod manifest;
mod plan;
mod writer;

use std::path::PathBuf;

use clap::Args;

use self::manifest::{FILE, Manifest};
use self::plan::Plan;
use self::writer::Writer;
use super::origin::Origin;
use super::{From, Part};
use crate::cli::checkout::folder::{Folder, State};
use crate::cli::failure::{Failure, Result};
use crate::cli::out;
use crate::domain::id::Seq;

/// All tables as Parquet files in a folder, partitioned by spans of the log; run it again to bring them up to date
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Warehouse {
    /// The folder to write to; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// How many commits a partition has
    #[arg(long, value_name = "COMMITS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    partition: u64,
    /// Write nothing: say whether the folder holds what its manifest says, and exit with 1 where it does not
    #[arg(long, conflicts_with_all = ["of", "as_of", "partition"])]
    verify: bool,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    from: From,
}

const EXAMPLES: &str = "\
Examples:
  stemma export warehouse --dir ./warehouse
  stemma export warehouse --dir ./warehouse --server https://stemma.example.org
  stemma export warehouse --dir ./march --as-of 2026-03-01
  stemma export warehouse --dir ./garden --of birds/TRAINING_SET/garden@production
  stemma export warehouse --dir ./warehouse --verify

It writes DIR/<table>/first_seq=<seq>/part-0.parquet and, last, DIR/manifest.json. Whoever reads while it writes keeps
to rows with seq up to the manifest's. docs/analytics.md says what is in the tables.";

impl Warehouse {
    pub(super) fn run(&self) -> Result<()> {
        if self.verify {
            return self.check();
        }
        self.from.open(async |origin, seq| self.write(origin, seq).await)
    }

    async fn write(&self, origin: &Origin, seq: Seq) -> Result<()> {
        let folder = Folder::made(&self.dir)?;
        let before = Manifest::read(&self.dir)?;
        let of = self.part.of.as_ref().map(|of| format!("{} {of}", self.part.direction.name()));
        let plan = Plan::new(seq, self.partition, of);
        if let Some(before) = &before {
            self.fits(origin, before, &plan).await?;
        }
        let log = origin.log(seq).await?;
        let mut writer = Writer::new(origin, &folder, &self.part, seq);
        for span in plan.spans() {
            match before.as_ref().and_then(|before| before.kept(&self.dir, span)) {
                Some(files) => writer.keep(files),
                None => writer.write(span).await?,
            }
        }
        let (files, written) = writer.publish()?;
        let manifest = Manifest::new(&plan, &log, files);
        folder.write_text(FILE, &manifest.text()?)?;
        folder.done()?;
        let dir = self.dir.display();
        out::line(format_args!(
            "{dir}, as of seq {seq}: {} in {}, {} written",
            out::counted(manifest.rows(), "row"),
            out::counted(manifest.files.len() as u64, "file"),
            out::count(written)
        ))
    }

    /// Whether an export that is there can be brought up to this seq.
    async fn fits(&self, origin: &Origin, before: &Manifest, plan: &Plan) -> Result<()> {
        let refused = |why: String| {
            let message = format!("{} holds another export: {why}", self.dir.display());
            Err(Failure::new(message).hint("name another folder with --dir"))
        };
        if before.of != plan.of || before.partition != plan.partition {
            return refused("its partitions or its part of the lineage are others".to_owned());
        }
        if before.seq > plan.seq.0 {
            return refused(format!("of seq {}, which is later than {}", before.seq, plan.seq));
        }
        match origin.log(Seq(before.seq)).await? {
            log if log.digest == before.log => Ok(()),
            _ => refused(format!("its commit {} is not this store's", before.seq)),
        }
    }

    fn check(&self) -> Result<()> {
        let folder = Folder::existing(&self.dir)?;
        let Some(manifest) = Manifest::read(&self.dir)? else {
            return Err(Failure::new(format!("there is no {FILE} in {}", self.dir.display()))
                .hint("run it without --verify to export"));
        };
        for file in &manifest.files {
            if folder.state(&file.path, file.digest()?)? != State::Right {
                let message = format!("{} is missing or another than {FILE} says", file.path);
                return Err(Failure::new(message).hint("run it without --verify: what is missing is written again"));
            }
        }
        let (dir, files) = (self.dir.display(), out::counted(manifest.files.len() as u64, "file"));
        out::line(format_args!("{dir}, as of seq {}: {files} verified", manifest.seq))
    }
}
