//! `stemma trace`: finds the training sets that are affected by something wrong.
//!
//! A GraphQL client of a data directory or a running server; its operations are in
//! `shared/affected/affected.graphql`.

mod allow;
mod finding;
mod report;
mod table;
mod wrong;

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use serde_json::json;

use self::allow::{Accepted, AllowList};
use self::report::{Report, ReportFacts, ReportFiles, ReportOptions};
use super::shared::affected::answer::{NotWrongSubject, TraceAnswer, TraceQuestion, Wanted};
use super::shared::affected::{ask, report as tables};
use super::shared::failure::{Failure, Result};
use super::shared::moment::{self, MomentArg, ReadAt};
use super::shared::output;
use super::shared::store::runtime;
use super::shared::store_options::{OpenedStore, StoreOptions};
use crate::domain::id::{Seq, hex};
use crate::domain::version::Timestamp;
use crate::ledger::{Clock as _, SystemClock};

/// The most references in the question in words.
const NAMED: usize = 10;

/// Find the training sets that contain something wrong, and the models that saw it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("which").required(true).args(["refs", "all", "commit"]))]
pub(super) struct Trace {
    /// What may be wrong: items (namespace/KIND/key) or versions (…/key#2, …/key@tag, version:<hex>,
    /// or the start of an id); the answer is what contains or saw them
    #[arg(value_name = "REF")]
    refs: Vec<String>,
    /// Ask about everything that is wrong
    #[arg(long)]
    all: bool,
    /// Ask about what one commit, such as a campaign of reviews, corrected or retracted
    #[arg(long, value_name = "SEQ")]
    commit: Option<u64>,
    /// Only what became affected by commits after this one, for a job that runs again and again; the
    /// answer names the seq to give next time
    #[arg(long, value_name = "SEQ", conflicts_with_all = ["known_at", "include_restored", "through_models"])]
    since: Option<Seq>,
    /// Read at an earlier moment: a seq, a time (RFC 3339), or a date, which is its first instant
    /// in UTC
    #[arg(long, value_name = "SEQ|TIME")]
    as_of: Option<MomentArg>,
    /// Judge by what was known at another moment than the one read at: a seq, a time or a date, as
    /// for --as-of
    #[arg(long, value_name = "SEQ|TIME")]
    known_at: Option<MomentArg>,
    /// Include what is right again because the old content came back
    #[arg(long)]
    include_restored: bool,
    /// Follow models too: label, training set, model, pseudo-label, training set
    #[arg(long)]
    through_models: bool,
    /// Answer by model, evaluation and deployment, and leave training sets out
    #[arg(long)]
    models: bool,
    /// Show every wrong member of each training set, or with --models every wrong version that each
    /// consumer saw
    #[arg(long)]
    members: bool,
    /// Answer with one JSON object, members included
    #[arg(long)]
    json: bool,
    /// Exit with 1 if any training set, model, evaluation or deployment is affected; with --models,
    /// if any consumer is
    #[arg(long)]
    fail_if_affected: bool,
    /// Accept the findings that this file names, each with a reason and an expiry date: they do not
    /// fail --fail-if-affected
    #[arg(long, value_name = "FILE", conflicts_with = "known_at")]
    allow: Option<PathBuf>,
    #[command(flatten)]
    reports: ReportOptions,
    #[command(flatten)]
    store: StoreOptions,
}

const EXAMPLES: &str = "\
Examples:
  stemma trace --all --data ./stemma-demo
  stemma trace mnist/LABEL/test/00947 --members
  stemma trace --commit 25 --as-of 25    a campaign, before any repair
  stemma trace --all --as-of 2026-03-01 --known-at 2026-06-01T18:00:00Z
  stemma trace --all --json | jq '.rows[].trainingSet.ref'
  stemma trace --all --models --html report.html --made-by Ada
  stemma trace --all --since 120 --junit trace.xml --fail-if-affected
  stemma trace --all --allow accepted.toml --fail-if-affected
  stemma trace --all --fail-if-affected --server https://stemma.example.org \\
               --token-file token

With --server it asks a running server. Without, it reads the data directory, which no server \
may have open.

Exit codes: 0 the question was answered; 1 with --fail-if-affected, something is affected that \
--allow does not accept; 2 called wrongly; 3 there is no complete answer, or something that was asked about is not wrong, \
so that nothing can be affected by it.";

impl Trace {
    pub(super) fn run(self) -> Result<()> {
        // Exit code 1 means that something is affected, so a failure has another code.
        self.trace().map_err(Failure::unanswered)
    }

