//! Webhooks: what subscriptions tell, sent to addresses that somebody named.
//!
//! Reading order: [`Hook`] (what is sent where), `pump` (one task for each hook, from the log to the receiver), `message`
//! (what a receiver gets, and its signature, as <https://www.standardwebhooks.com> says), `send` (one request, to no address
//! that it should not reach), `place` (how far a hook is, kept in the data directory).
//!
//! A hook is a cursor over the log, as a subscription is, and reads through the API. Events are sent in order, one at a
//! time, and again until they are taken: at least once. A receiver that is away holds up its own hook and nothing else.

mod message;
mod place;
mod pump;
mod report;
mod send;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;

pub use message::{BadSecret, Secret};
pub use report::{Report, Standing};
pub use send::BadUrl;

use crate::api::engine::execute::Execute;
use crate::domain::id::Seq;
use crate::ledger::{Clock, Ledger};
use send::Target;

/// What is sent where.
pub struct Hook {
    name: String,
    target: Target,
    secret: Secret,
    wants: Wants,
    after: Option<Seq>,
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// Every commit.
    Changes,
    /// Commits by which a training set, or what has a tag, came to hold something wrong.
    Affected {
        /// As the subscription takes it.
        training_set: Option<String>,
        /// As the subscription takes it.
        tag: Option<String>,
        /// Of the tag.
        namespace: String,
    },
}

/// Whether addresses that only this machine or its network reaches may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only what everybody reaches, and with TLS.
    Public,
    /// Any.
    Private,
}

impl Hook {
    /// A hook. Where it was never delivered anything, it begins after `after`, or with what is yet to come.
    ///
    /// # Errors
    /// [`BadUrl`].
    pub fn new(name: String, url: &str, reach: Reach, secret: Secret, wants: Wants) -> Result<Self, BadUrl> {
        Ok(Self { name, target: Target::new(url, reach)?, secret, wants, after: None })
    }

    /// The same, beginning after a commit.
    #[must_use]
    pub fn beginning(self, after: Option<Seq>) -> Self {
        Self { after, ..self }
    }
}

/// What hooks run on.
pub struct Ground {
    /// Answers subscriptions.
    pub api: Arc<dyn Execute>,
    /// The log that they go through.
    pub ledger: Ledger,
    /// Where it is asked: near the database.
    pub operations: Handle,
    /// The time that messages carry.
    pub clock: Arc<dyn Clock>,
    /// Where it is kept how far each hook is.
    pub dir: PathBuf,
    /// How long one request may take.
    pub patience: Duration,
    /// The pauses between two tries: the first, doubled each time, and the longest.
    pub pauses: (Duration, Duration),
}

impl Ground {
    /// How long a receiver is waited for where nobody says otherwise.
    pub const PATIENCE: Duration = Duration::from_secs(20);
    /// The pauses where nobody says otherwise.
    pub const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));
}

/// Hooks that run. They end when this is dropped.
pub struct Hooks {
    _running: JoinSet<()>,
    report: Report,
}

impl Hooks {
    /// Starts all hooks. Must be called within a tokio runtime.
    #[must_use]
    pub fn start(ground: Ground, hooks: Vec<Hook>) -> Self {
        let report = Report::new(hooks.iter().map(|hook| hook.name.clone()));
        let (mut running, ground) = (JoinSet::new(), Arc::new(ground));
        for hook in hooks {
            running.spawn(pump::run(Arc::clone(&ground), hook, report.clone()));
        }
        Self { _running: running, report }
    }

    /// How far each is.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report.clone()
    }
}
