//! Recognition of YOLO data sets.

use super::data_file::DataFile;
use super::description::{darknet_file, is_names_file, text_of_data_file};
use super::paths::{is_image, label_paths, name_of};
use super::results;
use super::rows::Row;
use crate::annotations::files::Files;

/// The label files that are examined.
const EXAMINED: usize = 20;
/// The largest file of labels that is examined, in bytes.
const MOST_LABELS: u64 = 1024 * 1024;

/// Returns true if the files are those of YOLO: `data.yaml` with splits, or names of classes with
/// labels, or images with labels, or predictions.
pub(super) fn recognises(files: &Files) -> bool {
    if files.is_one_file() {
        let path = files.paths().next().filter(|path| is_yaml(path));
        let text = path.and_then(|path| text_of_data_file(files, path));
        return text.is_some_and(|text| DataFile::is_like(&text) && DataFile::has_splits(&text));
    }
    let mut is_described = darknet_file(files).is_some();
    for path in files.paths().filter(|path| is_yaml(path) && path.matches('/').count() < 3) {
        let Some(text) = text_of_data_file(files, path).filter(|text| DataFile::is_like(text)) else {
            continue;
        };
        if DataFile::has_splits(&text) && files.paths().any(|path| is_image(path) || is_text(path)) {
            return true;
        }
        is_described = true;
    }
    is_described |= files.paths().any(|path| is_names_file(files, path));
    let is_result = results::of_files(files).is_some();
    // Other tools have texts next to images too, such as captions.
    let labels: Vec<String> = if is_described || is_result {
        let in_labels = |path: &&str| path.contains("labels/") || is_result || is_beside(files, path);
        let mut texts = files.paths().filter(|path| is_text(path)).filter(in_labels);
        texts.by_ref().take(EXAMINED * 4).map(str::to_owned).collect()
    } else {
        let images = files.paths().filter(|path| is_image(path)).take(EXAMINED * 4);
        images
            .filter_map(|image| label_paths(image).into_iter().find(|path| files.get(path).is_some()))
            .collect()
    };
    are_labels(files, labels.iter().filter(|path| !is_names_file(files, path)))
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

fn is_text(path: &str) -> bool {
    path.ends_with(".txt") && !name_of(path).to_ascii_lowercase().starts_with("readme")
}

/// Returns true if the folder of Darknet's labels has this file.
fn is_beside(files: &Files, path: &str) -> bool {
    let stem = path.trim_end_matches(".txt");
    path.contains("obj_")
        || ["jpg", "JPG", "jpeg", "png", "PNG", "bmp", "tif"]
            .iter()
            .any(|ending| files.get(&format!("{stem}.{ending}")).is_some())
}

/// Returns true if at least one file has lines, and all lines of all files can be labels.
fn are_labels<'p>(files: &Files, paths: impl Iterator<Item = &'p String>) -> bool {
    let mut examined = 0;
    for path in paths {
        let length = files.get(path).and_then(|path| path.metadata().ok()).map_or(0, |meta| meta.len());
        if length == 0 {
            continue;
        }
        if length > MOST_LABELS {
            return false;
        }
        let Ok(text) = files.text(path) else { return false };
        let mut rows = text.lines().map(Row::read).filter(|row| !matches!(row, Ok(None))).peekable();
        if rows.peek().is_none() {
            continue;
        }
        let fits =
            |row: &Row| row.columns() >= 5 && row.numbers.iter().take(4).all(|n| (-0.01..=1.01).contains(n));
        if !rows.all(|row| matches!(row, Ok(Some(row)) if fits(&row))) {
            return false;
        }
        examined += 1;
        if examined == EXAMINED {
            break;
        }
    }
    examined > 0
}
