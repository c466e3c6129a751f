//! Pre-signed URLs replace the token for one blob and a limited time.

use std::time::Duration;

use super::{Setup, TestServer, url_signer};
use crate::domain::id::Digest;

const TOKEN: &str = "0123456789abcdef";
const BEARER: (&str, &str) = ("Authorization", "Bearer 0123456789abcdef");

fn guarded() -> (TestServer, Digest) {
    let server = TestServer::with(Setup { token: Some(TOKEN), ..Setup::default() });
    let response = server.send("POST /blobs", &[BEARER], b"content");
    assert_eq!(response.status, 201, "{response:?}");
    (server, Digest::of(b"content"))
}

#[test]
fn a_signed_url_replaces_the_token() {
    let (server, digest) = guarded();
    let address = url_signer().address(digest, Duration::from_secs(60));
    assert_eq!(server.get(&format!("/blobs/{digest}")).status, 401);
    let response = server.get(&address);
    assert_eq!((response.status, response.body.as_slice()), (200, b"content".as_slice()));
    assert_eq!(response.header("content-disposition"), Some("attachment"));
    let part = server.send(&format!("GET {address}"), &[("Range", "bytes=0-2")], b"");
    assert_eq!((part.status, part.body.as_slice()), (206, b"con".as_slice()));
    assert_eq!(server.send(&format!("HEAD {address}"), &[], b"").status, 200);
    // With the right token the signature does not matter; with a wrong one it does not help.
    assert_eq!(server.send(&format!("GET {address}x"), &[BEARER], b"").status, 200);
    let wrong = server.send(&format!("GET {address}"), &[("Authorization", "Bearer 0123456789abcdeF")], b"");
    assert_eq!(wrong.status, 401);
}

#[test]
fn a_signed_url_reads_one_blob_until_it_expires() {
    let (server, digest) = guarded();
    let address = url_signer().address(digest, Duration::from_secs(60));
    let (path, query) = address.split_once('?').unwrap();
    let other = format!("/blobs/{}?{query}", Digest::of(b"other"));
    let longer = address.replacen("expires=", "expires=9", 1);
    let (unsigned, _) = address.split_once("&signature=").unwrap();
    for (wrong, says) in [
        (other.as_str(), "was not signed"),
        (&longer, "was not signed"),
        (&format!("{address}0"), "was not signed"),
        (&format!("{unsigned}&signature="), "was not signed"),
        (unsigned, "a token is required"),
        (&url_signer().address(digest, Duration::ZERO), "has expired"),
    ] {
        let response = server.get(wrong);
        assert_eq!(
            (response.status, response.error()["code"].as_str()),
            (401, Some("UNAUTHENTICATED")),
            "{wrong}"
        );
        let said = response.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(said.contains(says), "{wrong}: {said}");
    }
    assert_eq!(server.send(&format!("PUT {path}?{query}"), &[], b"content").status, 401);
    assert_eq!(server.send(&format!("POST /blobs?{query}"), &[], b"content").status, 401);
    assert_eq!(server.send(&format!("POST /blobs/batch?{query}"), &[], b"content").status, 401);
    assert_eq!(server.get(&format!("/graphql?{query}")).status, 401);
}
