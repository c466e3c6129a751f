//! Sealing: what the engine must do with a log that a crash cut off, before anything is written after it.
//!
//! SurrealKV 0.21 goes on writing into the log it finds. Where a crash has cut that off in the middle of a record,
//! two things go wrong, and both show only at the second crash. If the cut lies between two blocks of a record, the
//! new records stand behind half a one, and the next recovery drops them all as damage. If it lies elsewhere,
//! recovery mends the log by putting a new file in its place, while the writer goes on with the old one, which has
//! no name any more. So acknowledged commits would be lost, however often they were synchronised.
//!
//! A log is empty after an orderly close, because closing moves everything into tables. So the copy of a store that was not
//! closed properly is given one row and closed in order; only then it is opened to be used, with a log of its own.

use std::path::Path;

use super::open::run;
use super::runtime::Database;
use super::{GraphError, queries, trial};

/// Makes the engine move its log into tables, and closes it. The row is what makes it do so: a log that holds
/// only half a record would be left as it is.
///
/// # Errors
/// Says what failed.
pub(super) async fn seal(database: Database, store: &Path) -> Result<(), String> {
    let text = |error: GraphError| error.to_string();
    database
        .run(|connection| async move { run(&connection, queries::SEAL).await })
        .await
        .map_err(text)?
        .map_err(text)?;
    database.close().await.map_err(text)?;
    match trial::log_is_empty(store) {
        Ok(true) => Ok(()),
        Ok(false) => {
            Err("the engine did not move its log into tables; see its messages in the log".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}
