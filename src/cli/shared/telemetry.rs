//! Logging: the filter and the format of the log, which goes to stderr.
//!
//! Writes no events itself: each layer logs what it handles.

use std::fmt;
use std::io::{self, IsTerminal};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::TryInitError;

use crate::config::LogFormat;

/// A failure to start logging.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TelemetryError {
    /// The filter is invalid.
    #[error("expected a log filter, found {filter:?}: {reason}")]
    Filter {
        /// The filter as given.
        filter: String,
        /// The parser's message.
        reason: String,
    },
    /// Logging was started before.
    #[error("logging is already set up")]
    Again(#[from] TryInitError),
}

/// Starts to log the events that `filter` selects, for instance `info` or `stemma=debug,warn`.
///
/// # Errors
/// [`TelemetryError::Filter`] if the filter is invalid, [`TelemetryError::Again`] if logging was
/// started before.
pub(crate) fn start(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
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

/// A false alarm of the engine's thread that writes its log to disk: that thread always drops its
/// handle of the store outside of any runtime. The store is then closed in the usual way on the
/// database's runtime (`graph::runtime`).
const FALSE_ALARM: &str = "No runtime available for closing the store correctly";

/// A layer that drops [`FALSE_ALARM`], whatever the filter.
struct WithoutFalseAlarm;

impl<S: Subscriber> Layer<S> for WithoutFalseAlarm {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let mut found = IsFalseAlarm(false);
        event.record(&mut found);
        !found.0
    }
}

/// A visitor that holds true if the message is [`FALSE_ALARM`].
struct IsFalseAlarm(bool);

impl Visit for IsFalseAlarm {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}") == FALSE_ALARM;
        }
    }
}
