//! The subscription `affected`: commits that made a watched training set affected.
//!
//! Commits are examined one by one, by the rows of `affectedTrainingSets` that each added
//! (`lineage/newly`). Most commits cannot have added any, which is cheap to see; the rows of the
//! others are computed once for all subscribers.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use tokio::sync::watch;

use crate::api::engine::budget::{Purpose, RequestBudget, TimeUp};
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::execute::watch::{Watch, WatchFound};
use crate::api::errors;
use crate::api::result_cache::{Asked, ResultCache};
use crate::api::scope::Scope;
use crate::api::types::{ImpactAnswer, NewlyAffectedSets};
use crate::domain::id::{ItemId, Seq};
use crate::domain::invalid::Invalid;
use crate::domain::item::{Kind, Namespace};
use crate::domain::names::moment;
use crate::domain::names::reference::{self, Reference, VersionSelector};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::text;
use crate::ledger::{AsOf, Ledger};
use crate::lineage::At;
use crate::lineage::query::impact::{Impact, ImpactPart};

/// The number of commits that are examined while the index is locked.
const AT_ONCE: u64 = 1_000;

/// The rows that single commits added, cached for all subscribers.
#[derive(Clone)]
pub(in crate::api) struct NewlyKept(ResultCache);

impl Default for NewlyKept {
    fn default() -> Self {
        Self(ResultCache::worth(0))
    }
}

/// The training sets that a subscription watches.
#[derive(Debug, Clone)]
pub(in crate::api) enum Watched {
    /// All versions of a training set.
    Set(ItemNo),
    /// One training set version.
    Version(VersionNo),
    /// The training set versions with a tag.
    Tag {
        /// The namespace of the training sets, and so of the tag.
        namespace: String,
        /// The name of the tag.
        name: String,
    },
}

impl Watched {
    /// Finds what the arguments of a subscription name.
    pub(in crate::api) fn find(
        scope: &Scope,
        training_set: Option<ID>,
        tag: Option<String>,
        namespace: String,
    ) -> Result<Self> {
        match (training_set, tag) {
            (Some(id), None) => Self::set(scope, &id),
            (None, Some(name)) => {
                // The tag may not be set on anything yet. A name that no tag can have is an error.
                let named = namespace.parse::<Namespace>().map_err(Invalid::from);
                named.and_then(|_| text::name("tag", &name)).map_err(|error| errors::invalid(&error))?;
                Ok(Self::Tag { namespace, name })
            }
            (Some(_), Some(_)) => {
                Err(errors::bad_input("expected exactly one of `trainingSet` and `tag`, found both"))
            }
            (None, None) => {
                Err(errors::bad_input("expected exactly one of `trainingSet` and `tag`, found neither"))
            }
        }
    }

    fn set(scope: &Scope, id: &ID) -> Result<Self> {
        let item = match moment::strip(id).strip_prefix(ItemId::PREFIX) {
            Some(_) => Some(scope.item(id)?),
            None => reference::item(id).ok().and_then(|key| scope.read(|at| at.item(&key.id()))),
        };
        let Some(item) = item else {
            // A tag in the reference may name another version when the subscription is resumed.
            if let Ok(Reference::Item { split: Some((_, VersionSelector::Tag(_))), .. }) = id.parse() {
                return Err(errors::bad_input(format!(
                    "expected a training set or one of its versions, found {}, which moves with the tag: \
                     to watch the tag, give `tag`",
                    id.as_str()
                )));
            }
            return scope.training_set(id).map(Self::Version);
        };
        if scope.read(|at| at.key(item).kind) == Kind::TrainingSet {
            Ok(Self::Set(item))
        } else {
            Err(errors::bad_input(format!("expected a training set, found {}", id.as_str())))
        }
    }

    fn has(&self, at: At<'_>, set: VersionNo) -> bool {
        match self {
            Self::Set(item) => at.item_of(set) == *item,
            Self::Version(version) => set == *version,
            Self::Tag { namespace, name } => {
                at.key(at.item_of(set)).namespace.as_str() == namespace
                    && at.tags(set).iter().any(|moved| at.index().text(moved.name) == name)
            }
        }
    }

    /// Returns the set versions on which the newest commit in the view set the watched tag.
    fn tagged(&self, at: At<'_>) -> Vec<VersionNo> {
        let Self::Tag { name, .. } = self else { return Vec::new() };
        let put = at.tag_moves_of(at.seq()).iter().filter(|moved| moved.set);
        let put = put.filter(|moved| at.index().text(moved.name) == name).map(|moved| moved.version);
        put.filter(|set| at.kind(*set) == Kind::TrainingSet && self.has(at, *set)).collect()
    }

