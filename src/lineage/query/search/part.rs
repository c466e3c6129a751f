//! A part of a filter: provides a list of candidates, and judges a candidate.
//!
//! A part has no reference into the index, so that the index lock can be released between two
//! candidates.

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;

/// The limit of counting candidates: a list of this length never provides them if there is a
/// shorter one.
pub(super) const COUNTED: usize = 65_537;

/// A part of a filter.
pub(super) trait FilterPart {
    /// An upper bound of the candidates in its list; `None` if it has no list.
    fn most(&self, at: At<'_>) -> Option<usize>;

    /// Lists every item that matches, or its head, unordered, possibly with others and repeated.
    fn candidates(&self, at: At<'_>, list: &mut Candidates);

    /// Returns true if an item with this head matches.
    fn holds(&self, at: At<'_>, item: ItemNo, head: VersionNo) -> bool;

    /// Returns true if [`Identity::size`](super::identity::Identity::size) counts everything that
    /// matches.
    fn is_counted(&self) -> bool {
        false
    }
}

/// The numbers of possible results.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Items.
    pub items: Vec<u32>,
    /// Versions; those that are heads represent their items.
    pub versions: Vec<u32>,
}

/// The sum of lengths, or a number not below [`COUNTED`] if the rest does not matter.
pub(super) fn sum(lengths: impl Iterator<Item = usize>) -> usize {
    let mut total = 0;
    for length in lengths {
        total += length;
        if total >= COUNTED {
            break;
        }
    }
    total
}
