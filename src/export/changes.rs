//! Exports changes as NDJSON: one row per line, each with the name of its table, in the order of
//! the log.

use super::flow::{PIECE, apart, outflow};
use super::memory::ExportMemory;
use super::page::{LogPages, Needs};
use super::{Outflow, Scope, Span, Table, unwritten, walk};
use crate::ledger::View;

impl View {
    /// Returns the rows of all tables in a span: by commit, and within a commit in the order of
    /// [`Table::ALL`].
    #[must_use]
    pub fn changes(&self, span: Span, scope: Scope, memory: ExportMemory) -> Outflow {
        let mut pages = LogPages::new(self.clone(), span, scope.clone(), Needs::of(&Table::ALL), memory);
        outflow(move |sink| async move {
            let mut lines = Vec::new();
            while let Some(page) = pages.next().await? {
                let (sink, scope) = (sink.clone(), scope.clone());
                lines = apart(move || {
                    walk::rows(&page, &Table::ALL, &scope, |row| {
                        serde_json::to_writer(&mut lines, &row).map_err(|error| unwritten(&error))?;
                        lines.push(b'\n');
                        if lines.len() < PIECE {
                            return Ok(());
                        }
                        sink.send_waiting(std::mem::take(&mut lines))
                    })?;
                    Ok(lines)
                })
                .await?;
            }
            if lines.is_empty() { Ok(()) } else { sink.send(lines).await }
        })
    }
}
