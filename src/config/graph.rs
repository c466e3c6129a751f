//! Settings of the graph: the data directory, or a SurrealDB server that several processes share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{ConfigError, secret};

/// The variable that holds the password.
pub const PASSWORD_VARIABLE: &str = "STEMMA_GRAPH_PASSWORD";

/// The place of the graph, and the login. The password is not a setting: it is in a separate file
/// or in a variable.
#[derive(Debug, Clone, Args)]
pub struct GraphPlace {
    /// The SurrealDB server that keeps the graph, ws://HOST:PORT or wss://HOST:PORT [default: the
    /// data directory]
    #[arg(long, env = "STEMMA_GRAPH", value_name = "URL", value_parser = address, help_heading = "Graph options")]
    pub graph: Option<String>,
    /// The user to sign in as
    #[arg(long, env = "STEMMA_GRAPH_USER", value_name = "NAME", help_heading = "Graph options")]
    pub graph_user: Option<String>,
    /// A file that holds the user's password; the variable STEMMA_GRAPH_PASSWORD can hold it
    /// instead
    #[arg(long, env = "STEMMA_GRAPH_PASSWORD_FILE", value_name = "FILE", help_heading = "Graph options")]
    pub graph_password_file: Option<PathBuf>,
    /// The level on which the user is defined: root, namespace or database
    #[arg(
        long,
        env = "STEMMA_GRAPH_LOGIN",
        value_enum,
        hide_possible_values = true,
        value_name = "LEVEL",
        default_value = "root",
        help_heading = "Graph options"
    )]
    pub graph_login: GraphLogin,
    /// The namespace on the server
    #[arg(
        long,
        env = "STEMMA_GRAPH_NAMESPACE",
        value_name = "NAME",
        default_value = "stemma",
        help_heading = "Graph options"
    )]
    pub graph_namespace: String,
    /// The database in the namespace; only stemma may use it
    #[arg(
        long,
        env = "STEMMA_GRAPH_DATABASE",
        value_name = "NAME",
        default_value = "stemma",
        help_heading = "Graph options"
    )]
    pub graph_database: String,
    /// The milliseconds between checks for commits of other processes
    #[arg(
        long,
        env = "STEMMA_GRAPH_POLL",
        value_name = "MS",
        default_value_t = 50,
        value_parser = clap::value_parser!(u64).range(1..=10_000),
        help_heading = "Graph options"
    )]
    pub graph_poll: u64,
}

/// The level on which a user of a SurrealDB server is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphLogin {
    /// The server.
    Root,
    /// The namespace.
    Namespace,
    /// The database.
    Database,
}

impl GraphPlace {
    /// Returns the user and the password; `None` if no user is named.
    ///
    /// # Errors
    /// [`ConfigError::Password`] if the password is missing or cannot be read.
    pub fn credentials(&self) -> Result<Option<(String, String)>, ConfigError> {
        let Some(user) = &self.graph_user else { return Ok(None) };
        let unusable = |reason: String| ConfigError::Password { reason };
        let password = secret(self.graph_password_file.as_deref(), PASSWORD_VARIABLE)
            .map_err(|(path, reason)| unusable(format!("cannot read {}: {reason}", path.display())))?;
        let password = password.ok_or_else(|| unusable(format!("no password is set for the user {user}")))?;
        Ok(Some((user.clone(), password)))
    }

    /// Returns the interval between checks for commits of other processes.
    #[must_use]
    pub const fn every(&self) -> Duration {
        Duration::from_millis(self.graph_poll)
    }
}

/// Parses the URL of a server. It must not contain a password, because every user can list the
/// arguments of processes.
fn address(text: &str) -> Result<String, String> {
    let wrong = || "use ws://HOST:PORT, or wss://HOST:PORT for TLS".to_owned();
    let host = text.strip_prefix("ws://").or_else(|| text.strip_prefix("wss://")).ok_or_else(wrong)?;
    if host.contains('@') {
        return Err(
            "name no user and no password in the address: use --graph-user, and --graph-password-file or \
                    the variable STEMMA_GRAPH_PASSWORD"
                .to_owned(),
        );
    }
    let host = host.trim_end_matches('/');
    if host.is_empty() || host.contains(['/', '?', '#', ' ']) { Err(wrong()) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_file_holds_the_password_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("password");
        let place = |user: Option<&str>| GraphPlace {
            graph: Some("ws://localhost:8000".to_owned()),
            graph_user: user.map(str::to_owned),
            graph_password_file: Some(file.clone()),
            graph_login: GraphLogin::Root,
            graph_namespace: "stemma".to_owned(),
            graph_database: "stemma".to_owned(),
            graph_poll: 50,
        };
        let missing = place(Some("ada")).credentials().unwrap_err();
        assert!(missing.to_string().contains("password") && missing.hint().is_some(), "{missing}");
        std::fs::write(&file, "geheim\n").unwrap();
        let expected = Some(("ada".to_owned(), "geheim".to_owned()));
        assert_eq!(place(Some("ada")).credentials().unwrap(), expected);
        assert_eq!(place(None).credentials().unwrap(), None, "no one signs in");
        std::fs::write(&file, " \n").unwrap();
        assert!(place(Some("ada")).credentials().unwrap_err().to_string().contains("empty"));
    }

    #[test]
    fn an_address_names_a_server_and_no_password() {
        for good in ["ws://localhost:8000", "wss://db.example.org", "ws://[::1]:8000/"] {
            assert_eq!(address(good).as_deref(), Ok(good));
        }
        for wrong in ["", "localhost:8000", "http://localhost:8000", "ws://", "ws://a/b", "wss://a?b=c"] {
            assert!(address(wrong).unwrap_err().starts_with("use ws://"), "{wrong}");
        }
        assert!(address("ws://root:geheim@localhost").unwrap_err().contains("--graph-password-file"));
    }
}
