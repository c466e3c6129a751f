//! Faults for tests: what happens to the n-th transaction from now.

use std::sync::{Mutex, PoisonError};

use super::GraphError;
use super::append::Answer;

/// A fault of one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never reaches the engine, and no answer comes.
    Before,
    /// It takes effect, and no answer comes.
    After,
    /// It takes effect, no answer comes, and reading back fails too.
    AfterMute,
    /// It takes effect, but the engine cannot say that it is durable.
    NotDurable,
    /// The task that runs it panics after it took effect.
    Panic,
}

/// Where a test sets a fault.
#[derive(Debug, Default)]
pub(crate) struct Lever {
    armed: Mutex<Option<(u32, Fault)>>,
    mute: Mutex<bool>,
}

impl super::Graph {
    /// Nothing is appended until the guard is dropped.
    pub(crate) async fn hold(&self) -> tokio::sync::OwnedMutexGuard<()> {
        std::sync::Arc::clone(&self.inner.turn).lock_owned().await
    }

    pub(super) fn count_read(&self) {
        self.inner.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    /// How often records were read since the graph was opened.
    pub(crate) fn reads(&self) -> u64 {
        self.inner.reads.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl Lever {
    /// The `nth` transaction from now, the next being 1, has this fault.
    pub(crate) fn arm(&self, nth: u32, fault: Fault) {
        *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = Some((nth, fault));
    }

    pub(super) fn pull(&self) -> Option<Fault> {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let (nth, fault) = armed.take()?;
        if nth > 1 {
            *armed = Some((nth - 1, fault));
            return None;
        }
        *self.mute.lock().unwrap_or_else(PoisonError::into_inner) = fault == Fault::AfterMute;
        Some(fault)
    }

    pub(super) fn read_back(&self) -> Result<(), GraphError> {
        if *self.mute.lock().unwrap_or_else(PoisonError::into_inner) {
            Err(GraphError::Unavailable("mute".to_owned()))
        } else {
            Ok(())
        }
    }
}

impl Fault {
    pub(super) async fn happen(self, send: impl AsyncFnOnce() -> Answer) -> Answer {
        if self == Self::Before {
            return Answer::Lost("fault before".to_owned());
        }
        let answer = send().await;
        assert!(matches!(answer, Answer::Applied), "{answer:?}");
        match self {
            Self::Before | Self::After | Self::AfterMute => Answer::Lost("fault after".to_owned()),
            Self::NotDurable => Answer::NotDurable("fault of durability".to_owned()),
            Self::Panic => panic!("fault that panics"),
        }
    }
}

impl super::Graph {
    /// Sets a fault.
    pub(crate) fn arm(&self, nth: u32, fault: Fault) {
        self.inner.lever.arm(nth, fault);
    }
}
