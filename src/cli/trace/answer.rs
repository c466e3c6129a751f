//! Requests the affected training sets, page by page at one seq, and joins the parts.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::DOCUMENT;
use super::consumers::{self, Asked, Consumer};
use super::parts::joined;
use crate::cli::shared::client::Client;
use crate::cli::shared::failure::Result;
use crate::cli::shared::moment::{Moment, ReadAt};

/// Training set versions per page.
const SETS: u32 = 20;
/// Wrong members per training set version.
const MEMBERS: u32 = 100;
/// Wrong members per page for the rest of a set: the maximum of the API.
const MORE_MEMBERS: u32 = 1_000;
/// The most versions that one question may name.
const MOST_VERSIONS: usize = 10_000;

/// A question about affected training sets.
pub(in crate::cli) struct Question {
    /// The API's input `WrongInput`.
    pub wrong: Value,
    /// The moment up to which statements count; that of the view if absent.
    pub known_at: Option<Moment>,
    /// True to include what is right again.
    pub include_restored: bool,
    /// True to follow models.
    pub through_models: bool,
    /// True to request the wrong members.
    pub members: bool,
}

/// The complete answer.
#[derive(Debug, Default)]
pub(in crate::cli) struct Answer {
    /// One per affected training set version.
    pub rows: Vec<Row>,
    /// One per affected model, evaluation or deployment.
    pub consumers: Vec<Consumer>,
    /// The items and versions of the question.
    pub asked: Asked,
    /// The reason that the answer is incomplete; `None` if it is complete.
    pub incomplete: Option<String>,
}

/// An affected training set version.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Row {
    pub training_set: Version,
    pub is_head: bool,
    pub tags: Vec<Tag>,
    pub affected_count: u64,
    pub member_count: u64,
    pub affected_fraction: f64,
    pub by_split: Vec<SplitCount>,
    pub stale_at_build: bool,
    pub fixed_in: Option<Version>,
    pub consumers: Consumers,
    /// Empty if members were not requested.
    #[serde(default)]
    pub members: Members,
    /// The inexact numbers of a row that came in several parts.
    #[serde(skip)]
    pub bounds: Bounds,
}

/// The numbers of a row that are bounds, because its parts do not determine them and the set alone
/// was not answered in one part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::cli) struct Bounds {
    /// True if `affected_count` is a lower bound.
    pub affected: bool,
    /// True if `fixed_in` is the earliest possible version: the set may be fixed later.
    pub fixed: bool,
}

/// A version with its item and attributes.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct Version {
    pub id: String,
    pub number: u64,
    pub item: Item,
    #[serde(default)]
    pub attributes: Value,
    /// True if it is known to be wrong; false if that was not requested.
    #[serde(default)]
    pub wrong: bool,
}

/// An item's identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Item {
    pub namespace: String,
    pub kind: String,
    pub key: String,
}

/// A tag.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct Tag {
    pub name: String,
}

/// The number of affected members in one split.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct SplitCount {
    pub split: String,
    pub affected_count: u64,
    pub member_count: u64,
}

/// The consumers of a set: their number and the first of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Consumers {
    pub total_count: u64,
    pub nodes: Vec<Version>,
}

/// A page of wrong members.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Members {
    page_info: PageInfo,
    pub nodes: Vec<Member>,
}

/// A member through which something wrong is in a set.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct Member {
    pub pinned: Version,
    pub wrong: Version,
    /// Absent only if a class list changed its meaning.
    pub statement: Option<Statement>,
    pub replacement: Option<Version>,
    pub inclusion: String,
    pub status: String,
    pub split: String,
    pub path: Vec<PathStep>,
}

/// The statement that makes a version wrong.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct Statement {
    place: u32,
    commit: CommitSeq,
    pub kind: String,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct CommitSeq {
    pub seq: String,
}

impl Statement {
    /// Returns the id of the statement without a moment.
    pub(in crate::cli) fn id(&self) -> String {
        format!("statement:{}.{}", self.commit.seq, self.place)
    }
}

/// A version on the path from the wrong one to the member.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct PathStep {
    pub id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    pub(super) fn next(&self) -> Option<String> {
        self.end_cursor.clone().filter(|_| self.has_next_page)
    }
}

