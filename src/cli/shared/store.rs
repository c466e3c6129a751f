//! A data directory, opened: blobs, ledger, and the API over them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use super::blobs::{self, Use};
use super::failure::{Failure, Result};
use super::progress;
use crate::api;
use crate::api::engine::execute::Execute;
use crate::blob::{BlobStore, FsStore};
use crate::config::{Directory, EngineName, GraphLogin};
use crate::ledger::{Engine, Ledger, Login, Rank, Server, Settings, SystemClock};

/// How many bytes of records a command keeps that ends when its work is done.
pub(in crate::cli) const FEW_RECORDS: u64 = 64 << 20;

/// What a data directory holds.
pub(in crate::cli) struct Store {
    /// Where writes are ordered.
    pub ledger: Ledger,
    /// Where payloads are.
    pub blobs: Arc<dyn BlobStore>,
}

impl Store {
    /// Opens the data directory, and makes it where it is missing. The log is read again; that is shown where it takes long.
    pub(in crate::cli) async fn open(directory: &Directory, record_cache: u64) -> Result<Self> {
        let dir = made(&directory.data)?;
        let blobs = blobs::open(&directory.blobs, dir, Use::Write).await?;
        Self::over(dir, engine(directory)?, blobs, record_cache).await
    }

    /// The same with all defaults: what a demo has.
    pub(in crate::cli) async fn open_plain(dir: &Path, record_cache: u64) -> Result<Self> {
        let blobs = Arc::new(FsStore::open(made(dir)?).await?);
        Self::over(dir, Engine::SurrealKv, blobs, record_cache).await
    }

    /// Opens a data directory to read it. Nothing in it is changed, so it may be on media that cannot be written to. One that is not
    /// there is refused: there is nothing to be read in it. A bucket is not tried out.
    pub(in crate::cli) async fn read_existing(directory: &Directory) -> Result<Self> {
        let dir = &directory.data;
        let engine = engine(directory)?;
        if engine != Engine::SurrealKv {
            return Self::open_existing(directory).await;
        }
        if !dir.is_dir() {
            return Err(absent(dir));
        }
        let blobs = blobs::open(&directory.blobs, dir, Use::Read).await?;
        let bar = progress::unseen("reading the log");
        let settings = settings(dir, engine, Arc::clone(&blobs), FEW_RECORDS);
        let ledger = Ledger::read(settings, |done, of| progress::show_if_slow(&bar, done, of)).await;
        bar.finish_and_clear();
        Ok(Self { ledger: ledger?, blobs })
    }

    async fn over(dir: &Path, engine: Engine, blobs: Arc<dyn BlobStore>, record_cache: u64) -> Result<Self> {
        let bar = progress::unseen("reading the log");
        let settings = settings(dir, engine, Arc::clone(&blobs), record_cache);
        let ledger = Ledger::open(settings, |done, of| progress::show_if_slow(&bar, done, of)).await;
        bar.finish_and_clear();
        Ok(Self { ledger: ledger?, blobs })
    }

    /// The same, but a directory that is not there is refused: there is nothing to be read in it.
    /// The payloads are hardly asked for, and a bucket is not tried out.
    pub(in crate::cli) async fn open_existing(directory: &Directory) -> Result<Self> {
        let dir = &directory.data;
        if dir.is_dir() || directory.graph.graph.is_some() {
            let dir = made(dir)?;
            let blobs = blobs::open(&directory.blobs, dir, Use::Change).await?;
            return Self::over(dir, engine(directory)?, blobs, FEW_RECORDS).await;
        }
        Err(absent(dir))
    }

    /// What answers GraphQL over this store.
    pub(in crate::cli) fn api(&self) -> Result<Arc<dyn Execute>> {
        Ok(api::over(self.ledger.clone())?)
    }

    /// Waits until all is durable.
    pub(in crate::cli) async fn close(self) -> Result<()> {
        Ok(self.ledger.close().await?)
    }
}

pub(in crate::cli) fn absent(dir: &Path) -> Failure {
    Failure::new(format!("there is no data directory {}", dir.display()))
        .hint("name another with --data, or fill one with `stemma demo` or `stemma import`")
}

/// What keeps the graph.
pub(in crate::cli) fn engine(directory: &Directory) -> Result<Engine> {
    let place = &directory.graph;
    let Some(url) = place.graph.clone() else {
        return Ok(match directory.engine {
            EngineName::Surrealkv => Engine::SurrealKv,
            EngineName::Rocksdb => Engine::RocksDb,
        });
    };
    let rank = match place.graph_login {
        GraphLogin::Root => Rank::Root,
        GraphLogin::Namespace => Rank::Namespace,
        GraphLogin::Database => Rank::Database,
    };
    let credentials = place.credentials()?;
    Ok(Engine::Server(Arc::new(Server {
        url,
        namespace: place.graph_namespace.clone(),
        database: place.graph_database.clone(),
        login: credentials.map(|(user, password)| Login { rank, user, password }),
        every: place.every(),
    })))
}

/// What a ledger or a restore is opened with.
pub(in crate::cli) fn settings(
    dir: &Path,
    engine: Engine,
    blobs: Arc<dyn BlobStore>,
    record_cache: u64,
) -> Settings {
    Settings { dir: dir.to_owned(), engine, blobs, clock: Arc::new(SystemClock), record_cache }
}

/// Logs if other users of this machine can read a data directory: it holds every record, and the key that signs addresses is the
/// only file in it that is protected otherwise.
pub(in crate::cli) fn warn_if_shared(dir: &Path) {
    let mode = std::fs::metadata(dir).map_or(0, |found| found.permissions().mode() & 0o077);
    if mode != 0 {
        let dir = dir.display();
        tracing::warn!(%dir, "the data directory is open to other users of this machine; `chmod 700` it");
    }
}

/// The data directory, made where it is missing.
pub(in crate::cli) fn made(dir: &Path) -> Result<&Path> {
    std::fs::create_dir_all(dir).map_err(|error| {
        Failure::because(format!("cannot make the data directory {}", dir.display()), &error)
    })?;
    Ok(dir)
}

/// The threads on which a command's work runs.
pub(in crate::cli) fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        // Resolvers nest as deep as queries do.
        .thread_stack_size(8 * 1024 * 1024)
        .build()
        .map_err(|error| Failure::because("cannot start threads", &error))
}
