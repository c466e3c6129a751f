//! The splits that a refresh keeps.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::model::histories::{in_any_world, versions};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementKind;
use crate::lineage::{At, Index};

#[test]
fn a_refresh_keeps_splits_and_those_of_a_head_that_is_a_member_already() {
    let (merged, kept) = (Cell::new(0), Cell::new(0));
    in_any_world(1_500, 12, |index: &Index| {
        let at = At::new(index, index.seq());
        for set in versions(at).filter(|set| at.kind(*set) == Kind::TrainingSet) {
            let refreshed = at.refreshed(set, &[StatementKind::Corrects, StatementKind::Retracts]);
            let before: BTreeMap<VersionNo, &str> =
                at.members(set).map(|interval| (interval.member, index.text(interval.split))).collect();
            let mut expected = before.clone();
            expected.retain(|member, _| {
                !refreshed.removed.contains(member) && refreshed.replaced.iter().all(|(old, _)| old != member)
            });
            let mut heads = BTreeSet::new();
            // From the oldest member on: the first that is replaced by a head decides, if the head
            // is no member.
            for (old, head) in refreshed.replaced.iter().copied().collect::<BTreeSet<_>>() {
                kept.set(
                    kept.get() + usize::from(expected.get(&head).is_some_and(|own| *own != before[&old])),
                );
                merged.set(merged.get() + usize::from(!heads.insert(head)));
                expected.entry(head).or_insert(before[&old]);
            }
            let found: BTreeMap<VersionNo, &str> =
                refreshed.members.iter().map(|pin| (pin.version, pin.split.as_str())).collect();
            assert_eq!(found, expected);
            assert_eq!(refreshed.members.len(), found.len());
        }
    });
    assert!(merged.get() > 0 && kept.get() > 0, "no head replaced two members, or was a member already");
}
