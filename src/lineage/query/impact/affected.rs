//! Affected contents: of a set version that pins sets, the versions that it stands for and that are affected in it.

use std::collections::HashSet;

use super::{Impact, Row};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::query::contents::Content;
use crate::lineage::walk::flow::Budget;

impl Impact {
    /// What of a set version's contents is affected, as far as these rows of it tell: what is wrong or was made from
    /// something wrong, and all that a wrong set pins.
    #[must_use]
    pub fn affected_contents(&self, at: At<'_>, contents: &[Content], rows: &[Row]) -> Vec<Content> {
        let mut affected: HashSet<VersionNo> = HashSet::new();
        let mut seen: HashSet<(VersionNo, VersionNo)> = HashSet::new();
        let of_members = rows.iter().filter(|row| row.inclusion.is_of_member());
        let mut open: Vec<(VersionNo, VersionNo)> = of_members.map(|row| (row.pinned, row.wrong)).collect();
        while let Some((pinned, wrong)) = open.pop() {
            if !seen.insert((pinned, wrong)) {
                continue;
            }
            if at.kind(pinned) != Kind::TrainingSet {
                affected.insert(pinned);
            } else if pinned == wrong {
                let contents = at.contents(pinned, &mut Budget::edges(u64::MAX)).unwrap_or_default();
                affected.extend(contents.iter().map(|content| content.stay.member));
            } else {
                let hits = self.found.hits_of(at, pinned);
                let of_wrong = hits.filter(|hit| self.found.wrongs[hit.wrong as usize].version == wrong);
                open.extend(of_wrong.map(|hit| (at.index().membership.at(hit.stay).member, wrong)));
            }
        }
        contents.iter().filter(|content| affected.contains(&content.stay.member)).copied().collect()
    }
}
