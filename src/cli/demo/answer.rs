//! Prints the affected training sets before and after the repair.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::commits::Loaded;
use crate::cli::shared::affected::answer::{
    AffectedRow, TagName, TraceAnswer, TraceQuestion, Wanted, WrongMember,
};
use crate::cli::shared::affected::ask;
use crate::cli::shared::affected::report::{self, SetLine};
use crate::cli::shared::client::Client;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::moment::{MomentArg, ReadAt, read_at};
use crate::cli::shared::output;
use crate::cli::shared::version::NamedVersion;

const DOCUMENT: &str = include_str!("answer.graphql");

/// The corrected and retracted labels that are shown of each set.
const EXAMPLES: [(&str, usize); 2] = [("STALE", 3), ("RETRACTED", 1)];

/// How the answer of a demo is printed.
pub(super) struct DemoAnswer {
    /// The references of the training sets, in the order of the tables.
    pub sets: &'static [&'static str],
    /// What happened before the first table.
    pub reviewed: &'static str,
    /// What happened before the second one.
    pub repaired: &'static str,
    /// Describes a label by its attributes.
    pub look: fn(&NamedVersion) -> String,
    /// Returns paths of pages to look at, with what they show.
    pub pages: fn(&Loaded) -> Vec<(String, &'static str)>,
}

/// Prints the affected sets and models at the moment before the repair and now.
pub(super) async fn print(client: &Client, loaded: &Loaded, demo: &DemoAnswer) -> Result<()> {
    let before = read_at(client, Some(&MomentArg::Seq(loaded.reviewed))).await?;
    let wrong_before = all_wrong(client, &before).await?;
    // Later commits are about other things.
    let now = read_at(client, Some(&MomentArg::Seq(loaded.repaired))).await?;
    let wrong_now = all_wrong(client, &now).await?;

    output::line("\nWhich training sets hold a label that was wrong?\n")?;
    output::line(format_args!("BEFORE the refresh, as of seq {}: {}", before.seq, demo.reviewed))?;
    output::line(report::sets(wrong_before.rows.iter().map(SetLine::from)))?;
    output::line(format_args!("\nAFTER the refresh, as of seq {}: {}", now.seq, demo.repaired))?;
    let mut lines: Vec<SetLine> = wrong_now.rows.iter().map(SetLine::from).collect();
    for set in demo.sets {
        lines.extend(clean(client, &now, set, &wrong_now).await?);
    }
    // The sets in the order of the table above, their versions together.
    let place = |line: &SetLine| demo.sets.iter().position(|set| line.training_set.starts_with(set));
    lines.sort_by_key(|line| place(line).unwrap_or(demo.sets.len()));
    output::line(report::sets(lines))?;
    output::line("\nSome of the labels")?;
    output::line(examples(&wrong_before, demo.look))
}

async fn all_wrong(client: &Client, read_at: &ReadAt) -> Result<TraceAnswer> {
    let question = TraceQuestion {
        wrong: json!({"all": {}}),
        known_at: None,
        include_restored: false,
        through_models: false,
        wanted: Wanted { members: true, ..Wanted::TABLES },
        since: None,
    };
    let answer = ask::ask(client, read_at, &question).await?;
    match &answer.incomplete {
        None => Ok(answer),
        Some(reason) => Err(Failure::new(format!("the answer is incomplete ({reason})"))),
    }
}

/// Returns a line for the current version of a set if it contains nothing wrong.
async fn clean(client: &Client, read_at: &ReadAt, set: &str, wrong: &TraceAnswer) -> Result<Option<SetLine>> {
    let HeadView { resolve: set, lineage: consumers } = head(client, read_at, set).await?;
    let is_wrong = |row: &AffectedRow| row.training_set.id == set.version.id;
    if wrong.rows.iter().any(is_wrong) {
        return Ok(None);
    }
    Ok(Some(SetLine {
        training_set: set.version.reference(),
        members: set.members.total_count,
        wrong: 0,
        at_least: false,
        itself: false,
        share: 0.0,
        built: "after the fix",
        fixed_in: report::none(),
        seen_by: report::consumers(&consumers.nodes, consumers.total_count),
        tags: report::tags(&set.tags),
    }))
}

#[derive(Deserialize)]
struct HeadData {
    at: HeadView,
}

/// The current version of a training set, and the models, evaluations and deployments of it.
#[derive(Deserialize)]
struct HeadView {
    resolve: HeadSet,
    lineage: HeadConsumers,
}

/// A training set version, affected or not.
#[derive(Deserialize)]
struct HeadSet {
    #[serde(flatten)]
    version: NamedVersion,
    tags: Vec<TagName>,
    members: Total,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Total {
    total_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadConsumers {
    total_count: u64,
    nodes: Vec<NamedVersion>,
}

async fn head(client: &Client, read_at: &ReadAt, reference: &str) -> Result<HeadView> {
    let variables = json!({"seq": read_at.seq, "ref": reference, "set": reference});
    Ok(client.ask::<HeadData>(DOCUMENT, "Head", variables).await?.at)
}

fn examples(answer: &TraceAnswer, look: fn(&NamedVersion) -> String) -> comfy_table::Table {
    let mut table = report::table(["label", "was", "is", "why"]);
    // Sets have labels in common.
    let mut shown = BTreeSet::new();
    for row in &answer.rows {
        for (status, most) in EXAMPLES {
            let members = row.members.nodes.iter().filter(|member| member.status == status);
            let new = members.filter(|member| shown.insert(member.wrong.id.as_str()));
            table.add_rows(new.take(most).map(|member| example(member, look)));
        }
    }
    table
}

fn example(member: &WrongMember, look: fn(&NamedVersion) -> String) -> [String; 4] {
    let is = match &member.replacement {
        Some(replacement) if member.status == "STALE" => look(replacement),
        _ => member.status.to_lowercase(),
    };
    [member.wrong.reference(), look(&member.wrong), is, member.reason().to_owned()]
}
