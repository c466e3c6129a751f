//! Deferred loads: reads that the resolvers of one request wait for, run on the task of the
//! request.
//!
//! A batch is complete when every resolver that can run has asked, which is when the answer cannot
//! continue. A batch on a separate task would start while resolvers are still asking. So would a
//! batch that starts whenever the answer pauses: async-graphql pauses in lists of more than 30
//! objects after every second one, to be fair to other tasks. In both cases a page of a thousand
//! objects becomes hundreds of reads.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::stream::{FuturesUnordered, StreamExt};
use futures_util::task::AtomicWaker;

/// The number of pauses of an answer after which other tasks get a turn.
const MOST_PAUSES: usize = 1_000;

type Load = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The deferred loads of one request; clones share them.
#[derive(Clone, Default)]
pub struct DeferredLoads(Arc<Mutex<Vec<Load>>>);

/// A waker that records if the answer can continue.
#[derive(Default)]
struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl DeferredLoads {
    /// Adds a load that runs before the answer continues.
    pub fn add(&self, load: Load) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(load);
    }

    fn take(&self) -> Vec<Load> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs an answer, and runs its deferred loads whenever it cannot continue. Returns `None` once
    /// `is_refused` returns true: the answer is dropped, because the rest of it only takes memory.
    pub(super) async fn attend<T>(
        &self,
        answer: impl Future<Output = T>,
        is_refused: impl Fn() -> bool,
    ) -> Option<T> {
        let mut answer = pin!(answer);
        let mut running = FuturesUnordered::new();
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        poll_fn(|context| {
            bell.task.register(context.waker());
            let mut pauses = 0;
            loop {
                bell.rung.store(false, Ordering::Release);
                if let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Poll::Ready(Some(answer));
                }
                if is_refused() {
                    return Poll::Ready(None);
                }
                if bell.rung.load(Ordering::Acquire) {
                    // It only paused and woke this task at once. Other tasks get a turn now and
                    // then.
                    pauses += 1;
                    if pauses < MOST_PAUSES { continue } else { return Poll::Pending }
                }
                running.extend(self.take());
                while let Poll::Ready(Some(())) = running.poll_next_unpin(context) {}
                if !bell.rung.load(Ordering::Acquire) {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}
