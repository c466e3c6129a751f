//! The description of a data set: `data.yaml`, the files of Darknet, or none.

use std::collections::BTreeSet;

use super::classes::names_of_lines;
use super::data_file::{DataFile, KeypointShape};
use super::paths::{folder_of, is_image, joined, name_of, parts};
use super::rows::Row;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;

/// The largest data file, in bytes.
const MOST_DATA: u64 = 4 * 1024 * 1024;
/// Fields of `data.yaml` that are no splits.
const NO_SPLITS: [&str; 3] = ["license", "download", "version"];

/// A split as the description names it.
#[derive(Debug)]
pub(super) struct SplitEntry {
    /// The split, in capitals.
    pub split: String,
    /// The folder or the list of its images, as written.
    pub path: String,
    /// True if the field is a split in any case; false if it is one only if the path is in the input.
    pub is_sure: bool,
    /// The field, for messages.
    pub field: String,
}

/// What describes a data set.
#[derive(Debug, Default)]
pub(super) struct Description {
    /// The file; empty if there is none.
    pub file: String,
    /// The folder to which paths are relative, with a slash at its end.
    pub base: String,
    /// `path` of `data.yaml`.
    pub root: Option<String>,
    /// The splits.
    pub splits: Vec<SplitEntry>,
    /// The names of the classes and the file that has them.
    pub names: Option<(Vec<(u64, String)>, String)>,
    /// The data file.
    pub data: Option<DataFile>,
    /// The files that belong to the description.
    pub used: BTreeSet<String>,
}

impl Description {
    /// Finds the description in the files.
    pub(super) fn find(files: &Files) -> Result<Self, RecordFault> {
        let mut description = match (data_file(files)?, darknet_file(files)) {
            (Some(path), _) => Self::of_data_file(files, path)?,
            (None, Some(path)) => Self::of_darknet(files, path)?,
            (None, None) => Self::of_lists(files)?,
        };
        if description.names.is_none() {
            description.names = names_of_files(files, &mut description.used)?;
        }
        Ok(description)
    }

    /// Returns the form of keypoints.
    pub(super) fn keypoints(&self) -> Option<KeypointShape> {
        self.data.as_ref().and_then(|data| data.keypoints)
    }

    fn of_data_file(files: &Files, path: &str) -> Result<Self, RecordFault> {
        let mut data = DataFile::read(path, &files.text(path)?)?;
        let mut splits = Vec::new();
        for (field, texts) in std::mem::take(&mut data.texts) {
            let split = split_named(&field);
            let is_sure = matches!(split.as_str(), "TRAIN" | "VALIDATION" | "TEST");
            if !is_sure && NO_SPLITS.contains(&field.as_str()) {
                data.others.push(field);
                continue;
            }
            for path in texts {
                splits.push(SplitEntry { split: split.clone(), path, is_sure, field: field.clone() });
            }
        }
        // Fields are in any order: an image of two splits is in the first of the usual order.
        splits.sort_by_key(|entry| order_of(&entry.split));
        let names = data.names.take().filter(|names| !names.is_empty());
        Ok(Self {
            file: path.to_owned(),
            base: folder_of(path).to_owned(),
            root: data.root.clone(),
            splits,
            names: names.map(|names| (names, path.to_owned())),
            data: Some(data),
            used: BTreeSet::from([path.to_owned()]),
        })
    }

    /// Reads `obj.data`: lines such as `train = data/train.txt`.
    fn of_darknet(files: &Files, path: &str) -> Result<Self, RecordFault> {
        let text = files.text(path)?;
        let base = folder_of(path).to_owned();
        let mut found = Self { file: path.to_owned(), base, ..Self::default() };
        found.used.insert(path.to_owned());
        for (line, number) in text.lines().zip(1_u64..) {
            let Some((key, value)) = line.split_once('=') else {
                if line.trim().is_empty() || line.trim_start().starts_with('#') {
                    continue;
                }
                let why = format!("expected `key = value`, found {:?}", line.trim());
                return Err(Reason::record(why).at(RecordPlace::FileLine(path.to_owned(), number)));
            };
            let (key, value) = (key.trim(), value.trim());
            match key {
                "names" => {
                    let Some(file) = darknet_path(files, &found.base, value) else {
                        let why = format!("there is no file {value:?} in the input; add it");
                        return Err(Reason::new(key, why).at(RecordPlace::FileLine(path.to_owned(), number)));
                    };
                    found.names = Some((names_of_lines(files, &file)?, file.clone()));
                    found.used.insert(file);
                }
                "classes" | "backup" | "eval" | "results" | "top" | "labels" | "" => {}
                key => {
                    let split = split_named(key);
                    let is_sure = matches!(split.as_str(), "TRAIN" | "VALIDATION" | "TEST");
                    let path = darknet_path(files, &found.base, value).unwrap_or_else(|| value.to_owned());
                    let path = path.strip_prefix(found.base.as_str()).unwrap_or(&path).to_owned();
                    found.splits.push(SplitEntry { split, path, is_sure, field: key.to_owned() });
                }
            }
        }
        found.splits.sort_by_key(|entry| order_of(&entry.split));
        Ok(found)
    }

