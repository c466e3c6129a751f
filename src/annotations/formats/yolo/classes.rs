//! The classes: their names by number.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::data_file::DataFile;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::model::{Class, ClassList};
use crate::annotations::reader::{Skipped, UNNAMED_CLASS};

/// The class field with the form of keypoints, as `data.yaml` has it.
pub(super) const KPT_SHAPE: &str = "kpt_shape";
/// The class field with the keypoints that are exchanged when an image is mirrored.
pub(super) const FLIP_IDX: &str = "flip_idx";
/// The class field with the names of keypoints, as COCO names it.
pub(super) const KEYPOINT_NAMES: &str = "keypoints";

/// The most classes of a set without names.
const MOST_CLASSES: usize = 100_000;

/// The classes by number.
#[derive(Debug, Default)]
pub(super) struct ClassNumbers {
    /// The class list, by number.
    pub list: ClassList,
    /// The name of each number; `None` if its name is that of an earlier number.
    names: HashMap<u64, Result<String, u64>>,
    /// The number from which on there are no classes; `None` if the numbers are the names.
    end: Option<u64>,
    /// The file of the names, for messages.
    file: String,
}

impl ClassNumbers {
    /// Creates the classes from names. `data` adds the fields of keypoints.
    pub(super) fn named(
        mut names: Vec<(u64, String)>,
        file: &str,
        data: Option<&DataFile>,
        skipped: &mut Skipped,
    ) -> Result<Self, RecordFault> {
        names.sort_by_key(|(number, _)| *number);
        let mut classes = Self { file: file.to_owned(), ..Self::default() };
        classes.end = Some(names.last().map_or(0, |(number, _)| number + 1));
        let mut first: HashMap<String, u64> = HashMap::new();
        for (number, name) in names {
            if name.trim().is_empty() {
                let why = format!("expected the name of class {number}, found an empty text; write a name");
                return Err(Reason::new("names", why).at(RecordPlace::File(file.to_owned())));
            }
            if let Some(before) = first.get(&name) {
                skipped.note("class with the name of another class, which no label may use", || {
                    format!("{file}: {number} ({name})")
                });
                classes.names.insert(number, Err(*before));
                continue;
            }
            first.insert(name.clone(), number);
            classes.names.insert(number, Ok(name.clone()));
            let fields = data.map(|data| keypoint_fields(data, number)).unwrap_or_default();
            classes.list.classes.push(Class { name, id: Some(number.into()), fields });
        }
        Ok(classes)
    }

    /// Creates the classes of a set without names: the numbers that occur.
    pub(super) fn numbers(
        numbers: &BTreeSet<u64>,
        data: Option<&DataFile>,
        skipped: &mut Skipped,
    ) -> Result<Self, Reason> {
        if numbers.len() > MOST_CLASSES {
            return Err(Reason::record(format!(
                "expected at most {MOST_CLASSES} classes without names, found more; give their names in data.yaml"
            )));
        }
        let mut classes = Self::default();
        for number in numbers {
            skipped.note(UNNAMED_CLASS, || number.to_string());
            let fields = data.map(|data| keypoint_fields(data, *number)).unwrap_or_default();
            classes.list.classes.push(Class { name: number.to_string(), id: Some((*number).into()), fields });
        }
        Ok(classes)
    }

    /// Returns the name of a number.
    pub(super) fn name(&self, number: u64) -> Result<String, Reason> {
        let Some(end) = self.end else { return Ok(number.to_string()) };
        match self.names.get(&number) {
            Some(Ok(name)) => Ok(name.clone()),
            Some(Err(before)) => Err(Reason::new(
                "class",
                format!(
                    "class {number} has the same name as class {before} in {}; labels refer to classes by \
                     name, so rename one",
                    self.file
                ),
            )),
            None => Err(Reason::new(
                "class",
                format!(
                    "expected a class of {}, which has {} classes with numbers below {end}, found {number}; add \
                     its name",
                    self.file,
                    self.names.len()
                ),
            )),
        }
    }
}

/// Returns the fields of keypoints of a class.
fn keypoint_fields(data: &DataFile, number: u64) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Some(shape) = data.keypoints.filter(|_| !data.is_made) {
        fields.insert(KPT_SHAPE.to_owned(), json!([shape.points, shape.numbers]));
    }
    if let Some(flip) = &data.flip {
        fields.insert(FLIP_IDX.to_owned(), json!(flip));
    }
    if let Some(names) = data.keypoint_names.get(&number) {
        fields.insert(KEYPOINT_NAMES.to_owned(), json!(names));
    }
    fields
}

/// Reads names from a file with one on each line.
pub(super) fn names_of_lines(files: &Files, path: &str) -> Result<Vec<(u64, String)>, RecordFault> {
    let text = files.text(path)?;
    let lines = text.trim_end().lines().zip(0_u64..);
    lines
        .map(|(line, number)| {
            let name = line.trim();
            if name.is_empty() {
                let why =
                    "expected the name of a class, found an empty line; write a name, or remove the line";
                return Err(Reason::record(why).at(RecordPlace::FileLine(path.to_owned(), number + 1)));
            }
            Ok((number, name.to_owned()))
        })
        .collect()
}
