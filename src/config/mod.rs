//! Settings: their names, and the sources of their values.
//!
//! Every setting is defined once, as a flag with an environment variable `STEMMA_…`. Its value is
//! that of the flag, else of the variable, else of the file, else the default. clap reads flags,
//! variables and defaults; [`under`] makes the values of the file the defaults, so that every value
//! passes the same parser.
//!
//! The token is not a setting: on a command line or in this file too many people could read it. See
//! [`token`].

mod blobs;
mod feed;
mod file;
mod graph;
mod hooks;
mod ignored;
mod pages;
#[cfg(test)]
mod tests;
mod trust;
mod writes;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::file::nearest;

pub use blobs::{BlobPlace, Blobs, BucketAddressing, ChecksumPolicy};
pub use feed::Feed;
pub use file::{SettingsFile, under};
pub use graph::{GraphLogin, GraphPlace, PASSWORD_VARIABLE};
pub use hooks::{Webhook, WebhookEvent};
pub use ignored::refuse_ignored;
pub use pages::{PageOptions, ThumbnailSpace};
pub use trust::trust;
pub use writes::{CheckpointName, WriteOptions};

/// The settings file that is read if it exists and `--config` names no other.
pub const DEFAULT_FILE: &str = "stemma.toml";

/// The variable that holds the bearer token.
pub const TOKEN_VARIABLE: &str = "STEMMA_TOKEN";

/// The options of every command: the settings file and the log.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Read settings from this TOML file [default: stemma.toml, if it exists]
    #[arg(long, global = true, env = "STEMMA_CONFIG", value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Log the events that this filter selects, such as `info` or `stemma=debug,warn`
    #[arg(long, global = true, env = "STEMMA_LOG", value_name = "FILTER", help_heading = "Global options")]
    pub log: Option<String>,
    /// The format of the log: text, or json with one object per line
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

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text.
    Text,
    /// One JSON object per line, for log collectors.
    Json,
}

/// A store: its directory, engine, blobs and graph.
#[derive(Debug, Clone, Args)]
pub struct Directory {
    /// The data directory: the log unless --graph names a server, and the blobs unless --blobs
    /// names another place
    #[arg(long, env = "STEMMA_DATA", value_name = "DIR", default_value = "./stemma-data")]
    pub data: PathBuf,
    /// The storage engine of the graph in the data directory, surrealkv or rocksdb; each writes it
    /// from the log into its own folder
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
    /// The place of the payloads.
    pub blobs: Blobs,
    #[command(flatten)]
    /// The place of the graph.
    pub graph: GraphPlace,
}

/// The storage engine of the graph in the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    /// SurrealKV: pure Rust, nothing to install.
    Surrealkv,
    /// RocksDB: only in builds with the cargo feature `rocksdb`.
    Rocksdb,
}

/// The place of the bearer token.
#[derive(Debug, Clone, Args)]
pub struct TokenOptions {
    /// A file that holds the bearer token; the variable STEMMA_TOKEN can hold it instead
    #[arg(long, env = "STEMMA_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// The address and the limits of a server.
#[derive(Debug, Clone, Args)]
pub struct Listening {
    /// The address to listen on; port 0 picks a free port. An address that is not local needs a
    /// token
    #[arg(long, env = "STEMMA_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    /// The token that clients must send.
    pub access: TokenOptions,
    /// The largest accepted payload, in bytes or as 512MiB, 5GiB
    #[arg(long, env = "STEMMA_MAX_BLOB_BYTES", value_name = "SIZE", default_value = "16GiB", value_parser = size)]
    pub max_blob_bytes: u64,
    /// The time after which an upload into a bucket that was not completed is removed, such as 90m,
    /// 24h or 7d
    #[arg(long, env = "STEMMA_UPLOAD_GRACE", value_name = "TIME", default_value = "24h", value_parser = span)]
    pub upload_grace: Duration,
    /// The memory for version records, in bytes or as 256MiB; the newest are loaded after the start
    #[arg(long, env = "STEMMA_RECORD_CACHE", value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub record_cache: u64,
    /// The memory for all running requests with their bodies and answers; one client gets at most
    /// three quarters
    #[arg(long, env = "STEMMA_REQUEST_MEMORY", value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub request_memory: u64,
    /// The most connections from one address; behind a proxy all have its address [default: a fair
    /// share]
    #[arg(
        long,
        env = "STEMMA_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_connections_per_address: Option<u32>,
    #[command(flatten)]
    /// The web pages that may use the server.
    pub pages: PageOptions,
    #[command(flatten)]
    /// Limits of subscriptions.
    pub feed: Feed,
}

/// A running server to ask.
#[derive(Debug, Clone, Args)]
pub struct RemoteOptions {
    /// Ask this running server, not a data directory
    #[arg(long, env = "STEMMA_SERVER", value_name = "URL")]
    pub server: Option<String>,
    #[command(flatten)]
    /// The token to send to the server.
    pub access: TokenOptions,
}

/// An error in the settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings in {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        reason: io::Error,
    },
    /// The file is not TOML.
    #[error("{} is not TOML: {reason}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The line and the reason.
        reason: String,
    },
    /// The file contains an unknown setting.
    #[error("{} has the unknown setting `{name}`", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The unknown name.
        name: String,
        /// The known names.
        known: Vec<String>,
    },
    /// A value in the file is invalid.
    #[error("{}: {reason}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The setting and the reason.
        reason: String,
    },
    /// A file that was found in the working directory sets the destination of a secret.
    #[error(
        "{} in the working directory contains {setting}, and {secret}: only a file that is named with --config may say \
         where a secret is sent",
        path.display()
    )]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// The setting and its value.
        setting: String,
        /// The secret and its source.
        secret: String,
        /// The option with the same meaning.
        option: Option<String>,
    },
    /// An option that has no effect, because a server is asked.
    #[error("--{option} has no effect on the server {server}, which {from}")]
    Ignored {
        /// The option.
        option: String,
        /// The URL of the server.
        server: String,
        /// Where the URL comes from.
        from: &'static str,
    },
    /// The password of the graph server is missing or cannot be read.
    #[error("cannot get the password of the graph server: {reason}")]
    Password {
        /// The reason.
        reason: String,
    },
    /// The file with the token cannot be read.
    #[error("cannot read the token in {}: {reason}", path.display())]
    Token {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
}

