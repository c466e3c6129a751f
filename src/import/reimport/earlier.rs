//! Earlier versions of a label that say the same of an earlier version of its image.
//!
//! An image that gets a version gives its labels versions that differ in nothing but their sources. What is
//! said about the newest of them applies to all: training sets have pinned them.

use super::{Compare, RecordContent};
use crate::domain::id::VersionId;
use crate::domain::version::{Content, VersionRecord};
use crate::import::record::name::VersionReference;

impl Compare<'_> {
    /// Returns the versions before a version of a label that have its content, whatever their sources,
    /// and are not known to be wrong, oldest first.
    pub(crate) fn equal_before(&self, version: &VersionRecord) -> Vec<VersionId> {
        let before = self.at.item(&version.item).map_or(&[][..], |item| self.at.history(item));
        let end = before.iter().position(|other| self.at.id(*other) == version.id);
        let before = &before[..end.unwrap_or_default()];
        if before.is_empty() {
            return Vec::new();
        }
        let was = &version.content;
        let lists = match was.ontology {
            None => vec![None],
            Some(list) => self.lists(&VersionReference::of_version(list), &was.attributes),
        };
        let content = Content { sources: Vec::new(), ontology: None, ..was.clone() };
        let content = RecordContent { content, lists };
        let is_equal = |other: &&_| !self.at.is_wrong(**other) && content.is_in(self.at, **other);
        before.iter().filter(is_equal).map(|other| self.at.id(*other)).collect()
    }
}
