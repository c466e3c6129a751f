//! What a question about something wrong was about: so that "nothing holds it" and "it is not wrong" are two answers.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Object, OutputType, Result, SimpleObject};

use super::super::{AffectedConsumer, AffectedTrainingSet, Item, Node, Statement, Version};
use crate::api::engine::cost::DEFAULT_PAGE;
use crate::api::page::{Connection, Edge, PageInfo, ReadInfo, page_size};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::index::statements::Said;

/// Something that was asked about and is not wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWrong {
    /// A version.
    Version(VersionNo),
    /// An item none of whose versions is wrong.
    Item(ItemNo),
    /// A statement that was withdrawn.
    Statement(Said),
}

/// What was asked about, and how much of it is wrong.
#[derive(Clone)]
pub struct Asked {
    scope: Scope,
    /// `None` if all that is wrong was asked about.
    wrong: Option<usize>,
    not_wrong: Arc<[NotWrong]>,
}

impl Asked {
    /// A question about so many wrong versions, and about these things; repetitions are taken out.
    pub(in crate::api) fn new(scope: Scope, wrong: usize, mut not_wrong: Vec<NotWrong>) -> Self {
        let mut seen = HashSet::new();
        not_wrong.retain(|thing| match thing {
            NotWrong::Version(version) => seen.insert(version.0),
            NotWrong::Item(item) => seen.insert(item.0),
            NotWrong::Statement(_) => true,
        });
        Self { scope, wrong: Some(wrong), not_wrong: not_wrong.into() }
    }

    /// A question about everything that is wrong.
    pub(in crate::api) fn all(scope: Scope) -> Self {
        Self { scope, wrong: None, not_wrong: Arc::default() }
    }
}

/// What was asked about, judged by what was known at `knowledgeAt`. It is about the whole question, also in a part of the
/// answer. "Nothing holds it" is an answer about something wrong alone: look here whether what was asked about is.
#[Object]
impl Asked {
    /// How many of the versions asked about are wrong, each counted once.
    async fn wrong_count(&self) -> i32 {
        let all = || self.scope.read(|at| at.all_wrong().count());
        int(self.wrong.unwrap_or_else(all))
    }

    /// How many things were asked about that are not wrong.
    async fn not_wrong_count(&self) -> i32 {
        int(self.not_wrong.len())
    }

    /// What was asked about and is not wrong, in the order in which it was named: versions; items without a wrong version;
    /// for a commit its statements that were withdrawn since. Empty if everything that is wrong was asked about.
    async fn not_wrong(
        &self,
        #[graphql(default_with = "PAGE", desc = "Returns the first n of them (default 50, maximum 1000).")]
        first: i32,
    ) -> Result<Vec<Node>> {
        let first = page_size("first", first)?;
        let scope = || self.scope.clone();
        let node = |thing: &NotWrong| match *thing {
            NotWrong::Version(version) => Version::new(scope(), version).into(),
            NotWrong::Item(item) => Item::new(scope(), item).into(),
            NotWrong::Statement(said) => Statement::new(scope(), said).into(),
        };
        Ok(self.not_wrong.iter().take(first).map(node).collect())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
const PAGE: i32 = DEFAULT_PAGE as i32;

/// A page of an answer about something wrong. The list is fixed at `info.seq`, and so are the pages that its cursors lead
/// to.
#[derive(SimpleObject, Clone)]
#[graphql(
    concrete(name = "AffectedTrainingSetConnection", params(AffectedTrainingSet)),
    concrete(name = "AffectedConsumerConnection", params(AffectedConsumer))
)]
pub struct AnswerConnection<T: OutputType>
where
    Edge<T>: OutputType,
{
    /// The entries of this page, with their cursors.
    pub edges: Vec<Edge<T>>,
    /// The entries of this page.
    pub nodes: Vec<T>,
    /// Where the page stands in the list.
    pub page_info: PageInfo,
    /// How many entries the whole list has.
    pub total_count: i32,
    /// What the list was read at, and whether it is whole.
    pub info: ReadInfo,
    /// What was asked about, and whether it is wrong.
    pub asked: Asked,
}

impl<T: OutputType> AnswerConnection<T>
where
    Edge<T>: OutputType,
{
    /// A page of an answer to what was asked.
    pub(in crate::api) fn new(page: Connection<T>, asked: Asked) -> Self {
        let Connection { edges, nodes, page_info, total_count, info } = page;
        Self { edges, nodes, page_info, total_count, info, asked }
    }
}
