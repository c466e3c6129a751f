//! The retries of requests: which, how many, and after what time.

use std::cell::Cell;
use std::time::Duration;

use backon::BackoffBuilder;

use crate::blob::s3::fault::{Fault, Kind};
use crate::blob::s3::retry::Patience;

const PATIENCE: Patience =
    Patience { request: Duration::from_millis(20), attempts: 4, wait: Duration::from_millis(1) };

async fn sent(kind: Kind, failures: u32) -> (u32, bool) {
    let sent = Cell::new(0);
    let outcome = PATIENCE.ask(0, || async {
        sent.set(sent.get() + 1);
        if sent.get() > failures { Ok(()) } else { Err(Fault::new(kind, "no")) }
    });
    let succeeded = outcome.await.is_ok();
    (sent.get(), succeeded)
}

#[tokio::test]
async fn only_what_may_pass_is_sent_again() {
    assert_eq!(sent(Kind::Passing, 0).await, (1, true));
    assert_eq!(sent(Kind::Passing, 3).await, (4, true));
    assert_eq!(sent(Kind::Slow, 4).await, (4, false));
    for kind in [Kind::Absent, Kind::Condition, Kind::Range, Kind::Denied, Kind::Refused] {
        assert_eq!(sent(kind, 1).await, (1, false), "{kind:?}");
    }
}

#[tokio::test]
async fn no_answer_is_waited_for_forever() {
    let sent = Cell::new(0);
    let endless = PATIENCE.ask(0, || {
        sent.set(sent.get() + 1);
        std::future::pending::<Result<(), Fault>>()
    });
    assert_eq!(endless.await.unwrap_err().kind, Kind::Slow);
    assert_eq!(sent.get(), 4);
    assert_eq!(PATIENCE.limit(5 << 20), Duration::from_millis(5_020), "a body is given time of its own");
}

#[test]
fn waits_double_up_to_a_bound() {
    let patience = Patience { wait: Duration::from_millis(100), attempts: 40, ..PATIENCE };
    let waits: Vec<_> = patience.pauses().build().collect();
    assert_eq!(waits.len(), 39, "there is no wait after the last attempt");
    for (attempt, whole) in [(1, 100), (2, 200), (4, 800), (7, 5000), (39, 5000)] {
        let wait = waits[attempt - 1].as_millis();
        assert!((whole / 2..=whole).contains(&wait), "attempt {attempt}: {wait} ms");
    }
}
