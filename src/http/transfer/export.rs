//! `/export/…`: the content of the log for analysis tools. GET only; streamed, so that no export is
//! ever completely in memory.
//!
//! An export shows the newest seq, or that of `asOf`. Its status is sent when its first bytes are
//! made. If it fails later, the connection is aborted, so that no client takes a part for the
//! complete export. Only a few exports run at once, and their memory is charged to their callers.

use std::future::ready;
use std::io;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use serde_json::json;
use tracing::error;

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::api::errors;
use crate::domain::id::Seq;
use crate::export::{Describe, Direction, ExportMemory, Outflow, Scope, Table, measured};
use crate::http::errors::Refusal;
use crate::http::graphql;
use crate::http::identity::callers::{CallerSlot, HttpCaller};
use crate::http::state::HttpState;
use crate::http::stream::bridge;
use crate::ledger::{AsOf, LedgerError, View};

use super::meter::ExportCharge;

/// The end marker of a stream of pieces, none of which is empty.
const END: Bytes = Bytes::new();

const NDJSON: &str = "application/x-ndjson";
const PARQUET: &str = "application/vnd.apache.parquet";
const JSON: &str = "application/json";
const JSON_LD: &str = "application/ld+json";

pub(in crate::http) fn configure(config: &mut web::ServiceConfig) {
    let other = || web::to(|| async { Err::<HttpResponse, _>(Refusal::method("GET")) });
    config.service(
        web::scope("/export")
            .wrap(actix_web::middleware::from_fn(crate::http::identity::auth::require))
            .wrap(actix_web::middleware::from_fn(crate::http::stream::compress::judge))
            .wrap(actix_web::middleware::Compress::default())
            .wrap(actix_web::middleware::from_fn(crate::http::stream::compress::conclude))
            .service(web::resource("/log").route(web::get().to(log)).default_service(other()))
            .service(web::resource("/tables/{table}").route(web::get().to(table)).default_service(other()))
            .service(web::resource("/changes").route(web::get().to(changes)).default_service(other()))
            .service(web::resource("/coco").route(web::get().to(coco)).default_service(other()))
            .service(web::resource("/croissant").route(web::get().to(croissant)).default_service(other()))
            .service(
                web::resource("/croissant/members").route(web::get().to(members)).default_service(other()),
            )
            .service(web::resource("/prov").route(web::get().to(prov)).default_service(other())),
    );
}

/// The parameters of all routes. Each route accepts some of them; unknown names are refused.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct ExportParameters {
    /// The moment of the export: a seq, or a time in RFC 3339.
    as_of: Option<String>,
    /// Only commits after this seq.
    after: Option<String>,
    /// Only commits up to this seq.
    up_to: Option<String>,
    /// Only the lineage of this version.
    of: Option<String>,
    /// The direction of the lineage: up, down or both.
    direction: Option<String>,
    /// The training set version.
    set: Option<String>,
    split: Option<String>,
    license: Option<String>,
    /// The URL of the server that serves payloads.
    payloads: Option<String>,
    /// The URL of the table of members.
    members: Option<String>,
    /// True to list payloads individually.
    list: Option<bool>,
}

const DESCRIBED: &[&str] = &["set", "license", "payloads", "members", "list"];

type ExportQuery = Result<web::Query<ExportParameters>, actix_web::Error>;
type ExportAnswer = Result<HttpResponse, Refusal>;

/// Checks the parameters of a route that accepts these and `asOf`.
fn asked(query: ExportQuery, takes: &[&str]) -> Result<ExportParameters, Refusal> {
    let query = query
        .map_err(|error| Failure::bad_request(format!("the URL's parameters cannot be read: {error}")))?;
    let asked = query.into_inner();
    match asked.given().into_iter().find(|name| !takes.contains(name)) {
        Some(other) => {
            let takes = [&["asOf"], takes].concat().join(", ");
            Err(wrong(format!("expected the parameters {takes}, found `{other}`; leave it out")))
        }
        None => Ok(asked),
    }
}

