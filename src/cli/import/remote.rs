//! Imports into a running server: this process reads the inputs and uploads their payloads, and the
//! server recognises, compares and commits (`import::session`).

mod heartbeat;
mod outbox;
mod upload;

use std::sync::Arc;

use indicatif::ProgressBar;

use self::outbox::Outbox;
use super::format::input::{ImportInput, InputContent};
use super::sources::export_input;
use super::{Attempt, Import, bar};
use crate::cli::shared::client::RemoteServer;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::output;
use crate::cli::shared::output::counted;
use crate::import::record::reader::{ReadStop, RecordSource, Skipped};
use crate::import::samples::input_images::InputImages;
use crate::import::samples::source::SampleSource;
use crate::import::session::message::Message;
use crate::import::settings::{ExportInput, ImportSettings};

/// The number of ids in one message.
const IDS: usize = 1_000;

/// Imports one input after the other, and prints each report that was not printed yet.
pub(super) fn attempt(
    command: &Import,
    server: &RemoteServer,
    settings: &ImportSettings,
    inputs: Vec<ImportInput>,
    (reported, is_again): (&mut usize, bool),
) -> Result<Attempt> {
    let images = command.images(&inputs)?;
    let mut outbox = Outbox::begin(server.clone(), settings, Arc::clone(&images), is_again)?;
    let sent = all(command, &mut outbox, (inputs, &images), reported);
    outbox.end();
    sent
}

/// Sends all inputs, and prints each report that was not printed yet.
fn all(
    command: &Import,
    outbox: &mut Outbox,
    (inputs, images): (Vec<ImportInput>, &Arc<InputImages>),
    reported: &mut usize,
) -> Result<Attempt> {
    if outbox.checks_renames() {
        // All of them, before anything is imported: the inputs of a command are one input.
        for input in &inputs {
            let InputContent::Samples(samples) = &input.content else { continue };
            let bar = bar(&input.name, &input.content);
            let export = export_input(&input.name, &input.path, samples, false)?;
            let sent = sent_samples(outbox, &export, true, command.source(&export, samples, images)?, &bar);
            bar.finish_and_clear();
            if let again @ Attempt::Again(_) = sent? {
                return Ok(again);
            }
        }
    }
    let mut left = inputs.len();
    // An image of a later input may be compared with those of earlier ones.
    let mut all_kept = Vec::with_capacity(left);
    for input in inputs {
        left -= 1;
        let name = input.name.clone();
        let (path, content, kept) = input.into_parts();
        let bar = bar(&name, &content);
        let sent = match content {
            InputContent::Records { records, .. } => sent_records(outbox, &name, records, &bar),
            InputContent::Samples(samples) => {
                let input = export_input(&name, &path, &samples, left > 0)?;
                sent_samples(outbox, &input, false, command.source(&input, &samples, images)?, &bar)
            }
        };
        bar.finish_and_clear();
        all_kept.push(kept);
        if let again @ Attempt::Again(_) = sent? {
            return Ok(again);
        }
        for report in outbox.reports().iter().skip(*reported) {
            output::line(report)?;
            *reported += 1;
        }
    }
    Ok(Attempt::Complete)
}

fn sent_records(
    outbox: &mut Outbox,
    name: &str,
    mut records: Box<dyn RecordSource>,
    bar: &ProgressBar,
) -> Result<Attempt> {
    let shown = |records| bar.set_message(format!("{name}, {}", counted(records, "record")));
    outbox.push(&Message::Records { name: name.to_owned() })?;
    loop {
        let read = match records.next() {
            Ok(Some(read)) => read,
            Ok(None) => break,
            Err(stop) => {
                if let again @ Attempt::Again(_) = outbox.flush_records()? {
                    return Ok(again);
                }
                return stopped(outbox, name, stop, false, &shown);
            }
        };
        let position = read.position;
        outbox.record(read);
        if outbox.is_full()
            && let again @ Attempt::Again(_) = outbox.flush_records()?
        {
            return Ok(again);
        }
        bar.set_position(position);
        shown(outbox.records());
    }
    if let again @ Attempt::Again(_) = outbox.flush_records()? {
        return Ok(again);
    }
    outbox.push(&Message::End { skipped: listed(&records.skipped()) })?;
    outbox.finish_input(&shown)
}

fn sent_samples(
    outbox: &mut Outbox,
    input: &ExportInput,
    check: bool,
    mut source: Box<dyn SampleSource>,
    bar: &ProgressBar,
) -> Result<Attempt> {
    let name = &input.name;
    let shown = |records| bar.set_message(format!("{name}, {}", counted(records, "record")));
    outbox.push(&Message::Export { input: input.clone(), check })?;
    if let Err(stop) = head(outbox, source.as_mut(), check)? {
        return stopped(outbox, name, stop, check, &shown);
    }
    loop {
        match source.next() {
            Ok(Some(found)) => outbox.sample(found),
            Ok(None) => break,
            Err(stop) => {
                if let again @ Attempt::Again(_) = outbox.flush_samples()? {
                    return Ok(again);
                }
                return stopped(outbox, name, stop, check, &shown);
            }
        }
        if outbox.is_full() {
            if let again @ Attempt::Again(_) = outbox.flush_samples()? {
                return Ok(again);
            }
            if outbox.has_finished_input() {
                break;
            }
        }
        bar.set_position(source.position());
        shown(outbox.records());
    }
    if let again @ Attempt::Again(_) = outbox.flush_samples()? {
        return Ok(again);
    }
    outbox.push(&Message::End { skipped: listed(&source.skipped()) })?;
    outbox.finish_input(&shown)
}

/// Sends what precedes the samples of an input. For a check the classes may be enough.
fn head(outbox: &mut Outbox, source: &mut dyn SampleSource, check: bool) -> Result<Result<(), ReadStop>> {
    let classes = match source.classes() {
        Ok(classes) => classes,
        Err(stop) => return Ok(Err(stop)),
    };
    let (about, holds) = (source.about(), source.holds());
    outbox.push(&Message::Head { classes, about, holds })?;
    if check {
        // If the server was started again, the next batch finds out.
        outbox.flush()?;
    }
    let mut failed = None;
    let mut ids: Vec<(String, String)> = Vec::new();
    let read = source.ids(&mut |image, id| {
        ids.push((image.to_owned(), id.to_owned()));
        if ids.len() >= IDS {
            let ids = std::mem::take(&mut ids);
            if failed.is_none() && !outbox.has_finished_input() {
                failed = outbox.ids(ids).err();
            }
        }
    });
    match failed {
        Some(failure) => Err(failure),
        None => outbox.ids(ids).map(|()| read),
    }
}

/// Sends that an input cannot be read further: the server refuses it, as it would its own. A check
/// may not need the rest of it.
fn stopped(
    outbox: &mut Outbox,
    name: &str,
    stop: ReadStop,
    check: bool,
    shown: &dyn Fn(u64),
) -> Result<Attempt> {
    let failure = Failure::new(stop.about(name));
    outbox.push(&Message::Stop(stop))?;
    match outbox.finish_input(shown)? {
        Attempt::Complete if !check => Err(failure),
        done => Ok(done),
    }
}

fn listed(skipped: &Skipped) -> Vec<(String, u64, String)> {
    skipped.all().map(|(what, count, first)| (what.to_owned(), count, first.to_owned())).collect()
}