    /// Returns what the newest commit in a scope added to the watched sets.
    pub(in crate::api) fn tell(&self, ctx: &Context<'_>, scope: &Scope) -> Result<NewlyAffectedSets> {
        let (budget, kept) = (RequestBudget::of(ctx)?, ctx.data::<NewlyKept>()?);
        let (impact, followed) = newly(kept, scope, budget.edges_left(Purpose::Questions));
        budget.followed(Purpose::Questions, followed);
        if impact.followed.stopped.is_some() {
            return Err(too_much(scope.view.seq()));
        }
        // A set version that has just got the tag is sent with all its rows.
        let tagged = scope.read(|at| self.tagged(at));
        let mut sets = ImpactAnswer::new(scope, String::new(), Arc::clone(&impact))
            .sets(0..impact.sets.len())
            .filter(|affected| {
                let set = affected.set();
                !tagged.contains(&set) && scope.read(|at| self.has(at, set))
            })
            .collect::<Vec<_>>();
        for set in tagged {
            sets.extend(ImpactAnswer::of_one(scope, budget, set)?);
        }
        sets.sort_by_key(crate::api::types::AffectedTrainingSet::set);
        Ok(NewlyAffectedSets::new(scope.clone(), sets))
    }
}

/// Returns the rows that the newest commit in a scope added, and the number of derivations that
/// were followed for them now.
fn newly(kept: &NewlyKept, scope: &Scope, edges: u64) -> (Arc<Impact>, u64) {
    let before = Seq(scope.view.seq().0.saturating_sub(1));
    kept.0.find(&scope.view, Asked::Newly(before), &ImpactPart::WHOLE, edges)
}

fn too_much(seq: Seq) -> async_graphql::Error {
    let before = seq.0.saturating_sub(1);
    let message = format!(
        "commit {seq} affects more than can be followed for one event: query newlyAffected(fromSeq: \"{before}\", \
         toSeq: \"{seq}\"), which answers in parts, and continue with after: \"{seq}\""
    );
    errors::error(Code::BadUserInput, Some(Reason::LimitExceeded), message)
}

/// Watches for commits that make a watched training set affected.
pub(in crate::api) struct StaleWatch {
    ledger: Ledger,
    watched: Watched,
    after: Seq,
    kept: NewlyKept,
    /// The maximum number of derivations to follow for one commit.
    edges: u64,
}

impl StaleWatch {
    pub(in crate::api) fn new(
        ctx: &Context<'_>,
        ledger: &Ledger,
        watched: Watched,
        after: Seq,
    ) -> Result<Self> {
        let edges = RequestBudget::of(ctx)?.edges_left(Purpose::Questions);
        Ok(Self { ledger: ledger.clone(), watched, after, kept: ctx.data::<NewlyKept>()?.clone(), edges })
    }

    /// Returns the first commit after the given one that may have added rows, or the last one that
    /// was examined.
    fn candidate(&self, scope: &Scope, after: Seq) -> WatchFound {
        let last = Seq(scope.view.seq().0.min(after.0.saturating_add(AT_ONCE)));
        scope.read(|at| {
            let may = |seq: &Seq| {
                at.may_affect(*seq)
                    || (matches!(self.watched, Watched::Tag { .. }) && !at.tag_moves_of(*seq).is_empty())
            };
            let found = (after.0 + 1..=last.0).map(Seq).find(may);
            found.map_or(WatchFound::Nothing(last), WatchFound::Report)
        })
    }

    fn concerns(&self, scope: &Scope) -> Result<bool> {
        let (impact, _) = newly(&self.kept, scope, self.edges);
        let newly = scope.read(|at| impact.sets.iter().any(|affected| self.watched.has(at, affected.set)));
        if newly {
            return Ok(true);
        }
        if impact.followed.stopped.is_some() {
            return Err(too_much(scope.view.seq()));
        }
        let tagged = scope.read(|at| self.watched.tagged(at));
        let budget = RequestBudget::new(self.edges, u64::MAX, Arc::new(|| false));
        for set in tagged {
            if ImpactAnswer::of_one(scope, &budget, set)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Watch for StaleWatch {
    fn after(&self) -> Seq {
        self.after
    }

    fn newest(&self) -> watch::Receiver<Seq> {
        self.ledger.newest()
    }

    fn next_commit(&self, after: Seq, time_up: &TimeUp) -> Result<WatchFound> {
        let newest = Scope::newest(self.ledger.view());
        let mut after = after;
        while after < newest.view.seq() {
            match self.candidate(&newest, after) {
                WatchFound::Nothing(upto) => after = upto,
                WatchFound::Report(seq) => {
                    if self.concerns(&newest.back_to(AsOf::Seq(seq))?)? {
                        return Ok(WatchFound::Report(seq));
                    }
                    after = seq;
                }
            }
            if time_up() {
                break;
            }
        }
        Ok(WatchFound::Nothing(after))
    }
}
