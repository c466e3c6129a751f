//! Sealing: what the engine must do with a log that a crash cut off, before anything is written after it.
//!
//! SurrealKV 0.21 goes on writing into the log it finds. Where a crash has cut that off in the middle of a record,
//! two things go wrong, and both show only at the second crash. If the cut lies between two blocks of a record, the
//! new records stand behind half a one, and the next recovery drops them all as damage. If it lies elsewhere,
//! recovery mends the log by putting a new file in its place, while the writer goes on with the old one, which has
//! no name any more. So acknowledged commits would be lost, however often they were synchronised.
//!
//! A log is empty after an orderly close, because closing moves everything into tables. So a store whose log holds
//! something is opened, given one row, closed in order, and only then opened to be used: with a log of its own.

use std::fs;
use std::io;
use std::path::Path;

use super::Engine;
use super::open::run;
use super::runtime::Database;
use super::{GraphError, queries};

/// Where SurrealKV keeps its log, in its own directory.
const LOG: &str = "wal";

/// Whether the store in this directory of an engine was not closed in order and must be sealed.
pub(super) fn is_open(store: &Path, engine: &Engine) -> io::Result<bool> {
    match engine {
        Engine::SurrealKv => holds_something(&store.join(LOG)),
        // RocksDB begins a new log whenever it is opened; a server has its own.
        Engine::RocksDb | Engine::Server(_) => Ok(false),
    }
}

fn holds_something(log: &Path) -> io::Result<bool> {
    let files = match fs::read_dir(log) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    for file in files {
        if file?.metadata()?.len() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the engine move its log into tables, and closes it. The row is what makes it do so: a log that holds
/// only half a record would be left as it is.
///
/// # Errors
/// Says what failed; the store is then as unsealed as before.
pub(super) async fn seal(database: Database, store: &Path, engine: &Engine) -> Result<(), String> {
    let text = |error: GraphError| error.to_string();
    database
        .run(|connection| async move { run(&connection, queries::SEAL).await })
        .await
        .map_err(text)?
        .map_err(text)?;
    database.close().await.map_err(text)?;
    match is_open(store, engine) {
        Ok(false) => Ok(()),
        Ok(true) => {
            Err("the engine did not move its log into tables; see its messages in the log".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}
