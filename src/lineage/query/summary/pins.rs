//! Members of training sets, counted by group.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::Namespaces;
use super::values::{Grouping, Numbers, Values};
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::index::names::NameNo;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Walker};

/// A property by which members are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAspect {
    /// The split they are pinned in.
    Split,
    /// The kinds of their items.
    Kind,
    /// The namespaces of their items.
    Namespace,
}

/// The common properties of the members of a group; `None` for properties that were not requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PinShared<'a> {
    /// The split they are pinned in.
    pub split: Option<&'a str>,
    /// The kind of their items.
    pub kind: Option<Kind>,
    /// The namespace of their items.
    pub namespace: Option<&'a str>,
    /// The values of their attributes.
    pub values: Values<'a>,
}

/// The grouping of members.
#[derive(Debug, Clone, Default)]
pub struct PinGrouping {
    /// The first criteria.
    pub by: Vec<PinAspect>,
    /// The paths of attributes whose values are the second criteria.
    pub paths: Vec<String>,
}

/// Members by group, in the order of the grouping.
pub type PinGroups<'a, T> = Vec<(PinShared<'a>, T)>;

/// The versions that were removed from a group, and those that were added to it.
pub type Changed = (Vec<VersionNo>, Vec<VersionNo>);

impl PinShared<'_> {
    fn compare(&self, other: &Self, by: &[PinAspect]) -> Ordering {
        let compared = by.iter().map(|aspect| match aspect {
            PinAspect::Split => self.split.cmp(&other.split),
            PinAspect::Kind => self.kind.cmp(&other.kind),
            PinAspect::Namespace => self.namespace.cmp(&other.namespace),
        });
        compared.fold(Ordering::Equal, Ordering::then).then(self.values.cmp(&other.values))
    }
}

/// The common properties of the members of a group, by numbers that never change while the index
/// grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PinKey {
    split: Option<NameNo>,
    kind: Option<Kind>,
    /// An item in the namespace: the first that was met.
    namespace: Option<ItemNo>,
    values: Numbers,
}

/// Finds the groups of members.
struct Sorter<'g> {
    grouping: &'g PinGrouping,
    values: Grouping,
    namespaces: Namespaces,
}

impl<'g> Sorter<'g> {
    fn new(at: At<'_>, grouping: &'g PinGrouping) -> Self {
        let values = Grouping::new(at, &grouping.paths);
        Self { grouping, values, namespaces: Namespaces::default() }
    }

    fn key(&mut self, at: At<'_>, member: VersionNo, split: NameNo) -> PinKey {
        let asked = |aspect| self.grouping.by.contains(&aspect);
        let item = at.item_of(member);
        PinKey {
            split: asked(PinAspect::Split).then_some(split),
            kind: asked(PinAspect::Kind).then(|| at.kind(member)),
            namespace: asked(PinAspect::Namespace).then(|| self.namespaces.of(at, item)),
            values: self.values.numbers(at, member),
        }
    }

    fn in_order<'a, T>(&self, at: At<'a>, groups: HashMap<PinKey, T>) -> PinGroups<'a, T> {
        let shared = |key: PinKey| PinShared {
            split: key.split.map(|split| at.index.text(split)),
            kind: key.kind,
            namespace: key.namespace.map(|item| at.key(item).namespace.as_str()),
            values: self.values.values(at, &key.values),
        };
        let mut groups: Vec<_> = groups.into_iter().map(|(key, group)| (shared(key), group)).collect();
        groups.sort_unstable_by(|(a, _), (b, _)| a.compare(b, &self.grouping.by));
        groups
    }
}

impl Walker<'_> {
    /// The contents of a set version by group. `None` if the budget is spent; each of them takes
    /// one edge.
    #[must_use]
    pub fn held_by(
        &mut self,
        set: VersionNo,
        grouping: &PinGrouping,
        budget: &mut EdgeBudget,
    ) -> Option<PinGroups<'_, Vec<VersionNo>>> {
        let mut sorter = Sorter::new(self.at(), grouping);
        let mut groups: HashMap<PinKey, Vec<VersionNo>> = HashMap::new();
        let contents = self.contents(set, budget)?;
        budget.take_all(contents.len());
        self.by_parts(contents.len(), |at, part| {
            for MembershipInterval { member, split, .. } in
                contents[part].iter().map(|content| content.interval)
            {
                groups.entry(sorter.key(at, member, split)).or_default().push(member);
            }
        });
        (!budget.spent).then(|| sorter.in_order(self.at(), groups))
    }

    /// The pins that only one of two set versions has, by group. If groups are by split, a version
    /// that moved to another split is removed from one group and added to another; otherwise it is
    /// not listed.
    #[must_use]
    pub fn pins_changed_by(
        &mut self,
        first: VersionNo,
        second: VersionNo,
        grouping: &PinGrouping,
    ) -> PinGroups<'_, Changed> {
        let (mut gone, mut come) = self.changes(first, second);
        let by_split = grouping.by.contains(&PinAspect::Split);
        self.unlocked_if_many(gone.len() + come.len(), || {
            let is_in = |intervals: &[MembershipInterval], interval: &MembershipInterval| {
                let place = intervals.binary_search_by_key(&interval.member, |other| other.member);
                place.is_ok_and(|place| !by_split || intervals[place].split == interval.split)
            };
            let kept = gone.clone();
            gone.retain(|interval| !is_in(&come, interval));
            come.retain(|interval| !is_in(&kept, interval));
        });
        let mut sorter = Sorter::new(self.at(), grouping);
        let mut groups: HashMap<PinKey, Changed> = HashMap::new();
        self.by_parts(gone.len(), |at, part| {
            for interval in &gone[part] {
                groups
                    .entry(sorter.key(at, interval.member, interval.split))
                    .or_default()
                    .0
                    .push(interval.member);
            }
        });
        self.by_parts(come.len(), |at, part| {
            for interval in &come[part] {
                groups
                    .entry(sorter.key(at, interval.member, interval.split))
                    .or_default()
                    .1
                    .push(interval.member);
            }
        });
        sorter.in_order(self.at(), groups)
    }
}
