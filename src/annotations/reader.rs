//! The interface of readers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fault::RecordFault;
use super::held::HeldFields;
use super::model::{ClassList, Sample};

/// The note about classes of YOLO that only have a number.
pub const UNNAMED_CLASS: &str =
    "class without a name, whose number is its name (add data.yaml or classes.txt)";
/// The note about images that two splits have.
pub const SECOND_SPLIT: &str = "image that is in a second split (it stays in the first)";
/// The note about splits of the same images.
pub const SAME_SPLIT: &str = "split with the images of another one (they stay in the first)";

/// The note about boxes whose second corner comes first.
pub const EXCHANGED_CORNERS: &str = "exchanged corners of a box, put in order";

/// The beginnings of notes about what is imported nevertheless.
pub const IMPORTED: [&str; 5] =
    [UNNAMED_CLASS, SECOND_SPLIT, SAME_SPLIT, "image found by the name of", EXCHANGED_CORNERS];

/// A reader of one format: returns images with their labels.
///
/// [`classes`](Self::classes) is called once, before the first sample.
pub trait SampleReader: Send {
    /// Returns the classes of the file; an empty list if the format has none.
    ///
    /// # Errors
    /// Returns [`ReadStop`] if the input cannot be read or is not of the format.
    fn classes(&mut self) -> Result<ClassList, ReadStop>;

    /// Takes what the input says about the set as a whole, such as `licenses`. Called after
    /// [`classes`](Self::classes).
    fn about(&mut self) -> Map<String, Value> {
        Map::new()
    }

    /// Returns the fields of labels that the input can hold, by its format and variant (default: every
    /// field). Called after [`classes`](Self::classes).
    fn holds(&self) -> HeldFields {
        HeldFields::All
    }

    /// Returns true if the input has predictions alone: results, which cannot hold ground truth, so
    /// that they do not say which labels an image has (default: false).
    fn is_results(&self) -> bool {
        false
    }

    /// Returns the next sample; `None` at the end. Each image is returned once, with all labels.
    ///
    /// # Errors
    /// Returns [`ReadStop`] if the input cannot be read or is not of the format.
    fn next(&mut self) -> Result<Option<Sample>, ReadStop>;

    /// Calls `note` with the name of the image and the id of each label that has an id, without
    /// reading the labels. Does nothing for formats without ids.
    ///
    /// # Errors
    /// Returns [`ReadStop`] if the input cannot be read or is not of the format.
    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        let _ = note;
        Ok(())
    }

    /// Takes the entries that were skipped since the last call.
    fn skipped(&mut self) -> Skipped {
        Skipped::default()
    }

    /// Returns how much was read, and how much there is, in any unit, for the progress bar.
    fn progress(&self) -> (u64, Option<u64>);
}

/// The reason why reading stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReadStop {
    /// A record is invalid.
    Bad(RecordFault),
    /// The input cannot be read.
    Unreadable(String),
}

impl ReadStop {
    /// Returns the message about the input of this name.
    #[must_use]
    pub fn about(&self, name: &str) -> String {
        match self {
            Self::Bad(fault) => located(name, &fault.to_string()),
            Self::Unreadable(why) => format!("cannot read {name}: {why}"),
        }
    }

    /// Returns the fault and its place, without the name of the input.
    #[must_use]
    pub fn fault(&self) -> String {
        match self {
            Self::Bad(fault) => fault.to_string(),
            Self::Unreadable(why) => why.clone(),
        }
    }
}

impl From<RecordFault> for ReadStop {
    fn from(fault: RecordFault) -> Self {
        Self::Bad(fault)
    }
}

/// Skipped entries by their kind: the number, and the first one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<Cow<'static, str>, (u64, String)>);

impl Skipped {
    /// Counts one more entry of a kind.
    pub fn note(&mut self, what: impl Into<Cow<'static, str>>, which: impl FnOnce() -> String) {
        self.0.entry(what.into()).or_insert_with(|| (0, which())).0 += 1;
    }

    /// Counts more entries of a kind, of which this is the first.
    pub fn count(&mut self, what: impl Into<Cow<'static, str>>, count: u64, first: String) {
        self.0.entry(what.into()).or_insert((0, first)).0 += count;
    }

    /// Adds entries that were skipped later.
    pub fn add(&mut self, later: Self) {
        for (what, (count, first)) in later.0 {
            self.0.entry(what).or_insert((0, first)).0 += count;
        }
    }

    /// Iterates over the kinds, with the number and the first entry.
    pub fn all(&self) -> impl Iterator<Item = (&str, u64, &str)> {
        self.0.iter().map(|(what, (count, first))| (&**what, *count, first.as_str()))
    }
}

/// Returns a fault after the name of its input, which is not repeated if the fault begins with it or
/// with the folder itself.
pub fn located(name: &str, fault: &str) -> String {
    if let Some(rest) = fault.strip_prefix(".: ") {
        return format!("{name}: {rest}");
    }
    let file = Path::new(name).file_name().and_then(|file| file.to_str()).unwrap_or(name);
    match fault.strip_prefix(file).filter(|rest| rest.starts_with([',', ':'])) {
        Some(rest) => format!("{name}{rest}"),
        None => format!("{name}, {fault}"),
    }
}

#[cfg(test)]
mod tests {
    use super::located;

    #[test]
    fn the_name_of_the_input_is_not_repeated() {
        for (name, fault, located_fault) in [
            ("a/z.csv", "z.csv, line 2: why", "a/z.csv, line 2: why"),
            ("z.json", "z.json: why", "z.json: why"),
            ("../yolo", ".: why", "../yolo: why"),
            ("set", "labels/a.txt, line 3: why", "set, labels/a.txt, line 3: why"),
            ("z.json", "z.json2: why", "z.json, z.json2: why"),
            ("coco.json", "images[0], field id: why", "coco.json, images[0], field id: why"),
        ] {
            assert_eq!(located(name, fault), located_fault);
        }
    }
}
