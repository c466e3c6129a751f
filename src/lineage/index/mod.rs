//! The index: columns over items, versions and commits, extended by the facts of one commit at a
//! time.

pub mod containers;
pub mod adjacency;
pub mod items;
pub mod loading;
pub mod membership;
pub mod names;
pub mod ontology;
pub mod postings;
pub mod statements;
pub mod tags;
pub mod versions;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::domain::id::Seq;
use crate::domain::item::Kind;
use crate::domain::log::facts::{ClassMoveFact, Facts, MembershipFact, RequestFact, Stamp, VersionFact};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::StatementId;
use crate::domain::version::Timestamp;
use adjacency::Adjacency;
use items::ItemColumns;
use membership::{InconsistentMembership, Membership, PinGroup};
use names::{NameNo, Names};
use ontology::{NewList, Ontologies};
use postings::Postings;
use statements::Statements;
use tags::{Move, Tags};
use versions::VersionColumns;

/// Facts that are inconsistent with the commits before them: the log is damaged or reordered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the facts of commit {seq} are inconsistent with the commits before it: {why}")]
pub struct InconsistentFacts {
    /// The commit.
    pub seq: Seq,
    /// The inconsistency.
    pub why: Cow<'static, str>,
}

/// The totals after a commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub time: Timestamp,
    pub items: u32,
    pub versions: u32,
}

/// The lineage of everything that was committed.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) totals: Vec<Totals>,
    pub(super) names: Names,
    pub(super) items: ItemColumns,
    pub(super) versions: VersionColumns,
    pub(super) adjacency: Adjacency,
    pub(super) membership: Membership,
    pub(super) statements: Statements,
    pub(super) tags: Tags,
    pub(super) ontologies: Ontologies,
    pub(super) postings: Postings,
    requests: HashMap<[u8; 32], (Seq, [u8; 32])>,
}

/// The split and the weight of each group of pins.
type GroupTerms = Vec<(NameNo, Option<f64>)>;

/// The counts and names of a commit that result from checking its numbers, and from which the rest
/// is filled.
pub(super) struct Added {
    pub seq: Seq,
    pub author: NameNo,
    /// The numbers of the first new item and version.
    pub items: u32,
    pub versions: u32,
    /// The items of the set versions, and the splits and weights of the groups of their new
    /// members.
    sets: Vec<(ItemNo, GroupTerms)>,
    /// The items of sets that became members.
    nested: Vec<ItemNo>,
    /// The items of sets that began to pin a set.
    outer: Vec<ItemNo>,
}

impl Index {
    /// The number of the newest commit applied.
    #[must_use]
    pub fn seq(&self) -> Seq {
        Seq(self.totals.len() as u64)
    }

    /// The newest commit's time; `None` in an empty store.
    #[must_use]
    pub fn last_time(&self) -> Option<Timestamp> {
        self.totals.last().map(|totals| totals.time)
    }

    /// A commit's time.
    #[must_use]
    pub fn time(&self, seq: Seq) -> Option<Timestamp> {
        let place = usize::try_from(seq.0.checked_sub(1)?).ok()?;
        self.totals.get(place).map(|totals| totals.time)
    }

    /// The last commit at or before a time; [`Seq::ZERO`] if there is none.
    #[must_use]
    pub fn seq_at(&self, time: Timestamp) -> Seq {
        Seq(self.totals.partition_point(|totals| totals.time <= time) as u64)
    }

    /// The commit of an idempotency key, and the digest of its request.
    #[must_use]
    pub fn request(&self, key: &[u8; 32]) -> Option<(Seq, [u8; 32])> {
        self.requests.get(key).copied()
    }

    /// The authors of all commits, in no particular order.
    pub fn authors(&self) -> impl Iterator<Item = &str> {
        self.postings.all_authors().map(|author| self.text(author))
    }

    pub(super) fn totals(&self, seq: Seq) -> Totals {
        let place = usize::try_from(seq.0).unwrap_or(usize::MAX).min(self.totals.len());
        place.checked_sub(1).map_or(Totals { time: 0, items: 0, versions: 0 }, |place| self.totals[place])
    }

