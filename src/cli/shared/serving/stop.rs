//! Ends a server that does not stop after a signal, even if a thread never returns.
//!
//! Runs on a thread and a runtime that nothing else uses, so that neither a lock nor a full thread
//! pool delays it. Acknowledged commits are durable, so exiting here loses nothing.

use std::process;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::shared::failure::{Failure, Result};

/// The time for closing the store after requests have ended.
pub(super) const CLOSING: Duration = Duration::from_secs(35);
/// The time after which an unreadable index is considered stuck.
const STUCK: Duration = Duration::from_secs(5);
/// The remaining time after a second signal.
const AT_ONCE: Duration = Duration::from_secs(5);
/// The interval between checks.
const LOOK: Duration = Duration::from_millis(50);

/// The exit code of a process that did not stop in time.
const EXIT: i32 = 1;

/// Waits for SIGTERM or SIGINT on a separate thread, and exits the process if it still runs after
/// `patience`, or if the index cannot be read for some seconds.
///
/// # Errors
/// The thread or the signal handlers cannot be set up.
pub(super) fn watch(patience: Duration, is_readable: impl Fn() -> bool + Send + 'static) -> Result<()> {
    let failed = |error: std::io::Error| Failure::because("cannot wait for signals", &error);
    let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let signals = {
        let _inside = runtime.enter();
        (signal(SignalKind::terminate()).map_err(failed)?, signal(SignalKind::interrupt()).map_err(failed)?)
    };
    let waiting = move || {
        let (mut terminate, mut interrupt) = signals;
        let why = runtime.block_on(overdue(
            patience,
            async || asked(&mut terminate, &mut interrupt).await,
            is_readable,
        ));
        tracing::error!("{why}; the process exits now, and every acknowledged commit is durable");
        process::exit(EXIT);
    };
    thread::Builder::new().name("stemma-stop".to_owned()).spawn(waiting).map_err(failed)?;
    Ok(())
}

async fn asked(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Waits until a process that received a signal should have stopped; returns the reason.
async fn overdue(
    patience: Duration,
    mut asked: impl AsyncFnMut(),
    is_readable: impl Fn() -> bool,
) -> &'static str {
    asked().await;
    let mut readable = Instant::now();
    let mut end = readable + patience;
    loop {
        tokio::select! {
            () = asked() => end = end.min(Instant::now() + AT_ONCE),
            () = tokio::time::sleep(LOOK) => {}
        }
        let now = Instant::now();
        if is_readable() {
            readable = now;
        } else if now.duration_since(readable) >= STUCK {
            return "the index could not be read while the server was stopping";
        }
        if now >= end {
            return "the server did not stop in time";
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;

    use super::*;

    fn waited(patience: Duration, signals: u32, is_readable: bool) -> (Duration, &'static str) {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let (start, left) = (Instant::now(), Cell::new(signals));
        let signals = async || match left.get().checked_sub(1) {
            Some(less) => left.set(less),
            None => pending().await,
        };
        let why = runtime.block_on(overdue(patience, signals, || is_readable));
        (start.elapsed(), why)
    }

    #[test]
    fn a_server_that_does_not_stop_is_overdue_after_its_time() {
        let (took, why) = waited(Duration::from_millis(200), 1, true);
        assert!((200..2_000).contains(&took.as_millis()), "{took:?}");
        assert!(why.contains("in time"), "{why}");
    }

    #[test]
    fn an_index_that_is_always_locked_and_a_second_signal_shorten_the_wait() {
        let (took, why) = waited(Duration::from_secs(60), 1, false);
        assert!(took >= STUCK && took < Duration::from_secs(20), "{took:?}");
        assert!(why.contains("index"), "{why}");
        let (took, _) = waited(Duration::from_secs(60), 2, true);
        assert!(took >= AT_ONCE && took < Duration::from_secs(20), "{took:?}");
    }
}
