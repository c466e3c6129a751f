//! Requests the affected training sets, page by page at one seq, and joins the parts.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{AffectedBounds, AffectedRow, AnswerInfo, TraceAnswer, TraceQuestion, WrongMembers};
use super::parts::joined;
use super::{DOCUMENT, consumers};
use crate::cli::shared::client::Client;
use crate::cli::shared::failure::Result;
use crate::cli::shared::moment::{MomentArg, ReadAt};
use crate::cli::shared::page::PageEnd;

/// Training set versions per page.
const SETS: u32 = 20;
/// Wrong members per training set version.
const MEMBERS: u32 = 100;
/// Wrong members per page for the rest of a set: the maximum of the API.
const MORE_MEMBERS: u32 = 1_000;
/// The most versions that one question may name.
const MOST_VERSIONS: usize = 10_000;

#[derive(Deserialize)]
struct AffectedData {
    at: AffectedView,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AffectedView {
    affected_training_sets: AffectedPage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AffectedPage {
    info: AnswerInfo,
    page_info: PageEnd,
    edges: Vec<AffectedEdge>,
}

#[derive(Deserialize)]
struct AffectedEdge {
    cursor: String,
    node: AffectedRow,
}

/// Requests all pages of all parts and joins them. A set version may come in several parts, each
/// with other members.
pub(crate) async fn ask(client: &Client, read_at: &ReadAt, question: &TraceQuestion) -> Result<TraceAnswer> {
    let mut answer = TraceAnswer::default();
    if question.wanted.sets {
        sets(client, read_at, question, &mut answer).await?;
    }
    consumers::ask(client, read_at, question, &mut answer).await?;
    Ok(answer)
}

async fn sets(
    client: &Client,
    read_at: &ReadAt,
    question: &TraceQuestion,
    answer: &mut TraceAnswer,
) -> Result<()> {
    let mut asking = AffectedRequest { client, read_at, question, members: question.wanted.members };
    let mut after: Option<String> = None;
    loop {
        let page = asking.page(&question.wrong, SETS, after.as_deref(), None).await?;
        if page.info.resume.is_some() && !asking.members {
            // Parts can only be joined with their members.
            asking.members = true;
            (*answer, after) = (TraceAnswer::default(), None);
            continue;
        }
        answer.incomplete = page.info.stopped();
        for AffectedEdge { cursor, mut node } in page.edges {
            asking.rest_of_members(&mut node.members, after.as_deref()).await?;
            answer.rows.push(node);
            after = Some(cursor);
        }
        match page.page_info.next().or(page.info.resume) {
            Some(next) => after = Some(next),
            None => {
                answer.rows = joined(std::mem::take(&mut answer.rows));
                // The set alone has the numbers of all its rows, not only of the new ones.
                let is_bound = |row: &&mut AffectedRow| row.bounds != AffectedBounds::default();
                for row in answer.rows.iter_mut().filter(is_bound).filter(|_| question.since.is_none()) {
                    asking.ask_about(row).await;
                }
                return Ok(());
            }
        }
    }
}

struct AffectedRequest<'a> {
    client: &'a Client,
    read_at: &'a ReadAt,
    question: &'a TraceQuestion,
    members: bool,
}

impl AffectedRequest<'_> {
    async fn page(
        &self,
        wrong: &Value,
        first: u32,
        after: Option<&str>,
        members_after: Option<&str>,
    ) -> Result<AffectedPage> {
        let mut variables = json!({
            "seq": self.read_at.seq,
            "first": first,
            "after": after,
            "withMembers": self.members,
            "withWrong": self.question.wanted.wrong,
            "membersFirst": if members_after.is_some() { MORE_MEMBERS } else { MEMBERS },
            "membersAfter": members_after,
        });
        let operation = match self.question.since {
            Some(since) => {
                variables["since"] = json!(since.to_string());
                "Since"
            }
            None => {
                variables["wrong"] = wrong.clone();
                variables["includeRestored"] = json!(self.question.include_restored);
                variables["throughModels"] = json!(self.question.through_models);
                variables["knowledgeAt"] = json!(self.question.known_at.as_ref().map(MomentArg::to_input));
                "Affected"
            }
        };
        Ok(self.client.ask::<AffectedData>(DOCUMENT, operation, variables).await?.at.affected_training_sets)
    }

    /// Asks only about what is wrong in one set, and takes over its numbers if they come in one
    /// part.
    async fn ask_about(&self, row: &mut AffectedRow) {
        let members = row.members.nodes.iter();
        let wrong: BTreeSet<&str> = members.map(|member| member.wrong.id.as_str()).collect();
        if wrong.len() > MOST_VERSIONS {
            return;
        }
        let wrong = json!({ "versions": wrong });
        let mut after: Option<String> = None;
        loop {
            // If the question is too large, the numbers remain bounds.
            let Ok(page) = self.page(&wrong, SETS, after.as_deref(), None).await else { return };
            if page.info.resume.is_some() || page.info.stopped().is_some() {
                return;
            }
            let mut nodes = page.edges.into_iter().map(|edge| edge.node);
            if let Some(found) = nodes.find(|found| found.training_set.id == row.training_set.id) {
                *row = AffectedRow { members: std::mem::take(&mut row.members), ..found };
                return;
            }
            after = page.page_info.next();
            if after.is_none() {
                return;
            }
        }
    }

    /// Requests the set after the cursor `before` until all of its members are there.
    async fn rest_of_members(&self, members: &mut WrongMembers, before: Option<&str>) -> Result<()> {
        while let Some(next) = members.page_info.next() {
            let page = self.page(&self.question.wrong, 1, before, Some(&next)).await?;
            let Some(AffectedEdge { node, .. }) = page.edges.into_iter().next() else { break };
            members.page_info = node.members.page_info;
            members.nodes.extend(node.members.nodes);
        }
        Ok(())
    }
}
