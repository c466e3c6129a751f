//! `stemma export annotations`: a training set version in the format of a labelling tool or of a
//! trainer.
//!
//! The set is exported as COCO, which has all that its labels say, and is written from there by the
//! writer of the format. The images follow, so that an interrupted run is simply repeated.

mod folder;
mod source;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use tempfile::NamedTempFile;
use tokio::runtime::Handle;

use self::folder::FolderOutput;
use self::source::SetDocument;
use super::ExportFrom;
use super::coco::report;
use super::origin::{ExportPiece, ExportSource};
use crate::annotations::formats::regions::divided;
use crate::annotations::formats::{self, AnnotationFormat, WriterOptions, variants};
use crate::annotations::model::ImageBytes;
use crate::annotations::reader::Skipped;
use crate::annotations::writer::SampleWriter;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::folder::OutputFolder;
use crate::cli::shared::output;
use crate::cli::shared::placing::origin::{CopyOutcome, PayloadSource};
use crate::cli::shared::placing::outcome::FileCounts;
use crate::cli::shared::placing::{Placing, PlannedFile};
use crate::cli::shared::progress;
use crate::cli::shared::store_options::OpenedStore;
use crate::domain::id::{Digest, Seq};

/// The images and labels of a training set version in the format of a tool
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AnnotationsCommand {
    /// The version: namespace/TRAINING_SET/key, or that with @tag, #number or @seq:number;
    /// version:<hex>
    #[arg(value_name = "SET")]
    set: String,
    /// The format to write
    #[arg(long, value_parser = formats(), value_name = "FORMAT")]
    format: &'static AnnotationFormat,
    /// The variant of the format, such as segment of yolo; default: the one that the labels need
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// The folder to write to; it is created if it is missing
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Only this split; the classes are those of the complete set
    #[arg(long, value_name = "SPLIT")]
    split: Option<String>,
    /// Leave out the images, and write only the labels
    #[arg(long)]
    no_images: bool,
    /// The number of images to read and write at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    #[command(flatten)]
    from: ExportFrom,
}

const EXAMPLES: &str = "\
Examples:
  stemma export annotations birds/TRAINING_SET/garden --format yolo \\
         --dir ./garden
  stemma export annotations birds/TRAINING_SET/garden@production \\
         --format voc --split TRAIN --dir ./train --no-images

What a format cannot hold is counted and printed. docs/formats describes the formats and their \
variants. Run it again to continue after an interruption: correct files are kept.";

/// Returns the parser of formats that can be written.
fn formats() -> impl TypedValueParser<Value = &'static AnnotationFormat> {
    let written = formats::FORMATS.iter().filter(|format| format.writer.is_some());
    let names = written.map(|format| PossibleValue::new(format.name).help(format.title));
    PossibleValuesParser::new(names.collect::<Vec<_>>())
        .try_map(|name| formats::named(&name).ok_or_else(|| format!("there is no format {name}")))
}

/// What was written, besides files of images.
#[derive(Default)]
struct Written {
    images: u64,
    labels: u64,
    left_out: Skipped,
    notes: Vec<String>,
    planned: Vec<PlannedFile>,
}

impl AnnotationsCommand {
    pub(super) fn run(&self) -> Result<()> {
        self.from.open_store(async |store, origin, seq| {
            let payloads = match store {
                OpenedStore::Here(store) => PayloadSource::Store(Arc::clone(&store.blobs)),
                OpenedStore::Server(server) => PayloadSource::Server(server.clone()),
            };
            self.write(origin, payloads, seq).await
        })
    }

    async fn write(&self, origin: &ExportSource, payloads: PayloadSource, seq: Seq) -> Result<()> {
        let writer = self.writer()?;
        let piece = ExportPiece::Coco { set: &self.set, split: self.split.as_deref() };
        let bar = progress::bytes("reading the set".to_owned(), None);
        let document = SetDocument::fetch(origin, &piece, seq, &bar).await;
        bar.finish_and_clear();
        let document = document?;
        let folder = Arc::new(OutputFolder::made(&self.dir)?);
        let mut out = FolderOutput::new(&folder);
        // Writers wait for disks, and some for images.
        let written = tokio::task::block_in_place(|| self.labels(writer, &document, &mut out, &payloads))?;
        let placing = Placing { what: "writing images", jobs: usize::from(self.jobs), verify: false };
        let counts = placing.all(&folder, &Arc::new(payloads), written.planned).await?;
        report_others(&folder, &self.dir, out.paths().chain(counts.paths()))?;
        if let Some(problem) = counts.problem() {
            return Err(Failure::found(format!("{} is incomplete: {problem}", self.dir.display())).hint(
                "the files that are there are correct; restore the missing payloads and run it again",
            ));
        }
        folder.done()?;
        output::line(format_args!(
            "{}: {} and {} as {}, as of seq {seq}",
            self.dir.display(),
            output::counted(written.images, "image"),
            output::counted(written.labels, "label"),
            self.format.title,
        ))?;
        report(document.ending(), |part| part != "labelsWithRegions")
            .iter()
            .try_for_each(|line| output::line(format_args!("  {line}")))?;
        for (what, count, first) in written.left_out.all() {
            let first = if count == 1 {
                first.to_owned()
            } else {
                format!("{}, the first is {first}", output::counted(count, "time"))
            };
            output::line(format_args!("  left out: {what}, {first}"))?;
        }
        written.notes.iter().try_for_each(|note| output::line(format_args!("  note: {note}")))?;
        output::line(format_args!("  other files: {}", out.summary()))?;
        report_images(&counts)
    }