    /// Checks if a commit can be the next one, as far as this is possible before it is added.
    ///
    /// # Errors
    /// [`InconsistentFacts`] if it cannot.
    pub fn follows<T, V>(&self, stamp: Stamp<'_>, facts: &Facts<T, V>) -> Result<(), InconsistentFacts> {
        let inconsistent = |why: &'static str| InconsistentFacts { seq: stamp.seq, why: why.into() };
        if stamp.seq != self.seq().next() {
            return Err(inconsistent("it is not the next commit"));
        }
        if self.last_time().is_some_and(|last| stamp.time <= last) {
            return Err(inconsistent("its time is not after that of the commit before"));
        }
        self.check_bounds(facts).map_err(inconsistent)
    }

    /// Adds the next commit. After an error the index is unusable and must be dropped.
    ///
    /// # Errors
    /// [`InconsistentFacts`] if facts are inconsistent with the commits before them.
    pub fn apply(&mut self, stamp: Stamp<'_>, facts: &Facts) -> Result<(), InconsistentFacts> {
        let added = self.add(stamp, facts)?;
        pin(&mut self.membership, &added, facts)?;
        self.membership.sort_new();
        self.postings.add(&added, facts);
        self.postings.sort_new();
        self.items.sort_new();
        Ok(())
    }

    /// Adds everything except members and search lists.
    pub(super) fn add<T: AsRef<str>, V>(
        &mut self,
        stamp: Stamp<'_>,
        facts: &Facts<T, V>,
    ) -> Result<Added, InconsistentFacts> {
        let inconsistent = |why: &'static str| InconsistentFacts { seq: stamp.seq, why: why.into() };
        self.follows(stamp, facts)?;
        for key in &facts.items {
            self.items.push(key).map_err(inconsistent)?;
        }
        for fact in &facts.versions {
            self.add_version(fact, &facts.class_moves).map_err(inconsistent)?;
        }
        let sets = facts.memberships.iter().map(|fact| self.terms(fact)).collect();
        let pinned = facts.memberships.iter().flat_map(|fact| fact.added.groups());
        let pinned = pinned.flat_map(|group| &group.versions).map(|version| version.at());
        let nested = pinned.filter(|version| self.versions.kinds[*version] == Kind::TrainingSet);
        let nested = nested.map(|version| self.versions.items[version]).collect();
        let is_set = |version: &VersionNo| self.versions.kinds[version.at()] == Kind::TrainingSet;
        let pins_set = |fact: &&MembershipFact| {
            fact.added.groups().iter().any(|group| group.versions.iter().any(is_set))
        };
        let outer = facts.memberships.iter().filter(pins_set).map(|fact| self.versions.items[fact.set.at()]);
        let outer = outer.collect();
        for (place, fact) in (0..).zip(&facts.asserted) {
            let role = self.names.intern(&fact.role);
            self.adjacency.assert(fact.derived, fact.source, role, (stamp.seq, place));
        }
        for (place, fact) in (0..).zip(&facts.statements) {
            let content = fact.by.map(|by| self.versions.contents[by.at()]);
            self.statements.push(StatementId { seq: stamp.seq, place }, *fact, content);
        }
        for (place, fact) in (0..).zip(&facts.tags) {
            let item = self.versions.items[fact.version.at()];
            let name = self.names.intern(&fact.name);
            let (alias, version, set) = (fact.alias, fact.version, fact.set);
            let moved = Move { seq: stamp.seq, place, name, alias, item, version, set };
            self.tags.push(moved, self.items.keys[item.at()].namespace.as_str(), &fact.name);
        }
        if let Some(RequestFact { key, asked, .. }) = &facts.request {
            self.requests.insert(*key, (stamp.seq, *asked));
        }
        let before = self.totals(self.seq());
        let count = |length: usize| u32::try_from(length).map_err(|_| inconsistent("more than 2^32 records"));
        let (items, versions) = (count(self.items.keys.len())?, count(self.versions.ids.len())?);
        self.totals.push(Totals { time: stamp.time, items, versions });
        let author = self.names.intern(stamp.author);
        let Totals { items, versions, .. } = before;
        Ok(Added { seq: stamp.seq, author, items, versions, sets, nested, outer })
    }

