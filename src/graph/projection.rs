//! The graph as a projection of the log: written behind it, complete, and made again whenever it is
//! in doubt.
//!
//! Nothing is served from it and it promises nothing, so its transactions are not synchronised. The
//! last commit that is in it is noted in the same transaction as the rows (`meta:projected`). A
//! process that is killed leaves what it has written, so that the next one continues after that
//! commit; a machine that loses power does not, and the projection is made again. `graph.open`
//! distinguishes them: it exists while the engine is open, and names the boot of the machine.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use surrealdb::types::{Bytes, Number, Object, RecordId, Value};

use super::append::{AppendOutcome, projected_tables, send_with};
use super::connection::{EngineUse, open_engine};
use super::hold::DirectoryHold;
use super::open::{EngineAddress, Synchronised, define};
use super::rows::int;
use super::runtime::Database;
use super::{Engine, GraphError, STORE, queries, read};
use crate::domain::id::Seq;
use crate::domain::log::entry::{Entry, Head};

/// The file that exists while the engine is open: the name of its folder with this extension.
const OPEN: &str = "open";
/// The extension of a projection that belongs to another log, and of one in doubt.
const ASIDE: &str = "aside";
/// The pause before a projection that cannot be opened is tried once more.
const PAUSE: Duration = Duration::from_secs(1);
/// The file in which Linux names the boot of the machine.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// The projection of a log, open for writing.
pub struct Projection {
    database: Database,
    dir: PathBuf,
    /// [`OPEN`], for its engine.
    open: PathBuf,
}

impl Projection {
    /// Opens the projection in a data directory, or begins one. Returns the last commit that is in
    /// it. One that is in doubt or cannot be opened is set aside, and a new one begun.
    ///
    /// # Errors
    /// [`GraphError`] if a new one cannot be begun either.
    pub async fn open(dir: &Path, engine: &Engine) -> Result<(Self, Head), GraphError> {
        let failed = |error: io::Error| GraphError::not_opened(dir, error);
        if is_in_doubt(&named(dir, engine, OPEN)).map_err(failed)? {
            tracing::info!(
                "the machine stopped while the graph was open; the graph is made again from the log"
            );
            set_aside(dir, engine).map_err(failed)?;
        }
        note_open(dir, &named(dir, engine, OPEN)).map_err(failed)?;
        if let Ok(opened) = Self::start(dir, engine).await {
            return Ok(opened);
        }
        // The cause may pass, and to make it again may take long.
        tokio::time::sleep(PAUSE).await;
        match Self::start(dir, engine).await {
            Ok(opened) => Ok(opened),
            Err(error) => {
                tracing::warn!(%error, "the graph cannot be opened; it is set aside and made again from the log");
                set_aside(dir, engine).map_err(failed)?;
                Self::start(dir, engine).await
            }
        }
    }

