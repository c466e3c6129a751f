//! What was told of commits lately, kept for others who are told the same.
//!
//! What is told of a commit never changes, and a hundred dashboards ask with one text. Whoever comes first makes it; the
//! others wait for that.

use std::sync::Arc;

use quick_cache::Weighter;

use crate::api::engine::execute::Looked;
use crate::api::engine::outcome::Outcome;
use crate::domain::id::Seq;

/// At most so many bytes are kept.
const BYTES: u64 = 32 << 20;
/// About how many events that is.
const EVENTS: usize = 20_000;

/// What is asked, and after which commit.
type Key = ([u8; 32], Seq);

/// The events of late.
pub(in crate::http) struct Frames(quick_cache::sync::Cache<Key, Arc<Looked>, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Arc<Looked>> for Bytes {
    fn weight(&self, _: &Key, looked: &Arc<Looked>) -> u64 {
        let body = if let Looked::Told(_, body) = &**looked { body.len() } else { 0 };
        256 + body as u64
    }
}

impl Frames {
    pub(in crate::http) fn new() -> Self {
        Self(quick_cache::sync::Cache::with_weighter(EVENTS, BYTES, Bytes))
    }

    /// What was kept, or else made now.
    pub(super) async fn get(
        &self,
        key: Key,
        make: impl Future<Output = Result<Arc<Looked>, Outcome>>,
    ) -> Result<Arc<Looked>, Outcome> {
        self.0.get_or_insert_async(&key, make).await
    }
}
