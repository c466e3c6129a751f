//! Retries of requests, with back-off.
//!
//! The retries of the client are disabled: they do not treat a 409, nor add time for a body, and a
//! single place for the decision can be tested.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::timeout;

use super::fault::{FaultKind, S3Fault};

/// The maximum wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The limits of attempts.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryPolicy {
    /// The time limit of a request without a body until its answer begins, and of a body until its
    /// next bytes.
    pub(super) request: Duration,
    /// The maximum number of attempts.
    pub(super) attempts: u32,
    /// The approximate wait before the second attempt; it doubles with each.
    pub(super) wait: Duration,
}

impl RetryPolicy {
    /// Sends a request until it succeeds, cannot succeed, or has reached the maximum number of
    /// attempts. `body` is its number of bytes.
    pub(super) async fn ask<T, F>(&self, body: usize, mut send: impl FnMut() -> F) -> Result<T, S3Fault>
    where
        F: Future<Output = Result<T, S3Fault>>,
    {
        let limit = self.limit(body);
        let attempt = || {
            let answer = timeout(limit, send());
            async move { answer.await.unwrap_or_else(|_| Err(slow(limit))) }
        };
        let retried = attempt.retry(self.pauses()).when(S3Fault::is_temporary).notify(|fault, pause| {
            tracing::debug!(%fault, ?pause, "retrying a request to the bucket");
        });
        retried.await
    }

    /// Returns the time limit of a request, with one second more for each MiB: slower connections
    /// cannot carry data sets.
    pub(super) fn limit(&self, body: usize) -> Duration {
        self.request + Duration::from_secs((body >> 20) as u64)
    }

    /// Returns the pauses between attempts. Half of each is random, so that concurrent clients do
    /// not retry at the same time.
    pub(super) fn pauses(&self) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_min_delay(self.wait.min(LONGEST_WAIT) / 2)
            .with_max_delay(LONGEST_WAIT / 2)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .with_jitter()
    }
}

fn slow(limit: Duration) -> S3Fault {
    S3Fault::new(FaultKind::Slow, format!("no answer within {} seconds", limit.as_secs()))
}
