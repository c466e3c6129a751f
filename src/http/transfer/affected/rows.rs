//! The rows of the main question, requested page by page as a client would.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::web;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::table::AffectedTable;
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::domain::principal::Principal;
use crate::http::identity::callers::HttpCaller;
use crate::http::state::HttpState;

const DOCUMENT: &str = include_str!("question.graphql");

/// Rows per page, and set versions per page of their members.
const ROWS: u32 = 100;
const SETS: u32 = 10;
/// Members, or versions through which something was seen, per page.
const INNER: u32 = 100;

/// The rows of a question. One page of them is in memory.
pub(super) struct AffectedRows {
    shared: web::Data<HttpState>,
    caller: (Principal, Arc<HttpCaller>),
    table: AffectedTable,
    /// The variables that all pages share.
    question: Map<String, Value>,
    /// The rest of the current page, and the cursor before its first row.
    page: VecDeque<AffectedEdge>,
    before: Option<String>,
    /// The row of which more is requested.
    open: Option<AffectedEdge>,
    /// The cursor after which the next page begins; `None` after the last one.
    next: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    data: Option<AnswerData>,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct AnswerData {
    at: AnswerMoment,
}

#[derive(Deserialize)]
struct AnswerMoment {
    affected: Option<AffectedPage>,
}

#[derive(Deserialize)]
struct AnswerError {
    message: String,
    extensions: AnswerCodes,
}

#[derive(Deserialize)]
struct AnswerCodes {
    code: String,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AffectedPage {
    info: AffectedInfo,
    asked: AskedCounts,
    page_info: PageEnd,
    edges: VecDeque<AffectedEdge>,
}

#[derive(Deserialize)]
struct AffectedInfo {
    complete: bool,
    resume: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AskedCounts {
    wrong_count: u64,
    not_wrong_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageEnd {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageEnd {
    fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

#[derive(Deserialize)]
struct AffectedEdge {
    cursor: String,
    node: Value,
}

impl AffectedEdge {
    /// Returns the cursor after which the rest of the row begins.
    fn rest(&self) -> Option<String> {
        PageEnd::deserialize(&self.node["inner"]["pageInfo"]).ok()?.next()
    }
}

impl AffectedRows {
    /// Begins with the first page.
    ///
    /// # Errors
    /// The failure of its query; `LIMIT_EXCEEDED` if a table that counts needs an answer in one
    /// part; `BAD_USER_INPUT` if the question names things of which none is wrong.
    pub(super) async fn begin(
        shared: web::Data<HttpState>,
        caller: (Principal, Arc<HttpCaller>),
        table: AffectedTable,
        question: Map<String, Value>,
    ) -> Result<Self, Failure> {
        let (page, before, open, next) = (VecDeque::new(), None, None, None);
        let mut rows = Self { shared, caller, table, question, page, before, open, next };
        let first = rows.ask(rows.first(), None, None).await?;
        let AskedCounts { wrong_count, not_wrong_count } = first.asked;
        if wrong_count == 0 && not_wrong_count > 0 {
            let message = format!(
                "nothing that `wrong` names is wrong at this moment ({not_wrong_count} things are not), so no row could say \
                 that it is affected: name wrong versions as `namespace/KIND/key#1`, or items without `#`"
            );
            return Err(Failure::new(Code::BadUserInput, message));
        }
        rows.take(first)?;
        Ok(rows)
    }

    /// Returns the next lines; `None` after the last ones.
    pub(super) async fn lines(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut out = Vec::new();
        while out.is_empty() {
            if let Some(edge) = self.open.take() {
                self.continue_row(edge, &mut out).await?;
            } else if let Some(edge) = self.page.pop_front() {
                self.row(edge, &mut out);
            } else if let Some(next) = self.next.take() {
                let page = self.ask(self.first(), Some(&next), None).await?;
                self.before = Some(next);
                self.take(page)?;
            } else {
                return Ok(None);
            }
        }
        Ok(Some(out))
    }

    const fn first(&self) -> u32 {
        if matches!(self.table, AffectedTable::Members) { SETS } else { ROWS }
    }

    fn take(&mut self, page: AffectedPage) -> Result<(), Failure> {
        let is_part = !page.info.complete || page.info.resume.is_some();
        if is_part && (self.table != AffectedTable::Members || page.info.resume.is_none()) {
            let message = "one request cannot follow everything that is wrong, and the parts of the answer cannot be counted \
                           together here: request `by=members`, ask about fewer versions at a time, or use `stemma trace`";
            return Err(Failure::new(Code::BadUserInput, message).because(Reason::LimitExceeded));
        }
        self.page = page.edges;
        self.next = page.page_info.next().or(page.info.resume);
        Ok(())
    }

    fn row(&mut self, edge: AffectedEdge, out: &mut Vec<u8>) {
        let has_more = edge.rest().is_some();
        // Members are lines of their own; the versions of a model are in one cell.
        if !has_more || self.table == AffectedTable::Members {
            self.table.write(out, &edge.node);
        }
        if has_more {
            self.open = Some(edge);
        } else {
            self.before = Some(edge.cursor);
        }
    }

    /// Requests more of a row.
    async fn continue_row(&mut self, mut edge: AffectedEdge, out: &mut Vec<u8>) -> Result<(), Failure> {
        let rest = edge.rest();
        let mut page = self.ask(1, self.before.as_deref(), rest.as_deref()).await?;
        let Some(mut more) = page.edges.pop_front() else {
            return Err(Failure::new(Code::InternalServerError, "a row of the answer is gone"));
        };
        if self.table == AffectedTable::Models {
            let mut seen = edge.node["inner"]["nodes"].take();
            if let (Some(seen), Some(found)) =
                (seen.as_array_mut(), more.node["inner"]["nodes"].as_array_mut())
            {
                seen.append(found);
            }
            more.node["inner"]["nodes"] = seen;
        }
        edge.node = more.node;
        self.row(edge, out);
        Ok(())
    }

    async fn ask(
        &self,
        first: u32,
        after: Option<&str>,
        inner_after: Option<&str>,
    ) -> Result<AffectedPage, Failure> {
        let mut variables = self.question.clone();
        variables.insert("first".to_owned(), json!(first));
        variables.insert("after".to_owned(), json!(after));
        if self.table != AffectedTable::Sets {
            variables.insert("innerFirst".to_owned(), json!(INNER));
            variables.insert("innerAfter".to_owned(), json!(inner_after));
        }
        let operation_name = Some(self.table.operation().to_owned());
        let ask = Ask { query: DOCUMENT.to_owned(), operation_name, variables, extensions: Map::new() };
        let (principal, holder) = &self.caller;
        let memory = holder.charge();
        let caller = Caller { principal: principal.clone(), allow: Allow::Queries, memory };
        let outcome = self.shared.run(ask, caller, holder, self.shared.deadline()).await;
        page_of(&outcome.body)
    }
}

fn page_of(body: &[u8]) -> Result<AffectedPage, Failure> {
    let unread = |_| Failure::new(Code::InternalServerError, "the server cannot read its own answer");
    let answer: Answer = serde_json::from_slice(body).map_err(unread)?;
    if let Some(AnswerError { message, extensions }) = answer.errors.into_iter().next() {
        let code = Code::parse(&extensions.code).unwrap_or(Code::InternalServerError);
        let reason = extensions.reason.and_then(|reason| Reason::parse(&reason));
        return Err(Failure { reason, ..Failure::new(code, message) });
    }
    let page = answer.data.and_then(|data| data.at.affected);
    page.ok_or_else(|| Failure::new(Code::InternalServerError, "the answer has neither rows nor errors"))
}