    fn trace(self) -> Result<()> {
        // clap waives `requires` for an option that conflicts with one that is given.
        if self.since.is_some() && !self.all {
            return Err(Failure::usage("expected --all with --since, found another question")
                .hint("leave --since out, or ask about everything that is wrong"));
        }
        let now = SystemClock.now();
        let allow = self.allow.as_deref().map(|path| AllowList::read(path, now)).transpose()?;
        let files = self.reports.create(self.json)?;
        let ask = async |store: &OpenedStore| self.ask(store, allow.as_ref(), files, now).await;
        runtime()?.block_on(self.store.read(ask))
    }

    async fn ask(
        &self,
        store: &OpenedStore,
        allow: Option<&AllowList>,
        files: ReportFiles<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let client = store.client()?;
        let client = &client;
        let read_at = moment::read_at(client, self.as_of.as_ref()).await?;
        let known_at = match &self.known_at {
            // Refuses a time before the first commit, at which nothing is known to be wrong.
            Some(known_at) => Some(moment::read_at(client, Some(known_at)).await?.seq),
            None => None,
        };
        let seq: Seq =
            read_at.seq.parse().map_err(|error| Failure::because("cannot read the seq", &error))?;
        if let Some(since) = self.since.filter(|since| *since > seq) {
            return Err(Failure::usage(format!(
                "expected --since up to {seq}, the seq that is read, found {since}"
            ))
            .hint("give the seq of an earlier answer of the same store"));
        }
        let details = allow.is_some() || self.reports.is_any();
        let question = TraceQuestion {
            wrong: wrong::asked(client, &read_at, &self.refs, self.commit).await?,
            known_at: self.known_at.clone(),
            include_restored: self.include_restored,
            through_models: self.through_models,
            wanted: Wanted {
                sets: !self.models,
                members: self.json || self.members || details,
                wrong: details || (self.models && self.members),
            },
            since: self.since,
        };
        let answer = ask::ask(client, &read_at, &question).await?;
        let accepted = match allow {
            None => Accepted::default(),
            Some(list) => {
                let known = list.known(client, &question).await?;
                Accepted::of(list, &known, &answer, &question, now)?
            }
        };
        for warning in &accepted.warnings {
            output::note(format_args!("warning: {warning}"));
        }
        if self.reports.is_any() {
            let digest = store.log_head(seq).await?.digest;
            let facts = self.facts(&read_at, known_at, hex(&digest), now);
            let report = Report { answer: &answer, accepted: &accepted, facts: &facts };
            let written = files.write(&report)?;
            if !self.json && !self.reports.is_on_stdout() {
                self.show(&read_at, &answer, &accepted)?;
            }
            for name in written {
                output::note(format_args!("{name}, as of seq {seq}"));
            }
        } else if !self.json {
            self.show(&read_at, &answer, &accepted)?;
        }
        if self.json {
            let mut object = tables::json(&read_at, &answer);
            if let Some(since) = self.since {
                object["since"] = json!(since.to_string());
            }
            if allow.is_some() {
                object["accepted"] = accepted.json(&answer);
                object["warnings"] = json!(accepted.warnings);
            }
            output::line(object)?;
        }
        self.judge(&answer, &accepted)
    }

    fn facts(
        &self,
        read_at: &ReadAt,
        known_at: Option<String>,
        digest: String,
        now: Timestamp,
    ) -> ReportFacts {
        let made_at = chrono::DateTime::from_timestamp_micros(now).unwrap_or_default();
        ReportFacts {
            question: self.question(),
            about_all: self.all,
            by_set: !self.models,
            digest,
            since: self.since,
            made_at: made_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            store: self.store_name(),
            allow: self.allow.as_ref().map(|path| path.display().to_string()),
            command: report::shell(&self.command(&read_at.seq, known_at.as_deref())),
            known_at,
            read_at: read_at.clone(),
        }
    }

