//! What a subscription tells.

use async_graphql::{Object, Result};

use super::{AffectedTrainingSet, Commit};
use crate::api::engine::cost::DEFAULT_PAGE;
use crate::api::page::page_size;
use crate::api::scalars::{Seq, int};
use crate::api::scope::Scope;

/// What one commit brought to training sets that are watched.
#[derive(Clone)]
pub struct NewlyAffectedSets {
    scope: Scope,
    sets: Vec<AffectedTrainingSet>,
}

impl NewlyAffectedSets {
    /// What the newest commit in the scope brought.
    pub(in crate::api) const fn new(scope: Scope, sets: Vec<AffectedTrainingSet>) -> Self {
        Self { scope, sets }
    }
}

/// A commit by which watched training sets came to hold something wrong. Everything here is as it was just after it.
#[Object]
impl NewlyAffectedSets {
    /// The commit's number. Give it as `after` to go on from here.
    async fn seq(&self) -> Seq {
        Seq(self.scope.view.seq())
    }

    /// The commit by which it came.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.scope.view.seq())
    }

    /// How many versions of watched training sets are concerned.
    async fn total_count(&self) -> i32 {
        int(self.sets.len())
    }

    /// These versions, oldest first, with the rows that came with this commit: the wrong version, its replacement, and how
    /// the set holds it. A version on which a watched tag was put has all its rows. `newlyAffected` from the commit
    /// before to this one has all that came with it, page by page.
    async fn training_sets(
        &self,
        #[graphql(default_with = "PAGE", desc = "How many of them (maximum 1,000).")] first: i32,
    ) -> Result<Vec<AffectedTrainingSet>> {
        let first = page_size("first", first)?;
        Ok(self.sets.iter().take(first).cloned().collect())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
const PAGE: i32 = DEFAULT_PAGE as i32;
