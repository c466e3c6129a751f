//! Names within a commit: those of the world, and on top of them the results of earlier changes.

use std::collections::BTreeSet;

use crate::domain::id::{ItemId, Seq, VersionId};
use crate::domain::names::naming::Naming;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::write::world::World;

use super::Planner;

impl<W: World> Naming for Planner<'_, W> {
    fn item_with(&self, id: &ItemId) -> Option<ItemNo> {
        self.draft.item_by_id.get(id).copied().or_else(|| self.world.item(id))
    }

    fn version_with(&self, id: &VersionId) -> Option<VersionNo> {
        self.find(id)
    }

    fn beginning_with(&self, digits: &str) -> Vec<VersionNo> {
        let mut found = self.world.beginning_with(digits);
        let made = self.draft.version_by_id.iter().filter(|(id, _)| id.hex().starts_with(digits));
        found.extend(made.map(|(_, version)| *version));
        found
    }

    fn newest(&self, item: ItemNo) -> Option<VersionNo> {
        self.head(item)
    }

    fn numbered(&self, item: ItemNo, number: u32) -> Option<VersionNo> {
        let place = (number as usize).checked_sub(1)?;
        let old = self.old_history(item);
        match old.get(place) {
            Some(version) => Some(*version),
            None => self.draft.grown.get(&item)?.get(place - old.len()).copied(),
        }
    }

    fn tagged(&self, item: ItemNo, tag: &str) -> Vec<VersionNo> {
        let old = if self.draft.is_new_item(item) { Vec::new() } else { self.world.tagged(item, tag) };
        let Some(touched) = self.draft.tagged.get(&(item, tag.to_owned())) else { return old };
        // A name is an alias or a label tag, never both.
        if let Some(alias) = self.draft.aliases.get(&(item, tag.to_owned())) {
            return alias.iter().copied().collect();
        }
        let candidates: BTreeSet<VersionNo> = old.into_iter().chain(touched.iter().copied()).collect();
        candidates.into_iter().filter(|version| self.label(*version, tag).is_some()).collect()
    }

    /// Returns the seq before this commit: a reference to a seq reads the log, which does not
    /// contain this commit.
    fn last_seq(&self) -> Seq {
        Seq(self.given.seq.0.saturating_sub(1))
    }

    fn head_at(&self, item: ItemNo, seq: Seq) -> Option<VersionNo> {
        if self.draft.is_new_item(item) { None } else { self.world.head_at(item, seq) }
    }
}
