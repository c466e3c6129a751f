//! More queries about training sets: holders of a version, differences of two versions, freshness
//! of one.

mod splits;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::contents::{ContentEntry, SetContents};
use super::impact::{CoarseWay, Inclusion};
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::index::names::NameNo;
use crate::lineage::walk::flow::{EdgeBudget, OpenBarriers, Tracer};
use crate::lineage::walk::inflow::Inflow;
use crate::lineage::walk::walker::Walker;

/// A set version that holds a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// The set version.
    pub set: VersionNo,
    /// The member: the version itself, or a derivative. A COARSE one may be of a set upstream.
    pub pinned: VersionNo,
    /// The member's split; `None` if no set on a COARSE path pins it.
    pub split: Option<NameNo>,
    /// The relation of the version to the set.
    pub inclusion: Inclusion,
}

/// The differences between the members of two set versions. Each list is in the order of version
/// numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// Members of the second whose item has no member in the first.
    pub added: Vec<MembershipInterval>,
    /// Members of the first whose item has no member in the second.
    pub removed: Vec<MembershipInterval>,
    /// Pins of items that both have, with another version, split or weight; at least one of each
    /// pair is not pinned like this by the other set version.
    pub repinned: Vec<(MembershipInterval, MembershipInterval)>,
}

/// The numbers of outdated contents of a set version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overtaken {
    /// All contents: members, and the contents of member sets.
    pub members: usize,
    /// The contents that are wrong or were made from something wrong, or are in a set that is wrong
    /// itself.
    pub wrong: usize,
    /// The contents that are not their item's head, or are in a set version that is not.
    pub superseded: usize,
    /// True if one of its member sets, empty ones included, is not its item's head.
    pub has_old_set: bool,
    /// True if neither the set version nor anything that it pins, sets included, is wrong or was
    /// made from something wrong.
    pub is_sound: bool,
}

