//! Watches: the part of a subscription that the schema provides.
//!
//! A subscription is run once when it begins, and its field registers a [`Watch`]. The watch names the commits that
//! concern the subscription; for each of them the subscription is run again ([`Turn::Tells`]).

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Result;
use tokio::sync::watch;

use crate::api::engine::budget::TimeUp;
use crate::domain::id;

/// What a run of a subscription is for.
#[derive(Clone)]
pub enum Turn {
    /// It begins: the field says what it watches, and answers nothing.
    Begins(Beginning),
    /// It tells of one commit.
    Tells(id::Seq),
}

/// What the fields of a subscription said when it began; clones share it.
#[derive(Clone, Default)]
pub struct Beginning(Arc<Mutex<Vec<Arc<dyn Watch>>>>);

impl Beginning {
    /// A field says what it watches.
    pub fn say(&self, watch: impl Watch) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(watch));
    }

    /// What was said, in the order of the fields.
    #[must_use]
    pub fn take(&self) -> Vec<Arc<dyn Watch>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a subscription watches.
pub trait Watch: Send + Sync + 'static {
    /// It tells of what comes after this commit.
    fn after(&self) -> id::Seq;

    /// The newest commit there is.
    fn newest(&self) -> watch::Receiver<id::Seq>;

    /// Looks at the commits after one, in order, for the first to tell of. There is one.
    ///
    /// # Errors
    /// Where it cannot be said whether a commit is one to tell of.
    fn look(&self, after: id::Seq, time_up: &TimeUp) -> Result<Found>;
}

/// What was found among commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing to tell up to this commit, included. There may be more commits.
    Nothing(id::Seq),
    /// This one is to be told of.
    Tell(id::Seq),
}
