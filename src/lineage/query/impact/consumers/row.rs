//! One row of the answer: the wrong versions that a consumer saw, the versions between, and the
//! fix.

use std::collections::BTreeMap;

use super::super::{Cause, Inclusion, Status};
use super::{ConsumerVersion, Consumers};
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::inflow::Inflow;
use crate::lineage::{At, Walker};

/// A wrong version that a consumer saw, or is.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The wrong version.
    pub wrong: VersionNo,
    /// SELF if it is the consumer; else the closest way in which a set or the consumer itself holds
    /// it.
    pub inclusion: Inclusion,
    /// The reason why it is wrong.
    pub cause: Cause,
    /// The state of its item.
    pub status: Status,
    /// True if it was known to be wrong when the consumer was made.
    pub stale_at_build: bool,
}

impl Consumers {
    /// The wrong versions that a consumer saw, in the order of their items; never empty.
    #[must_use]
    pub fn seen<'w>(&self, world: impl Into<Walker<'w>>, consumer: &ConsumerVersion) -> Vec<Seen> {
        let mut walker = world.into();
        let is_itself = |place: u32| self.found.wrongs[place as usize].version == consumer.version;
        let mut found: BTreeMap<u32, Inclusion> = BTreeMap::new();
        for link in &self.links[consumer.links.clone()] {
            self.see(&mut walker, link.entry, &mut |wrong, inclusion| {
                let inclusion = if is_itself(wrong) { Inclusion::Itself } else { inclusion };
                if self.found.inclusion.contains(&inclusion) {
                    let strongest = found.entry(wrong).or_insert(inclusion);
                    *strongest = inclusion.min(*strongest);
                }
            });
        }
        let built = walker.at().seq_of(consumer.version);
        let found: Vec<(u32, Inclusion)> = found.into_iter().collect();
        let mut list = Vec::with_capacity(found.len());
        walker.by_parts(found.len(), |at, part| {
            list.extend(found[part].iter().map(|(place, inclusion)| {
                let wrong = &self.found.wrongs[*place as usize];
                Seen {
                    wrong: wrong.version,
                    inclusion: *inclusion,
                    cause: wrong.cause(at),
                    status: wrong.status,
                    stale_at_build: *inclusion != Inclusion::Itself && wrong.known <= built,
                }
            }));
        });
        list
    }

    /// Reports the wrong versions that consumers of an entry see.
    fn see(&self, walker: &mut Walker<'_>, entry: VersionNo, tell: &mut impl FnMut(u32, Inclusion)) {
        let direct = self.direct_of(entry);
        direct.iter().for_each(|direct| tell(direct.wrong, direct.inclusion));
        walker.step(direct.len());
        if walker.at().kind(entry) != Kind::TrainingSet {
            return;
        }
        self.found.each_hit_of(walker, entry, |_, hit| {
            if self.found.wants(hit) {
                tell(hit.wrong, hit.inclusion());
            }
        });
        let coarse = self.found.coarse_of(entry);
        coarse.iter().for_each(|hit| tell(hit.wrong, Inclusion::Coarse));
        walker.step(coarse.len());
    }

    /// The versions through which a consumer saw something wrong, by number: the training set
    /// versions that hold it, and versions that are wrong or were made from it without a set
    /// between them. The consumer itself is not included.
    #[must_use]
    pub fn through<'w>(&self, world: impl Into<Walker<'w>>, consumer: &ConsumerVersion) -> Vec<VersionNo> {
        let mut walker = world.into();
        let entries = self.links[consumer.links.clone()].iter().map(|link| link.entry);
        let others = entries.filter(|entry| *entry != consumer.version);
        let holds = |entry: &VersionNo| {
            let mut held: Vec<VersionNo> = Vec::new();
            self.see(&mut walker, *entry, &mut |wrong, inclusion| {
                let wrong = self.found.wrongs[wrong as usize].version;
                let counts = wrong == *entry || self.found.inclusion.contains(&inclusion);
                held.extend(Some(wrong).filter(|wrong| counts && *wrong != consumer.version));
            });
            let at = walker.at();
            let is_set = at.kind(*entry) == Kind::TrainingSet;
            // A wrong set or consumer is an entry itself, in place of what was made from it.
            let is_entry = |wrong: VersionNo| {
                let kind = at.kind(wrong);
                wrong != *entry && (kind.is_consumer() || kind == Kind::TrainingSet)
            };
            held.iter().any(|wrong| is_set || !is_entry(*wrong))
        };
        others.filter(holds).collect()
    }

    /// The first later version of the same item that is not wrong, and saw no wrong version of the
    /// items of these; for a consumer that is wrong itself: that saw nothing wrong at all. COARSE
    /// paths are ignored. `None` if there is no such version, or the budget is spent.
    #[must_use]
    pub fn fixed_in<'w>(
        &self,
        world: impl Into<Walker<'w>>,
        consumer: &ConsumerVersion,
        seen: &[Seen],
        budget: &mut EdgeBudget,
    ) -> Option<VersionNo> {
        let mut walker = world.into();
        let itself = seen.iter().any(|seen| seen.inclusion == Inclusion::Itself);
        let exact = seen.iter().filter(|seen| seen.inclusion != Inclusion::Coarse);
        let wrongs: Vec<VersionNo> = exact.map(|seen| seen.wrong).collect();
        let items: Vec<ItemNo> = walker.items_of(&wrongs);
        if items.is_empty() {
            return None;
        }
        let ontology_stale = self.found.ontology_stale;
        let (item, mut number) =
            (walker.at().item_of(consumer.version), walker.at().number(consumer.version));
        while let Some(version) = walker.at().history(item).get(number as usize).copied() {
            number += 1;
            walker.step(1);
            if walker.at().counts_as_wrong(version, ontology_stale) {
                continue;
            }
            let mut inflow = Inflow::new(&mut walker, self.found.open_barriers.through_models);
            inflow.through_consumer(version, budget);
            if budget.spent {
                return None;
            }
            let found = inflow.into_found();
            let concerns =
                |at: At<'_>, wrong: VersionNo| itself || items.binary_search(&at.item_of(wrong)).is_ok();
            let mut is_clear = true;
            walker.by_parts(found.len(), |at, part| {
                is_clear = is_clear
                    && !found[part]
                        .iter()
                        .any(|wrong| concerns(at, *wrong) && at.counts_as_wrong(*wrong, ontology_stale));
            });
            if is_clear {
                return Some(version);
            }
        }
        None
    }
}
