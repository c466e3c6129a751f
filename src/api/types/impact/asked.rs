//! What a question about something wrong was about: so that "nothing holds it" and "it is not wrong" are two answers.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Object, OutputType, Result, SimpleObject, TypeName};

use super::super::{Item, Node, Statement, Version};
use crate::api::engine::cost::DEFAULT_PAGE;
use crate::api::inputs::{Judged, NotWrong};
use crate::api::page::{Connection, Edge, PageInfo, ReadInfo, page_size};
use crate::api::scalars::int;
use crate::api::scope::Scope;

/// What was asked about, and how much of it is wrong.
#[derive(Clone)]
pub struct Asked {
    scope: Scope,
    /// `None` if all that is wrong was asked about.
    wrong: Option<usize>,
    not_wrong: Arc<[NotWrong]>,
}

impl Asked {
    /// A question as the input judged it.
    pub(in crate::api) fn new(scope: Scope, judged: &Judged) -> Self {
        Self { scope, wrong: Some(judged.wrong), not_wrong: judged.not_wrong.as_slice().into() }
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
#[graphql(name_type)]
pub struct AnswerConnection<T: OutputType> {
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

impl<T: OutputType> TypeName for AnswerConnection<T> {
    fn type_name() -> Cow<'static, str> {
        <Connection<T> as TypeName>::type_name()
    }
}

impl<T: OutputType> AnswerConnection<T> {
    /// A page of an answer to what was asked.
    pub(in crate::api) fn new(page: Connection<T>, asked: Asked) -> Self {
        let Connection { edges, nodes, page_info, total_count, info } = page;
        Self { edges, nodes, page_info, total_count, info, asked }
    }
}
