//! Contents of sets in sets, against a recursive implementation.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::model::histories::{in_any_world, seqs, versions};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::names::NameNo;
use crate::lineage::query::contents::product;
use crate::lineage::query::impact::Question;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index};

#[test]
fn a_set_resolves_to_the_contents_of_its_pins() {
    let nested = Cell::new(0);
    in_any_world(300, 12, |index: &Index| {
        for seq in seqs(index).skip(1) {
            let at = At::new(index, seq);
            for set in versions(at).filter(|version| at.kind(*version) == Kind::TrainingSet) {
                let contents = at.contents(set, &mut EdgeBudget::edges(u64::MAX)).unwrap();
                let found: BTreeMap<VersionNo, NameNo> = contents
                    .iter()
                    .map(|content| (content.interval.member, content.interval.split))
                    .collect();
                assert_eq!(found.len(), contents.len(), "each version once");
                let expected: BTreeSet<VersionNo> = leaves(at, set);
                assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), expected);
                for interval in
                    at.members(set).filter(|interval| at.kind(interval.member) != Kind::TrainingSet)
                {
                    assert_eq!(found[&interval.member], interval.split, "its own pin comes first");
                }
                let overtaken = at.walker().overtaken(set, &mut EdgeBudget::edges(u64::MAX)).unwrap();
                assert_eq!(overtaken.has_old_set, member_sets(at, set).iter().any(|set| !at.is_head(*set)));
                let inner = at.members(set).filter(|interval| at.kind(interval.member) == Kind::TrainingSet);
                if inner.count() > 0 {
                    assert!(at.pins_sets(set));
                    nested.set(nested.get() + 1);
                }
            }
        }
    });
    assert!(nested.get() > 0, "no set was in a set");
}

#[test]
fn affected_contents_are_wrong_or_hold_something_wrong_or_are_in_a_wrong_set() {
    let counted = Cell::new(0);
    in_any_world(300, 12, |index: &Index| {
        let at = At::new(index, index.seq());
        let question =
            Question { include_restored: true, ..Question::plain(at.all_wrong().collect(), u64::MAX) };
        let impact = at.affected(&question);
        for affected in &impact.sets {
            let contents = at.contents(affected.set, &mut EdgeBudget::edges(u64::MAX)).unwrap();
            let found = impact.affected_contents(at, &contents, &impact.rows(at, affected));
            let found: BTreeSet<VersionNo> = found.iter().map(|content| content.interval.member).collect();
            let upstream = |version: VersionNo| {
                let wrong =
                    at.wrong_upstream([version].into_iter(), &mut EdgeBudget::edges(u64::MAX)).unwrap();
                !wrong.is_empty()
            };
            let expected =
                contents.iter().filter(|content| content.in_wrong_set || upstream(content.interval.member));
            assert_eq!(found, expected.map(|content| content.interval.member).collect());
            counted.set(counted.get() + found.len());
            let overtaken = at.walker().overtaken(affected.set, &mut EdgeBudget::edges(u64::MAX)).unwrap();
            assert_eq!((overtaken.wrong, overtaken.members), (found.len(), contents.len()));
            assert!(!overtaken.is_sound);
        }
    });
    assert!(counted.get() > 0);
}

/// The versions below the pins of a set that are no sets.
fn leaves(at: At<'_>, set: VersionNo) -> BTreeSet<VersionNo> {
    let below = |member: VersionNo| match at.kind(member) {
        Kind::TrainingSet => leaves(at, member),
        _ => BTreeSet::from([member]),
    };
    at.member_numbers(set).flat_map(below).collect()
}

/// The sets in a set, at any depth, empty ones included.
fn member_sets(at: At<'_>, set: VersionNo) -> BTreeSet<VersionNo> {
    let inner: Vec<VersionNo> =
        at.member_numbers(set).filter(|member| at.kind(*member) == Kind::TrainingSet).collect();
    let below = inner.iter().flat_map(|set| member_sets(at, *set));
    below.chain(inner.iter().copied()).collect()
}

#[test]
fn a_product_of_weights_is_a_number_and_0_only_if_a_weight_is() {
    for (outer, inner, expected) in [
        (None, None, None),
        (Some(0.5), None, Some(0.5)),
        (None, Some(0.25), Some(0.25)),
        (Some(0.5), Some(0.25), Some(0.125)),
        (Some(1e200), Some(1e200), Some(f64::MAX)),
        (Some(1e-200), Some(1e-200), Some(f64::MIN_POSITIVE)),
        (Some(0.0), Some(1e200), Some(0.0)),
    ] {
        assert_eq!(product(outer, inner), expected, "{outer:?} {inner:?}");
    }
}
