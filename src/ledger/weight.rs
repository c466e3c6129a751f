//! The memory of records, estimated: what is of a fixed size, and every text and list.

use crate::domain::log::entry::{AssertedRecord, BlobRecord};
use crate::domain::statement::StatementRecord;
use crate::domain::version::{Activity, VersionRecord};
use crate::graph::CommitNote;

/// About what a version takes beside its texts and lists.
pub(super) const VERSION: usize = 640;
/// About what any other record takes beside its texts.
const OTHER: usize = 256;
/// About what a source takes beside its role, and a change of a class.
const ELEMENT: usize = 56;
/// About what an activity takes beside its parameters.
const ACTIVITY: usize = 128;

/// A record whose memory can be estimated.
pub trait Weight {
    /// Returns about how many bytes it takes.
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
