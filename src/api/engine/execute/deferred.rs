//! Errands: what the resolvers of one request wait for, run on the request's own task.
//!
//! A batch of reads is whole when everything that can ask has asked, which is when the answer cannot go on. A batch that
//! runs as a task of its own leaves while others are still asking, and so does one that leaves whenever the answer pauses:
//! lists of more than 30 objects pause after every second one, to be fair to other tasks. Either way a page of a thousand
//! objects becomes hundreds of reads.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::stream::{FuturesUnordered, StreamExt};
use futures_util::task::AtomicWaker;

/// How often an answer may pause before it lets others have their turn.
const MOST_PAUSES: usize = 1_000;

type Errand = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The errands of one request; clones share them.
#[derive(Clone, Default)]
pub struct Errands(Arc<Mutex<Vec<Errand>>>);

/// Whether an answer can go on.
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

impl Errands {
    /// Has something done before the answer goes on.
    pub fn add(&self, errand: Errand) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(errand);
    }

    fn take(&self) -> Vec<Errand> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs an answer, and whenever it cannot go on, what it asked for.
    pub(super) async fn attend<T>(&self, answer: impl Future<Output = T>) -> T {
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
                    return Poll::Ready(answer);
                }
                if bell.rung.load(Ordering::Acquire) {
                    // It only paused. This task was woken with it, so others may have their turn now and then.
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
