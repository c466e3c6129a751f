//! Settings: how each is named, and where its value comes from.
//!
//! Every setting stands here once, as a flag with an environment variable `STEMMA_…`. Its value is what the flag says, else
//! the variable, else the file, else the default. clap knows flags, variables and defaults; [`under`] lays the file below
//! them as other defaults, so that a value goes through the same parser wherever it comes from.
//!
//! The token is no setting: on a command line or in this file too many people could read it. See [`token`].

mod blobs;
mod feed;
mod file;
mod graph;
mod hooks;
mod pages;
#[cfg(test)]
mod tests;
mod trust;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

pub use blobs::{Addressing, BlobPlace, Blobs, Checksums};
pub use feed::Feed;
pub use file::{File, under};
pub use graph::{GraphLogin, GraphPlace, PASSWORD_VARIABLE};
pub use hooks::{Event, Webhook};
pub use pages::Pages;
pub use trust::trust;

/// The file that is read where it exists and `--config` names no other.
pub const DEFAULT_FILE: &str = "stemma.toml";

/// The variable that holds the bearer token itself.
pub const TOKEN_VARIABLE: &str = "STEMMA_TOKEN";

/// Where settings come from, and what is logged. For every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Read settings from this TOML file [default: stemma.toml, where it exists]
    #[arg(long, global = true, env = "STEMMA_CONFIG", value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Log what this filter lets through, such as `info` or `stemma=debug,warn`
    #[arg(long, global = true, env = "STEMMA_LOG", value_name = "FILTER", help_heading = "Global options")]
    pub log: Option<String>,
    /// Write the log as text, or as json: one object a line
    #[arg(
        long,
        global = true,
        env = "STEMMA_LOG_FORMAT",
        value_enum,
        hide_possible_values = true,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Global options"
    )]
    pub log_format: LogFormat,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Which store.
#[derive(Debug, Clone, Args)]
pub struct Directory {
    /// The data directory: the graph unless --graph names a server, and the blobs unless --blobs names another place
    #[arg(long, env = "STEMMA_DATA", value_name = "DIR", default_value = "./stemma-data")]
    pub data: PathBuf,
    /// The storage engine, surrealkv or rocksdb; a directory is opened with the one it was made with
    #[arg(
        long,
        env = "STEMMA_ENGINE",
        value_enum,
        hide_possible_values = true,
        value_name = "ENGINE",
        default_value = "surrealkv"
    )]
    pub engine: EngineName,
    #[command(flatten)]
    /// Where the payloads are.
    pub blobs: Blobs,
    #[command(flatten)]
    /// Where the graph is.
    pub graph: GraphPlace,
}

/// The storage engine below the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    /// Pure Rust, nothing to install.
    Surrealkv,
    /// Only in builds with the cargo feature `rocksdb`.
    Rocksdb,
}

/// Where the bearer token is.
#[derive(Debug, Clone, Args)]
pub struct Access {
    /// A file that holds the bearer token; the variable STEMMA_TOKEN can hold it instead
    #[arg(long, env = "STEMMA_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// How a server is reached, and what it takes.
#[derive(Debug, Clone, Args)]
pub struct Listening {
    /// The address to listen on; port 0 picks a free one. Any but this machine's own needs a token
    #[arg(long, env = "STEMMA_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    /// The token that clients must send.
    pub access: Access,
    /// The largest payload taken, in bytes or as 512MiB, 5GiB
    #[arg(long, env = "STEMMA_MAX_BLOB_BYTES", value_name = "SIZE", default_value = "16GiB", value_parser = size)]
    pub max_blob_bytes: u64,
    /// How long bytes that a client sent into a bucket may wait to be completed, as 90m, 24h or 7d; then they are removed
    #[arg(long, env = "STEMMA_UPLOAD_GRACE", value_name = "TIME", default_value = "24h", value_parser = span)]
    pub upload_grace: Duration,
    /// How much memory version records may take, in bytes or as 256MiB: the newest are read ahead after the start
    #[arg(long, env = "STEMMA_RECORD_CACHE", value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub record_cache: u64,
    /// How much memory all requests under way may take, with their bodies and answers; one client gets three quarters
    #[arg(long, env = "STEMMA_REQUEST_MEMORY", value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub request_memory: u64,
    /// The most connections of one address; behind a proxy all have its address [default: a fair share]
    #[arg(
        long,
        env = "STEMMA_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_connections_per_address: Option<u32>,
    #[command(flatten)]
    /// The pages that may use it.
    pub pages: Pages,
    #[command(flatten)]
    /// Limits of subscriptions.
    pub feed: Feed,
}

/// Which running server to ask.
#[derive(Debug, Clone, Args)]
pub struct Remote {
    /// Ask this running server, not a data directory
    #[arg(long, env = "STEMMA_SERVER", value_name = "URL")]
    pub server: Option<String>,
    #[command(flatten)]
    /// The token to send to it.
    pub access: Access,
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings in {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// The file is not TOML.
    #[error("{} is not TOML: {reason}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// The file names something that is no setting.
    #[error("{} has the unknown setting `{name}`", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// What it names.
        name: String,
        /// What it could have named.
        known: Vec<String>,
    },
    /// A value in the file does not fit its setting.
    #[error("{}: {reason}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Which setting, and why.
        reason: String,
    },
    /// A file that was only found says where a secret is sent.
    #[error(
        "{}, found in the working directory, says {setting}, and {secret}: a file that is not named must not say where a \
         secret is sent",
        path.display()
    )]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// What it says.
        setting: String,
        /// Which secret, and where that comes from.
        secret: String,
        /// The option that says the same.
        option: Option<String>,
    },
    /// There is no password to sign in with.
    #[error("the password of the graph's server: {reason}")]
    Password {
        /// What is wrong.
        reason: String,
    },
    /// The file with the token cannot be read.
    #[error("cannot read the token in {}: {reason}", path.display())]
    Token {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl ConfigError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { known, .. } => Some(format!("the settings are {}", known.join(", "))),
            Self::NotToml { .. } => Some("write one `name = \"value\"` a line".to_owned()),
            Self::Token { .. } => {
                Some("put the token alone into the file, for instance with `openssl rand -hex 32`".to_owned())
            }
            Self::Password { .. } => Some(
                "put the password alone into a file and name it with --graph-password-file, or set STEMMA_GRAPH_PASSWORD"
                    .to_owned(),
            ),
            Self::Untrusted { path, option, .. } => {
                let other = option.as_ref().map(|option| format!(", or give --{option} yourself"));
                Some(format!(
                    "if you trust the file, name it: --config {}{}",
                    path.display(),
                    other.unwrap_or_default()
                ))
            }
            Self::Unreadable { .. } | Self::Value { .. } => None,
        }
    }
}

