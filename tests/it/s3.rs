//! A server whose payloads are in a bucket: its operation with and without the bucket, and its
//! start.
//!
//! Runs against a separate SeaweedFS (`tests/s3/seaweedfs`), which it stops.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use stemma::domain::id::Digest;

use crate::http::server::Server;

const KEYS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "stemma"), ("AWS_SECRET_ACCESS_KEY", "stemma-secret"), ("S3_BUCKET", "payloads")];

/// An image that is larger than its thumbnail.
const PHOTO: &[u8] = include_bytes!("../../fixtures/datasets/aerial/june/a4.jpg");
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

/// A running S3 server. Ends when its standard input is closed.
pub(crate) struct Bucket {
    script: Child,
    endpoint: String,
}

impl Bucket {
    /// Returns `None` if it is not available on this machine and not required.
    pub(crate) fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3/seaweedfs");
        let mut script = Command::new(script)
            .envs(KEYS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the script starts");
        let mut said = String::new();
        let out = script.stdout.take().expect("the output is piped");
        BufReader::new(out).read_line(&mut said).expect("the script speaks");
        let Some(endpoint) = said.trim().strip_prefix("ready ") else {
            script.wait().expect("the script ends");
            let insists = option_env!("STEMMA_TEST_S3") == Some("require");
            assert!(!insists, "STEMMA_TEST_S3=require, and SeaweedFS does not start");
            eprintln!("skipped: no server that speaks S3 could be started; see tests/s3/seaweedfs");
            return None;
        };
        Some(Self { script, endpoint: endpoint.to_owned() })
    }

    /// Waits until the server has ended.
    pub(crate) fn stop(mut self) {
        drop(self.script.stdin.take());
        self.script.wait().expect("the script ends");
    }

    /// Adds the options of this bucket to a stemma command.
    pub(crate) fn told(&self, command: &mut Command) {
        command.envs(KEYS).args(["--blobs", "s3://payloads/some/prefix", "--s3-endpoint", &self.endpoint]);
        command.args(["--s3-timeout", "2", "--s3-attempts", "2"]);
    }
}

#[test]
fn payloads_in_a_bucket() {
    let Some(bucket) = Bucket::start() else { return };
    let data = tempfile::tempdir().expect("a temporary folder");
    let store = data.path().join("store");
    let server = Server::launch(&store, |command| bucket.told(command));
    // One that is a single request, and one that is sent in parts.
    for size in [40_000, 9_000_000] {
        let bytes: Vec<u8> = (0..size).map(|i: u32| (i % 251) as u8).collect();
        let digest = Digest::of(&bytes);
        assert_eq!(server.put_blob(digest, &bytes), (201, true));
        assert_eq!(server.put_blob(digest, &bytes), (200, false));
        assert_eq!(server.put_blob(Digest::of(b"other"), &bytes).0, 422);
        assert!(server.get_blob(digest, None) == (200, bytes.clone()));
        assert!(server.get_blob(digest, Some("bytes=1000-30000")) == (206, bytes[1000..=30_000].to_vec()));
        let made = server.graphql(PUT, json!({"payload": digest.to_string(), "key": size.to_string()}));
        assert_eq!(made.expect("an answer")["data"]["commit"]["created"], json!(true));
    }
    let photo = Digest::of(PHOTO);
    assert_eq!(server.put_blob(photo, PHOTO), (201, true));
    let (status, thumbnail) = server.get_thumbnail(photo, 64);
    assert_eq!((status, thumbnail.get(..3)), (200, Some(JPEG)), "{}", String::from_utf8_lossy(&thumbnail));
    assert!(thumbnail.len() < PHOTO.len(), "{} bytes", thumbnail.len());
    let files = walk(&store);
    assert!(!files.iter().any(|file| file.contains("/b3/")), "payloads are on the disk: {files:?}");

    bucket.stop();
    let answer = server.graphql(ASK, Value::Null).expect("an answer");
    assert_eq!(answer["data"]["version"]["payload"]["size"], json!("40000"), "{answer}");
    // A thumbnail of another size is made from the payload, which cannot be read.
    for (status, body) in [server.get_blob(Digest::of(b"other"), None), server.get_thumbnail(photo, 128)] {
        let body: Value = serde_json::from_slice(&body).expect("an error is JSON");
        assert_eq!(body["errors"][0]["extensions"]["reason"], json!("UNAVAILABLE"), "{status}: {body}");
    }
    server.kill();
}

const PUT: &str = r#"mutation ($payload: Digest!, $key: String!) {
  commit(input: {changes: [{putVersion: {item: {kind: SOURCE, key: $key}, payload: $payload}}]}) { created }
}"#;

const ASK: &str = r#"{ version(id: "default/SOURCE/40000#1") { payload { size } } }"#;

/// Returns all files below a folder.
fn walk(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let below = entries.flat_map(|entry| match entry.path() {
        path if path.is_dir() => walk(&path),
        path => vec![path.display().to_string()],
    });
    below.collect()
}
