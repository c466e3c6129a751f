//! Exports of a real store: rows per second, and memory.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt as _;
use stemma::domain::id::Seq;
use stemma::export::{ExportMemory, Scope, Span, Table};
use stemma::ledger::{Ledger, MemStore, Settings, SystemClock};

use super::{resident, show, worked};

/// Exports a store once as tables and once as lines, and discards the output.
pub(crate) fn export(dir: &Path) {
    let dir = dir.to_owned();
    super::store::wait(async move {
        let settings = Settings::new(dir, Arc::new(MemStore::default()), Arc::new(SystemClock));
        let ledger = Ledger::open(settings, |_, _| {}).await.unwrap();
        let view = ledger.view();
        let span = Span { after: Seq::ZERO, up_to: view.seq() };
        let (before, worked_before, start) = (resident(), worked(), Instant::now());
        let mut lines = view.changes(span, Scope::All, ExportMemory::unlimited());
        let (mut rows, mut bytes, mut most) = (0, 0, before);
        while let Some(piece) = lines.next().await {
            let piece = piece.unwrap();
            bytes += piece.len();
            rows += piece.iter().filter(|byte| **byte == b'\n').count();
            most = most.max(resident());
        }
        show("lines", start.elapsed(), rows);
        println!(
            "{bytes} bytes, {:.2} s of processors, {:.0} MB more",
            worked() - worked_before,
            most - before
        );
        let (before, worked_before, start) = (resident(), worked(), Instant::now());
        let mut tables = view.tables(&Table::ALL, span, Scope::All, &ExportMemory::unlimited()).unwrap();
        let (mut bytes, mut most) = (0, before);
        while let Some((_, piece)) = tables.next().await.unwrap() {
            bytes += piece.len();
            most = most.max(resident());
        }
        show("Parquet, all tables at once", start.elapsed(), rows);
        println!(
            "{bytes} bytes, {:.2} s of processors, {:.0} MB more",
            worked() - worked_before,
            most - before
        );
        ledger.close().await.unwrap();
    });
}
