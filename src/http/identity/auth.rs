//! Authentication of requests.
//!
//! A server that only this machine can reach needs no token. Any other address does, and without
//! one it is refused before it is bound. The token is kept as its digest and compared in constant
//! time; it is never logged or shown. A pre-signed URL gives access to one blob without the token.

use std::fmt;
use std::net::SocketAddr;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};
use serde::Deserialize;

use super::Authentication;
use crate::domain::id::Digest;
use crate::domain::principal::Principal;
use crate::http::errors::Refusal;

/// A bearer token, kept as a digest. Digests have equal lengths, so comparing them reveals nothing
/// about the length of the token.
#[derive(Clone)]
pub struct Token(Digest);

/// The error of a text that is not suitable as a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a token must have {} to {} visible ASCII characters without spaces; make one with `openssl rand -hex 32`",
    Token::SHORTEST,
    Token::LONGEST
)]
pub struct WeakToken;

impl Token {
    /// The minimum length of a token that cannot be guessed over a network.
    pub const SHORTEST: usize = 16;
    /// The maximum length of a token, which fits into a header.
    pub const LONGEST: usize = 1_024;

    /// Creates the token of this text. Surrounding white space, as in files, is removed.
    ///
    /// # Errors
    /// [`WeakToken`] if it is too short, too long or not allowed in a header.
    pub fn new(text: &str) -> Result<Self, WeakToken> {
        let text = text.trim();
        let fits = (Self::SHORTEST..=Self::LONGEST).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(Digest::of(text.as_bytes()))) } else { Err(WeakToken) }
    }

    fn is(&self, given: &[u8]) -> bool {
        self.0.is_equal_in_constant_time(&Digest::of(given))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The error of an address that other machines can reach, without a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{listen} can be reached from other machines: give a token, or listen on 127.0.0.1")]
pub struct Exposed {
    listen: SocketAddr,
}

/// The credentials that the server requires.
#[derive(Debug, Clone)]
pub(in crate::http) enum RequiredAccess {
    /// None: any client on this machine.
    Local,
    /// The token.
    Token(Token),
}

impl RequiredAccess {
    /// Returns the access that an address requires.
    pub(in crate::http) fn new(listen: SocketAddr, token: Option<Token>) -> Result<Self, Exposed> {
        match token {
            Some(token) => Ok(Self::Token(token)),
            None if listen.ip().to_canonical().is_loopback() => Ok(Self::Local),
            None => Err(Exposed { listen }),
        }
    }

    pub(in crate::http) fn admit(
        &self,
        authorization: Option<&HeaderValue>,
    ) -> Result<Principal, &'static str> {
        match self {
            Self::Local => Ok(Principal::local()),
            Self::Token(token) => {
                match bearer(authorization.ok_or("a token is required: send `Authorization: Bearer …`")?) {
                    Some(given) if token.is(given) => Principal::named("token").map_err(|_| "no principal"),
                    Some(_) => Err("the token is not that of this server"),
                    None => Err("the Authorization header must be `Bearer` and a token"),
                }
            }
        }
    }
}

