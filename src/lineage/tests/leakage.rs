//! Leakage, against every pair looked at by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::histories::{in_any_world, versions};
use crate::domain::facts::VersionNo;
use crate::domain::item::Kind;
use crate::lineage::leakage::{Leak, Leakage, Limits, Side};
use crate::lineage::{At, Index};

/// What a pair has in common, through what.
type Told = (Leak, Option<VersionNo>, VersionNo, VersionNo);

const WHOLE: Limits = Limits { edges: u64::MAX, from_place: 0 };

#[test]
fn findings_are_what_every_pair_has_in_common() {
    in_any_world(300, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for (a, b) in sides(at) {
            let leakage = at.leakage(a, b, &Leak::ALL.into(), WHOLE).unwrap();
            assert_eq!(leakage.stopped_before, None);
            assert!(leakage.findings.is_sorted_by_key(|finding| finding.leak));
            assert!(leakage.findings.is_sorted_by(|one, two| one.place < two.place));
            assert_eq!(listed(at, &leakage), naive(index, at, a, b));
        }
    });
}

#[test]
fn pairs_come_page_by_page() {
    in_any_world(60, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for (a, b) in sides(at) {
            let leakage = at.leakage(a, b, &Leak::ALL.into(), WHOLE).unwrap();
            for finding in &leakage.findings {
                let group = leakage.group(at, finding);
                let all = group.pairs(0, usize::MAX);
                for size in 1..4 {
                    let pages = (0..all.len()).step_by(size).map(|start| group.pairs(start as u64, size));
                    assert_eq!(pages.collect::<Vec<_>>().concat(), all);
                }
            }
        }
    });
}

#[test]
fn what_stops_goes_on_where_it_stopped() {
    in_any_world(100, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for (a, b) in sides(at) {
            let all = Leak::ALL.into();
            let whole = at.leakage(a, b, &all, WHOLE).unwrap();
            for edges in 0..12 {
                let mut from_place = 0;
                // What is refused is refused whole: the way up, or one ancestor, is too long.
                while let Some(part) = at.leakage(a, b, &all, Limits { edges, from_place }) {
                    let found = part.findings.len();
                    assert_eq!(part.findings, whole.findings[..found], "the beginning of the whole");
                    let Some(place) = part.stopped_before else {
                        assert_eq!(found, whole.findings.len());
                        break;
                    };
                    assert!(place > from_place, "it gets on");
                    from_place = place;
                }
            }
        }
    });
}

fn sides(at: At<'_>) -> Vec<(Side, Side)> {
    let sets: Vec<VersionNo> = versions(at).filter(|v| at.kind(*v) == Kind::TrainingSet).collect();
    let whole = |set: VersionNo| Side { set, split: None };
    let mut sides: Vec<(Side, Side)> = sets
        .iter()
        .flat_map(|a| sets.iter().map(move |b| (whole(*a), whole(*b))))
        .filter(|(a, b)| a != b)
        .collect();
    if let (Some(train), Some(test)) = (at.name("TRAIN"), at.name("TEST")) {
        let split = |set, split| Side { set, split: Some(split) };
        sides.extend(sets.iter().map(|set| (split(*set, train), split(*set, test))));
    }
    // A few are enough of each world.
    sides.into_iter().rev().take(12).collect()
}

fn listed(at: At<'_>, leakage: &Leakage) -> BTreeSet<Told> {
    let mut told = BTreeSet::new();
    for finding in &leakage.findings {
        let pairs = leakage.group(at, finding).pairs(0, usize::MAX);
        assert!(pairs.is_sorted(), "pairs are in order, each once");
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = pairs.iter().copied().unzip();
        assert_eq!(
            (finding.in_a as usize, finding.in_b as usize, finding.pairs as usize),
            (a.len(), b.len(), pairs.len()),
            "the counts are those of the pairs"
        );
        told.extend(pairs.into_iter().map(|(a, b)| (finding.leak, finding.through, a, b)));
    }
    told
}

fn naive(index: &Index, at: At<'_>, a: Side, b: Side) -> BTreeSet<Told> {
    let mut told = BTreeSet::new();
    let payload =
        |version: VersionNo| index.versions.by_payload.values().find(|same| same.contains(&version));
    let above: BTreeMap<VersionNo, BTreeSet<VersionNo>> =
        at.side(a).into_iter().chain(at.side(b)).map(|member| (member, ancestors(at, member))).collect();
    for first in at.side(a) {
        for second in at.side(b) {
            let mut tell = |leak, through| {
                told.insert((leak, through, first, second));
            };
            if first == second {
                tell(Leak::CommonMember, Some(first));
                continue;
            }
            let same_item = at.item_of(first) == at.item_of(second);
            let same_content = at.content(first) == at.content(second);
            if same_item {
                tell(Leak::SameItem, None);
            } else if same_content {
                tell(Leak::EqualContent, None);
            } else if payload(first).is_some() && payload(first) == payload(second) {
                tell(Leak::EqualPayload, None);
            }
            let common: BTreeSet<VersionNo> = &above[&first] & &above[&second];
            for shared in &common {
                let lowest =
                    common.iter().all(|other| other == shared || !ancestors(at, *other).contains(shared));
                if lowest {
                    tell(Leak::CommonAncestor, Some(*shared));
                }
            }
        }
    }
    told
}

/// Everything above a member, with itself: what a set pins, and data that anything was made from.
fn ancestors(at: At<'_>, member: VersionNo) -> BTreeSet<VersionNo> {
    let data = |version: &VersionNo| {
        matches!(at.kind(*version), Kind::Source | Kind::Label | Kind::Derived | Kind::Bundle)
    };
    let mut found = BTreeSet::from([member]);
    let mut open = vec![member];
    while let Some(next) = open.pop() {
        let above: Vec<VersionNo> = match at.kind(next) {
            Kind::TrainingSet => at.members(next).map(|stay| stay.member).collect(),
            _ => at.sources(next).map(|edge| edge.other).filter(data).collect(),
        };
        open.extend(above.into_iter().filter(|version| found.insert(*version)));
    }
    found
}
