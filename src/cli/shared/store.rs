//! Opens a data directory: blobs, ledger, and the API over them.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use super::blobs::{self, BlobUse};
use super::failure::{Failure, Result};
use super::progress;
use crate::api;
use crate::api::engine::execute::Execute;
use crate::blob::BlobStore;
use crate::config::{CheckpointName, Directory, EngineName, GraphLogin, WriteOptions};
use crate::ledger::{
    CheckpointMode, Clock, Engine, LagLimit, Ledger, Login, Rank, Server, Settings, SystemClock,
    WriteSettings, has_store,
};

/// The record cache of a command that ends when its work is done, in bytes.
pub(crate) const FEW_RECORDS: u64 = 64 << 20;

/// An open data directory.
pub(crate) struct Store {
    /// The ledger.
    pub ledger: Ledger,
    /// The payloads.
    pub blobs: Arc<dyn BlobStore>,
}

impl Store {
    /// Opens the data directory, and creates it if it is missing. Shows a progress bar if reading
    /// the log takes long.
    pub(crate) async fn open(directory: &Directory, writes: WriteOptions, record_cache: u64) -> Result<Self> {
        let dir = made(&directory.data)?;
        let blobs = blobs::open(&directory.blobs, dir, BlobUse::Write).await?;
        let settings = settings(dir, engine(directory)?, blobs, record_cache);
        Self::over(Settings { writes: write_settings(writes), ..settings }).await
    }

    /// Opens a data directory with its own payloads and this clock, as the demo does.
    pub(crate) async fn open_plain(
        dir: &Path,
        writes: WriteOptions,
        record_cache: u64,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let blobs = blobs::directory(made(dir)?, BlobUse::Write).await?;
        let settings = settings(dir, Engine::SurrealKv, blobs, record_cache);
        Self::over(Settings { clock, writes: write_settings(writes), ..settings }).await
    }

    /// Opens an existing data directory for reading. Nothing in it is changed, so it may be on
    /// read-only media. A bucket is not probed.
    pub(crate) async fn read_existing(directory: &Directory) -> Result<Self> {
        let dir = &directory.data;
        let engine = engine(directory)?;
        if matches!(engine, Engine::Server(_)) {
            return Self::open_existing(directory).await;
        }
        present(dir)?;
        let blobs = blobs::open(&directory.blobs, dir, BlobUse::Read).await?;
        let bar = progress::unseen("reading the log");
        let settings = settings(dir, engine, Arc::clone(&blobs), FEW_RECORDS);
        let ledger = Ledger::read(settings, |done, of| progress::show_if_slow(&bar, done, of)).await;
        bar.finish_and_clear();
        Ok(Self { ledger: ledger?, blobs })
    }

    async fn over(settings: Settings) -> Result<Self> {
        let bar = progress::unseen("reading the log");
        let blobs = Arc::clone(&settings.blobs);
        let ledger = Ledger::open(settings, |done, of| progress::show_if_slow(&bar, done, of)).await;
        bar.finish_and_clear();
        Ok(Self { ledger: ledger?, blobs })
    }

    /// Opens an existing data directory for writing. A bucket is not probed, because few payloads
    /// are used.
    pub(crate) async fn open_existing(directory: &Directory) -> Result<Self> {
        let dir = &directory.data;
        if directory.graph.graph.is_none() {
            present(dir)?;
        }
        let dir = made(dir)?;
        let blobs = blobs::open(&directory.blobs, dir, BlobUse::Change).await?;
        Self::over(settings(dir, engine(directory)?, blobs, FEW_RECORDS)).await
    }

    /// Returns the GraphQL API over this store.
    pub(crate) fn api(&self) -> Result<Arc<dyn Execute>> {
        Ok(api::over(self.ledger.clone())?)
    }

    /// Closes the store when everything is durable.
    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.ledger.close().await?)
    }
}

/// Checks that a directory has a store. A directory without one is not an empty store: its path may
/// be wrong.
pub(crate) fn present(dir: &Path) -> Result<()> {
    let is_denied = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    if fs::metadata(dir.join("log")).is_err_and(is_denied) {
        return Err(Failure::new(format!("not allowed to read the data directory {}", dir.display()))
            .hint("run the command as the user who owns the directory"));
    }
    let message = match dir.is_dir() {
        true if has_store(dir) => return Ok(()),
        true => format!("expected a data directory (with the folder log), found none in {}", dir.display()),
        false if dir.exists() => return Err(not_a_directory(dir)),
        false => format!("there is no data directory {}", dir.display()),
    };
    Err(Failure::new(message)
        .hint("check the path, or fill a data directory with `stemma demo` or `stemma import`"))
}

/// Returns the engine that the settings name: embedded, or a server with its login.
pub(crate) fn engine(directory: &Directory) -> Result<Engine> {
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

/// Returns the settings with which a ledger or a restore is opened.
pub(crate) fn settings(dir: &Path, engine: Engine, blobs: Arc<dyn BlobStore>, record_cache: u64) -> Settings {
    Settings { engine, record_cache, ..Settings::new(dir, blobs, Arc::new(SystemClock)) }
}

/// Returns the settings that the options of a command name.
fn write_settings(options: WriteOptions) -> WriteSettings {
    let checkpoint = match options.checkpoint {
        CheckpointName::Soon => CheckpointMode::Soon,
        CheckpointName::Strict => CheckpointMode::Strict,
    };
    WriteSettings { lag: LagLimit::of(options.lag), checkpoint }
}

/// Logs a warning if other users of this machine can read a data directory: it holds every record,
/// and only the key of pre-signed URLs has stricter rights.
pub(crate) fn warn_if_shared(dir: &Path) {
    let mode = fs::metadata(dir).map_or(0, |found| found.permissions().mode() & 0o077);
    if mode != 0 {
        let dir = dir.display();
        tracing::warn!(%dir, "other users of this machine can read the data directory; run `chmod 700` on it");
    }
}

/// Creates the data directory if it is missing.
pub(crate) fn made(dir: &Path) -> Result<&Path> {
    if dir.exists() && !dir.is_dir() {
        return Err(not_a_directory(dir));
    }
    fs::create_dir_all(dir).map_err(|error| {
        Failure::because(format!("cannot create the data directory {}", dir.display()), &error)
            .hint("name another directory with --data, or make it writable")
    })?;
    Ok(dir)
}

fn not_a_directory(dir: &Path) -> Failure {
    Failure::new(format!("expected a data directory, found the file {}", dir.display()))
        .hint("name a directory with --data")
}

/// Starts the runtime of a command.
pub(crate) fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        // Resolvers nest as deep as queries do.
        .thread_stack_size(8 * 1024 * 1024)
        .build()
        .map_err(|error| Failure::because("cannot start threads", &error))
}
