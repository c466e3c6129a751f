//! `stemma export prov`: the lineage of a version as W3C PROV-JSON.

use clap::Args;

use super::origin::ExportPiece;
use super::target::DocumentTarget;
use super::{ExportFrom, LineageDirection, LineagePart};
use crate::cli::shared::failure::Result;

/// The lineage of a version as one W3C PROV-JSON document
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ProvCommand {
    /// The version: namespace/KIND/key, or that with @tag, #number or @seq:number; version:<hex>
    #[arg(value_name = "VERSION")]
    of: String,
    /// The direction: what it was made from (up), what was made from it (down), or both
    #[arg(long, value_enum, hide_possible_values = true, default_value = "up")]
    direction: LineageDirection,
    /// The file to write; - is the standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: DocumentTarget,
    #[command(flatten)]
    from: ExportFrom,
}

const EXAMPLES: &str = "\
Examples:
  stemma export prov birds/MODEL/finder --out finder.prov.json
  stemma export prov birds/LABEL/photo-12#1 --direction down --as-of 120

Versions are entities, training sets collections with their members; commits and what ran are \
activities; authors are agents. What was corrected or retracted is invalidated by the commit \
that said so.";

impl ProvCommand {
    pub(super) fn run(&self) -> Result<()> {
        let part = LineagePart { of: Some(self.of.clone()), direction: self.direction };
        self.from.open(async |origin, seq| {
            self.out.write(origin, &ExportPiece::Prov { part: &part }, seq).await.map(drop)
        })
    }
}
