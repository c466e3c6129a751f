//! Thumbnails over HTTP: answers, refusals, limits and access.

use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json;

use super::wire::Response;
use super::{HttpLimits, Setup, TestServer, url_signer};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;
use crate::http::ThumbnailLimits;
use crate::ledger::{BlobStore, once};
use crate::thumbnails::ThumbnailCache;

const PICTURE: &[u8] = include_bytes!("../../../fixtures/thumbnails/lzw.tif");
const PHOTO: &[u8] = include_bytes!("../../../fixtures/thumbnails/orientation-6.jpg");
const HEIGHTS: &[u8] = include_bytes!("../../../fixtures/thumbnails/float.tif");

fn server(folder: &tempfile::TempDir, limits: HttpLimits) -> TestServer {
    let thumbnails = Some(ThumbnailCache::new(folder.path().join("thumbnails"), 1 << 20));
    TestServer::with(Setup { thumbnails, limits, ..Setup::default() })
}

fn limited(thumbnail: ThumbnailLimits) -> HttpLimits {
    HttpLimits { thumbnail, ..HttpLimits::default() }
}

impl TestServer {
    fn stored(&self, bytes: &'static [u8]) -> Digest {
        let digest = Digest::of(bytes);
        let put = self.blobs.put(digest, once(bytes.into()), bytes.len() as u64);
        put.now_or_never().unwrap().unwrap();
        digest
    }

    fn thumbnail(&self, digest: Digest, size: &str) -> Response {
        self.get(&format!("/blobs/{digest}?thumbnail={size}"))
    }
}

/// Returns a square BMP of 24 bits, which takes long to decode.
fn bitmap(side: u32) -> &'static [u8] {
    let row = (side * 3).next_multiple_of(4);
    let mut bytes = b"BM".to_vec();
    for number in [54 + row * side, 0, 54, 40, side, side] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    bytes.resize((54 + row * side) as usize, 0);
    bytes.leak()
}

fn refusal(response: &Response) -> (u16, serde_json::Value, serde_json::Value) {
    assert_eq!(response.header("cache-control"), Some("no-store"));
    (response.status, response.error()["code"].clone(), response.error()["reason"].clone())
}

fn files(folder: &tempfile::TempDir) -> usize {
    let kept = std::fs::read_dir(folder.path().join("thumbnails")).into_iter().flatten().flatten();
    kept.map(|folder| std::fs::read_dir(folder.path()).unwrap().count()).sum()
}

#[test]
fn a_thumbnail_is_an_image_that_browsers_keep() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder, HttpLimits::default());
    let digest = server.stored(PICTURE);
    let first = server.thumbnail(digest, "256");
    assert_eq!(first.status, 200, "{first:?}");
    assert!(first.body.starts_with(b"\x89PNG\r\n\x1a\n"));
    let etag = format!("\"{digest}-256-1\"");
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-length", first.body.len().to_string().as_str()),
        ("content-disposition", "inline"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("etag", etag.as_str()),
    ] {
        assert_eq!(first.header(name), Some(value), "{name}");
    }
    assert_eq!(files(&folder), 1);
    // From the cache, with the same bytes and headers; also without it.
    let path = format!("/blobs/{digest}?thumbnail=256");
    let again = server.get(&path);
    assert_eq!(
        (again.status, again.body == first.body, again.header("etag")),
        (200, true, Some(etag.as_str()))
    );
    std::fs::remove_dir_all(folder.path().join("thumbnails")).unwrap();
    assert!(server.get(&path).body == first.body);
    let head = server.send(&format!("HEAD {path}"), &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), first.header("content-length"));
    assert_eq!(head.header("content-type"), Some("image/png"));
    let known = server.send(&format!("GET {path}"), &[("If-None-Match", &etag)], b"");
    assert_eq!((known.status, known.body.len()), (304, 0));
    let other = server.send(&format!("GET {path}"), &[("If-None-Match", &format!("\"{digest}\""))], b"");
    assert_eq!(other.status, 200, "the tag of the payload is another");
    let part = server.send(&format!("GET {path}"), &[("Range", "bytes=0-1")], b"");
    assert_eq!((part.status, part.body == first.body), (200, true), "there are no parts of it");
    // The payload itself is as it was.
    assert!(server.get(&format!("/blobs/{digest}")).body == PICTURE);
}

