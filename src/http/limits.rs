//! The limits of connections and requests.

use std::time::Duration;

/// The number of copies of the values of a request in memory: as read, and as the arguments of
/// fields.
pub(super) const COPIES: u64 = 2;

/// The limits of connections and requests. `api` owns the cost limits of queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpLimits {
    /// Bytes of the body of a GraphQL request.
    pub body: usize,
    /// Requests of one batch.
    pub batch: usize,
    /// Bytes of one blob, and of an archive of many.
    pub blob: u64,
    /// Entries of an archive.
    pub entries: usize,
    /// Bytes of one file in an archive. Several files are in memory at once.
    pub entry: u64,
    /// Time for a request's head to arrive.
    pub head_time: Duration,
    /// Time for the complete body of a GraphQL request to arrive, and for each piece of a blob to
    /// arrive or to be accepted.
    pub body_time: Duration,
    /// Time for a GraphQL request, or a whole batch, to be answered.
    pub request_time: Duration,
    /// Time for the index to let `/readyz` read it.
    pub ready_time: Duration,
    /// Time that a connection may stay open without a request.
    pub keep_alive: Duration,
    /// Time for requests to end after the server was asked to stop.
    pub shutdown: Duration,
    /// Bytes of memory for the bodies, values, answers and files of all requests together.
    pub memory: u64,
    /// GraphQL operations that run at once; others wait.
    pub concurrent: usize,
    /// Exports that run at once; others are refused until one has ended.
    pub exports: usize,
    /// Connections per worker.
    pub connections: usize,
    /// Connections of one address, or of one IPv6 network of 64 bits. `None` for as many as are
    /// compatible with the shares of others.
    pub per_address: Option<usize>,
    /// Time after which a client that stalls a request may lose its connection to another client.
    pub stall_time: Duration,
    /// Threads that serve connections: one per processor, at least two. Operations run on other
    /// threads.
    pub workers: usize,
    /// The limits of thumbnails.
    pub thumbnail: ThumbnailLimits,
    /// The limits of subscriptions.
    pub feed: FeedLimits,
}

/// The limits of making a thumbnail. Its memory is part of [`HttpLimits::memory`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThumbnailLimits {
    /// Bytes of the image.
    pub bytes: u64,
    /// Pixels of the image.
    pub pixels: u64,
    /// Time for a thumbnail to be made, including the wait for others.
    pub time: Duration,
    /// Thumbnails that are made at once; others wait.
    pub concurrent: usize,
}

/// The limits of subscriptions. The cost of one event is limited like that of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLimits {
    /// Connections that wait for events: WebSockets and server-sent events together.
    pub connections: usize,
    /// Operations that run on one WebSocket.
    pub subscriptions: usize,
    /// Bytes of a message that a client sends.
    pub message: usize,
    /// Bytes of one event.
    pub event: usize,
    /// Time for a client to authenticate.
    pub init_time: Duration,
    /// Time after which a quiet client is sent a ping. It has the same time to answer.
    pub ping: Duration,
    /// Time for a client to accept what it is sent.
    pub send_time: Duration,
    /// The number of commits that a subscription may fall behind once it has been up to date.
    pub lag: u64,
}

impl Default for FeedLimits {
    fn default() -> Self {
        Self {
            connections: 500,
            subscriptions: 20,
            message: 1024 * 1024,
            event: 16 * 1024 * 1024,
            init_time: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            send_time: Duration::from_secs(30),
            lag: 100_000,
        }
    }
}

impl Default for ThumbnailLimits {
    fn default() -> Self {
        Self {
            // An aerial image without compression.
            bytes: 256 * 1024 * 1024,
            pixels: 100_000_000,
            time: Duration::from_secs(30),
            concurrent: std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, 4),
        }
    }
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            // A commit of 10,000 changes with attributes of one kilobyte each.
            body: 16 * 1024 * 1024,
            batch: 10,
            blob: 16 * 1024 * 1024 * 1024,
            entries: 10_000,
            entry: 8 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(60),
            request_time: Duration::from_secs(60),
            ready_time: Duration::from_secs(1),
            keep_alive: Duration::from_secs(15),
            shutdown: Duration::from_secs(20),
            memory: 256 * 1024 * 1024,
            concurrent: 64,
            exports: 4,
            connections: 1_024,
            per_address: None,
            stall_time: Duration::from_secs(5),
            workers: std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2),
            thumbnail: ThumbnailLimits::default(),
            feed: FeedLimits::default(),
        }
    }
}
