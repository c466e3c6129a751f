//! Accepted findings: the entries of the file of `--allow`, and what they accept.
//!
//! An entry accepts only what the same question answered at the seq of the entry, and only while
//! nothing more was said about the wrong version. So what is found later is never accepted.

mod file;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};

use super::finding::{self, Finding};
use crate::cli::shared::affected::answer::{AffectedRow, Consumer, TraceAnswer, TraceQuestion, Wanted};
use crate::cli::shared::affected::ask;
use crate::cli::shared::client::Client;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::moment::{self, MomentArg};
use crate::cli::shared::output::count;
use crate::cli::shared::version::NamedVersion;
use crate::domain::id::Seq;
use crate::domain::version::Timestamp;

/// The entries of a file.
#[derive(Debug)]
pub(super) struct AllowList {
    pub(super) path: PathBuf,
    entries: Vec<AllowEntry>,
}

/// An entry: findings that are accepted until a date.
#[derive(Debug, Clone)]
pub(super) struct AllowEntry {
    /// Its line in the file.
    pub line: usize,
    /// The sets and consumers; all if empty.
    affected: BTreeSet<String>,
    /// The wrong versions; all if empty.
    wrong: BTreeSet<String>,
    /// The statement that must make the version wrong.
    statement: Option<String>,
    /// The seq at which the findings were known.
    pub seq: Seq,
    pub reason: String,
    /// The last day on which it is valid, in UTC.
    pub expires: NaiveDate,
}

/// The ids of an affected version and of a wrong one.
type Pair = (String, String);

/// The findings at one seq.
#[derive(Debug, Default)]
pub(super) struct KnownFindings {
    pairs: HashSet<Pair>,
    /// The references and ids of what was affected.
    affected: HashSet<String>,
    /// The references and ids of what was wrong.
    wrong: HashSet<String>,
}

/// The findings that were known at the seqs of the entries.
pub(super) type Known = BTreeMap<Seq, KnownFindings>;

impl KnownFindings {
    fn of(answer: &TraceAnswer) -> Self {
        let mut known = Self::default();
        for found in finding::all(answer) {
            known.pairs.insert(pair(&found));
            known.affected.extend(names(found.affected));
            known.wrong.extend(names(found.wrong));
        }
        known
    }
}

/// Returns the names of a version in a file of accepted findings.
fn names(version: &NamedVersion) -> [String; 2] {
    [version.reference(), version.id.clone()]
}

impl AllowList {
    /// Reads a file. `now` is the time of the clock.
    pub(super) fn read(path: &Path, now: Timestamp) -> Result<Self> {
        file::read(path, date(now)?)
    }

    /// Requests what was known at the seq of each entry: the answer of then about everything.
    pub(super) async fn known(&self, client: &Client, question: &TraceQuestion) -> Result<Known> {
        let mut known = Known::new();
        let newest = moment::read_at(client, None).await?;
        for entry in &self.entries {
            if entry.seq > newest.seq.parse().unwrap_or(Seq::ZERO) {
                let message = format!(
                    "{} line {}: the newest commit is {}, found seq {}",
                    self.path.display(),
                    entry.line,
                    newest.seq,
                    entry.seq
                );
                return Err(Failure::usage(message).hint("give the seq of the report that was reviewed"));
            }
            if known.contains_key(&entry.seq) {
                continue;
            }
            let read_at = moment::read_at(client, Some(&MomentArg::Seq(entry.seq))).await?;
            let question = TraceQuestion {
                wrong: json!({"all": {}}),
                known_at: None,
                include_restored: question.include_restored,
                through_models: question.through_models,
                wanted: Wanted { members: true, wrong: true, ..question.wanted },
                since: None,
            };
            let answer = ask::ask(client, &read_at, &question).await?;
            if let Some(reason) = &answer.incomplete {
                let message = format!(
                    "the answer at seq {} is incomplete, so nothing is known to be accepted: the server stopped at its budget ({reason})",
                    entry.seq
                );
                return Err(Failure::new(message).hint("leave --allow out, or ask again later"));
            }
            known.insert(entry.seq, KnownFindings::of(&answer));
        }
        Ok(known)
    }
}

/// Returns the date of a time in UTC.
fn date(now: Timestamp) -> Result<NaiveDate> {
    match DateTime::from_timestamp_micros(now) {
        Some(time) if now > 0 => Ok(time.date_naive()),
        _ => Err(Failure::new("the clock of this machine is not set, so that no entry can be judged")
            .hint("set the clock")),
    }
}

fn pair(found: &Finding<'_>) -> Pair {
    (found.affected.id.clone(), found.wrong.id.clone())
}

impl AllowEntry {
    /// Returns true if the entry is about a finding, known or not.
    fn is_about(&self, found: &Finding<'_>) -> bool {
        let names_one = |list: &BTreeSet<String>, version: &NamedVersion| {
            list.is_empty() || names(version).iter().any(|name| list.contains(name))
        };
        let is_said = |id: &String| found.statement.is_some_and(|said| said.id() == *id);
        names_one(&self.affected, found.affected)
            && names_one(&self.wrong, found.wrong)
            && self.statement.as_ref().is_none_or(is_said)
    }

