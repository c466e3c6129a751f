//! Bodies of requests and responses: read within limits, carried between threads, sent at a minimum
//! pace; and the cache of events for several clients.

pub(super) mod body;
pub(super) mod bridge;
pub(super) mod compress;
pub(super) mod event_cache;
pub(super) mod meter;
pub(super) mod paced;
pub(super) mod unread;
