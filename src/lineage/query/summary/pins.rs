//! Members of training sets, counted by what they are.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::values::{Grouping, Values};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::index::membership::Stay;
use crate::lineage::index::names::Name;
use crate::lineage::walk::flow::Budget;

/// What members are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAspect {
    /// The split they are pinned in.
    Split,
    /// What their items are.
    Kind,
    /// Where their items are.
    Namespace,
}

/// What the members of a group have in common; parts that were not asked for are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PinShared<'a> {
    /// The split they are pinned in.
    pub split: Option<&'a str>,
    /// What their items are.
    pub kind: Option<Kind>,
    /// Where their items are.
    pub namespace: Option<&'a str>,
    /// The values of their attributes.
    pub values: Values<'a>,
}

/// How members are to be grouped.
#[derive(Debug, Clone, Default)]
pub struct PinGrouping {
    /// What groups are told apart by first.
    pub by: Vec<PinAspect>,
    /// The paths of attributes by whose values groups are told apart then.
    pub paths: Vec<String>,
}

/// Members by group, in the order of the grouping.
pub type PinGroups<'a, T> = Vec<(PinShared<'a>, T)>;

/// What was removed from a group, and what was added to it.
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

/// Finds the groups of members.
struct Sorter<'a, 'g> {
    at: At<'a>,
    grouping: &'g PinGrouping,
    values: Grouping<'a>,
}

impl<'a, 'g> Sorter<'a, 'g> {
    fn new(at: At<'a>, grouping: &'g PinGrouping) -> Self {
        Self { at, grouping, values: Grouping::new(at, &grouping.paths) }
    }

    fn shared(&self, member: VersionNo, split: Name) -> PinShared<'a> {
        let asked = |aspect| self.grouping.by.contains(&aspect);
        let key = self.at.key(self.at.item_of(member));
        PinShared {
            split: asked(PinAspect::Split).then(|| self.at.index.text(split)),
            kind: asked(PinAspect::Kind).then_some(key.kind),
            namespace: asked(PinAspect::Namespace).then(|| key.namespace.as_str()),
            values: self.values.of(member),
        }
    }

    fn in_order<T>(&self, groups: HashMap<PinShared<'a>, T>) -> PinGroups<'a, T> {
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by(|(a, _), (b, _)| a.compare(b, &self.grouping.by));
        groups
    }
}

impl<'a> At<'a> {
    /// The contents of a set version by group. `None` if the budget is spent before; each of them takes one edge.
    #[must_use]
    pub fn held_by(
        self,
        set: VersionNo,
        grouping: &PinGrouping,
        budget: &mut Budget,
    ) -> Option<PinGroups<'a, Vec<VersionNo>>> {
        let sorter = Sorter::new(self, grouping);
        let mut groups: HashMap<PinShared<'a>, Vec<VersionNo>> = HashMap::new();
        let contents = self.contents(set, budget)?;
        budget.take_all(contents.len());
        for Stay { member, split, .. } in contents.into_iter().map(|content| content.stay) {
            groups.entry(sorter.shared(member, split)).or_default().push(member);
        }
        (!budget.spent).then(|| sorter.in_order(groups))
    }

    /// The pins of which two set versions have one only, by group. If groups are told apart by split, a version that moved
    /// to another split is removed from one group and added to another; else it is neither.
    #[must_use]
    pub fn pins_changed_by(
        self,
        first: VersionNo,
        second: VersionNo,
        grouping: &PinGrouping,
    ) -> PinGroups<'a, Changed> {
        let (mut gone, mut come) = self.changes(first, second);
        let by_split = grouping.by.contains(&PinAspect::Split);
        let is_in = |stays: &[Stay], stay: &Stay| {
            let place = stays.binary_search_by_key(&stay.member, |other| other.member);
            place.is_ok_and(|place| !by_split || stays[place].split == stay.split)
        };
        let kept = gone.clone();
        gone.retain(|stay| !is_in(&come, stay));
        come.retain(|stay| !is_in(&kept, stay));
        let sorter = Sorter::new(self, grouping);
        let mut groups: HashMap<PinShared<'a>, Changed> = HashMap::new();
        for stay in gone {
            groups.entry(sorter.shared(stay.member, stay.split)).or_default().0.push(stay.member);
        }
        for stay in come {
            groups.entry(sorter.shared(stay.member, stay.split)).or_default().1.push(stay.member);
        }
        sorter.in_order(groups)
    }
}
