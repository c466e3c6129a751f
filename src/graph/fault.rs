//! Fault injection for tests, for the n-th transaction from now.

use std::sync::{Mutex, PoisonError};

use super::GraphError;
use super::append::AppendOutcome;
use crate::domain::log::entry::Head;

/// A fault of one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InjectedFault {
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
    /// The task that runs it panics before it reaches the engine.
    BeforePanic,
}

/// The faults that a test has set.
#[derive(Debug, Default)]
pub(crate) struct FaultInjector {
    armed: Mutex<Option<(u32, InjectedFault)>>,
    mute: Mutex<bool>,
    /// The number of failures of the next writes of the checkpoint.
    unwritten: Mutex<u32>,
}

impl super::Graph {
    /// Blocks appends until the guard is dropped.
    pub(crate) async fn hold(&self) -> tokio::sync::OwnedMutexGuard<()> {
        std::sync::Arc::clone(&self.inner.append_lock).lock_owned().await
    }

    pub(super) fn count_read(&self) {
        self.inner.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    /// Returns the number of reads of records since the graph was opened.
    pub(crate) fn reads(&self) -> u64 {
        self.inner.reads.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl super::Graph {
    /// Returns the graph of another process on the same store, with a separate head, checkpoint and
    /// faults. Dropping it without a close is like a kill of that process.
    pub(crate) async fn another_process(&self, dir: &std::path::Path) -> Self {
        let connect = |connection| async move { super::open::find_head(&connection, Head::default()).await };
        let head = self.inner.database.run(connect).await.unwrap().unwrap();
        self.another_process_at(dir, head)
    }

    /// Returns the same with a given head.
    pub(crate) fn another_process_at(&self, dir: &std::path::Path, head: Head) -> Self {
        super::checkpoint::create(dir, head, super::server::NAME).unwrap();
        let inner = super::GraphInner {
            dir: dir.to_owned(),
            shared: true,
            server: None,
            database: std::sync::Arc::clone(&self.inner.database),
            state: Mutex::new(super::AppendState::Sound(head)),
            head_file: Some(std::sync::Arc::new(Mutex::new(
                super::checkpoint::HeadFile::open(dir, super::server::NAME).unwrap(),
            ))),
            append_lock: std::sync::Arc::default(),
            faults: FaultInjector::default(),
            reads: std::sync::atomic::AtomicU64::new(0),
        };
        Self { inner: std::sync::Arc::new(inner) }
    }
}

impl FaultInjector {
    /// Sets this fault for the `nth` transaction from now (1 is the next one).
    pub(crate) fn arm(&self, nth: u32, fault: InjectedFault) {
        *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = Some((nth, fault));
    }

    pub(super) fn pull(&self) -> Option<InjectedFault> {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let (nth, fault) = armed.take()?;
        if nth > 1 {
            *armed = Some((nth - 1, fault));
            return None;
        }
        *self.mute.lock().unwrap_or_else(PoisonError::into_inner) = fault == InjectedFault::AfterMute;
        Some(fault)
    }

    /// Makes the next writes of the checkpoint fail, this many times.
    pub(crate) fn refuse_checkpoint(&self, times: u32) {
        *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    pub(super) fn checkpoint(&self) -> Result<(), String> {
        let mut left = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        Err("a fault of the checkpoint".to_owned())
    }

    pub(super) fn read_back(&self) -> Result<(), GraphError> {
        if *self.mute.lock().unwrap_or_else(PoisonError::into_inner) {
            Err(GraphError::Unavailable("mute".to_owned()))
        } else {
            Ok(())
        }
    }
}

impl InjectedFault {
    pub(super) async fn happen(self, send: impl AsyncFnOnce() -> AppendOutcome) -> AppendOutcome {
        assert!(self != Self::BeforePanic, "fault that panics");
        if self == Self::Before {
            return AppendOutcome::Lost("fault before".to_owned());
        }
        let answer = send().await;
        assert!(matches!(answer, AppendOutcome::Applied), "{answer:?}");
        match self {
            Self::Before | Self::After | Self::AfterMute => AppendOutcome::Lost("fault after".to_owned()),
            Self::NotDurable => AppendOutcome::NotDurable("fault of durability".to_owned()),
            Self::Panic | Self::BeforePanic => panic!("fault that panics"),
        }
    }
}

impl super::Graph {
    /// Sets this fault for the `nth` transaction from now (1 is the next one).
    pub(crate) fn arm(&self, nth: u32, fault: InjectedFault) {
        self.inner.faults.arm(nth, fault);
    }

    /// Makes the next writes of the checkpoint fail, this many times.
    pub(crate) fn refuse_checkpoint(&self, times: u32) {
        self.inner.faults.refuse_checkpoint(times);
    }
}
