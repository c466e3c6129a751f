//! The lineage questions of the Query root: closures, paths, and which training sets hold what.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object, Result};

use super::closure;
use super::main_question::Asking;
use super::{MAX_NODES, RootScope};
use crate::api::cursor::List;
use crate::api::engine::budget::{Purpose, Spending};
use crate::api::enums::{Direction, Inclusion};
use crate::api::errors;
use crate::api::inputs::{AsOf, MAX_IDS, VersionFilter, WrongInput, names};
use crate::api::page::{Connection, Page};
use crate::api::result_cache;
use crate::api::scalars::Digest;
use crate::api::types::{
    AffectedTrainingSet, Answer, AnswerConnection, LineageConnection, Path, TrainingSetDiff, TrainingSetUse,
};
use crate::domain::invalid::Invalid;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact;
use crate::lineage::query::paths::MAX_PARTIAL;
use crate::lineage::walk::closure::Stopped;

/// The most paths in one answer.
pub(in crate::api) const MAX_PATHS: usize = 100;

/// An argument that is a number from 1 to `most`.
pub(in crate::api) fn number(name: &'static str, given: i32, most: usize) -> Result<usize> {
    let number = usize::try_from(given).ok().filter(|number| *number > 0);
    let number = number.ok_or_else(|| errors::bad_input(format!("`{name}` is a number from 1")))?;
    Invalid::limit(name, number, most).map_err(|error| errors::invalid(&error))?;
    Ok(number)
}

/// What is asked of lineage, at one moment.
#[derive(Default, Clone)]
pub(in crate::api) struct Questions(RootScope);

impl Questions {
    /// The same questions at another moment.
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

#[Object]
impl Questions {
    /// Everything upstream or downstream of some versions, each version once, nearest to any of the starts first. Of those
    /// equally far, those upstream come before those downstream, and then those that are found from an earlier entry of
    /// the list. A pin is followed as an edge of role MEMBER: upstream of a model are the members of the set it was
    /// trained on.
    async fn lineage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to start: versions by id or reference. They are not in the answer.")]
        from: Vec<ID>,
        #[graphql(desc = "Which way to walk.")] direction: Direction,
        #[graphql(desc = "Follow only edges of these roles; an empty list follows none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "How many derivations away at most; more beyond makes the answer incomplete.")]
        max_depth: Option<i32>,
        #[graphql(desc = "Versions that are reached but not gone beyond.")] stop_at: Option<VersionFilter>,
        #[graphql(desc = "Show only these; what lies beyond the others is still reached.")] keep_only: Option<
            VersionFilter,
        >,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Option<LineageConnection>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        names("roles of one question", roles.as_ref())?;
        let asked = closure::Asked {
            from: scope.versions(&from, MAX_IDS)?,
            direction: direction.into(),
            roles,
            max_depth,
            stop_at: stop_at.map(VersionFilter::prepare).transpose()?,
            keep_only: keep_only.map(VersionFilter::prepare).transpose()?,
        };
        closure::answer(&scope, Spending::of(ctx)?, &page, asked).map(Some)
    }

