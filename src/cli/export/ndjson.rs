//! `stemma export ndjson`: the rows of all tables, one per line, in the order of the log.

use clap::Args;

use super::origin::ExportPiece;
use super::target::DocumentTarget;
use super::{ExportFrom, LineagePart};
use crate::cli::shared::failure::Result;
use crate::cli::shared::output;
use crate::domain::log::position::Position;

/// All changes, or those after a seq, as NDJSON: one row of a table per line, in the order of the
/// log
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NdjsonCommand {
    /// Only what was committed after this seq or position; an export prints the position for the
    /// next one
    #[arg(long, value_name = "SEQ", default_value = "0")]
    since: Position,
    /// The file to write; - is the standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: DocumentTarget,
    #[command(flatten)]
    part: LineagePart,
    #[command(flatten)]
    from: ExportFrom,
}

const EXAMPLES: &str = "\
Examples:
  stemma export ndjson --out changes.ndjson
  stemma export ndjson --since 120 | jq -c 'select(.table == \"statements\")'
  stemma export ndjson --of birds/TRAINING_SET/garden#3 --out garden.ndjson";

impl NdjsonCommand {
    pub(super) fn run(&self) -> Result<()> {
        self.from.open(async |origin, seq| {
            let piece = ExportPiece::Changes { after: self.since, part: &self.part };
            self.out.write(origin, &piece, seq).await?;
            output::note(format_args!("the next changes: --since {}", origin.position(seq).await?));
            Ok(())
        })
    }
}
