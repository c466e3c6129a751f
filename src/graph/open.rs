//! Opens a graph whose rows are the log, on a server or of format 1: the directory's lock, the engine
//! or the server, the format, the schema, and the checkpoint. `projection` opens the other kind.
//!
//! The order matters. Nothing is written into a store whose format is unknown or that is behind its
//! checkpoint.

use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use backon::{ConstantBuilder, Retryable};
use surrealdb::IndexedResults;
use surrealdb::types::{Number, Object, RecordId, Value};

use super::checkpoint::{self, Checkpoint, HeadFile};
use super::connection::{EngineUse, open_engine, run};
use super::hold::DirectoryHold;
use super::runtime::{Database, DbConnection};
use super::{
    CheckpointFinding, Engine, Graph, GraphError, GraphInner, STORE, Server, queries, read, read_copy, server,
};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The format of the rows and the log that this release writes.
const FORMAT: i64 = 2;

/// The formats that are read to be converted.
pub(super) const CONVERTED: RangeInclusive<i64> = 1..=FORMAT;
/// The formats that are opened to be written.
const WRITTEN: RangeInclusive<i64> = FORMAT..=FORMAT;

/// The number of commits that are read together. From a server, their facts are in one message.
const PAGE: usize = 16;

/// The number of attempts at definitions.
const TRIES: usize = 5;
/// The pause between these attempts.
const PAUSE: Duration = Duration::from_millis(100);

impl Graph {
    /// Opens the store on a server, or creates it, and locks `dir` until the graph is closed; the
    /// directory has the checkpoint. Tests and benches open rows in the directory likewise.
    ///
    /// # Errors
    /// Returns [`GraphError::Locked`], [`GraphError::Format`], [`GraphError::Behind`],
    /// [`GraphError::Corrupt`], [`GraphError::Open`].
    pub async fn open(dir: &Path, engine: Engine) -> Result<Self, GraphError> {
        let failed = |why: String| GraphError::not_opened(dir, why);
        let place = make(dir).map_err(|error| failed(error.to_string()))?;
        let hold = DirectoryHold::take(&place)?;
        let checkpoint = checkpoint::read(&place).map_err(failed)?;
        agree(&place, &engine, checkpoint.as_ref())?;
        let opened =
            SoundStore::new((&place, &place.join(STORE)), &engine, hold, checkpoint.as_ref(), WRITTEN)
                .await?;
        let file = bring_up(&place, engine.name(), checkpoint, opened.head).map_err(failed)?;
        Ok(Self {
            inner: Arc::new(GraphInner::new(place, &engine, opened.database, opened.head, Some(file))),
        })
    }
}

/// The message for a store without a checkpoint.
pub(super) const NO_CHECKPOINT: &str = "the store has no checkpoint file HEAD, so missing commits at its end cannot be \
                                        detected; the stored commits are checked against each other";

/// A store that was found sound.
pub(super) struct SoundStore {
    pub(super) database: Database,
    pub(super) head: Head,
}

impl SoundStore {
    /// Starts the engine on a store and compares its contents with the checkpoint.
    pub(super) async fn new(
        (dir, store): (&Path, &Path),
        engine: &Engine,
        hold: DirectoryHold,
        checkpoint: Option<&Checkpoint>,
        formats: RangeInclusive<i64>,
    ) -> Result<Self, GraphError> {
        let failed = |why: String| GraphError::not_opened(dir, why);
        let address = EngineAddress::new(store, engine, Synchronised::Every).map_err(failed)?;

        let place = dir.to_path_buf();
        let answer_limit = matches!(engine, Engine::Server(_)).then_some(server::ANSWER_LIMIT);
        let database = Database::start(hold, answer_limit, async move {
            match address {
                EngineAddress::Files(files) => {
                    let opened = open_engine(&files, EngineUse::Log).await;
                    opened.map_err(|why| GraphError::Open { dir: place, why })
                }
                EngineAddress::Server(server) => server.connect().await,
            }
        })
        .await?;
        let prepared = {
            let (dir, checkpoint) = (dir.to_path_buf(), checkpoint.cloned());
            database
                .run(|connection| async move { prepare(&connection, &dir, checkpoint, formats).await })
                .await
        };
        match prepared.and_then(|head| head) {
            Ok(head) => Ok(Self { database, head }),
            Err(error) => {
                // The first error is returned.
                let _ = database.close().await;
                Err(error)
            }
        }
    }
}

/// Creates the directory if it is missing, and returns its absolute path, so that the working
/// directory does not matter.
fn make(dir: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    dir.canonicalize()
}

/// The commits of an engine that are synchronised.
#[derive(Clone, Copy)]
pub(super) enum Synchronised {
    Every,
    Never,
}

/// The address of the engine's files, or the server.
pub(super) enum EngineAddress {
    Files(String),
    Server(Arc<Server>),
}

impl EngineAddress {
    pub(super) fn new(store: &Path, engine: &Engine, sync: Synchronised) -> Result<Self, String> {
        if let Engine::Server(server) = engine {
            return Ok(Self::Server(Arc::clone(server)));
        }
        engine.require_built()?;
        // The engine takes an address, in which a question mark begins the options.
        let path = store.to_str().filter(|path| !path.contains('?'));
        let path = path.ok_or("its path has a question mark or is not UTF-8; choose another directory")?;
        let sync = match sync {
            Synchronised::Every => "every",
            Synchronised::Never => "never",
        };
        Ok(Self::Files(format!("{}://{path}?sync={sync}", engine.name())))
    }
}

