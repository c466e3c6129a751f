//! The changes that a commit has made so far, on top of the world.

use std::collections::HashMap;

use crate::domain::id::{ItemId, Seq, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::log::entry::{AssertedRecord, MemberChunk, TagMove};
use crate::domain::log::facts::{Facts, Pin, Saying, StatementFact, VersionFact};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementRecord};
use crate::domain::version::{Content, VersionRecord};
use crate::domain::write::world::World;

use super::Planner;
use super::derivations::AssertedEdges;

/// The uncommitted part of the world: rows to write, facts to index, and maps to find them.
#[derive(Debug, Default)]
pub(super) struct Draft {
    first_item: u32,
    first_version: u32,
    pub facts: Facts,
    pub versions: Vec<VersionRecord>,
    pub chunks: Vec<MemberChunk>,
    pub asserted: Vec<AssertedRecord>,
    pub statements: Vec<StatementRecord>,
    pub tags: Vec<TagMove>,
    pub named: HashMap<String, VersionNo>,
    /// The content of versions that changes of this commit found.
    pub found: HashMap<VersionNo, Content>,
    pub item_by_id: HashMap<ItemId, ItemNo>,
    pub version_by_id: HashMap<VersionId, VersionNo>,
    /// New versions of items, oldest first.
    pub grown: HashMap<ItemNo, Vec<VersionNo>>,
    /// The newest statement about each version that this commit makes a statement about.
    pub said: HashMap<VersionNo, (StatementId, StatementFact)>,
    /// The newest statement of each saying.
    pub sayings: HashMap<Saying, (StatementId, StatementFact)>,
    pub aliases: HashMap<(ItemNo, String), Option<VersionNo>>,
    pub labels: HashMap<(VersionNo, String), bool>,
    /// The versions on which this commit set a tag, or from which it removed one, by item and tag.
    pub tagged: HashMap<(ItemNo, String), Vec<VersionNo>>,
    pub edges: AssertedEdges,
    pub forms: HashMap<(String, String), bool>,
    /// All members of new training set versions, by version number.
    pub members: HashMap<VersionNo, Vec<Pin>>,
    /// The number of members of all training set versions of this commit so far.
    pub pinned: usize,
}

impl Draft {
    pub(super) fn over<W: World>(world: &W) -> Self {
        let (first_item, first_version) = world.counts();
        Self { first_item, first_version, ..Self::default() }
    }

    /// Returns true if this commit makes the version.
    pub(super) fn is_new(&self, version: VersionNo) -> bool {
        version.0 >= self.first_version
    }

    /// Returns true if this commit makes the item.
    pub(super) fn is_new_item(&self, item: ItemNo) -> bool {
        item.0 >= self.first_item
    }

    fn place(&self, version: VersionNo) -> Option<usize> {
        version.0.checked_sub(self.first_version).map(|place| place as usize)
    }

    /// Returns the fact of a version that this commit makes.
    pub(super) fn fact(&self, version: VersionNo) -> Option<&VersionFact> {
        self.facts.versions.get(self.place(version)?)
    }

    /// Returns the record of a version that this commit makes.
    pub(super) fn record(&self, version: VersionNo) -> Option<&VersionRecord> {
        self.versions.get(self.place(version)?)
    }

    pub(super) fn next_version(&self) -> VersionNo {
        VersionNo(self.first_version + u32::try_from(self.versions.len()).unwrap_or(u32::MAX))
    }

    pub(super) fn add_item(&mut self, key: &ItemKey) -> ItemNo {
        let item = ItemNo(self.first_item + u32::try_from(self.facts.items.len()).unwrap_or(u32::MAX));
        self.item_by_id.insert(key.id(), item);
        self.facts.items.push(key.clone());
        item
    }
}

/// The world with the draft on top.
impl<W: World> Planner<'_, W> {
    pub(super) fn item(&self, key: &ItemKey) -> Option<ItemNo> {
        let id = key.id();
        self.draft.item_by_id.get(&id).copied().or_else(|| self.world.item(&id))
    }

    pub(super) fn item_key(&self, item: ItemNo) -> &ItemKey {
        match item.0.checked_sub(self.draft.first_item) {
            Some(place) => &self.draft.facts.items[place as usize],
            None => self.world.item_key(item),
        }
    }

    pub(super) fn head(&self, item: ItemNo) -> Option<VersionNo> {
        let grown = self.draft.grown.get(&item).and_then(|versions| versions.last()).copied();
        grown.or_else(|| self.old_history(item).last().copied())
    }

    pub(super) fn old_history(&self, item: ItemNo) -> &[VersionNo] {
        if item.0 < self.draft.first_item { self.world.history(item) } else { &[] }
    }

    pub(super) fn history_length(&self, item: ItemNo) -> u32 {
        let grown = self.draft.grown.get(&item).map_or(0, Vec::len);
        u32::try_from(self.old_history(item).len() + grown).unwrap_or(u32::MAX)
    }

    pub(super) fn id_of(&self, version: VersionNo) -> VersionId {
        self.draft.record(version).map_or_else(|| self.world.version_id(version), |record| record.id)
    }

    pub(super) fn item_of(&self, version: VersionNo) -> ItemNo {
        self.draft.fact(version).map_or_else(|| self.world.item_of(version), |fact| fact.item)
    }

    pub(super) fn seq_of(&self, version: VersionNo) -> Seq {
        if self.draft.is_new(version) { self.given.seq } else { self.world.seq_of(version) }
    }

    pub(super) fn content_of(&self, version: VersionNo) -> [u8; 32] {
        self.draft.fact(version).map_or_else(|| self.world.content(version), |fact| fact.content)
    }

    pub(super) fn last_statement(&self, version: VersionNo) -> Option<(StatementId, StatementFact)> {
        let said = self.draft.said.get(&version).copied();
        said.or_else(|| if self.draft.is_new(version) { None } else { self.world.last_statement(version) })
    }

    /// Returns the newest statement that says this.
    pub(super) fn said(&self, saying: &Saying) -> Option<(StatementId, StatementFact)> {
        let said = self.draft.sayings.get(saying).copied();
        said.or_else(|| if self.draft.is_new(saying.version) { None } else { self.world.said(saying) })
    }

    pub(super) fn wrong(&self, version: VersionNo) -> bool {
        match self.draft.said.get(&version) {
            Some((_, said)) => said.kind.makes_wrong(),
            None => !self.draft.is_new(version) && self.world.wrong(version),
        }
    }

    pub(super) fn members_of(&self, set: VersionNo) -> Vec<Pin> {
        match self.draft.members.get(&set) {
            Some(members) => members.clone(),
            None if self.draft.is_new(set) => Vec::new(),
            None => self.world.members(set),
        }
    }

    pub(super) fn alias(&self, item: ItemNo, name: &str) -> Option<(VersionNo, Seq)> {
        match self.draft.aliases.get(&(item, name.to_owned())) {
            Some(moved) => moved.map(|version| (version, self.given.seq)),
            None if item.0 >= self.draft.first_item => None,
            None => self.world.alias(item, name),
        }
    }

    pub(super) fn label(&self, version: VersionNo, name: &str) -> Option<Seq> {
        match self.draft.labels.get(&(version, name.to_owned())) {
            Some(set) => set.then_some(self.given.seq),
            None if self.draft.is_new(version) => None,
            None => self.world.label(version, name),
        }
    }
}
