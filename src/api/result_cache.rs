//! Answers to long questions, kept for a while: all pages of an answer are made from one, and so is the same answer for
//! whoever asks at the same moment. What was true at a moment stays so; an answer leaves when others need its place.

use std::sync::Arc;

use quick_cache::Weighter;

use crate::domain::id::Seq;
use crate::ledger::View;
use crate::lineage::Walker;
use crate::lineage::query::impact::{Consumers, ConsumersQuestion, Followed, Impact, Part, Question};

/// At most so many bytes of answers are kept.
const BYTES: u64 = 64 << 20;
/// About how many answers that is.
const ANSWERS: usize = 1_000;
/// An answer for which fewer edges were followed is found again sooner than it is looked up.
const WORTH_KEEPING: u64 = 2_000;

/// What an answer is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// The main question.
    Affected(Question),
    /// What came to be affected since a commit.
    Newly(Seq),
}

impl Asked {
    fn find(&self, walker: &mut Walker<'_>, part: &Part<'_>, edges: u64) -> Impact {
        match self {
            Self::Affected(question) => walker.affected_part(&Question { edges, ..question.clone() }, part),
            Self::Newly(since) => walker.newly_affected(*since, edges, part).into_impact(),
        }
    }
}

/// A question with an answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Long {
    Sets(Asked),
    Consumers(ConsumersQuestion),
}

impl Long {
    fn weight(&self) -> usize {
        match self {
            Self::Sets(Asked::Affected(question)) | Self::Consumers(ConsumersQuestion { question, .. }) => {
                4 * question.versions.len()
            }
            Self::Sets(Asked::Newly(_)) => 0,
        }
    }
}

#[derive(Clone)]
enum Kept {
    Sets(Arc<Impact>),
    Consumers(Arc<Consumers>),
}

/// Everything that an answer depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// Where it was read, what was known, and in which index: places of a rebuilt index are others.
    moment: (Seq, Seq, u64),
    /// Which items of those asked about.
    items: (usize, usize),
    asked: Long,
}

/// The answers that were given lately; clones share them.
#[derive(Clone)]
pub(super) struct Answers {
    kept: Arc<quick_cache::sync::Cache<Key, Kept, Bytes>>,
    /// From how many edges on an answer is kept.
    worth: u64,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Kept> for Bytes {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        let answer = match kept {
            Kept::Sets(impact) => impact.weight(),
            Kept::Consumers(consumers) => consumers.weight(),
        };
        (256 + key.asked.weight() + answer) as u64
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self::worth(WORTH_KEEPING)
    }
}

impl Answers {
    /// Keeps answers for which so many edges were followed.
    pub(super) fn worth(edges: u64) -> Self {
        Self { kept: Arc::new(quick_cache::sync::Cache::with_weighter(ANSWERS, BYTES, Bytes)), worth: edges }
    }

    /// A part of an answer, and how many edges were followed for it now.
    pub(super) fn find(&self, view: &View, asked: Asked, part: &Part<'_>, edges: u64) -> (Arc<Impact>, u64) {
        let key = Key::new(view, Long::Sets(asked.clone()), part);
        if let Some(Kept::Sets(impact)) = self.kept.get(&key) {
            return (impact, 0);
        }
        let impact = Arc::new(view.walk(|walker| asked.find(walker, part, edges)));
        self.keep(key, &impact.followed, Kept::Sets(Arc::clone(&impact)));
        let followed = impact.followed.edges;
        (impact, followed)
    }

    /// A part of the answer about consumers, and how many edges were followed for it now.
    pub(super) fn find_consumers(
        &self,
        view: &View,
        asked: ConsumersQuestion,
        part: &Part<'_>,
        edges: u64,
    ) -> (Arc<Consumers>, u64) {
        let key = Key::new(view, Long::Consumers(asked.clone()), part);
        if let Some(Kept::Consumers(consumers)) = self.kept.get(&key) {
            return (consumers, 0);
        }
        let ConsumersQuestion { question, kinds } = asked;
        let asked = ConsumersQuestion { question: Question { edges, ..question }, kinds };
        let consumers = Arc::new(view.walk(|walker| walker.affected_consumers(&asked, part)));
        self.keep(key, &consumers.followed, Kept::Consumers(Arc::clone(&consumers)));
        let followed = consumers.followed.edges;
        (consumers, followed)
    }

    fn keep(&self, key: Key, followed: &Followed, answer: Kept) {
        // What stopped early says how far this request could go, and not the next one.
        if followed.stopped.is_none() && followed.edges >= self.worth {
            self.kept.insert(key, answer);
        }
    }
}

impl Key {
    fn new(view: &View, asked: Long, part: &Part<'_>) -> Self {
        let moment = (view.seq(), view.known(), view.generation());
        Self { moment, items: (part.items.start, part.items.end), asked }
    }
}
