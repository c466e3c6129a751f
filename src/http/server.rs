//! Start and stop of the server. On stop it accepts no more connections, and lets requests end
//! until a deadline.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpResponse, HttpServer, web};
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tracing::{info, warn};

use super::blobs::batch;
use super::connections::Connections;
use super::connections::descriptors;
use super::errors::Refusal;
use super::identity::Authentication;
use super::identity::auth::{RequiredAccess, Token};
use super::identity::callers::{CallerSlots, Callers};
use super::identity::origin;
use super::identity::origin::Origins;
use super::intake::{imports, openlineage};
use super::limits::HttpLimits;
use super::state::HttpState;
use super::status::{health, hooks};
use super::stream::event_cache::EventCache;
use super::stream::{paced, unread};
use super::thumbnails::Thumbnails;
use super::transfer::{backup, export, garbage};
use super::{blobs, feed, graphql, log, ui};
use crate::api::engine::execute::Execute;
use crate::api::engine::failure::Failure;
use crate::import::session::ImportSessions;
use crate::ledger::{BlobStore, Ledger, UrlSigner};
use crate::openlineage::Intake;
use crate::thumbnails::ThumbnailCache;

/// The maximum number of events that are computed at once, independent of the slots of operations.
const MAX_EVENTS: usize = 8;

/// The parts of a server.
pub struct Serve {
    /// The address to listen on; port 0 chooses a free one.
    pub listen: SocketAddr,
    /// The token; without one, only loopback addresses are allowed.
    pub token: Option<Token>,
    /// The sites whose pages may use the server.
    pub origins: Origins,
    /// The limits of connections and requests.
    pub limits: HttpLimits,
    /// The executor of GraphQL requests.
    pub api: Arc<dyn Execute>,
    /// The store of payloads.
    pub blobs: Arc<dyn BlobStore>,
    /// The cache of thumbnails; `None` to make none.
    pub thumbnails: Option<ThumbnailCache>,
    /// The signer of pre-signed URLs.
    pub url_signer: Arc<UrlSigner>,
    /// The ledger, which knows the unreferenced payloads. `None` disables requests for them.
    pub ledger: Option<Ledger>,
    /// Returns the progress of webhooks as JSON.
    pub hooks: Arc<dyn Fn() -> Vec<u8> + Send + Sync>,
    /// Returns true if the rest of the process is ready. Called often: it must not wait.
    pub ready: Arc<dyn Fn() -> bool + Send + Sync>,
    /// The runtime that moves payloads.
    pub runtime: Handle,
    /// The runtime of operations: that of the store, so that a read wakes no other thread.
    pub operations: Handle,
}

