//! The formats of an import and their names.

use clap::builder::PossibleValue;
use clap::builder::TypedValueParser;

use crate::annotations::formats::{self, AnnotationFormat};

/// The formats that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Detected from the content.
    Auto,
    /// Records, one JSON object per line.
    Ndjson,
    /// Records, one per row of a Parquet file.
    Parquet,
    /// Annotations, which are compared with the store.
    Samples(&'static AnnotationFormat),
}

impl Format {
    /// Returns the name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
            Self::Samples(format) => format.name,
        }
    }

    /// Returns the parser of names.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        let records = [
            PossibleValue::new("auto").help("Detected from the content"),
            PossibleValue::new("ndjson").help("Records, one JSON object per line"),
            PossibleValue::new("parquet").help("Records, one per row of a Parquet file"),
        ];
        let samples =
            formats::FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.title));
        let names: Vec<PossibleValue> = records.into_iter().chain(samples).collect();
        clap::builder::PossibleValuesParser::new(names).map(|name| Self::named(&name))
    }

    fn named(name: &str) -> Self {
        match name {
            "ndjson" => Self::Ndjson,
            "parquet" => Self::Parquet,
            name => formats::named(name).map_or(Self::Auto, Self::Samples),
        }
    }
}
