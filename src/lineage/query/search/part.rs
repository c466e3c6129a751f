//! A part of a filter: a list of candidates, and a judge of one.
//!
//! A part holds nothing of the index, so that the index can be given away between two candidates.

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;

/// Counting candidates ends here: a list this long never gives the candidates where a shorter one can.
pub(super) const COUNTED: usize = 65_537;

/// A part of a filter.
pub(super) trait Part {
    /// At most this many candidates come from its list; `None` if it has no list.
    fn most(&self, at: At<'_>) -> Option<usize>;

    /// Lists every item that passes, or its head, in any order, possibly among others and possibly repeated.
    fn candidates(&self, at: At<'_>, list: &mut Candidates);

    /// Returns true if an item with this head passes.
    fn holds(&self, at: At<'_>, item: ItemNo, head: VersionNo) -> bool;

    /// Returns true if nothing passes but what [`Identity::size`](super::identity::Identity::size) counts.
    fn is_counted(&self) -> bool {
        false
    }
}

/// The numbers of what may be found.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Items.
    pub items: Vec<u32>,
    /// Versions, of which those that are heads count for their items.
    pub versions: Vec<u32>,
}

/// The sum of lengths, or something not below [`COUNTED`] where it is not worth going on.
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
