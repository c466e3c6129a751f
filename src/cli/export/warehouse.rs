//! `stemma export warehouse`: all tables as Parquet, in partitions of fixed spans of the log.
//!
//! A full partition never changes, so an export into an existing folder writes only what is new.
//! The last one grows: its files are replaced by files with the old rows and more. The manifest is
//! written last. Decision 017.

mod file;
mod manifest;
mod place;
mod plan;
mod writer;

use std::path::PathBuf;

use clap::Args;

use self::file::MANIFEST;
use self::manifest::WarehouseManifest;
use self::place::{OpenPlace, WarehousePlace};
use self::plan::WarehousePlan;
use self::writer::PartitionWriter;
use super::origin::ExportSource;
use super::{ExportFrom, LineagePart};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::folder::{FileState, OutputFolder};
use crate::cli::shared::output;
use crate::cli::shared::store::runtime;
use crate::domain::id::Seq;

/// All tables as Parquet files in a folder, partitioned by spans of the log; run it again to bring
/// them up to date
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct WarehouseCommand {
    /// The folder to write to; it is created if it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "bucket")]
    dir: Option<PathBuf>,
    /// Write to exports/NAME in the bucket of the payloads, which --blobs names. One run at a time
    #[arg(long, value_name = "NAME", conflicts_with_all = ["dir", "verify"])]
    bucket: Option<String>,
    /// The number of commits in a partition
    #[arg(long, value_name = "COMMITS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    partition: u64,
    /// Write nothing: exits with 0 if the folder holds what its manifest says, with 1 if it does
    /// not, with 3 if that cannot be determined
    #[arg(long, conflicts_with_all = ["of", "as_of", "partition"])]
    verify: bool,
    #[command(flatten)]
    part: LineagePart,
    #[command(flatten)]
    from: ExportFrom,
}

const EXAMPLES: &str = "\
Examples:
  stemma export warehouse --dir ./warehouse
  stemma export warehouse --dir ./tables --server https://stemma.example.org
  stemma export warehouse --dir ./march --as-of 2026-03-01
  stemma export warehouse --dir ./garden --of birds/TRAINING_SET/garden#3
  stemma export warehouse --bucket warehouse --blobs s3://payloads/stemma
  stemma export warehouse --dir ./warehouse --verify

It writes DIR/<table>/first_seq=<seq>/part-0.parquet and, last, DIR/manifest.json. Until it \
ends, a reader uses only rows with seq up to that of the manifest. docs/analytics.md describes \
the tables.";

impl WarehouseCommand {
    pub(super) fn run(&self) -> Result<()> {
        if self.verify {
            return self.check().map_err(Failure::unanswered);
        }
        self.from.open(async |origin, seq| {
            let place = match (&self.dir, &self.bucket) {
                (_, Some(name)) => WarehousePlace::bucket(name, &self.from.store.directory).await?,
                (Some(dir), None) => WarehousePlace::Folder(dir.clone()),
                (None, None) => return Err(Failure::usage("name a folder with --dir")),
            };
            let opened = place.open()?;
            let written = self.fill(&place, &opened, origin, seq).await;
            // Also after a failure: new files are removed, and existing ones are kept.
            let cleared = opened.done();
            written.and_then(|said| cleared.and_then(|()| output::line(said)))
        })
    }

    async fn fill(
        &self,
        place: &WarehousePlace,
        opened: &OpenPlace<'_>,
        origin: &ExportSource,
        seq: Seq,
    ) -> Result<String> {
        let before = WarehouseManifest::read(place).await?;
        let of = self.part.of.as_ref().map(|of| format!("{} {of}", self.part.direction.name()));
        let plan = WarehousePlan::new(seq, self.partition, of);
        if let Some(before) = &before {
            fits(place, origin, before, &plan).await?;
        }
        let log = origin.log(seq).await?;
        let mut writer = PartitionWriter::new(origin, opened, &self.part, seq);
        for span in plan.spans() {
            let kept = match &before {
                Some(before) => before.kept(place, span).await?,
                None => None,
            };
            match kept {
                Some(files) => writer.keep(files),
                None => writer.write(span).await?,
            }
        }
        let (files, written) = writer.publish().await?;
        let manifest = WarehouseManifest::new(&plan, &log, files);
        opened.write_manifest(&manifest.text()?).await?;
        Ok(format!(
            "{}, as of seq {seq}: {} in {}, {} written",
            place.shown(),
            output::counted(manifest.rows(), "row"),
            output::counted(manifest.files.len() as u64, "file"),
            output::count(written)
        ))
    }

    fn check(&self) -> Result<()> {
        let dir =
            self.dir.as_ref().ok_or_else(|| Failure::usage("--verify needs a folder: name it with --dir"))?;
        let folder = OutputFolder::existing(dir)?;
        let place = WarehousePlace::Folder(dir.clone());
        let Some(manifest) = runtime()?.block_on(WarehouseManifest::read(&place))? else {
            return Err(Failure::new(format!("there is no {MANIFEST} in {}", dir.display()))
                .hint("run it without --verify to export"));
        };
        for file in &manifest.files {
            if folder.state(&file.path, file.digest()?)? != FileState::Right {
                let message = format!("{} is missing or differs from {MANIFEST}", file.path);
                return Err(Failure::found(message)
                    .hint("remove it and run the command without --verify: it is written again"));
            }
        }
        let files = output::counted(manifest.files.len() as u64, "file");
        output::line(format_args!("{}, as of seq {}: {files} verified", dir.display(), manifest.seq))
    }
}

/// Checks that an existing export can be brought up to this seq.
async fn fits(
    place: &WarehousePlace,
    origin: &ExportSource,
    before: &WarehouseManifest,
    plan: &WarehousePlan,
) -> Result<()> {
    let refused = |why: String| {
        let message = format!("{} holds another export: {why}", place.shown());
        Err(Failure::new(message).hint("name another place, with --dir or --bucket"))
    };
    if before.of != plan.of || before.partition != plan.partition {
        return refused("it has other partitions or another part of the lineage".to_owned());
    }
    if before.seq > plan.seq.0 {
        return refused(format!("it is of seq {}, later than {}", before.seq, plan.seq));
    }
    match origin.log(Seq(before.seq)).await? {
        log if log.digest == before.log => Ok(()),
        _ => refused(format!("its commit {} is not in this store", before.seq)),
    }
}