/// Compares the checkpoint with the settings, before the engine opens or creates files.
pub(super) fn agree(dir: &Path, engine: &Engine, checkpoint: Option<&Checkpoint>) -> Result<(), GraphError> {
    let Some(Checkpoint { head, engine: made_by }) = checkpoint else { return Ok(()) };
    if made_by != engine.name() {
        let why = match engine {
            Engine::Server(_) => format!(
                "it contains a local graph, made with the engine {made_by}; use another directory for a process whose \
                 graph is on a server"
            ),
            _ if made_by == server::NAME => {
                "it belongs to a process whose graph is on a server; pass that server with --graph, or use another directory"
                    .to_owned()
            }
            _ => format!(
                "it was made with the engine {made_by}; back it up with the program that made it, and restore the backup \
                 into another directory"
            ),
        };
        return Err(GraphError::not_opened(dir, why));
    }
    let store = read_copy::current(dir);
    if head.seq > Seq::ZERO && !matches!(engine, Engine::Server(_)) && !store.is_dir() {
        return Err(behind(dir, head.seq, CheckpointFinding::NoStore));
    }
    Ok(())
}

/// Checks the format, compares the checkpoint, defines the schema, and finds the head.
async fn prepare(
    connection: &DbConnection,
    dir: &Path,
    checkpoint: Option<Checkpoint>,
    formats: RangeInclusive<i64>,
) -> Result<Head, GraphError> {
    let acknowledged = checkpoint.map_or(Head::default(), |checkpoint| checkpoint.head);
    define(connection, queries::META).await?;
    let known = format(connection, &formats).await?;
    if known {
        compare(connection, dir, acknowledged).await?;
    } else if acknowledged.seq > Seq::ZERO {
        return Err(behind(dir, acknowledged.seq, CheckpointFinding::NoStore));
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
        // Another process may have created the same store at the same time.
        if let Err(error) = written
            && !format(connection, &formats).await?
        {
            return Err(GraphError::unavailable(&error));
        }
    }
    find_head(connection, acknowledged).await
}

/// Defines the schema where it is missing. Processes that start together may conflict; a retry then
/// finds it defined.
pub(super) async fn define(connection: &DbConnection, query: &'static str) -> Result<(), GraphError> {
    let pauses = ConstantBuilder::new().with_delay(PAUSE).with_max_times(TRIES - 1);
    (|| run(connection, query)).retry(pauses).await
}

/// Returns true if the store has one of the formats, and false if it has none.
async fn format(connection: &DbConnection, formats: &RangeInclusive<i64>) -> Result<bool, GraphError> {
    let rows = read::select(connection, queries::ROWS, Value::RecordId(format_id())).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(false) };
    let version = match row {
        Value::Object(mut row) => row.remove("version").unwrap_or_default(),
        other => other,
    };
    match version {
        Value::Number(Number::Int(found)) if formats.contains(&found) => Ok(true),
        Value::Number(Number::Int(other)) => {
            Err(GraphError::Format { found: other.to_string(), known: FORMAT })
        }
        _ => Err(GraphError::Format { found: "unknown".to_owned(), known: FORMAT }),
    }
}

/// Checks that the last acknowledged commit is in the store.
async fn compare(connection: &DbConnection, dir: &Path, acknowledged: Head) -> Result<(), GraphError> {
    if acknowledged.seq == Seq::ZERO {
        return Ok(());
    }
    match read::commit(connection, acknowledged.seq).await? {
        None => Err(behind(dir, acknowledged.seq, CheckpointFinding::NoCommit)),
        Some(commit) if commit.digest() != acknowledged.digest => {
            Err(behind(dir, acknowledged.seq, CheckpointFinding::OtherCommit))
        }
        Some(_) => Ok(()),
    }
}

/// Finds the last commit, from the checkpoint on: a crash may have left one append that was not
/// acknowledged.
pub(super) async fn find_head(connection: &DbConnection, acknowledged: Head) -> Result<Head, GraphError> {
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

/// Moves the checkpoint to the head and opens it.
fn bring_up(
    dir: &Path,
    engine: &'static str,
    checkpoint: Option<Checkpoint>,
    head: Head,
) -> Result<HeadFile, String> {
    let write = || match checkpoint {
        Some(checkpoint) => {
            let mut file = HeadFile::open(dir, engine)?;
            if checkpoint.head != head {
                let checkpoint = checkpoint.head.seq;
                tracing::info!(%checkpoint, head = %head.seq, "the store is ahead of the checkpoint, by unacknowledged commits or by those of other processes");
                file.advance(head)?;
            }
            Ok(file)
        }
        None => {
            // If the store is on a server, another process may have created it.
            if head.seq > Seq::ZERO && engine != server::NAME {
                tracing::warn!(head = %head.seq, "{NO_CHECKPOINT}; a new one is created");
            }
            checkpoint::create(dir, head, engine)?;
            HeadFile::open(dir, engine)
        }
    };
    write().map_err(|error: io::Error| format!("its checkpoint cannot be written: {error}"))
}

fn format_id() -> RecordId {
    RecordId::new("meta", "format")
}

fn behind(dir: &Path, checkpoint: Seq, found: CheckpointFinding) -> GraphError {
    GraphError::Behind { dir: dir.to_path_buf(), checkpoint, found }
}