impl ExportParameters {
    /// Returns the names of the given parameters, except for `asOf`, which every route accepts.
    fn given(&self) -> Vec<&'static str> {
        let texts = [
            ("after", &self.after),
            ("upTo", &self.up_to),
            ("of", &self.of),
            ("direction", &self.direction),
            ("set", &self.set),
            ("split", &self.split),
            ("license", &self.license),
            ("payloads", &self.payloads),
            ("members", &self.members),
        ];
        let texts = texts.into_iter().filter(|(_, text)| text.is_some()).map(|(name, _)| name);
        texts.chain(self.list.map(|_| "list")).collect()
    }

    fn view(&self, shared: &HttpState) -> Result<View, Refusal> {
        let missing =
            || Failure::new(Code::BadUserInput, "this server offers no exports").because(Reason::NotFound);
        let ledger = shared.ledger.as_ref().ok_or_else(missing)?;
        match &self.as_of {
            None => Ok(ledger.view()),
            Some(text) => {
                let moment: AsOf = text.parse().map_err(wrong)?;
                ledger.at(moment).map_err(refused)
            }
        }
    }

    /// Returns the seq of a position, which must belong to this log.
    fn seq(view: &View, text: Option<&String>) -> Result<Option<Seq>, Refusal> {
        let fits = |text: &String| view.fits(text.parse().map_err(wrong)?).map_err(refused);
        text.map(fits).transpose()
    }

    /// Computes the scope, on a thread where the traversal blocks no connection.
    async fn scope(&self, view: &View, shared: &HttpState) -> Result<Scope, Refusal> {
        let direction = match self.direction.as_deref() {
            None | Some("up") => Direction::Up,
            Some("down") => Direction::Down,
            Some("both") => Direction::Both,
            Some(_) => return Err(wrong("`direction` must be up, down or both")),
        };
        match &self.of {
            None if self.direction.is_some() => {
                Err(wrong("`direction` requires `of`, the version to start from"))
            }
            None => Ok(Scope::All),
            Some(of) => {
                let (view, version) = (view.clone(), view.named(of).map_err(refused)?);
                let walk = move || Ok(view.lineage_of(&[version], direction));
                finished(shared.runtime.spawn_blocking(walk).await)
            }
        }
    }

    fn set(&self) -> Result<&str, Refusal> {
        self.set.as_deref().ok_or_else(|| wrong("`set` is missing: name a training set version"))
    }

    fn describe(&self, request: &HttpRequest) -> Describe {
        let payloads = self.payloads.clone().unwrap_or_else(|| server_url(request));
        Describe { payloads: Some(payloads), license: self.license.clone(), list: self.list.unwrap_or(true) }
    }
}

fn wrong(why: impl ToString) -> Refusal {
    Failure::new(Code::BadUserInput, why.to_string()).into()
}

fn refused(error: LedgerError) -> Refusal {
    errors::failure(error).into()
}

/// Returns the URL by which clients reach this server: its public URL, else the one that this
/// client used.
fn server_url(request: &HttpRequest) -> String {
    let shared = request.app_data::<web::Data<HttpState>>();
    if let Some(url) = shared.and_then(|shared| shared.authentication.origins.public_url.clone()) {
        return url;
    }
    let connection = request.connection_info();
    format!("{}://{}", connection.scheme(), connection.host())
}

/// Percent-encodes a text as the value of a URL parameter.
fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(byte);
    let byte = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

/// Answers with the identity of the log: two servers with equal digests have equal logs.
async fn log(query: ExportQuery, shared: web::Data<HttpState>) -> ExportAnswer {
    let view = asked(query, &[])?.view(&shared)?;
    let read = view.clone();
    let digest = finished(shared.runtime.spawn(async move { read.log_digest().await }).await)?;
    let said = json!({"seq": view.seq().to_string(), "time": crate::api::scalars::rfc3339(view.time()), "log": digest});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(said))
}

