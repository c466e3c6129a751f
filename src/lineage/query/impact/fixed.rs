//! The version in which a set is clean again: `fixedIn`.

use super::{AffectedSet, Impact, ImpactRow, Inclusion};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::index::membership::IntervalPosition;
use crate::lineage::walk::flow::{EdgeBudget, OpenBarriers, Tracer};
use crate::lineage::walk::inflow::Inflow;
use crate::lineage::{At, Walker};

impl Impact {
    /// The first later version of the same set that is free of these rows: it holds no wrong
    /// version of their items, asked about or not. A SELF row also requires that the version is not
    /// wrong itself and holds nothing wrong at all. COARSE rows are ignored; `None` if there is no
    /// other row, no such version, or the budget is spent.
    #[must_use]
    pub fn fixed_in<'w>(
        &self,
        world: impl Into<Walker<'w>>,
        affected: &AffectedSet,
        rows: &[ImpactRow],
        budget: &mut EdgeBudget,
    ) -> Option<VersionNo> {
        let mut walker = world.into();
        let exact = rows.iter().filter(|row| row.inclusion != Inclusion::Coarse);
        let wrongs: Vec<VersionNo> = exact.map(|row| row.wrong).collect();
        let items: Vec<ItemNo> = walker.items_of(&wrongs);
        if items.is_empty() {
            return None;
        }
        let found = &self.found;
        let hits = &found.hits[affected.hits.clone()];
        let mut spans: Vec<(u32, u32)> = Vec::new();
        walker.by_parts(hits.len(), |at, part| {
            let of_items = hits[part].iter().filter(|hit| {
                let wrong = found.wrongs[hit.wrong as usize].version;
                items.binary_search(&at.item_of(wrong)).is_ok()
            });
            spans.extend(of_items.map(|hit| at.index().membership.run(hit.interval)));
        });
        let at = walker.at();
        let (set, mut candidate) = (at.item_of(affected.set), at.number(affected.set) + 1);
        if rows.iter().any(|row| row.inclusion == Inclusion::Itself) {
            let open_barriers = OpenBarriers { coarse: false, ..found.open_barriers };
            spans.extend(walker.unsound(set, candidate, open_barriers, found.ontology_stale, budget)?);
        }
        walker.unlocked_if_many(spans.len(), || spans.sort_unstable());
        for (from, to) in spans {
            if from <= candidate && candidate < to {
                candidate = to;
            }
        }
        walker.at().history(set).get(candidate as usize - 1).copied()
    }
}

impl Walker<'_> {
    /// The versions of a set, from a number on, that are wrong or hold anything wrong, as unordered
    /// runs. `None` if the budget is spent.
    fn unsound(
        &mut self,
        set: ItemNo,
        from: u32,
        open_barriers: OpenBarriers,
        ontology_stale: bool,
        budget: &mut EdgeBudget,
    ) -> Option<Vec<(u32, u32)>> {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let mut inflow = Inflow::new(&mut *self, open_barriers.through_models);
        let mut number = from;
        while let Some(version) = inflow.walker.at().history(set).get(number as usize - 1).copied() {
            if inflow.walker.at().counts_as_wrong(version, ontology_stale) {
                runs.push((number, number + 1));
            }
            // For the second and later ones, only the new members.
            if number == from {
                inflow.through_members(version, budget);
            } else {
                inflow.through_new_members(version, budget);
            }
            if budget.spent {
                return None;
            }
            inflow.walker.step(1);
            number += 1;
        }
        let mut wrong = inflow.into_found();
        self.retain(&mut wrong, |at, version| at.counts_as_wrong(*version, ontology_stale));
        let mut tracer = Tracer::new(&mut *self, open_barriers, *budget);
        let flow = tracer.flow(&wrong);
        *budget = tracer.budget;
        let Some(place) = self.at().index().membership.place_of(set) else { return Some(runs) };
        let mut add = |at: At<'_>, interval: IntervalPosition, _: u32| {
            if interval.set == place {
                runs.push(at.index().membership.run(interval));
            }
            0
        };
        self.held(&flow, false, &mut add, &mut |_| {});
        (!budget.spent).then_some(runs)
    }
}
