//! Ancestries: what two versions come from, compared. Pins count as edges upstream.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;
use crate::lineage::walk::edges::Hops;
use crate::lineage::walk::flow::Budget;

/// How the ancestries of two versions differ. Neither version is in its own. Each list is in the order of version numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contrast {
    /// What only the first comes from, of items of which the second has no other version to set against it.
    pub only_a: Vec<VersionNo>,
    /// What only the second comes from, likewise.
    pub only_b: Vec<VersionNo>,
    /// Versions of one item of which one comes from the first and one from the second only, newest with newest.
    pub changed: Vec<(VersionNo, VersionNo)>,
    /// How many versions both come from.
    pub common: usize,
}

/// Everything upstream of a version, itself first, then nearest first, then by number.
struct Ancestry {
    versions: Vec<VersionNo>,
    seen: FixedBitSet,
}

impl At<'_> {
    fn ancestry(self, version: VersionNo, budget: &mut u64) -> Option<Ancestry> {
        let hops = Hops::new(self, None);
        let mut seen = FixedBitSet::with_capacity(self.visible() as usize);
        seen.insert(version.at());
        let (mut versions, mut level) = (vec![version], 0);
        while level < versions.len() {
            let end = versions.len();
            versions[level..].sort_unstable();
            for place in level..end {
                let whole = hops.up(versions[place], |source, _| {
                    if !seen.put(source.at()) {
                        versions.push(source);
                    }
                    *budget = budget.saturating_sub(1);
                    *budget > 0
                });
                if !whole {
                    return None;
                }
            }
            level = end;
        }
        Some(Ancestry { versions, seen })
    }

    /// What two versions both come from, a version counting as its own ancestor: nearest to the first one first,
    /// then by number. With `lowest`, only those that are not ancestors of another of them. None where the budget is spent
    /// before.
    #[must_use]
    pub fn common_ancestors(
        self,
        a: VersionNo,
        b: VersionNo,
        lowest: bool,
        budget: &mut Budget,
    ) -> Option<Vec<VersionNo>> {
        let (a, b) = (self.ancestry(a, &mut budget.edges)?, self.ancestry(b, &mut budget.edges)?);
        let mut common: Vec<VersionNo> = a.versions;
        common.retain(|version| b.seen.contains(version.at()));
        if lowest {
            // Between a common ancestor and one above it lie common ancestors only, so one hop tells.
            let hops = Hops::new(self, None);
            let mut above = FixedBitSet::with_capacity(self.visible() as usize);
            for version in &common {
                hops.up(*version, |source, _| {
                    above.insert(source.at());
                    true
                });
            }
            common.retain(|version| !above.contains(version.at()));
        }
        Some(common)
    }

    /// How what two versions come from differs, as far as `keep` shows it. None where the budget is spent before.
    #[must_use]
    pub fn contrast(
        self,
        a: VersionNo,
        b: VersionNo,
        keep: &dyn Fn(VersionNo) -> bool,
        budget: &mut Budget,
    ) -> Option<Contrast> {
        let (mut a, mut b) = (self.ancestry(a, &mut budget.edges)?, self.ancestry(b, &mut budget.edges)?);
        // Each is first in its own; in the other's it stands elsewhere.
        for ancestry in [&mut a, &mut b] {
            ancestry.seen.remove(ancestry.versions[0].at());
            ancestry.versions.remove(0);
            ancestry.versions.retain(|version| keep(*version));
        }
        let common = a.versions.iter().filter(|version| b.seen.contains(version.at())).count();
        let only = |own: Vec<VersionNo>, other: &FixedBitSet| -> Vec<VersionNo> {
            let mut only: Vec<_> = own.into_iter().filter(|version| !other.contains(version.at())).collect();
            only.sort_unstable();
            only
        };
        let (only_a, only_b) = (only(a.versions, &b.seen), only(b.versions, &a.seen));
        let (only_a, only_b, changed) = self.paired(&only_a, &only_b);
        Some(Contrast { only_a, only_b, changed, common })
    }

    /// Takes versions of the same item out of both lists, as pairs, newest with newest.
    fn paired(
        self,
        a: &[VersionNo],
        b: &[VersionNo],
    ) -> (Vec<VersionNo>, Vec<VersionNo>, Vec<(VersionNo, VersionNo)>) {
        let mut left: BTreeMap<ItemNo, Vec<VersionNo>> = BTreeMap::new();
        for version in a {
            left.entry(self.item_of(*version)).or_default().push(*version);
        }
        let (mut only_b, mut changed) = (Vec::new(), Vec::new());
        for version in b.iter().rev() {
            match left.get_mut(&self.item_of(*version)).and_then(Vec::pop) {
                Some(other) => changed.push((other, *version)),
                None => only_b.push(*version),
            }
        }
        let mut only_a: Vec<VersionNo> = left.into_values().flatten().collect();
        only_a.sort_unstable();
        only_b.reverse();
        changed.reverse();
        (only_a, only_b, changed)
    }
}
