//! The answer in a terminal.

use super::Trace;
use super::allow::Accepted;
use super::finding::{self, Finding};
use crate::cli::shared::affected::answer::{NotWrongSubject, TraceAnswer};
use crate::cli::shared::affected::report;
use crate::cli::shared::failure::Result;
use crate::cli::shared::moment::ReadAt;
use crate::cli::shared::output;

/// The most subjects that are listed as not wrong.
const NAMED: usize = 10;

impl Trace {
    /// Prints the answer as tables and sentences.
    pub(super) fn show(&self, read_at: &ReadAt, answer: &TraceAnswer, accepted: &Accepted<'_>) -> Result<()> {
        let moment = format!("as of seq {} ({})", read_at.seq, read_at.time);
        if let Some(said) = self.not_wrong(answer) {
            output::line(format_args!("{said}, {moment}."))?;
        }
        if self.is_about_nothing(answer) {
            return Ok(());
        }
        if answer.rows.is_empty() && answer.consumers.is_empty() {
            let what = match (self.since, answer.asked.wrong_count) {
                (_, 0) => "Nothing is wrong".to_owned(),
                (Some(since), _) => format!("Nothing became affected after seq {since}"),
                (None, _) => "Nothing is affected".to_owned(),
            };
            let subjects = if self.models { "" } else { "training set, " };
            output::line(format_args!("{what}: no {subjects}model, evaluation or deployment, {moment}."))?;
            return self.next_since(read_at, answer);
        }
        if !self.models {
            self.show_sets(answer, &moment)?;
        }
        self.show_consumers(answer)?;
        show_accepted(answer, accepted)?;
        if self.models {
            output::line(format_args!("Read {moment}."))?;
        }
        self.next_since(read_at, answer)
    }

    fn show_sets(&self, answer: &TraceAnswer, moment: &str) -> Result<()> {
        if !answer.rows.is_empty() {
            output::line(report::sets(answer.rows.iter().map(report::SetLine::from)))?;
        }
        if self.members {
            for row in &answer.rows {
                output::line(format_args!("\n{}", row.training_set.reference()))?;
                output::line(report::members(&row.members))?;
            }
        }
        let hint = if self.members || answer.rows.is_empty() { "" } else { " The wrong members: --members" };
        let new = if self.since.is_some() { "newly " } else { "" };
        output::line(match answer.rows.len() {
            0 => format!("No training set is {new}affected, {moment}."),
            sets => {
                let what = format!("{new}affected training set version");
                format!("{}, {moment}.{hint}", output::counted(sets as u64, &what))
            }
        })
    }

    fn show_consumers(&self, answer: &TraceAnswer) -> Result<()> {
        if answer.consumers.is_empty() {
            return output::line("No model, evaluation or deployment saw any of it.");
        }
        output::line(report::consumers_table(&answer.consumers))?;
        if self.models && self.members {
            for row in &answer.consumers {
                output::line(format_args!("\n{}", row.consumer.reference()))?;
                let mut table = report::table(["wrong version", "was", "is", "why"]);
                for found in finding::of_consumer(row) {
                    let (was, is) = found.change();
                    table.add_row([found.wrong.reference(), was, is, found.reason().to_owned()]);
                }
                output::line(table)?;
            }
        }
        output::line(match answer.consumers.len() {
            1 => "1 consumer (model, evaluation or deployment) saw something wrong or is wrong.".to_owned(),
            more => format!(
                "{} consumers (models, evaluations, deployments) saw something wrong or are wrong.",
                output::count(more as u64)
            ),
        })
    }

    /// Prints the seq from which the next answer continues. After an incomplete answer it would
    /// skip what is missing.
    fn next_since(&self, read_at: &ReadAt, answer: &TraceAnswer) -> Result<()> {
        if self.since.is_none() || answer.incomplete.is_some() {
            return Ok(());
        }
        output::line(format_args!("Next time: --since {}", read_at.seq))
    }

    /// Lists the subjects of the question that are not wrong; `None` if all are wrong.
    fn not_wrong(&self, answer: &TraceAnswer) -> Option<String> {
        let asked = &answer.asked;
        let names: Vec<String> = asked.not_wrong.iter().take(NAMED).map(NotWrongSubject::reference).collect();
        let more = asked.not_wrong_count.saturating_sub(names.len() as u64);
        let more = if more == 0 { String::new() } else { format!(" and {} more", output::count(more)) };
        match (asked.not_wrong_count, self.commit) {
            (0, Some(seq)) if asked.wrong_count == 0 => {
                Some(format!("Not wrong: commit {seq} has no correction or retraction"))
            }
            (0, _) => None,
            (_, Some(_)) => Some(format!("Withdrawn since: {}{more}", names.join(", "))),
            (_, None) if asked.not_wrong.iter().any(NotWrongSubject::is_made_from_labels) => {
                Some(format!("Not wrong itself: {}{more}", names.join(", ")))
            }
            (_, None) => Some(format!("Not wrong: {}{more}", names.join(", "))),
        }
    }
}

/// Prints a line for each affected version with accepted findings.
fn show_accepted(answer: &TraceAnswer, accepted: &Accepted<'_>) -> Result<()> {
    let sets = answer.rows.iter().map(|row| {
        (
            row.training_set.reference(),
            accepted.in_set(row),
            row.members.nodes.len(),
            finding::of_set(row).collect(),
        )
    });
    let consumers = answer.consumers.iter().map(|row| {
        let findings: Vec<Finding<'_>> = finding::of_consumer(row).collect();
        (row.consumer.reference(), accepted.in_consumer(row), findings.len(), findings)
    });
    for (reference, some, all, findings) in sets.chain(consumers).filter(|(_, some, ..)| *some > 0) {
        let mut reasons: Vec<String> = Vec::new();
        for entry in findings.iter().filter_map(|found| accepted.entry(found)) {
            let reason = format!("until {}: {}", entry.expires, entry.reason);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        output::line(format_args!(
            "Accepted: {} of {} in {reference}, {}",
            output::count(some),
            output::count(all as u64),
            reasons.join("; ")
        ))?;
    }
    Ok(())
}
