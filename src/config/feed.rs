//! Settings of subscriptions.

use std::time::Duration;

use clap::Args;

use super::{size, span};

/// How many may wait for events, and how long and how far each is waited for.
#[derive(Debug, Clone, Args)]
pub struct Feed {
    /// How many connections may wait for events
    #[arg(
        long,
        env = "STEMMA_FEED_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(0..=100_000),
        help_heading = "Options of subscriptions"
    )]
    pub feed_connections: u32,
    /// How many operations one WebSocket may run
    #[arg(
        long,
        env = "STEMMA_FEED_SUBSCRIPTIONS",
        value_name = "NUMBER",
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=10_000),
        help_heading = "Options of subscriptions"
    )]
    pub feed_subscriptions: u32,
    /// The largest message that a WebSocket may bring
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
    /// How long a WebSocket may take to say who it is
    #[arg(
        long,
        env = "STEMMA_FEED_INIT_TIME",
        value_name = "TIME",
        default_value = "10s",
        value_parser = span,
        help_heading = "Options of subscriptions"
    )]
    pub feed_init_time: Duration,
    /// After how long a quiet connection is asked whether it is there
    #[arg(
        long,
        env = "STEMMA_FEED_PING",
        value_name = "TIME",
        default_value = "20s",
        value_parser = span,
        help_heading = "Options of subscriptions"
    )]
    pub feed_ping: Duration,
    /// How long a client may take to take an event
    #[arg(
        long,
        env = "STEMMA_FEED_SEND_TIME",
        value_name = "TIME",
        default_value = "30s",
        value_parser = span,
        help_heading = "Options of subscriptions"
    )]
    pub feed_send_time: Duration,
    /// How many commits a subscription may fall behind once it has been up to date
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
