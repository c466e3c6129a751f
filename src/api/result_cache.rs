//! The result cache: results of long questions. All pages of an answer are made from one result,
//! and callers that ask the same at the same moment share it. A result for a past moment never
//! changes, so entries leave the cache only to make room.

use std::collections::BTreeSet;
use std::sync::Arc;

use quick_cache::Weighter;

use crate::domain::id::Seq;
use crate::ledger::View;
use crate::lineage::Walker;
use crate::lineage::query::impact::{Consumers, ConsumersQuestion, Followed, Impact, ImpactPart, Question};

/// The maximum size of the cache in bytes.
const BYTES: u64 = 64 << 20;
/// The expected number of results in the cache.
const ANSWERS: usize = 1_000;
/// The number of followed edges below which a result is computed again faster than it is looked up.
const WORTH_KEEPING: u64 = 2_000;

/// The subject of a result.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// Everything affected, for a question.
    Affected(Question),
    /// Everything that became affected since a commit.
    Newly(Seq),
}

impl Asked {
    fn find(&self, walker: &mut Walker<'_>, part: &ImpactPart<'_>, edges: u64) -> Impact {
        match self {
            Self::Affected(question) => walker.affected_part(&Question { edges, ..question.clone() }, part),
            Self::Newly(since) => walker.newly_affected(*since, edges, part).into_impact(),
        }
    }
}

/// A question whose result may be kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum LongQuestion {
    Sets(Asked),
    Consumers(ConsumersQuestion),
}

impl LongQuestion {
    fn weight(&self) -> usize {
        match self {
            Self::Sets(Asked::Affected(question)) => 4 * question.versions.len(),
            Self::Consumers(ConsumersQuestion { question, only, .. }) => {
                4 * question.versions.len() + 8 * only.as_ref().map_or(0, BTreeSet::len)
            }
            Self::Sets(Asked::Newly(_)) => 0,
        }
    }
}

#[derive(Clone)]
enum CachedResult {
    Sets(Arc<Impact>),
    Consumers(Arc<Consumers>),
}

/// Everything that a result depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ResultKey {
    /// The seq of reading, the seq of knowledge and the generation of the index, because a rebuilt
    /// index has other positions.
    moment: (Seq, Seq, u64),
    /// The range of the items in question.
    items: (usize, usize),
    asked: LongQuestion,
}

/// The recent results; clones share them.
#[derive(Clone)]
pub(super) struct ResultCache {
    kept: Arc<quick_cache::sync::Cache<ResultKey, CachedResult, ResultWeigher>>,
    /// The number of followed edges from which a result is kept.
    worth: u64,
}

#[derive(Clone)]
struct ResultWeigher;

impl Weighter<ResultKey, CachedResult> for ResultWeigher {
    fn weight(&self, key: &ResultKey, kept: &CachedResult) -> u64 {
        let answer = match kept {
            CachedResult::Sets(impact) => impact.weight(),
            CachedResult::Consumers(consumers) => consumers.weight(),
        };
        (256 + key.asked.weight() + answer) as u64
    }
}

impl Default for ResultCache {
    fn default() -> Self {
        Self::worth(WORTH_KEEPING)
    }
}

impl ResultCache {
    /// Creates a cache of results for which at least `edges` edges were followed.
    pub(super) fn worth(edges: u64) -> Self {
        Self {
            kept: Arc::new(quick_cache::sync::Cache::with_weighter(ANSWERS, BYTES, ResultWeigher)),
            worth: edges,
        }
    }

    /// Returns a part of a result, and the number of edges that were followed for it now.
    pub(super) fn find(
        &self,
        view: &View,
        asked: Asked,
        part: &ImpactPart<'_>,
        edges: u64,
    ) -> (Arc<Impact>, u64) {
        let key = ResultKey::new(view, LongQuestion::Sets(asked.clone()), part);
        if let Some(CachedResult::Sets(impact)) = self.kept.get(&key) {
            return (impact, 0);
        }
        let impact = Arc::new(view.walk(|walker| asked.find(walker, part, edges)));
        self.keep(key, &impact.followed, CachedResult::Sets(Arc::clone(&impact)));
        let followed = impact.followed.edges;
        (impact, followed)
    }

    /// Returns a part of the result about consumers, and the number of edges that were followed for
    /// it now.
    pub(super) fn find_consumers(
        &self,
        view: &View,
        asked: ConsumersQuestion,
        part: &ImpactPart<'_>,
        edges: u64,
    ) -> (Arc<Consumers>, u64) {
        let key = ResultKey::new(view, LongQuestion::Consumers(asked.clone()), part);
        if let Some(CachedResult::Consumers(consumers)) = self.kept.get(&key) {
            return (consumers, 0);
        }
        let asked = ConsumersQuestion { question: Question { edges, ..asked.question }, ..asked };
        let consumers = Arc::new(view.walk(|walker| walker.affected_consumers(&asked, part)));
        self.keep(key, &consumers.followed, CachedResult::Consumers(Arc::clone(&consumers)));
        let followed = consumers.followed.edges;
        (consumers, followed)
    }

    fn keep(&self, key: ResultKey, followed: &Followed, answer: CachedResult) {
        // A result that stopped early depends on the budget of this request.
        if followed.stopped.is_none() && followed.edges >= self.worth {
            self.kept.insert(key, answer);
        }
    }
}

impl ResultKey {
    fn new(view: &View, asked: LongQuestion, part: &ImpactPart<'_>) -> Self {
        let moment = (view.seq(), view.known(), view.generation());
        Self { moment, items: (part.items.start, part.items.end), asked }
    }
}