    /// Sets the projection aside and begins a new one: this one belongs to another log.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn restarted(self, engine: &Engine) -> Result<Self, GraphError> {
        let Self { database, dir, .. } = self;
        database.close().await?;
        set_aside(&dir, engine).map_err(|error| GraphError::not_opened(&dir, error))?;
        Ok(Self::start(&dir, engine).await?.0)
    }

    async fn start(dir: &Path, engine: &Engine) -> Result<(Self, Head), GraphError> {
        let failed = |why: String| GraphError::not_opened(dir, why);
        let address =
            EngineAddress::new(&folder(dir, engine), engine, Synchronised::Never).map_err(failed)?;
        let EngineAddress::Files(files) = address else {
            return Err(GraphError::Open {
                dir: dir.to_owned(),
                why: "a graph on a server is no projection".to_owned(),
            });
        };
        let place = dir.to_owned();
        let database = Database::start(DirectoryHold::none(), None, async move {
            let opened = open_engine(&files, EngineUse::Projection).await;
            opened.map_err(|why| GraphError::Open { dir: place, why })
        })
        .await?;
        let prepared = database.run(|connection| async move {
            define(&connection, queries::META).await?;
            define(&connection, queries::SCHEMA).await?;
            let row = read::select(&connection, queries::ROWS, Value::RecordId(mark())).await?.pop();
            row.map_or(Ok(Head::default()), |row| {
                head_of(row).ok_or_else(|| GraphError::Corrupt {
                    table: "meta",
                    id: "projected".to_owned(),
                    why: "its commit is missing or malformed".to_owned(),
                })
            })
        });
        match prepared.await.and_then(|head| head) {
            Ok(head) => Ok((Self { database, dir: dir.to_owned(), open: named(dir, engine, OPEN) }, head)),
            Err(error) => {
                // The first error is returned.
                let _ = database.close().await;
                Err(error)
            }
        }
    }

    /// Writes the rows of entries, which follow those that are in it, in one transaction.
    ///
    /// # Errors
    /// [`GraphError::Corrupt`] if they were refused, as when some are in it already;
    /// [`GraphError::Unavailable`] if it is unknown whether they are in it.
    pub async fn write(&self, entries: Arc<Vec<Entry>>) -> Result<(), GraphError> {
        let Some(last) = entries.last() else { return Ok(()) };
        let head = Head { seq: last.commit.seq, digest: last.commit.digest() };
        let written = self.database.run(move |connection| async move {
            let tables = projected_tables(&entries);
            let row = ("mark", mark_row(head));
            send_with(&connection, tables, Some((queries::PROJECTED, row))).await
        });
        match written.await? {
            AppendOutcome::Applied => Ok(()),
            AppendOutcome::Refused(why) => {
                Err(GraphError::Corrupt { table: "commit", id: head.seq.to_string(), why })
            }
            AppendOutcome::NotDurable(why) | AppendOutcome::Lost(why) => Err(GraphError::Unavailable(why)),
        }
    }

    /// Closes the engine, so that the next process continues.
    ///
    /// # Errors
    /// [`GraphError::Unavailable`] if the engine did not end in time.
    pub async fn close(self) -> Result<(), GraphError> {
        self.database.close().await?;
        remove(&self.open).map_err(|error| GraphError::unavailable(&error))
    }
}

/// Returns true if the last process left the engine open and the machine has stopped since.
fn is_in_doubt(open: &Path) -> io::Result<bool> {
    match fs::read_to_string(open) {
        Ok(boot) => Ok(boot != this_boot() || boot.is_empty()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns the name of this boot of the machine; empty if it has none.
fn this_boot() -> String {
    fs::read_to_string(BOOT).map(|boot| boot.trim().to_owned()).unwrap_or_default()
}

/// Notes durably that the engine is open.
fn note_open(dir: &Path, open: &Path) -> io::Result<()> {
    let mut file = File::create(open)?;
    file.write_all(this_boot().as_bytes())?;
    file.sync_all()?;
    File::open(dir)?.sync_all()
}

/// Returns the folder of an engine. Another engine must not open it.
fn folder(dir: &Path, engine: &Engine) -> PathBuf {
    match engine {
        Engine::SurrealKv | Engine::Server(_) => dir.join(STORE),
        Engine::RocksDb => dir.join("graph.rocksdb"),
    }
}

/// Returns the name of the folder of an engine with an extension.
fn named(dir: &Path, engine: &Engine, extension: &str) -> PathBuf {
    let mut name = folder(dir, engine).into_os_string();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// Renames the store of the engine, in place of one that was set aside earlier.
fn set_aside(dir: &Path, engine: &Engine) -> io::Result<()> {
    let (store, aside) = (folder(dir, engine), named(dir, engine, ASIDE));
    if !store.exists() {
        return Ok(());
    }
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::rename(store, aside)
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn mark() -> RecordId {
    RecordId::new("meta", "projected")
}

fn mark_row(head: Head) -> Value {
    let mut row = Object::new();
    row.insert("seq", int(head.seq.0));
    row.insert("digest", Value::Bytes(Bytes::from(head.digest.to_vec())));
    Value::Object(row)
}

fn head_of(row: Value) -> Option<Head> {
    let Value::Object(mut row) = row else { return None };
    match (row.remove("seq"), row.remove("digest")) {
        (Some(Value::Number(Number::Int(seq))), Some(Value::Bytes(digest))) => {
            let digest: Vec<u8> = digest.into_inner().into();
            Some(Head { seq: Seq(u64::try_from(seq).ok()?), digest: digest.try_into().ok()? })
        }
        _ => None,
    }
}

#[cfg(test)]
impl Projection {
    /// Returns the ids that a query finds.
    pub(crate) async fn ids(&self, query: &'static str) -> Vec<Value> {
        let found = self.database.run(move |connection| async move {
            let mut results = connection.query(query).await.unwrap().check().unwrap();
            read::list(&mut results, 0).unwrap()
        });
        found.await.unwrap()
    }
}
