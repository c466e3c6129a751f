//! The web pages, embedded into the binary: one document for all pages, one for the playground,
//! and their assets.
//!
//! `build.rs` writes the files to `$OUT_DIR/ui`, gzipped. They are sent as stored to clients that
//! accept gzip, which is every browser, and unpacked for others. Names under `assets/` carry a
//! content hash and are cached permanently; the others are revalidated by an entity tag. Nothing
//! here reads a disk, knows the API or asks for a token: the pages contain no data.

use std::borrow::Cow;
use std::io::{self, Read};

use actix_web::http::header::{self, AcceptEncoding, ContentType, Encoding, EntityTag, Header, IfNoneMatch};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};

#[cfg(test)]
mod tests;

/// Allows nothing from other sites and nothing inline but styles, which the editor writes by the
/// hundred. `data:` images are the editor's squiggles; `blob:` images are those that a page fetched
/// with its token.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/ui"]
struct EmbeddedFiles;

/// The names of the pages: one segment each, so that their relative addresses hold. The same list
/// is in `web/src/routes.ts`.
const PAGES: [&str; 12] = [
    "impact",
    "campaigns",
    "search",
    "log",
    "item",
    "model",
    "set",
    "lineage",
    "diff",
    "campaign",
    "commit",
    "leakage",
];

/// Adds the pages to the root of a server.
pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    let headers = DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"));
    let fixed = ["/", "/playground", "/licenses.txt", "/assets/{file}"].map(str::to_owned);
    let paths: Vec<String> = fixed.into_iter().chain(PAGES.iter().map(|page| format!("/{page}"))).collect();
    cfg.service(web::resource(paths).wrap(headers).route(web::get().to(serve)).route(web::head().to(serve)));
}

/// Returns true for the paths that people open in a browser.
pub(super) fn is_page(path: &str) -> bool {
    matches!(path, "/" | "/playground" | "/licenses.txt") || is_named(path)
}

/// Returns true for the path of one of the [`PAGES`].
fn is_named(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|name| PAGES.contains(&name))
}

async fn serve(request: HttpRequest) -> HttpResponse {
    let name = match request.path() {
        "/playground" => "playground.html",
        path if path == "/" || is_named(path) => "index.html",
        path => path.trim_start_matches('/'),
    };
    // A build without the pages has one document, which says how to add them.
    match EmbeddedPage::find(name)
        .or_else(|| EmbeddedPage::find("index.html").filter(|_| name == "playground.html"))
    {
        Some(page) => page.answer(&request),
        None => HttpResponse::NotFound().content_type(ContentType::plaintext()).body("not found\n"),
    }
}

/// An embedded file.
struct EmbeddedPage {
    content: Cow<'static, [u8]>,
    gzipped: bool,
    hash: [u8; 32],
    media_type: &'static str,
    cache_control: &'static str,
}

impl EmbeddedPage {
    fn find(name: &str) -> Option<Self> {
        let media_type = media_type(name)?;
        let cache_control = if name.starts_with("assets/") { FOR_GOOD } else { ASK_AGAIN };
        let page = |gzipped| {
            move |file: EmbeddedFile| Self {
                hash: file.metadata.sha256_hash(),
                content: file.data,
                gzipped,
                media_type,
                cache_control,
            }
        };
        EmbeddedFiles::get(&format!("{name}.gz"))
            .map(page(true))
            .or_else(|| EmbeddedFiles::get(name).map(page(false)))
    }

    fn answer(self, request: &HttpRequest) -> HttpResponse {
        let packed = self.gzipped && takes_gzip(request);
        let tag = self.entity_tag(packed);
        let known = is_known(request, &tag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header(header::ETag(tag))
            .insert_header((header::CACHE_CONTROL, self.cache_control))
            .insert_header((header::VARY, "accept-encoding"));
        if known {
            return response.finish();
        }
        response.content_type(self.media_type);
        if packed {
            // The explicit header also stops compressing middleware from packing it again.
            return response.insert_header((header::CONTENT_ENCODING, "gzip")).body(bytes(self.content));
        }
        match self.unpacked() {
            Ok(content) => response.body(bytes(content)),
            Err(error) => {
                tracing::error!(%error, path = request.path(), "an embedded page cannot be unpacked");
                HttpResponse::InternalServerError().finish()
            }
        }
    }

    /// Returns the strong entity tag, which must differ between the packed and the unpacked
    /// representation.
    fn entity_tag(&self, packed: bool) -> EntityTag {
        let hash: String = self.hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        EntityTag::new_strong(if packed { format!("{hash}-gzip") } else { hash })
    }

    fn unpacked(self) -> io::Result<Cow<'static, [u8]>> {
        if !self.gzipped {
            return Ok(self.content);
        }
        let mut content = Vec::new();
        GzDecoder::new(self.content.as_ref()).read_to_end(&mut content)?;
        Ok(content.into())
    }
}

/// Returns the media type; `None` for kinds of files that the pages do not have, including the
/// `.gz` names of embedded files.
fn media_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        _ => return None,
    })
}

/// Returns true if the client accepts gzip. A header that is absent or malformed requests nothing.
fn takes_gzip(request: &HttpRequest) -> bool {
    let offered = [Encoding::gzip(), Encoding::identity()];
    let chosen = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(offered.iter()));
    chosen == Some(Encoding::gzip())
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// Sends embedded content from the binary without a copy.
fn bytes(content: Cow<'static, [u8]>) -> web::Bytes {
    match content {
        Cow::Borrowed(content) => web::Bytes::from_static(content),
        Cow::Owned(content) => web::Bytes::from(content),
    }
}
