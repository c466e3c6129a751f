//! Lines: the edges between nodes of a drawing, counted if they join groups.

use std::collections::BTreeMap;

use super::Shown;
use crate::lineage::walk::edges::{EdgeFilter, Role};
use crate::lineage::walk::walker::Walker;

/// An edge between two nodes, or the edges between them if one is a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DrawnLine {
    /// The position of the derivative, or of the set that pins.
    pub below: u32,
    /// The position of the source or member.
    pub above: u32,
    /// The role; `None` for pins.
    pub role: Role,
    /// The number of edges.
    pub count: u64,
}

/// All lines between nodes, by position; as an error, only the first ones, if the budget is spent
/// or there are more than `most`. `places` has the position of each version's node plus 1.
pub(in crate::lineage) fn lines(
    walker: &mut Walker<'_>,
    filter: &EdgeFilter,
    shown: &[Shown],
    places: &[u32],
    budget: &mut u64,
    most: usize,
) -> Result<Vec<DrawnLine>, Vec<DrawnLine>> {
    let mut counts: BTreeMap<(u32, u32, Role), u64> = BTreeMap::new();
    let mut whole = true;
    'all: for (below, shown) in (0_u32..).zip(shown) {
        for version in &shown.versions {
            whole = walker.each_above(filter, *version, |_, source, role| {
                if *budget == 0 {
                    return false;
                }
                *budget -= 1;
                if let Some(above) = places[source.at()].checked_sub(1) {
                    *counts.entry((below, above, role)).or_default() += 1;
                }
                counts.len() <= most
            });
            if !whole {
                break 'all;
            }
        }
    }
    let lines =
        counts.into_iter().map(|((below, above, role), count)| DrawnLine { below, above, role, count });
    let lines = lines.take(most).collect();
    if whole { Ok(lines) } else { Err(lines) }
}
