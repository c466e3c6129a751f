//! Serves a store over HTTP until a signal.

pub(crate) mod hooks;
mod stop;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::failure::{Failure, Result};
use super::output;
use super::store::Store;
use crate::config::{self, Feed, Listening, TOKEN_VARIABLE, ThumbnailSpace};
use crate::hooks::Hook;
use crate::http::{self, FeedLimits, HttpLimits, Origins, Token};
use crate::ledger::Ledger;
use crate::thumbnails::ThumbnailCache;

/// The address, token, origins and limits of a server. Created before anything is opened, so that
/// an invalid address is reported at once.
pub(crate) struct ServerOptions {
    listen: SocketAddr,
    token: Option<Token>,
    origins: Origins,
    limits: HttpLimits,
    upload_grace: Duration,
    thumbnails: Option<ThumbnailCache>,
    pub(crate) hooks: Vec<Hook>,
    /// The directory of their progress.
    pub(crate) hooks_dir: PathBuf,
}

/// The interval between removals of uploads that were never completed.
const CLEARING: Duration = Duration::from_secs(60 * 60);

impl ServerOptions {
    /// `data` is the data directory.
    pub(crate) fn new(listening: &Listening, data: &Path) -> Result<Self> {
        let listen = listening.listen;
        let token = config::token(&listening.access)?;
        if token.is_none() && !listen.ip().is_loopback() {
            return Err(Failure::usage(format!(
                "{listen} can be reached from other machines, and there is no token"
            ))
            .hint("give --token-file FILE or the variable STEMMA_TOKEN, or listen on 127.0.0.1"));
        }
        let token = token.map(|text| usable(&text, listening.access.token_file.as_deref())).transpose()?;
        let feed = feed_limits(&listening.feed);
        let (blob, memory) = (listening.max_blob_bytes, listening.request_memory);
        let per_address = listening.max_connections_per_address.map(count);
        let limits = HttpLimits { blob, memory, feed, per_address, ..HttpLimits::default() };
        let pages = &listening.pages;
        if token.is_none() && pages.allow_origin.iter().any(|origin| origin == "*") {
            return Err(Failure::usage("`--allow-origin *` needs a token: without one, every page of every site could use this server")
                .hint("name the origins with --allow-origin, or give a token"));
        }
        let origins = Origins { allowed: pages.allow_origin.clone(), public_url: pages.public_url.clone() };
        let thumbnails = match pages.thumbnails {
            ThumbnailSpace::Off => None,
            ThumbnailSpace::Bytes(space) => Some(ThumbnailCache::new(data.join("thumbnails"), space)),
        };
        let (upload_grace, hooks, hooks_dir) = (listening.upload_grace, Vec::new(), PathBuf::new());
        Ok(Self { listen, token, origins, limits, upload_grace, thumbnails, hooks, hooks_dir })
    }
}

