//! The root fields about lineage: closures, paths, affected training sets, and uses in training
//! sets.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object, Result};

use super::affected;
use super::affected_arguments::AffectedArguments;
use super::asked::AnswerConnection;
use super::closure;
use super::{MAX_NODES, RootScope};
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::{Direction, Inclusion};
use crate::api::errors;
use crate::api::inputs::{AsOf, MAX_IDS, VersionFilter, WrongInput, names};
use crate::api::page::{Connection, Page};
use crate::api::result_cache;
use crate::api::scalars::Digest;
use crate::api::types::{AffectedTrainingSet, LineageConnection, Path, TrainingSetDiff, TrainingSetUse};
use crate::domain::invalid::Invalid;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact;
use crate::lineage::query::paths::MAX_PARTIAL;
use crate::lineage::walk::closure::Stopped;

/// The maximum number of paths in one answer.
pub(in crate::api) const MAX_PATHS: usize = 100;

/// Validates an argument that is a number from 1 to `most`.
pub(in crate::api) fn number(name: &'static str, given: i32, most: usize) -> Result<usize> {
    let number = usize::try_from(given).ok().filter(|number| *number > 0);
    let number = number
        .ok_or_else(|| errors::bad_input(format!("`{name}` must be a number from 1, found {given}")))?;
    Invalid::limit(name, number, most).map_err(|error| errors::invalid(&error))?;
    Ok(number)
}

/// The root fields about lineage, at one moment.
#[derive(Default, Clone)]
pub(in crate::api) struct LineageFields(RootScope);

impl LineageFields {
    /// Returns the same fields at another moment.
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

#[Object]
impl LineageFields {
    /// Returns everything upstream or downstream of the given versions, each version once, nearest
    /// to any of the starts first. At the same distance, upstream comes before downstream, then
    /// versions reached from an earlier entry of the list. A pin is an edge of role MEMBER:
    /// upstream of a model are the members of the set it was trained on.
    async fn lineage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The starts: versions by id or reference. They are not in the answer.")] from: Vec<
            ID,
        >,
        #[graphql(desc = "The direction of the traversal.")] direction: Direction,
        #[graphql(desc = "Follows only edges of these roles; an empty list follows none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "The maximum number of edges from a start; the answer is incomplete if there is \
                    more beyond.")]
        max_depth: Option<i32>,
        #[graphql(desc = "Versions that are reached, but nothing beyond them through them.")] stop_at: Option<
            VersionFilter,
        >,
        #[graphql(desc = "Returns only matching versions; the traversal continues through the others.")]
        keep_only: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<LineageConnection>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        names("roles of one question", roles.as_ref())?;
        let asked = closure::ClosureArguments {
            from: scope.versions(&from, MAX_IDS)?,
            direction: direction.into(),
            roles,
            max_depth,
            stop_at: stop_at.map(|filter| filter.prepare(&scope)).transpose()?,
            keep_only: keep_only.map(|filter| filter.prepare(&scope)).transpose()?,
        };
        closure::answer(&scope, RequestBudget::of(ctx)?, &page, asked).map(Some)
    }

