//! The runtime of a store.
//!
//! Requests make the client start tasks that keep connections open. They are started on the runtime
//! on which the store was opened, not on that of the caller: the latter may end by waiting for all
//! its tasks.

use std::future::poll_fn;

use futures_util::stream;
use tokio::runtime::Handle;

use crate::blob::{Chunks, Fut};

#[derive(Clone, Debug)]
pub(super) struct HomeRuntime(Handle);

impl HomeRuntime {
    /// Returns the current runtime.
    pub(super) fn here() -> Self {
        Self(Handle::current())
    }

    /// Polls a future so that its tasks start on this runtime, on whatever runtime it is awaited.
    pub(super) fn run<'a, T: 'a>(&self, mut work: Fut<'a, T>) -> Fut<'a, T> {
        let home = self.0.clone();
        Box::pin(poll_fn(move |context| {
            let _inside = home.enter();
            work.as_mut().poll(context)
        }))
    }

    /// Polls a stream likewise.
    pub(super) fn chunks(&self, mut chunks: Chunks) -> Chunks {
        let home = self.0.clone();
        Box::pin(stream::poll_fn(move |context| {
            let _inside = home.enter();
            chunks.as_mut().poll_next(context)
        }))
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn tasks_start_on_the_runtime_of_the_store() {
        let runtime = || Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (home, away) = (runtime(), runtime());
        let here = home.block_on(async { HomeRuntime::here() });
        let work = here.run(Box::pin(async { drop(tokio::spawn(std::future::pending::<()>())) }));
        away.block_on(work);
        let later = here.chunks(Box::pin(stream::once(async {
            drop(tokio::spawn(std::future::pending::<()>()));
            Ok(bytes::Bytes::new())
        })));
        away.block_on(async { futures_util::StreamExt::collect::<Vec<_>>(later).await });
        assert_eq!((home.metrics().num_alive_tasks(), away.metrics().num_alive_tasks()), (2, 0));
    }
}