/// Returns the token of a text, or a failure that names its place and what was found there.
fn usable(text: &str, file: Option<&Path>) -> Result<Token> {
    Token::new(text).map_err(|weak| {
        let place =
            file.map_or_else(|| format!("the variable {TOKEN_VARIABLE}"), |file| file.display().to_string());
        let length = text.trim().len();
        let found = match (Token::SHORTEST..=Token::LONGEST).contains(&length) {
            true => "a space or another character that is not visible ASCII".to_owned(),
            false => output::counted(length as u64, "character"),
        };
        Failure::usage(format!("the token in {place} cannot be used: found {found}")).hint(weak.to_string())
    })
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn feed_limits(feed: &Feed) -> FeedLimits {
    let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    FeedLimits {
        connections: count(feed.feed_connections),
        subscriptions: count(feed.feed_subscriptions),
        message: bytes(feed.feed_message_bytes),
        event: bytes(feed.feed_event_bytes),
        init_time: feed.feed_init_time,
        ping: feed.feed_ping,
        send_time: feed.feed_send_time,
        lag: feed.feed_lag,
    }
}

impl ServerOptions {
    /// Checks that the address can be bound, before anything is made for a server that would not
    /// start.
    pub(crate) fn check_address(&self) -> Result<()> {
        TcpListener::bind(self.listen).map(drop).map_err(|error| not_served(self.listen, &error))
    }
}

/// Serves until a signal, then closes the store. `ready` receives the address that clients can
/// open.
pub(crate) async fn serve(
    store: Store,
    options: ServerOptions,
    ready: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<()> {
    let ServerOptions { listen, token, origins, limits, upload_grace, thumbnails, hooks, hooks_dir } =
        options;
    let mut announced = Ok(());
    let ledger = store.ledger.clone();
    ledger.check_clock();
    ledger.read_ahead()?;
    ledger.limit_uploads(limits.blob);
    if let Some(url) = &origins.public_url {
        ledger.url_signer().serve_at(url.clone());
        if token.is_none() && !http::is_local_url(url) {
            output::note(format_args!(
                "warning: without a token, only pre-signed URLs of blobs are served at {url}; start the server with a token"
            ));
        }
    }
    let clearing = tokio::spawn(clear_uploads(ledger.clone(), upload_grace));
    let api = store.api()?;
    let (shutdown, watched) = (limits.shutdown, store.ledger.clone());
    stop::watch(shutdown + stop::CLOSING, move || watched.is_readable())?;
    let hooks = hooks::start(&store.ledger, &api, hooks, hooks_dir)?;
    let report = hooks.report();
    let serve = http::Serve {
        listen,
        token,
        limits,
        api,
        hooks: Arc::new(move || serde_json::to_vec(&report.all()).unwrap_or_default()),
        blobs: Arc::clone(&store.blobs),
        thumbnails,
        url_signer: Arc::clone(store.ledger.url_signer()),
        ledger: Some(store.ledger.clone()),
        origins,
        ready: Arc::new(move || ledger.is_writable()),
        runtime: tokio::runtime::Handle::current(),
        operations: store.ledger.runtime()?,
    };
    let ended = http::run(serve, |bound| announced = ready(reachable(bound))).await;
    clearing.abort();
    drop(hooks);
    // Acknowledged commits are durable already; this closes log and graph cleanly.
    store.close().await?;
    ended.map_err(|error| not_served(listen, &error))?;
    announced
}

/// Removes uploads that were not completed within `grace`, now and at every interval.
async fn clear_uploads(ledger: Ledger, grace: Duration) {
    let mut hour = tokio::time::interval(CLEARING);
    loop {
        hour.tick().await;
        match ledger.clear_uploads(grace).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed uploads that were never completed"),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "cannot remove uploads that were never completed; the next run tries again"
                );
            }
        }
    }
}

/// The address that a browser on this machine can open.
fn reachable(bound: SocketAddr) -> SocketAddr {
    match bound.ip() {
        ip if !ip.is_unspecified() => bound,
        ip if ip.is_ipv4() => (std::net::Ipv4Addr::LOCALHOST, bound.port()).into(),
        _ => (std::net::Ipv6Addr::LOCALHOST, bound.port()).into(),
    }
}

fn not_served(listen: SocketAddr, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::AddrInUse => Failure::new(format!("port {} is in use", listen.port())).hint(
            "stop the program that uses it, or use another port: --listen 127.0.0.1:0 picks a free one",
        ),
        io::ErrorKind::AddrNotAvailable => {
            Failure::new(format!("this machine has no address {}", listen.ip()))
                .hint("listen on 127.0.0.1 or 0.0.0.0")
        }
        io::ErrorKind::PermissionDenied => {
            Failure::new(format!("not allowed to listen on port {}", listen.port()))
                .hint("ports below 1024 need administrator rights; use a port above 1023")
        }
        _ => Failure::new(error.to_string()),
    }
}
