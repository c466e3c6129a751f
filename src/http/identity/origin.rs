//! Access of web pages of other sites, and protection of a server without a token.
//!
//! Any page can make the browser send requests to 127.0.0.1, and a name that changes its address
//! (DNS rebinding) can make them look like the page's own. Neither can set the `Host` header to a
//! local name or the `Origin` header to the server's own, nor hide that a request crosses sites
//! (`Sec-Fetch-Site`). With a token no protection is needed, because pages do not know it. Origins
//! named by `--allow-origin` may send requests and read answers (CORS).

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};

use super::Authentication;
use super::auth::{self, RequiredAccess};
use crate::api::engine::code::Code;
use crate::api::engine::failure::Failure;
use crate::http::errors::Refusal;
use crate::http::ui;

/// The sites whose pages may use the server.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// Origins as browsers send them; `*` allows all.
    pub allowed: Vec<String>,
    /// The server's own address, if it is known.
    pub public_url: Option<String>,
}

/// Headers of answers that pages may read, in addition to those that CORS always allows.
const EXPOSED: &str = "Accept-Ranges, Content-Disposition, Content-Encoding, Content-Length, Content-Range, ETag, Location, \
                       Repr-Digest, Retry-After, Stemma-Seq";

/// The lifetime of a preflight answer in the browser, in seconds.
const REMEMBERED: &str = "7200";

/// Marks a request with a valid pre-signed URL, in its extensions.
pub(in crate::http) struct Signed;

/// The origin of a request.
#[derive(Debug, PartialEq, Eq)]
enum RequestOrigin {
    /// The request names no origin.
    Nowhere,
    /// A page of the server itself.
    Own,
    /// A page that may use the server.
    Allowed(HeaderValue),
    /// Another page.
    Foreign,
}

/// Answers 403 to requests that a page of another site could have sent, and sends CORS headers to
/// allowed origins.
pub(in crate::http) async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(authentication) = request.app_data::<web::Data<Authentication>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let is_signed = auth::is_signed(&request, &authentication);
    if is_signed {
        request.extensions_mut().insert(Signed);
    }
    let from = authentication.origins.from(request.headers());
    if matches!(authentication.access, RequiredAccess::Local)
        && let Err(why) = check(&request, &from, is_signed)
    {
        let refusal = Refusal::new(StatusCode::FORBIDDEN, Failure::new(Code::Forbidden, why));
        return Ok(request.into_response(refusal.error_response()));
    }
    let mut response = match &from {
        RequestOrigin::Allowed(_) if is_preflight(&request) => {
            let answer = preflight(request.headers());
            request.into_response(answer)
        }
        _ => next.call(request).await?.map_into_boxed_body(),
    };
    let headers = response.headers_mut();
    if !authentication.origins.allowed.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    if let RequestOrigin::Allowed(origin) = from {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    Ok(response)
}

/// Returns true for a CORS preflight request.
fn is_preflight(request: &ServiceRequest) -> bool {
    *request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Answers a preflight request. All requested headers are allowed, because routes ignore unknown
/// ones.
fn preflight(headers: &HeaderMap) -> HttpResponse {
    const NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
    let mut answer = HttpResponse::NoContent();
    answer
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, REMEMBERED))
        .insert_header((header::VARY, "Access-Control-Request-Method, Access-Control-Request-Headers"));
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone()));
    }
    if headers.contains_key(NETWORK) {
        answer.insert_header(("Access-Control-Allow-Private-Network", "true"));
    }
    answer.finish()
}

impl Origins {
    fn from(&self, headers: &HeaderMap) -> RequestOrigin {
        let mut origins = headers.get_all(header::ORIGIN);
        let (origin, None) = (origins.next(), origins.next()) else { return RequestOrigin::Foreign };
        let Some(origin) = origin else { return RequestOrigin::Nowhere };
        let Ok(text) = origin.to_str() else { return RequestOrigin::Foreign };
        let host = host(headers);
        let is_own = text.strip_prefix("http://").is_some_and(|from| with_port(from) == with_port(host))
            || self.public_url.as_deref().is_some_and(|url| is_of(text, url));
        let is_allowed = |allowed: &String| allowed == "*" || allowed.eq_ignore_ascii_case(text);
        match self.allowed.iter().any(is_allowed) {
            _ if is_own => RequestOrigin::Own,
            true => RequestOrigin::Allowed(origin.clone()),
            false => RequestOrigin::Foreign,
        }
    }
}

/// Returns true if a URL belongs to an origin.
fn is_of(origin: &str, url: &str) -> bool {
    let rest = url.strip_prefix(origin);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Checks a request to a server without a token.
fn check(request: &ServiceRequest, from: &RequestOrigin, is_signed: bool) -> Result<(), &'static str> {
    let headers = request.headers();
    // A pre-signed URL gives access to its blob under any name of the server.
    if !is_local(host(headers)) && !is_signed {
        return Err("without a token this server answers only to localhost, 127.0.0.1 and [::1]; \
                    use one of these names, or start it with a token");
    }
    let says = |name: &'static str, value: &[u8]| {
        headers.get(name).is_some_and(|found| found.as_bytes().eq_ignore_ascii_case(value))
    };
    let opens_a_page = || {
        *request.method() == Method::GET
            && says("sec-fetch-mode", b"navigate")
            && says("sec-fetch-dest", b"document")
            && ui::is_page(request.path())
    };
    match from {
        RequestOrigin::Own | RequestOrigin::Allowed(_) => Ok(()),
        RequestOrigin::Foreign if is_signed => Ok(()),
        RequestOrigin::Foreign => Err(
            "without a token this server does not answer pages of other sites; name the page's origin with \
                              --allow-origin, or start it with a token",
        ),
        RequestOrigin::Nowhere if !says("sec-fetch-site", b"cross-site") || is_signed || opens_a_page() => {
            Ok(())
        }
        RequestOrigin::Nowhere => Err(
            "without a token this server does not answer requests that pages of other sites make; name the \
                              page's origin with --allow-origin and let it send `Origin` (the attribute crossorigin), or \
                              start the server with a token",
        ),
    }
}

