//! Prints the affected training sets before and after the repair.

use serde::Deserialize;
use serde_json::json;

use super::data_set::ALL;
use super::load::Loaded;
use crate::cli::shared::affected::answer::{AffectedRow, TagName, TraceAnswer, TraceQuestion, WrongMember};
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

/// Prints the affected sets and models at the moment before the repair and now.
pub(super) async fn print(client: &Client, loaded: &Loaded) -> Result<()> {
    let before = read_at(client, Some(&MomentArg::Seq(loaded.reviewed))).await?;
    let wrong_before = all_wrong(client, &before).await?;
    // Later commits are about pictures.
    let now = read_at(client, Some(&MomentArg::Seq(loaded.repaired))).await?;
    let wrong_now = all_wrong(client, &now).await?;

    output::line("\nWhich training sets hold a label that was wrong?\n")?;
    output::line(format_args!(
        "BEFORE the refresh, as of seq {}: people have reviewed the labels",
        before.seq
    ))?;
    output::line(report::sets(wrong_before.rows.iter().map(SetLine::from)))?;
    output::line(format_args!(
        "\nAFTER the refresh, as of seq {}: the sets and models were made again",
        now.seq
    ))?;
    let mut lines: Vec<SetLine> = wrong_now.rows.iter().map(SetLine::from).collect();
    for set in &ALL {
        lines.extend(clean(client, &now, set.namespace, &wrong_now).await?);
    }
    // The sets in the order of the table above, their versions together.
    let place = |line: &SetLine| ALL.iter().position(|set| line.training_set.starts_with(set.namespace));
    lines.sort_by_key(|line| place(line).unwrap_or(ALL.len()));
    output::line(report::sets(lines))?;
    output::line("\nSome of the labels")?;
    output::line(examples(&wrong_before))
}

async fn all_wrong(client: &Client, read_at: &ReadAt) -> Result<TraceAnswer> {
    let question = TraceQuestion {
        wrong: json!({"all": {}}),
        known_at: None,
        include_restored: false,
        through_models: false,
        members: true,
    };
    let answer = ask::ask(client, read_at, &question).await?;
    match &answer.incomplete {
        None => Ok(answer),
        Some(reason) => Err(Failure::new(format!("the answer is incomplete ({reason})"))),
    }
}

/// Returns a line for the current version of a set if it contains nothing wrong.
async fn clean(
    client: &Client,
    read_at: &ReadAt,
    namespace: &str,
    wrong: &TraceAnswer,
) -> Result<Option<SetLine>> {
    let set = head(client, read_at, &format!("{namespace}/TRAINING_SET/test-set")).await?;
    let is_wrong = |row: &AffectedRow| row.training_set.id == set.version.id;
    if wrong.rows.iter().any(is_wrong) {
        return Ok(None);
    }
    let derived: Vec<NamedVersion> = set.derivatives.nodes.into_iter().map(|edge| edge.derived).collect();
    Ok(Some(SetLine {
        training_set: set.version.reference(),
        members: set.members.total_count,
        wrong: 0,
        at_least: false,
        itself: false,
        share: 0.0,
        built: "after the fix",
        fixed_in: report::none(),
        seen_by: report::consumers(&derived, set.derivatives.total_count),
        tags: report::tags(&set.tags),
    }))
}

#[derive(Deserialize)]
struct HeadData {
    at: HeadView,
}

#[derive(Deserialize)]
struct HeadView {
    resolve: HeadSet,
}

/// A training set version, affected or not.
#[derive(Deserialize)]
struct HeadSet {
    #[serde(flatten)]
    version: NamedVersion,
    tags: Vec<TagName>,
    members: Total,
    derivatives: Derivatives,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Total {
    total_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Derivatives {
    total_count: u64,
    nodes: Vec<DerivativeEdge>,
}

#[derive(Deserialize)]
struct DerivativeEdge {
    derived: NamedVersion,
}

async fn head(client: &Client, read_at: &ReadAt, reference: &str) -> Result<HeadSet> {
    let variables = json!({"seq": read_at.seq, "ref": reference});
    Ok(client.ask::<HeadData>(DOCUMENT, "Head", variables).await?.at.resolve)
}

fn examples(answer: &TraceAnswer) -> comfy_table::Table {
    let mut table = report::table(["label", "was", "is", "why"]);
    for row in &answer.rows {
        for (status, most) in EXAMPLES {
            let members = row.members.nodes.iter().filter(|member| member.status == status);
            table.add_rows(members.take(most).map(example));
        }
    }
    table
}

fn example(member: &WrongMember) -> [String; 4] {
    let name = |version: &NamedVersion| version.attributes["name"].as_str().unwrap_or("?").to_owned();
    let is = match &member.replacement {
        Some(replacement) if member.status == "STALE" => name(replacement),
        _ => member.status.to_lowercase(),
    };
    [member.wrong.reference(), name(&member.wrong), is, member.reason().to_owned()]
}
