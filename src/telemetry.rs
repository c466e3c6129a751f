//! Logging: what is logged, in which form, and always on stderr.
//!
//! Owns the choice of filter and format. Does not say anything itself: the layers log where they handle things.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use crate::config::LogFormat;

/// Why nothing will be logged.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("{filter:?} is not a log filter: {reason}")]
    Filter {
        /// As given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something logs already.
    #[error("the log is set up already")]
    Again(#[from] TryInitError),
}

/// Starts to log what `filter` lets through, for instance `info` or `stemma=debug,warn`.
///
/// # Errors
/// [`TelemetryError::Filter`] names what is wrong with the filter.
pub fn start(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
    use tracing_subscriber::util::SubscriberInitExt as _;

    let parsed = EnvFilter::try_new(filter)
        .map_err(|error| TelemetryError::Filter { filter: filter.to_owned(), reason: error.to_string() })?;
    let log = tracing_subscriber::fmt().with_env_filter(parsed).with_writer(io::stderr);
    match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).finish().try_init()?,
        LogFormat::Json => log.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}
