//! The interface of readers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fault::RecordFault;
use super::model::{ClassList, Sample};

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
#[derive(Debug)]
pub enum ReadStop {
    /// A record is invalid.
    Bad(RecordFault),
    /// The input cannot be read.
    Unreadable(String),
}

impl From<RecordFault> for ReadStop {
    fn from(fault: RecordFault) -> Self {
        Self::Bad(fault)
    }
}

/// Skipped entries by their kind: the number, and the first one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<&'static str, (u64, String)>);

impl Skipped {
    /// Counts one more entry of a kind.
    pub fn note(&mut self, what: &'static str, which: impl FnOnce() -> String) {
        self.0.entry(what).or_insert_with(|| (0, which())).0 += 1;
    }

    /// Counts more entries of a kind, of which this is the first.
    pub fn count(&mut self, what: &'static str, count: u64, first: String) {
        self.0.entry(what).or_insert((0, first)).0 += count;
    }

    /// Adds entries that were skipped later.
    pub fn add(&mut self, later: Self) {
        for (what, (count, first)) in later.0 {
            self.0.entry(what).or_insert((0, first)).0 += count;
        }
    }

    /// Iterates over the kinds, with the number and the first entry.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u64, &str)> {
        self.0.iter().map(|(what, (count, first))| (*what, *count, first.as_str()))
    }
}
