//! The pages as clients see them. The playground itself may be missing from a build, so packed
//! files are created here.

use std::io::Write;

use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Compress;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, body};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const TEXT: &[u8] = b"export const answer = 42;";

/// A script as the build packs it.
fn packed_page() -> EmbeddedPage {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(TEXT).unwrap();
    EmbeddedPage {
        content: encoder.finish().unwrap().into(),
        gzipped: true,
        hash: [7; 32],
        media_type: "text/javascript; charset=utf-8",
        cache_control: FOR_GOOD,
    }
}

fn accepting(encoding: &str) -> TestRequest {
    TestRequest::default().insert_header((header::ACCEPT_ENCODING, encoding))
}

/// Sends one request to a server that has only the pages and compresses what it can.
async fn send(method: Method, path: &str) -> (StatusCode, HeaderMap, web::Bytes) {
    let app = init_service(App::new().wrap(Compress::default()).configure(configure)).await;
    let request = accepting("gzip, br").method(method).uri(path).to_request();
    let response = call_service(&app, request).await;
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, read_body(response).await)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

async fn content(response: HttpResponse) -> web::Bytes {
    body::to_bytes(response.into_body()).await.unwrap()
}

#[actix_web::test]
async fn the_index_page_is_html_and_asked_for_again() {
    let (status, headers, _) = send(Method::GET, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(text(&headers, &header::CONTENT_TYPE), "text/html; charset=utf-8");
    assert_eq!(text(&headers, &header::CACHE_CONTROL), "no-cache");
    assert_eq!(text(&headers, &header::CONTENT_ENCODING), "gzip");
}

#[actix_web::test]
async fn the_server_answers_the_pages_that_the_document_has() {
    let routes = include_str!("../../../web/src/routes.ts");
    let named: Vec<&str> =
        routes.lines().filter_map(|line| line.trim().strip_prefix("page('")?.split('\'').next()).collect();
    let served: Vec<&str> = std::iter::once("").chain(PAGES).collect();
    assert_eq!(named, served);
    for page in served {
        assert_eq!(send(Method::GET, &format!("/{page}")).await.0, StatusCode::OK, "{page}");
    }
    assert_eq!(send(Method::GET, "/playground").await.0, StatusCode::OK);
    assert_eq!(send(Method::GET, "/impact/more").await.0, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn every_answer_carries_the_policy() {
    for (method, path) in [(Method::GET, "/"), (Method::GET, "/assets/no-such.js"), (Method::POST, "/")] {
        let (_, headers, _) = send(method, path).await;
        assert_eq!(text(&headers, &header::CONTENT_SECURITY_POLICY), CONTENT_SECURITY_POLICY, "{path}");
        assert_eq!(text(&headers, &header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert_eq!(text(&headers, &header::REFERRER_POLICY), "no-referrer", "{path}");
    }
}

#[actix_web::test]
async fn what_is_not_embedded_is_not_found() {
    for path in
        ["/assets/no-such.js", "/assets/..%2findex.html", "/assets/", "/index.html.gz", "/assets/x.js.gz"]
    {
        assert_eq!(send(Method::GET, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[actix_web::test]
async fn pages_are_only_read() {
    assert_eq!(send(Method::HEAD, "/").await.0, StatusCode::OK);
    assert_eq!(send(Method::POST, "/").await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[actix_web::test]
async fn gzip_is_sent_as_stored() {
    let page = packed_page();
    let stored = page.content.to_vec();
    let response = page.answer(&accepting("br, gzip").to_http_request());
    assert_eq!(text(response.headers(), &header::CONTENT_ENCODING), "gzip");
    assert_eq!(text(response.headers(), &header::CACHE_CONTROL), FOR_GOOD);
    assert_eq!(text(response.headers(), &header::VARY), "accept-encoding");
    assert_eq!(content(response).await, stored);
}

#[actix_web::test]
async fn who_takes_no_gzip_gets_the_file_unpacked() {
    for request in [TestRequest::default(), accepting("identity"), accepting("gzip;q=0"), accepting("br")] {
        let response = packed_page().answer(&request.to_http_request());
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(content(response).await, TEXT);
    }
}

#[actix_web::test]
async fn a_known_entity_tag_is_answered_without_a_body() {
    let first = packed_page().answer(&accepting("gzip").to_http_request());
    let tag = text(first.headers(), &header::ETAG).to_owned();
    assert!(tag.starts_with('"'), "a strong tag, not {tag}");

    let again = accepting("gzip").insert_header((header::IF_NONE_MATCH, format!("\"other\", {tag}")));
    let response = packed_page().answer(&again.to_http_request());
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(text(response.headers(), &header::ETAG), tag);
    assert!(content(response).await.is_empty());

    let unpacked = TestRequest::default().insert_header((header::IF_NONE_MATCH, tag));
    assert_eq!(packed_page().answer(&unpacked.to_http_request()).status(), StatusCode::OK);
}

#[test]
fn every_embedded_file_can_be_served() {
    for file in EmbeddedFiles::iter() {
        let name = file.trim_end_matches(".gz");
        let page = EmbeddedPage::find(name).unwrap_or_else(|| panic!("{name} has no media type"));
        assert!(!page.unpacked().unwrap().is_empty(), "{name}");
    }
}
