//! Versions of a training set, added as differences, against the sets themselves.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::index::membership::{InconsistentMembership, Membership, PinGroup};
use crate::lineage::index::names::{NameNo, Names};

const SET: ItemNo = ItemNo(7);

fn numbers(members: impl IntoIterator<Item = u8>) -> Vec<VersionNo> {
    members.into_iter().map(|member| VersionNo(member.into())).collect()
}

/// Adds a version whose new members are in the two splits alternately.
fn push(
    membership: &mut Membership,
    splits: [NameNo; 2],
    removed: &[VersionNo],
    added: &[VersionNo],
) -> Result<(), InconsistentMembership> {
    let members = [0, 1].map(|split| added.iter().copied().skip(split).step_by(2).collect::<Vec<_>>());
    let groups = splits.iter().zip(&members);
    let groups = groups.map(|(split, members)| PinGroup { split: *split, weight: None, members });
    membership.push(SET, true, removed, groups)
}

proptest! {
    #[test]
    fn members_are_what_was_added_and_not_removed(
        versions in prop::collection::vec(prop::collection::btree_set(any::<u8>(), 0..60), 1..8),
        settled in any::<u8>(),
    ) {
        let mut names = Names::default();
        let splits = [names.intern("TRAIN"), names.intern("TEST")];
        let (mut membership, mut before) = (Membership::default(), BTreeSet::new());
        for (turn, members) in versions.iter().enumerate() {
            let removed = numbers(before.difference(members).copied());
            let added = numbers(members.difference(&before).copied());
            push(&mut membership, splits, &removed, &added).unwrap();
            before.clone_from(members);
            if settled >> turn & 1 == 1 {
                membership.sort_new();
            }
        }
        membership.sort_new();
        for (number, members) in (1..).zip(&versions) {
            let mut found: Vec<VersionNo> = membership.member_numbers(SET, number).collect();
            found.sort_unstable();
            prop_assert_eq!(found, numbers(members.iter().copied()));
            prop_assert_eq!(membership.summary(SET, number).unwrap().count as usize, members.len());
            for member in 0..=u8::MAX {
                let interval = membership.interval(SET, number, VersionNo(member.into()));
                prop_assert_eq!(interval.is_some(), members.contains(&member));
            }
        }
        let from = |member| membership.intervals_of(VersionNo(member)).map(|(_, interval)| interval.from).collect::<Vec<_>>();
        prop_assert!((0..256).all(|member| from(member).is_sorted()), "in the order in which they were added");
    }
}

#[test]
fn inconsistent_facts_are_refused() {
    let mut names = Names::default();
    let splits = [names.intern("TRAIN"), names.intern("TEST")];
    let refused: [(&[u8], &[u8]); 7] =
        [(&[4], &[]), (&[9], &[]), (&[3, 3], &[]), (&[5, 3], &[]), (&[], &[5]), (&[], &[8, 8]), (&[6], &[3])];
    for (removed, added) in refused {
        let mut membership = Membership::default();
        push(&mut membership, splits, &[], &numbers([3, 5, 6])).unwrap();
        let (gone, come) = (numbers(removed.iter().copied()), numbers(added.iter().copied()));
        assert_eq!(
            push(&mut membership, splits, &gone, &come),
            Err(InconsistentMembership),
            "{removed:?} {added:?}"
        );
    }
}
