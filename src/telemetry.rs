//! Logging: what is logged, in which form, and always on stderr.
//!
//! Owns the choice of filter and format. Does not say anything itself: the layers log where they handle things.

use std::fmt;
use std::io::{self, IsTerminal};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
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
        LogFormat::Text => {
            log.with_ansi(io::stderr().is_terminal()).finish().with(WithoutFalseAlarm).try_init()?;
        }
        LogFormat::Json => log.json().flatten_event(true).finish().with(WithoutFalseAlarm).try_init()?,
    }
    Ok(())
}

/// The message of the engine's thread that writes its log to disk. At every end that thread drops its handle of the store, outside
/// of any runtime, after which the store is closed in the usual way on the database's runtime (`graph::runtime`, which
/// writes `CLOSED` only then).
const FALSE_ALARM: &str = "No runtime available for closing the store correctly";

/// Drops [`FALSE_ALARM`] from the log, whatever the filter.
struct WithoutFalseAlarm;

impl<S: Subscriber> Layer<S> for WithoutFalseAlarm {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let mut found = IsFalseAlarm(false);
        event.record(&mut found);
        !found.0
    }
}

/// True if a message is [`FALSE_ALARM`].
struct IsFalseAlarm(bool);

impl Visit for IsFalseAlarm {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}") == FALSE_ALARM;
        }
    }
}