fn bearer(header: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = header.as_bytes().split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// Passes a request on with its [`Principal`], or answers 401.
pub(in crate::http) async fn require(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let authentication = request.app_data::<web::Data<Authentication>>();
    let admitted = match authentication {
        Some(authentication) => {
            match (request.headers().get(header::AUTHORIZATION), signed_query(&request)) {
                (None, Some((digest, signed)))
                    if matches!(authentication.access, RequiredAccess::Token(_)) =>
                {
                    let holds = authentication.url_signer.check(digest, signed.expires, &signed.signature);
                    let holder = |()| Principal::named("address").map_err(|_| "no principal".to_owned());
                    holds.map_err(|bad| bad.to_string()).and_then(holder)
                }
                (authorization, _) => authentication.access.admit(authorization).map_err(str::to_owned),
            }
        }
        None => Err("the server is not set up".to_owned()),
    };
    match admitted {
        Ok(principal) => {
            if let Some(authentication) = request.app_data::<web::Data<Authentication>>() {
                let caller = authentication.callers.find(&principal, request.peer_addr());
                request.extensions_mut().insert(caller);
            }
            request.extensions_mut().insert(principal);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(why) => Ok(request.into_response(Refusal::unauthenticated(why).error_response())),
    }
}

/// Returns true if a request reads one blob by a pre-signed URL that has not expired.
pub(in crate::http) fn is_signed(request: &ServiceRequest, authentication: &Authentication) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || !request.query_string().contains("signature=") {
        return false;
    }
    let digest = request.path().strip_prefix("/blobs/").and_then(|name| name.parse::<Digest>().ok());
    let signed = web::Query::<SignedQuery>::from_query(request.query_string()).ok();
    match (digest, signed) {
        (Some(digest), Some(signed)) => {
            authentication.url_signer.check(digest, signed.expires, &signed.signature).is_ok()
        }
        _ => false,
    }
}

/// The query parameters of a pre-signed URL.
#[derive(Deserialize)]
struct SignedQuery {
    expires: i64,
    signature: String,
}

/// Returns the requested blob and the signature parameters, if there are any.
fn signed_query(request: &ServiceRequest) -> Option<(Digest, SignedQuery)> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let digest = request.match_info().get("digest")?.parse().ok()?;
    let signed = web::Query::<SignedQuery>::from_query(request.query_string()).ok()?;
    Some((digest, signed.into_inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0123456789abcdef";

    #[test]
    fn tokens_are_checked_and_never_shown() {
        assert!(Token::new(&format!(" {TEXT}\n")).unwrap().is(TEXT.as_bytes()));
        assert!(!format!("{:?}", Token::new(TEXT).unwrap()).contains(TEXT));
        for other in ["", "0123456789abcde", "0123456789abcdeF", "x123456789abcdef", " 0123456789abcdef"] {
            assert!(!Token::new(TEXT).unwrap().is(other.as_bytes()), "{other}");
        }
        for weak in ["", "short", "0123456789 abcdef", "0123456789abcdéf", &"x".repeat(1_025)] {
            assert_eq!(Token::new(weak).err(), Some(WeakToken), "{weak}");
        }
    }

    #[test]
    fn only_loopback_needs_no_token() {
        for (listen, local) in [
            ("127.0.0.1:80", true),
            ("127.9.9.9:80", true),
            ("[::1]:80", true),
            ("[::ffff:127.0.0.1]:80", true),
            ("0.0.0.0:80", false),
            ("[::]:80", false),
            ("10.0.0.1:80", false),
        ] {
            let listen = listen.parse().unwrap();
            assert_eq!(RequiredAccess::new(listen, None).is_ok(), local, "{listen}");
            assert!(RequiredAccess::new(listen, Token::new(TEXT).ok()).is_ok());
        }
        let line = RequiredAccess::new("0.0.0.0:80".parse().unwrap(), None).unwrap_err().to_string();
        assert!(line.contains("0.0.0.0:80") && line.contains("token") && !line.contains('\n'), "{line}");
    }

    #[test]
    fn a_bearer_is_admitted_by_the_right_token_alone() {
        let access = RequiredAccess::Token(Token::new(TEXT).unwrap());
        let admit = |text: &str| access.admit(Some(&HeaderValue::from_str(text).unwrap()));
        assert_eq!(admit(&format!("Bearer {TEXT}")).unwrap().name(), "token");
        assert!(admit(&format!("bearer  {TEXT}")).is_ok());
        for wrong in
            ["", "Bearer", "Bearer ", "Bearer x", &format!("Basic {TEXT}"), TEXT, &format!("Bearer {TEXT}x")]
        {
            assert!(admit(wrong).is_err(), "{wrong}");
        }
        assert!(access.admit(None).is_err());
        assert_eq!(RequiredAccess::Local.admit(None), Ok(Principal::local()));
    }
}
