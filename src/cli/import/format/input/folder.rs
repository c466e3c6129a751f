//! Folders: the files of records in them, and if they are records at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::super::formats::Format;
use super::super::table::{self, TableKind};
use super::head::has_records;
use super::unreadable;
use crate::annotations::files::Files;
use crate::annotations::files::archive::IMAGE_ENDINGS;
use crate::cli::shared::failure::{Failure, Result};

/// Returns true if files with the endings of records are records: one is named as a table or begins
/// with a record, or the folder has neither images nor annotations of a tool.
pub(super) fn are_records(tables: &[PathBuf], files: &Files, is_of_tool: bool) -> Result<bool> {
    for table in tables {
        let stem = table.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if TableKind::named(stem).is_some() {
            return Ok(true);
        }
        if table.extension().is_some_and(|ending| ending == "ndjson") {
            let name = table.display().to_string();
            let mut input = File::open(table).map_err(|error| unreadable(&name, &error))?;
            if has_records(&mut input, &name)? {
                return Ok(true);
            }
        }
    }
    let is_image = |path: &str| {
        path.rsplit_once('.')
            .is_some_and(|(_, ending)| IMAGE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
    };
    Ok(!is_of_tool && !files.paths().any(is_image))
}

/// Refuses a table of which a column is in the names of folders.
pub(super) fn refuse_partition(folder: &Path) -> Result<()> {
    let Some(part) = table::partition(folder) else { return Ok(()) };
    let (name, part) = (folder.join(&part).display().to_string(), part.display().to_string());
    let column = part.split('=').next().unwrap_or_default();
    Err(Failure::new(format!(
        "{name} is a partition of a table: the values of the column {column} are in the names of folders"
    ))
    .hint("write the table without partitions, or import its folders one by one with --table"))
}

/// Returns the record files of a folder in the order of [`TableKind::named`].
pub(super) fn tables(folder: &Path, format: Format) -> Result<Vec<PathBuf>> {
    let name = || folder.display().to_string();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&name(), &error))? {
        let path = entry.map_err(|error| unreadable(&name(), &error))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let fits = match ending {
            Some("ndjson") => matches!(format, Format::Auto | Format::Ndjson),
            Some("parquet") => matches!(format, Format::Auto | Format::Parquet),
            _ => false,
        };
        if fits && path.is_file() {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let place = TableKind::named(stem).map_or(usize::MAX, |(place, _)| place);
            found.push((place, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// Returns the table of the rows of a file: the given one, or that of the name of the file or of its
/// folder, such as `versions.parquet/part-0.parquet`.
pub(super) fn table_of(given: Option<&str>, stem: &str, name: &str) -> Result<TableKind> {
    let unknown = || {
        Failure::usage(format!("the table of the rows of {name} is not known"))
            .hint(format!("give it with --table: one of {}", TableKind::names()))
    };
    let folder = Path::new(name).parent().and_then(Path::file_stem).and_then(|stem| stem.to_str());
    let of_folder = || folder.filter(|_| given.is_none()).and_then(TableKind::named);
    let found = TableKind::named(given.unwrap_or(stem)).or_else(of_folder);
    found.map(|(_, table)| table).ok_or_else(unknown)
}
