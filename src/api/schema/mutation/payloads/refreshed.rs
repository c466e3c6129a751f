//! The result of a new training set version, and of a refresh.

use async_graphql::{Result, SimpleObject};

use super::{WriteResult, incomplete};
use crate::api::engine::code::{Code, Reason};
use crate::api::errors;
use crate::api::scalars::int;
use crate::api::types::{Commit, Statement, Version};
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::domain::write::proposal::Refresh;
use crate::domain::write::world::Refreshed;
use crate::ledger::AsOf;

/// The maximum number of entries of each list; the counts are complete.
const MOST: usize = 1_000;

/// A training set version that was created or found; after a refresh with the outcome of its
/// members.
#[derive(SimpleObject, Clone)]
pub struct SnapshotTrainingSetPayload {
    /// The commit that holds the version.
    pub commit: Commit,
    /// True if anything was created; false if all of it existed already, and in a dry run.
    pub created: bool,
    /// The version of the set; in a dry run the current one, which would be the parent.
    pub version: Version,
    /// True in a dry run: nothing was written.
    pub dry_run: bool,
    /// After a refresh: members that were replaced; the first 1,000, by the age of the pinned
    /// version.
    pub replaced: Vec<MemberReplacement>,
    /// The number of members that were replaced.
    pub replaced_count: i32,
    /// The number of these whose replacement is a member for another reason too, so that their
    /// splits and weights are dropped.
    pub merged_count: i32,
    /// After a refresh: members that were removed, because they are wrong and have no correct
    /// version to replace them; the oldest 1,000.
    pub removed: Vec<Version>,
    /// The number of members that were removed.
    pub removed_count: i32,
    /// After a refresh: members that were kept although they were made from something wrong,
    /// because they have not been made again since; the oldest 1,000.
    pub unresolved: Vec<Version>,
    /// The number of members that were kept although they were made from something wrong.
    pub unresolved_count: i32,
    /// After a refresh: the statement by which the refreshed version is wrong itself, null if it is
    /// not. A refresh replaces members and does not change this: that version stays wrong, and so
    /// does the set's current version if no member had to be replaced.
    pub wrong_itself: Option<Statement>,
}

/// A member that was replaced.
#[derive(SimpleObject, Clone)]
pub struct MemberReplacement {
    /// The version that was pinned.
    pub pinned: Version,
    /// The version that is pinned instead.
    pub replacement: Version,
    /// The split in which the replacement is pinned.
    pub split: String,
    /// True if the replacement is a member for another reason too: it was one before, or it
    /// replaces an older pin of the same item. Its split and weight are kept, and those of this pin
    /// are dropped.
    pub merged: bool,
}

impl WriteResult {
    /// Returns the result of a snapshot, which did not look for anything wrong.
    ///
    /// # Errors
    /// As [`WriteResult::put_payload`].
    pub fn snapshot_payload(&self) -> Result<SnapshotTrainingSetPayload> {
        Ok(self.found(self.committed.seq, self.version()?, &Refreshed::default(), None))
    }

    /// Returns the result of a refresh.
    ///
    /// # Errors
    /// As [`WriteResult::put_payload`].
    pub fn refresh_payload(&self, refresh: &Refresh) -> Result<SnapshotTrainingSetPayload> {
        let version = self.version()?;
        let set = self.refreshed_set(version);
        match &self.committed.refreshed {
            Some(refreshed) => Ok(self.found(self.committed.seq, version, refreshed, Some(set))),
            None => {
                let refreshed = self.refreshed_before(set, refresh)?;
                Ok(self.found(self.committed.seq, version, &refreshed, Some(set)))
            }
        }
    }

    /// Returns the result of a dry run of a refresh.
    ///
    /// # Errors
    /// UNAVAILABLE while other writes are not durable yet.
    pub fn preview_payload(&self, refresh: &Refresh) -> Result<SnapshotTrainingSetPayload> {
        let refreshed = self.committed.refreshed.as_ref().ok_or_else(|| incomplete("refresh"))?;
        let head = self.scope.read(|at| {
            // The preview includes writes that are not durable yet; those are not shown.
            let durable = named(refreshed).all(|version| at.sees(version));
            let head = at.head(at.item(&refresh.item.id())?).filter(|_| durable)?;
            Some((at.seq_of(head), head))
        });
        let (seq, head) = head.ok_or_else(|| {
            let message = "other writes are in progress, nothing was done: repeat the request";
            errors::error(Code::InternalServerError, Some(Reason::Unavailable), message)
        })?;
        let shown = self.found(seq, head, refreshed, Some(head));
        Ok(SnapshotTrainingSetPayload { created: false, dry_run: true, ..shown })
    }

    /// Returns the version that was refreshed.
    fn refreshed_set(&self, version: VersionNo) -> VersionNo {
        let made = self.outcome().created;
        self.scope.read(|at| at.parent(version)).filter(|_| made).unwrap_or(version)
    }

    fn found(
        &self,
        seq: Seq,
        version: VersionNo,
        refreshed: &Refreshed,
        set: Option<VersionNo>,
    ) -> SnapshotTrainingSetPayload {
        let wrong = set.and_then(|set| self.scope.read(|at| at.wrong(set).copied()));
        let object = |version: &VersionNo| self.object(*version);
        let split = |version: VersionNo| {
            let found = refreshed.members.binary_search_by_key(&version, |pin| pin.version);
            found.map(|place| refreshed.members[place].split.clone()).unwrap_or_default()
        };
        let replacement = |(pinned, by): &(VersionNo, VersionNo)| MemberReplacement {
            pinned: self.object(*pinned),
            replacement: self.object(*by),
            split: split(*by),
            merged: refreshed.merged.binary_search(pinned).is_ok(),
        };
        SnapshotTrainingSetPayload {
            commit: Commit::new(self.scope.clone(), seq),
            created: self.committed.created,
            version: self.object(version),
            dry_run: false,
            replaced: refreshed.replaced.iter().take(MOST).map(replacement).collect(),
            replaced_count: int(refreshed.replaced.len()),
            merged_count: int(refreshed.merged.len()),
            removed: refreshed.removed.iter().take(MOST).map(object).collect(),
            removed_count: int(refreshed.removed.len()),
            unresolved: refreshed.unresolved.iter().take(MOST).map(object).collect(),
            unresolved_count: int(refreshed.unresolved.len()),
            wrong_itself: wrong.map(|said| Statement::new(self.scope.clone(), said)),
        }
    }

    /// Returns the findings of a refresh that was answered before. The stored answer does not have
    /// them, so they are computed again as of the seq just before the request's own commit.
    fn refreshed_before(&self, set: VersionNo, refresh: &Refresh) -> Result<Refreshed> {
        let before = AsOf::Seq(Seq(self.committed.answered_at.0.saturating_sub(1)));
        let view = self.scope.view.back_to(before).map_err(errors::ledger)?;
        Ok(view.read(|at| at.refreshed(set, &refresh.causes)))
    }
}

fn named(refreshed: &Refreshed) -> impl Iterator<Item = VersionNo> {
    let replaced = refreshed.replaced.iter().flat_map(|(pinned, by)| [*pinned, *by]);
    replaced.chain(refreshed.removed.iter().copied()).chain(refreshed.unresolved.iter().copied())
}
