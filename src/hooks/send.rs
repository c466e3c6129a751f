//! One request to a receiver, and the check of its address.
//!
//! The address that is checked is the one that is connected to: it is resolved once, here, so a
//! name that changes its address meanwhile (DNS rebinding) gains nothing. Redirects and proxies are
//! not used, because both would bypass the check.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use super::Reach;
use super::message::{HookMessage, Signature};

/// The reason why a URL is not valid for a hook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It is not a URL.
    #[error("expected an address such as https://ci.example/hooks/stemma, found {0:?}")]
    NoUrl(String),
    /// It is not encrypted.
    #[error(
        "expected an address that begins with https://, found {0:?}; plain http:// needs allow-private = true"
    )]
    Plain(String),
    /// It contains a user name and a password.
    #[error(
        "expected an address without a user name and password; remove them, because the signature authenticates the sender"
    )]
    UserInfo,
}

/// The receiver of messages.
pub(super) struct HookTarget {
    uri: Uri,
    reach: Reach,
}

impl HookTarget {
    pub(super) fn new(url: &str, reach: Reach) -> Result<Self, BadUrl> {
        let no_url = || BadUrl::NoUrl(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| no_url())?;
        let authority = uri.authority().ok_or_else(no_url)?;
        if authority.as_str().contains('@') {
            return Err(BadUrl::UserInfo);
        }
        match (uri.scheme_str(), reach) {
            (Some("https"), _) | (Some("http"), Reach::Private) => Ok(Self { uri, reach }),
            (Some("http"), Reach::Public) => Err(BadUrl::Plain(url.to_owned())),
            _ => Err(no_url()),
        }
    }

    /// Returns a sender of requests to this receiver.
    pub(super) fn sender(&self, patience: Duration) -> Sender {
        let config = Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("stemma/", env!("CARGO_PKG_VERSION")))
            .build();
        let guarded = Guarded { reach: self.reach, inner: DefaultResolver::default() };
        let agent = Agent::with_parts(config, DefaultConnector::default(), guarded);
        Sender { agent, uri: self.uri.clone() }
    }
}

/// Sends requests to one receiver. Clones share connections.
#[derive(Clone)]
pub(super) struct Sender {
    agent: Agent,
    uri: Uri,
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SendOutcome {
    /// The receiver accepted the message.
    Accepted,
    /// It was not accepted, or the outcome is unknown. The receiver may have sent a `Retry-After`.
    Retry(String, Option<Duration>),
    /// The receiver wants no further messages.
    Gone,
}

impl Sender {
    /// Sends a message. Blocks.
    pub(super) fn send(&self, message: &HookMessage, second: i64, signature: &Signature) -> SendOutcome {
        let request = self
            .agent
            .post(self.uri.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", second.to_string())
            .header("webhook-signature", signature.header());
        match request.send(&message.body[..]) {
            // The body is not read.
            Ok(response) => answered(&response),
            Err(error) => SendOutcome::Retry(error.to_string(), None),
        }
    }
}

fn answered<T>(response: &Response<T>) -> SendOutcome {
    let status = response.status();
    if status.is_success() {
        return SendOutcome::Accepted;
    }
    if status.as_u16() == 410 {
        return SendOutcome::Gone;
    }
    let after =
        response.headers().get("retry-after").and_then(|after| after.to_str().ok()?.trim().parse().ok());
    let redirected = if status.is_redirection() { ", and no redirect is followed" } else { "" };
    SendOutcome::Retry(format!("the receiver answered {status}{redirected}"), after.map(Duration::from_secs))
}

/// Resolves names and returns the addresses that are permitted.
#[derive(Debug)]
struct Guarded {
    reach: Reach,
    inner: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.reach == Reach::Private {
            return Ok(found);
        }
        let mut public = self.empty();
        found.iter().filter(|address| is_public(address.ip())).for_each(|address| public.push(*address));
        if public.is_empty() {
            let why =
                "the address is private, of this machine or reserved; allow it with allow-private = true";
            return Err(ureq::Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, why)));
        }
        Ok(public)
    }
}

/// Returns true if an address is in a public range.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = matches!(
        (a, b, c),
        (0, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _) | (240.., ..)
    );
    !(reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, high, low] = address.segments();
    let [h1, h2] = high.to_be_bytes();
    let [l1, l2] = low.to_be_bytes();
    let inner = Ipv4Addr::new(h1, h2, l1, l2);
    match (a, b, c, d, e, f) {
        // An IPv4 address as IPv6: mapped, or translated (NAT64).
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => is_public_v4(inner),
        // All global addresses except tunnels, whose ends are unknown, and documentation.
        (0x2001, 0..=0x1ff | 0xdb8, ..) | (0x2002 | 0x3fff, ..) => false,
        _ => (0x2000..=0x3fff).contains(&a),
    }
}