    /// Returns the shortest paths between two versions, whichever of them is upstream; empty if
    /// there is none. These are the first `k` paths of `pathsBetween`, for every `k`.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One end of the paths.")] from: ID,
        #[graphql(desc = "The other end of the paths.")] to: ID,
        #[graphql(default = 1, desc = "The maximum number of paths, shortest first: 1 to 100.")] k: i32,
    ) -> Result<Option<Vec<Path>>> {
        let scope = self.0.scope(ctx)?;
        let k = number("k", k, MAX_PATHS)?;
        let (from, to) = (scope.version(&from)?, scope.version(&to)?);
        let budget = RequestBudget::of(ctx)?;
        let found = budget.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| match k {
                1 => walker.shortest_path(from, to, budget),
                _ => walker.paths(from, to, k, budget),
            })
        });
        match found.stopped {
            None => {}
            Some(Stopped::Nodes) => {
                Invalid::limit("partial paths of one search", MAX_PARTIAL + 1, MAX_PARTIAL)
                    .map_err(|error| errors::invalid(&error))?
            }
            Some(reason) => return Err(budget.stopped(Purpose::Questions, reason)),
        }
        Ok(Some(found.paths.into_iter().map(|versions| Path::new(scope.clone(), versions)).collect()))
    }

    /// Returns for each `from` and each `to` whether it is the same version or downstream of it
    /// along derivations and pins.
    async fn reachable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The upstream versions: one row each (maximum 1000).")] from: Vec<ID>,
        #[graphql(desc = "The downstream versions: one column each (maximum 1000).")] to: Vec<ID>,
    ) -> Result<Option<Vec<Vec<bool>>>> {
        let scope = self.0.scope(ctx)?;
        let (from, to) = (scope.versions(&from, MAX_NODES)?, scope.versions(&to, MAX_NODES)?);
        closure::reachable(&scope, RequestBudget::of(ctx)?, &from, &to).map(Some)
    }

    /// Returns the training sets that hold a version that is wrong, directly or through anything
    /// made from it: a row for each set version, member and wrong version, as of this moment.
    ///
    /// If one request cannot follow everything that is wrong, it follows a number of complete
    /// items: `info.complete` is false, and `info.resume`, given as `after`, continues with the
    /// next items. Each part has its own pages and `totalCount`. A row is in one part only; the
    /// same set version can be in a later part again with other rows, and its counts, its `fixedIn`
    /// and its `staleAtBuild` are those of the part.
    async fn affected_training_sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The versions that may be wrong.")] wrong: WrongInput,
        #[graphql(
            default_with = "Inclusion::plain()",
            desc = "Only rows with one of these inclusions, SELF if the set version is wrong itself; \
                    an empty list selects nothing."
        )]
        inclusion: Vec<Inclusion>,
        #[graphql(
            default = false,
            desc = "Includes rows of status RESTORED, whose item has the same content again."
        )]
        include_restored: bool,
        #[graphql(
            default = false,
            desc = "Includes labels with a class that a later version of their class list merged, \
                    split or redefined."
        )]
        include_ontology_stale: bool,
        #[graphql(
            default = false,
            desc = "Only sets whose current version is affected, and only that version."
        )]
        only_heads: bool,
        #[graphql(desc = "Only set versions with one of these tags; an empty list selects nothing.")]
        tagged: Option<Vec<String>>,
        #[graphql(default = false, desc = "Continues through models: set, model, pseudo-label, set.")]
        through_models: bool,
        #[graphql(desc = "Judges by the statements up to this moment, which may be later than the moment \
                    read (default: the moment read).")]
        knowledge_at: Option<AsOf>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<AnswerConnection<AffectedTrainingSet>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let arguments = AffectedArguments {
            inclusion,
            include_restored,
            include_ontology_stale,
            only_heads,
            tagged,
            through_models,
            knowledge_at,
        };
        let (scope, question, asked) = arguments.question(self.0.scope(ctx)?, &page, wrong)?;
        affected::training_sets(ctx, &scope, page, result_cache::Asked::Affected(question), asked).map(Some)
    }

    /// Returns the training set versions that hold the given versions, wrong or not, by the rules
    /// of `affectedTrainingSets`. Give one of `versions`, `items` (all their versions) and `digest`
    /// (all versions with that payload).
    async fn training_sets_containing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "These versions.")] versions: Option<Vec<ID>>,
        #[graphql(desc = "All versions of these items.")] items: Option<Vec<ID>>,
        #[graphql(desc = "All versions with this payload.")] digest: Option<Digest>,
        #[graphql(desc = "Only rows with one of these inclusions (default: DIRECT and DERIVED). SELF \
                    selects nothing: no set holds itself.")]
        inclusion: Option<Vec<Inclusion>>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<TrainingSetUse>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let asked: Vec<VersionNo> = match (versions, items, digest) {
            (Some(versions), None, None) => scope.versions(&versions, MAX_IDS)?,
            (None, Some(items), None) => WrongInput::Items(items).judged(&scope, false)?.versions,
            (None, None, Some(digest)) => scope.read(|at| at.with_payload(&digest.0).to_vec()),
            (None, None, None) => {
                let message = "expected exactly one of `versions`, `items` and `digest`, found none";
                return Err(errors::bad_input(message));
            }
            _ => {
                let message = "expected exactly one of `versions`, `items` and `digest`, found several";
                return Err(errors::bad_input(message));
            }
        };
        let inclusion = inclusion.unwrap_or_else(|| vec![Inclusion::Direct, Inclusion::Derived]);
        let inclusion: BTreeSet<impact::Inclusion> = inclusion.into_iter().map(Into::into).collect();
        let held = RequestBudget::of(ctx)?.walk(Purpose::Questions, |budget| {
            scope.walk(|walker| walker.holders(&asked, &inclusion, budget)).unwrap_or_default()
        })?;
        Ok(Some(page.of(&scope, &held, |held| {
            TrainingSetUse::new(scope.clone(), (held.set, held.pinned, held.split, held.inclusion.into()))
        })))
    }

    /// The difference between the members of two training set versions.
    async fn training_set_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first set version.")] a: ID,
        #[graphql(desc = "The second set version.")] b: ID,
    ) -> Result<Option<TrainingSetDiff>> {
        let scope = self.0.scope(ctx)?;
        let (a, b) = (scope.training_set(&a)?, scope.training_set(&b)?);
        Ok(Some(TrainingSetDiff::new(scope, (a, b))))
    }
}
