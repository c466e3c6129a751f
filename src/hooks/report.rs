//! The status of each hook.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::domain::id::Seq;

/// The status of all hooks; clones share it.
#[derive(Clone)]
pub struct HookReports(Arc<Mutex<BTreeMap<String, HookStatus>>>);

/// The status of one hook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HookStatus {
    /// The last commit that was delivered or skipped; `None` before the hook has begun.
    pub delivered: Option<String>,
    /// The number of messages accepted since the start.
    pub taken: u64,
    /// The number of failed tries of the next message.
    pub failures: u32,
    /// The reason of the last failure.
    pub last_failure: Option<String>,
    /// True if the hook is halted until the next start.
    pub halted: bool,
}

impl HookReports {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        Self(Arc::new(Mutex::new(names.map(|name| (name, HookStatus::default())).collect())))
    }

    fn change(&self, hook: &str, change: impl FnOnce(&mut HookStatus)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(hook.to_owned()).or_default());
    }

    pub(super) fn reached(&self, hook: &str, seq: Seq) {
        self.change(hook, |status| status.delivered = Some(seq.to_string()));
    }

    pub(super) fn took(&self, hook: &str) {
        self.change(hook, |status| {
            status.taken += 1;
            (status.failures, status.last_failure) = (0, None);
        });
    }

    pub(super) fn failed(&self, hook: &str, why: &str) {
        self.change(hook, |status| {
            status.failures += 1;
            status.last_failure = Some(why.to_owned());
        });
    }

    pub(super) fn halted(&self, hook: &str, why: &str) {
        self.change(hook, |status| {
            (status.halted, status.last_failure) = (true, Some(why.to_owned()));
        });
    }

    /// Returns the status of each hook by name.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, HookStatus> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
