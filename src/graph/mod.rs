//! The graph in SurrealDB. Only this module names SurrealDB.
//!
//! In the data directory the graph is the [`Projection`] of a log of files: written behind it, never
//! read by the ledger, made again whenever it is in doubt. On a server ([`Server`]) its rows are the
//! log, which several processes share; a store of format 1 is such rows in the data directory.
//!
//! This module owns the rows and their schema, one transaction per append, the runtime of the
//! database, the lock of the directory, and the checkpoint of a store on a server. It hashes again
//! what it reads. `ledger` orders writes, `lineage` follows derivations.
//!
//! An engine shows a commit to readers before its fsync returns. Nothing may be served beyond
//! [`Graph::head`], which moves only when a commit is durable and its checkpoint is written.

mod append;
mod checkpoint;
mod connection;
mod error;
#[cfg(test)]
pub(crate) mod fault;
mod former;
mod hold;
mod open;
mod projection;
mod queries;
mod read;
mod read_copy;
mod restoring;
mod rows;
mod runtime;
mod server;
mod shared;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

pub use checkpoint::CheckpointFinding;
pub use error::{AppendError, GraphError};
pub use former::{checkpoint_engine, has_rows};
pub use hold::DirectoryHold;
pub use projection::Projection;
pub use read::CommitNote;
pub use server::{Login, Rank, Server};
pub use shared::{RaceOutcome, RemoteCommits, WritePriority};

use crate::domain::log::entry::Head;
use runtime::Database;

/// The engine's directory in the data directory.
const STORE: &str = "graph";

/// The storage engine of the graph in the data directory, or the server with the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Engine {
    /// In pure Rust, with no installation.
    #[default]
    SurrealKv,
    /// Older and more proven; only in builds with the cargo feature `rocksdb`.
    RocksDb,
    /// A SurrealDB server or cluster, to which other processes write as well.
    Server(Arc<Server>),
}

impl Engine {
    /// Returns the name in the checkpoint, on the command line and in the engine's address.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SurrealKv => "surrealkv",
            Self::RocksDb => "rocksdb",
            Self::Server(_) => server::NAME,
        }
    }

    /// Refuses an engine that is not in this build.
    ///
    /// # Errors
    /// Returns a message with a remedy.
    pub fn require_built(&self) -> Result<(), String> {
        if *self == Self::RocksDb && !cfg!(feature = "rocksdb") {
            return Err(
                "this build has no RocksDB; build it with `cargo build --features rocksdb`".to_owned()
            );
        }
        Ok(())
    }

    /// Returns the polling interval for commits of other processes; only for a shared store.
    #[must_use]
    pub fn pace(&self) -> std::time::Duration {
        match self {
            Self::SurrealKv | Self::RocksDb => std::time::Duration::MAX,
            Self::Server(server) => server.every,
        }
    }
}

/// A handle for a graph whose rows are the log; clones share it.
///
/// Its functions may be awaited on any runtime. A dropped future does not cancel its query: queries
/// run to completion on the graph's own runtime.
#[derive(Clone)]
pub struct Graph {
    inner: Arc<GraphInner>,
}

struct GraphInner {
    dir: PathBuf,
    /// True if other processes write to the store as well.
    shared: bool,
    /// The server with the store; `None` if the store is in the directory.
    server: Option<Arc<Server>>,
    database: Arc<Database>,
    state: Mutex<AppendState>,
    /// The checkpoint; `None` if the store is read-only.
    head_file: Option<Arc<Mutex<checkpoint::HeadFile>>>,
    /// Held during a complete append, so that there is one at a time.
    append_lock: Arc<tokio::sync::Mutex<()>>,
    #[cfg(test)]
    faults: fault::FaultInjector,
    /// The number of reads of records.
    #[cfg(test)]
    reads: std::sync::atomic::AtomicU64,
}

/// The state of appends, and the head.
#[derive(Debug, Clone)]
enum AppendState {
    /// The head is durable and its checkpoint is written.
    Sound(Head),
    /// It is unknown if an append is in the store, until it is opened again.
    Failed {
        /// The last known durable head.
        head: Head,
        /// The cause.
        why: String,
    },
}

impl Graph {
    /// Returns the newest durable commit, as found at open or after the last append.
    #[must_use]
    pub fn head(&self) -> Head {
        match &*self.inner.append_state() {
            AppendState::Sound(head) | AppendState::Failed { head, .. } => *head,
        }
    }

    /// Returns the runtime of the queries, for tasks with many queries. A close waits for
    /// everything that runs there, so only tasks that end by themselves may be started on it.
    ///
    /// # Errors
    /// Returns [`GraphError::Unavailable`] if the graph is closed.
    pub fn runtime(&self) -> Result<Handle, GraphError> {
        self.inner.database.handle()
    }

    /// Ends all queries, closes the engine and releases the directory. Other clones of this handle
    /// then return [`GraphError::Unavailable`].
    ///
    /// Dropping a graph also closes it, but in the background at an unknown time.
    ///
    /// # Errors
    /// Returns [`GraphError::Unavailable`] if the engine did not end in time. Appended commits are
    /// durable anyway.
    pub async fn close(self) -> Result<(), GraphError> {
        // An append in progress finishes first.
        let _guard = self.inner.append_lock.lock().await;
        self.inner.database.close().await
    }
}

impl GraphInner {
    fn new(
        dir: PathBuf,
        engine: &Engine,
        database: Database,
        head: Head,
        head_file: Option<checkpoint::HeadFile>,
    ) -> Self {
        let state = match head_file {
            Some(_) => AppendState::Sound(head),
            None => AppendState::Failed { head, why: "the store was opened read-only".to_owned() },
        };
        Self {
            dir,
            shared: matches!(engine, Engine::Server(_)),
            server: match engine {
                Engine::Server(server) => Some(Arc::clone(server)),
                Engine::SurrealKv | Engine::RocksDb => None,
            },
            database: Arc::new(database),
            state: Mutex::new(state),
            head_file: head_file.map(|file| Arc::new(Mutex::new(file))),
            append_lock: Arc::default(),
            #[cfg(test)]
            faults: fault::FaultInjector::default(),
            #[cfg(test)]
            reads: std::sync::atomic::AtomicU64::new(0),
        }
    }

    fn append_state(&self) -> std::sync::MutexGuard<'_, AppendState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph")
            .field("dir", &self.inner.dir)
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}