impl ConfigError {
    /// Returns a hint: what to do about the error.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { name, known, .. } => {
                let near = nearest(name, known).map(|near| format!("did you mean `{near}`? "));
                Some(format!("{}the settings are {}", near.unwrap_or_default(), known.join(", ")))
            }
            Self::Ignored { option, .. } => {
                Some(format!("leave --{option} out to ask the server, or name no server"))
            }
            Self::NotToml { .. } => Some("write one `name = \"value\"` per line".to_owned()),
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

/// Returns the bearer token from the file, else from the variable `STEMMA_TOKEN`; `None` if neither
/// is set.
///
/// # Errors
/// [`ConfigError::Token`] if the file cannot be read or is empty.
pub fn token(access: &TokenOptions) -> Result<Option<String>, ConfigError> {
    let found = secret(access.token_file.as_deref(), TOKEN_VARIABLE);
    found.map_err(|(path, reason)| ConfigError::Token { path, reason })
}

/// Returns true if a variable has a value.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the only place; all other variables are read by clap")]
pub fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| !value.trim().is_empty())
}

/// Returns the content of a file, else of a variable; `None` if neither is set. A file that cannot
/// be read or is empty is an error.
#[expect(clippy::disallowed_methods, reason = "the only place; all other variables are read by clap")]
fn secret(file: Option<&Path>, variable: &str) -> Result<Option<String>, (PathBuf, String)> {
    let Some(path) = file else {
        return Ok(std::env::var(variable).ok().and_then(|secret| trimmed(&secret)));
    };
    let unusable = |reason: String| (path.to_owned(), reason);
    let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    warn_if_shared(path);
    trimmed(&text).map(Some).ok_or_else(|| unusable("it is empty".to_owned()))
}

/// Logs a warning if other users of this machine can read a file with a secret.
fn warn_if_shared(path: &Path) {
    let is_shared =
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o044 != 0);
    if is_shared {
        let file = path.display();
        tracing::warn!(%file, "other users of this machine can read the file, which holds a secret; run `chmod 600` on it");
    }
}

fn trimmed(token: &str) -> Option<String> {
    Some(token.trim().to_owned()).filter(|token| !token.is_empty())
}

/// Reads the settings file that was asked for, or `stemma.toml` if it exists.
///
/// # Errors
/// [`ConfigError`] if the file cannot be read or is invalid.
pub fn read(asked: Option<&Path>) -> Result<Option<SettingsFile>, ConfigError> {
    let path = asked.unwrap_or_else(|| Path::new(DEFAULT_FILE));
    match fs::read_to_string(path) {
        Ok(text) => {
            let mut file = SettingsFile::parse(path, &text)?;
            file.set_found(asked.is_none());
            Ok(Some(file))
        }
        Err(error) if asked.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(reason) => Err(ConfigError::Unreadable { path: path.to_owned(), reason }),
    }
}

/// Parses an address with its port; `localhost` is 127.0.0.1.
fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = || "use an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080".to_owned();
    match text.strip_prefix("localhost:") {
        Some(port) => Ok((Ipv4Addr::LOCALHOST, port.parse().map_err(|_| wrong())?).into()),
        None => text.parse().map_err(|_| wrong()),
    }
}

/// Parses a duration: a number above 0 and a unit.
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

/// Parses a number of bytes, with an optional binary unit.
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
