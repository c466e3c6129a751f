//! Refreshing: the members that a training set should have now, and the stale ones among them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use crate::domain::log::facts::Pin;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementKind;
use crate::domain::write::world::Refreshed;
use crate::lineage::at::At;
use crate::lineage::walk::flow::{EdgeBudget, OpenBarriers, Tracer};

impl At<'_> {
    /// Everything that holds something wrong by one of these causes, as far as it matters for these
    /// versions.
    fn tainted(self, versions: &[VersionNo], causes: &[StatementKind]) -> HashSet<VersionNo> {
        // A write needs the complete answer: the traversals are limited by the size of the store.
        let whole = EdgeBudget::edges(u64::MAX);
        let mut wrong = self.wrong_upstream(versions.iter().copied(), &mut whole.clone()).unwrap_or_default();
        wrong.retain(|version| self.wrong_by(*version, causes));
        let flow = Tracer::new(self, OpenBarriers::default(), whole).flow(&wrong);
        flow.nodes.into_iter().map(|node| node.version).collect()
    }

    /// The members of a training set version with its wrong members replaced.
    ///
    /// A member that is wrong, or was made from something wrong, is replaced by its item's head if
    /// that is sound. Otherwise a wrong member is removed, and one that was made from something
    /// wrong is kept and reported. The head gets the split and weight of the oldest member that it
    /// replaces, unless it is a member already.
    #[must_use]
    pub fn refreshed(self, set: VersionNo, causes: &[StatementKind]) -> Refreshed {
        let heads = self.member_numbers(set).filter_map(|member| self.head(self.item_of(member)));
        let around: Vec<VersionNo> = self.member_numbers(set).chain(heads).collect();
        let tainted = self.tainted(&around, causes);
        // A new pin must be sound by all causes, not only those asked about.
        let unsound = self.tainted(&around, &[StatementKind::Corrects, StatementKind::Retracts]);
        // A set that nothing pins is no node of the flow, but it may pin one.
        let sound = |version: VersionNo| {
            !unsound.contains(&version)
                && !self.member_numbers(version).any(|member| unsound.contains(&member))
        };
        let mut refreshed = Refreshed::default();
        let mut members: BTreeMap<VersionNo, Pin> = BTreeMap::new();
        let mut replacing = Vec::new();
        for interval in self.members(set) {
            let split = self.index().text(interval.split).to_owned();
            let pin = Pin { version: interval.member, split, weight: interval.weight };
            if !tainted.contains(&interval.member) {
                members.insert(interval.member, pin);
                continue;
            }
            match self.head(self.item_of(interval.member)) {
                Some(head) if sound(head) => replacing.push((interval.member, Pin { version: head, ..pin })),
                _ if self.wrong_by(interval.member, causes) => refreshed.removed.push(interval.member),
                _ => {
                    refreshed.unresolved.push(interval.member);
                    members.insert(interval.member, pin);
                }
            }
        }
        replacing.sort_by_key(|(old, _)| *old);
        for (old, pin) in replacing {
            refreshed.replaced.push((old, pin.version));
            // The head may be a member already, by itself or for an older pin, with a split that is
            // kept.
            match members.entry(pin.version) {
                Entry::Vacant(free) => {
                    free.insert(pin);
                }
                Entry::Occupied(_) => refreshed.merged.push(old),
            }
        }
        refreshed.removed.sort_unstable();
        refreshed.unresolved.sort_unstable();
        refreshed.members = members.into_values().collect();
        refreshed
    }
}
