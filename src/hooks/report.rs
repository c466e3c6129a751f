//! How far each hook is, for whoever asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::domain::id::Seq;

/// How far the hooks are; clones share it.
#[derive(Clone)]
pub struct Report(Arc<Mutex<BTreeMap<String, Standing>>>);

/// How far one hook is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The last commit that was dealt with; none before the hook has begun.
    pub delivered: Option<String>,
    /// How many messages were taken since the start.
    pub taken: u64,
    /// How often the next message was tried in vain.
    pub failures: u32,
    /// Why it failed last.
    pub last_failure: Option<String>,
    /// Whether it is not tried again until the next start.
    pub halted: bool,
}

impl Report {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        Self(Arc::new(Mutex::new(names.map(|name| (name, Standing::default())).collect())))
    }

    fn change(&self, hook: &str, change: impl FnOnce(&mut Standing)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(hook.to_owned()).or_default());
    }

    pub(super) fn reached(&self, hook: &str, seq: Seq) {
        self.change(hook, |standing| standing.delivered = Some(seq.to_string()));
    }

    pub(super) fn took(&self, hook: &str) {
        self.change(hook, |standing| {
            standing.taken += 1;
            (standing.failures, standing.last_failure) = (0, None);
        });
    }

    pub(super) fn failed(&self, hook: &str, why: &str) {
        self.change(hook, |standing| {
            standing.failures += 1;
            standing.last_failure = Some(why.to_owned());
        });
    }

    pub(super) fn halted(&self, hook: &str, why: &str) {
        self.change(hook, |standing| {
            (standing.halted, standing.last_failure) = (true, Some(why.to_owned()));
        });
    }

    /// How far each hook is, by name.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
