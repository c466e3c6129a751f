//! The ancestries of two versions, compared. Pins count as edges upstream.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;
use crate::lineage::walk::edges::EdgeFilter;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::walker::Walker;

/// The differences between the ancestries of two versions. Neither version is in its own. Each list
/// is in the order of version numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contrast {
    /// Ancestors of the first only, of items of which the second has no other version as a
    /// counterpart.
    pub only_a: Vec<VersionNo>,
    /// Ancestors of the second only, likewise.
    pub only_b: Vec<VersionNo>,
    /// Pairs of versions of one item, one an ancestor of the first only and one of the second only,
    /// newest with newest.
    pub changed: Vec<(VersionNo, VersionNo)>,
    /// The number of common ancestors.
    pub common: usize,
}

/// Everything upstream of a version: itself first, then nearest first, then by number.
struct Ancestry {
    versions: Vec<VersionNo>,
    seen: FixedBitSet,
}

impl Walker<'_> {
    fn ancestry(&mut self, version: VersionNo, budget: &mut u64) -> Option<Ancestry> {
        let filter = EdgeFilter::new(self.at(), None);
        let mut seen = FixedBitSet::with_capacity(self.visible() as usize);
        seen.insert(version.at());
        let (mut versions, mut level) = (vec![version], 0);
        while level < versions.len() {
            let end = versions.len();
            self.unlocked_if_many(end - level, || versions[level..].sort_unstable());
            for place in level..end {
                let whole = self.each_above(&filter, versions[place], |_, source, _| {
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

    /// The common ancestors of two versions, where a version counts as its own ancestor: nearest to
    /// the first one first, then by number. With `lowest`, only those that are not ancestors of
    /// another common one. `None` if the budget is spent.
    #[must_use]
    pub fn common_ancestors(
        &mut self,
        a: VersionNo,
        b: VersionNo,
        lowest: bool,
        budget: &mut EdgeBudget,
    ) -> Option<Vec<VersionNo>> {
        let (a, b) = (self.ancestry(a, &mut budget.edges)?, self.ancestry(b, &mut budget.edges)?);
        let mut common: Vec<VersionNo> = a.versions;
        self.unlocked_if_many(common.len(), || common.retain(|version| b.seen.contains(version.at())));
        if lowest {
            // All versions between a common ancestor and one above it are common ancestors, so one
            // edge decides.
            let filter = EdgeFilter::new(self.at(), None);
            let mut above = FixedBitSet::with_capacity(self.visible() as usize);
            for version in &common {
                self.each_above(&filter, *version, |_, source, _| {
                    above.insert(source.at());
                    true
                });
            }
            self.unlocked_if_many(common.len(), || common.retain(|version| !above.contains(version.at())));
        }
        Some(common)
    }

    /// The differences between the ancestries of two versions, of versions for which `keep` returns
    /// true. `None` if the budget is spent.
    #[must_use]
    pub fn contrast(
        &mut self,
        a: VersionNo,
        b: VersionNo,
        keep: &dyn Fn(At<'_>, VersionNo) -> bool,
        budget: &mut EdgeBudget,
    ) -> Option<Contrast> {
        let (mut a, mut b) = (self.ancestry(a, &mut budget.edges)?, self.ancestry(b, &mut budget.edges)?);
        // Each version is the first in its own ancestry, and anywhere in the other's.
        for ancestry in [&mut a, &mut b] {
            ancestry.seen.remove(ancestry.versions[0].at());
            ancestry.versions.remove(0);
            self.retain(&mut ancestry.versions, |at, version| keep(at, *version));
        }
        let (mut common, mut only_a, mut only_b) = (0, Vec::new(), Vec::new());
        self.unlocked_if_many(a.versions.len() + b.versions.len(), || {
            common = a.versions.iter().filter(|version| b.seen.contains(version.at())).count();
            only_a = only(&a, &b);
            only_b = only(&b, &a);
        });
        let (only_a, only_b, changed) = self.paired(&only_a, &only_b);
        Some(Contrast { only_a, only_b, changed, common })
    }

    /// Removes versions of the same item from both lists, and returns them as pairs, newest with
    /// newest.
    fn paired(
        &mut self,
        a: &[VersionNo],
        b: &[VersionNo],
    ) -> (Vec<VersionNo>, Vec<VersionNo>, Vec<(VersionNo, VersionNo)>) {
        let mut left: BTreeMap<ItemNo, Vec<VersionNo>> = BTreeMap::new();
        self.by_parts(a.len(), |at, part| {
            for version in &a[part] {
                left.entry(at.item_of(*version)).or_default().push(*version);
            }
        });
        let (mut only_b, mut changed) = (Vec::new(), Vec::new());
        self.by_parts(b.len(), |at, part| {
            for place in part {
                let version = b[b.len() - 1 - place];
                match left.get_mut(&at.item_of(version)).and_then(Vec::pop) {
                    Some(other) => changed.push((other, version)),
                    None => only_b.push(version),
                }
            }
        });
        let mut only_a: Vec<VersionNo> = Vec::new();
        self.unlocked_if_many(a.len() + b.len(), || {
            only_a = left.values().flatten().copied().collect();
            only_a.sort_unstable();
            only_b.reverse();
            changed.reverse();
        });
        (only_a, only_b, changed)
    }
}

/// The ancestors that are only in the first ancestry, by number.
fn only(own: &Ancestry, other: &Ancestry) -> Vec<VersionNo> {
    let own = own.versions.iter().copied();
    let mut only: Vec<VersionNo> = own.filter(|version| !other.seen.contains(version.at())).collect();
    only.sort_unstable();
    only
}
