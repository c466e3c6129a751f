//! The connection to the database: the engine in this process, or a server. Queries are the same over both.
//!
//! The engine's sizes are set here. Left alone, it derives them from the memory of the machine: up to 4 GiB for one memtable,
//! of which there are three, and half of the memory for its cache.

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

use super::queries;
use crate::domain::invalid::MAX_COMMIT_BYTES;

/// The engine's memtable. A transaction must fit into one, or the log cannot be read when the store is opened again. The rows of a
/// commit take no more than its weight, with their keys (`tests::sizes`). There are up to three memtables while one is written.
pub(super) const MEMTABLE: usize = MAX_COMMIT_BYTES + (32 << 20);
/// The engine's cache of blocks. Records that are read often are kept by the ledger.
const BLOCK_CACHE: usize = 64 << 20;
/// The engine's blocks: a record is read with all of its block.
const BLOCK: usize = 16 << 10;

/// How long the engine may take to read the first row.
const STARTING: Duration = Duration::from_secs(20);

/// One session for all: a clone of `Surreal` would be a session of its own.
pub(super) type Connection = Arc<Session>;

/// What answers queries.
pub(super) enum Session {
    /// The engine in this process.
    Engine(Surreal<Db>),
    /// A server.
    Server(Surreal<Any>),
}

/// A query that is being put together.
pub(super) enum Asked<'c> {
    /// For the engine in this process.
    Engine(Query<'c, Db>),
    /// For a server.
    Server(Query<'c, Any>),
}

impl Session {
    /// Begins a query.
    pub(super) fn query(&self, text: &'static str) -> Asked<'_> {
        match self {
            Self::Engine(engine) => Asked::Engine(engine.query(text)),
            Self::Server(server) => Asked::Server(server.query(text)),
        }
    }
}

impl Asked<'_> {
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

impl<'c> IntoFuture for Asked<'c> {
    type Output = surrealdb::Result<IndexedResults>;
    type IntoFuture = <Query<'c, Any> as IntoFuture>::IntoFuture;

    fn into_future(self) -> Self::IntoFuture {
        match self {
            Self::Engine(query) => query.into_future(),
            Self::Server(query) => query.into_future(),
        }
    }
}

/// Opens the engine at an address, without any capability: no scripting, no network, no functions, no live queries.
///
/// # Errors
/// Says why it does not open.
pub(super) async fn open_engine(address: &str) -> Result<Connection, String> {
    limit_monitor();
    let text = |error: surrealdb::Error| error.to_string();
    let datastore = Datastore::builder()
        .with_config(sizes())
        .with_engine_options(rarely())
        .with_capabilities(Capabilities::none().into())
        .without_maintenance_tasks()
        .build_with_path(address)
        .await
        .map_err(|error| error.to_string())?;
    // Its tasks write, and what they write must not come before the version of its format. It tries for minutes to read tables
    // that are damaged.
    let begin = async {
        datastore.check_version().await.map_err(|error| error.to_string())?;
        datastore.bootstrap().await.map_err(|error| error.to_string())
    };
    let begun = tokio::time::timeout(STARTING, begin).await;
    begun.map_err(|_| "its tables cannot be read: the engine's messages in the log say why".to_owned())??;
    datastore.start_maintenance_tasks();
    let engine = Surreal::<Db>::unstable_from_datastore(datastore, None).await.map_err(text)?;
    engine.query(queries::SPACE).await.map_err(text)?.check().map_err(text)?;
    engine.use_ns(queries::NAME).use_db(queries::NAME).await.map_err(text)?;
    Ok(Arc::new(Session::Engine(engine)))
}

/// How much memory the engine may use.
fn sizes() -> ConfigMap {
    ConfigMap::empty()
        .with_key_value("surrealkv_max_memtable_size", MEMTABLE.to_string())
        .with_key_value("surrealkv_block_cache_capacity", BLOCK_CACHE.to_string())
        .with_key_value("surrealkv_block_size", BLOCK.to_string())
}

/// One process, no change feeds: the engine's housekeeping between nodes has nothing to do.
fn rarely() -> EngineOptions {
    let rarely = Duration::from_hours(24);
    EngineOptions {
        node_membership_refresh_interval: rarely,
        node_membership_check_interval: rarely,
        node_membership_cleanup_interval: rarely,
        changefeed_gc_interval: rarely,
        ..EngineOptions::default()
    }
}

/// Keeps the engine's monitor from holding file descriptors. It looks at this process alone, which needs none.
fn limit_monitor() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        sysinfo::set_open_files_limit(0);
    });
}
