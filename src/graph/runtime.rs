//! The runtime of the database: deep stacks, queries that always run to completion, and a clean
//! end.
//!
//! Tasks with many queries may run here too, so that a query and its answer wake no other thread.
//!
//! Queries recurse, so threads have 16 MiB of stack (upstream: surrealdb #7238). A query future
//! that is dropped early can poison the engine (#7302), so every query is a task here and callers
//! only wait for it.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};

use super::GraphError;
pub(super) use super::connection::DbConnection;
use super::hold::DirectoryHold;

const STACK: usize = 16 * 1024 * 1024;

/// The maximum time for the engine to end.
const END_LIMIT: Duration = Duration::from_secs(30);

/// The maximum time to close the connection to a server. Closing does not end while the server is
/// away.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// The open engine and the resources that must outlive it.
pub(super) struct Database {
    open: Mutex<Option<OpenDatabase>>,
    /// The maximum time to wait for an answer of a server.
    answer_limit: Option<Duration>,
    /// True if the last poll had no answer in time. Other queries then wait less.
    is_away: AtomicBool,
}

struct OpenDatabase {
    connection: DbConnection,
    runtime: OwnRuntime,
    hold: DirectoryHold,
}

impl Database {
    /// Starts a runtime and runs `connect` on it.
    pub(super) async fn start<F>(
        hold: DirectoryHold,
        answer_limit: Option<Duration>,
        connect: F,
    ) -> Result<Self, GraphError>
    where
        F: Future<Output = Result<DbConnection, GraphError>> + Send + 'static,
    {
        let runtime = Builder::new_multi_thread()
            .worker_threads(workers())
            .thread_name("stemma-graph")
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .map_err(|e| GraphError::unavailable(&e))?;
        let runtime = OwnRuntime(Some(runtime));
        let connected = runtime.handle()?.spawn(connect).await.map_err(|e| GraphError::unavailable(&e))?;
        match connected {
            Ok(connection) => {
                let open = Mutex::new(Some(OpenDatabase { connection, runtime, hold }));
                Ok(Self { open, answer_limit, is_away: AtomicBool::new(false) })
            }
            Err(error) => {
                // The lock is released only when the engine has ended completely.
                end(runtime, hold, answer_limit.is_some()).await;
                Err(error)
            }
        }
    }

    /// Runs `work` on the database's runtime. It runs to completion even if the caller does not
    /// wait for it.
    pub(super) async fn run<T, F>(&self, work: impl FnOnce(DbConnection) -> F + Send) -> Result<T, GraphError>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let task = {
            let open = self.lock();
            let open = open.as_ref().ok_or_else(closed)?;
            open.runtime.handle()?.spawn(work(Arc::clone(&open.connection)))
        };
        task.await.map_err(|e| GraphError::unavailable(&e))
    }

    /// Runs `work` likewise; with a server, the caller waits only for a limited time.
    pub(super) async fn ask<T, F>(&self, work: impl FnOnce(DbConnection) -> F + Send) -> Result<T, GraphError>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let Some(answer_limit) = self.answer_limit else { return self.run(work).await };
        let answer_limit =
            if self.is_away.load(Ordering::Relaxed) { answer_limit / 10 } else { answer_limit };
        tokio::time::timeout(answer_limit, self.run(work)).await.unwrap_or_else(|_| Err(late()))
    }

    /// Runs `work` likewise, for the poll that determines if the server answers. Its outcome
    /// affects other queries.
    pub(super) async fn listen<T, F>(
        &self,
        work: impl FnOnce(DbConnection) -> F + Send,
    ) -> Result<T, GraphError>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let Some(answer_limit) = self.answer_limit else { return self.run(work).await };
        let heard = tokio::time::timeout(answer_limit, self.run(work)).await;
        self.is_away.store(heard.is_err(), Ordering::Relaxed);
        heard.unwrap_or_else(|_| Err(late()))
    }

    /// Continues with another connection. Queries on the old one end there.
    pub(super) fn replace(&self, connection: DbConnection) {
        if let Some(open) = &mut *self.lock() {
            open.connection = connection;
        }
    }

    /// Returns the runtime's handle.
    pub(super) fn handle(&self) -> Result<Handle, GraphError> {
        self.lock().as_ref().ok_or_else(closed)?.runtime.handle().cloned()
    }

    /// Lets the engine finish, closes it, and releases the directory.
    pub(super) async fn close(&self) -> Result<(), GraphError> {
        let Some(OpenDatabase { connection, runtime, hold }) = self.lock().take() else {
            return Err(closed());
        };
        drop(connection);
        if end(runtime, hold, self.answer_limit.is_some()).await {
            Ok(())
        } else {
            Err(GraphError::Unavailable("the engine did not end in time".to_owned()))
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<OpenDatabase>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(OpenDatabase { connection, runtime, hold }) = self.lock().take() else {
            return;
        };
        drop(connection);
        let is_elsewhere = self.answer_limit.is_some();
        // A thread is needed because this may be dropped inside another runtime, which must not
        // block.
        let ending = std::thread::Builder::new().name("stemma-graph-end".to_owned()).spawn(move || {
            wait_for_tasks(&runtime, is_elsewhere);
            drop((runtime, hold));
        });
        if let Err(error) = ending {
            tracing::warn!(%error, "no thread could be started to close the graph");
        }
    }
}

/// Waits on another thread until the engine's tasks are done. Returns false if they did not end in
/// time.
async fn end(runtime: OwnRuntime, hold: DirectoryHold, is_elsewhere: bool) -> bool {
    let (done, wait) = tokio::sync::oneshot::channel();
    let spawned = std::thread::Builder::new().name("stemma-graph-end".to_owned()).spawn(move || {
        let ended = wait_for_tasks(&runtime, is_elsewhere);
        drop((runtime, hold));
        // The receiver may be gone.
        let _ = done.send(ended);
    });
    spawned.is_ok() && wait.await.unwrap_or(false)
}

/// Waits until no task is left: the engine ends in separate tasks after the last connection is
/// dropped, and nothing reports their end (upstream: surrealdb #7307).
fn wait_for_tasks(runtime: &OwnRuntime, is_elsewhere: bool) -> bool {
    let Ok(handle) = runtime.handle() else { return true };
    let start = Instant::now();
    while handle.metrics().num_alive_tasks() > 0 {
        if is_elsewhere && start.elapsed() > CLOSE_LIMIT {
            // The server has all writes; nothing needs to be completed here.
            return true;
        }
        if start.elapsed() > END_LIMIT {
            tracing::error!("the graph's engine did not end in time");
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

/// A runtime that may be dropped anywhere: a plain one panics when it is dropped inside another.
struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    fn handle(&self) -> Result<&Handle, GraphError> {
        self.0.as_ref().map(Runtime::handle).ok_or_else(closed)
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn late() -> GraphError {
    GraphError::Unavailable("it does not answer in time".to_owned())
}

fn closed() -> GraphError {
    GraphError::Unavailable("it is closed".to_owned())
}

/// The number of threads: more than there are processors, so that long computations do not delay a
/// commit.
fn workers() -> usize {
    2 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2)
}
