//! The main question answered in parts: item by item, as far as a budget goes.
//!
//! A row names one wrong version, and a wrong version has one item. So an answer about some of the items asked about is a
//! part of the answer, with rows that no other part has; and because an item is followed whole or not at all, its
//! `fixedIn` knows all of its wrong versions.

use std::ops::Range;

use super::{Impact, Inclusion, Question, Survey, Wrong, count};
use crate::domain::facts::{ItemNo, VersionNo};
use crate::lineage::At;
use crate::lineage::closure::Stopped;
use crate::lineage::flow::{Budget, Flow, Tracer, Walls};

/// Which part of an answer is asked for.
pub struct Part<'p> {
    /// The items to follow, by place among those asked about in the order of their numbers.
    pub items: Range<usize>,
    /// Whether it is time to stop. Not asked before one item has been followed.
    pub stop: &'p dyn Fn() -> bool,
}

impl std::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("items", &self.items).finish_non_exhaustive()
    }
}

impl Part<'_> {
    /// All there is, however long it takes.
    pub const WHOLE: Self = Self { items: 0..usize::MAX, stop: &|| false };
}

impl<'a> At<'a> {
    /// Answers a part of the main question, or the beginning of that part.
    #[must_use]
    pub fn affected_part(self, question: &Question, part: &Part<'_>) -> Impact {
        let walls = Walls {
            through_models: question.through_models,
            coarse: question.inclusion.contains(&Inclusion::Coarse),
        };
        let mut asked: Vec<(ItemNo, VersionNo)> =
            question.versions.iter().map(|version| (self.item_of(*version), *version)).collect();
        // One number is compared faster than two.
        asked.sort_unstable_by_key(|(item, version)| u64::from(item.0) << 32 | u64::from(version.0));
        asked.dedup();
        let items: Vec<&[(ItemNo, VersionNo)]> = asked.chunk_by(|a, b| a.0 == b.0).collect();
        let (from, to) = (part.items.start.min(items.len()), part.items.end.min(items.len()));
        let mut survey = Survey { at: self, coarse: walls.coarse, hits: Vec::new(), coarse_hits: Vec::new() };
        let mut tracer = Tracer::new(self, walls, Budget::edges(question.edges));
        let (mut flow, mut wrongs) = (Flow::default(), Vec::<Wrong>::new());
        let (mut followed, mut stopped) = (from, None);
        while followed < to && stopped.is_none() {
            if followed > from && (part.stop)() {
                stopped = Some(Stopped::Time);
                break;
            }
            let before = (wrongs.len(), survey.hits.len(), survey.coarse_hits.len());
            for wrong in self.wrong_of(question, items[followed]) {
                tracer.follow(&[wrong.version], &mut flow);
                if tracer.budget.spent {
                    stopped = Some(Stopped::Edges);
                    break;
                }
                survey.hit(u32::try_from(wrongs.len()).unwrap_or(u32::MAX), &wrong, &flow);
                wrongs.push(wrong);
            }
            match stopped {
                None => followed += 1,
                // Of an item that was not followed to its end, nothing is told.
                Some(_) => {
                    wrongs.truncate(before.0);
                    survey.hits.truncate(before.1);
                    survey.coarse_hits.truncate(before.2);
                }
            }
        }
        let Survey { hits, coarse_hits: mut coarse, .. } = survey;
        coarse.sort_unstable_by_key(|hit| (hit.set, hit.wrong, hit.node));
        let mut impact = Impact {
            sets: Vec::new(),
            stopped,
            items: from..followed,
            asked: items.len(),
            edges: question.edges - tracer.budget.edges,
            wrongs,
            hits: count::by_set(hits),
            coarse,
            inclusion: question.inclusion.clone(),
            walls,
        };
        impact.sets = count::sets(self, question, &impact);
        impact
    }

    /// The wrong versions of an item, some versions of which are asked about.
    fn wrong_of<'q>(
        self,
        question: &'q Question,
        asked: &'q [(ItemNo, VersionNo)],
    ) -> impl Iterator<Item = Wrong> + use<'a, 'q> {
        let history = asked.first().map_or(&[][..], |(item, _)| self.history(*item));
        history.iter().filter_map(move |version| {
            let is_asked = || asked.binary_search_by_key(version, |(_, asked)| *asked).is_ok();
            Wrong::new(self, question, *version, is_asked)
        })
    }

    /// The items of some versions, each once, by number.
    pub(in crate::lineage) fn items_of(self, versions: &[VersionNo]) -> Vec<ItemNo> {
        let mut items: Vec<ItemNo> = versions.iter().map(|version| self.item_of(*version)).collect();
        items.sort_unstable();
        items.dedup();
        items
    }
}
