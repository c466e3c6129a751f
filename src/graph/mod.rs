//! The durable graph: SurrealDB in the data directory, and the only place that names it.
//!
//! What it owns: the rows and their schema, one transaction per append, the runtime on which the database runs,
//! the lock of the directory, and the checkpoint of the head outside the database. It gives back the records
//! that `domain` describes, and hashes again what it reads, because neither storage engine may be trusted
//! alone: one flipped bit in a log can lose its tail without an error.
//!
//! The database runs in this process, or is a server that several processes write to ([`Server`]).
//!
//! What it deliberately does not do: order writes, give numbers, apply rules (that is `ledger` and `domain`),
//! follow derivations (that is `lineage`; the links are there for SurrealQL, but no answer is made from them),
//! check the chain of digests from commit to commit (the reader of the whole log does).
//!
//! Both engines show a commit to readers before its fsync returns. So nothing may be served beyond
//! [`Graph::head`], which moves only when a commit is durable and its checkpoint is written.

mod append;
mod checkpoint;
mod connection;
mod error;
#[cfg(test)]
pub(crate) mod fault;
mod hold;
mod open;
mod queries;
mod read;
mod reading;
mod restoring;
mod rows;
mod runtime;
mod seal;
mod server;
mod shared;
#[cfg(test)]
mod tests;
mod trial;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

pub use checkpoint::Found;
pub use error::{AppendError, GraphError};
pub use read::CommitNote;
pub use reading::CheckpointState;
pub use server::{Login, Rank, Server};
pub use shared::{News, Turn, Way};

use crate::domain::log::entry::Head;
use runtime::Database;

/// The engine's directory in the data directory.
const STORE: &str = "graph";

/// The storage engine below SurrealDB, or who has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Engine {
    /// Pure Rust, nothing to install.
    #[default]
    SurrealKv,
    /// Older and more proven; only in builds with the cargo feature `rocksdb`.
    RocksDb,
    /// A SurrealDB server's or cluster's own, which other processes write to as well.
    Server(Arc<Server>),
}

impl Engine {
    /// The name in the checkpoint, on the command line and in the engine's address.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SurrealKv => "surrealkv",
            Self::RocksDb => "rocksdb",
            Self::Server(_) => server::NAME,
        }
    }

    /// How often what others have written is looked for; of no meaning where nobody else can write.
    #[must_use]
    pub fn pace(&self) -> std::time::Duration {
        match self {
            Self::SurrealKv | Self::RocksDb => std::time::Duration::MAX,
            Self::Server(server) => server.every,
        }
    }
}

/// A handle on the durable graph; clones share it.
///
/// Its functions may be awaited on any runtime. A caller that goes away does not end what it asked for: queries
/// run to their end on the graph's own runtime.
#[derive(Clone)]
pub struct Graph {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    /// Whether others write to the store as well.
    shared: bool,
    /// Who has the store, where it is not in the directory.
    server: Option<Arc<Server>>,
    database: Arc<Database>,
    standing: Mutex<Standing>,
    /// The checkpoint; none where the store is only read.
    head_file: Option<Arc<Mutex<checkpoint::HeadFile>>>,
    /// Held through a whole append, so that there is one at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    #[cfg(test)]
    lever: fault::Lever,
    /// How often records were read.
    #[cfg(test)]
    reads: std::sync::atomic::AtomicU64,
}

/// Whether more may be appended, and to what.
#[derive(Debug, Clone)]
enum Standing {
    /// The head is durable and its checkpoint is written.
    Sound(Head),
    /// An append may or may not be in the store. Only opening it again can tell.
    Failed {
        /// The last head that was sound.
        head: Head,
        /// What happened.
        why: String,
    },
}

impl Graph {
    /// The newest durable commit, as found at open or after the last append.
    #[must_use]
    pub fn head(&self) -> Head {
        match &*self.inner.standing() {
            Standing::Sound(head) | Standing::Failed { head, .. } => *head,
        }
    }

    /// Returns true if the store was opened to be read.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.inner.head_file.is_none()
    }

    /// The threads that queries run on, for what asks many of them. A close waits for everything that runs there, so
    /// nothing may be started there that does not end by itself.
    ///
    /// # Errors
    /// [`GraphError::Unavailable`] where the graph is closed.
    pub fn runtime(&self) -> Result<Handle, GraphError> {
        self.inner.database.handle()
    }

    /// Ends all queries, closes the engine and frees the directory. Other clones of this handle then answer
    /// [`GraphError::Unavailable`].
    ///
    /// A graph that is dropped instead closes too, but in the background, and nobody can say when it is done.
    ///
    /// # Errors
    /// [`GraphError::Unavailable`] where the engine did not end in time. What was appended is durable anyway.
    pub async fn close(self) -> Result<(), GraphError> {
        // Whoever appends now finishes first.
        let _turn = self.inner.turn.lock().await;
        self.inner.database.close().await
    }
}

impl Inner {
    fn new(
        dir: PathBuf,
        engine: &Engine,
        database: Database,
        head: Head,
        head_file: Option<checkpoint::HeadFile>,
    ) -> Self {
        let standing = match head_file {
            Some(_) => Standing::Sound(head),
            None => Standing::Failed { head, why: "the store was opened to be read".to_owned() },
        };
        Self {
            dir,
            shared: matches!(engine, Engine::Server(_)),
            server: match engine {
                Engine::Server(server) => Some(Arc::clone(server)),
                Engine::SurrealKv | Engine::RocksDb => None,
            },
            database: Arc::new(database),
            standing: Mutex::new(standing),
            head_file: head_file.map(|file| Arc::new(Mutex::new(file))),
            turn: Arc::default(),
            #[cfg(test)]
            lever: fault::Lever::default(),
            #[cfg(test)]
            reads: std::sync::atomic::AtomicU64::new(0),
        }
    }

    fn standing(&self) -> std::sync::MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
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
