//! Estimates the memory of records: the fixed size, and every text and list.

use crate::domain::log::entry::{AssertedRecord, BlobRecord};
use crate::domain::statement::StatementRecord;
use crate::domain::version::{Activity, VersionRecord};
use crate::graph::CommitNote;

/// The approximate size of a version without its texts and lists.
pub(super) const VERSION: usize = 640;
/// The approximate size of any other record without its texts.
const OTHER: usize = 256;
/// The approximate size of a source without its role, and of a class change.
const ELEMENT: usize = 56;
/// The approximate size of an activity without its parameters.
const ACTIVITY: usize = 128;

/// A record whose memory can be estimated.
pub trait Weight {
    /// Returns the approximate size in bytes.
    fn weight(&self) -> usize;
}

fn length(text: Option<&String>) -> usize {
    text.map_or(0, String::len)
}

impl Weight for Activity {
    fn weight(&self) -> usize {
        ACTIVITY + self.parameters.as_str().len()
    }
}

impl Weight for VersionRecord {
    fn weight(&self) -> usize {
        let content = &self.content;
        let sources: usize = content.sources.iter().map(|source| ELEMENT + source.role.len()).sum();
        let activity = self.activity.as_ref().map_or(0, Weight::weight);
        let lists = sources + activity + ELEMENT * content.class_changes.len();
        VERSION + content.attributes.as_str().len() + lists + length(self.message.as_ref())
    }
}

impl Weight for StatementRecord {
    fn weight(&self) -> usize {
        let activity = self.activity.as_ref().map_or(0, Weight::weight);
        OTHER + self.reason.len() + activity + length(self.message.as_ref())
    }
}

impl Weight for CommitNote {
    fn weight(&self) -> usize {
        OTHER + self.author.len() + length(self.message.as_ref())
    }
}

impl Weight for AssertedRecord {
    fn weight(&self) -> usize {
        OTHER + self.role.len() + self.reason.len()
    }
}

impl Weight for BlobRecord {
    fn weight(&self) -> usize {
        OTHER
    }
}