    /// Checks that every number in the facts is known, so that nothing below needs to check.
    fn check_bounds<T, V>(&self, facts: &Facts<T, V>) -> Result<(), &'static str> {
        let items = self.items.keys.len() + facts.items.len();
        let old = self.versions.ids.len();
        let versions = old + facts.versions.len();
        let known = |version: VersionNo| version.at() < versions;
        let born = facts.versions.iter().enumerate().all(|(place, fact)| {
            let earlier = |version: VersionNo| version.at() < old + place;
            fact.item.at() < items
                && fact.parent.is_none_or(earlier)
                && fact.ontology.is_none_or(earlier)
                && fact.sources.iter().all(|(_, source)| earlier(*source))
        });
        let said = facts.memberships.iter().all(|m| {
            known(m.set)
                && m.removed.iter().all(|v| known(*v))
                && m.added.groups().iter().flat_map(|group| &group.versions).all(|v| known(*v))
        }) && facts.asserted.iter().all(|a| known(a.derived) && known(a.source))
            && facts.statements.iter().all(|s| known(s.version) && s.by.is_none_or(known))
            && facts.tags.iter().all(|tag| known(tag.version))
            && facts.class_moves.is_sorted_by_key(|moved| moved.list)
            && facts.class_moves.iter().all(|moved| known(moved.list));
        if born && said { Ok(()) } else { Err("it refers to versions or items that do not exist") }
    }

    fn add_version<T: AsRef<str>, V>(
        &mut self,
        fact: &VersionFact<T, V>,
        class_moves: &[ClassMoveFact],
    ) -> Result<(), &'static str> {
        let count = self.versions.ids.len();
        let version = VersionNo(u32::try_from(count).map_err(|_| "more than 2^32 versions")?);
        let number = self.items.histories.get(fact.item.at()).len() + 1;
        let kind = self.items.keys[fact.item.at()].kind;
        self.versions.push(fact, kind, u32::try_from(number).unwrap_or(u32::MAX))?;
        self.items.histories.push(fact.item.at(), version);
        let names = &mut self.names;
        self.adjacency.push(fact.sources.iter().map(|(role, source)| (names.intern(role.as_ref()), *source)));
        if let Some(ontology) = fact.ontology {
            let item = self.versions.items[ontology.at()];
            self.ontologies.push_use(version, item, ontology, &fact.classes);
        }
        if kind == Kind::Ontology {
            let moved = class_moves.binary_search_by_key(&version, |moved| moved.list).ok();
            let moved = moved.map(|place| &class_moves[place]);
            let list = NewList { version, content: fact.content, changed: &fact.stale_classes, moved };
            self.ontologies.push_list(fact.item, &list);
        }
        Ok(())
    }

    /// The item of a set version, and the terms of its new members by group.
    fn terms(&mut self, fact: &MembershipFact) -> (ItemNo, GroupTerms) {
        let groups = fact.added.groups().iter();
        let terms = groups.map(|group| (self.names.intern(&group.split), group.weight)).collect();
        (self.versions.items[fact.set.at()], terms)
    }

    /// The text of a role, split or tag name.
    #[must_use]
    pub fn text(&self, name: NameNo) -> &str {
        self.names.text(name)
    }
}

/// Adds the members of a commit's set versions.
pub(super) fn pin<T, V>(
    membership: &mut Membership,
    added: &Added,
    facts: &Facts<T, V>,
) -> Result<(), InconsistentFacts> {
    for ((item, terms), fact) in added.sets.iter().zip(&facts.memberships) {
        let groups = fact.added.groups().iter().zip(terms);
        let groups = groups.map(|(group, (split, weight))| PinGroup {
            split: *split,
            weight: *weight,
            members: &group.versions,
        });
        let pushed = membership.push(*item, fact.complete, &fact.removed, groups);
        pushed.map_err(|InconsistentMembership| InconsistentFacts {
            seq: added.seq,
            why: "membership".into(),
        })?;
    }
    added.nested.iter().for_each(|set| membership.nest(*set));
    added.outer.iter().for_each(|set| membership.wrap(*set));
    Ok(())
}
