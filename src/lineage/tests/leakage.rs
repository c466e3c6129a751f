//! Leakage, against a check of every pair.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::model::histories::{in_any_world, versions};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::names::NameNo;
use crate::lineage::query::leakage::{
    Finding, KeyedMembers, Leak, Leakage, LeakageGroup, LeakageLimits, Side,
};
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index};

/// The property of a pair, the common version, and the two members.
type LeakedPair = (Leak, Option<VersionNo>, VersionNo, VersionNo);

/// The findings of one request with this budget beyond a position, and this budget before it.
fn part(
    at: At<'_>,
    (a, b): (Side, Side),
    (edges, again): (u64, u64),
    from_place: usize,
) -> Result<Leakage, Stopped> {
    let (mut budget, mut again) = (EdgeBudget::edges(edges), EdgeBudget::edges(again));
    let limits = LeakageLimits { budget: &mut budget, from_place, again: &mut again, time_up: &|| false };
    at.leakage(a, b, &Leak::ALL.into(), limits)
}

fn whole(at: At<'_>, sides: (Side, Side)) -> Leakage {
    part(at, sides, (u64::MAX, u64::MAX), 0).unwrap()
}

fn pairs(group: &LeakageGroup, start: u64, count: usize) -> Vec<(VersionNo, VersionNo)> {
    group.pairs(start, count, &mut EdgeBudget::edges(u64::MAX)).unwrap()
}

fn group(at: At<'_>, leakage: &Leakage, finding: &Finding) -> LeakageGroup {
    leakage.group(at, finding, &mut EdgeBudget::edges(u64::MAX)).unwrap()
}

#[test]
fn findings_are_the_common_properties_of_every_pair() {
    in_any_world(300, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for (a, b) in sides(at) {
            let leakage = whole(at, (a, b));
            assert_eq!(leakage.stopped, None);
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
        for sides in sides(at) {
            let leakage = whole(at, sides);
            for finding in &leakage.findings {
                let group = group(at, &leakage, finding);
                let all = pairs(&group, 0, usize::MAX);
                for size in 1..4 {
                    let pages = (0..all.len()).step_by(size).map(|start| pairs(&group, start as u64, size));
                    assert_eq!(pages.collect::<Vec<_>>().concat(), all);
                }
            }
        }
    });
}

#[test]
fn a_stopped_request_continues_where_it_stopped() {
    let resumed = Cell::new(0);
    in_any_world(500, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for sides in sides(at) {
            let whole = whole(at, sides);
            for edges in 0..40 {
                let mut from_place = 0;
                // A refused request has no findings: the traversal to the ancestors, or below one
                // of them, is too long.
                while let Ok(part) = part(at, sides, (edges, u64::MAX), from_place) {
                    let found = part.findings.len();
                    assert_eq!(part.findings, whole.findings[..found], "a prefix of the complete answer");
                    let Some(stop) = part.stopped else {
                        assert_eq!(found, whole.findings.len());
                        break;
                    };
                    assert_eq!(stop.reason, Stopped::Edges);
                    assert!(stop.before > from_place, "it gets further");
                    from_place = stop.before;
                    resumed.set(resumed.get() + 1);
                }
            }
        }
    });
    assert!(resumed.get() > 0, "nothing was ever resumed");
}

#[test]
fn findings_before_a_position_are_charged() {
    let refused = Cell::new(0);
    in_any_world(100, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for sides in sides(at) {
            let whole = whole(at, sides);
            let Some(last) = whole.findings.last().filter(|last| last.leak == Leak::CommonAncestor) else {
                continue;
            };
            let enough = part(at, sides, (u64::MAX, u64::MAX), last.place + 1).unwrap();
            assert_eq!(enough.findings, whole.findings);
            assert_eq!(part(at, sides, (u64::MAX, 0), last.place + 1).unwrap_err(), Stopped::Edges);
            refused.set(refused.get() + 1);
        }
    });
    assert!(refused.get() > 0, "nothing was ever refused");
}

#[test]
fn a_search_whose_time_is_up_ends() {
    let ended = Cell::new(0);
    in_any_world(400, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for sides in sides(at) {
            let whole = whole(at, sides);
            let asked = Cell::new(0);
            let time_up = || asked.replace(asked.get() + 1) == 1;
            let (mut budget, mut again) = (EdgeBudget::edges(u64::MAX), EdgeBudget::edges(u64::MAX));
            let limits =
                LeakageLimits { budget: &mut budget, from_place: 0, again: &mut again, time_up: &time_up };
            let part = at.leakage(sides.0, sides.1, &Leak::ALL.into(), limits).unwrap();
            assert_eq!(part.findings, whole.findings[..part.findings.len()]);
            assert_eq!(part.stopped.map(|stop| stop.reason), (asked.get() > 1).then_some(Stopped::Time));
            ended.set(ended.get() + i32::from(part.stopped.is_some()));
        }
    });
    assert!(ended.get() > 0, "no time was ever up");
}

