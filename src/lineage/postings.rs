//! What a search is served from: columns of attributes and words, and lists of items and commits.
//!
//! Every list is in the order in which things came, so what is visible at a seq is the beginning of it.

use std::collections::{BTreeMap, HashMap};

use super::column::{Column, Lists};
use super::names::Name;
use crate::domain::facts::{ItemNo, VersionFact, VersionNo};
use crate::domain::id::Seq;
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::searchable::words;

/// A commit of an author.
#[derive(Debug, Clone, Copy)]
pub struct Wrote {
    /// The commit.
    pub seq: Seq,
    /// How many versions the author has committed up to and with this one.
    pub versions: u32,
}

/// Lists and columns.
#[derive(Debug, Default)]
pub struct Postings {
    attributes: HashMap<Box<str>, Column>,
    texts: Lists,
    keys: Lists,
    groups: BTreeMap<(Namespace, Kind), Vec<ItemNo>>,
    authors: Vec<Name>,
    by_author: HashMap<Name, Vec<Wrote>>,
}

impl Postings {
    /// The key, sharing its namespace with the other items of its group.
    #[must_use]
    pub fn shared(&self, key: &ItemKey) -> ItemKey {
        let group = self.groups.get_key_value(&(key.namespace.clone(), key.kind));
        group.map_or_else(|| key.clone(), |((namespace, _), _)| key.sharing(namespace))
    }

    /// Adds the next item.
    pub fn add_item(&mut self, item: ItemNo, key: &ItemKey) {
        for word in words(key.key()) {
            self.keys.push(item.0, word.as_bytes());
        }
        self.groups.entry((key.namespace.clone(), key.kind)).or_default().push(item);
    }

    /// Adds the next version.
    pub fn add_version(&mut self, version: VersionNo, fact: &VersionFact) {
        for word in &fact.words {
            self.texts.push(version.0, word.as_bytes());
        }
        for (path, value) in &fact.attributes {
            if !self.attributes.contains_key(path.as_str()) {
                self.attributes.insert(path.as_str().into(), Column::default());
            }
            if let Some(column) = self.attributes.get_mut(path.as_str()) {
                column.push(version.0, value.as_bytes());
            }
            for word in value.text().into_iter().flat_map(words) {
                self.texts.push(version.0, word.as_bytes());
            }
        }
    }

    /// Puts what is new in order, without which no range shows it.
    pub fn settle(&mut self) {
        self.attributes.values_mut().for_each(Column::settle);
        self.texts.settle();
        self.keys.settle();
    }

    /// Adds the next commit, which made so many versions.
    pub fn add_commit(&mut self, seq: Seq, author: Name, versions: u32) {
        self.authors.push(author);
        let wrote = self.by_author.entry(author).or_default();
        let before = wrote.last().map_or(0, |last| last.versions);
        wrote.push(Wrote { seq, versions: before + versions });
    }

    /// The values of an attribute by version; none where no version ever had it.
    #[must_use]
    pub fn attribute(&self, path: &str) -> Option<&Column> {
        self.attributes.get(path)
    }

    /// The words of texts by version.
    #[must_use]
    pub const fn texts(&self) -> &Lists {
        &self.texts
    }

    /// The words of keys by item.
    #[must_use]
    pub const fn keys(&self) -> &Lists {
        &self.keys
    }

    /// The items of each namespace and kind.
    pub fn groups(&self) -> impl Iterator<Item = (&(Namespace, Kind), &[ItemNo])> {
        self.groups.iter().map(|(group, items)| (group, items.as_slice()))
    }

    /// The namespaces in use, in order.
    pub fn namespaces(&self) -> impl Iterator<Item = &Namespace> {
        let mut last = None;
        self.groups.keys().map(|(namespace, _)| namespace).filter(move |namespace| {
            let new = last != Some(*namespace);
            last = Some(*namespace);
            new
        })
    }

    /// Who made a commit.
    #[must_use]
    pub fn author(&self, seq: Seq) -> Option<Name> {
        self.authors.get(usize::try_from(seq.0.checked_sub(1)?).ok()?).copied()
    }

    /// The commits of an author up to a seq.
    #[must_use]
    pub fn written_by(&self, author: Name, seq: Seq) -> &[Wrote] {
        let all = self.by_author.get(&author).map_or(&[][..], Vec::as_slice);
        &all[..all.partition_point(|wrote| wrote.seq <= seq)]
    }
}
