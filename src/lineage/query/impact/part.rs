//! The main question answered in parts: item by item, as far as a budget allows.
//!
//! A row names one wrong version, and a wrong version has one item. So an answer about some of the
//! items is a part of the answer, with rows that no other part has; and because an item is followed
//! completely or not at all, its `fixedIn` knows all of its wrong versions.

use std::ops::Range;

use super::notes::Notes;
use super::survey::Survey;
use super::wrong::FollowedWrong;
use super::{Impact, Question, count};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::{EdgeBudget, Flow, Tracer};
use crate::lineage::{At, Walker};

/// The requested part of an answer.
pub struct ImpactPart<'p> {
    /// The items to follow, by position among those asked about in the order of their numbers.
    pub items: Range<usize>,
    /// Returns true if it is time to stop. Not called before one item has been followed.
    pub stop: &'p dyn Fn() -> bool,
}

impl std::fmt::Debug for ImpactPart<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImpactPart").field("items", &self.items).finish_non_exhaustive()
    }
}

impl ImpactPart<'_> {
    /// Everything, without a time limit.
    pub const WHOLE: Self = Self { items: 0..usize::MAX, stop: &|| false };
}

/// The extent to which a question was followed.
#[derive(Debug, Clone, Default)]
pub struct Followed {
    /// The reason why not everything was followed; `None` if it was.
    pub stopped: Option<Stopped>,
    /// The items that were followed, by position among those asked about in the order of their
    /// numbers.
    pub items: Range<usize>,
    /// The number of items asked about.
    pub asked: usize,
    /// The number of edges that were followed.
    pub edges: u64,
}

impl At<'_> {
    /// As [`Walker::affected_part`], without pauses.
    #[must_use]
    pub fn affected_part(self, question: &Question, part: &ImpactPart<'_>) -> Impact {
        self.walker().affected_part(question, part)
    }
}

impl Walker<'_> {
    /// Answers a part of the main question, or the beginning of that part.
    #[must_use]
    pub fn affected_part(&mut self, question: &Question, part: &ImpactPart<'_>) -> Impact {
        let mut survey = Survey::new(question);
        let (followed, wrongs) = self.follow(question, part, &mut survey);
        let found = survey.findings(self, question, wrongs);
        let mut impact = Impact { followed, found, sets: Vec::new() };
        impact.sets = count::sets(self, question, &impact);
        impact
    }

    /// Follows the wrong versions of the items of a part, and returns them in that order.
    pub(super) fn follow(
        &mut self,
        question: &Question,
        part: &ImpactPart<'_>,
        notes: &mut impl Notes,
    ) -> (Followed, Vec<FollowedWrong>) {
        let mut asked: Vec<(ItemNo, VersionNo)> = Vec::with_capacity(question.versions.len());
        self.by_parts(question.versions.len(), |at, part| {
            asked.extend(question.versions[part].iter().map(|version| (at.item_of(*version), *version)));
        });
        self.unlocked_if_many(question.versions.len(), || {
            // One number is compared faster than two.
            asked.sort_unstable_by_key(|(item, version)| u64::from(item.0) << 32 | u64::from(version.0));
            asked.dedup();
        });
        let mut items: Vec<&[(ItemNo, VersionNo)]> = Vec::new();
        self.unlocked_if_many(asked.len(), || items = asked.chunk_by(|a, b| a.0 == b.0).collect());
        let (from, to) = (part.items.start.min(items.len()), part.items.end.min(items.len()));
        let mut tracer = Tracer::new(&mut *self, question.open_barriers(), EdgeBudget::edges(question.edges));
        let (mut flow, mut wrongs, mut of_item) = (Flow::default(), Vec::<FollowedWrong>::new(), Vec::new());
        let (mut followed, mut stopped) = (from, None);
        while followed < to && stopped.is_none() {
            if followed > from && (part.stop)() {
                stopped = Some(Stopped::Time);
                break;
            }
            let before = (wrongs.len(), notes.savepoint());
            tracer.walker.wrong_of(question, items[followed], &mut of_item);
            for wrong in of_item.drain(..) {
                tracer.follow(&[wrong.version], &mut flow);
                if tracer.budget.spent {
                    break;
                }
                let place = u32::try_from(wrongs.len()).unwrap_or(u32::MAX);
                notes.note(&mut tracer.walker, place, &wrong, &flow);
                wrongs.push(wrong);
            }
            if !tracer.budget.spent {
                notes.item(&mut tracer.walker, &wrongs, &mut tracer.budget);
            }
            if tracer.budget.spent {
                // An item that was not followed to the end is not part of the answer.
                stopped = Some(Stopped::Edges);
                wrongs.truncate(before.0);
                notes.undo(before.1);
            } else {
                followed += 1;
            }
        }
        let edges = question.edges - tracer.budget.edges;
        (Followed { stopped, items: from..followed, asked: items.len(), edges }, wrongs)
    }

    /// Lists the wrong versions of an item of which some versions are asked about.
    fn wrong_of(
        &mut self,
        question: &Question,
        asked: &[(ItemNo, VersionNo)],
        wrongs: &mut Vec<FollowedWrong>,
    ) {
        wrongs.clear();
        let Some((item, _)) = asked.first() else { return };
        self.by_parts(self.at().history(*item).len(), |at, part| {
            wrongs.extend(at.history(*item)[part].iter().filter_map(|version| {
                let is_asked = || asked.binary_search_by_key(version, |(_, asked)| *asked).is_ok();
                FollowedWrong::new(at, question, *version, is_asked)
            }));
        });
    }

    /// The items of some versions, each once, by number.
    pub(in crate::lineage) fn items_of(&mut self, versions: &[VersionNo]) -> Vec<ItemNo> {
        let mut items: Vec<ItemNo> = Vec::with_capacity(versions.len());
        self.by_parts(versions.len(), |at, part| {
            items.extend(versions[part].iter().map(|version| at.item_of(*version)));
        });
        self.unlocked_if_many(versions.len(), || {
            items.sort_unstable();
            items.dedup();
        });
        items
    }
}
