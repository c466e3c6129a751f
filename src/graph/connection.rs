//! The connection to the database: the engine in this process, or a server. Queries are the same
//! for both.
//!
//! The memory of the engine is set here ([`EngineUse`]). By default it depends on the memory of
//! the machine: up to 4 GiB for each of three memtables, and half of the memory for the cache
//! (upstream: surrealdb #7430; `docs/upstream.md`).

use std::future::IntoFuture;
use std::sync::{Arc, Once};
use std::time::Duration;

use surrealdb::engine::any::Any;
use surrealdb::engine::local::Db;
use surrealdb::method::Query;
use surrealdb::opt::capabilities::Capabilities;
use surrealdb::types::SurrealValue;
use surrealdb::{IndexedResults, Surreal};
use surrealdb_cnf::ConfigMap;
use surrealdb_engine_local::{Datastore, EngineOptions};
use sysinfo::System;

use super::{GraphError, queries};
use crate::domain::invalid::MAX_COMMIT_BYTES;

/// The size of the engine's memtable. A transaction must fit into one, or it fails, or the engine's
/// log cannot be read at the next open (upstream: surrealkv #377). The rows of a commit, with their
/// keys, take no more than its weight (`tests::sizes`). There are up to three memtables during a
/// flush.
pub(super) const MEMTABLE: usize = MAX_COMMIT_BYTES + (32 << 20);
/// The smallest and the largest size of the block cache of rows that are the log. In between it is
/// a 64th of the memory that the process may use. The ledger caches records that are read often.
const BLOCK_CACHE: (u64, u64) = (64 << 20, 512 << 20);
/// The size of the engine's blocks. Reading a record reads its complete block.
const BLOCK: usize = 16 << 10;

/// The use of the engine, which determines its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EngineUse {
    /// The rows are the log, and records are read from them.
    Log,
    /// The rows are a projection, which the ledger does not read: insertions look up their ids. The
    /// smallest cache is enough. The memtable is not smaller: a transaction of a projection has at
    /// least one complete commit, and one that does not fit into a memtable could never be written
    /// (`tests::sizes`).
    Projection,
}

/// The maximum time until the engine has read the first row.
const STARTING: Duration = Duration::from_secs(20);

/// The session, which all callers share: a clone of `Surreal` would be another session.
pub(super) type DbConnection = Arc<Session>;

/// The database: an engine or a server.
pub(super) enum Session {
    /// The engine in this process.
    Engine(Surreal<Db>),
    /// A server.
    Server(Surreal<Any>),
}

/// A query that is being built.
pub(super) enum DbQuery<'c> {
    /// For the engine in this process.
    Engine(Query<'c, Db>),
    /// For a server.
    Server(Query<'c, Any>),
}

impl Session {
    /// Begins a query.
    pub(super) fn query(&self, text: &'static str) -> DbQuery<'_> {
        match self {
            Self::Engine(engine) => DbQuery::Engine(engine.query(text)),
            Self::Server(server) => DbQuery::Server(server.query(text)),
        }
    }
}

impl DbQuery<'_> {
    /// Adds a statement.
    pub(super) fn query(self, text: &'static str) -> Self {
        match self {
            Self::Engine(query) => Self::Engine(query.query(text)),
            Self::Server(query) => Self::Server(query.query(text)),
        }
    }

    /// Binds a value to a name.
    pub(super) fn bind<T: SurrealValue>(self, (name, value): (&'static str, T)) -> Self {
        match self {
            Self::Engine(query) => Self::Engine(query.bind((name, value))),
            Self::Server(query) => Self::Server(query.bind((name, value))),
        }
    }
}

impl<'c> IntoFuture for DbQuery<'c> {
    type Output = surrealdb::Result<IndexedResults>;
    type IntoFuture = <Query<'c, Any> as IntoFuture>::IntoFuture;

    fn into_future(self) -> Self::IntoFuture {
        match self {
            Self::Engine(query) => query.into_future(),
            Self::Server(query) => query.into_future(),
        }
    }
}

/// Runs one statement without results.
pub(super) async fn run(connection: &DbConnection, query: &'static str) -> Result<(), GraphError> {
    let done = connection.query(query).await.and_then(IndexedResults::check);
    done.map(drop).map_err(|e| GraphError::unavailable(&e))
}

/// Opens the engine at an address without any capability: no scripting, network, functions or live
/// queries.
///
/// # Errors
/// Returns the message of the engine.
pub(super) async fn open_engine(address: &str, engine_use: EngineUse) -> Result<DbConnection, String> {
    limit_monitor();
    let text = |error: surrealdb::Error| error.to_string();
    let datastore = Datastore::builder()
        .with_config(sizes(engine_use))
        .with_engine_options(rare_housekeeping())
        .with_capabilities(Capabilities::none().into())
        .without_maintenance_tasks()
        .build_with_path(address)
        .await
        .map_err(|error| error.to_string())?;
    // The engine's tasks write, which must not happen before the version of its format is written.
    // The engine retries for minutes to read damaged tables (`docs/upstream.md`).
    let begin = async {
        datastore.check_version().await.map_err(|error| error.to_string())?;
        datastore.bootstrap().await.map_err(|error| error.to_string())
    };
    let begun = tokio::time::timeout(STARTING, begin).await;
    begun.map_err(|_| "its tables cannot be read: see the engine's messages in the log".to_owned())??;
    datastore.start_maintenance_tasks();
    let engine = Surreal::<Db>::unstable_from_datastore(datastore, None).await.map_err(text)?;
    engine.query(queries::SPACE).await.map_err(text)?.check().map_err(text)?;
    engine.use_ns(queries::NAME).use_db(queries::NAME).await.map_err(text)?;
    Ok(Arc::new(Session::Engine(engine)))
}

/// Returns the memory settings of the engine.
fn sizes(engine_use: EngineUse) -> ConfigMap {
    let block_cache = match engine_use {
        EngineUse::Log => block_cache(memory()),
        EngineUse::Projection => BLOCK_CACHE.0,
    };
    ConfigMap::empty()
        .with_key_value("surrealkv_max_memtable_size", MEMTABLE.to_string())
        .with_key_value("surrealkv_block_cache_capacity", block_cache.to_string())
        .with_key_value("surrealkv_block_size", BLOCK.to_string())
}

/// Returns the size of the block cache for this much memory.
fn block_cache(memory: u64) -> u64 {
    (memory / 64).clamp(BLOCK_CACHE.0, BLOCK_CACHE.1)
}

/// Returns the memory that the process may use: that of the machine, or of its container.
fn memory() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    let container = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory);
    system.total_memory().min(container)
}

/// Returns options with long intervals: with one process and no change feeds, the engine's cluster
/// housekeeping has nothing to do.
fn rare_housekeeping() -> EngineOptions {
    let rarely = Duration::from_hours(24);
    EngineOptions {
        node_membership_refresh_interval: rarely,
        node_membership_check_interval: rarely,
        node_membership_cleanup_interval: rarely,
        changefeed_gc_interval: rarely,
        ..EngineOptions::default()
    }
}

/// Keeps the engine's monitor from holding file descriptors (upstream: sysinfo #1710). It watches
/// only this process, which needs none.
fn limit_monitor() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        sysinfo::set_open_files_limit(0);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_cache_is_a_share_of_the_memory_within_limits() {
        assert_eq!(block_cache(1 << 30), 64 << 20);
        assert_eq!(block_cache(16 << 30), 256 << 20);
        assert_eq!(block_cache(1 << 40), 512 << 20);
        assert!(memory() > 64 << 20, "some memory is found");
    }
}
