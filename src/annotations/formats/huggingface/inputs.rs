//! The data files of an input.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use super::parquet::image_column;
use crate::annotations::files::Files;

/// The most bytes of a file that are examined.
const HEAD: u64 = 64 * 1024;

/// The kind of a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataKind {
    JsonLines,
    Csv,
    /// Metadata, with names of images.
    Metadata,
    /// Images in a column.
    Images,
}

/// Returns the data files, with their kinds: files of metadata, else Parquet files with images.
pub(super) fn data_files(files: &Files) -> Vec<(&str, DataKind)> {
    let metadata: Vec<_> = files.paths().filter_map(|path| Some((path, kind_of(path)?))).collect();
    if !metadata.is_empty() {
        return metadata;
    }
    files.ending(".parquet").map(|path| (path, DataKind::Images)).collect()
}

fn kind_of(path: &str) -> Option<DataKind> {
    match path.rsplit('/').next()? {
        "metadata.jsonl" => Some(DataKind::JsonLines),
        "metadata.csv" => Some(DataKind::Csv),
        "metadata.parquet" => Some(DataKind::Metadata),
        _ => None,
    }
}

/// Returns true if the first data file has names of images, or images; or if the files are those of
/// `save_to_disk`, which the reader refuses by name.
pub(super) fn are_known(files: &Files) -> bool {
    let Some((path, kind)) = data_files(files).into_iter().next() else { return is_saved(files) };
    let Some(file) = files.get(path) else { return false };
    match kind {
        DataKind::JsonLines => head(file).is_some_and(|line| {
            line.trim_start_matches('\u{feff}').starts_with('{') && line.contains("file_name")
        }),
        DataKind::Csv => head(file).is_some_and(|line| {
            line.split(',').any(|name| name.trim_matches(['"', '\u{feff}', ' ']).ends_with("file_name"))
        }),
        DataKind::Metadata => super::parquet::columns(file)
            .is_some_and(|names| names.iter().any(|name| name.ends_with("file_name"))),
        DataKind::Images => image_column(file),
    }
}

/// Returns true if the files were written by `save_to_disk`.
pub(super) fn is_saved(files: &Files) -> bool {
    files.ending(".arrow").next().is_some()
        && files.paths().any(|path| path.rsplit('/').next() == Some("dataset_info.json"))
}

/// Returns the first line that is not blank, or its beginning.
fn head(file: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    let mut input = BufReader::new(File::open(file).ok()?.take(HEAD));
    while bytes.trim_ascii().is_empty() {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).ok()? == 0 {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}