#[derive(Deserialize)]
struct Data {
    at: At,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct At {
    affected_training_sets: Page,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    info: Info,
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Info {
    complete: bool,
    incomplete_reason: Option<String>,
    /// The cursor of the next part of the answer.
    pub resume: Option<String>,
}

impl Info {
    /// Returns the reason that the answer ends incomplete; `None` if it is complete or continues.
    pub(super) fn stopped(&self) -> Option<String> {
        let ends = !self.complete && self.resume.is_none();
        ends.then(|| self.incomplete_reason.clone().unwrap_or_else(|| "no reason given".to_owned()))
    }
}

#[derive(Deserialize)]
struct Edge {
    cursor: String,
    node: Row,
}

impl Member {
    /// Returns the reason of the statement; empty if there is none.
    pub(in crate::cli) fn reason(&self) -> &str {
        self.statement.as_ref().map_or("", |statement| statement.reason.as_str())
    }
}

impl Version {
    /// Returns `namespace/KIND/key#number`, as the command line takes it.
    pub(in crate::cli) fn reference(&self) -> String {
        format!("{}/{}/{}#{}", self.item.namespace, self.item.kind, self.item.key, self.number)
    }
}

/// Requests all pages of all parts and joins them. A set version may come in several parts, each
/// with other members.
pub(in crate::cli) async fn ask(client: &Client, read_at: &ReadAt, question: &Question) -> Result<Answer> {
    let mut asking = Asking { client, read_at, question, members: question.members };
    let mut answer = Answer::default();
    let mut after: Option<String> = None;
    loop {
        let page = asking.page(&question.wrong, SETS, after.as_deref(), None).await?;
        if page.info.resume.is_some() && !asking.members {
            // Parts can only be joined with their members.
            asking.members = true;
            (answer, after) = (Answer::default(), None);
            continue;
        }
        answer.incomplete = page.info.stopped();
        for Edge { cursor, mut node } in page.edges {
            asking.rest_of_members(&mut node.members, after.as_deref()).await?;
            answer.rows.push(node);
            after = Some(cursor);
        }
        match page.page_info.next().or(page.info.resume) {
            Some(next) => after = Some(next),
            None => {
                answer.rows = joined(answer.rows);
                for row in answer.rows.iter_mut().filter(|row| row.bounds != Bounds::default()) {
                    asking.ask_about(row).await;
                }
                consumers::ask(client, read_at, question, &mut answer).await?;
                return Ok(answer);
            }
        }
    }
}

struct Asking<'a> {
    client: &'a Client,
    read_at: &'a ReadAt,
    question: &'a Question,
    members: bool,
}

impl Asking<'_> {
    async fn page(
        &self,
        wrong: &Value,
        first: u32,
        after: Option<&str>,
        members_after: Option<&str>,
    ) -> Result<Page> {
        let variables = json!({
            "seq": self.read_at.seq,
            "wrong": wrong,
            "includeRestored": self.question.include_restored,
            "throughModels": self.question.through_models,
            "knowledgeAt": self.question.known_at.as_ref().map(Moment::to_input),
            "first": first,
            "after": after,
            "withMembers": self.members,
            "membersFirst": if members_after.is_some() { MORE_MEMBERS } else { MEMBERS },
            "membersAfter": members_after,
        });
        Ok(self.client.ask::<Data>(DOCUMENT, "Affected", variables).await?.at.affected_training_sets)
    }

    /// Asks only about what is wrong in one set, and takes over its numbers if they come in one
    /// part.
    async fn ask_about(&self, row: &mut Row) {
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
                *row = Row { members: std::mem::take(&mut row.members), ..found };
                return;
            }
            after = page.page_info.next();
            if after.is_none() {
                return;
            }
        }
    }

    /// Requests the set after the cursor `before` until all of its members are there.
    async fn rest_of_members(&self, members: &mut Members, before: Option<&str>) -> Result<()> {
        while let Some(next) = members.page_info.next() {
            let page = self.page(&self.question.wrong, 1, before, Some(&next)).await?;
            let Some(Edge { node, .. }) = page.edges.into_iter().next() else { break };
            members.page_info = node.members.page_info;
            members.nodes.extend(node.members.nodes);
        }
        Ok(())
    }
}
