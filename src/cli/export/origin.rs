//! The source of an export: the ledger of this process, or a running server. Both give the same
//! bytes.

use std::io::{self, Read as _, Write};

use futures_util::StreamExt as _;
use indicatif::ProgressBar;
use serde::Deserialize;

use super::LineagePart;
use crate::cli::shared::client::RemoteServer;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::{Seq, unhex};
use crate::domain::log::position::{LogMark, Position};
use crate::export::{Describe, ExportMemory, Outflow, Scope, Table, measured};
use crate::ledger::{AsOf, Ledger, View};

/// The size of a read, in bytes.
const CHUNK: usize = 64 * 1024;

/// The source of an export.
pub(super) enum ExportSource {
    /// The store that this process has open.
    Here(Ledger),
    /// A running server.
    Server(RemoteServer),
}

/// The identity of a log up to a seq.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct LogIdentity {
    pub time: String,
    /// The digest of the commit, which covers the log up to it.
    #[serde(rename = "log")]
    pub digest: String,
}

/// A stream to export.
pub(super) enum ExportPiece<'a> {
    Table { table: Table, after: Seq, up_to: Seq, part: &'a LineagePart },
    Changes { after: Position, part: &'a LineagePart },
    Coco { set: &'a str, split: Option<&'a str> },
    Members { set: &'a str, describe: &'a Describe },
    Croissant { set: &'a str, describe: &'a Describe, members: &'a str },
    Prov { part: &'a LineagePart },
}

impl ExportSource {
    /// Returns the identity of the log up to a seq.
    pub(super) async fn log(&self, seq: Seq) -> Result<LogIdentity> {
        match self {
            Self::Here(ledger) => {
                let view = ledger.at(AsOf::Seq(seq))?;
                let time = crate::api::scalars::rfc3339(view.time());
                Ok(LogIdentity { time, digest: view.log_digest().await? })
            }
            Self::Server(remote) => {
                let said = remote.route(&format!("/export/log?asOf={seq}"), None)?;
                serde_json::from_value(said).map_err(|error| {
                    Failure::because("unexpected response", &error)
                        .hint("use the stemma version of the server")
                })
            }
        }
    }

    /// Returns the position from which a later export continues.
    pub(super) async fn position(&self, seq: Seq) -> Result<Position> {
        if let Self::Here(ledger) = self {
            return Ok(ledger.position(seq));
        }
        let digest = self.log(seq).await?.digest;
        Ok(Position { seq, mark: unhex(&digest).map(|digest| LogMark::of(&digest)) })
    }

    /// Writes a piece, as of a seq, and advances the bar by its bytes.
    pub(super) async fn write(
        &self,
        piece: &ExportPiece<'_>,
        seq: Seq,
        to: &mut impl Write,
        bar: &ProgressBar,
    ) -> Result<()> {
        match self {
            Self::Here(ledger) => {
                let mut outflow = outflow(&ledger.at(AsOf::Seq(seq))?, piece).await?;
                while let Some(bytes) = outflow.next().await {
                    let bytes = bytes?;
                    to.write_all(&bytes)?;
                    bar.inc(bytes.len() as u64);
                }
                Ok(())
            }
            Self::Server(remote) => {
                let (path, mut parameters) = request(piece);
                parameters.push(("asOf", seq.to_string()));
                let (mut body, mut buffer) = (remote.stream(&path, &parameters)?, vec![0; CHUNK]);
                loop {
                    match body.read(&mut buffer) {
                        Ok(0) => return Ok(()),
                        Ok(read) => {
                            to.write_all(&buffer[..read])?;
                            bar.inc(read as u64);
                        }
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => {
                            return Err(Failure::because(
                                "the transfer from the server was incomplete",
                                &error,
                            )
                            .hint("run it again; the server's log may say more"));
                        }
                    }
                }
            }
        }
    }
}

/// Resolves a part of the lineage.
pub(super) fn scope(view: &View, part: &LineagePart) -> Result<Scope> {
    match &part.of {
        None => Ok(Scope::All),
        Some(of) => Ok(view.lineage_of(&[view.named(of)?], part.direction.direction())),
    }
}

async fn outflow(view: &View, piece: &ExportPiece<'_>) -> Result<Outflow> {
    let memory = ExportMemory::unlimited();
    Ok(match piece {
        ExportPiece::Table { table, after, up_to, part } => {
            view.table(*table, view.span(*after, *up_to)?, scope(view, part)?, &memory)?
        }
        ExportPiece::Changes { after, part } => {
            view.changes(view.since(view.fits(*after)?)?, scope(view, part)?, memory)
        }
        ExportPiece::Coco { set, split } => view.coco(set, *split, memory)?,
        ExportPiece::Members { set, describe } => view.croissant_members(set, describe, memory)?,
        ExportPiece::Croissant { set, describe, members } => {
            let facts = measured(view.croissant_members(set, describe, memory.clone())?).await?;
            view.croissant(set, describe, (facts, members), memory)?
        }
        ExportPiece::Prov { part } => view.prov(scope(view, part)?, memory),
    })
}

type Parameters = Vec<(&'static str, String)>;

fn request(piece: &ExportPiece<'_>) -> (String, Parameters) {
    match piece {
        ExportPiece::Table { table, after, up_to, part } => {
            let span = vec![("after", after.to_string()), ("upTo", up_to.to_string())];
            (format!("/export/tables/{table}"), with_part(span, part))
        }
        ExportPiece::Changes { after, part } => {
            ("/export/changes".to_owned(), with_part(vec![("after", after.to_string())], part))
        }
        ExportPiece::Coco { set, split } => {
            let mut parameters = vec![("set", (*set).to_owned())];
            parameters.extend(split.map(|split| ("split", split.to_owned())));
            ("/export/coco".to_owned(), parameters)
        }
        ExportPiece::Members { set, describe } => {
            ("/export/croissant/members".to_owned(), described(set, describe))
        }
        ExportPiece::Croissant { set, describe, members } => {
            let mut parameters = described(set, describe);
            parameters.push(("members", (*members).to_owned()));
            ("/export/croissant".to_owned(), parameters)
        }
        ExportPiece::Prov { part } => ("/export/prov".to_owned(), with_part(Vec::new(), part)),
    }
}

fn with_part(mut parameters: Parameters, part: &LineagePart) -> Parameters {
    if let Some(of) = &part.of {
        parameters.push(("of", of.clone()));
        parameters.push(("direction", part.direction.name().to_owned()));
    }
    parameters
}

fn described(set: &str, describe: &Describe) -> Parameters {
    let mut parameters = vec![("set", set.to_owned()), ("list", describe.list.to_string())];
    parameters.extend(describe.payloads.clone().map(|server| ("payloads", server)));
    parameters.extend(describe.license.clone().map(|license| ("license", license)));
    parameters
}
