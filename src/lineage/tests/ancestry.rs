//! Comparisons of ancestries, and counts of neighbours, against plain sets.

use std::collections::BTreeSet;

use super::model::worlds::over_worlds;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::walk::flow::EdgeBudget;

const PLENTY: u64 = 1_000_000;

#[test]
fn common_ancestors_are_those_of_both_and_the_lowest_have_none_below() {
    over_worlds(|world, seq, choices| {
        let at = At::new(&world.index, seq);
        let (Some(a), Some(b)) = (world.any(seq, choices[0]), world.any(seq, choices[1])) else { return };
        let own = |version: VersionNo| {
            let mut upstream = world.upstream(version, seq);
            upstream.insert(version);
            upstream
        };
        let expected: BTreeSet<_> = own(a).intersection(&own(b)).copied().collect();
        let found = at.walker().common_ancestors(a, b, false, &mut EdgeBudget::edges(PLENTY)).unwrap();
        assert_eq!(found.len(), expected.len(), "each once");
        assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), expected);

        let above: BTreeSet<_> = expected.iter().flat_map(|version| world.upstream(*version, seq)).collect();
        let lowest = at.walker().common_ancestors(a, b, true, &mut EdgeBudget::edges(PLENTY)).unwrap();
        assert_eq!(lowest.iter().copied().collect::<BTreeSet<_>>(), &expected - &above);
        let kept: Vec<_> = found.iter().copied().filter(|version| lowest.contains(version)).collect();
        assert_eq!(kept, lowest, "in the same order");
        let edges = u64::from(choices[2] % 30);
        assert!(
            at.walker()
                .common_ancestors(a, b, true, &mut EdgeBudget::edges(edges))
                .is_none_or(|some| some == lowest)
        );
    });
}

#[test]
fn a_difference_has_the_ancestors_of_one_alone_with_versions_of_one_item_paired() {
    over_worlds(|world, seq, choices| {
        let at = At::new(&world.index, seq);
        let (Some(a), Some(b)) = (world.any(seq, choices[0]), world.any(seq, choices[1])) else { return };
        let keep = |version: VersionNo| !version.0.is_multiple_of(5);
        let found =
            at.walker().contrast(a, b, &|_, version| keep(version), &mut EdgeBudget::edges(PLENTY)).unwrap();
        let upstream = |version| -> BTreeSet<_> {
            world.upstream(version, seq).into_iter().filter(|version| keep(*version)).collect()
        };
        let (of_a, of_b) = (upstream(a), upstream(b));
        assert_eq!(found.common, of_a.intersection(&of_b).count());
        let paired = |own: &[VersionNo], pairs: Vec<VersionNo>| -> BTreeSet<_> {
            assert!(own.is_sorted(), "by number");
            own.iter().copied().chain(pairs).collect()
        };
        let (first, second) = found.changed.iter().copied().unzip();
        assert_eq!(paired(&found.only_a, first), &of_a - &of_b);
        assert_eq!(paired(&found.only_b, second), &of_b - &of_a);
        assert!(found.changed.is_sorted_by_key(|(_, second)| second));
        assert!(found.changed.iter().all(|(a, b)| at.item_of(*a) == at.item_of(*b) && a != b));
        let items = |versions: &[VersionNo]| -> BTreeSet<_> {
            versions.iter().map(|version| at.item_of(*version)).collect()
        };
        assert!(items(&found.only_a).is_disjoint(&items(&found.only_b)), "nothing is left to pair");
        let total = found.only_a.len() + found.only_b.len() + 2 * found.changed.len();
        assert_eq!(total, of_a.symmetric_difference(&of_b).count(), "each once");
    });
}

#[test]
fn neighbours_are_counted_each_once() {
    over_worlds(|world, seq, _| {
        let at = At::new(&world.index, seq);
        for version in world.versions(seq) {
            let edges = || world.edges.iter().filter(|edge| edge.seq <= seq);
            let sources = edges().filter(|edge| edge.below == version && !edge.pin).map(|edge| edge.above);
            let made = edges().filter(|edge| edge.above == version && !edge.pin).map(|edge| edge.below);
            let sets = edges().filter(|edge| edge.above == version && edge.pin);
            assert_eq!(at.source_count(version), sources.collect::<BTreeSet<_>>().len());
            assert_eq!(at.derivative_count(version), made.collect::<BTreeSet<_>>().len());
            assert_eq!(at.pin_count(version), sets.count());
        }
    });
}
