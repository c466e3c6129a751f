//! The answer to a new version of a training set, and what a refresh found.

use async_graphql::{Result, SimpleObject};

use super::Written;
use crate::api::code::{Code, Reason};
use crate::api::errors;
use crate::api::scope::Scope;
use crate::api::types::{Commit, Version};
use crate::domain::facts::VersionNo;
use crate::domain::id::Seq;
use crate::domain::proposal::Refresh;
use crate::domain::world::Refreshed;
use crate::ledger::AsOf;

/// The most entries of each list; the counts tell how many there are in all.
const MOST: usize = 1_000;

/// A training set version that was made or found; after a refresh also what became of its members.
#[derive(SimpleObject, Clone)]
pub struct SnapshotTrainingSetPayload {
    /// The commit that holds the version.
    pub commit: Commit,
    /// Whether anything was made; false where all of it was there already, and in a dry run.
    pub created: bool,
    /// The version of the set; in a dry run the current one, which would be followed.
    pub version: Version,
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// After a refresh: members that gave way to others; the first 1,000, by the age of what was pinned.
    pub replaced: Vec<MemberReplacement>,
    /// How many members gave way to others.
    pub replaced_count: i32,
    /// After a refresh: members that fell away, wrong and with nothing right to replace them; the oldest 1,000.
    pub removed: Vec<Version>,
    /// How many members fell away.
    pub removed_count: i32,
    /// After a refresh: members that stay although they were made from something wrong, because they were not made
    /// again since; the oldest 1,000.
    pub unresolved: Vec<Version>,
    /// How many members stay although they were made from something wrong.
    pub unresolved_count: i32,
}

/// A member that gave way to another.
#[derive(SimpleObject, Clone)]
pub struct MemberReplacement {
    /// What was pinned.
    pub pinned: Version,
    /// What is pinned in its place.
    pub replacement: Version,
}

impl SnapshotTrainingSetPayload {
    pub(super) const fn new(commit: Commit, version: Version, created: bool) -> Self {
        Self {
            commit,
            created,
            version,
            dry_run: false,
            replaced: Vec::new(),
            replaced_count: 0,
            removed: Vec::new(),
            removed_count: 0,
            unresolved: Vec::new(),
            unresolved_count: 0,
        }
    }

    /// With what a refresh found.
    pub(super) fn with(self, scope: &Scope, refreshed: &Refreshed) -> Self {
        let version = |no: &VersionNo| Version::new(scope.clone(), *no);
        let replacement = |(pinned, by): &(VersionNo, VersionNo)| MemberReplacement {
            pinned: version(pinned),
            replacement: version(by),
        };
        Self {
            replaced: refreshed.replaced.iter().take(MOST).map(replacement).collect(),
            replaced_count: count(refreshed.replaced.len()),
            removed: refreshed.removed.iter().take(MOST).map(version).collect(),
            removed_count: count(refreshed.removed.len()),
            unresolved: refreshed.unresolved.iter().take(MOST).map(version).collect(),
            unresolved_count: count(refreshed.unresolved.len()),
            ..self
        }
    }

    /// What a refresh would find. Nothing was written.
    ///
    /// # Errors
    /// NOT_FOUND for a set that is not there; UNAVAILABLE where other writes are not durable yet.
    pub fn foreseen(scope: &Scope, refresh: &Refresh, refreshed: &Refreshed) -> Result<Self> {
        let head = scope.read(|at| {
            let head = at.head(at.item(&refresh.item.id())?)?;
            Some((head, at.seq_of(head)))
        });
        let (head, seq) = head.ok_or_else(|| errors::not_found("training set", &refresh.item))?;
        // The ledger foresees on top of writes that are still on their way to the disk; those are not shown.
        if !scope.read(|at| named(refreshed).all(|version| at.sees(version))) {
            let message = "other writes were under way; nothing was done, ask again";
            return Err(errors::error(Code::InternalServerError, Some(Reason::Unavailable), message));
        }
        let (commit, version) = (Commit::new(scope.clone(), seq), Version::new(scope.clone(), head));
        Ok(Self { dry_run: true, ..Self::new(commit, version, false).with(scope, refreshed) })
    }
}

impl Written {
    /// What a refresh found that was answered before: the first answer is kept without it. Where it made a version,
    /// that is what could be seen just before; otherwise what can be seen now.
    pub(super) fn found_again(&self, refresh: &Refresh) -> Result<Refreshed> {
        let (outcome, version) = (self.outcome(), self.version()?);
        let parent = self.scope.read(|at| at.parent(version)).filter(|_| outcome.created);
        let Some(parent) = parent else {
            return Ok(self.scope.read(|at| at.refreshed(version, &refresh.causes)));
        };
        let before = Seq(outcome.seq.0.saturating_sub(1));
        let view = self.scope.view.back_to(AsOf::Seq(before)).map_err(errors::ledger)?;
        Ok(view.read(|at| at.refreshed(parent, &refresh.causes)))
    }
}

fn named(refreshed: &Refreshed) -> impl Iterator<Item = VersionNo> {
    let replaced = refreshed.replaced.iter().flat_map(|(pinned, by)| [*pinned, *by]);
    replaced.chain(refreshed.removed.iter().copied()).chain(refreshed.unresolved.iter().copied())
}

fn count(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}
