//! Retries of requests, with back-off.
//!
//! The retries of the client are disabled: they do not treat a 409, nor add time for a body, and a
//! single place for the decision can be tested.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::fault::{Fault, Kind};

/// The maximum wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The limits of attempts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// The time limit of a request without a body until its answer begins, and of a body until its
    /// next bytes.
    pub(super) request: Duration,
    /// The maximum number of attempts.
    pub(super) attempts: u32,
    /// The approximate wait before the second attempt; it doubles with each.
    pub(super) wait: Duration,
}

impl Patience {
    /// Sends a request until it succeeds, cannot succeed, or has reached the maximum number of
    /// attempts. `body` is its number of bytes.
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

    /// Returns the time limit of a request, with one second more for each MiB: slower connections
    /// cannot carry data sets.
    pub(super) fn limit(&self, body: usize) -> Duration {
        self.request + Duration::from_secs((body >> 20) as u64)
    }

    /// Waits before the next attempt.
    pub(super) async fn pause(&self, attempt: u32) {
        sleep(self.wait_after(attempt)).await;
    }

    /// Returns the wait after an attempt. Half of it is random, so that concurrent clients do not
    /// retry at the same time.
    pub(super) fn wait_after(&self, attempt: u32) -> Duration {
        let whole = self.wait.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST_WAIT);
        let chance = RandomState::new().hash_one(attempt) % 1024;
        whole / 2 + whole / 2 * u32::try_from(chance).unwrap_or(0) / 1024
    }
}
