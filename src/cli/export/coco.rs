//! `stemma export coco`: the images and labels of a training set version as COCO.

use clap::Args;

use super::ExportFrom;
use super::origin::ExportPiece;
use super::target::DocumentTarget;
use crate::cli::shared::failure::Result;

/// The images and labels of a training set version as one COCO document
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CocoCommand {
    /// The version: namespace/TRAINING_SET/key, or that with @tag, #number or @seq:number;
    /// version:<hex>
    #[arg(value_name = "SET")]
    set: String,
    /// Only this split; the ids of categories are those of the complete set
    #[arg(long, value_name = "SPLIT")]
    split: Option<String>,
    /// The file to write; - is the standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: DocumentTarget,
    #[command(flatten)]
    from: ExportFrom,
}

const EXAMPLES: &str = "\
Examples:
  stemma export coco birds/TRAINING_SET/garden --split TRAIN --out train.json
  stemma export coco digits/TRAINING_SET/ink --data ./stemma-demo

An annotation is a pinned LABEL: its attributes class (or category), bbox, segmentation, area \
and iscrowd. Its image is what it LABELS, with the attributes file_name, width and height.";

impl CocoCommand {
    pub(super) fn run(&self) -> Result<()> {
        self.from.open(async |origin, seq| {
            let piece = ExportPiece::Coco { set: &self.set, split: self.split.as_deref() };
            self.out.write(origin, &piece, seq).await
        })
    }
}
