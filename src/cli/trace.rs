//! `stemma trace`: the question this server exists for, asked from a terminal or an audit script.
//!
//! A GraphQL client: `trace.graphql` is all it asks, of a data directory or of a running server.

pub(super) mod answer;
pub(super) mod moment;
pub(super) mod report;
mod parts;
mod wrong;

use clap::{ArgGroup, Args};

use self::answer::{Answer, Question};
use self::moment::{Moment, ReadAt};
use super::client::Client;
use super::failure::{Failure, Result};
use super::out;
use super::store::{Store, runtime};
use crate::config::{self, Directory, Remote};

/// Everything that is asked.
const DOCUMENT: &str = include_str!("trace.graphql");

/// Find the training sets that hold something wrong
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("which").required(true).args(["refs", "all", "commit"]))]
pub(super) struct Trace {
    /// Items (namespace/KIND/key) or versions (…/key#2, …/key@tag, version:<hex>, or the start of an id) to ask about
    #[arg(value_name = "REF")]
    refs: Vec<String>,
    /// Ask about everything that is wrong
    #[arg(long)]
    all: bool,
    /// Ask about what one commit, such as a campaign of reviews, corrected or retracted
    #[arg(long, value_name = "SEQ")]
    commit: Option<u64>,
    /// Read at an earlier moment: a seq, a date or a time (RFC 3339)
    #[arg(long, value_name = "SEQ|TIME")]
    as_of: Option<Moment>,
    /// Judge by what was known at another moment than the one read at
    #[arg(long, value_name = "SEQ|TIME")]
    known_at: Option<Moment>,
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
    /// Exit with 1 where any training set is affected
    #[arg(long)]
    fail_if_affected: bool,
    #[command(flatten)]
    directory: Directory,
    #[command(flatten)]
    remote: Remote,
}

const EXAMPLES: &str = "\
Examples:
  stemma trace --all --data ./stemma-demo
  stemma trace mnist/LABEL/test/00947 --members
  stemma trace --commit 25 --as-of 25    what a campaign found, before anything was repaired
  stemma trace --all --as-of 2026-03-01 --known-at 2026-06-01
  stemma trace --all --json | jq '.rows[].trainingSet.ref'
  stemma trace --all --fail-if-affected --server https://stemma.example.org --token-file token

With --server a running server is asked. Without, the data directory is, and no server may have it
open then.";

impl Trace {
    pub(super) fn run(self) -> Result<()> {
        runtime()?.block_on(async {
            if let Some(url) = &self.remote.server {
                let client = Client::remote(url, config::token(&self.remote.access)?)?;
                return self.ask(&client).await;
            }
            let store = Store::read_existing(&self.directory).await?;
            let asked = self.ask(&Client::Local(store.api()?)).await;
            store.close().await?;
            asked
        })
    }

    async fn ask(&self, client: &Client) -> Result<()> {
        let read_at = moment::read_at(client, self.as_of.as_ref()).await?;
        let question = Question {
            wrong: wrong::asked(client, &read_at, &self.refs, self.commit).await?,
            known_at: self.known_at.clone(),
            include_restored: self.include_restored,
            through_models: self.through_models,
            members: self.json || self.members,
        };
        let answer = answer::ask(client, &read_at, &question).await?;
        self.show(&read_at, &answer)?;
        self.judge(&answer)
    }

    fn show(&self, read_at: &ReadAt, answer: &Answer) -> Result<()> {
        if self.json {
            return out::line(report::json(read_at, answer));
        }
        if answer.rows.is_empty() {
            return out::line(format_args!(
                "No training set is affected, as of seq {} ({}).",
                read_at.seq, read_at.time
            ));
        }
        out::line(report::sets(answer.rows.iter().map(report::Line::from)))?;
        if self.members {
            for row in &answer.rows {
                out::line(format_args!("\n{}", row.training_set.reference()))?;
                out::line(report::members(&row.members))?;
            }
        }
        out::line(format_args!(
            "{}, as of seq {} ({}).{}",
            out::counted(answer.rows.len() as u64, "affected version"),
            read_at.seq,
            read_at.time,
            if self.members { "" } else { " The wrong members: --members" }
        ))
    }

    /// The exit code: an answer that is not whole is a failure, and so is an affected set where that was asked for.
    fn judge(&self, answer: &Answer) -> Result<()> {
        if let Some(reason) = &answer.incomplete {
            return Err(Failure::new(format!(
                "the answer is not whole: the server stopped at its budget ({reason})"
            ))
            .hint("ask about fewer items at a time"));
        }
        if self.fail_if_affected && !answer.rows.is_empty() {
            return Err(Failure::new(format!(
                "affected: {}",
                out::counted(answer.rows.len() as u64, "training set version")
            )));
        }
        Ok(())
    }
}
