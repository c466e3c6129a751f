//! The list of formats.

use clap::ValueEnum;

use super::{coco, images, label_studio};

/// The formats that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Detected from the content.
    Auto,
    /// Records, one JSON object per line.
    Ndjson,
    /// Records, one per row of a Parquet file.
    Parquet,
    /// A COCO annotation file.
    Coco,
    /// A JSON export of Label Studio.
    LabelStudio,
    /// A folder of images.
    Images,
}

impl Format {
    /// Returns true for an export, which is compared with the store.
    pub(crate) const fn is_export(self) -> bool {
        matches!(self, Self::Coco | Self::LabelStudio | Self::Images)
    }

    /// Returns the start of the keys of labels, after the prefix, if missing labels can be
    /// detected.
    pub(crate) const fn labels(self) -> Option<&'static str> {
        match self {
            Self::Coco => Some(coco::LABELS),
            Self::LabelStudio => Some(label_studio::LABELS),
            _ => None,
        }
    }

    /// Returns the name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
            Self::Coco => coco::FORMAT,
            Self::LabelStudio => label_studio::FORMAT,
            Self::Images => images::FORMAT,
        }
    }
}
