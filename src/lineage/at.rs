//! The index as of one seq.

use super::index::Index;
use super::index::adjacency::DerivationEdge;
use super::index::membership::{MembershipInterval, MembershipSummary};
use super::index::names::NameNo;
use super::index::statements::IndexedStatement;
use super::index::tags::Move;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementKind};

/// The versions that existed at `seq`, judged by the statements up to `known`. Cheap to make and to
/// copy.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    pub(super) index: &'a Index,
    pub(super) seq: Seq,
    pub(super) known: Seq,
    pub(super) items: u32,
    pub(super) versions: u32,
}

impl<'a> At<'a> {
    /// The index as of `seq`, judged by the statements up to it. A seq beyond the newest commit
    /// reads the newest.
    #[must_use]
    pub fn new(index: &'a Index, seq: Seq) -> Self {
        let totals = index.totals(seq);
        Self { index, seq, known: seq, items: totals.items, versions: totals.versions }
    }

    /// The same moment, judged by the statements up to another seq.
    #[must_use]
    pub const fn knowing(self, known: Seq) -> Self {
        Self { known, ..self }
    }

    /// The seq that is read at.
    #[must_use]
    pub const fn seq(self) -> Seq {
        self.seq
    }

    /// The seq up to which statements count.
    #[must_use]
    pub const fn known(self) -> Seq {
        self.known
    }

