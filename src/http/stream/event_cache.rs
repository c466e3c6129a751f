//! The cache of recent events, shared by subscriptions with equal keys.
//!
//! The event of a commit never changes, and a hundred dashboards may subscribe with one text. The
//! first subscription computes the event; the others wait for it.

use std::sync::Arc;

use quick_cache::Weighter;

use crate::api::engine::execute::NextEvent;
use crate::api::engine::outcome::Outcome;
use crate::domain::id::Seq;

/// The maximum size of the cache in bytes.
const BYTES: u64 = 32 << 20;
/// The expected number of events in the cache.
const EVENTS: usize = 20_000;

/// The key of the subscription, and the commit after which it searches.
type EventKey = ([u8; 32], Seq);

/// The recent events.
pub(in crate::http) struct EventCache(quick_cache::sync::Cache<EventKey, Arc<NextEvent>, EventWeigher>);

#[derive(Clone)]
struct EventWeigher;

impl Weighter<EventKey, Arc<NextEvent>> for EventWeigher {
    fn weight(&self, _: &EventKey, looked: &Arc<NextEvent>) -> u64 {
        let body = if let NextEvent::Event(_, body) = &**looked { body.len() } else { 0 };
        256 + body as u64
    }
}

impl EventCache {
    pub(in crate::http) fn new() -> Self {
        Self(quick_cache::sync::Cache::with_weighter(EVENTS, BYTES, EventWeigher))
    }

    /// Returns the cached event, or computes it with `make`.
    pub(in crate::http) async fn get(
        &self,
        key: EventKey,
        make: impl Future<Output = Result<Arc<NextEvent>, Outcome>>,
    ) -> Result<Arc<NextEvent>, Outcome> {
        self.0.get_or_insert_async(&key, make).await
    }
}
