//! Reads a store of format 1, whose log is the rows of SurrealDB in the data directory. Nothing in
//! the directory is changed: the engine opens a copy (`read_copy`).

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::checkpoint;
use super::hold::DirectoryHold;
use super::open::{CONVERTED, NO_CHECKPOINT, SoundStore, agree};
use super::{Engine, Graph, GraphError, GraphInner, STORE, read_copy};
use crate::domain::id::Seq;

/// Returns true if a directory has rows of the engine, or a checkpoint of them.
#[must_use]
pub fn has_rows(dir: &Path) -> bool {
    [STORE, read_copy::BEFORE, checkpoint::FILE].iter().any(|name| dir.join(name).exists())
}

/// Returns the name of the engine in the checkpoint of a directory; `None` if it has no valid one.
#[must_use]
pub fn checkpoint_engine(dir: &Path) -> Option<String> {
    checkpoint::read(dir).ok().flatten().map(|checkpoint| checkpoint.engine)
}

impl Graph {
    /// Opens the store of format 1 in `dir` read-only, and compares it with its checkpoint. `hold`
    /// is the lock of the directory.
    ///
    /// # Errors
    /// [`GraphError::Behind`], [`GraphError::Format`], [`GraphError::Corrupt`];
    /// [`GraphError::Damaged`] if the engine cannot open the copy, [`GraphError::Open`] if none can
    /// be made.
    pub async fn read_former(dir: &Path, hold: &DirectoryHold) -> Result<Self, GraphError> {
        let failed = |why: String| GraphError::not_opened(dir, why);
        let unread = |error: io::Error| failed(error.to_string());
        let place = dir.canonicalize().map_err(unread)?;
        let checkpoint = checkpoint::read(&place).map_err(failed)?;
        let engine = Engine::SurrealKv;
        agree(&place, &engine, checkpoint.as_ref())?;
        let store = read_copy::current(&place);
        if let Some(why) = read_copy::wrong_list(&store).map_err(unread)? {
            return Err(GraphError::Damaged { dir: place, why });
        }
        let copy = read_copy::borrow(&store).map_err(failed)?;
        let borrowed = copy.path().to_owned();
        let hold = hold.again().map_err(unread)?.reading(copy);
        let opened =
            SoundStore::new((&place, &borrowed), &engine, hold, checkpoint.as_ref(), CONVERTED).await;
        // The copy succeeded, so the engine refuses the contents of the store.
        let opened = opened.map_err(|error| match error {
            GraphError::Open { dir, why } => GraphError::Damaged { dir, why },
            error => error,
        })?;
        if checkpoint.is_none() && opened.head.seq > Seq::ZERO {
            tracing::warn!(head = %opened.head.seq, "{NO_CHECKPOINT}");
        }
        Ok(Self { inner: Arc::new(GraphInner::new(place, &engine, opened.database, opened.head, None)) })
    }
}
