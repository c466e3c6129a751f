//! Differences between the pins of two set versions, against sets of versions.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::model::histories::{in_any_world, versions};
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::index::names::NameNo;
use crate::lineage::{At, Index};

#[test]
fn changed_pins_are_the_difference_of_two_sets_of_versions() {
    in_any_world(200, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        let sets: Vec<VersionNo> = versions(at).filter(|set| at.kind(*set) == Kind::TrainingSet).collect();
        let splits: BTreeSet<NameNo> =
            sets.iter().flat_map(|set| at.members(*set)).map(|interval| interval.split).collect();
        for (first, second) in sets.iter().flat_map(|first| sets.iter().map(move |second| (*first, *second)))
        {
            for split in splits.iter().copied().map(Some).chain([None]) {
                let (gone, come) = at.walker().pins_changed(first, second, split);
                let (before, after) = (pinned(at, first, split), pinned(at, second, split));
                assert_eq!(members(&gone), before.difference(&after).copied().collect::<Vec<_>>());
                assert_eq!(members(&come), after.difference(&before).copied().collect::<Vec<_>>());
                assert!(gone.iter().all(|interval| at.members(first).any(|own| own == *interval)));
                assert!(come.iter().all(|interval| at.members(second).any(|own| own == *interval)));
            }
        }
    });
}

#[test]
fn an_item_is_added_or_removed_or_repinned() {
    let several = Cell::new(0);
    in_any_world(200, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        let sets: Vec<VersionNo> = versions(at).filter(|set| at.kind(*set) == Kind::TrainingSet).collect();
        for (first, second) in sets.iter().flat_map(|first| sets.iter().map(move |second| (*first, *second)))
        {
            let terms = |set| {
                let intervals = at.members(set);
                let terms = intervals
                    .map(|interval| (interval.member, (interval.split, interval.weight.map(f64::to_bits))));
                terms.collect::<BTreeMap<VersionNo, _>>()
            };
            let (before, after) = (terms(first), terms(second));
            let items = |pins: &BTreeMap<VersionNo, _>| {
                pins.keys().map(|member| at.item_of(*member)).collect::<BTreeSet<ItemNo>>()
            };
            let alone = |own: &BTreeMap<VersionNo, _>, other: &BTreeSet<ItemNo>| {
                own.keys().copied().filter(|member| !other.contains(&at.item_of(*member))).collect::<Vec<_>>()
            };
            let difference = at.walker().difference(first, second);
            assert_eq!(members(&difference.added), alone(&after, &items(&before)));
            assert_eq!(members(&difference.removed), alone(&before, &items(&after)));
            // Every other pin that only one of them has is in a pair with a pin of the other, of
            // the same item.
            let (mut left, mut right) = (BTreeSet::new(), BTreeSet::new());
            for (old, new) in &difference.repinned {
                assert_eq!(at.item_of(old.member), at.item_of(new.member));
                assert!(before.contains_key(&old.member) && after.contains_key(&new.member));
                assert_ne!((old.member, before[&old.member]), (new.member, after[&new.member]));
                assert!(
                    old.member == new.member
                        || !after.contains_key(&old.member)
                        || !before.contains_key(&new.member)
                );
                left.insert(old.member);
                right.insert(new.member);
            }
            let changed = |own: &BTreeMap<VersionNo, _>, other: &BTreeMap<VersionNo, _>| {
                let changed = own.iter().filter(|(member, terms)| other.get(member) != Some(*terms));
                changed.map(|(member, _)| *member).collect::<BTreeSet<_>>()
            };
            let others = items(&before).intersection(&items(&after)).copied().collect::<BTreeSet<_>>();
            let shared = |members: BTreeSet<VersionNo>| {
                members
                    .into_iter()
                    .filter(|member| others.contains(&at.item_of(*member)))
                    .collect::<BTreeSet<_>>()
            };
            assert!(left.is_superset(&shared(changed(&before, &after))));
            assert!(right.is_superset(&shared(changed(&after, &before))));
            several.set(several.get() + usize::from(left.len() != right.len()));
            let back = at.walker().difference(second, first);
            let mut turned: Vec<_> = back.repinned.iter().map(|(new, old)| (*old, *new)).collect();
            turned.sort_unstable_by_key(|(old, new)| (new.member, old.member));
            assert_eq!(turned, difference.repinned, "the other way round it is the same");
        }
    });
    assert!(several.get() > 0, "no set had several versions of one item");
}

fn pinned(at: At<'_>, set: VersionNo, split: Option<NameNo>) -> BTreeSet<VersionNo> {
    let intervals = at.members(set).filter(|interval| split.is_none_or(|split| interval.split == split));
    intervals.map(|interval| interval.member).collect()
}

fn members(intervals: &[MembershipInterval]) -> Vec<VersionNo> {
    intervals.iter().map(|interval| interval.member).collect()
}
