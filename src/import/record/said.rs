//! The content that a record gives its version: for the comparison with a later record, where a dry run has no
//! version to compare with.

use super::name::VersionReference;
use super::{ImportedClassChange, ImportedClassChangeKind, ImportedVersion, Record};
use crate::domain::id::{Digest, ItemId};
use crate::domain::item::Kind;
use crate::domain::names::reference::Reference;
use crate::import::unstored::{UnstoredContent, UnstoredItems, UnstoredVersion};

impl Record {
    /// Returns the version that the record makes. `is_compared` if later inputs of the command are
    /// compared with it.
    pub(crate) fn unstored(&self, is_compared: bool) -> UnstoredVersion {
        let Self::Version(version) = self else { return UnstoredVersion::default() };
        let is_kept = is_compared && matches!(version.item.0.kind, Kind::Source | Kind::Ontology);
        let content = || UnstoredContent {
            attributes: version.attributes.clone(),
            payload: version.payload,
            media_type: version.media_type.clone(),
        };
        UnstoredVersion {
            said: is_compared.then(|| version.said()),
            content: is_kept.then(content).map(Box::new),
            list: version.ontology.as_ref().and_then(newest_of),
            renames: version.class_changes.iter().filter_map(rename).collect(),
        }
    }
}

impl ImportedVersion {
    /// Returns true if an earlier record of a dry run says the same of the item.
    pub(crate) fn is_said(&self, unstored: &UnstoredItems) -> bool {
        let said = unstored.get(&self.item.0.id()).and_then(|made| made.said);
        said.is_some_and(|said| said == self.said())
    }

    /// Returns the digest of what the record says.
    fn said(&self) -> Digest {
        let text = |reference: &VersionReference| match reference {
            VersionReference::Earlier(name) => format!("@{name}"),
            VersionReference::Reference(_, text) => text.clone(),
            VersionReference::Newest(item) => item.to_string(),
        };
        let mut sources: Vec<(String, &str)> =
            self.sources.iter().map(|source| (text(&source.version), source.role.as_str())).collect();
        sources.sort_unstable();
        let changes: Vec<_> = self.class_changes.iter().map(|change| (&change.from, &change.to)).collect();
        let list = self.ontology.as_ref().map(text);
        let said = (self.payload, &self.media_type, self.attributes.as_str(), list, sources, changes);
        Digest::of(format!("{said:?}").as_bytes())
    }
}

/// Returns the item whose newest version is named.
fn newest_of(reference: &VersionReference) -> Option<ItemId> {
    match reference {
        VersionReference::Newest(item) => Some(*item),
        VersionReference::Reference(Reference::Item { whole: Some(item), split: None }, _) => Some(item.id()),
        _ => None,
    }
}

/// Returns the names of a class that is renamed, from and to.
fn rename(change: &ImportedClassChange) -> Option<(String, String)> {
    let name =
        |classes: &Option<Vec<serde_json::Value>>| Some(classes.as_ref()?.first()?.as_str()?.to_owned());
    let is_rename = change.kind == ImportedClassChangeKind::Rename;
    is_rename.then(|| Some((name(&change.from)?, name(&change.to)?))).flatten()
}
