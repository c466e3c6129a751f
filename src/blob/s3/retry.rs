//! Requests sent again: which, how often, and how long after.
//!
//! The client's own retries are off. They know neither a 409 nor how much a body may add to the time, and one place that
//! decides can be tested.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::fault::{Fault, Kind};

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How patient the store is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How long a request without a body may take until its answer begins, and a body until its next bytes.
    pub(super) request: Duration,
    /// How often a request is sent at most.
    pub(super) attempts: u32,
    /// About how long to wait before the second attempt; it doubles with each.
    pub(super) wait: Duration,
}

impl Patience {
    /// Sends a request until it succeeds, cannot succeed, or was sent often enough. `body` is how many bytes it carries.
    pub(super) async fn ask<T, F>(&self, body: usize, send: impl Fn() -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let limit = self.limit(body);
        let mut attempt = 1;
        loop {
            let slow = |_| Fault::new(Kind::Slow, format!("no answer within {} seconds", limit.as_secs()));
            let fault = match timeout(limit, send()).await.map_err(slow).flatten() {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            if attempt >= self.attempts || !fault.passes() {
                return Err(fault);
            }
            tracing::debug!(%fault, attempt, "a request to the bucket is sent again");
            self.pause(attempt).await;
            attempt += 1;
        }
    }

    /// A second more for each MiB: slower lines than that carry no data sets.
    pub(super) fn limit(&self, body: usize) -> Duration {
        self.request + Duration::from_secs((body >> 20) as u64)
    }

    /// Waits before the next attempt.
    pub(super) async fn pause(&self, attempt: u32) {
        sleep(self.wait_after(attempt)).await;
    }

    /// Half of the wait is fixed, half by chance, so that those who were turned away together do not come back together.
    pub(super) fn wait_after(&self, attempt: u32) -> Duration {
        let whole = self.wait.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST_WAIT);
        let chance = RandomState::new().hash_one(attempt) % 1024;
        whole / 2 + whole / 2 * u32::try_from(chance).unwrap_or(0) / 1024
    }
}
