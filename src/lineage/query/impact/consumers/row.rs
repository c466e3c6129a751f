//! One row of the answer: what a consumer saw, through what, and where that is over.

use std::collections::BTreeMap;

use super::super::{Cause, Inclusion, Status};
use super::{AffectedConsumer, Consumers};
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;
use crate::lineage::walk::flow::Budget;
use crate::lineage::walk::inflow::Inflow;

/// A wrong version that a consumer saw, or is.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The wrong version.
    pub wrong: VersionNo,
    /// SELF if it is the consumer; else the closest way in which a set or the consumer itself holds it.
    pub inclusion: Inclusion,
    /// Why it is wrong.
    pub cause: Cause,
    /// The state of its item.
    pub status: Status,
    /// True if it was known to be wrong when the consumer was made.
    pub stale_at_build: bool,
}

impl Consumers {
    /// The wrong versions that a consumer saw, in the order of their items; never empty.
    #[must_use]
    pub fn seen(&self, at: At<'_>, consumer: &AffectedConsumer) -> Vec<Seen> {
        let is_itself = |place: u32| self.found.wrongs[place as usize].version == consumer.version;
        let mut found: BTreeMap<u32, Inclusion> = BTreeMap::new();
        for link in &self.links[consumer.links.clone()] {
            self.see(at, link.entry, &mut |wrong, inclusion| {
                let inclusion = if is_itself(wrong) { Inclusion::Itself } else { inclusion };
                if self.found.inclusion.contains(&inclusion) {
                    let strongest = found.entry(wrong).or_insert(inclusion);
                    *strongest = inclusion.min(*strongest);
                }
            });
        }
        let built = at.seq_of(consumer.version);
        let seen = |(place, inclusion): (u32, Inclusion)| {
            let wrong = &self.found.wrongs[place as usize];
            Seen {
                wrong: wrong.version,
                inclusion,
                cause: wrong.cause(at),
                status: wrong.status,
                stale_at_build: inclusion != Inclusion::Itself && wrong.known <= built,
            }
        };
        found.into_iter().map(seen).collect()
    }

    /// What learns from an entry sees these wrong versions.
    fn see(&self, at: At<'_>, entry: VersionNo, tell: &mut impl FnMut(u32, Inclusion)) {
        let first = self.direct.partition_point(|direct| direct.entry < entry);
        for direct in self.direct[first..].iter().take_while(|direct| direct.entry == entry) {
            tell(direct.wrong, direct.inclusion);
        }
        if at.kind(entry) != Kind::TrainingSet {
            return;
        }
        for hit in self.found.hits_of(at, entry).filter(|hit| self.found.wants(hit)) {
            tell(hit.wrong, hit.inclusion());
        }
        for hit in self.found.coarse_of(entry) {
            tell(hit.wrong, Inclusion::Coarse);
        }
    }

    /// The versions through which a consumer saw something wrong, by number: the training set versions that hold it, and
    /// what is wrong or was made from it without a set between them. None of them is the consumer.
    #[must_use]
    pub fn through(&self, at: At<'_>, consumer: &AffectedConsumer) -> Vec<VersionNo> {
        let entries = self.links[consumer.links.clone()].iter().map(|link| link.entry);
        let others = entries.filter(|entry| *entry != consumer.version);
        let holds = |entry: &VersionNo| {
            let mut any = false;
            self.see(at, *entry, &mut |wrong, inclusion| {
                let is_other = self.found.wrongs[wrong as usize].version != consumer.version;
                any |= is_other && self.found.inclusion.contains(&inclusion);
            });
            any
        };
        others.filter(holds).collect()
    }

    /// The first later version of the same item that is not wrong, and saw no wrong version of the items of these; of a
    /// consumer that is wrong itself: saw nothing wrong at all. COARSE ways ask for nothing. `None` if there is no such
    /// version, or the budget is spent before.
    #[must_use]
    pub fn fixed_in(
        &self,
        at: At<'_>,
        consumer: &AffectedConsumer,
        seen: &[Seen],
        budget: &mut Budget,
    ) -> Option<VersionNo> {
        let itself = seen.iter().any(|seen| seen.inclusion == Inclusion::Itself);
        let exact = seen.iter().filter(|seen| seen.inclusion != Inclusion::Coarse);
        let mut items: Vec<ItemNo> = exact.map(|seen| at.item_of(seen.wrong)).collect();
        items.sort_unstable();
        items.dedup();
        if items.is_empty() {
            return None;
        }
        let is_wrong = |version: VersionNo| at.counts_as_wrong(version, self.found.ontology_stale);
        let later = &at.history(at.item_of(consumer.version))[at.number(consumer.version) as usize..];
        for version in later.iter().copied().filter(|version| !is_wrong(*version)) {
            let mut inflow = Inflow::new(at, self.found.walls.through_models);
            inflow.through_consumer(version, budget);
            if budget.spent {
                return None;
            }
            let concerns = |wrong: &VersionNo| itself || items.binary_search(&at.item_of(*wrong)).is_ok();
            let mut found = inflow.found().iter().copied();
            if !found.any(|version| concerns(&version) && is_wrong(version)) {
                return Some(version);
            }
        }
        None
    }
}
