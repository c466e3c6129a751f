//! Opening: the directory's lock, the engine or the server, the format, the schema, and the checkpoint.
//!
//! The order matters. Nothing is written into a store whose format is unknown or that is behind its checkpoint, nor
//! behind a log that a crash has cut off.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use surrealdb::IndexedResults;
use surrealdb::engine::any::connect;
use surrealdb::opt::Config;
use surrealdb::opt::capabilities::Capabilities;
use surrealdb::types::{Number, Object, RecordId, Value};

use super::checkpoint::{self, Checkpoint};
use super::runtime::{Connection, Database};
use super::{DirectoryLock, Engine, Found, Graph, GraphError, Inner, Server, queries, read, seal, server};
use crate::domain::entry::Head;
use crate::domain::id::Seq;

/// The format of the rows and of the log that this release writes and reads.
const FORMAT: i64 = 1;

/// The sub-directory of the engine.
const STORE: &str = "graph";

/// The file whose lock says who has the directory.
const LOCK: &str = "LOCK";

/// Commits read at a time. Their facts travel in one message where a server has them.
const PAGE: usize = 16;

/// How often definitions are tried, and how long is waited between.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(100);

impl Graph {
    /// Opens the store in `dir`, or makes it, and takes the directory until the graph is closed.
    ///
    /// # Errors
    /// [`GraphError::Locked`], [`GraphError::Format`], [`GraphError::Behind`], [`GraphError::Corrupt`],
    /// [`GraphError::Open`].
    pub async fn open(dir: &Path, engine: Engine) -> Result<Self, GraphError> {
        let failed = |why: String| GraphError::Open { dir: dir.to_path_buf(), why };
        let place = make(dir).map_err(|error| failed(error.to_string()))?;
        let mut opened = Opened::new(&place, &engine).await?;
        if opened.unsealed {
            tracing::info!("the store was not closed in order; its log is brought into its tables first");
            let sealed = seal::seal(opened.database, &place.join(STORE), &engine).await;
            sealed.map_err(|why| failed(format!("its log could not be brought into its tables: {why}")))?;
            opened = Opened::new(&place, &engine).await?;
        }
        let Opened { database, checkpoint, head, .. } = opened;
        bring_up(&place, engine.name(), checkpoint, head).map_err(failed)?;
        Ok(Self { inner: Arc::new(Inner::new(place, &engine, database, head)) })
    }
}

/// A store that was found sound.
struct Opened {
    database: Database,
    checkpoint: Option<Checkpoint>,
    head: Head,
    /// Whether its log must be sealed before anything is written.
    unsealed: bool,
}

impl Opened {
    /// Takes the directory, starts the engine, and compares what it holds with the checkpoint.
    async fn new(dir: &Path, engine: &Engine) -> Result<Self, GraphError> {
        let failed = |why: String| GraphError::Open { dir: dir.to_path_buf(), why };
        let address = Address::new(dir, engine).map_err(failed)?;
        let lock = lock(dir)?;
        let checkpoint = checkpoint::read(dir).map_err(failed)?;
        agree(dir, engine, checkpoint.as_ref())?;
        let unsealed = seal::is_open(&dir.join(STORE), engine).map_err(|error| failed(error.to_string()))?;

        let place = dir.to_path_buf();
        let patience = matches!(engine, Engine::Server(_)).then_some(server::PATIENCE);
        let database = Database::start(lock, patience, async move {
            match address {
                Address::Files(files) => {
                    connect_files(files).await.map_err(|why| GraphError::Open { dir: place, why })
                }
                Address::Server(server) => server.connect().await,
            }
        })
        .await?;
        let prepared = {
            let (dir, checkpoint) = (dir.to_path_buf(), checkpoint.clone());
            database.run(|connection| async move { prepare(&connection, &dir, checkpoint).await }).await
        };
        match prepared.and_then(|head| head) {
            Ok(head) => Ok(Self { database, checkpoint, head, unsealed }),
            Err(error) => {
                // The first error is the one to tell.
                let _ = database.close().await;
                Err(error)
            }
        }
    }
}

