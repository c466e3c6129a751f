//! Webhooks: events of subscriptions, sent to configured addresses.
//!
//! Reading order: [`Hook`] (configuration), `pump` (one task per hook, from the log to the
//! receiver), `message` (body and signature, after <https://www.standardwebhooks.com>), `send` (one
//! request, with a check of the address), `position` (the position of a hook, stored in the data
//! directory).
//!
//! A hook is a cursor over the log, as a subscription is, and reads through the API. Events are
//! sent one at a time in the order of the log and retried until they are accepted: at least once. A
//! receiver that is down delays its own hook only.

mod message;
mod position;
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
pub use report::{HookReports, HookStatus};
pub use send::BadUrl;

use crate::api::engine::execute::Execute;
use crate::domain::id::Seq;
use crate::ledger::{Clock, Ledger};
use send::HookTarget;

/// A webhook: its events and its receiver.
pub struct Hook {
    name: String,
    target: HookTarget,
    secret: Secret,
    wants: Wants,
    after: Option<Seq>,
}

/// The events of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// Every commit.
    Changes,
    /// Commits by which a training set, or the version with a tag, became affected.
    Affected {
        /// An argument of the subscription.
        training_set: Option<String>,
        /// An argument of the subscription.
        tag: Option<String>,
        /// The namespace of the tag.
        namespace: String,
    },
}

/// The addresses that a hook may send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses only, with TLS.
    Public,
    /// All addresses, also those of this machine and its network.
    Private,
}

impl Hook {
    /// Creates a hook. If nothing was delivered yet, it begins with the next commit.
    ///
    /// # Errors
    /// [`BadUrl`].
    pub fn new(name: String, url: &str, reach: Reach, secret: Secret, wants: Wants) -> Result<Self, BadUrl> {
        Ok(Self { name, target: HookTarget::new(url, reach)?, secret, wants, after: None })
    }

    /// Sets the commit after which the hook begins if nothing was delivered yet.
    #[must_use]
    pub fn beginning(self, after: Option<Seq>) -> Self {
        Self { after, ..self }
    }
}

/// The services that hooks use, and their settings.
pub struct HookContext {
    /// Executes subscriptions.
    pub api: Arc<dyn Execute>,
    /// The log that hooks read.
    pub ledger: Ledger,
    /// The runtime of operations, on which events are made.
    pub operations: Handle,
    /// The clock for timestamps of messages.
    pub clock: Arc<dyn Clock>,
    /// The directory for the positions of hooks.
    pub dir: PathBuf,
    /// The timeout of one request.
    pub patience: Duration,
    /// The back-off between two tries: the first pause, which doubles each time, and the longest.
    pub pauses: (Duration, Duration),
}

impl HookContext {
    /// The default timeout of one request.
    pub const PATIENCE: Duration = Duration::from_secs(20);
    /// The default back-off.
    pub const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));
}

/// Running hooks. They stop when this is dropped.
pub struct Hooks {
    _running: JoinSet<()>,
    report: HookReports,
}

impl Hooks {
    /// Starts all hooks. Must be called within a tokio runtime.
    #[must_use]
    pub fn start(context: HookContext, hooks: Vec<Hook>) -> Self {
        let report = HookReports::new(hooks.iter().map(|hook| hook.name.clone()));
        let (mut running, context) = (JoinSet::new(), Arc::new(context));
        for hook in hooks {
            running.spawn(pump::run(Arc::clone(&context), hook, report.clone()));
        }
        Self { _running: running, report }
    }

    /// Returns the status of each hook.
    #[must_use]
    pub fn report(&self) -> HookReports {
        self.report.clone()
    }
}