async fn table(
    request: HttpRequest,
    name: web::Path<String>,
    query: ExportQuery,
    shared: web::Data<HttpState>,
) -> ExportAnswer {
    let asked = asked(query, &["after", "upTo", "of", "direction"])?;
    let slot = slot(&request, &shared)?;
    let view = asked.view(&shared)?;
    let table: Table = name.trim_end_matches(".parquet").parse().map_err(wrong)?;
    let after = ExportParameters::seq(&view, asked.after.as_ref())?.unwrap_or_default();
    let up_to = ExportParameters::seq(&view, asked.up_to.as_ref())?.unwrap_or(view.seq());
    let span = view.span(after, up_to).map_err(refused)?;
    let scope = asked.scope(&view, &shared).await?;
    let outflow = view.table(table, span, scope, &slot.memory).map_err(refused)?;
    streamed(&shared, slot, (&view, outflow), PARQUET, &format!("{table}.parquet")).await
}

async fn changes(request: HttpRequest, query: ExportQuery, shared: web::Data<HttpState>) -> ExportAnswer {
    let asked = asked(query, &["after", "of", "direction"])?;
    let slot = slot(&request, &shared)?;
    let view = asked.view(&shared)?;
    let span = view
        .since(ExportParameters::seq(&view, asked.after.as_ref())?.unwrap_or_default())
        .map_err(refused)?;
    let outflow = view.changes(span, asked.scope(&view, &shared).await?, slot.memory.clone());
    streamed(&shared, slot, (&view, outflow), NDJSON, "changes.ndjson").await
}

async fn coco(request: HttpRequest, query: ExportQuery, shared: web::Data<HttpState>) -> ExportAnswer {
    let asked = asked(query, &["set", "split"])?;
    let slot = slot(&request, &shared)?;
    let view = asked.view(&shared)?;
    let outflow = view.coco(asked.set()?, asked.split.as_deref(), slot.memory.clone()).map_err(refused)?;
    streamed(&shared, slot, (&view, outflow), JSON, "coco.json").await
}

async fn members(request: HttpRequest, query: ExportQuery, shared: web::Data<HttpState>) -> ExportAnswer {
    let asked = asked(query, DESCRIBED)?;
    let slot = slot(&request, &shared)?;
    let view = asked.view(&shared)?;
    let describe = asked.describe(&request);
    let outflow = view.croissant_members(asked.set()?, &describe, slot.memory.clone()).map_err(refused)?;
    streamed(&shared, slot, (&view, outflow), NDJSON, "members.ndjson").await
}

/// Answers with a Croissant document. It contains the hash of the table of members, which is
/// therefore computed first, but not kept.
async fn croissant(request: HttpRequest, query: ExportQuery, shared: web::Data<HttpState>) -> ExportAnswer {
    let asked = asked(query, DESCRIBED)?;
    let slot = slot(&request, &shared)?;
    let view = asked.view(&shared)?;
    let (set, describe) = (asked.set()?.to_owned(), asked.describe(&request));
    let table = view.croissant_members(&set, &describe, slot.memory.clone()).map_err(refused)?;
    let facts = finished(shared.runtime.spawn(measured(table)).await)?;
    let found_at = match &asked.members {
        Some(address) => address.clone(),
        None => {
            // By its id, because the meaning of the name may have changed when the table is
            // fetched.
            let version = view.named_set(&set).map_err(refused)?;
            let id = view.read(|at| at.id(version));
            let payloads = describe.payloads.as_deref().map(encoded).unwrap_or_default();
            format!("{}/export/croissant/members?set={id}&payloads={payloads}", server_url(&request))
        }
    };
    let outflow =
        view.croissant(&set, &describe, (facts, &found_at), slot.memory.clone()).map_err(refused)?;
    streamed(&shared, slot, (&view, outflow), JSON_LD, "croissant.json").await
}

async fn prov(request: HttpRequest, query: ExportQuery, shared: web::Data<HttpState>) -> ExportAnswer {
    let asked = asked(query, &["of", "direction"])?;
    let slot = slot(&request, &shared)?;
    let view = asked.view(&shared)?;
    let scope = asked.scope(&view, &shared).await?;
    let outflow = view.prov(scope, slot.memory.clone());
    streamed(&shared, slot, (&view, outflow), JSON, "prov.json").await
}

