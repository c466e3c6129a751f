//! How the pins of two set versions differ, against sets of versions.

use std::collections::BTreeSet;

use super::histories::{in_any_world, versions};
use crate::domain::facts::VersionNo;
use crate::domain::item::Kind;
use crate::lineage::membership::Stay;
use crate::lineage::names::Name;
use crate::lineage::{At, Index};

#[test]
fn changed_pins_are_the_difference_of_two_sets_of_versions() {
    in_any_world(200, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        let sets: Vec<VersionNo> = versions(at).filter(|set| at.kind(*set) == Kind::TrainingSet).collect();
        let splits: BTreeSet<Name> =
            sets.iter().flat_map(|set| at.members(*set)).map(|stay| stay.split).collect();
        for (first, second) in sets.iter().flat_map(|first| sets.iter().map(move |second| (*first, *second)))
        {
            for split in splits.iter().copied().map(Some).chain([None]) {
                let (gone, come) = at.pins_changed(first, second, split);
                let (before, after) = (pinned(at, first, split), pinned(at, second, split));
                assert_eq!(members(&gone), before.difference(&after).copied().collect::<Vec<_>>());
                assert_eq!(members(&come), after.difference(&before).copied().collect::<Vec<_>>());
                assert!(gone.iter().all(|stay| at.members(first).any(|own| own == *stay)));
                assert!(come.iter().all(|stay| at.members(second).any(|own| own == *stay)));
            }
        }
    });
}

fn pinned(at: At<'_>, set: VersionNo, split: Option<Name>) -> BTreeSet<VersionNo> {
    let stays = at.members(set).filter(|stay| split.is_none_or(|split| stay.split == split));
    stays.map(|stay| stay.member).collect()
}

fn members(stays: &[Stay]) -> Vec<VersionNo> {
    stays.iter().map(|stay| stay.member).collect()
}
