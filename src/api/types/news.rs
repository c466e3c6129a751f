//! The events of the subscription `affected`.

use async_graphql::{Object, Result};

use super::{AffectedTrainingSet, Commit};
use crate::api::engine::cost::DEFAULT_PAGE;
use crate::api::page::page_size;
use crate::api::scalars::{Seq, int};
use crate::api::scope::Scope;

/// The watched training set versions that one commit affected.
#[derive(Clone)]
pub struct NewlyAffectedSets {
    scope: Scope,
    sets: Vec<AffectedTrainingSet>,
}

impl NewlyAffectedSets {
    /// Returns the event of the newest commit in the scope.
    pub(in crate::api) const fn new(scope: Scope, sets: Vec<AffectedTrainingSet>) -> Self {
        Self { scope, sets }
    }
}

/// A commit by which watched training sets became affected. Everything is read just after it.
#[Object]
impl NewlyAffectedSets {
    /// The commit's number. Give it as `after` to continue from here.
    async fn seq(&self) -> Seq {
        Seq(self.scope.view.seq())
    }

    /// The commit.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.scope.view.seq())
    }

    /// The number of affected versions of watched training sets.
    async fn total_count(&self) -> i32 {
        int(self.sets.len())
    }

    /// These versions, oldest first, with the rows that this commit added: the wrong version, its
    /// replacement, and its relation to the set. A version on which a watched tag was set has all
    /// its rows. `newlyAffected` from the previous commit to this one lists all added rows, page by
    /// page.
    async fn training_sets(
        &self,
        #[graphql(default_with = "PAGE", desc = "The maximum number of versions to return (maximum 1000).")]
        first: i32,
    ) -> Result<Vec<AffectedTrainingSet>> {
        let first = page_size("first", first)?;
        Ok(self.sets.iter().take(first).cloned().collect())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
const PAGE: i32 = DEFAULT_PAGE as i32;
