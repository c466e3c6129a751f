//! Bodies of requests and responses: read within limits, carried between threads, sent at a minimum
//! pace.

pub(super) mod body;
pub(super) mod bridge;
pub(super) mod compress;
pub(super) mod paced;
pub(super) mod unread;
