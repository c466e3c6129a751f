//! `stemma trace`: finds the training sets that are affected by something wrong.
//!
//! A GraphQL client of a data directory or a running server; its operations are in
//! `shared/affected/affected.graphql`.

mod wrong;

use clap::{ArgGroup, Args};

use super::shared::affected::answer::{NotWrongSubject, TraceAnswer, TraceQuestion};
use super::shared::affected::{ask, report};
use super::shared::client::Client;
use super::shared::failure::{Failure, Result};
use super::shared::moment::{self, MomentArg, ReadAt};
use super::shared::output;
use super::shared::store::runtime;
use super::shared::store_options::StoreOptions;

/// The most subjects that are listed as not wrong.
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
    /// Show every wrong member, not only the training sets
    #[arg(long)]
    members: bool,
    /// Answer with one JSON object, members included
    #[arg(long)]
    json: bool,
    /// Exit with 1 if any training set, model, evaluation or deployment is affected
    #[arg(long)]
    fail_if_affected: bool,
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
  stemma trace --all --fail-if-affected --server https://stemma.example.org \\
               --token-file token

With --server it asks a running server. Without, it reads the data directory, which no server \
may have open.

Exit codes: 0 the question was answered; 1 with --fail-if-affected, something is affected; 2 \
called wrongly; 3 there is no complete answer, or something that was asked about is not wrong, \
so that nothing can be affected by it.";

impl Trace {
    pub(super) fn run(self) -> Result<()> {
        // Exit code 1 means that something is affected, so a failure has another code.
        self.trace().map_err(Failure::unanswered)
    }

    fn trace(self) -> Result<()> {
        runtime()?.block_on(self.store.read(async |store| self.ask(&store.client()?).await))
    }

    async fn ask(&self, client: &Client) -> Result<()> {
        let read_at = moment::read_at(client, self.as_of.as_ref()).await?;
        if let Some(known_at) = &self.known_at {
            // Refuses a time before the first commit, at which nothing is known to be wrong.
            moment::read_at(client, Some(known_at)).await?;
        }
        let question = TraceQuestion {
            wrong: wrong::asked(client, &read_at, &self.refs, self.commit).await?,
            known_at: self.known_at.clone(),
            include_restored: self.include_restored,
            through_models: self.through_models,
            members: self.json || self.members,
        };
        let answer = ask::ask(client, &read_at, &question).await?;
        self.show(&read_at, &answer)?;
        self.judge(&answer)
    }

    fn show(&self, read_at: &ReadAt, answer: &TraceAnswer) -> Result<()> {
        if self.json {
            return output::line(report::json(read_at, answer));
        }
        let moment = format!("as of seq {} ({})", read_at.seq, read_at.time);
        if let Some(said) = self.not_wrong(answer) {
            output::line(format_args!("{said}, {moment}."))?;
        }
        if self.is_about_nothing(answer) {
            return Ok(());
        }
        if answer.rows.is_empty() && answer.consumers.is_empty() {
            let what = if answer.asked.wrong_count == 0 { "Nothing is wrong" } else { "Nothing is affected" };
            return output::line(format_args!(
                "{what}: no training set, model, evaluation or deployment, {moment}."
            ));
        }
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
        output::line(match answer.rows.len() {
            0 => format!("No training set is affected, {moment}."),
            sets => {
                format!("{}, {moment}.{hint}", output::counted(sets as u64, "affected training set version"))
            }
        })?;
        if answer.consumers.is_empty() {
            return output::line("No model, evaluation or deployment saw any of it.");
        }
        output::line(report::consumers_table(&answer.consumers))?;
        output::line(match answer.consumers.len() {
            1 => "1 consumer (model, evaluation or deployment) saw something wrong or is wrong.".to_owned(),
            more => format!(
                "{} consumers (models, evaluations, deployments) saw something wrong or are wrong.",
                output::count(more as u64)
            ),
        })
    }

    /// Returns true if nothing in the question is wrong, so that nothing can be affected.
    const fn is_about_nothing(&self, answer: &TraceAnswer) -> bool {
        !self.all && answer.asked.wrong_count == 0
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

    /// Decides the exit code. What is affected is certain even if the answer or the question is
    /// incomplete.
    fn judge(&self, answer: &TraceAnswer) -> Result<()> {
        if self.fail_if_affected && !(answer.rows.is_empty() && answer.consumers.is_empty()) {
            return Err(Failure::found(format!(
                "affected: {}, {}",
                output::counted(answer.rows.len() as u64, "training set version"),
                output::counted(answer.consumers.len() as u64, "consumer")
            )));
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
