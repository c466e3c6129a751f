//! `/export/…`: the content of the log for analysis tools. GET only; streamed, so that no export is
//! ever completely in memory.
//!
//! An export shows the newest seq, or that of `asOf`. Its status is sent when its first bytes are
//! made. If it fails later, the connection is aborted, so that no client takes a part for the
//! complete export. Only a few exports run at once, and their memory is charged to their callers.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::api::engine::failure::Failure;
use crate::domain::id::Seq;
use crate::export::{Describe, Direction, Scope, Table, measured};
use crate::http::errors::Refusal;
use crate::http::state::HttpState;
use crate::ledger::View;

use super::affected;
use super::streamed::{finished, refused, slot, streamed, view_at, wrong};

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
            .service(
                web::resource("/affected.csv")
                    .route(web::get().to(affected::answer))
                    .default_service(other()),
            )
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
        view_at(shared, self.as_of.as_deref())
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
