//! A small S3 server in memory with one flaw, and the finding of the start-up check.
//!
//! It checks no signature. Without a flaw it passes the check.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::proxy::{HttpMessage, receive, respond};
use super::server::TestServer;
use crate::blob::s3::probe::Abilities;
use crate::blob::s3::{Checksums, PART, S3Settings};
use crate::blob::tests::{TestResult, noise, put};
use crate::blob::{BlobMeta, BlobStore};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    /// A second creation succeeds.
    Overwrites,
    /// Conditions are not supported.
    NoConditions,
    /// A second completion succeeds.
    CompletesTwice,
    /// A completion with a condition is refused.
    NoConditionalCompletion,
    /// Stored bytes are framed.
    KeepsFrames,
    /// Reads of a part return everything.
    NoRanges,
    /// Requests with checksums are refused.
    NoChecksums,
    /// Deletions are denied.
    NoDeletes,
    /// Requests for absent objects are denied.
    NoList,
    /// The bucket does not exist.
    NoBucket,
    /// The bucket is in another region.
    OtherRegion,
    /// Metadata is dropped.
    NoMetadata,
}

#[derive(Clone, Default)]
struct FlawedObject {
    bytes: Vec<u8>,
    metadata: Vec<(String, String)>,
}

#[derive(Default)]
struct FlawedState {
    objects: HashMap<String, FlawedObject>,
    parts: HashMap<String, BTreeMap<u32, Vec<u8>>>,
}

struct Flawed {
    place: TestServer,
    state: Arc<Mutex<FlawedState>>,
    task: JoinHandle<()>,
}

impl Drop for Flawed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Flawed {
    async fn start(flaw: Flaw) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = TestServer::of(format!("http://{}", listener.local_addr().unwrap()));
        let state = Arc::new(Mutex::new(FlawedState::default()));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Ok(Some(request)) = receive(&mut client, true, true).await {
                        let (status, headers, body) = answer(&mut shared.lock().unwrap(), flaw, &request);
                        let is_head = request.head().starts_with("HEAD");
                        let _ = respond(&mut client, status, &headers, &body, is_head).await;
                    }
                });
            }
        });
        Self { place, state, task }
    }

    async fn probed(&self, settings: &S3Settings) -> Result<Abilities, String> {
        let store = self.place.open(settings).await;
        store.map(|store| store.abilities).map_err(|error| error.to_string())
    }
}

