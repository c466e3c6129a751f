//! The work of one session: its inputs, one after the other.

use tokio::runtime::Handle;
use tracing::{info, warn};

use super::inbox::{Inbox, ReceivedRecords, ReceivedSamples};
use super::message::Message;
use super::state::{SessionFailure, SharedState};
use super::turns::Turns;
use crate::import::error::{ImportError, Result};
use crate::import::importer::Importer;
use crate::import::pipeline::run::ImportProgress;
use crate::import::record::reader::{ReadRecord, ReadStop, RecordSource, Skipped};

/// Runs until the client ends the import, or it fails.
pub(super) fn run(
    importer: Importer,
    inbox: &Inbox,
    (state, turns): (&SharedState, &Turns),
    runtime: &Handle,
) {
    let done = inputs(importer, inbox, (state, turns), runtime);
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

fn inputs(
    mut importer: Importer,
    inbox: &Inbox,
    (state, turns): (&SharedState, &Turns),
    runtime: &Handle,
) -> Result<()> {
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
                let mut records = ReceivedRecords::new(inbox.clone());
                let first = records.next();
                let digest = first.as_ref().ok().and_then(|first| first.as_ref()).map(|first| first.digest);
                let turn = digest.map(|digest| turns.of_file(digest));
                let _turn = turn.as_ref().map(|turn| turn.blocking_lock());
                let source = Box::new(BegunRecords { first: Some(first), rest: records });
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

/// Records of which the first one was read.
struct BegunRecords {
    first: Option<Result<Option<ReadRecord>, ReadStop>>,
    rest: ReceivedRecords,
}

impl RecordSource for BegunRecords {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        match self.first.take() {
            Some(first) => first,
            None => self.rest.next(),
        }
    }

    fn skipped(&mut self) -> Skipped {
        self.rest.skipped()
    }
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