    /// Finds lists of images at the top, such as `train.txt`.
    fn of_lists(files: &Files) -> Result<Self, RecordFault> {
        let mut found = Self::default();
        for path in files.ending(".txt").filter(|path| !path.contains('/')) {
            let name = path.get(..path.len() - 4).unwrap_or_default();
            let split = split_named(name);
            if matches!(split.as_str(), "TRAIN" | "VALIDATION" | "TEST") && is_list(files, path) {
                let field = path.to_owned();
                found.splits.push(SplitEntry { split, path: path.to_owned(), is_sure: true, field });
            }
        }
        found.splits.sort_by_key(|entry| order_of(&entry.split));
        Ok(found)
    }
}

/// Returns the split of a field.
fn split_named(field: &str) -> String {
    match field.to_ascii_lowercase().as_str() {
        "train" | "training" => "TRAIN".to_owned(),
        "val" | "valid" | "validation" => "VALIDATION".to_owned(),
        "test" | "testing" => "TEST".to_owned(),
        other => other.to_uppercase(),
    }
}

fn order_of(split: &str) -> usize {
    ["TRAIN", "VALIDATION", "TEST"].iter().position(|known| *known == split).unwrap_or(3)
}

/// Returns true if the first line of a file names an image.
fn is_list(files: &Files, path: &str) -> bool {
    let text = files.text(path).unwrap_or_default();
    text.lines().map(str::trim).find(|line| !line.is_empty()).is_some_and(is_image)
}

/// Returns the data file by its content: one with splits, the nearest to the top; of several in one
/// folder `data.yaml`, else `dataset.yaml`.
fn data_file(files: &Files) -> Result<Option<&str>, RecordFault> {
    let (mut found, mut with_splits) = (Vec::new(), Vec::new());
    for path in files.ending(".yaml").chain(files.ending(".yml")) {
        let Some(text) = text_of_data_file(files, path).filter(|text| DataFile::is_like(text)) else {
            continue;
        };
        found.push(path);
        if DataFile::has_splits(&text) {
            with_splits.push(path);
        }
    }
    // The file of a model has the number of classes, too.
    if !with_splits.is_empty() {
        found = with_splits;
    }
    let depth = |path: &str| path.matches('/').count();
    let Some(least) = found.iter().map(|path| depth(path)).min() else { return Ok(None) };
    found.retain(|path| depth(path) == least);
    found.sort_unstable();
    for name in ["data.yaml", "dataset.yaml", "data.yml", "dataset.yml"] {
        let named: Vec<&str> = found.iter().filter(|path| name_of(path) == name).copied().collect();
        if let [one] = named[..]
            && found.iter().all(|path| folder_of(path) == folder_of(one))
        {
            return Ok(Some(one));
        }
    }
    match found[..] {
        [one] => Ok(Some(one)),
        [first, second, ..] => {
            let why = format!(
                "expected one data set, found {first} and {second}; import each of their folders, or name one file"
            );
            Err(Reason::record(why).at(RecordPlace::File(second.to_owned())))
        }
        [] => Ok(None),
    }
}

/// Returns the text of a file if it is small enough for a data file.
pub(super) fn text_of_data_file(files: &Files, path: &str) -> Option<String> {
    let length = files.get(path)?.metadata().ok()?.len();
    if length > MOST_DATA { None } else { files.text(path).ok() }
}

/// Returns the file of Darknet that names the lists: `obj.data`.
pub(super) fn darknet_file(files: &Files) -> Option<&str> {
    let mut found: Vec<&str> = files
        .ending(".data")
        .filter(|path| {
            let text = text_of_data_file(files, path).unwrap_or_default();
            let has = |key: &str| {
                text.lines().any(|line| line.split_once('=').is_some_and(|(found, _)| found.trim() == key))
            };
            has("names") && (has("train") || has("valid") || has("classes"))
        })
        .collect();
    found.sort_by_key(|path| path.matches('/').count());
    found.first().copied()
}

/// Finds a file that Darknet names: its path, or the end of its path.
fn darknet_path(files: &Files, base: &str, value: &str) -> Option<String> {
    let parts = parts(value);
    let below = self::parts(base);
    (0..parts.len()).find_map(|start| {
        let path = joined(below.iter().chain(parts.get(start..)?).copied())?;
        files.get(&path).is_some().then_some(path)
    })
}

/// Returns true for a file with the names of classes, by its name. `labels.txt` is one of MakeSense
/// if it has no labels.
pub(super) fn is_names_file(files: &Files, path: &str) -> bool {
    match name_of(path).to_ascii_lowercase().as_str() {
        "classes.txt" | "_darknet.labels" => true,
        "labels.txt" => {
            let text = text_of_data_file(files, path).unwrap_or_default();
            !text.trim().is_empty() && text.lines().all(|line| Row::read(line).is_err())
        }
        name => name.ends_with(".names"),
    }
}

/// Names by number, and their file.
type NamedBy = (Vec<(u64, String)>, String);

/// Reads the files with the names of classes, one on each line. Several files must be equal.
fn names_of_files(files: &Files, used: &mut BTreeSet<String>) -> Result<Option<NamedBy>, RecordFault> {
    let mut found: Option<NamedBy> = None;
    for path in files.paths().filter(|path| is_names_file(files, path)) {
        let names = names_of_lines(files, path)?;
        used.insert(path.to_owned());
        match &found {
            _ if names.is_empty() => {}
            None => found = Some((names, path.to_owned())),
            Some((before, _)) if *before == names => {}
            Some((_, before)) => {
                let why =
                    format!("expected the classes of {before}, found others; import the folders one by one");
                return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())));
            }
        }
    }
    Ok(found)
}
