//! The rows to export: all, or those of some versions.

use std::sync::Arc;

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::ledger::View;
use crate::lineage::At;
use crate::lineage::walk::closure::{self, Walk};

/// The direction of the traversal from the named versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// To their sources, and to the members of sets.
    #[default]
    Up,
    /// To the versions made from them, and to the sets that pin them.
    Down,
    /// In both directions.
    Both,
}

/// The rows to export. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Scope {
    /// All rows.
    All,
    /// The rows that refer only to versions of a part of the lineage.
    Part(LineagePart),
}

/// A part of the lineage.
#[derive(Debug, Clone)]
pub struct LineagePart {
    /// The versions, ascending.
    versions: Arc<[VersionNo]>,
    /// Their items, ascending.
    items: Arc<[ItemNo]>,
}

impl View {
    /// Returns the lineage of these versions, including the versions themselves.
    #[must_use]
    pub fn lineage_of(&self, starts: &[VersionNo], direction: Direction) -> Scope {
        let walk = Walk::unbounded(match direction {
            Direction::Up => closure::Direction::Up,
            Direction::Down => closure::Direction::Down,
            Direction::Both => closure::Direction::Both,
        });
        let closure = self.walk(|walker| walker.closure(starts, &walk));
        self.read(|at| {
            let reached = closure.visits.into_iter().map(|visit| visit.version);
            let mut versions: Vec<VersionNo> = starts.iter().copied().chain(reached).collect();
            versions.sort_unstable();
            versions.dedup();
            let mut items: Vec<ItemNo> = versions.iter().map(|version| at.item_of(*version)).collect();
            items.sort_unstable();
            items.dedup();
            Scope::Part(LineagePart { versions: versions.into(), items: items.into() })
        })
    }
}

impl Scope {
    pub(super) fn has(&self, version: VersionNo) -> bool {
        match self {
            Self::All => true,
            Self::Part(part) => part.versions.binary_search(&version).is_ok(),
        }
    }

    pub(super) fn has_item(&self, item: ItemNo) -> bool {
        match self {
            Self::All => true,
            Self::Part(part) => part.items.binary_search(&item).is_ok(),
        }
    }

    pub(super) const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Returns the previous exported version in the history of its item.
    pub(super) fn before(&self, at: At<'_>, version: VersionNo) -> Option<VersionNo> {
        let history = at.history(at.item_of(version));
        let earlier = history.iter().rev().skip_while(|other| **other != version).skip(1);
        earlier.copied().find(|other| self.has(*other))
    }
}
