//! Watches: the part of a subscription that the schema provides.
//!
//! A subscription runs once when it begins, and its field registers a [`Watch`]. The watch names
//! the commits that concern the subscription; for each of them the subscription runs again
//! ([`SubscriptionTurn::Reports`]).

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Result;
use tokio::sync::watch;

use crate::api::engine::budget::TimeUp;
use crate::domain::id;

/// The purpose of one run of a subscription.
#[derive(Clone)]
pub enum SubscriptionTurn {
    /// The first run: the field registers its watch and returns nothing.
    Begins(Beginning),
    /// A run that reports one commit.
    Reports(id::Seq),
}

/// The watches that the fields of a subscription registered when it began; clones share them.
#[derive(Clone, Default)]
pub struct Beginning(Arc<Mutex<Vec<Arc<dyn Watch>>>>);

impl Beginning {
    /// Registers the watch of a field.
    pub fn register(&self, watch: impl Watch) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(watch));
    }

    /// Takes the registered watches, in the order of the fields.
    #[must_use]
    pub fn take(&self) -> Vec<Arc<dyn Watch>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The commits that a subscription reports.
pub trait Watch: Send + Sync + 'static {
    /// Returns the commit after which commits are reported.
    fn after(&self) -> id::Seq;

    /// Returns the newest commit.
    fn newest(&self) -> watch::Receiver<id::Seq>;

    /// Searches the commits after `after` in ascending order for the first one to report. At least
    /// one commit exists.
    ///
    /// # Errors
    /// If it cannot be decided whether a commit is to be reported.
    fn next_commit(&self, after: id::Seq, time_up: &TimeUp) -> Result<WatchFound>;
}

/// The result of a search among commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchFound {
    /// Nothing to report up to and including this commit. There may be more commits.
    Nothing(id::Seq),
    /// The commit to report.
    Report(id::Seq),
}
