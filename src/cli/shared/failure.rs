//! How a command ends when it does not succeed: one readable line, a hint, an exit code.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io;
use std::process::ExitCode;

use crate::api::BadSchema;
use crate::backup::BackupError;
use crate::blob::BlobError;
use crate::blob::s3::Unfit;
use crate::config::ConfigError;
use crate::graph::GraphError;
use crate::ledger::{LedgerError, RestoreError};
use crate::telemetry::TelemetryError;

/// What [`Failure`]s are returned in.
pub(in crate::cli) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command stops.
#[derive(Debug)]
pub(in crate::cli) struct Failure {
    end: End,
    message: String,
    hint: Option<String>,
    /// True if another process has the data directory open.
    is_in_use: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Whoever read the output has seen enough.
    Quiet,
    Failed,
    Usage,
    /// What was looked for was found: the answer of a check.
    Found,
    /// A check has no answer.
    Unanswered,
}

impl Failure {
    /// The work failed: exit code 1.
    pub(in crate::cli) fn new(message: impl Into<String>) -> Self {
        Self { end: End::Failed, message: message.into(), hint: None, is_in_use: false }
    }

    /// A check found what it looks for, such as a damaged file: exit code 1, also after [`Failure::unanswered`].
    pub(in crate::cli) fn found(message: impl Into<String>) -> Self {
        Self { end: End::Found, ..Self::new(message) }
    }

    /// The same failure of a check, whose exit code 1 is an answer: it has none, exit code 3. What was found stays so.
    pub(in crate::cli) fn unanswered(self) -> Self {
        let end = if self.end == End::Failed { End::Unanswered } else { self.end };
        Self { end, ..self }
    }

    /// The command was called wrongly: exit code 2.
    pub(in crate::cli) fn usage(message: impl Into<String>) -> Self {
        Self { end: End::Usage, ..Self::new(message) }
    }

    /// The work failed for this reason, told with the reasons behind it.
    pub(in crate::cli) fn because(what: impl fmt::Display, reason: &dyn Error) -> Self {
        Self::new(format!("{what}: {}", chain(reason)))
    }

    /// The same failure as what a check has found.
    pub(in crate::cli) fn into_found(self) -> Self {
        Self { end: End::Found, ..self }
    }

    /// The same with advice on what to do.
    pub(in crate::cli) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same with advice, where there is some.
    pub(in crate::cli) fn maybe_hint(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// The same of a command that can ask a running server: if one has the data directory open, that is what to do.
    pub(in crate::cli) fn of_a_client(self) -> Self {
        if self.is_in_use && self.hint.is_none() {
            return self
                .hint("a server that has it open can be asked instead: --server http://127.0.0.1:8080");
        }
        self
    }

    /// Tells people, and gives the exit code.
    pub(in crate::cli) fn report(&self) -> ExitCode {
        if self.end != End::Quiet {
            super::output::note(self);
        }
        ExitCode::from(match self.end {
            End::Quiet => 0,
            End::Failed | End::Found => 1,
            End::Usage => 2,
            End::Unanswered => 3,
        })
    }
}

/// An `error:` line, and a `hint:` line where there is one.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", one_line(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {}", one_line(hint)),
            None => Ok(()),
        }
    }
}

/// An error and the errors behind it, each said once.
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

/// Of streamed output: the end of a pipe is no failure.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { end: End::Quiet, ..Self::new("") },
            _ => Self::because("cannot write the output", &error),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let hint = match &error {
            LedgerError::Open(GraphError::Server { .. }) => Some(
                "is it running, and are --graph-user, its password, --graph-login, --graph-namespace and --graph-database right?",
            ),
            error => error.hint(),
        };
        // What the message leaves out, and the hint speaks of.
        if let LedgerError::Unavailable { why, .. } = &error {
            tracing::debug!(why, "a store does not answer");
        }
        let is_in_use = matches!(error, LedgerError::Open(GraphError::Locked { .. }));
        Self { is_in_use, ..Self::new(chain(&error)).maybe_hint(hint) }
    }
}

impl From<BadSchema> for Failure {
    fn from(error: BadSchema) -> Self {
        Self::because("the API cannot be built", &error)
    }
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        Self::new(chain(&error))
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let hint = error.hint();
        let is_damage = matches!(error, BackupError::Damaged { .. } | BackupError::Untrue(_));
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
            error => Self::new(chain(&error)).hint("`stemma backup --verify FOLDER` looks at all of it"),
        }
    }
}

impl From<Unfit> for Failure {
    fn from(unfit: Unfit) -> Self {
        Self::new(unfit.to_string()).hint(unfit.hint)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string()).maybe_hint(error.hint())
    }
}

impl From<TelemetryError> for Failure {
    fn from(error: TelemetryError) -> Self {
        Self::usage(error.to_string()).hint("a filter looks like `info` or `stemma=debug,warn`")
    }
}