    /// Shortest ways between two versions, whichever of them is upstream; none where there is no way. These are the first
    /// `k` of the ways that `pathsBetween` answers with, whatever `k` is.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One end.")] from: ID,
        #[graphql(desc = "The other end.")] to: ID,
        #[graphql(default = 1, desc = "How many, shortest first: 1 to 100.")] k: i32,
    ) -> Result<Option<Vec<Path>>> {
        let scope = self.0.scope(ctx)?;
        let k = number("k", k, MAX_PATHS)?;
        let (from, to) = (scope.version(&from)?, scope.version(&to)?);
        let spending = Spending::of(ctx)?;
        let found = spending.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| match k {
                1 => walker.shortest_path(from, to, budget),
                _ => walker.paths(from, to, k, budget),
            })
        });
        match found.stopped {
            None => {}
            Some(Stopped::Nodes) => {
                Invalid::limit("partial ways of one search", MAX_PARTIAL + 1, MAX_PARTIAL)
                    .map_err(|error| errors::invalid(&error))?
            }
            Some(reason) => return Err(spending.stopped(Purpose::Questions, reason)),
        }
        Ok(Some(found.paths.into_iter().map(|versions| Path::new(scope.clone(), versions)).collect()))
    }

    /// For each `from`, whether each `to` is the same version, or lies downstream of it along derivations and pins.
    async fn reachable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Versions upstream: one row each. At most 1,000.")] from: Vec<ID>,
        #[graphql(desc = "Versions downstream: one column each. At most 1,000.")] to: Vec<ID>,
    ) -> Result<Option<Vec<Vec<bool>>>> {
        let scope = self.0.scope(ctx)?;
        let (from, to) = (scope.versions(&from, MAX_NODES)?, scope.versions(&to, MAX_NODES)?);
        closure::reachable(&scope, Spending::of(ctx)?, &from, &to).map(Some)
    }

    /// The question this server exists for: which training sets hold a version that is wrong, directly or through
    /// anything made from it. A row for each set version, member and wrong version, as of this moment.
    ///
    /// Where one request may not follow all that is wrong, it follows as many whole items as it may: `info.complete` is
    /// false, and `info.resume`, given as `after`, goes on with the next items. Each part has its own pages and
    /// `totalCount`. A row comes in one part only; the same set version may come again in a later part with other
    /// rows, and its counts, its `fixedIn` and its `staleAtBuild` are those of the part.
    async fn affected_training_sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What may be wrong.")] wrong: WrongInput,
        #[graphql(
            default_with = "Inclusion::plain()",
            desc = "How the set holds it, SELF if it is wrong itself; an empty list selects nothing."
        )]
        inclusion: Vec<Inclusion>,
        #[graphql(default = false, desc = "Also rows of status RESTORED, whose item says the same again.")]
        include_restored: bool,
        #[graphql(
            default = false,
            desc = "Also labels with a class that a later version of their class list merged, split or redefined."
        )]
        include_ontology_stale: bool,
        #[graphql(
            default = false,
            desc = "Only sets whose current version is affected, and only that version."
        )]
        only_heads: bool,
        #[graphql(desc = "Only set versions that carry one of these tags; an empty list selects nothing.")]
        tagged: Option<Vec<String>>,
        #[graphql(default = false, desc = "Also through models: set, model, pseudo-label, set.")]
        through_models: bool,
        #[graphql(
            desc = "Judge by what was said up to this moment, which may be later than the one read; the same where left out."
        )]
        knowledge_at: Option<AsOf>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Option<AnswerConnection<AffectedTrainingSet>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let asking = Asking {
            inclusion,
            include_restored,
            include_ontology_stale,
            only_heads,
            tagged,
            through_models,
            knowledge_at,
        };
        let (scope, question, asked) = asking.question(self.0.scope(ctx)?, &page, wrong)?;
        Answer::page(ctx, &scope, page, result_cache::Asked::Affected(question), asked).map(Some)
    }

    /// The training set versions that hold some versions, whether these are wrong or not, by the rules of
    /// `affectedTrainingSets`. Give one of `versions`, `items` (all their versions) and `digest` (all versions with that
    /// payload).
    async fn training_sets_containing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "These versions.")] versions: Option<Vec<ID>>,
        #[graphql(desc = "All versions of these items.")] items: Option<Vec<ID>>,
        #[graphql(desc = "All versions with this payload.")] digest: Option<Digest>,
        #[graphql(
            desc = "How the set holds them (default: DIRECT and DERIVED). SELF selects nothing: no set holds itself."
        )]
        inclusion: Option<Vec<Inclusion>>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<TrainingSetUse>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let asked: Vec<VersionNo> = match (versions, items, digest) {
            (Some(versions), None, None) => scope.versions(&versions, MAX_IDS)?,
            (None, Some(items), None) => WrongInput::Items(items).judged(&scope, false)?.versions,
            (None, None, Some(digest)) => scope.read(|at| at.with_payload(&digest.0).to_vec()),
            _ => return Err(errors::bad_input("give exactly one of `versions`, `items` and `digest`")),
        };
        let inclusion = inclusion.unwrap_or_else(|| vec![Inclusion::Direct, Inclusion::Derived]);
        let inclusion: BTreeSet<impact::Inclusion> = inclusion.into_iter().map(Into::into).collect();
        let held = Spending::of(ctx)?.walk(Purpose::Questions, |budget| {
            scope.walk(|walker| walker.holders(&asked, &inclusion, budget)).unwrap_or_default()
        })?;
        Ok(Some(page.of(&scope, &held, |held| {
            TrainingSetUse::new(scope.clone(), (held.set, held.pinned, held.split, held.inclusion.into()))
        })))
    }

    /// How the members of two training set versions differ.
    async fn training_set_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first set version.")] a: ID,
        #[graphql(desc = "The second set version.")] b: ID,
    ) -> Result<Option<TrainingSetDiff>> {
        let scope = self.0.scope(ctx)?;
        let (a, b) = (scope.training_set(&a)?, scope.training_set(&b)?);
        let difference = scope.walk(|walker| walker.difference(a, b));
        Ok(Some(TrainingSetDiff::new(scope, (a, b), difference)))
    }
}
