//! The types of a question about affected training sets and of its answer.

use serde::Deserialize;
use serde_json::Value;

use crate::cli::shared::moment::MomentArg;
use crate::cli::shared::page::PageEnd;
use crate::cli::shared::version::{NamedItem, NamedVersion, VersionStatement};
use crate::domain::id::Seq;

/// A question about affected training sets.
pub(crate) struct TraceQuestion {
    /// The API's input `WrongInput`.
    pub wrong: Value,
    /// The moment up to which statements count; that of the view if absent.
    pub known_at: Option<MomentArg>,
    /// True to include what is right again.
    pub include_restored: bool,
    /// True to follow models.
    pub through_models: bool,
    /// What the answer lists.
    pub wanted: Wanted,
    /// The seq whose answer is subtracted: only what became affected after it is in the answer. The
    /// question is then about everything that is wrong, without other options.
    pub since: Option<Seq>,
}

/// The parts of an answer that are requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The affected training sets. Consumers are always requested.
    pub sets: bool,
    /// The wrong members of sets.
    pub members: bool,
    /// The wrong versions that each consumer saw, and the statements about all wrong versions.
    pub wrong: bool,
}

impl Wanted {
    /// The tables for people, without members.
    pub(crate) const TABLES: Self = Self { sets: true, members: false, wrong: false };
}

/// The complete answer.
#[derive(Debug, Default)]
pub(crate) struct TraceAnswer {
    /// One per affected training set version.
    pub rows: Vec<AffectedRow>,
    /// One per affected model, evaluation or deployment.
    pub consumers: Vec<Consumer>,
    /// The items and versions of the question.
    pub asked: QuestionSummary,
    /// The reason that the answer is incomplete; `None` if it is complete.
    pub incomplete: Option<String>,
}

/// An affected training set version.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AffectedRow {
    pub training_set: NamedVersion,
    pub is_head: bool,
    pub tags: Vec<TagName>,
    pub affected_count: u64,
    pub member_count: u64,
    pub affected_fraction: f64,
    pub by_split: Vec<AffectedSplit>,
    pub stale_at_build: bool,
    pub fixed_in: Option<NamedVersion>,
    pub consumers: SetConsumers,
    /// Empty if members were not requested.
    #[serde(default)]
    pub members: WrongMembers,
    /// The inexact numbers of a row that came in several parts.
    #[serde(skip)]
    pub bounds: AffectedBounds,
}

/// The numbers of a row that are bounds, because its parts do not determine them and the set alone
/// was not answered in one part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AffectedBounds {
    /// True if `affected_count` is a lower bound.
    pub affected: bool,
    /// True if `fixed_in` is the earliest possible version: the set may be fixed later.
    pub fixed: bool,
}

/// A tag.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TagName {
    pub name: String,
}

/// The number of affected members in one split.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AffectedSplit {
    pub split: String,
    pub affected_count: u64,
    pub member_count: u64,
}

/// The consumers of a set: their number and the first of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetConsumers {
    pub total_count: u64,
    pub nodes: Vec<NamedVersion>,
}

/// A page of wrong members.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WrongMembers {
    pub(super) page_info: PageEnd,
    pub nodes: Vec<WrongMember>,
}

/// A member through which something wrong is in a set.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct WrongMember {
    pub pinned: NamedVersion,
    pub wrong: NamedVersion,
    /// Absent only if a class list changed its meaning.
    pub statement: Option<VersionStatement>,
    pub replacement: Option<NamedVersion>,
    pub inclusion: String,
    pub status: String,
    pub split: String,
    pub path: Vec<PathStep>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CommitSeq {
    pub seq: String,
}

/// A version on the path from the wrong one to the member.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PathStep {
    pub id: String,
}

/// A model, an evaluation or a deployment that saw something wrong or is wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Consumer {
    pub consumer: NamedVersion,
    pub is_head: bool,
    pub tags: Vec<TagName>,
    pub inclusion: String,
    pub wrong_count: u64,
    pub stale_at_build: bool,
    pub fixed_in: Option<NamedVersion>,
    pub through: ThroughVersions,
    /// The wrong versions that it saw or is; empty if they were not requested.
    #[serde(default)]
    pub wrong: SeenVersions,
    /// The inexact numbers of a row that came in several parts.
    #[serde(skip)]
    pub bounds: ConsumerBounds,
}

/// The numbers of a consumer that are bounds, because its parts do not determine them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ConsumerBounds {
    /// True if the number of versions through which it is affected is a lower bound.
    pub through: bool,
    /// True if `fixed_in` is the earliest possible version: the consumer may be fixed later.
    pub fixed: bool,
}

/// The versions through which a consumer is affected: their number and the first of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThroughVersions {
    pub total_count: u64,
    pub nodes: Vec<NamedVersion>,
}

/// A page of the wrong versions that a consumer saw or is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SeenVersions {
    pub(super) page_info: PageEnd,
    pub nodes: Vec<SeenVersion>,
}

/// A wrong version that a consumer saw or is.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SeenVersion {
    #[serde(flatten)]
    pub version: NamedVersion,
    /// The head of its item, if that is another version.
    pub replacement: Option<NamedVersion>,
}

/// The subjects of the question, and how many of them are wrong.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuestionSummary {
    pub wrong_count: u64,
    pub not_wrong_count: u64,
    /// The first 1,000 of them.
    pub not_wrong: Vec<NotWrongSubject>,
}

/// Something that was asked about and is not wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "__typename")]
pub(crate) enum NotWrongSubject {
    Version(NamedVersion),
    Item(NamedItem),
    /// A statement that was withdrawn.
    Statement {
        place: u64,
        commit: CommitSeq,
        version: NamedVersion,
    },
}

impl NotWrongSubject {
    /// Returns true for training sets and for what is made from them: such a subject may contain or
    /// have seen something wrong without being wrong itself.
    pub(crate) fn is_made_from_labels(&self) -> bool {
        let item = match self {
            Self::Version(version) => &version.item,
            Self::Item(item) => item,
            Self::Statement { .. } => return false,
        };
        matches!(item.kind.as_str(), "TRAINING_SET" | "MODEL" | "EVALUATION" | "DEPLOYMENT")
    }

    /// Returns the name that the command line takes; a statement is followed by its version.
    pub(crate) fn reference(&self) -> String {
        match self {
            Self::Version(version) => version.reference(),
            Self::Item(NamedItem { namespace, kind, key }) => format!("{namespace}/{kind}/{key}"),
            Self::Statement { place, commit, version } => {
                format!("statement:{}.{place} ({})", commit.seq, version.reference())
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnswerInfo {
    complete: bool,
    incomplete_reason: Option<String>,
    /// The cursor of the next part of the answer.
    pub resume: Option<String>,
}

impl AnswerInfo {
    /// Returns the reason that the answer ends incomplete; `None` if it is complete or continues.
    pub(super) fn stopped(&self) -> Option<String> {
        let ends = !self.complete && self.resume.is_none();
        ends.then(|| self.incomplete_reason.clone().unwrap_or_else(|| "no reason given".to_owned()))
    }
}

impl WrongMember {
    /// Returns the reason of the statement; empty if there is none.
    pub(crate) fn reason(&self) -> &str {
        self.statement.as_ref().map_or("", |statement| statement.reason.as_str())
    }
}