    /// The underlying index, for texts.
    #[must_use]
    pub const fn index(self) -> &'a Index {
        self.index
    }

    /// The number of visible versions: a version is visible if its number is smaller.
    #[must_use]
    pub const fn visible(self) -> u32 {
        self.versions
    }

    /// Returns true if the version existed.
    #[must_use]
    pub const fn sees(self, version: VersionNo) -> bool {
        version.0 < self.versions
    }

    /// Returns true if the item existed.
    #[must_use]
    pub const fn sees_item(self, item: ItemNo) -> bool {
        item.0 < self.items
    }

    /// The item with this id.
    #[must_use]
    pub fn item(self, id: &ItemId) -> Option<ItemNo> {
        self.index.items.find(id).filter(|item| self.sees_item(*item))
    }

    /// The version with this id.
    #[must_use]
    pub fn version(self, id: &VersionId) -> Option<VersionNo> {
        self.index.versions.find(id).filter(|version| self.sees(*version))
    }

    /// The item's identity.
    #[must_use]
    pub fn key(self, item: ItemNo) -> &'a ItemKey {
        &self.index.items.keys[item.at()]
    }

    /// The item's versions, oldest first.
    #[must_use]
    pub fn history(self, item: ItemNo) -> &'a [VersionNo] {
        let all = self.index.items.histories.get(item.at());
        &all[..all.partition_point(|version| self.sees(*version))]
    }

    /// The item's current version. Every item is created with a version.
    #[must_use]
    pub fn head(self, item: ItemNo) -> Option<VersionNo> {
        self.history(item).last().copied()
    }

    /// The version's id.
    #[must_use]
    pub fn id(self, version: VersionNo) -> VersionId {
        self.index.versions.ids[version.at()]
    }

    /// The version's item.
    #[must_use]
    pub fn item_of(self, version: VersionNo) -> ItemNo {
        self.index.versions.items[version.at()]
    }

    /// The kind of the version's item.
    #[must_use]
    pub fn kind(self, version: VersionNo) -> Kind {
        self.index.versions.kinds[version.at()]
    }

    /// The version's position in its item's history, from 1.
    #[must_use]
    pub fn number(self, version: VersionNo) -> u32 {
        self.index.versions.numbers[version.at()]
    }

    /// The version's parent.
    #[must_use]
    pub fn parent(self, version: VersionNo) -> Option<VersionNo> {
        self.index.versions.parent(version)
    }

    /// The commit that made the version.
    #[must_use]
    pub fn seq_of(self, version: VersionNo) -> Seq {
        Seq(self.index.totals.partition_point(|totals| totals.versions <= version.0) as u64 + 1)
    }

    /// The commit that made the item.
    #[must_use]
    pub fn seq_of_item(self, item: ItemNo) -> Seq {
        Seq(self.index.totals.partition_point(|totals| totals.items <= item.0) as u64 + 1)
    }

    /// Returns true if the version is its item's current one.
    #[must_use]
    pub fn is_head(self, version: VersionNo) -> bool {
        self.head(self.item_of(version)) == Some(version)
    }

    /// The content digest of the version.
    #[must_use]
    pub fn content(self, version: VersionNo) -> &'a [u8; 32] {
        &self.index.versions.contents[version.at()]
    }

    /// The versions with this payload, oldest first.
    #[must_use]
    pub fn with_payload(self, payload: &Digest) -> &'a [VersionNo] {
        let all = self.index.versions.by_payload.get(payload);
        &all[..all.partition_point(|version| self.sees(*version))]
    }

    /// The versions that the commit made.
    #[must_use]
    pub fn made_by(self, seq: Seq) -> std::ops::Range<u32> {
        let before = self.index.totals(Seq(seq.0.saturating_sub(1))).versions;
        before..self.index.totals(seq).versions
    }

    /// The items that the commit made.
    #[must_use]
    pub fn items_made_by(self, seq: Seq) -> std::ops::Range<u32> {
        let before = self.index.totals(Seq(seq.0.saturating_sub(1))).items;
        before..self.index.totals(seq).items
    }

    /// The versions that this version was made from.
    pub fn sources(self, version: VersionNo) -> impl Iterator<Item = DerivationEdge> {
        self.index.adjacency.sources(version, self.seq)
    }

    /// The versions that were made from this version, each once, by number.
    #[must_use]
    pub fn derivatives(self, version: VersionNo) -> Vec<VersionNo> {
        let mut below: Vec<_> = self.index.adjacency.derivatives(version, self.versions, self.seq).collect();
        below.sort_unstable();
        below.dedup();
        below
    }

    /// The versions that were made from this version, unordered and possibly repeated: for
    /// traversals with a visited set.
    pub fn flow_from(self, version: VersionNo) -> impl Iterator<Item = VersionNo> {
        self.index.adjacency.derivatives(version, self.versions, self.seq)
    }

    /// The statements about the version that count.
    pub fn said_about(self, version: VersionNo) -> impl Iterator<Item = &'a IndexedStatement> {
        self.index.statements.about(version, self.known)
    }

    /// The statement that made the version wrong; `None` if it is not wrong.
    #[must_use]
    pub fn wrong(self, version: VersionNo) -> Option<&'a IndexedStatement> {
        self.index.statements.wrong(version, self.known)
    }

    /// Returns true if the version is wrong.
    #[must_use]
    pub fn is_wrong(self, version: VersionNo) -> bool {
        self.index.statements.made_wrong(version, self.known).is_some()
    }

    /// Returns true if the version is wrong by a statement of one of these kinds.
    #[must_use]
    pub fn wrong_by(self, version: VersionNo, causes: &[StatementKind]) -> bool {
        self.index.statements.in_force(version, self.known).any(|said| causes.contains(&said.fact.kind))
    }

    /// All wrong versions that exist, by number.
    pub fn all_wrong(self) -> impl Iterator<Item = VersionNo> {
        let spoken_of = self.index.statements.versions().take_while(move |version| self.sees(*version));
        spoken_of.filter(move |version| self.is_wrong(*version))
    }

    /// The statements of one commit; none if the commit is after the known seq.
    #[must_use]
    pub fn statements_of(self, commit: Seq) -> &'a [IndexedStatement] {
        if commit <= self.known { self.index.statements.of_commit(commit) } else { &[] }
    }

    /// Returns true if a statement makes its version wrong and has not been withdrawn since.
    #[must_use]
    pub fn is_in_force(self, said: &IndexedStatement) -> bool {
        self.index.statements.in_force(said.fact.version, self.known).any(|other| other.id == said.id)
    }

    /// The statement with this id.
    #[must_use]
    pub fn statement(self, id: StatementId) -> Option<&'a IndexedStatement> {
        self.index.statements.find(id).filter(|said| said.id.seq <= self.known)
    }

    /// The first class list version that made this label stale and has not been undone since.
    #[must_use]
    pub fn ontology_stale(self, label: VersionNo) -> Option<VersionNo> {
        self.index.ontologies.stale(label, |version| self.item_of(version), self.versions)
    }

    /// All class list versions that made this label stale and have not been undone since.
    #[must_use]
    pub fn made_stale_by(self, label: VersionNo) -> Vec<VersionNo> {
        self.index.ontologies.made_stale_by(label, |version| self.item_of(version), self.versions)
    }

    /// All labels with a class that changed its meaning after they were made, by number.
    #[must_use]
    pub fn ontology_stale_labels(self) -> Vec<VersionNo> {
        let lists = self.index.ontologies.changed();
        let users = lists.flat_map(|item| self.index.ontologies.users(item)).copied();
        let mut stale: Vec<VersionNo> =
            users.filter(|label| self.sees(*label) && self.ontology_stale(*label).is_some()).collect();
        stale.sort_unstable();
        stale
    }

    /// The tags on a version, by name.
    #[must_use]
    pub fn tags(self, version: VersionNo) -> Vec<&'a Move> {
        let mut tags = self.index.tags.on(version, self.seq);
        tags.sort_by_key(|moved| self.index.text(moved.name));
        tags
    }

    /// The tags on all versions of an item.
    #[must_use]
    pub fn item_tags(self, item: ItemNo) -> Vec<&'a Move> {
        self.index
            .tags
            .versions_of(item, self.seq)
            .into_iter()
            .flat_map(|version| self.tags(version))
            .collect()
    }

    /// The version that an item's alias points to.
    #[must_use]
    pub fn alias(self, item: ItemNo, name: &str) -> Option<VersionNo> {
        let name = self.index.names.find(name)?;
        self.index.tags.alias(item, name, self.seq).map(|moved| moved.version)
    }

    /// Every move of a tag name.
    pub fn tag_history(self, namespace: &str, name: &str) -> impl Iterator<Item = &'a Move> {
        self.index.tags.history(namespace, name, self.seq)
    }

    /// Tag names in use, with their namespaces.
    pub fn tag_names(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.index.tags.names()
    }

    /// The moves that put tags where they are now, of a namespace, of a name, or of all; by
    /// namespace, name and version.
    #[must_use]
    pub fn current_tags(self, namespace: Option<&str>, name: Option<&str>) -> Vec<Move> {
        let names = self.tag_names().filter(|(owner, tag)| {
            namespace.is_none_or(|namespace| namespace == *owner) && name.is_none_or(|name| name == *tag)
        });
        let mut current = Vec::new();
        for (owner, tag) in names {
            let mut versions: Vec<VersionNo> =
                self.tag_history(owner, tag).map(|moved| moved.version).collect();
            versions.sort_unstable();
            versions.dedup();
            let here = |moved: &&&Move| self.index.text(moved.name) == tag;
            current.extend(versions.iter().flat_map(|version| {
                self.tags(*version).iter().filter(here).map(|m| **m).collect::<Vec<_>>()
            }));
        }
        current
    }

    /// The tag moves of one commit.
    #[must_use]
    pub fn tag_moves_of(self, commit: Seq) -> &'a [Move] {
        if commit <= self.seq { self.index.tags.of_commit(commit) } else { &[] }
    }

    /// The number of a role, split or tag name; `None` if it was never used.
    #[must_use]
    pub fn name(self, text: &str) -> Option<NameNo> {
        self.index.names.find(text)
    }

    /// The members of a training set version, in the order in which they were added.
    pub fn members(self, set: VersionNo) -> impl Iterator<Item = MembershipInterval> + 'a {
        self.index.membership.members(self.item_of(set), self.number(set))
    }

    /// The members of a training set version without their terms, in the order in which they were
    /// added; none of any other version.
    pub fn member_numbers(self, set: VersionNo) -> impl Iterator<Item = VersionNo> + 'a {
        let set = (self.kind(set) == Kind::TrainingSet).then_some(set);
        set.into_iter()
            .flat_map(move |set| self.index.membership.member_numbers(self.item_of(set), self.number(set)))
    }

    /// The membership intervals that one version of a training set has and another has not, and the
    /// reverse; by number.
    #[must_use]
    pub fn changes_within(
        self,
        set: ItemNo,
        first: u32,
        second: u32,
    ) -> (Vec<MembershipInterval>, Vec<MembershipInterval>) {
        self.walker().changes_within(set, first, second)
    }

    /// The interval in which a training set version pins a member; `None` if it does not.
    #[must_use]
    pub fn pinned(self, set: VersionNo, member: VersionNo) -> Option<MembershipInterval> {
        self.index.membership.interval(self.item_of(set), self.number(set), member)
    }

    /// The member count of a training set version, and its completeness; `None` if it is no
    /// training set.
    #[must_use]
    pub fn summary(self, set: VersionNo) -> Option<MembershipSummary> {
        self.index.membership.summary(self.item_of(set), self.number(set))
    }

    /// The training sets that pin or pinned a version, as intervals over their histories.
    pub fn pins(self, member: VersionNo) -> impl Iterator<Item = (ItemNo, MembershipInterval)> + 'a {
        self.index.membership.intervals_of(member)
    }

    /// The versions of a training set that an interval covers.
    #[must_use]
    pub fn span(self, item: ItemNo, interval: MembershipInterval) -> &'a [VersionNo] {
        let history = self.history(item);
        let to = (interval.to as usize - 1).min(history.len());
        history.get(interval.from as usize - 1..to).unwrap_or_default()
    }
}
