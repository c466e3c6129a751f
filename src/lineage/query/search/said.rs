//! What was said of the head: tags, that it is wrong, that it was made from something wrong.

use fixedbitset::FixedBitSet;

use super::TooFar;
use super::part::{COUNTED, Part, heads};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::Selection;
use crate::lineage::At;
use crate::lineage::walk::flow::Budget;

/// The head carries one of these tags.
struct Tagged<'a> {
    at: At<'a>,
    /// In order.
    tags: Vec<String>,
}

/// The head is wrong, or is not.
struct Wrong<'a>(At<'a>, bool);

/// The head was made from something wrong, or was not.
struct Stale<'a>(At<'a>, FixedBitSet, bool);

pub(super) fn parts<'a>(
    at: At<'a>,
    selection: &Selection,
    budget: &mut Budget,
    parts: &mut Vec<Box<dyn Part + 'a>>,
) -> Result<(), TooFar> {
    if let Some(tags) = &selection.tags {
        let mut tags = tags.clone();
        tags.sort_unstable();
        tags.dedup();
        parts.push(Box::new(Tagged { at, tags }));
    }
    if let Some(wrong) = selection.wrong {
        parts.push(Box::new(Wrong(at, wrong)));
    }
    if let Some(stale) = selection.stale {
        parts.push(Box::new(Stale(at, at.stale(budget).ok_or(TooFar)?, stale)));
    }
    Ok(())
}

impl Tagged<'_> {
    fn moved(&self) -> impl Iterator<Item = VersionNo> {
        let namespaces = self.at.index.postings.namespaces();
        let places = namespaces.flat_map(|namespace| self.tags.iter().map(move |tag| (namespace, tag)));
        let moves = places.flat_map(|(namespace, tag)| self.at.tag_history(namespace.as_str(), tag));
        moves.map(|moved| moved.version)
    }
}

impl Part for Tagged<'_> {
    fn most(&self) -> Option<usize> {
        let counted = self.moved().take(COUNTED).count();
        // So many moves are as many as there could be versions.
        Some(if counted < COUNTED { counted } else { self.at.visible() as usize })
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        heads(self.at, self.moved(), give);
    }

    fn holds(&self, _: ItemNo, head: VersionNo) -> bool {
        self.at.carries(head, &self.tags)
    }
}

impl Part for Wrong<'_> {
    fn most(&self) -> Option<usize> {
        self.1.then(|| self.0.index.statements.spoken_of())
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        heads(self.0, self.0.all_wrong(), give);
    }

    fn holds(&self, _: ItemNo, head: VersionNo) -> bool {
        self.0.wrong(head).is_some() == self.1
    }
}

impl Part for Stale<'_> {
    fn most(&self) -> Option<usize> {
        self.2.then(|| self.1.count_ones(..))
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        let versions = self.1.ones().filter_map(|number| u32::try_from(number).ok());
        heads(self.0, versions.map(VersionNo), give);
    }

    fn holds(&self, _: ItemNo, head: VersionNo) -> bool {
        self.1.contains(head.at()) == self.2
    }
}