    /// Returns the question in words.
    fn question(&self) -> String {
        let wrong = match (self.commit, self.refs.as_slice()) {
            (Some(seq), _) => format!("what commit {seq} corrected or retracted"),
            (None, []) => "something wrong".to_owned(),
            (None, refs) => {
                let more = refs.len().saturating_sub(NAMED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let names: Vec<&str> = refs.iter().take(NAMED).map(String::as_str).collect();
                format!("something wrong of {}{more}", names.join(", "))
            }
        };
        let mut text = self.since.map(|since| format!("What is new since seq {since}: ")).unwrap_or_default();
        text.push_str(&match self.models {
            false => format!(
                "Which training sets contain {wrong}, and which models, evaluations and deployments saw it"
            ),
            true => format!("Which models, evaluations and deployments saw {wrong}"),
        });
        if self.include_restored {
            text.push_str(", what is right again included");
        }
        if self.through_models {
            text.push_str(", also through what models labelled");
        }
        text + "?"
    }

    /// Returns the words of the command that asks the same at the same moment.
    fn command(&self, seq: &str, known_at: Option<&str>) -> Vec<String> {
        let mut words: Vec<String> = ["stemma", "trace"].map(str::to_owned).to_vec();
        words.extend(self.refs.iter().cloned());
        let mut option = |name: &str, value: Option<String>| {
            words.extend(value.map(|value| [name.to_owned(), value]).into_iter().flatten());
        };
        option("--commit", self.commit.map(|seq| seq.to_string()));
        option("--since", self.since.map(|seq| seq.to_string()));
        option("--as-of", Some(seq.to_owned()));
        option("--known-at", known_at.map(str::to_owned));
        option("--allow", self.allow.as_ref().map(|path| path.display().to_string()));
        match &self.store.remote.server {
            Some(url) => {
                option("--server", Some(without_login(url)));
                let file = self.store.remote.access.token_file.as_ref();
                option("--token-file", file.map(|path| path.display().to_string()));
            }
            None => option("--data", Some(self.store.directory.data.display().to_string())),
        }
        let flags = [
            ("--all", self.all),
            ("--include-restored", self.include_restored),
            ("--through-models", self.through_models),
            ("--models", self.models),
            ("--members", self.members),
            ("--json", self.json),
            ("--fail-if-affected", self.fail_if_affected),
        ];
        words.extend(flags.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| (*name).to_owned()));
        words.extend(self.reports.arguments());
        words
    }

    /// Returns the address of the server, or the path of the data directory.
    fn store_name(&self) -> String {
        match &self.store.remote.server {
            Some(url) => without_login(url),
            None => {
                let data = &self.store.directory.data;
                std::fs::canonicalize(data).unwrap_or_else(|_| data.clone()).display().to_string()
            }
        }
    }

    /// Returns true if nothing in the question is wrong, so that nothing can be affected.
    const fn is_about_nothing(&self, answer: &TraceAnswer) -> bool {
        !self.all && answer.asked.wrong_count == 0
    }

    /// Decides the exit code. What is affected is certain even if the answer or the question is
    /// incomplete.
    fn judge(&self, answer: &TraceAnswer, accepted: &Accepted<'_>) -> Result<()> {
        let sets = answer.rows.iter().filter(|row| !accepted.is_set_accepted(row)).count();
        let seen = answer.consumers.iter().filter(|row| !accepted.is_consumer_accepted(row)).count();
        if self.fail_if_affected && sets + seen > 0 {
            let excused = answer.rows.len() + answer.consumers.len() - sets - seen;
            let excused = if excused > 0 {
                format!("; accepted: {}", output::count(excused as u64))
            } else {
                String::new()
            };
            let seen = output::counted(seen as u64, "consumer");
            return Err(Failure::found(match self.models {
                true => format!("affected: {seen}{excused}"),
                false => {
                    format!(
                        "affected: {}, {seen}{excused}",
                        output::counted(sets as u64, "training set version")
                    )
                }
            }));
        }
        if let Some(reason) = &answer.incomplete {
            return Err(Failure::new(format!(
                "the answer is incomplete: the server stopped at its budget ({reason})"
            ))
            .hint("ask about fewer items at a time"));
        }
        if answer.asked.not_wrong_count > 0 || self.is_about_nothing(answer) {
            let what = if self.is_about_nothing(answer) { "nothing" } else { "not all" };
            let is_made = answer.asked.not_wrong.iter().any(NotWrongSubject::is_made_from_labels);
            return Err(Failure::new(format!("{what} that was asked about is wrong")).hint(match is_made {
                true => {
                    "REF names what may be wrong, and the answer what contains or saw it; `stemma trace --all` lists \
                     what is wrong in each training set, and what each model, evaluation and deployment saw"
                }
                false => {
                    "namespace/KIND/key asks about all wrong versions of an item, …#1 about its first version, --all \
                     about everything"
                }
            }));
        }
        Ok(())
    }
}

/// Returns a URL without a user and password.
fn without_login(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_holds_no_password() {
        for (url, shown) in [
            ("https://ada:secret@stemma.example.org/lineage", "https://stemma.example.org/lineage"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://stemma.example.org/a@b", "http://stemma.example.org/a@b"),
        ] {
            assert_eq!(without_login(url), shown);
        }
    }
}
