//! Settings of writes into a data directory.

use clap::{Args, ValueEnum};

use super::size;

/// The options of commands that write commits into a data directory.
#[derive(Debug, Clone, Copy, Args)]
pub struct WriteOptions {
    /// The log by which the graph may be behind, in bytes or as 256MiB, and versions in proportion:
    /// 200,000 with the default. From there on writes wait
    #[arg(long, env = "STEMMA_LAG", value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub lag: u64,
    /// When the file HEAD is written: soon after the answer to a write, or strict, before it
    #[arg(
        long,
        env = "STEMMA_CHECKPOINT",
        value_enum,
        hide_possible_values = true,
        value_name = "WHEN",
        default_value = "soon"
    )]
    pub checkpoint: CheckpointName,
}

/// The time at which HEAD is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckpointName {
    /// Soon after the answer.
    Soon,
    /// Before the answer.
    Strict,
}
