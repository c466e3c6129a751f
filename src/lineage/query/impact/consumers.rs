//! The second half of the main question: the models, evaluations and deployments that saw something
//! wrong, or are wrong.
//!
//! A consumer saw a wrong version if it was made, directly or not, from a training set version that
//! the version affects, from the wrong version itself, or from a derivative of it without a set
//! between them.
//!
//! On the path to a consumer no derivation into a set is followed, because a set is judged by its
//! own members; models, evaluations and deployments are passed, so that their derivatives saw what
//! they saw. The versions at which such a path starts are its *entries*. A consumer is one row,
//! however many sets and paths lead to it.

mod entries;
mod row;

use std::collections::BTreeSet;
use std::ops::Range;

use super::survey::Findings;
use super::{Followed, ImpactPart, Question};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::{At, Walker};
use entries::{Direct, Entries, Link};
pub use row::Seen;

/// The question about consumers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConsumersQuestion {
    /// The versions asked about, and how they are followed. Its `only_heads` and `tagged` apply to
    /// the consumers.
    pub question: Question,
    /// The wanted kinds, of MODEL, EVALUATION and DEPLOYMENT.
    pub kinds: BTreeSet<Kind>,
    /// Only these consumers; all if `None`.
    pub only: Option<BTreeSet<VersionNo>>,
}

/// A model, an evaluation or a deployment that saw something wrong or is wrong.
#[derive(Debug, Clone)]
pub struct ConsumerVersion {
    /// The version.
    pub version: VersionNo,
    /// Its links, by entry.
    links: Range<usize>,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Consumers {
    /// The consumers: models, then evaluations, then deployments, each by number.
    pub consumers: Vec<ConsumerVersion>,
    /// The extent to which the question was followed.
    pub followed: Followed,
    found: Findings,
    /// By entry, then by wrong version.
    direct: Vec<Direct>,
    /// By consumer, in the order of the consumers, then by entry.
    links: Vec<Link>,
}

impl Consumers {
    /// The approximate size in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        size_of_val::<[ConsumerVersion]>(&self.consumers)
            + self.found.weight()
            + size_of_val::<[Direct]>(&self.direct)
            + size_of_val::<[Link]>(&self.links)
    }

    /// Returns true if an entry is one of the wrong versions.
    fn is_wrong_itself(&self, entry: VersionNo) -> bool {
        self.direct_of(entry).iter().any(|direct| self.found.wrongs[direct.wrong as usize].version == entry)
    }

    /// Returns the wrong versions that lead to an entry without a set between them.
    fn direct_of(&self, entry: VersionNo) -> &[Direct] {
        let first = self.direct.partition_point(|direct| direct.entry < entry);
        let end = self.direct.partition_point(|direct| direct.entry <= entry);
        &self.direct[first..end]
    }
}

impl At<'_> {
    /// As [`Walker::affected_consumers`], without pauses.
    #[must_use]
    pub fn affected_consumers(self, asked: &ConsumersQuestion, part: &ImpactPart<'_>) -> Consumers {
        self.walker().affected_consumers(asked, part)
    }

    /// The complete answer about consumers, without limits: DIRECT, DERIVED and SELF, of these
    /// wrong versions.
    #[must_use]
    pub fn all_affected_consumers(self, versions: Vec<VersionNo>) -> Consumers {
        let question = Question::plain(versions, u64::MAX);
        self.affected_consumers(&ConsumersQuestion::plain(question), &ImpactPart::WHOLE)
    }
}

impl Walker<'_> {
    /// Answers a part of the question about consumers, or the beginning of that part.
    #[must_use]
    pub fn affected_consumers(&mut self, asked: &ConsumersQuestion, part: &ImpactPart<'_>) -> Consumers {
        let question = &asked.question;
        let mut entries = Entries::new(question);
        let (followed, wrongs) = self.follow(question, part, &mut entries);
        let Entries { survey, mut direct, mut links, .. } = entries;
        self.unlocked_if_many(direct.len() + links.len(), || {
            direct.sort_unstable_by_key(|direct| (direct.entry, direct.wrong));
            links.sort_unstable_by_key(|link: &Link| (link.kind, link.consumer, link.entry));
            links.dedup();
        });
        let found = survey.findings(self, question, wrongs);
        let mut answer = Consumers { consumers: Vec::new(), followed, found, direct, links };
        let wanted = |at: At<'_>, version: VersionNo| {
            asked.kinds.contains(&at.kind(version))
                && asked.only.as_ref().is_none_or(|only| only.contains(&version))
                && (!question.only_heads || at.is_head(version))
                && question.tagged.as_ref().is_none_or(|tags| at.carries(version, tags))
        };
        let mut first = 0;
        let mut consumers = Vec::new();
        for links in answer.links.chunk_by(|a, b| a.consumer == b.consumer) {
            let (version, range) = (links[0].consumer, first..first + links.len());
            first = range.end;
            let consumer = ConsumerVersion { version, links: range };
            // A consumer that is its own entry may be wrong in a way that was not asked about, and one
            // of a wrong version may be at a distance that was not asked about.
            let is_certain = |link: &Link| link.entry != version && !answer.is_wrong_itself(link.entry);
            if wanted(self.at(), version)
                && (links.iter().all(is_certain) || !answer.seen(&mut *self, &consumer).is_empty())
            {
                consumers.push(consumer);
            }
            self.step(links.len());
        }
        answer.consumers = consumers;
        answer
    }
}

impl ConsumersQuestion {
    /// A question about consumers of every kind.
    #[must_use]
    pub fn plain(question: Question) -> Self {
        let kinds = BTreeSet::from([Kind::Model, Kind::Evaluation, Kind::Deployment]);
        Self { question, kinds, only: None }
    }
}