/// A slot of the concurrent exports, with the memory of the export.
struct ExportSlot {
    _place: CallerSlot,
    memory: ExportMemory,
}

fn slot(request: &HttpRequest, shared: &HttpState) -> Result<ExportSlot, Refusal> {
    let caller = HttpCaller::of(request);
    let place = shared.exporting.take(&caller)?;
    let charge = ExportCharge::new(caller.charge(), RESERVE)?;
    Ok(ExportSlot { _place: place, memory: ExportMemory::of(charge) })
}

/// The memory that an export has from the beginning, in bytes: a usual page of the log, and the
/// output made from it.
const RESERVE: u64 = 8 * 1024 * 1024;

/// Answers with an export, or with its failure if nothing of it can be made.
async fn streamed(
    shared: &HttpState,
    slot: ExportSlot,
    (view, outflow): (&View, Outflow),
    media: &'static str,
    name: &str,
) -> ExportAnswer {
    let mut outflow =
        Box::pin(outflow.filter(|piece| ready(!matches!(piece, Ok(piece) if piece.is_empty()))));
    let begin = async move {
        let first = outflow.next().await.transpose()?;
        Ok((first, outflow, slot))
    };
    let (first, outflow, slot) = finished(shared.runtime.spawn(begin).await)?;
    let outflow = stream::iter(first.map(Ok)).chain(outflow);
    // Without an announced length, the end needs a marker: a stream that was given up also ends.
    let marked = outflow.chain(stream::once(ready(Ok(END))));
    let pieces = bridge::outward(&shared.runtime, Box::pin(marked), shared.limits.body_time);
    let pieces = until_the_end(pieces, slot);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, media))
        // The position of the export, after which the next export of changes continues.
        .insert_header((graphql::SEQ, view.position(view.seq()).to_string()))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.streaming(pieces))
}

/// Returns the pieces before the end marker. If the marker is missing, the last piece is an error,
/// which aborts the connection. `held` is kept until then.
fn until_the_end<E: std::error::Error + 'static, H>(
    pieces: impl Stream<Item = Result<Bytes, E>>,
    held: H,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some((Box::pin(pieces), held)), |open| async {
        let (mut pieces, held) = open?;
        match pieces.next().await {
            Some(Ok(piece)) if piece == END => None,
            Some(Ok(piece)) => Some((Ok(piece), Some((pieces, held)))),
            Some(Err(error)) => {
                error!(error = &error as &dyn std::error::Error, "an export could not be made to its end");
                Some((Err(io::Error::other("the export could not be made to its end")), None))
            }
            None => Some((Err(io::Error::other("the client took nothing for too long")), None)),
        }
    })
}

/// Returns the result of a task on another thread.
fn finished<T>(task: Result<Result<T, LedgerError>, tokio::task::JoinError>) -> Result<T, Refusal> {
    match task {
        Ok(done) => done.map_err(refused),
        Err(failed) => {
            error!(error = %failed, "an export did not end");
            Err(Failure::new(Code::InternalServerError, "the server failed while it made the export").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_truncated_export_is_an_error() {
        let piece = |text: &'static str| Ok::<_, io::Error>(Bytes::from_static(text.as_bytes()));
        let taken = async |pieces: Vec<io::Result<Bytes>>| {
            let taken: Vec<io::Result<Bytes>> = until_the_end(stream::iter(pieces), ()).collect().await;
            let failed = taken.iter().filter(|piece| piece.is_err()).count();
            (taken.len(), failed)
        };
        assert_eq!(taken(vec![piece("a"), piece("b"), Ok(END)]).await, (2, 0));
        assert_eq!(taken(vec![Ok(END)]).await, (0, 0));
        assert_eq!(taken(vec![piece("a"), piece("b")]).await, (3, 1), "given up");
        assert_eq!(taken(vec![]).await, (1, 1), "given up at once");
        assert_eq!(taken(vec![piece("a"), Err(io::Error::other("no")), piece("b"), Ok(END)]).await, (2, 1));
    }
}
