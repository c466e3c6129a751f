//! A part of a filter: a list of candidates, and a judge of one.

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;

/// Counting candidates ends here: a list this long never gives the candidates where a shorter one can.
pub(super) const COUNTED: usize = 65_537;

/// A part of a filter.
pub(super) trait Part {
    /// At most so many candidates come from its list; none where it has no list.
    fn most(&self) -> Option<usize>;

    /// Gives every item that passes, in any order, possibly among others and possibly repeated. Only visible ones.
    fn candidates(&self, give: &mut dyn FnMut(ItemNo));

    /// Whether an item with this head passes.
    fn holds(&self, item: ItemNo, head: VersionNo) -> bool;

    /// Whether nothing passes but what [`Identity::size`](super::identity::Identity::size) counts.
    fn is_counted(&self) -> bool {
        false
    }
}

/// Gives the items of those versions that are heads.
pub(super) fn heads(at: At<'_>, versions: impl IntoIterator<Item = VersionNo>, give: &mut dyn FnMut(ItemNo)) {
    for version in versions {
        if at.sees(version) && at.is_head(version) {
            give(at.item_of(version));
        }
    }
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
