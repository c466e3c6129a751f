//! Batching: the division of an import into commits.
//!
//! Depends on the text of the file alone, never on the store. A commit ends when it is full, and
//! before a record that can be resolved only after the records before it are stored, such as
//! `…/key#2` of an item that the same commit makes a version of.

use std::collections::{HashMap, HashSet};

use super::super::record::name::VersionReference;
use super::super::record::{ImportedStatementKind, Record};
use crate::domain::id::ItemId;
use crate::domain::item::ItemKey;
use crate::domain::names::reference::{Reference, VersionSelector};

/// The most bytes of records in one commit, unless one record alone has more.
pub(crate) const BYTES: usize = 32 * 1024 * 1024;

/// The content of the current batch.
#[derive(Debug)]
pub(crate) struct ImportBatch {
    most: usize,
    records: usize,
    bytes: usize,
    /// Items that get a version, so their head is not stored yet.
    grown: HashSet<ItemId>,
    /// Items that may get one: the text does not determine it.
    perhaps: HashSet<ItemId>,
    /// True if an item gets a version and the text does not determine which.
    unknown: bool,
    tagged: bool,
    /// True if a training set is pinned. Later statements about its members must not be in the same
    /// commit: they would appear to have been known when the set was built.
    pinned: bool,
    named: HashMap<String, ItemId>,
}

impl ImportBatch {
    /// Creates an empty batch of up to `most` records.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            records: 0,
            bytes: 0,
            grown: HashSet::new(),
            perhaps: HashSet::new(),
            unknown: false,
            tagged: false,
            pinned: false,
            named: HashMap::new(),
        }
    }

    /// Returns true if the commit ends before this record of `bytes` bytes.
    pub(crate) fn is_before(&self, record: &Record, bytes: usize) -> bool {
        self.records > 0
            && (self.records >= self.most
                || self.bytes + bytes > BYTES
                || record.selects()
                || (self.pinned && matches!(record, Record::Statement(_)))
                || record.references().any(|named| self.is_open(named)))
    }

    /// Adds a record to the commit.
    pub(crate) fn add(&mut self, record: &Record, bytes: usize) {
        self.records += 1;
        self.bytes += bytes;
        match record {
            Record::Item(item) => self.grow(&item.item.0, item.r#as.as_deref()),
            Record::Version(version) => self.grow(&version.item.0, version.r#as.as_deref()),
            Record::TrainingSet(set) => self.grow(&set.item.0, set.r#as.as_deref()),
            Record::Statement(statement) if statement.kind == ImportedStatementKind::Corrects => {
                self.correct(&statement.version);
            }
            Record::Statement(_) | Record::Tag(_) | Record::Derivation(_) => {}
        }
        self.tagged |= record.tags();
        self.pinned |= matches!(record, Record::TrainingSet(_));
    }

    fn grow(&mut self, key: &ItemKey, name: Option<&str>) {
        self.grown.insert(key.id());
        if let Some(name) = name {
            self.named.insert(name.to_owned(), key.id());
        }
    }

    fn correct(&mut self, version: &VersionReference) {
        match version {
            VersionReference::Earlier(name) => match self.named.get(name) {
                Some(item) => {
                    self.grown.insert(*item);
                }
                None => self.unknown = true,
            },
            VersionReference::Reference(Reference::Item { whole, split }, _) => {
                self.perhaps.extend(whole.iter().chain(split.iter().map(|(key, _)| key)).map(ItemKey::id));
            }
            VersionReference::Newest(item) => drop(self.perhaps.insert(*item)),
            VersionReference::Reference(..) => self.unknown = true,
        }
    }

    /// Returns true if a name depends on records of this commit that are not stored yet.
    fn is_open(&self, named: &VersionReference) -> bool {
        match named {
            VersionReference::Earlier(_) | VersionReference::Reference(Reference::Version(_), _) => false,
            VersionReference::Newest(item) => self.grown.contains(item) || self.perhaps.contains(item),
            VersionReference::Reference(Reference::Prefix(_), _) => {
                self.unknown || !self.grown.is_empty() || !self.perhaps.is_empty()
            }
            VersionReference::Reference(Reference::Item { whole, split }, _) => {
                let touched = |id: &ItemId| self.grown.contains(id) || self.perhaps.contains(id);
                let by_tag = |(key, which): &(ItemKey, VersionSelector)| {
                    touched(&key.id()) || (self.tagged && matches!(which, VersionSelector::Tag(_)))
                };
                let whole = whole.as_ref().map(ItemKey::id);
                let perhaps_here = whole.is_some_and(|id| self.perhaps.contains(&id));
                let head_is_here = whole.is_some_and(|id| self.grown.contains(&id)) && !perhaps_here;
                !head_is_here && (self.unknown || perhaps_here || split.as_ref().is_some_and(by_tag))
            }
        }
    }
}

impl Record {
    /// Returns all versions that the record refers to.
    fn references(&self) -> Box<dyn Iterator<Item = &VersionReference> + '_> {
        match self {
            Self::Item(_) => Box::new(std::iter::empty()),
            Self::Version(version) => Box::new(
                [&version.parent, &version.expect_head, &version.ontology]
                    .into_iter()
                    .flatten()
                    .chain(version.sources.iter().map(|source| &source.version)),
            ),
            Self::TrainingSet(set) => {
                let members = set.members.iter().flatten().map(|member| &member.version);
                let change = set.change.iter().flat_map(|change| {
                    let add = change.add.iter().map(|member| &member.version);
                    std::iter::once(&change.base).chain(add).chain(&change.remove)
                });
                let sources = set.sources.iter().map(|source| &source.version);
                Box::new(members.chain(change).chain(sources).chain(&set.expect_head))
            }
            Self::Statement(statement) => {
                let sources = statement.sources.iter().flatten().map(|source| &source.version);
                let head = &statement.expect_head;
                Box::new(
                    std::iter::once(&statement.version).chain(&statement.ontology).chain(sources).chain(head),
                )
            }
            Self::Tag(tag) => Box::new(std::iter::once(&tag.version).chain(&tag.expect_version)),
            Self::Derivation(derivation) => Box::new([&derivation.derived, &derivation.source].into_iter()),
        }
    }

    /// Returns true if it searches the store.
    fn selects(&self) -> bool {
        matches!(self, Self::TrainingSet(set) if set.select.is_some())
    }

    /// Returns true if it moves tags.
    fn tags(&self) -> bool {
        match self {
            Self::Tag(_) => true,
            Self::Version(version) => !version.tags.is_empty(),
            Self::TrainingSet(set) => !set.tags.is_empty(),
            Self::Item(_) | Self::Statement(_) | Self::Derivation(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