/// Makes the directory if it is new, and gives its full path, so that nobody's working directory matters.
fn make(dir: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    dir.canonicalize()
}

/// Where the engine finds its files, or who has it.
enum Address {
    Files(String),
    Server(Arc<Server>),
}

impl Address {
    fn new(dir: &Path, engine: &Engine) -> Result<Self, String> {
        if let Engine::Server(server) = engine {
            return Ok(Self::Server(Arc::clone(server)));
        }
        if *engine == Engine::RocksDb && !cfg!(feature = "rocksdb") {
            return Err(
                "this build has no RocksDB; build it with `cargo build --features rocksdb`".to_owned()
            );
        }
        let store = dir.join(STORE);
        // The engine takes an address, in which a question mark begins its options.
        let path = store.to_str().filter(|path| !path.contains('?'));
        let path = path.ok_or("its path has a question mark or is not UTF-8; choose another directory")?;
        Ok(Self::Files(format!("{}://{path}?sync=every", engine.name())))
    }
}

/// Connects without any capability: no scripting, no network, no functions, no live queries.
async fn connect_files(address: String) -> Result<Connection, String> {
    // One process, no change feeds: the engine's housekeeping between nodes has nothing to do.
    let rarely = Duration::from_hours(24);
    let config = Config::new()
        .capabilities(Capabilities::none())
        .node_membership_refresh_interval(rarely)
        .node_membership_check_interval(rarely)
        .node_membership_cleanup_interval(rarely)
        .changefeed_gc_interval(rarely);
    let reason = |error: surrealdb::Error| error.to_string();
    let connection = connect((address, config)).await.map_err(reason)?;
    connection.query(queries::SPACE).await.map_err(reason)?.check().map_err(reason)?;
    connection.use_ns(queries::NAME).use_db(queries::NAME).await.map_err(reason)?;
    Ok(Arc::new(connection))
}