    /// Returns true if more was said about the wrong version after the seq of the entry.
    fn is_outdated(&self, found: &Finding<'_>) -> bool {
        let is_later = |seq: &str| seq.parse().is_ok_and(|seq: Seq| seq > self.seq);
        found.wrong.statements.iter().any(|said| is_later(&said.commit.seq))
    }

    /// Returns true if the question is about what the entry names.
    fn is_asked(&self, wanted: Wanted) -> bool {
        self.affected.is_empty() || self.affected.iter().any(|name| is_asked(name, wanted))
    }
}

/// Returns true if the answer can contain an affected version of this name.
fn is_asked(name: &str, wanted: Wanted) -> bool {
    wanted.sets || name.split('/').nth(1) != Some("TRAINING_SET")
}

/// The findings of an answer that are accepted.
#[derive(Default)]
pub(super) struct Accepted<'a> {
    entries: &'a [AllowEntry],
    /// The place of the entry of each accepted finding.
    by_pair: HashMap<Pair, usize>,
    /// A line for each entry that has expired or matches nothing.
    pub warnings: Vec<String>,
}

impl<'a> Accepted<'a> {
    /// Matches the findings of an answer with the entries of a list.
    pub(super) fn of(
        list: &'a AllowList,
        known: &Known,
        answer: &TraceAnswer,
        question: &TraceQuestion,
        now: Timestamp,
    ) -> Result<Self> {
        let today = date(now)?;
        let mut accepted = Self { entries: &list.entries, ..Self::default() };
        let mut matches = vec![0_u64; list.entries.len()];
        for found in finding::all(answer) {
            let pair = pair(&found);
            for (place, entry) in list.entries.iter().enumerate() {
                let is_known = || known.get(&entry.seq).is_some_and(|known| known.pairs.contains(&pair));
                if entry.is_about(&found) && !entry.is_outdated(&found) && is_known() {
                    matches[place] += 1;
                    if entry.expires >= today {
                        accepted.by_pair.entry(pair.clone()).or_insert(place);
                    }
                }
            }
        }
        // The answer to a narrower question need not have the findings of every entry.
        let is_whole = question.since.is_none() && question.wrong == json!({"all": {}});
        for (entry, matches) in list.entries.iter().zip(matches) {
            let mut warn = |text: String| {
                accepted.warnings.push(format!("{} line {}: {text}", list.path.display(), entry.line));
            };
            if entry.expires < today {
                let again = match matches {
                    0 => "nothing of it is affected".to_owned(),
                    1 => "1 finding is not accepted any more".to_owned(),
                    more => format!("{} findings are not accepted any more", count(more)),
                };
                warn(format!("expired on {}: {again}", entry.expires));
            } else if matches == 0 && is_whole && entry.is_asked(question.wanted) {
                warn("matches nothing that is affected now and was known at its seq".to_owned());
            }
            let Some(known) = known.get(&entry.seq) else { continue };
            let is_unknown =
                |name: &&String| is_asked(name, question.wanted) && !known.affected.contains(*name);
            let unknown = entry.affected.iter().filter(is_unknown);
            for name in unknown.chain(entry.wrong.iter().filter(|name| !known.wrong.contains(*name))) {
                warn(format!("{name} was in no finding at seq {}; check the name and the seq", entry.seq));
            }
        }
        Ok(accepted)
    }

    /// Returns the entry that accepts a finding.
    pub(super) fn entry(&self, found: &Finding<'_>) -> Option<&'a AllowEntry> {
        self.entries.get(*self.by_pair.get(&pair(found))?)
    }

    /// Returns the number of a set's findings that are accepted.
    pub(super) fn in_set(&self, row: &AffectedRow) -> u64 {
        self.count(finding::of_set(row))
    }

    /// Returns the number of a consumer's findings that are accepted.
    pub(super) fn in_consumer(&self, consumer: &Consumer) -> u64 {
        self.count(finding::of_consumer(consumer))
    }

    fn count<'f>(&self, findings: impl Iterator<Item = Finding<'f>>) -> u64 {
        if self.by_pair.is_empty() {
            return 0;
        }
        findings.filter(|found| self.entry(found).is_some()).count() as u64
    }

    /// Returns true if every finding of a set is accepted.
    pub(super) fn is_set_accepted(&self, row: &AffectedRow) -> bool {
        let findings = row.members.nodes.len() as u64;
        findings > 0 && self.in_set(row) == findings
    }

    /// Returns true if every finding of a consumer is accepted.
    pub(super) fn is_consumer_accepted(&self, consumer: &Consumer) -> bool {
        let findings = consumer.wrong.nodes.len() as u64;
        findings > 0 && self.in_consumer(consumer) == findings
    }

    /// Returns the accepted findings as JSON.
    pub(super) fn json(&self, answer: &TraceAnswer) -> Value {
        let accepted = finding::all(answer).filter_map(|found| {
            let entry = self.entry(&found)?;
            Some(json!({
                "affected": found.affected.reference(),
                "wrong": found.wrong.reference(),
                "reason": entry.reason,
                "expires": entry.expires.to_string(),
                "line": entry.line,
            }))
        });
        accepted.collect()
    }
}