    /// Writes everything but the images.
    fn labels(
        &self,
        mut writer: Box<dyn SampleWriter>,
        document: &SetDocument,
        out: &mut FolderOutput<'_>,
        payloads: &PayloadSource,
    ) -> Result<Written> {
        let mut reader = document.reader()?;
        let classes = reader.classes().map_err(source::unreadable)?;
        let mut written = Written::default();
        writer.begin(&document.info, &classes, &mut written.left_out, out)?;
        while let Some(sample) = reader.next().map_err(source::unreadable)? {
            written.images += 1;
            written.labels += sample.labels.len() as u64;
            let mut sample = divided(self.format, sample, &mut written.left_out);
            let payload = document.payload(&sample.image).filter(|_| !self.no_images);
            if !self.no_images && payload.is_none() {
                written.left_out.note("image without bytes in the store", || sample.image.name.clone());
            }
            let path = writer.sample_path(&sample);
            let within = payload.filter(|_| writer.has_images_within());
            let copy = within.map(|payload| copied(payloads, &sample.image.name, payload)).transpose()?;
            if let Some(copy) = &copy {
                sample.image.bytes = ImageBytes::Path(copy.path().to_owned());
            }
            writer.sample(&sample, &mut written.left_out, out)?;
            if let (Some(path), Some((digest, size))) = (path, payload) {
                folder::check(&path)?;
                written.planned.push(PlannedFile { path, digest, size });
            }
        }
        writer.end(&written.left_out, out)?;
        written.notes = writer.notes();
        Ok(written)
    }

    fn writer(&self) -> Result<Box<dyn SampleWriter>> {
        if let Some(variant) = &self.variant {
            variants::check(self.format, variant, true)
                .map_err(|why| Failure::usage(format!("--variant: {why}")))?;
        }
        let new = self
            .format
            .writer
            .ok_or_else(|| Failure::usage(format!("the format {} can only be read", self.format.name)))?;
        Ok(new(&WriterOptions { variant: self.variant.clone() }))
    }
}

/// Copies the bytes of an image to a temporary file.
fn copied(payloads: &PayloadSource, name: &str, (digest, size): (Digest, u64)) -> Result<NamedTempFile> {
    let failed = |error: std::io::Error| {
        Failure::because("cannot write a temporary file", &error)
            .hint("check the free disk space, or set TMPDIR")
    };
    let mut file = NamedTempFile::new().map_err(failed)?;
    let wanted = PlannedFile { path: name.to_owned(), digest, size };
    match payloads.copy(&Handle::current(), &wanted, file.as_file_mut())? {
        CopyOutcome::Whole => Ok(file),
        CopyOutcome::Failed(fault) => Err(Failure::found(format!("{name}: {}", fault.line(digest)))
            .hint("restore the payload and run it again, or use --no-images")),
    }
}

/// Reports files that are not part of the export. They are not changed, and a trainer may read them.
fn report_others<'a>(folder: &OutputFolder, dir: &Path, ours: impl Iterator<Item = &'a str>) -> Result<()> {
    let others = folder.others(ours)?;
    if let Some(first) = others.first() {
        output::note(format_args!(
            "note: {} in {} that {} not part of this export, such as {first}: left unchanged",
            output::counted(others.len() as u64, "file"),
            dir.display(),
            if others.len() == 1 { "is" } else { "are" },
        ));
    }
    Ok(())
}

fn report_images(counts: &FileCounts) -> Result<()> {
    if counts.paths().next().is_none() {
        return Ok(());
    }
    output::line(format_args!("  images: {}", counts.summary()))
}
