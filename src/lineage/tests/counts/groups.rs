//! Members by group, against plain loops.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::model::histories::{in_any_world, versions};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::summary::{PinAspect, PinGrouping, PinShared};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index};

fn groupings() -> impl Iterator<Item = PinGrouping> {
    let aspects = [PinAspect::Split, PinAspect::Kind, PinAspect::Namespace];
    (0..16_u8).map(move |choice| PinGrouping {
        by: aspects.into_iter().enumerate().filter(|(n, _)| choice >> n & 1 == 1).map(|(_, a)| a).collect(),
        paths: if choice > 7 { vec!["says".to_owned(), "nothing".to_owned()] } else { Vec::new() },
    })
}

/// The group of a version that is pinned in a split, with its value.
fn shared<'a>(
    at: At<'a>,
    grouping: &PinGrouping,
    member: VersionNo,
    split: &'a str,
) -> (PinShared<'a>, Option<&'a [u8]>) {
    let key = at.key(at.item_of(member));
    let asked = |aspect| grouping.by.contains(&aspect);
    let plain = PinShared {
        split: asked(PinAspect::Split).then_some(split),
        kind: asked(PinAspect::Kind).then_some(key.kind),
        namespace: asked(PinAspect::Namespace).then(|| key.namespace.as_str()),
        ..PinShared::default()
    };
    let column = at.index.postings.attribute("says").filter(|_| !grouping.paths.is_empty());
    (plain, column.and_then(|column| column.of(member.0)))
}

/// The contents of a set, with the splits of the outer pins in which each may be.
fn held<'a>(at: At<'a>, set: VersionNo) -> BTreeMap<VersionNo, BTreeSet<&'a str>> {
    let mut held: BTreeMap<VersionNo, BTreeSet<&str>> = BTreeMap::new();
    let pins: BTreeMap<VersionNo, &str> =
        at.members(set).map(|interval| (interval.member, at.index().text(interval.split))).collect();
    for (pin, split) in &pins {
        let (mut open, mut seen) = (vec![*pin], BTreeSet::from([*pin]));
        while let Some(next) = open.pop() {
            if at.kind(next) != Kind::TrainingSet {
                let splits = held.entry(next).or_default();
                splits.insert(pins.get(&next).unwrap_or(split));
            }
            let inner = at.member_numbers(next).filter(|member| seen.insert(*member));
            open.extend(inner.collect::<Vec<_>>());
        }
    }
    held
}

#[test]
fn members_are_counted_once_in_their_group() {
    let nested = Cell::new(0);
    in_any_world(120, 10, |index: &Index| {
        let at = At::new(index, index.seq());
        for set in versions(at).filter(|set| at.kind(*set) == Kind::TrainingSet) {
            let expected = held(at, set);
            nested.set(
                nested.get() + usize::from(at.member_numbers(set).any(|m| at.kind(m) == Kind::TrainingSet)),
            );
            for grouping in groupings() {
                let mut walker = at.walker();
                let groups = walker.held_by(set, &grouping, &mut EdgeBudget::edges(u64::MAX)).unwrap();
                let mut found = BTreeSet::new();
                for (group, members) in &groups {
                    assert!(!members.is_empty());
                    for member in members {
                        assert!(found.insert(*member), "each once");
                        let fits = |split: &&str| {
                            let (plain, value) = shared(at, &grouping, *member, split);
                            let values: &[_] = if grouping.paths.is_empty() { &[] } else { &[value, None] };
                            (plain.split, plain.kind, plain.namespace)
                                == (group.split, group.kind, group.namespace)
                                && group.values.asked() == values
                        };
                        assert!(expected[member].iter().any(fits), "{member:?} in {group:?}");
                    }
                }
                assert!(found.iter().eq(expected.keys()), "all of them");
                let keys: BTreeSet<_> = groups.iter().map(|(group, _)| group).collect();
                assert_eq!(keys.len(), groups.len(), "a group comes once");
                if grouping.by == [PinAspect::Split] {
                    assert!(groups.is_sorted_by_key(|(group, _)| (group.split, group.values)));
                }
            }
            let mut walker = at.walker();
            let counted = walker.held_by(set, &PinGrouping::default(), &mut EdgeBudget::edges(0));
            assert!(counted.is_none_or(|groups| groups.is_empty()), "nothing is counted without a budget");
        }
    });
    assert!(nested.get() > 0, "no set was in a set");
}

#[test]
fn changes_by_group_are_the_difference_of_two_sets_of_pins() {
    in_any_world(120, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        let sets: Vec<VersionNo> = versions(at).filter(|set| at.kind(*set) == Kind::TrainingSet).collect();
        for (first, second) in sets.iter().flat_map(|first| sets.iter().map(move |second| (*first, *second)))
        {
            for grouping in groupings() {
                let by_split = grouping.by.contains(&PinAspect::Split);
                let pins = |set| {
                    let pins = at.members(set).map(|interval| (interval.member, index.text(interval.split)));
                    pins.map(|(member, split)| (member, if by_split { split } else { "" }))
                        .collect::<BTreeSet<_>>()
                };
                let (before, after) = (pins(first), pins(second));
                let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
                let mut walker = at.walker();
                for (group, (removed, added)) in walker.pins_changed_by(first, second, &grouping) {
                    assert!(!removed.is_empty() || !added.is_empty());
                    for (list, found) in [(removed, &mut gone), (added, &mut come)] {
                        for member in list {
                            let split = group.split.unwrap_or_default();
                            let (plain, value) = shared(at, &grouping, member, split);
                            assert_eq!((plain.split, plain.kind), (group.split, group.kind));
                            assert_eq!(group.values.asked().first().copied().flatten(), value);
                            found.insert((member, split));
                        }
                    }
                }
                assert_eq!(gone, before.difference(&after).copied().collect());
                assert_eq!(come, after.difference(&before).copied().collect());
            }
        }
    });
}
