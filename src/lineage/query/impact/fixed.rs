//! Where something wrong is out of a set again: `fixedIn`.

use super::{AffectedSet, Impact, Inclusion, Row};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;
use crate::lineage::walk::flow::{Budget, Tracer, Walls};
use crate::lineage::walk::inflow::Inflow;

impl Impact {
    /// The first later version of the same set that is clear of these rows: it holds no wrong version of their items,
    /// asked about or not. A SELF row asks for more: that version is not wrong itself and holds nothing wrong at all.
    /// COARSE rows ask for nothing; `None` if there is no other row, no such version, or the budget is spent before.
    #[must_use]
    pub fn fixed_in(
        &self,
        at: At<'_>,
        affected: &AffectedSet,
        rows: &[Row],
        budget: &mut Budget,
    ) -> Option<VersionNo> {
        let exact = rows.iter().filter(|row| row.inclusion != Inclusion::Coarse);
        let mut items: Vec<ItemNo> = exact.map(|row| at.item_of(row.wrong)).collect();
        items.sort_unstable();
        items.dedup();
        if items.is_empty() {
            return None;
        }
        let found = &self.found;
        let of_items = |hit: &&super::survey::Hit| {
            let wrong = found.wrongs[hit.wrong as usize].version;
            items.binary_search(&at.item_of(wrong)).is_ok()
        };
        let hits = found.hits[affected.hits.clone()].iter().filter(of_items);
        let mut spans: Vec<(u32, u32)> = hits.map(|hit| at.index().membership.run(hit.stay)).collect();
        let (set, mut candidate) = (at.item_of(affected.set), at.number(affected.set) + 1);
        if rows.iter().any(|row| row.inclusion == Inclusion::Itself) {
            let walls = Walls { coarse: false, ..found.walls };
            spans.extend(at.unsound(set, candidate, walls, found.ontology_stale, budget)?);
        }
        spans.sort_unstable();
        for (from, to) in spans {
            if from <= candidate && candidate < to {
                candidate = to;
            }
        }
        at.history(set).get(candidate as usize - 1).copied()
    }
}

impl At<'_> {
    /// The versions of a set, from a number on, that are wrong or hold anything wrong, as runs in no order. `None` if the
    /// budget is spent before.
    fn unsound(
        self,
        set: ItemNo,
        from: u32,
        walls: Walls,
        ontology_stale: bool,
        budget: &mut Budget,
    ) -> Option<Vec<(u32, u32)>> {
        let later = self.history(set).get(from as usize - 1..).unwrap_or_default();
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let mut inflow = Inflow::new(self, walls.through_models);
        for version in later {
            let number = self.number(*version);
            if self.counts_as_wrong(*version, ontology_stale) {
                runs.push((number, number + 1));
            }
            // Of the second and later ones, only what came since.
            if number == from {
                self.member_numbers(*version).for_each(|member| inflow.through_pin(member, budget));
            } else {
                let (_, come) = self.changes_within(set, number - 1, number);
                come.iter().for_each(|stay| inflow.through_pin(stay.member, budget));
            }
            if budget.spent {
                return None;
            }
        }
        let found = inflow.found().iter().copied();
        let wrong: Vec<VersionNo> = found.filter(|v| self.counts_as_wrong(*v, ontology_stale)).collect();
        let mut tracer = Tracer::new(self, walls, *budget);
        let flow = tracer.flow(&wrong);
        *budget = tracer.budget;
        let held = flow.nodes.iter().flat_map(|node| self.pins(node.version));
        runs.extend(held.filter(|(item, _)| *item == set).map(|(_, stay)| (stay.from, stay.to)));
        (!budget.spent).then_some(runs)
    }
}
