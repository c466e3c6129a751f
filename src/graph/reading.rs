//! Opens a store without changing anything in its directory, through a copy made of links
//! (`trial`).

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::checkpoint::{self, Checkpoint, CheckpointFile};
use super::hold::DirectoryHold;
use super::open::{NO_CHECKPOINT, SoundStore, agree};
use super::{CheckpointFinding, Engine, Graph, GraphError, GraphInner, read, trial};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The state of the checkpoint of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointState {
    /// It names the newest commit.
    Agrees,
    /// It names an earlier commit. Later commits were written, but perhaps not acknowledged.
    Earlier {
        /// The commit.
        seq: Seq,
    },
    /// It names a commit that the store does not contain: acknowledged commits are lost.
    Behind {
        /// The commit.
        seq: Seq,
        /// The finding in its place.
        found: CheckpointFinding,
    },
    /// There is no checkpoint.
    Missing,
    /// Neither of its lines can be read.
    Damaged,
}

impl Graph {
    /// Opens the store in `dir` read-only. Nothing in the directory is changed, so it may be on
    /// read-only media; other readers may open it at the same time. Nothing can be appended.
    ///
    /// This uses a copy in the directory for temporary files, and only for SurrealKV. Other stores
    /// are opened normally.
    ///
    /// # Errors
    /// Returns the errors of [`Graph::open`].
    pub async fn read(dir: &Path, engine: Engine) -> Result<Self, GraphError> {
        if engine != Engine::SurrealKv {
            return Self::open(dir, engine).await;
        }
        let kept = checkpoint::read(dir);
        let kept = kept.map_err(|why| GraphError::Open { dir: dir.to_path_buf(), why })?;
        agree(dir, &engine, kept.as_ref())?;
        let graph = Self::borrow(dir, kept.as_ref()).await?;
        if kept.is_none() && graph.head().seq > Seq::ZERO {
            tracing::warn!(head = %graph.head().seq, "{NO_CHECKPOINT}");
        }
        Ok(graph)
    }

    /// Opens the store read-only; a checkpoint that is missing, damaged, or ahead of the store is a
    /// finding, not an error.
    ///
    /// # Errors
    /// Returns [`GraphError::Damaged`] if the store cannot be opened, [`GraphError::Corrupt`] if
    /// its commits do not follow one another, and the other errors of [`Graph::open`].
    pub async fn inspect(dir: &Path, engine: Engine) -> Result<(Self, CheckpointState), GraphError> {
        let failed = |why: String| GraphError::Open { dir: dir.to_path_buf(), why };
        if engine != Engine::SurrealKv {
            return Err(failed("only a store of the engine surrealkv can be verified; back up this one and verify the backup".to_owned()));
        }
        let kept = checkpoint::read_state(dir)
            .map_err(|error| failed(format!("its checkpoint cannot be read: {error}")))?;
        if let CheckpointFile::Valid(kept) = &kept {
            // The seq is compared below.
            let engine_only = Checkpoint { head: Head::default(), engine: kept.engine.clone() };
            agree(dir, &engine, Some(&engine_only))?;
        }
        let was_closed = trial::is_closed(&trial::current(dir))
            .map_err(|error| failed(format!("it cannot be read: {error}")))?;
        let graph = Self::borrow(dir, None).await?;
        let state = match kept {
            CheckpointFile::Missing => CheckpointState::Missing,
            CheckpointFile::Damaged => CheckpointState::Damaged,
            CheckpointFile::Valid(kept) => match graph.state_of(kept.head).await? {
                // A clean close writes the newest commit, so the line with it is the unreadable
                // one.
                CheckpointState::Earlier { .. } if was_closed => CheckpointState::Damaged,
                state => state,
            },
        };
        Ok((graph, state))
    }

    /// Returns the state of a checkpoint with this head.
    async fn state_of(&self, kept: Head) -> Result<CheckpointState, GraphError> {
        if kept == self.head() {
            return Ok(CheckpointState::Agrees);
        }
        let seq = kept.seq;
        if seq == Seq::ZERO {
            return Ok(CheckpointState::Earlier { seq });
        }
        let found =
            self.inner.database.run(move |connection| async move { read::commit(&connection, seq).await });
        Ok(match found.await?? {
            None => CheckpointState::Behind { seq, found: CheckpointFinding::NoCommit },
            Some(commit) if commit.digest() != kept.digest => {
                CheckpointState::Behind { seq, found: CheckpointFinding::OtherCommit }
            }
            Some(_) => CheckpointState::Earlier { seq },
        })
    }

    /// Opens a copy of the store, and compares it with a checkpoint if there is one.
    async fn borrow(dir: &Path, checkpoint: Option<&Checkpoint>) -> Result<Self, GraphError> {
        let failed = |why: String| GraphError::Open { dir: dir.to_path_buf(), why };
        let unread = |error: io::Error| failed(error.to_string());
        let place = dir.canonicalize().map_err(unread)?;
        let hold = DirectoryHold::share(&place)?;
        let store = trial::current(&place);
        if let Some(why) = trial::wrong_list(&store).map_err(unread)? {
            return Err(GraphError::Damaged { dir: place, why });
        }
        let copy = trial::borrow(&store).map_err(failed)?;
        let borrowed = copy.path().to_owned();
        let engine = Engine::SurrealKv;
        let opened = SoundStore::new(&place, &borrowed, &engine, hold.reading(copy), checkpoint).await;
        // The copy succeeded, so the engine refuses the contents of the store.
        let opened = opened.map_err(|error| match error {
            GraphError::Open { dir, why } => GraphError::Damaged { dir, why },
            error => error,
        })?;
        Ok(Self { inner: Arc::new(GraphInner::new(place, &engine, opened.database, opened.head, None)) })
    }
}
