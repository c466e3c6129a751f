//! The work of one session: its inputs, one after the other.

use tokio::runtime::Handle;
use tracing::{info, warn};

use super::inbox::{Inbox, ReceivedRecords, ReceivedSamples};
use super::message::Message;
use super::state::{SessionFailure, SharedState};
use crate::import::error::{ImportError, Result};
use crate::import::importer::Importer;
use crate::import::pipeline::run::ImportProgress;

/// Runs until the client ends the import, or it fails.
pub(super) fn run(importer: Importer, inbox: &Inbox, state: &SharedState, runtime: &Handle) {
    let done = inputs(importer, inbox, state, runtime);
    match &done {
        Ok(()) => info!(inputs = state.read().inputs, "an import over the network has ended"),
        // A message may contain names of the client.
        Err(error) => warn!(error = ?error.to_string(), "an import over the network has stopped"),
    }
    state.change(|state| {
        state.ended = true;
        state.failure = done.err().map(failure);
    });
}

fn inputs(mut importer: Importer, inbox: &Inbox, state: &SharedState, runtime: &Handle) -> Result<()> {
    let progress = |progress: ImportProgress| {
        state.change(|state| state.records = progress.records);
        !state.is_cancelled()
    };
    while let Some(message) = inbox.next().map_err(|stop| ImportError::refused(stop.about("the input")))? {
        let report = match message {
            Message::Export { input, check: true } => {
                let source = Box::new(ReceivedSamples::new(inbox.clone()));
                if importer.checks_renames() {
                    runtime.block_on(importer.check_renames(&input, source))?;
                }
                None
            }
            Message::Export { input, check: false } => {
                let (name, dry_run) = (input.name.clone(), importer.is_dry_run());
                let source = Box::new(ReceivedSamples::new(inbox.clone()));
                let report = runtime.block_on(importer.samples(&input, source, &progress))?;
                Some(report.text(&name, dry_run))
            }
            Message::Records { name } => {
                let source = Box::new(ReceivedRecords::new(inbox.clone()));
                let report = runtime.block_on(importer.records(&name, source, &progress))?;
                Some(report.text(&name, importer.is_dry_run()))
            }
            // The rest of an input that was checked.
            _ => continue,
        };
        state.change(|state| {
            state.inputs += 1;
            state.records = 0;
            state.reports.extend(report);
        });
    }
    Ok(())
}

fn failure(error: ImportError) -> SessionFailure {
    let hint = match &error {
        ImportError::Refused { hint, .. } => hint.clone(),
        ImportError::Ledger(error) => error.hint().map(str::to_owned),
        ImportError::Blob(_) | ImportError::Conflict { .. } => None,
    };
    let is_conflict = matches!(error, ImportError::Conflict { .. });
    SessionFailure { message: error.to_string(), hint, is_conflict }
}