/// Serves until SIGTERM or SIGINT; a second signal ends it without waiting. Must be awaited inside
/// a tokio runtime. `on_bound` receives the bound address.
///
/// # Errors
/// One line if the address cannot be bound, or must not be bound without a token.
pub async fn run(serve: Serve, on_bound: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    run_until(serve, on_bound, async move || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await
}

/// Serves until `stop` returns. If `stop` returns again while requests end, this function returns
/// without waiting for them; the caller is expected to end the process.
///
/// # Errors
/// As for [`run`].
pub async fn run_until(
    mut serve: Serve,
    on_bound: impl FnOnce(SocketAddr),
    mut stop: impl AsyncFnMut(),
) -> io::Result<()> {
    let per_worker = descriptors::connections_per_worker(&serve.limits);
    let most = per_worker.saturating_mul(serve.limits.workers.max(1));
    serve.limits.feed.connections = descriptors::waiting_connections(&serve.limits, most);
    let (listen, limits) = (serve.listen, serve.limits.clone());
    let shared = web::Data::new(shared(serve)?);
    let app_shared = shared.clone();
    let connections = Arc::new(Connections::new(&limits, most));
    let connected = Arc::clone(&connections);
    let server = HttpServer::new(move || app(app_shared.clone()))
        .workers(limits.workers)
        .max_connections(per_worker)
        .keep_alive(limits.keep_alive)
        .client_request_timeout(limits.head_time)
        .tcp_nodelay(true)
        .on_connect(move |stream, data| connected.connect(stream, data))
        .shutdown_timeout(limits.shutdown.as_secs().max(1))
        .disable_signals()
        .bind(listen)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {listen}: {error}")))?;
    let bound = server.addrs().first().copied().unwrap_or(listen);
    let mut running = pin!(server.run());
    let handle = running.handle();
    info!(address = %bound, "listening");
    on_bound(bound);

    tokio::select! {
        ended = &mut running => return ended,
        never = connections.relieve() => match never {},
        () = stop() => {}
    }
    info!("stopping: no new connections, waiting for requests to end");
    shared.stopping.store(true, Ordering::Relaxed);
    shared.stop.send_replace(true);
    tokio::select! {
        // The server must be polled for anything to stop.
        (ended, ()) = futures_util::future::join(&mut running, handle.stop(true)) => ended,
        // A server that waits for its workers accepts no further command, so it is abandoned: the
        // process ends.
        () = stop() => {
            warn!("stopping at once: received a second signal");
            Ok(())
        }
    }
}

fn shared(serve: Serve) -> io::Result<HttpState> {
    let access = RequiredAccess::new(serve.listen, serve.token)
        .map_err(|exposed| io::Error::new(io::ErrorKind::InvalidInput, exposed))?;
    let callers = Callers::new(&serve.limits);
    let authentication =
        Authentication { access, origins: serve.origins, url_signer: serve.url_signer, callers };
    let authentication = web::Data::new(authentication);
    let thumbnails = serve
        .thumbnails
        .map(|cache| Thumbnails::new(cache, Arc::clone(&serve.blobs), serve.runtime.clone(), &serve.limits));
    Ok(HttpState {
        api: serve.api,
        blobs: serve.blobs,
        thumbnails,
        intake: serve.ledger.clone().map(|ledger| Arc::new(Intake::new(ledger))),
        imports: serve
            .ledger
            .clone()
            .map(|ledger| Arc::new(ImportSessions::new(ledger, serve.runtime.clone()))),
        ledger: serve.ledger,
        operating: CallerSlots::operations(&serve.limits),
        exporting: CallerSlots::exports(&serve.limits),
        waiting: CallerSlots::connections(&serve.limits),
        backing_up: Arc::new(Semaphore::new(1)),
        event_permits: Arc::new(Semaphore::new(MAX_EVENTS)),
        event_cache: EventCache::new(),
        stop: watch::Sender::new(false),
        limits: serve.limits,
        authentication,
        runtime: serve.runtime,
        operations: serve.operations,
        hooks: serve.hooks,
        ready: serve.ready,
        stopping: AtomicBool::new(false),
    })
}

fn app(
    shared: web::Data<HttpState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(shared.authentication.clone())
        .app_data(web::Data::new(shared.limits.clone()))
        .app_data(shared)
        .configure(feed::socket::configure)
        .configure(graphql::configure)
        .configure(backup::configure)
        .configure(batch::configure)
        .configure(blobs::configure)
        .configure(export::configure)
        .configure(garbage::configure)
        .configure(hooks::configure)
        .configure(imports::configure)
        .configure(health::configure)
        .configure(openlineage::configure)
        .configure(ui::configure)
        .default_service(web::to(nothing_here))
        // The last one is the outermost, so refusals of the guard are also logged.
        .wrap(from_fn(origin::guard))
        .wrap(from_fn(log::access))
        .wrap(from_fn(paced::pace))
        .wrap(from_fn(unread::keep))
}

async fn nothing_here() -> Result<HttpResponse, Refusal> {
    let failure = Failure::bad_request("there is nothing here; the API is at /graphql");
    Err(Refusal::new(StatusCode::NOT_FOUND, failure))
}
