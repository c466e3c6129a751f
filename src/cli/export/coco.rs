//! `stemma export coco`: the images and labels of a training set version as COCO.

use clap::Args;
use serde_json::Value;

use super::ExportFrom;
use super::origin::ExportPiece;
use super::target::DocumentTarget;
use crate::cli::shared::failure::Result;
use crate::cli::shared::output::count;

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

An annotation is a pinned LABEL with all its attributes, also those in its payload; its category \
is the attribute class (or category). Its image is what it LABELS. Categories have the ids and \
fields of the class lists that the labels use. What COCO cannot hold is counted in \
info.stemma.leftOut, and printed.";

/// Parts that COCO cannot hold, by their names in `info.stemma.leftOut`.
const LEFT_OUT: [(&str, &str); 7] = [
    ("membersOfOtherKinds", "members that are neither images nor labels"),
    ("labelsWithoutImage", "labels without an image"),
    ("furtherImagesOfLabels", "images of labels after their first one"),
    ("labelsWithRegions", "labels whose shapes are in the field regions only"),
    ("boxesThatAreNotFourNumbers", "boxes that are not four numbers, in stemma.bbox only"),
    ("payloadsOfLabels", "payloads of labels, named in stemma.payload only"),
    ("payloadsTooLargeToRead", "payloads with attributes that are larger than 32 MiB"),
];

impl CocoCommand {
    pub(super) fn run(&self) -> Result<()> {
        self.from.open(async |origin, seq| {
            let piece = ExportPiece::Coco { set: &self.set, split: self.split.as_deref() };
            let ending = self.out.write(origin, &piece, seq).await?;
            report(&ending, |_| true).iter().try_for_each(|line| self.out.detail(line))
        })
    }
}

/// Returns the information about the set, from the end of the document.
pub(super) fn info(ending: &[u8]) -> Value {
    // `info` is the last member, on one line.
    let text = String::from_utf8_lossy(ending);
    let info = text.rsplit_once("\n\"info\":").map_or("", |(_, info)| info);
    serde_json::from_str(info.trim_end().strip_suffix('}').unwrap_or_default()).unwrap_or_default()
}

/// Returns the lines of the report, from the end of the document, with the parts of the wanted names.
pub(super) fn report(ending: &[u8], is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let info = info(ending);
    let stemma = &info["stemma"];
    let mut lines = Vec::new();
    let parts = stemma["leftOut"].as_object().into_iter().flatten();
    for (name, number) in parts.filter(|(name, _)| is_wanted(name)) {
        let what = LEFT_OUT.iter().find(|(known, _)| known == name).map_or(name.as_str(), |(_, what)| what);
        lines.push(format!("left out: {what}: {}", count(number.as_u64().unwrap_or_default())));
    }
    let conflicts = stemma["categories"]["idConflicts"].as_u64().unwrap_or_default();
    if conflicts > 0 {
        lines.push(format!(
            "ids of categories: {} of the classes have another id than in one of their class lists",
            count(conflicts)
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_read_from_the_end_of_the_document() {
        let info = r#"{"description":"d","stemma":{"leftOut":{"labelsWithoutImage":1200,"new":1},"categories":{"idConflicts":2}}}"#;
        let document = format!("e\u{fc},\n\"licenses\":[],\n\"info\":{info}\n}}\n");
        let expected = [
            "left out: labels without an image: 1,200",
            "left out: new: 1",
            "ids of categories: 2 of the classes have another id than in one of their class lists",
        ];
        assert_eq!(report(&document.as_bytes()[2..], |_| true), expected);
        for nothing in ["", "\n\"info\":", "\n\"info\":{}\n}\n"] {
            assert!(report(nothing.as_bytes(), |_| true).is_empty(), "{nothing}");
        }
    }
}
