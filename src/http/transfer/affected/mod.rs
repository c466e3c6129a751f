//! `GET /export/affected.csv`: the rows of the main question, for spreadsheets.
//!
//! They are those that GraphQL answers at one seq, with its limits, and one page is in memory. An
//! answer that this form cannot hold completely is refused; one that fails later is aborted, like
//! every export.

mod rfc4180;
mod rows;
mod table;

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tracing::error;

use super::streamed::{slot, streamed, view_at, wrong};
use crate::api::engine::failure::Failure;
use crate::http::errors::Refusal;
use crate::http::identity::callers::{HttpCaller, author};
use crate::http::state::HttpState;
use crate::ledger::{AsOf, LedgerError};
use rows::AffectedRows;
use table::AffectedTable;

const CSV: &str = "text/csv; charset=utf-8; header=present";

/// The minimum size of a piece.
const PIECE: usize = 16 * 1024;

/// The parameters, named as in the address of the page about impact.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct AffectedParameters {
    /// `all`, a commit such as `commit:25`, versions or items, separated by commas.
    wrong: Option<String>,
    /// The table: models, sets or members.
    by: Option<String>,
    as_of: Option<String>,
    /// The moment whose statements judge, if it is later.
    known: Option<String>,
    heads: Option<String>,
    tag: Option<String>,
    restored: Option<String>,
    models: Option<String>,
}

pub(super) async fn answer(
    request: HttpRequest,
    query: Result<web::Query<AffectedParameters>, actix_web::Error>,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let asked = query
        .map_err(|error| Failure::bad_request(format!("the URL's parameters cannot be read: {error}")))?
        .into_inner();
    let slot = slot(&request, &shared)?;
    let view = view_at(&shared, asked.as_of.as_deref())?;
    let (table, question) = (asked.table()?, asked.question(view.seq().to_string())?);
    let caller = (author(&request), HttpCaller::of(&request));
    let rows = AffectedRows::begin(shared.clone(), caller, table, question).await?;
    let known = asked.known.as_ref().map(|known| format!("-known-{}", known.replace(':', "")));
    let name =
        format!("affected-{}-seq-{}{}.csv", table.name(), view.seq(), known.as_deref().unwrap_or_default());
    let mut header = Vec::new();
    let columns: Vec<Value> = table.columns().iter().map(|column| json!(column)).collect();
    rfc4180::line(&mut header, &columns);
    let pieces = stream::try_unfold((Some(header), rows), |(begun, mut rows)| async {
        let mut piece = begun.unwrap_or_default();
        while piece.len() < PIECE {
            match rows.lines().await.map_err(|failure| aborted(&failure))? {
                Some(lines) => piece.extend(lines),
                None => break,
            }
        }
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), (None, rows))))
    });
    streamed(&shared, slot, (&view, pieces.boxed()), CSV, &name).await
}

fn aborted(failure: &Failure) -> LedgerError {
    error!(message = failure.message, "a page of an export was refused");
    LedgerError::unavailable(&failure.message)
}

impl AffectedParameters {
    fn table(&self) -> Result<AffectedTable, Refusal> {
        let by = self.by.as_deref().unwrap_or("models");
        let table = AffectedTable::ALL.into_iter().find(|table| table.name() == by);
        table.ok_or_else(|| wrong(format!("`by` must be models, sets or members, found `{by}`")))
    }

    /// Returns the variables that all pages share.
    fn question(&self, seq: String) -> Result<Map<String, Value>, Refusal> {
        let tagged = self.tag.as_ref().map(|tags| tags.split(',').collect::<Vec<_>>());
        let variables = [
            ("seq", json!(seq)),
            ("wrong", wrong_input(self.wrong.as_deref().unwrap_or("all"))?),
            ("known", self.known.as_deref().map(moment).transpose()?.unwrap_or_default()),
            ("heads", flag("heads", self.heads.as_deref())?),
            ("tagged", json!(tagged)),
            ("restored", flag("restored", self.restored.as_deref())?),
            ("models", flag("models", self.models.as_deref())?),
        ];
        Ok(variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// Reads what is wrong, as the page about impact does. Versions have a `#`; names without one are
/// items, of which all wrong versions are meant.
fn wrong_input(text: &str) -> Result<Value, Refusal> {
    if text == "all" {
        return Ok(json!({"all": {}}));
    }
    if text.strip_prefix("commit:").is_some_and(|seq| seq.parse::<u64>().is_ok()) {
        return Ok(json!({"commit": text}));
    }
    let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let is_version = |name: &&str| name.contains('#') || name.starts_with("version:");
    match names.iter().filter(|name| is_version(name)).count() {
        0 if names.is_empty() => {
            Err(wrong("`wrong` is empty: expected all, a commit such as commit:25, versions or items"))
        }
        0 => Ok(json!({"items": names})),
        versions if versions == names.len() => Ok(json!({"versions": names})),
        _ => Err(wrong(
            "`wrong` has items and versions: expected either names with `#`, or names without (write `#` as %23)",
        )),
    }
}

fn moment(text: &str) -> Result<Value, Refusal> {
    match text.parse::<AsOf>().map_err(wrong)? {
        AsOf::Seq(_) => Ok(json!({"seq": text})),
        AsOf::Time(_) => Ok(json!({"time": text})),
    }
}

fn flag(name: &str, text: Option<&str>) -> Result<Value, Refusal> {
    match text {
        None | Some("0" | "false") => Ok(json!(false)),
        Some("1" | "true") => Ok(json!(true)),
        Some(other) => Err(wrong(format!("`{name}` must be 1 or 0, found `{other}`"))),
    }
}
