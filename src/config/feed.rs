//! Settings of subscriptions.

use std::time::Duration;

use clap::Args;

use super::{size, span};

/// Limits of subscriptions: numbers, sizes, times and lag.
#[derive(Debug, Clone, Args)]
pub struct Feed {
    /// The most connections that may wait for events
    #[arg(
        long,
        env = "STEMMA_FEED_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(0..=100_000),
        help_heading = "Options of subscriptions"
    )]
    pub feed_connections: u32,
    /// The most operations that one WebSocket may run
    #[arg(
        long,
        env = "STEMMA_FEED_SUBSCRIPTIONS",
        value_name = "NUMBER",
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=10_000),
        help_heading = "Options of subscriptions"
    )]
    pub feed_subscriptions: u32,
    /// The largest message that a WebSocket may send
    #[arg(
        long,
        env = "STEMMA_FEED_MESSAGE_BYTES",
        value_name = "SIZE",
        default_value = "1MiB",
        value_parser = size,
        help_heading = "Options of subscriptions"
    )]
    pub feed_message_bytes: u64,
    /// The largest event
    #[arg(
        long,
        env = "STEMMA_FEED_EVENT_BYTES",
        value_name = "SIZE",
        default_value = "16MiB",
        value_parser = size,
        help_heading = "Options of subscriptions"
    )]
    pub feed_event_bytes: u64,
    /// The time within which a WebSocket must authenticate
    #[arg(
        long,
        env = "STEMMA_FEED_INIT_TIME",
        value_name = "TIME",
        default_value = "10s",
        value_parser = span,
        help_heading = "Options of subscriptions"
    )]
    pub feed_init_time: Duration,
    /// The idle time after which a connection is pinged
    #[arg(
        long,
        env = "STEMMA_FEED_PING",
        value_name = "TIME",
        default_value = "20s",
        value_parser = span,
        help_heading = "Options of subscriptions"
    )]
    pub feed_ping: Duration,
    /// The time within which a client must accept an event
    #[arg(
        long,
        env = "STEMMA_FEED_SEND_TIME",
        value_name = "TIME",
        default_value = "30s",
        value_parser = span,
        help_heading = "Options of subscriptions"
    )]
    pub feed_send_time: Duration,
    /// The most commits that a subscription may be behind after it was up to date
    #[arg(
        long,
        env = "STEMMA_FEED_LAG",
        value_name = "COMMITS",
        default_value_t = 100_000,
        value_parser = clap::value_parser!(u64).range(1..),
        help_heading = "Options of subscriptions"
    )]
    pub feed_lag: u64,
}
