//! A data directory, opened: blobs, ledger, and the API over them.

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use super::failure::{Failure, Result};
use super::progress;
use crate::api;
use crate::api::execute::Execute;
use crate::blob::{BlobStore, FsStore};
use crate::config::EngineName;
use crate::ledger::{Engine, Ledger, Settings, SystemClock};

/// How many bytes of records a command keeps that ends when its work is done.
pub(super) const FEW_RECORDS: u64 = 64 << 20;

/// What a data directory holds.
pub(super) struct Store {
    /// Where writes are ordered.
    pub ledger: Ledger,
    /// Where payloads are.
    pub blobs: Arc<dyn BlobStore>,
}

impl Store {
    /// Opens the data directory, and makes it where it is missing. The log is read again; that is shown where it takes long.
    pub(super) async fn open(dir: &Path, engine: EngineName, record_cache: u64) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(|error| {
            Failure::because(format!("cannot make the data directory {}", dir.display()), &error)
        })?;
        let blobs: Arc<dyn BlobStore> = Arc::new(FsStore::open(dir).await?);
        let bar = progress::unseen("reading the log");
        let settings = Settings {
            dir: dir.to_owned(),
            engine: match engine {
                EngineName::Surrealkv => Engine::SurrealKv,
                EngineName::Rocksdb => Engine::RocksDb,
            },
            blobs: Arc::clone(&blobs),
            clock: Arc::new(SystemClock),
            record_cache,
        };
        let ledger = Ledger::open(settings, |done, of| progress::show_if_slow(&bar, done, of)).await;
        bar.finish_and_clear();
        Ok(Self { ledger: ledger?, blobs })
    }

    /// The same, but a directory that is not there is refused: there is nothing to be read in it.
    pub(super) async fn open_existing(dir: &Path, engine: EngineName) -> Result<Self> {
        if dir.is_dir() {
            return Self::open(dir, engine, FEW_RECORDS).await;
        }
        Err(Failure::new(format!("there is no data directory {}", dir.display()))
            .hint("name another with --data, or fill one with `stemma demo` or `stemma import`"))
    }

    /// What answers GraphQL over this store.
    pub(super) fn api(&self) -> Result<Arc<dyn Execute>> {
        Ok(api::over(self.ledger.clone())?)
    }

    /// Waits until all is durable.
    pub(super) async fn close(self) -> Result<()> {
        Ok(self.ledger.close().await?)
    }
}

/// The threads on which a command's work runs.
pub(super) fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        // Resolvers nest as deep as queries do.
        .thread_stack_size(8 * 1024 * 1024)
        .build()
        .map_err(|error| Failure::because("cannot start threads", &error))
}
