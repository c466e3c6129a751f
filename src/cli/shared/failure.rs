//! Failures of commands: one readable line, a hint and an exit code.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::telemetry::TelemetryError;
use crate::api::BadSchema;
use crate::backup::BackupError;
use crate::blob::BlobError;
use crate::blob::s3::UnusableBucket;
use crate::config::ConfigError;
use crate::graph::GraphError;
use crate::import::error::ImportError;
use crate::ledger::{LedgerError, RestoreError};

/// A result whose error is a [`Failure`].
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// The reason that a command stops.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: FailureKind,
    message: String,
    hint: Option<String>,
}

/// The hint of every command that opens a data directory, if another process has it open.
const IN_USE: &str = "stop that process, or name another directory with --data; `import`, `checkout`, `export`, `gc`, `backup` and \
     `trace` can use a server that has it open: give --server and the URL that it printed when it started";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FailureKind {
    /// The reader of the output closed it.
    Quiet,
    Failed,
    Usage,
    /// A check found a problem: this is its answer.
    Found,
    /// A check could not be made.
    Unanswered,
}

impl Failure {
    /// Returns a failure of the work: exit code 1.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Failed, message: message.into(), hint: None }
    }

    /// Returns a finding of a check, such as a damaged file: exit code 1, also after
    /// [`Failure::unanswered`].
    pub(crate) fn found(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Found, ..Self::new(message) }
    }

    /// Changes a failure of a check, for which 1 is an answer, to exit code 3. Keeps findings.
    pub(crate) fn unanswered(self) -> Self {
        let kind = if self.kind == FailureKind::Failed { FailureKind::Unanswered } else { self.kind };
        Self { kind, ..self }
    }

    /// Returns a usage error: exit code 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Usage, ..Self::new(message) }
    }

    /// Returns a failure of the work with its reason and the sources of that error.
    pub(crate) fn because(what: impl fmt::Display, reason: &dyn Error) -> Self {
        Self::new(format!("{what}: {}", chain(reason)))
    }

    /// Turns a failure into a finding of a check.
    pub(crate) fn into_found(self) -> Self {
        Self { kind: FailureKind::Found, ..self }
    }

    /// Adds what was done before the message.
    pub(crate) fn about(self, what: impl fmt::Display) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    /// Adds a hint: a command or a setting.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Adds a hint, if there is one.
    pub(crate) fn maybe_hint(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// Prints the failure on stderr and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if self.kind != FailureKind::Quiet {
            // A closed stderr does not change the exit code.
            let _ = writeln!(io::stderr().lock(), "{self}");
        }
        ExitCode::from(match self.kind {
            FailureKind::Quiet => 0,
            FailureKind::Failed | FailureKind::Found => 1,
            FailureKind::Usage => 2,
            FailureKind::Unanswered => 3,
        })
    }
}

/// Writes an `error:` line, and a `hint:` line if there is a hint.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", one_line(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {}", one_line(hint)),
            None => Ok(()),
        }
    }
}

/// The messages of an error and its sources, without repetitions.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            // Writing to a string does not fail.
            let _ = write!(text, ": {more}");
        }
        cause = error.source();
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Error for Failure {}

/// Converts an error of writing output: a closed pipe is no failure, and a failure in it remains what it
/// is.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(failure) => return failure,
            Err(error) => error,
        };
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { kind: FailureKind::Quiet, ..Self::new("") },
            _ => Self::because("cannot write the output", &error),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let hint = match &error {
            LedgerError::Open(GraphError::Server { .. }) => Some(
                "check that the server runs, and check --graph-user, its password, --graph-login, --graph-namespace and --graph-database",
            ),
            LedgerError::Open(GraphError::Locked { .. }) => Some(IN_USE),
            error => error.hint(),
        };
        // The message leaves this out; the hint refers to the log.
        if let LedgerError::Unavailable { why, .. } = &error {
            tracing::debug!(why, "a store does not answer");
        }
        Self::new(chain(&error)).maybe_hint(hint)
    }
}

impl From<BadSchema> for Failure {
    fn from(error: BadSchema) -> Self {
        Self::because("cannot build the API", &error)
    }
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        Self::new(chain(&error))
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Refused { message, hint } => Self::new(message).maybe_hint(hint),
            ImportError::Conflict { message, .. } => {
                Self::new(message).hint("run the same command again: it continues where it stopped")
            }
            ImportError::Ledger(error) => error.into(),
            ImportError::Blob(error) => error.into(),
        }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let hint = error.hint();
        let is_damage = matches!(error, BackupError::Damaged { .. } | BackupError::Inconsistent(_));
        let failure = if is_damage { Self::found(chain(&error)) } else { Self::new(chain(&error)) };
        failure.maybe_hint(hint)
    }
}

impl From<RestoreError> for Failure {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Ledger(error) => error.into(),
            RestoreError::NotEmpty { .. } | RestoreError::OtherBackup { .. } => {
                Self::new(error.to_string()).hint("name a directory that does not exist yet with --data")
            }
            error => {
                Self::new(chain(&error)).hint("check the whole backup with `stemma backup --verify FOLDER`")
            }
        }
    }
}

impl From<UnusableBucket> for Failure {
    fn from(unusable: UnusableBucket) -> Self {
        Self::new(unusable.to_string()).hint(unusable.hint)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string()).maybe_hint(error.hint())
    }
}

impl From<TelemetryError> for Failure {
    fn from(error: TelemetryError) -> Self {
        Self::usage(error.to_string()).hint("use a filter such as `info` or `stemma=debug,warn`")
    }
}
