//! Sealing: the engine must empty a log that a crash truncated, before anything is written after
//! it.
//!
//! SurrealKV 0.21 continues writing into an existing log. If a crash truncated it within a record,
//! two things go wrong, and both show only at the second crash. If the cut is between two blocks of
//! a record, the new records follow half a record, and the next recovery drops them all as damage.
//! If it is elsewhere, recovery replaces the log by a new file while the writer continues with the
//! old one, which has no name any more. Acknowledged commits would be lost, however often they were
//! synchronised (`docs/upstream.md`). A clean close moves everything into tables and leaves an
//! empty log. So the copy of a store that was not cleanly closed gets one row and is closed; only
//! then it is used.

use std::path::Path;

use super::connection::run;
use super::runtime::Database;
use super::{GraphError, queries, trial};

/// Makes the engine move its log into tables, and closes it. The row triggers that: a log with only
/// half a record would remain as it is.
///
/// # Errors
/// Returns a message that says what failed.
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
