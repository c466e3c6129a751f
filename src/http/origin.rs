//! Keeps web pages away from a server that trusts whoever is on this machine.
//!
//! A page from anywhere can make the browser send requests to 127.0.0.1, and a name that changes its address (DNS
//! rebinding) can even make them look like the page's own. Neither can make the `Host` header a local name, or the
//! `Origin` header the server's own. With a token there is nothing to keep: a page does not know it.

use actix_web::Error;
use actix_web::ResponseError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web;

use super::auth::Access;
use super::errors::Refusal;
use super::shared::Shared;
use crate::api::code::Code;
use crate::api::failure::Failure;

/// Answers 403 to what a web page of another site could have sent.
pub(super) async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let trusting =
        request.app_data::<web::Data<Shared>>().is_none_or(|shared| matches!(shared.access, Access::Local));
    match check(request.headers()) {
        Err(why) if trusting => {
            let refusal = Refusal::new(StatusCode::FORBIDDEN, Failure::new(Code::Forbidden, why));
            Ok(request.into_response(refusal.error_response()))
        }
        _ => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}

fn check(headers: &HeaderMap) -> Result<(), &'static str> {
    let mut hosts = headers.get_all(header::HOST);
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        _ => "",
    };
    if !is_local(host) {
        return Err("without a token this server answers only to localhost, 127.0.0.1 and [::1]; \
                    use one of these names, or start it with a token");
    }
    let same =
        |origin: &str| origin.strip_prefix("http://").is_some_and(|from| with_port(from) == with_port(host));
    if headers.get_all(header::ORIGIN).all(|origin| origin.to_str().is_ok_and(same)) {
        Ok(())
    } else {
        Err("without a token this server does not answer pages of other sites; start it with a token")
    }
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

/// `localhost` is `localhost:80`.
fn with_port(authority: &str) -> String {
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let authority = authority.to_ascii_lowercase();
    if has_port { authority } else { authority + ":80" }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn passes(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        check(&headers).is_ok()
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
            assert!(passes(host, None), "{host}");
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
            assert!(!passes(host, None), "{host}");
        }
        assert!(check(&HeaderMap::new()).is_err());
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
            assert!(passes(host, Some(origin)), "{host} {origin}");
        }
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:4000",
            "https://localhost:4000",
            "http://evil.example",
            "null",
            "",
        ] {
            assert!(!passes("localhost:4000", Some(origin)), "{origin}");
        }
    }
}