/// A cost that grows with the square of a group shows here as a test that does not end.
#[test]
fn a_group_of_many_equal_members_is_counted() {
    const MANY: u32 = 100_000;
    let (one, content) = (|n: u32| u64::from(n), 1 << 32);
    let side = |from: u32| {
        let mut members = KeyedMembers::default();
        (from..from + MANY).for_each(|n| members.push(VersionNo(n), &[one(n), content]));
        members
    };
    let group = LeakageGroup { a: side(0), b: side(MANY) };
    assert_eq!(group.counts(&mut EdgeBudget::edges(0)), Some((0, 0, 0)), "all say the same");

    // A separate third key each, and one member per side without any key.
    let side = |from: u32| {
        let mut members = KeyedMembers::default();
        (from..from + MANY).for_each(|n| members.push(VersionNo(n), &[one(n), one(n + 2 * MANY), content]));
        members.push(VersionNo(from + MANY), &[]);
        members
    };
    let group = LeakageGroup { a: side(0), b: side(2 * MANY) };
    let counted = group.counts(&mut EdgeBudget::edges(u64::from(4 * MANY)));
    assert_eq!(counted, Some((MANY + 1, MANY + 1, 2 * u64::from(MANY) + 1)));

    // Two common keys, and a separate one for each member: the count needs a scan.
    let side = |from: u32| {
        let mut members = KeyedMembers::default();
        (from..from + 1_000).for_each(|n| members.push(VersionNo(n), &[one(n), content, content + 1]));
        members
    };
    let group = LeakageGroup { a: side(0), b: side(1_000) };
    assert_eq!(group.counts(&mut EdgeBudget::edges(10_000)), None, "it is charged");
    assert_eq!(group.counts(&mut EdgeBudget::edges(u64::MAX)), Some((0, 0, 0)));
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
    // A few of each world are enough.
    sides.into_iter().rev().take(12).collect()
}

fn listed(at: At<'_>, leakage: &Leakage) -> BTreeSet<LeakedPair> {
    let mut found_pairs = BTreeSet::new();
    for finding in &leakage.findings {
        let pairs = pairs(&group(at, leakage, finding), 0, usize::MAX);
        assert!(pairs.is_sorted(), "pairs are sorted, each once");
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = pairs.iter().copied().unzip();
        assert_eq!(
            (finding.in_a as usize, finding.in_b as usize, finding.pairs as usize),
            (a.len(), b.len(), pairs.len()),
            "the counts are those of the pairs"
        );
        found_pairs.extend(pairs.into_iter().map(|(a, b)| (finding.leak, finding.through, a, b)));
    }
    found_pairs
}

fn naive(index: &Index, at: At<'_>, a: Side, b: Side) -> BTreeSet<LeakedPair> {
    let mut found_pairs = BTreeSet::new();
    let payload = |version: VersionNo| {
        let payloads = &index.versions.by_payload;
        (0..payloads.len()).map(|number| payloads.of(number)).find(|same| same.contains(&version))
    };
    let (members_of_a, members_of_b) = (contents(at, a), contents(at, b));
    let above: BTreeMap<VersionNo, BTreeSet<VersionNo>> =
        members_of_a.iter().chain(&members_of_b).map(|member| (*member, ancestors(at, *member))).collect();
    for first in members_of_a {
        for second in members_of_b.iter().copied() {
            let mut tell = |leak, through| {
                found_pairs.insert((leak, through, first, second));
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
    found_pairs
}

/// The versions of one side that are no sets: pinned, or pinned by a pinned set; in the split in
/// which they are found first.
fn contents(at: At<'_>, side: Side) -> BTreeSet<VersionNo> {
    let mut round: Vec<(VersionNo, NameNo)> =
        at.members(side.set).map(|interval| (interval.member, interval.split)).collect();
    round.sort_unstable_by_key(|(member, _)| *member);
    let mut found: BTreeMap<VersionNo, NameNo> = BTreeMap::new();
    while !round.is_empty() {
        let mut next = Vec::new();
        for (member, split) in round {
            if found.contains_key(&member) {
                continue;
            }
            found.insert(member, split);
            if at.kind(member) == Kind::TrainingSet {
                let mut inner: Vec<_> = at.members(member).map(|interval| (interval.member, split)).collect();
                inner.sort_unstable_by_key(|(member, _)| *member);
                next.extend(inner);
            }
        }
        round = next;
    }
    found.retain(|member, split| {
        at.kind(*member) != Kind::TrainingSet && side.split.is_none_or(|wanted| wanted == *split)
    });
    found.into_keys().collect()
}

/// All ancestors of a member, itself included: the pins of a set, and data that anything was made
/// from.
fn ancestors(at: At<'_>, member: VersionNo) -> BTreeSet<VersionNo> {
    let data = |version: &VersionNo| {
        matches!(at.kind(*version), Kind::Source | Kind::Label | Kind::Derived | Kind::Bundle)
    };
    let mut found = BTreeSet::from([member]);
    let mut open = vec![member];
    while let Some(next) = open.pop() {
        let above: Vec<VersionNo> = match at.kind(next) {
            Kind::TrainingSet => at.members(next).map(|interval| interval.member).collect(),
            _ => at.sources(next).map(|edge| edge.other).filter(data).collect(),
        };
        open.extend(above.into_iter().filter(|version| found.insert(*version)));
    }
    found
}