/// Returns the one host that a request names; empty if there is none, or more than one.
fn host(headers: &HeaderMap) -> &str {
    let mut hosts = headers.get_all(header::HOST);
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        _ => "",
    }
}
/// Returns true if a URL names this machine only.
#[must_use]
pub fn is_local_url(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    is_local(rest.split('/').next().unwrap_or_default())
}

fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || name == "[::1]" || is_loopback_v4(name)
}

fn is_loopback_v4(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Adds the default port: `localhost` is `localhost:80`.
fn with_port(authority: &str) -> String {
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let authority = authority.to_ascii_lowercase();
    if has_port { authority } else { authority + ":80" }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request(uri: &str, headers: &[(&str, &str)]) -> ServiceRequest {
        let request = TestRequest::default().uri(uri);
        headers.iter().fold(request, |request, header| request.append_header(*header)).to_srv_request()
    }

    fn passes(origins: &Origins, uri: &str, headers: &[(&str, &str)]) -> bool {
        let request = request(uri, headers);
        check(&request, &origins.from(request.headers()), false).is_ok()
    }

    fn alone(host: &str, origin: Option<&str>) -> bool {
        let headers: Vec<_> =
            [("host", host)].into_iter().chain(origin.map(|origin| ("origin", origin))).collect();
        passes(&Origins::default(), "/graphql", &headers)
    }

    #[test]
    fn only_local_names_are_hosts() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "localhost.:1",
            "127.0.0.1",
            "127.0.0.1:4000",
            "127.1.2.3",
            "[::1]",
            "[::1]:4000",
        ] {
            assert!(alone(host, None), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "10.0.0.1",
            "0.0.0.0",
            "[::]",
            "localhost:x",
            "localhost:",
            "::1",
        ] {
            assert!(!alone(host, None), "{host}");
        }
        assert!(!passes(&Origins::default(), "/", &[]));
        assert!(!passes(&Origins::default(), "/", &[("host", "localhost"), ("host", "localhost")]));
    }

    #[test]
    fn only_the_servers_own_pages_are_origins() {
        for (host, origin) in [
            ("localhost:4000", "http://localhost:4000"),
            ("LocalHost:4000", "http://localhost:4000"),
            ("localhost", "http://localhost"),
            ("localhost:80", "http://localhost"),
            ("[::1]:4000", "http://[::1]:4000"),
            ("[::1]", "http://[::1]:80"),
        ] {
            assert!(alone(host, Some(origin)), "{host} {origin}");
        }
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:4000",
            "https://localhost:4000",
            "http://evil.example",
            "null",
            "",
        ] {
            assert!(!alone("localhost:4000", Some(origin)), "{origin}");
        }
        let twice = [("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://localhost")];
        assert!(!passes(&Origins::default(), "/", &twice));
    }

    #[test]
    fn allowed_origins_and_the_public_url_are_accepted() {
        let origins = Origins {
            allowed: vec!["https://labels.example".to_owned(), "http://localhost:3000".to_owned()],
            public_url: Some("https://lineage.example/stemma".to_owned()),
        };
        let from = |origin: &str| {
            origins.from(request("/", &[("host", "localhost:80"), ("origin", origin)]).headers())
        };
        assert_eq!(
            from("https://labels.example"),
            RequestOrigin::Allowed(HeaderValue::from_static("https://labels.example"))
        );
        assert!(matches!(from("http://LOCALHOST:3000"), RequestOrigin::Allowed(_)));
        assert_eq!(
            (from("https://lineage.example"), from("http://localhost")),
            (RequestOrigin::Own, RequestOrigin::Own)
        );
        for foreign in
            ["https://lineage.example.evil", "https://labels.example:444", "http://labels.example", "null"]
        {
            assert_eq!(from(foreign), RequestOrigin::Foreign, "{foreign}");
        }
        let all = Origins { allowed: vec!["*".to_owned()], public_url: None };
        assert!(matches!(all.from(request("/", &[("origin", "null")]).headers()), RequestOrigin::Allowed(_)));
    }

    #[test]
    fn cross_site_requests_reach_pages_only() {
        let none = Origins::default();
        let host = ("host", "localhost:80");
        let cross = ("sec-fetch-site", "cross-site");
        let (navigate, document) = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"));
        assert!(passes(&none, "/", &[host, cross, navigate, document]));
        for (uri, headers) in [
            ("/graphql?query={a}", &[host, cross, navigate, document][..]),
            ("/export/log", &[host, cross, navigate, document]),
            ("/", &[host, cross]),
            ("/", &[host, cross, navigate, ("sec-fetch-dest", "iframe")]),
            ("/blobs/b3:0", &[host, cross, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")]),
            ("/healthz", &[host, cross]),
        ] {
            assert!(!passes(&none, uri, headers), "{uri} {headers:?}");
        }
        for site in ["same-origin", "none", "same-site"] {
            assert!(passes(&none, "/graphql", &[host, ("sec-fetch-site", site)]), "{site}");
        }
        let named = Origins { allowed: vec!["https://labels.example".to_owned()], public_url: None };
        assert!(passes(&named, "/graphql", &[host, cross, ("origin", "https://labels.example")]));
        assert!(!passes(&named, "/graphql", &[host, cross]));
        let signed = request("/blobs/b3:0", &[host, cross]);
        assert!(check(&signed, &none.from(signed.headers()), true).is_ok());
    }
}