fn lock(dir: &Path) -> Result<DirectoryLock, GraphError> {
    let failed = |error: io::Error| GraphError::Open { dir: dir.to_path_buf(), why: error.to_string() };
    let file =
        File::options().create(true).truncate(false).write(true).open(dir.join(LOCK)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(GraphError::Locked { dir: dir.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// What can be compared before the engine opens its files, or makes new ones.
fn agree(dir: &Path, engine: &Engine, checkpoint: Option<&Checkpoint>) -> Result<(), GraphError> {
    let Some(Checkpoint { head, engine: made_by }) = checkpoint else { return Ok(()) };
    if made_by != engine.name() {
        let why = match engine {
            Engine::Server(_) => format!(
                "it holds a graph of its own, made with the engine {made_by}; give a process whose graph is on a server another \
                 directory"
            ),
            _ if made_by == server::NAME => {
                "it belongs to a process whose graph is on a server; name that with --graph, or take another directory"
                    .to_owned()
            }
            _ => format!("it was made with the engine {made_by}; open it with that one"),
        };
        return Err(GraphError::Open { dir: dir.to_path_buf(), why });
    }
    if head.seq > Seq::ZERO && !matches!(engine, Engine::Server(_)) && !dir.join(STORE).is_dir() {
        return Err(behind(dir, head.seq, Found::NoStore));
    }
    Ok(())
}

/// Checks the format, compares the checkpoint, defines the schema, and finds the head.
async fn prepare(
    connection: &Connection,
    dir: &Path,
    checkpoint: Option<Checkpoint>,
) -> Result<Head, GraphError> {
    let acknowledged = checkpoint.map_or(Head::default(), |checkpoint| checkpoint.head);
    define(connection, queries::META).await?;
    let known = format(connection).await?;
    if known {
        compare(connection, dir, acknowledged).await?;
    } else if acknowledged.seq > Seq::ZERO {
        return Err(behind(dir, acknowledged.seq, Found::NoStore));
    }
    define(connection, queries::SCHEMA).await?;
    if !known {
        if !read::commits_after(connection, Seq::ZERO, 1).await?.is_empty() {
            return Err(GraphError::Format { found: "none".to_owned(), known: FORMAT });
        }
        let mut row = Object::new();
        row.insert("id", Value::RecordId(format_id()));
        row.insert("version", Value::Number(Number::Int(FORMAT)));
        let query = connection.query(queries::FORMAT).bind(("row", Value::Object(row)));
        let written = query.await.and_then(IndexedResults::check);
        // Another process may have begun with the same store at the same time.
        if let Err(error) = written
            && !format(connection).await?
        {
            return Err(GraphError::unavailable(&error));
        }
    }
    find_head(connection, acknowledged).await
}

/// Defines what is not defined yet. Processes that start together may get into one another's way; who comes second finds it
/// defined.
async fn define(connection: &Connection, query: &'static str) -> Result<(), GraphError> {
    for _ in 1..TRIES {
        if run(connection, query).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    run(connection, query).await
}

/// Whether the store has a format, and it is ours.
async fn format(connection: &Connection) -> Result<bool, GraphError> {
    let rows = read::select(connection, queries::ROWS, Value::RecordId(format_id())).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(false) };
    let version = match row {
        Value::Object(mut row) => row.remove("version").unwrap_or_default(),
        other => other,
    };
    match version {
        Value::Number(Number::Int(FORMAT)) => Ok(true),
        Value::Number(Number::Int(other)) => {
            Err(GraphError::Format { found: other.to_string(), known: FORMAT })
        }
        _ => Err(GraphError::Format { found: "unknown".to_owned(), known: FORMAT }),
    }
}

/// The commit that was acknowledged last must be there, and be that commit.
async fn compare(connection: &Connection, dir: &Path, acknowledged: Head) -> Result<(), GraphError> {
    if acknowledged.seq == Seq::ZERO {
        return Ok(());
    }
    match read::commit(connection, acknowledged.seq).await? {
        None => Err(behind(dir, acknowledged.seq, Found::NoCommit)),
        Some(commit) if commit.digest() != acknowledged.digest => {
            Err(behind(dir, acknowledged.seq, Found::OtherCommit))
        }
        Some(_) => Ok(()),
    }
}

/// The last commit from the checkpoint on: a crash may have left one append that nobody was told of.
pub(super) async fn find_head(connection: &Connection, acknowledged: Head) -> Result<Head, GraphError> {
    let mut head = acknowledged;
    loop {
        let page = read::commits_after(connection, head.seq, PAGE).await?;
        if page.is_empty() {
            return Ok(head);
        }
        for commit in page {
            if commit.previous != head.digest {
                return Err(GraphError::Corrupt {
                    table: "commit",
                    id: commit.seq.to_string(),
                    why: "it does not follow the commit before it".to_owned(),
                });
            }
            head = Head { seq: commit.seq, digest: commit.digest() };
        }
    }
}

/// Brings the checkpoint up to the head.
fn bring_up(dir: &Path, engine: &str, checkpoint: Option<Checkpoint>, head: Head) -> Result<(), String> {
    let written = match checkpoint {
        Some(checkpoint) if checkpoint.head == head => return Ok(()),
        Some(checkpoint) => {
            let checkpoint = checkpoint.head.seq;
            tracing::info!(%checkpoint, head = %head.seq, "the store is ahead of the checkpoint: by what this process did not acknowledge, or by what others wrote");
            checkpoint::advance(dir, head, engine)
        }
        None => {
            // Another process may have made what is on a server.
            if head.seq > Seq::ZERO && engine != server::NAME {
                tracing::warn!(head = %head.seq, "the store has no checkpoint, so nobody can tell if it lost commits; a new one is made");
            }
            checkpoint::create(dir, head, engine)
        }
    };
    written.map_err(|error| format!("its checkpoint cannot be written: {error}"))
}

pub(super) async fn run(connection: &Connection, query: &'static str) -> Result<(), GraphError> {
    let done = connection.query(query).await.and_then(IndexedResults::check);
    done.map(drop).map_err(|e| GraphError::unavailable(&e))
}

fn format_id() -> RecordId {
    RecordId::new("meta", "format")
}

fn behind(dir: &Path, checkpoint: Seq, found: Found) -> GraphError {
    GraphError::Behind { dir: dir.to_path_buf(), checkpoint, found }
}
