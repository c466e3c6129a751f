//! Search lists: columns of attributes and words, and lists of items and commits.
//!
//! Every list is in commit order, so the part that is visible at a seq is a prefix.

use std::collections::{BTreeMap, HashMap};

use super::Added;
use super::containers::column::{Column, Lists};
use super::names::NameNo;
use crate::domain::id::Seq;
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::log::facts::{Facts, VersionFact};
use crate::domain::numbers::ItemNo;
use crate::domain::search::searchable::Keyed;
use crate::domain::search::words::words;

/// A commit of an author.
#[derive(Debug, Clone, Copy)]
pub struct Wrote {
    /// The commit.
    pub seq: Seq,
    /// The number of versions that the author has committed up to and with this one.
    pub versions: u32,
}

/// The number of holders from which on the words of a value are cached.
const OFTEN: usize = if cfg!(test) { 2 } else { 8 };

/// The values at one path.
#[derive(Debug)]
struct AttributeColumn {
    path: Box<str>,
    column: Column,
    /// The words of frequent values.
    often: HashMap<u32, Box<[u32]>>,
}

/// Lists and columns.
#[derive(Debug, Default)]
pub struct Postings {
    columns: Vec<AttributeColumn>,
    places: HashMap<Box<str>, usize>,
    /// The columns of the version that was added last, in the order of its paths.
    usual: Vec<usize>,
    /// A buffer for the key of a value.
    key: Vec<u8>,
    texts: Lists,
    keys: Lists,
    groups: BTreeMap<(Namespace, Kind), Vec<ItemNo>>,
    authors: Vec<NameNo>,
    by_author: HashMap<NameNo, Vec<Wrote>>,
}

impl Postings {
    /// Adds the items and versions of the next commit.
    pub(in crate::lineage) fn add<T: AsRef<str>, V: Keyed>(&mut self, added: &Added, facts: &Facts<T, V>) {
        for (item, key) in (added.items..).zip(&facts.items) {
            self.add_item(ItemNo(item), key);
        }
        for (version, fact) in (added.versions..).zip(&facts.versions) {
            self.add_version(version, fact);
        }
        self.add_commit(added, u32::try_from(facts.versions.len()).unwrap_or(u32::MAX));
    }

    fn add_item(&mut self, item: ItemNo, key: &ItemKey) {
        for word in words(key.key()) {
            self.keys.push(item.0, word.as_bytes());
        }
        self.groups.entry((key.namespace.clone(), key.kind)).or_default().push(item);
    }

    fn add_version<T: AsRef<str>, V: Keyed>(&mut self, version: u32, fact: &VersionFact<T, V>) {
        // A log may contain words that were stored before texts were normalised.
        for word in fact.words.iter().flat_map(|word| words(word.as_ref())) {
            self.texts.push(version, word.as_bytes());
        }
        for (place, (path, value)) in fact.attributes.iter().enumerate() {
            let column = self.column(place, path.as_ref());
            let value = value.bytes();
            self.key.clear();
            value.extend(&mut self.key);
            let AttributeColumn { column, often, .. } = &mut self.columns[column];
            let number = column.push(version, &self.key);
            let Some(text) = value.text() else { continue };
            let count = column.lists().count(number);
            if let Some(known) = often.get(&number).filter(|_| count > OFTEN) {
                known.iter().for_each(|word| self.texts.push_known(version, *word));
                continue;
            }
            let texts = &mut self.texts;
            let numbers = words(text).map(|word| texts.push(version, word.as_bytes()));
            if count == OFTEN {
                often.insert(number, numbers.collect());
            } else {
                numbers.for_each(drop);
            }
        }
    }

    /// The column of a path, which is at this position among the paths of a version.
    fn column(&mut self, place: usize, path: &str) -> usize {
        // Most versions have the paths of the version before them.
        if let Some(usual) = self.usual.get(place).filter(|usual| *self.columns[**usual].path == *path) {
            return *usual;
        }
        let column = self.places.get(path).copied().unwrap_or_else(|| {
            let (column, often) = (Column::default(), HashMap::new());
            self.columns.push(AttributeColumn { path: path.into(), column, often });
            self.places.insert(path.into(), self.columns.len() - 1);
            self.columns.len() - 1
        });
        self.usual.truncate(place);
        if self.usual.len() == place {
            self.usual.push(column);
        }
        column
    }

    /// Sorts the new values in. Ranges do not contain them before.
    pub fn sort_new(&mut self) {
        self.columns.iter_mut().for_each(|attribute| attribute.column.sort_new());
        self.texts.sort_new();
        self.keys.sort_new();
    }

    fn add_commit(&mut self, added: &Added, versions: u32) {
        self.authors.push(added.author);
        let wrote = self.by_author.entry(added.author).or_default();
        let before = wrote.last().map_or(0, |last| last.versions);
        wrote.push(Wrote { seq: added.seq, versions: before + versions });
    }

    /// The values of an attribute by version; `None` if no version ever had it.
    #[must_use]
    pub fn attribute(&self, path: &str) -> Option<&Column> {
        self.place(path).map(|place| self.at(place))
    }

    /// The position of an attribute's column, which never changes; `None` if no version ever had
    /// the attribute.
    #[must_use]
    pub(in crate::lineage) fn place(&self, path: &str) -> Option<usize> {
        self.places.get(path).copied()
    }

    /// The column at a position.
    pub(in crate::lineage) fn at(&self, place: usize) -> &Column {
        &self.columns[place].column
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

    /// The namespaces in use, sorted.
    pub fn namespaces(&self) -> impl Iterator<Item = &Namespace> {
        let mut last = None;
        self.groups.keys().map(|(namespace, _)| namespace).filter(move |namespace| {
            let new = last != Some(*namespace);
            last = Some(*namespace);
            new
        })
    }

    /// The author of a commit.
    #[must_use]
    pub fn author(&self, seq: Seq) -> Option<NameNo> {
        self.authors.get(usize::try_from(seq.0.checked_sub(1)?).ok()?).copied()
    }

    /// All authors.
    pub fn all_authors(&self) -> impl Iterator<Item = NameNo> {
        self.by_author.keys().copied()
    }

    /// The commits of an author up to a seq.
    #[must_use]
    pub fn written_by(&self, author: NameNo, seq: Seq) -> &[Wrote] {
        let all = self.by_author.get(&author).map_or(&[][..], Vec::as_slice);
        &all[..all.partition_point(|wrote| wrote.seq <= seq)]
    }
}
