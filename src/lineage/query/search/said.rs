//! Conditions on the head's tags and statements: tagged, wrong, made from something wrong.

use fixedbitset::FixedBitSet;

use super::TooFar;
use super::part::{COUNTED, Candidates, FilterPart};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::Selection;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Walker};

/// The head has one of these tags.
struct Tagged {
    /// Sorted.
    tags: Vec<String>,
}

/// The head is wrong, or is not.
struct IsWrong(bool);

/// The head was made from something wrong, or was not.
struct IsStale(FixedBitSet, bool);

pub(super) fn parts(
    walker: &mut Walker<'_>,
    selection: &Selection,
    budget: &mut EdgeBudget,
    parts: &mut Vec<Box<dyn FilterPart>>,
) -> Result<(), TooFar> {
    if let Some(tags) = &selection.tags {
        let mut tags = tags.clone();
        tags.sort_unstable();
        tags.dedup();
        parts.push(Box::new(Tagged { tags }));
    }
    if let Some(wrong) = selection.wrong {
        parts.push(Box::new(IsWrong(wrong)));
    }
    if let Some(stale) = selection.stale {
        parts.push(Box::new(IsStale(walker.stale(budget).ok_or(TooFar)?, stale)));
    }
    Ok(())
}

impl Tagged {
    fn moved<'a>(&'a self, at: At<'a>) -> impl Iterator<Item = VersionNo> + 'a {
        let namespaces = at.index.postings.namespaces();
        let places = namespaces.flat_map(|namespace| self.tags.iter().map(move |tag| (namespace, tag)));
        let moves = places.flat_map(move |(namespace, tag)| at.tag_history(namespace.as_str(), tag));
        moves.map(|moved| moved.version)
    }
}

impl FilterPart for Tagged {
    fn most(&self, at: At<'_>) -> Option<usize> {
        let counted = self.moved(at).take(COUNTED).count();
        // There cannot be more versions than this.
        Some(if counted < COUNTED { counted } else { at.visible() as usize })
    }

    fn candidates(&self, at: At<'_>, list: &mut Candidates) {
        list.versions.extend(self.moved(at).map(|version| version.0));
    }

    fn holds(&self, at: At<'_>, _: ItemNo, head: VersionNo) -> bool {
        at.carries(head, &self.tags)
    }
}

impl FilterPart for IsWrong {
    fn most(&self, at: At<'_>) -> Option<usize> {
        self.0.then(|| at.index.statements.spoken_of())
    }

    fn candidates(&self, at: At<'_>, list: &mut Candidates) {
        list.versions.extend(at.index.statements.versions().map(|version| version.0));
    }

    fn holds(&self, at: At<'_>, _: ItemNo, head: VersionNo) -> bool {
        at.is_wrong(head) == self.0
    }
}

impl FilterPart for IsStale {
    fn most(&self, _: At<'_>) -> Option<usize> {
        self.1.then(|| self.0.count_ones(..))
    }

    fn candidates(&self, _: At<'_>, list: &mut Candidates) {
        list.versions.extend(self.0.ones().filter_map(|number| u32::try_from(number).ok()));
    }

    fn holds(&self, _: At<'_>, _: ItemNo, head: VersionNo) -> bool {
        self.0.contains(head.at()) == self.1
    }
}
