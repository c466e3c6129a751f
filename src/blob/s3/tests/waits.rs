//! The retries of requests: which, how many, and after what time.

use std::cell::Cell;
use std::time::Duration;

use backon::BackoffBuilder;

use crate::blob::s3::fault::{FaultKind, S3Fault};
use crate::blob::s3::retry::RetryPolicy;

const POLICY: RetryPolicy =
    RetryPolicy { request: Duration::from_millis(20), attempts: 4, wait: Duration::from_millis(1) };

async fn sent(kind: FaultKind, failures: u32) -> (u32, bool) {
    let sent = Cell::new(0);
    let outcome = POLICY.ask(0, || async {
        sent.set(sent.get() + 1);
        if sent.get() > failures { Ok(()) } else { Err(S3Fault::new(kind, "no")) }
    });
    let succeeded = outcome.await.is_ok();
    (sent.get(), succeeded)
}

#[tokio::test]
async fn only_temporary_faults_are_retried() {
    assert_eq!(sent(FaultKind::Passing, 0).await, (1, true));
    assert_eq!(sent(FaultKind::Passing, 3).await, (4, true));
    assert_eq!(sent(FaultKind::Slow, 4).await, (4, false));
    for kind in
        [FaultKind::Absent, FaultKind::Condition, FaultKind::Range, FaultKind::Denied, FaultKind::Refused]
    {
        assert_eq!(sent(kind, 1).await, (1, false), "{kind:?}");
    }
}

#[tokio::test]
async fn every_wait_is_limited() {
    let sent = Cell::new(0);
    let endless = POLICY.ask(0, || {
        sent.set(sent.get() + 1);
        std::future::pending::<Result<(), S3Fault>>()
    });
    assert_eq!(endless.await.unwrap_err().kind, FaultKind::Slow);
    assert_eq!(sent.get(), 4);
    assert_eq!(POLICY.limit(5 << 20), Duration::from_millis(5_020), "a body is given time of its own");
}

#[test]
fn waits_double_up_to_a_bound() {
    let policy = RetryPolicy { wait: Duration::from_millis(100), attempts: 40, ..POLICY };
    let waits: Vec<_> = policy.pauses().build().collect();
    assert_eq!(waits.len(), 39, "there is no wait after the last attempt");
    for (attempt, whole) in [(1, 100), (2, 200), (4, 800), (7, 5000), (39, 5000)] {
        let wait = waits[attempt - 1].as_millis();
        assert!((whole / 2..=whole).contains(&wait), "attempt {attempt}: {wait} ms");
    }
}