impl Walker<'_> {
    /// The set versions that hold any of these versions, wrong or not, by the rules of the main
    /// question. `None` if the budget is spent.
    #[must_use]
    pub fn holders(
        &mut self,
        versions: &[VersionNo],
        inclusion: &BTreeSet<Inclusion>,
        budget: &mut EdgeBudget,
    ) -> Option<Vec<Holding>> {
        let coarse = inclusion.contains(&Inclusion::Coarse);
        let asked: BTreeSet<VersionNo> = versions.iter().copied().collect();
        let starts: Vec<VersionNo> = asked.iter().copied().collect();
        let mut tracer = Tracer::new(&mut *self, OpenBarriers { through_models: false, coarse }, *budget);
        let flow = tracer.flow(&starts);
        *budget = tracer.budget;
        if budget.spent {
            return None;
        }
        let (mut found, mut only_coarse) = (Vec::new(), Vec::new());
        self.held(
            &flow,
            coarse,
            &mut |at, place, node| {
                let pinned = flow.nodes[node as usize].version;
                let how = if asked.contains(&pinned) { Inclusion::Direct } else { Inclusion::Derived };
                if !inclusion.contains(&how) {
                    return 0;
                }
                let membership = &at.index().membership;
                let (item, interval) = (membership.item(place.set), membership.at(place));
                let (split, inclusion) = (Some(interval.split), how);
                let span = at.span(item, interval);
                found.extend(span.iter().map(|set| Holding { set: *set, pinned, split, inclusion }));
                span.len()
            },
            &mut |CoarseWay { set, pinned, split, .. }| {
                only_coarse.push(Holding { set, pinned, split, inclusion: Inclusion::Coarse });
            },
        );
        found.append(&mut only_coarse);
        self.unlocked_if_many(found.len(), || {
            found.sort_unstable();
            found.dedup();
        });
        Some(found)
    }

    /// The wrong versions that a set version holds: its members, and those that flowed into them,
    /// by number. `None` if the budget is spent.
    #[must_use]
    pub fn wrong_in(&mut self, set: VersionNo, budget: &mut EdgeBudget) -> Option<Vec<VersionNo>> {
        budget.take_all(self.at().summary(set).map_or(0, |summary| summary.count as usize));
        let mut inflow = Inflow::new(&mut *self, false);
        inflow.through_members(set, budget);
        let found = inflow.into_found();
        if budget.spent { None } else { Some(self.wrong_among(found)) }
    }

    /// The wrong ones of these versions, by number.
    fn wrong_among(&mut self, mut versions: Vec<VersionNo>) -> Vec<VersionNo> {
        self.retain(&mut versions, |at, version| at.is_wrong(*version));
        self.unlocked_if_many(versions.len(), || versions.sort_unstable());
        versions
    }

    /// Counts the outdated contents of a set version. `None` if the budget is spent.
    #[must_use]
    pub fn overtaken(&mut self, set: VersionNo, budget: &mut EdgeBudget) -> Option<Overtaken> {
        let wrong = self.wrong_in(set, budget)?;
        let mut tracer = Tracer::new(&mut *self, OpenBarriers::default(), *budget);
        let flow = tracer.flow(&wrong);
        *budget = tracer.budget;
        let mut tainted: HashSet<VersionNo> = HashSet::new();
        self.unlocked_if_many(flow.nodes.len(), || {
            tainted.extend(flow.nodes.iter().map(|node| node.version))
        });
        let is_sound = wrong.is_empty() && !self.at().is_wrong(set);
        let mut overtaken = Overtaken { is_sound, ..Overtaken::default() };
        let SetContents { entries: contents, has_old_set } = self.set_contents(set, budget)?;
        overtaken.has_old_set = has_old_set;
        self.by_parts(contents.len(), |at, part| {
            for ContentEntry { interval, in_wrong_set, in_old_set } in &contents[part] {
                let member = interval.member;
                overtaken.members += 1;
                overtaken.wrong += usize::from(*in_wrong_set || tainted.contains(&member));
                overtaken.superseded += usize::from(*in_old_set || !at.is_head(member));
            }
        });
        (!budget.spent).then_some(overtaken)
    }

    /// The models, evaluations and deployments made from a version, itself included, by number. A
    /// derivation into another training set is not followed, because that set is judged by its own
    /// members.
    #[must_use]
    pub fn consumers(&mut self, version: VersionNo, budget: &mut EdgeBudget) -> Option<Vec<VersionNo>> {
        let mut seen = BTreeSet::from([version]);
        let mut open = vec![version];
        while let Some(next) = open.pop() {
            let left = budget.edges;
            let whole = self.each_made(next, |at, made| {
                made.iter().all(|derived| {
                    if budget.take() && at.kind(*derived) != Kind::TrainingSet && seen.insert(*derived) {
                        open.push(*derived);
                    }
                    !budget.spent
                })
            });
            if !whole {
                return None;
            }
            self.step(budget.since(left));
        }
        let mut consumers: Vec<VersionNo> = seen.into_iter().collect();
        self.retain(&mut consumers, |at, version| at.kind(*version).is_consumer());
        Some(consumers)
    }

    /// Returns the differences between the members of two set versions, of one set or of two. An
    /// item is in one of the lists only.
    #[must_use]
    pub fn difference(&mut self, first: VersionNo, second: VersionNo) -> Difference {
        let (gone, come) = self.changes(first, second);
        let mut difference = Difference::default();
        let mut left: HashMap<ItemNo, Vec<MembershipInterval>> = HashMap::new();
        let now = |member: VersionNo| come.binary_search_by_key(&member, |interval| interval.member).ok();
        self.by_parts(gone.len(), |at, part| {
            for interval in &gone[part] {
                match now(interval.member) {
                    Some(place) => difference.repinned.push((*interval, come[place])),
                    None => left.entry(at.item_of(interval.member)).or_default().push(*interval),
                }
            }
        });
        let before =
            |member: VersionNo| gone.binary_search_by_key(&member, |interval| interval.member).is_ok();
        self.by_parts(come.len(), |at, part| {
            let places = part.map(|place| come.len() - 1 - place);
            for interval in places.map(|place| &come[place]).filter(|interval| !before(interval.member)) {
                // Newest with newest; an additional pin is paired with the newest one of the other.
                let old = left.get_mut(&at.item_of(interval.member)).and_then(Vec::pop);
                match old.or_else(|| at.newest_pin(first, interval.member)) {
                    Some(old) => difference.repinned.push((old, *interval)),
                    None => difference.added.push(*interval),
                }
            }
        });
        let left: Vec<MembershipInterval> = left.into_values().flatten().collect();
        self.by_parts(left.len(), |at, part| {
            for interval in &left[part] {
                match at.newest_pin(second, interval.member) {
                    Some(new) => difference.repinned.push((*interval, new)),
                    None => difference.removed.push(*interval),
                }
            }
        });
        self.unlocked_if_many(gone.len() + come.len(), || {
            difference.added.reverse();
            difference.removed.sort_unstable_by_key(|interval| interval.member);
            difference.repinned.sort_unstable_by_key(|(old, new)| (new.member, old.member));
        });
        difference
    }

    /// The differences between the versions that two set versions pin, in one split or in all: the
    /// pins of the first whose version the second does not pin there, and the reverse. Both by
    /// member.
    #[must_use]
    pub fn pins_changed(
        &mut self,
        first: VersionNo,
        second: VersionNo,
        split: Option<NameNo>,
    ) -> (Vec<MembershipInterval>, Vec<MembershipInterval>) {
        let (mut gone, mut come) = self.changes(first, second);
        self.unlocked_if_many(gone.len() + come.len(), || {
            let elsewhere =
                |interval: &MembershipInterval| split.is_some_and(|split| interval.split != split);
            gone.retain(|interval| !elsewhere(interval));
            come.retain(|interval| !elsewhere(interval));
            let is_in = |intervals: &[MembershipInterval], member| {
                intervals.binary_search_by_key(&member, |interval| interval.member).is_ok()
            };
            let kept = gone.clone();
            gone.retain(|interval| !is_in(&come, interval.member));
            come.retain(|interval| !is_in(&kept, interval.member));
        });
        (gone, come)
    }

    /// The intervals that the first of two set versions has and the second has not, and the
    /// reverse; another split or weight is another interval. Both by member.
    pub(in crate::lineage) fn changes(
        &mut self,
        first: VersionNo,
        second: VersionNo,
    ) -> (Vec<MembershipInterval>, Vec<MembershipInterval>) {
        let at = self.at();
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        if at.item_of(first) == at.item_of(second) {
            let (item, first, second) = (at.item_of(first), at.number(first), at.number(second));
            (gone, come) = self.changes_within(item, first, second);
        } else {
            for (set, intervals) in [(first, &mut gone), (second, &mut come)] {
                self.each_member(set, |_, interval| {
                    intervals.push(interval);
                    true
                });
            }
        }
        self.unlocked_if_many(gone.len() + come.len(), || {
            gone.sort_unstable_by_key(|interval: &MembershipInterval| interval.member);
            come.sort_unstable_by_key(|interval: &MembershipInterval| interval.member);
            // An interval that ended and began again with equal terms is no change; nor is one that
            // two sets share.
            let terms = |interval: &MembershipInterval| (interval.split, interval.weight.map(f64::to_bits));
            let same = |all: &[MembershipInterval], interval: &MembershipInterval| {
                let place = all.binary_search_by_key(&interval.member, |other| other.member);
                place.is_ok_and(|place| terms(&all[place]) == terms(interval))
            };
            let kept: Vec<bool> = gone.iter().map(|interval| !same(&come, interval)).collect();
            come.retain(|interval| !same(&gone, interval));
            let mut kept = kept.into_iter();
            gone.retain(|_| kept.next().unwrap_or(true));
        });
        (gone, come)
    }
}

impl At<'_> {
    /// The wrong versions that flowed into any of these versions, these included, as if a set
    /// pinned them; by number. `None` if the budget is spent.
    #[must_use]
    pub fn wrong_upstream(
        self,
        versions: impl Iterator<Item = VersionNo>,
        budget: &mut EdgeBudget,
    ) -> Option<Vec<VersionNo>> {
        let mut inflow = Inflow::new(self, false);
        for version in versions {
            budget.take();
            inflow.through_pin(version, budget);
            if budget.spent {
                return None;
            }
        }
        Some(self.walker().wrong_among(inflow.into_found()))
    }

    /// The newest version of a version's item that a set version pins, except the version itself.
    fn newest_pin(self, set: VersionNo, version: VersionNo) -> Option<MembershipInterval> {
        let others = self.history(self.item_of(version)).iter().rev().filter(|other| **other != version);
        others.copied().find_map(|other| self.pinned(set, other))
    }
}
