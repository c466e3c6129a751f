//! The first bytes of an input: its format, or what it is instead.

use std::io::{self, Read as _};

use super::super::detect::{self, detect};
use super::super::formats::Format;
use super::super::other_content::{OtherContent, other_content};
use super::unreadable;
use crate::annotations::formats;
use crate::cli::shared::failure::{Failure, Result};

/// The bytes that are examined if the format is given.
const FIRST_BYTES: u64 = 64;

/// Returns the format of a file of records. Refuses everything else.
pub(super) fn detected(input: &mut impl io::Read, name: &str) -> Result<Format> {
    let (head, format) = detect(input).map_err(|error| unreadable(name, &error))?;
    match (detect::other(&head), format) {
        // Text in UTF-16 may begin like JSON.
        (Some(other), format) if format != Some(Format::Parquet) => Err(unexpected(name, other)),
        (_, Some(format)) => Ok(format),
        (_, None) => Err(unrecognised(name)),
    }
}

/// Returns the first bytes of a stream, and true if it has records in lines.
pub(super) fn begins_with_records(input: &mut impl io::Read, name: &str) -> Result<(Vec<u8>, bool)> {
    let (head, format) = detect(input).map_err(|error| unreadable(name, &error))?;
    let is_plain = detect::other(&head).is_none();
    Ok((head, is_plain && format == Some(Format::Ndjson)))
}

/// Returns true if a file begins with a record.
pub(super) fn has_records(input: &mut impl io::Read, name: &str) -> Result<bool> {
    let (head, _) = detect(input).map_err(|error| unreadable(name, &error))?;
    Ok(detect::is_record(&head))
}

/// Checks the first bytes of an input of a given format. Returns them.
pub(super) fn given(input: &mut impl io::Read, name: &str, format: Format) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(FIRST_BYTES).read_to_end(&mut head).map_err(|error| unreadable(name, &error))?;
    match other_content(&head).filter(|_| format == Format::Ndjson) {
        Some(other) => Err(unexpected(name, other)),
        None => Ok(head),
    }
}

fn unexpected(name: &str, other: OtherContent) -> Failure {
    Failure::new(format!("expected NDJSON, Parquet or annotations, found that {name} is {}", other.what))
        .hint(other.remedy)
}

/// Returns the failure for an input of no known format.
pub(super) fn unrecognised(name: &str) -> Failure {
    const ARCHIVES: [&str; 4] = [".zip", ".tar", ".tgz", ".gz"];
    let lower = name.to_lowercase();
    if let Some(ending) = ARCHIVES.into_iter().find(|ending| lower.ends_with(ending)) {
        return Failure::new(format!(
            "expected an archive, found that the content of {name} is no {} file",
            &ending[1..]
        ))
        .hint("check the download, or rename the file after what it contains");
    }
    let annotations = formats::FORMATS.iter().map(|format| format.name);
    let names: Vec<&str> = ["ndjson", "parquet"].into_iter().chain(annotations).collect();
    Failure::new(format!("the format of {name} is not recognised"))
        .hint(format!("name it with --format: one of {}; docs/formats describes them", names.join(", ")))
}
