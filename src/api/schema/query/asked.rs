//! The judged input of a question: distinguishes "nothing holds it" from "it is not wrong".

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Object, OutputType, Result, SimpleObject, TypeName};

use super::Node;
use crate::api::engine::cost::DEFAULT_PAGE;
use crate::api::inputs::{Judged, NotWrong};
use crate::api::page::{Connection, Edge, PageInfo, ReadInfo, page_size};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::api::types::{Item, Statement, Version};

/// The input of a question, with the number of wrong versions in it.
#[derive(Clone)]
pub struct Asked {
    scope: Scope,
    /// `None` if the question was about everything that is wrong.
    wrong: Option<usize>,
    not_wrong: Arc<[NotWrong]>,
}

impl Asked {
    /// Returns the judged input of a question.
    pub(in crate::api) fn new(scope: Scope, judged: &Judged) -> Self {
        Self { scope, wrong: Some(judged.wrong), not_wrong: judged.not_wrong.as_slice().into() }
    }

    /// Returns the input of a question about everything that is wrong.
    pub(in crate::api) fn all(scope: Scope) -> Self {
        Self { scope, wrong: None, not_wrong: Arc::default() }
    }
}

/// The input of the question, judged by the statements up to `knowledgeAt`. It covers the complete
/// question, also in a part of the answer. An empty answer does not tell whether the input is
/// wrong: that is answered here.
#[Object]
impl Asked {
    /// The number of the given versions that are wrong, each counted once.
    async fn wrong_count(&self) -> i32 {
        let all = || self.scope.read(|at| at.all_wrong().count());
        int(self.wrong.unwrap_or_else(all))
    }

    /// The number of given objects that are not wrong.
    async fn not_wrong_count(&self) -> i32 {
        int(self.not_wrong.len())
    }

    /// The given objects that are not wrong, in the given order: versions; items without a wrong
    /// version; for a commit its statements that were withdrawn since. Empty if the question was
    /// about everything that is wrong.
    async fn not_wrong(
        &self,
        #[graphql(default_with = "PAGE", desc = "Returns the first n entries (default 50, maximum 1000).")]
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

/// A page of an answer about something wrong. The list is fixed at `info.seq`, and so are the pages
/// that its cursors lead to.
#[derive(SimpleObject, Clone)]
#[graphql(name_type)]
pub struct AnswerConnection<T: OutputType> {
    /// The entries of this page, with their cursors.
    pub edges: Vec<Edge<T>>,
    /// The entries of this page.
    pub nodes: Vec<T>,
    /// The position of the page in the list.
    pub page_info: PageInfo,
    /// The number of entries of the complete list.
    pub total_count: i32,
    /// The moment at which the list was read, and its completeness.
    pub info: ReadInfo,
    /// The input of the question, and the number of wrong versions in it.
    pub asked: Asked,
}

impl<T: OutputType> TypeName for AnswerConnection<T> {
    fn type_name() -> Cow<'static, str> {
        <Connection<T> as TypeName>::type_name()
    }
}

impl<T: OutputType> AnswerConnection<T> {
    /// Returns a page of an answer, with the input of the question.
    pub(in crate::api) fn new(page: Connection<T>, asked: Asked) -> Self {
        let Connection { edges, nodes, page_info, total_count, info } = page;
        Self { edges, nodes, page_info, total_count, info, asked }
    }
}
