//! Affected contents: the contents of a set version with member sets that are affected in it.

use std::collections::HashSet;

use super::{Impact, ImpactRow};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::Walker;
use crate::lineage::query::contents::ContentEntry;
use crate::lineage::walk::flow::EdgeBudget;

impl Impact {
    /// The affected contents of a set version, given its rows: versions that are wrong or were made
    /// from something wrong, and everything that a wrong set pins.
    #[must_use]
    pub fn affected_contents<'w>(
        &self,
        world: impl Into<Walker<'w>>,
        contents: &[ContentEntry],
        rows: &[ImpactRow],
    ) -> Vec<ContentEntry> {
        let mut walker = world.into();
        let mut affected: HashSet<VersionNo> = HashSet::new();
        let mut seen: HashSet<(VersionNo, VersionNo)> = HashSet::new();
        let of_members = rows.iter().filter(|row| row.inclusion.is_of_member());
        let mut open: Vec<(VersionNo, VersionNo)> = of_members.map(|row| (row.pinned, row.wrong)).collect();
        while let Some((pinned, wrong)) = open.pop() {
            walker.step(1);
            if !seen.insert((pinned, wrong)) {
                continue;
            }
            if walker.at().kind(pinned) != Kind::TrainingSet {
                affected.insert(pinned);
            } else if pinned == wrong {
                let contents = walker.contents(pinned, &mut EdgeBudget::edges(u64::MAX)).unwrap_or_default();
                affected.extend(contents.iter().map(|content| content.interval.member));
            } else {
                self.found.each_hit_of(&mut walker, pinned, |at, hit| {
                    if self.found.wrongs[hit.wrong as usize].version == wrong {
                        open.push((at.index().membership.at(hit.interval).member, wrong));
                    }
                });
            }
        }
        let mut list = contents.to_vec();
        walker.retain(&mut list, |_, content| affected.contains(&content.interval.member));
        list
    }
}
