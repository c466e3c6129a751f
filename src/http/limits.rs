//! How much one client may send, hold and wait for.

use std::time::Duration;

/// Limits of connections and requests. What a query may cost is `api`'s to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpLimits {
    /// Bytes of a GraphQL request's body.
    pub body: usize,
    /// Requests of one batch.
    pub batch: usize,
    /// Bytes of one blob, and of an archive of many.
    pub blob: u64,
    /// Entries of an archive.
    pub entries: usize,
    /// Bytes of one file in an archive. Some of them are in memory at once.
    pub entry: u64,
    /// Time for a request's head to arrive.
    pub head_time: Duration,
    /// Time for a GraphQL request's body to arrive whole, and for each piece of a blob to arrive or to be taken.
    pub body_time: Duration,
    /// Time for a GraphQL request, or a whole batch, to be answered.
    pub request_time: Duration,
    /// Time a connection may stay open without a request.
    pub keep_alive: Duration,
    /// Time for requests to end once the server is told to stop.
    pub shutdown: Duration,
    /// GraphQL operations that run at once; others wait for their turn.
    pub concurrent: usize,
    /// Exports that are made at once; others are refused until one has ended.
    pub exports: usize,
    /// Connections per worker.
    pub connections: usize,
    /// Threads that serve connections. Operations run elsewhere.
    pub workers: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            // A commit of 10,000 changes with attributes of a kilobyte.
            body: 16 * 1024 * 1024,
            batch: 10,
            blob: 16 * 1024 * 1024 * 1024,
            entries: 10_000,
            entry: 8 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(60),
            request_time: Duration::from_secs(60),
            keep_alive: Duration::from_secs(15),
            shutdown: Duration::from_secs(20),
            concurrent: 64,
            exports: 4,
            connections: 1_024,
            workers: 2,
        }
    }
}
