//! A SurrealDB server or cluster with the store: its address and login.
//!
//! The SDK restores a lost connection every second and signs in again. Queries in progress then get
//! an error, and new ones wait; callers wait at most [`ANSWER_LIMIT`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use surrealdb::engine::any::{Any, connect};
use surrealdb::opt::auth;
use surrealdb::opt::{Config, WebsocketConfig};
use surrealdb::{IndexedResults, Surreal};

use super::connection::{DbConnection, Session};
use super::{GraphError, queries};

/// The name in the checkpoint.
pub(super) const NAME: &str = "server";

/// The maximum time to wait for an answer.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// The maximum size of a message: a complete commit, plus the overhead of the protocol. Servers
/// accept this by default.
const LARGEST_MESSAGE: usize = 128 << 20;

/// The address, login and database of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The address: `ws://HOST:PORT` or `wss://HOST:PORT`.
    pub url: String,
    /// The namespace.
    pub namespace: String,
    /// The database, which only stemma uses.
    pub database: String,
    /// The login; `None` if the server needs none.
    pub login: Option<Login>,
    /// The polling interval for commits of other processes.
    pub every: Duration,
}

/// A user of the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The level at which the user was defined.
    pub rank: Rank,
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// The level at which a user was defined, which is the scope of its rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// The server.
    Root,
    /// The namespace.
    Namespace,
    /// The database.
    Database,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("rank", &self.rank).field("user", &self.user).finish_non_exhaustive()
    }
}

impl Server {
    /// Connects, signs in, and uses the database, which is created if it is missing and the user
    /// may.
    pub(super) async fn connect(&self) -> Result<DbConnection, GraphError> {
        let failed = |why: String| GraphError::Server { url: self.url.clone(), why };
        let text = |error: surrealdb::Error| failed(error.to_string());
        let socket = WebsocketConfig::new().max_message_size(LARGEST_MESSAGE);
        let config = Config::new().websocket(socket).map_err(text)?;
        let connecting = async {
            let connection = connect((self.url.as_str(), config)).await.map_err(text)?;
            self.sign_in(&connection)
                .await
                .map_err(|error| failed(format!("it refused the login: {error}")))?;
            self.select_database(&connection).await.map_err(text)?;
            Ok(connection)
        };
        let connected = tokio::time::timeout(ANSWER_LIMIT, connecting).await;
        let late = |_| failed("it does not answer in time".to_owned());
        connected.map_err(late)?.map(|server| Arc::new(Session::Server(server)))
    }

    async fn sign_in(&self, connection: &Surreal<Any>) -> surrealdb::Result<()> {
        let Some(Login { rank, user, password }) = self.login.clone() else { return Ok(()) };
        let (namespace, database) = (self.namespace.clone(), self.database.clone());
        let signed_in = match rank {
            Rank::Root => connection.signin(auth::Root { username: user, password }).await,
            Rank::Namespace => {
                connection.signin(auth::Namespace { namespace, username: user, password }).await
            }
            Rank::Database => {
                connection.signin(auth::Database { namespace, database, username: user, password }).await
            }
        };
        signed_in.map(drop)
    }

    async fn select_database(&self, connection: &Surreal<Any>) -> surrealdb::Result<()> {
        let define = async |query: &'static str, name: &str| {
            let defined = connection.query(query).bind(("name", name.to_owned())).await;
            defined.and_then(IndexedResults::check).map(drop)
        };
        let rank = self.login.as_ref().map_or(Rank::Root, |login| login.rank);
        if rank == Rank::Root {
            define(queries::NAMESPACE, &self.namespace).await?;
        }
        connection.use_ns(&self.namespace).await?;
        if rank != Rank::Database {
            define(queries::DATABASE, &self.database).await?;
        }
        connection.use_ns(&self.namespace).use_db(&self.database).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let login = Login { rank: Rank::Root, user: "ada".to_owned(), password: "geheim".to_owned() };
        let server = Server {
            url: "ws://localhost:8000".to_owned(),
            namespace: "stemma".to_owned(),
            database: "stemma".to_owned(),
            login: Some(login),
            every: Duration::from_millis(50),
        };
        let shown = format!("{server:?}");
        assert!(shown.contains("ada") && !shown.contains("geheim"), "{shown}");
    }

    #[tokio::test]
    async fn an_unreachable_server_is_named() {
        // A port that was free just before.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("ws://127.0.0.1:{port}");
        let server = Server {
            url: url.clone(),
            namespace: "stemma".to_owned(),
            database: "stemma".to_owned(),
            login: None,
            every: Duration::from_millis(50),
        };
        let dir = tempfile::tempdir().unwrap();
        let error = super::super::Graph::open(dir.path(), super::super::Engine::Server(Arc::new(server)));
        let error = error.await.unwrap_err();
        assert!(matches!(&error, GraphError::Server { url: named, .. } if *named == url), "{error}");
    }
}