type HttpAnswer = (&'static str, Vec<(String, String)>, Vec<u8>);

fn error(status: &'static str, code: &str) -> HttpAnswer {
    (status, Vec::new(), format!("<Error><Code>{code}</Code><Message>as it is</Message></Error>").into())
}

fn ok(body: impl Into<Vec<u8>>) -> HttpAnswer {
    ("200 OK", vec![("ETag".to_owned(), "\"tag\"".to_owned())], body.into())
}

fn answer(state: &mut FlawedState, flaw: Flaw, request: &HttpMessage) -> HttpAnswer {
    let head = request.head();
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (key, query) = path.split_once('?').unwrap_or((path, ""));
    let (key, body) = (key.to_owned(), request.content().to_vec());
    let conditional = request.header("if-none-match").is_some();
    match flaw {
        Flaw::NoBucket => return error("404 Not Found", "NoSuchBucket"),
        Flaw::OtherRegion => return error("400 Bad Request", "AuthorizationHeaderMalformed"),
        Flaw::NoChecksums if head.to_ascii_lowercase().contains("x-amz-checksum-") => {
            return error("501 Not Implemented", "NotImplemented");
        }
        Flaw::NoConditions if conditional => return error("501 Not Implemented", "NotImplemented"),
        Flaw::NoConditionalCompletion if conditional && method == "POST" => {
            return error("501 Not Implemented", "NotImplemented");
        }
        Flaw::NoDeletes if method == "DELETE" && !query.contains("uploadId") => {
            return error("403 Forbidden", "AccessDenied");
        }
        _ => {}
    }
    let metadata = || {
        let all = head.lines().filter_map(|line| line.split_once(": "));
        let kept = all.filter(|(name, _)| flaw != Flaw::NoMetadata && name.starts_with("x-amz-meta-"));
        kept.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
    };
    let taken = conditional && state.objects.contains_key(&key);
    match (method, query) {
        ("POST", query) if query.starts_with("uploads") => {
            state.parts.insert(key, BTreeMap::new());
            ok("<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>")
        }
        ("PUT", query) if query.contains("partNumber") => {
            let number = query.split('&').find_map(|word| word.strip_prefix("partNumber=")?.parse().ok());
            state.parts.entry(key).or_default().insert(number.unwrap(), body);
            ok("")
        }
        ("POST", _) if taken && flaw != Flaw::CompletesTwice => {
            error("412 Precondition Failed", "PreconditionFailed")
        }
        ("POST", _) => {
            let parts = state.parts.remove(&key).unwrap_or_default();
            let bytes = parts.into_values().flatten().collect();
            state.objects.insert(key, FlawedObject { bytes, metadata: Vec::new() });
            ok("<CompleteMultipartUploadResult><ETag>tag</ETag></CompleteMultipartUploadResult>")
        }
        ("PUT", _) if taken && flaw != Flaw::Overwrites => {
            error("412 Precondition Failed", "PreconditionFailed")
        }
        ("PUT", _) => {
            let bytes = match flaw {
                Flaw::KeepsFrames => [b"29;chunk-signature=0\r\n", body.as_slice(), b"\r\n0\r\n"].concat(),
                _ => body,
            };
            let metadata = metadata();
            state.objects.insert(key, FlawedObject { bytes, metadata });
            ok("")
        }
        ("DELETE", _) => {
            state.objects.remove(&key);
            ("204 No Content", Vec::new(), Vec::new())
        }
        _ => match state.objects.get(&key) {
            None if flaw == Flaw::NoList => error("403 Forbidden", "AccessDenied"),
            None => error("404 Not Found", "NoSuchKey"),
            Some(object) => read(object, flaw, request.header("range")),
        },
    }
}

fn read(object: &FlawedObject, flaw: Flaw, range: Option<String>) -> HttpAnswer {
    let (_, mut headers, _) = ok("");
    headers.extend(object.metadata.clone());
    let range = range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    match range.filter(|_| flaw != Flaw::NoRanges) {
        Some((start, end)) => {
            let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
            let range = format!("bytes {start}-{end}/{}", object.bytes.len());
            headers.push(("Content-Range".to_owned(), range));
            ("206 Partial Content", headers, object.bytes[start..=end].to_vec())
        }
        None => ("200 OK", headers, object.bytes.clone()),
    }
}

#[tokio::test]
async fn a_server_that_cannot_store_blobs_is_refused() {
    for (flaw, said, hint) in [
        (Flaw::Overwrites, "cannot create an object once", "supports conditional writes"),
        (Flaw::NoConditions, "could not be created", "may not speak enough of S3"),
        (Flaw::KeepsFrames, "could not be read back", "--s3-checksums when_required, or another server"),
        (Flaw::NoRanges, "a part of an object could not be read", "cannot read parts"),
        (Flaw::NoChecksums, "NotImplemented", "--s3-checksums when_required"),
        (Flaw::NoList, "AccessDenied", "s3:ListBucket"),
        (Flaw::NoBucket, "NoSuchBucket", "create the bucket"),
        (Flaw::OtherRegion, "status 400", "--s3-region"),
    ] {
        let server = Flawed::start(flaw).await;
        let refused = server.probed(&server.place.settings()).await.unwrap_err();
        assert!(refused.contains(said) && refused.contains(hint), "{flaw:?}: {refused}");
    }
}

#[tokio::test]
async fn a_suitable_server_is_accepted_and_left_unchanged() {
    for flaw in [Flaw::None, Flaw::NoMetadata, Flaw::CompletesTwice, Flaw::NoConditionalCompletion] {
        let server = Flawed::start(flaw).await;
        let abilities = server.probed(&server.place.settings()).await.unwrap();
        let conditional = matches!(flaw, Flaw::None | Flaw::NoMetadata);
        assert_eq!(abilities.conditional_completion, conditional, "{flaw:?}");
        let state = server.state.lock().unwrap();
        assert!(state.objects.is_empty(), "{flaw:?}: {:?}", state.objects.keys());
    }
    // A missing permission to delete is accepted.
    let server = Flawed::start(Flaw::NoDeletes).await;
    server.probed(&server.place.settings()).await.unwrap();
}

#[tokio::test]
async fn checksums_can_be_left_out() {
    let server = Flawed::start(Flaw::NoChecksums).await;
    let settings = S3Settings { checksums: Checksums::WhenRequired, ..server.place.settings() };
    server.probed(&settings).await.unwrap();
    let store = server.place.open(&settings).await.unwrap();
    for size in [100, PART + 100] {
        assert!(put(&store, &noise(size)).await.unwrap().created);
    }
}

/// Blobs and their facts are stored even without conditions and metadata.
#[tokio::test]
async fn missing_abilities_of_a_server_are_replaced() -> TestResult {
    for flaw in [Flaw::CompletesTwice, Flaw::NoConditionalCompletion, Flaw::NoMetadata] {
        let server = Flawed::start(flaw).await;
        let store = server.place.open(&server.place.settings()).await?;
        for size in [100, PART + 100] {
            let bytes = noise(size);
            assert!(put(&store, &bytes).await?.created, "{flaw:?}");
            assert!(!put(&store, &bytes).await?.created, "{flaw:?}");
            let meta = BlobMeta::of(&bytes);
            // Once from the object, once from the sidecar that the first call wrote.
            assert_eq!(store.stat(meta.digest).await?, Some(meta), "{flaw:?}");
            assert_eq!(store.stat(meta.digest).await?, Some(meta), "{flaw:?}");
        }
    }
    Ok(())
}