/// The bearer token: what the file holds, else what the variable `STEMMA_TOKEN` holds, else none.
///
/// # Errors
/// [`ConfigError::Token`] where there is a file and it holds no token.
pub fn token(access: &Access) -> Result<Option<String>, ConfigError> {
    let found = secret(access.token_file.as_deref(), TOKEN_VARIABLE);
    found.map_err(|(path, reason)| ConfigError::Token { path, reason })
}

/// Returns true if a variable has a value.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is its one place; all other variables are read by clap")]
pub fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| !value.trim().is_empty())
}

/// What a file holds, else what a variable holds, else nothing. A file that cannot be read or is empty is refused.
#[expect(clippy::disallowed_methods, reason = "this is its one place; all other variables are read by clap")]
fn secret(file: Option<&Path>, variable: &str) -> Result<Option<String>, (PathBuf, String)> {
    let Some(path) = file else {
        return Ok(std::env::var(variable).ok().and_then(|secret| trimmed(&secret)));
    };
    let unusable = |reason: String| (path.to_owned(), reason);
    let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    warn_if_shared(path);
    trimmed(&text).map(Some).ok_or_else(|| unusable("it is empty".to_owned()))
}

/// Logs if other users of this machine can read a file with a secret.
fn warn_if_shared(path: &Path) {
    let is_shared =
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o044 != 0);
    if is_shared {
        let file = path.display();
        tracing::warn!(%file, "the file holds a secret and can be read by other users of this machine; `chmod 600` it");
    }
}

fn trimmed(token: &str) -> Option<String> {
    Some(token.trim().to_owned()).filter(|token| !token.is_empty())
}

/// The settings of the file that was asked for, or of `stemma.toml` where that exists.
///
/// # Errors
/// [`ConfigError`] where the file cannot be read.
pub fn read(asked: Option<&Path>) -> Result<Option<File>, ConfigError> {
    let path = asked.unwrap_or_else(|| Path::new(DEFAULT_FILE));
    match fs::read_to_string(path) {
        Ok(text) => {
            let mut file = File::parse(path, &text)?;
            file.set_found(asked.is_none());
            Ok(Some(file))
        }
        Err(error) if asked.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(reason) => Err(ConfigError::Unreadable { path: path.to_owned(), reason }),
    }
}

/// An address with its port; `localhost` stands for 127.0.0.1.
fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = || "use an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080".to_owned();
    match text.strip_prefix("localhost:") {
        Some(port) => Ok((Ipv4Addr::LOCALHOST, port.parse().map_err(|_| wrong())?).into()),
        None => text.parse().map_err(|_| wrong()),
    }
}

/// A length of time: a number above 0 and a unit.
fn span(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
    units
        .iter()
        .find_map(|(unit, seconds)| {
            let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            number.checked_mul(*seconds)
        })
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
        .ok_or_else(|| "use a number above 0 and a unit, such as 90m, 24h or 7d".to_owned())
}

/// A number of bytes, with an optional unit of 1,024s.
fn size(text: &str) -> Result<u64, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("", 0)];
    units
        .iter()
        .find_map(|(unit, shift)| {
            let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            number.checked_mul(1 << shift)
        })
        .filter(|size| *size > 0)
        .ok_or_else(|| "use a number of bytes above 0, such as 1048576, 512MiB or 5GiB".to_owned())
}
