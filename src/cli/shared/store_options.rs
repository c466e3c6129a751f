//! The options that name the store of a command: a data directory, or a running server.

use clap::Args;

use super::client::{Client, RemoteServer};
use super::failure::{Failure, Result};
use super::store::Store;
use crate::config::{self, Directory, RemoteOptions};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The store of a command: that of the server of `--server`, else that of the data directory.
#[derive(Debug, Args)]
pub(crate) struct StoreOptions {
    #[command(flatten)]
    pub directory: Directory,
    #[command(flatten)]
    pub remote: RemoteOptions,
}

/// An opened store.
pub(crate) enum OpenedStore {
    /// In this process.
    Here(Store),
    /// That of a running server.
    Server(RemoteServer),
}

impl StoreOptions {
    /// Opens the store to read it, runs `work` on it and closes it.
    pub(crate) async fn read<T>(&self, work: impl AsyncFnOnce(&OpenedStore) -> Result<T>) -> Result<T> {
        let opened = match self.server()? {
            Some(server) => OpenedStore::Server(server),
            None => OpenedStore::Here(Store::read_existing(&self.directory).await?),
        };
        opened.run(work).await
    }

    /// Opens the store to change it, runs `work` on it and closes it.
    pub(crate) async fn change<T>(&self, work: impl AsyncFnOnce(&OpenedStore) -> Result<T>) -> Result<T> {
        let opened = match self.server()? {
            Some(server) => OpenedStore::Server(server),
            None => OpenedStore::Here(Store::open_existing(&self.directory).await?),
        };
        opened.run(work).await
    }

    /// Returns the server of `--server`; `None` if the option is not given.
    pub(crate) fn server(&self) -> Result<Option<RemoteServer>> {
        let Some(url) = &self.remote.server else { return Ok(None) };
        let token = config::token(&self.remote.access).map_err(|error| {
            Failure::from(error)
                .hint("name the file with the token of the server with --token-file, or set STEMMA_TOKEN")
        })?;
        RemoteServer::new(url, token).map(Some)
    }
}

impl OpenedStore {
    /// Returns a GraphQL client of the store.
    pub(crate) fn client(&self) -> Result<Client> {
        Ok(match self {
            Self::Here(store) => Client::Local(store.api()?),
            Self::Server(server) => Client::Remote(server.clone()),
        })
    }

    /// Returns the seq and digest of a commit.
    pub(crate) async fn log_head(&self, at: Seq) -> Result<Head> {
        match self {
            Self::Here(store) => Ok(store.ledger.head_at(Some(at)).await?),
            Self::Server(server) => server.log_head(Some(at)),
        }
    }

    async fn run<T>(self, work: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        let done = work(&self).await;
        if let Self::Here(store) = self {
            store.close().await?;
        }
        done
    }
}
