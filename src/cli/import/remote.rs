//! Imports into a running server: this process reads the inputs and uploads their payloads, and the
//! server recognises, compares and commits (`import::session`).

mod outbox;

use indicatif::ProgressBar;

use self::outbox::{Outbox, Sent};
use super::format::input::{ImportInput, InputContent};
use super::{Import, bar, export_input};
use crate::cli::shared::client::RemoteServer;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::output;
use crate::cli::shared::output::counted;
use crate::import::record::reader::{ReadStop, RecordSource, Skipped};
use crate::import::samples::source::SampleSource;
use crate::import::session::message::Message;
use crate::import::settings::ExportInput;

/// The number of times that an import begins again because the server was started again, or another client
/// changed the same items.
const RESTARTS: usize = 5;
/// The number of ids in one message.
const IDS: usize = 1_000;

/// Imports all inputs. `open` opens them at their beginning.
pub(super) fn import(
    command: &Import,
    server: &RemoteServer,
    open: impl Fn() -> Result<Vec<ImportInput>>,
) -> Result<()> {
    let mut reported = 0;
    for _ in 0..RESTARTS {
        let mut outbox = Outbox::begin(server.clone(), &command.settings())?;
        let sent = all(command, &mut outbox, open()?, &mut reported);
        outbox.end();
        match sent? {
            Sent::Complete => return Ok(()),
            Sent::Again(why) if command.reads_a_stream() => {
                return Err(Failure::new(format!("{why} during the import"))
                    .hint("run the same command again with the same input: it continues where it stopped"));
            }
            Sent::Again(why) => output::note(format!("{why}: the import continues where it stopped")),
        }
    }
    Err(Failure::new(format!("the import had to begin again more than {RESTARTS} times"))
        .hint("look at the log of the server, and run the same command again: it continues where it stopped"))
}

/// Sends all inputs, and prints each report that was not printed yet.
fn all(
    command: &Import,
    outbox: &mut Outbox,
    inputs: Vec<ImportInput>,
    reported: &mut usize,
) -> Result<Sent> {
    let mut left = inputs.len();
    for input in inputs {
        left -= 1;
        let name = input.name.clone();
        let (path, content, kept) = input.into_parts();
        let bar = bar(&name, &content);
        let sent = match content {
            InputContent::Records { records, .. } => sent_records(outbox, &name, records, &bar),
            InputContent::Samples(samples) => {
                let input = export_input(&name, &path, &samples, left > 0);
                let mut sent = Ok(Sent::Complete);
                if command.corrections.is_some() && !command.dry_run {
                    sent = sent_samples(outbox, &input, true, command.source(&input, &samples)?, &bar);
                }
                match sent {
                    Ok(Sent::Complete) => {
                        sent_samples(outbox, &input, false, command.source(&input, &samples)?, &bar)
                    }
                    other => other,
                }
            }
        };
        bar.finish_and_clear();
        drop(kept);
        if let again @ Sent::Again(_) = sent? {
            return Ok(again);
        }
        for report in outbox.reports().iter().skip(*reported) {
            output::line(report)?;
            *reported += 1;
        }
    }
    Ok(Sent::Complete)
}

fn sent_records(
    outbox: &mut Outbox,
    name: &str,
    mut records: Box<dyn RecordSource>,
    bar: &ProgressBar,
) -> Result<Sent> {
    outbox.push(&Message::Records { name: name.to_owned() })?;
    while let Some(read) = records.next().map_err(|stop| unread(name, &stop))? {
        let position = read.position;
        outbox.record(read);
        if outbox.is_full()
            && let again @ Sent::Again(_) = outbox.flush_records()?
        {
            return Ok(again);
        }
        show(bar, name, position, outbox);
    }
    if let again @ Sent::Again(_) = outbox.flush_records()? {
        return Ok(again);
    }
    outbox.push(&Message::End { skipped: listed(&records.skipped()) })?;
    outbox.finish_input(&|records| bar.set_message(format!("{name}, {}", counted(records, "record"))))
}

fn sent_samples(
    outbox: &mut Outbox,
    input: &ExportInput,
    check: bool,
    mut source: Box<dyn SampleSource>,
    bar: &ProgressBar,
) -> Result<Sent> {
    let name = &input.name;
    let stopped = |stop: ReadStop| unread(name, &stop);
    outbox.push(&Message::Export { input: input.clone(), check })?;
    let classes = source.classes().map_err(stopped)?;
    outbox.push(&Message::Head { classes, about: source.about() })?;
    let mut failed = None;
    let mut ids: Vec<(String, String)> = Vec::new();
    source
        .ids(&mut |image, id| {
            ids.push((image.to_owned(), id.to_owned()));
            if ids.len() >= IDS && failed.is_none() {
                failed = outbox.ids(std::mem::take(&mut ids)).err();
            }
        })
        .map_err(stopped)?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    outbox.ids(ids)?;
    while let Some(found) = source.next().map_err(stopped)? {
        outbox.sample(found);
        if outbox.is_full() {
            if let again @ Sent::Again(_) = outbox.flush_samples(source.as_ref())? {
                return Ok(again);
            }
            if outbox.has_finished_input() {
                break;
            }
        }
        show(bar, name, source.position(), outbox);
    }
    if let again @ Sent::Again(_) = outbox.flush_samples(source.as_ref())? {
        return Ok(again);
    }
    outbox.push(&Message::End { skipped: listed(&source.skipped()) })?;
    outbox.finish_input(&|records| bar.set_message(format!("{name}, {}", counted(records, "record"))))
}

fn show(bar: &ProgressBar, name: &str, position: u64, outbox: &Outbox) {
    bar.set_position(position);
    bar.set_message(format!("{name}, {}", counted(outbox.records(), "record")));
}

fn listed(skipped: &Skipped) -> Vec<(String, u64, String)> {
    skipped.all().map(|(what, count, first)| (what.to_owned(), count, first.to_owned())).collect()
}

fn unread(name: &str, stop: &ReadStop) -> Failure {
    Failure::new(stop.about(name))
        .hint("complete commits before it are stored; correct the record and run the same command again")
}