#[test]
fn refusals_tell_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder, HttpLimits::default());
    let (picture, text, heights) = (server.stored(PICTURE), server.stored(b"a text"), server.stored(HEIGHTS));
    let none = json!(null);
    for size in ["", "0", "100", "256px", "-64", "64&thumbnail=128"] {
        let refused = server.thumbnail(picture, size);
        assert_eq!(refused.status, 400, "{size}: {refused:?}");
    }
    let refused = server.thumbnail(picture, "100");
    assert_eq!(refusal(&refused), (400, json!("BAD_USER_INPUT"), none.clone()));
    let message = refused.json()["errors"][0]["message"].to_string();
    assert!(message.contains("64, 128, 256 or 512") && message.contains("100"), "{message}");
    assert_eq!(refusal(&server.thumbnail(text, "64")), (422, json!("BAD_USER_INPUT"), none.clone()));
    assert_eq!(refusal(&server.thumbnail(heights, "64")), (415, json!("BAD_USER_INPUT"), none));
    let nowhere = Digest::of(b"nowhere");
    assert_eq!(refusal(&server.thumbnail(nowhere, "64")), (404, json!("BAD_USER_INPUT"), json!("NOT_FOUND")));
    assert_eq!(files(&folder), 0, "nothing is kept of a refusal");
    let off = TestServer::start();
    let digest = off.stored(PICTURE);
    let refused = off.thumbnail(digest, "64");
    assert_eq!(refusal(&refused), (404, json!("BAD_USER_INPUT"), json!("NOT_FOUND")));
    assert!(refused.json()["errors"][0]["message"].to_string().contains("--thumbnails off"));
}

#[test]
fn bytes_pixels_memory_and_time_are_limited() {
    let limits = ThumbnailLimits::default;
    let too_large = (413, json!("BAD_USER_INPUT"), json!("LIMIT_EXCEEDED"));
    for (limits, expected) in [
        (limited(ThumbnailLimits { bytes: 301, ..limits() }), too_large.clone()),
        (limited(ThumbnailLimits { pixels: 799, ..limits() }), too_large.clone()),
        (HttpLimits { memory: 20 << 20, ..HttpLimits::default() }, too_large),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = server(&folder, limits.clone());
        let digest = server.stored(PICTURE);
        assert_eq!(refusal(&server.thumbnail(digest, "512")), expected, "{limits:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let slow = server(&folder, limited(ThumbnailLimits { time: Duration::from_millis(1), ..limits() }));
    let digest = slow.stored(bitmap(3_000));
    let expected = (504, json!("INTERNAL_SERVER_ERROR"), json!("TIMEOUT"));
    assert_eq!(refusal(&slow.thumbnail(digest, "512")), expected);
    let folder = tempfile::tempdir().unwrap();
    let exact = ThumbnailLimits { bytes: 302, pixels: 800, ..limits() };
    let server = server(&folder, limited(exact));
    let digest = server.stored(PICTURE);
    assert_eq!((PICTURE.len(), server.thumbnail(digest, "64").status), (302, 200));
}

#[test]
fn many_requests_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let thumbnail = ThumbnailLimits { concurrent: 2, ..ThumbnailLimits::default() };
    // Memory for one at a time.
    let server = server(&folder, HttpLimits { memory: 28 << 20, ..limited(thumbnail) });
    let digests = [server.stored(PICTURE), server.stored(PHOTO)];
    std::thread::scope(|scope| {
        for number in 0..24 {
            let (server, digest) = (&server, digests[number % 2]);
            let size = ["64", "128", "256"][number % 3];
            scope.spawn(move || {
                let response = server.thumbnail(digest, size);
                assert_eq!(response.status, 200, "{response:?}");
            });
        }
    });
    assert_eq!(files(&folder), 6);
}

#[test]
fn a_thumbnail_is_read_like_its_payload() {
    let folder = tempfile::tempdir().unwrap();
    let thumbnails = Some(ThumbnailCache::new(folder.path().join("thumbnails"), 1 << 20));
    let token = Some("0123456789abcdef");
    let server = TestServer::with(Setup { token, thumbnails, ..Setup::default() });
    let digest = server.stored(PICTURE);
    assert_eq!(server.thumbnail(digest, "64").status, 401);
    let path = url_signer().address(digest, Duration::from_secs(60));
    let shown = server.get(&format!("{path}&thumbnail=64"));
    assert_eq!(
        (shown.status, shown.header("cross-origin-resource-policy")),
        (200, Some("cross-origin")),
        "a pre-signed URL gives access to less than the payload as well"
    );
    let other = Digest::of(b"other");
    assert_eq!(
        server.get(&format!("{}&thumbnail=64", path.replace(&digest.hex(), &other.hex()))).status,
        401
    );
    // There is no thumbnail of a payload that has been removed, although one is kept.
    assert_eq!(files(&folder), 1);
    server.blobs.delete(digest, Timestamp::MAX).now_or_never().unwrap().unwrap();
    assert_eq!(server.get(&format!("{path}&thumbnail=64")).status, 404);
}
