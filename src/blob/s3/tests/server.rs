//! An S3 server for tests: the one in the environment, else a SeaweedFS that is started here;
//! without both, the tests are skipped.
//!
//! `STEMMA_TEST_S3_ENDPOINT`, `…_BUCKET`, `…_KEY` and `…_SECRET` name one. `STEMMA_TEST_S3=require`
//! forbids skipping.

use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_s3::config::{Credentials, Region, SharedCredentialsProvider};

use crate::blob::s3::{Addressing, Checksums, S3Settings, S3Store, UnusableBucket, bucket, client, probe};

/// The address and keys of a server.
#[derive(Clone, Debug)]
pub(crate) struct TestServer {
    pub(crate) endpoint: String,
    bucket: String,
    key: String,
    secret: String,
}

/// A running server. The end of the process closes its standard input, which ends the server's
/// script.
struct Started {
    place: TestServer,
    _script: Option<Child>,
}

/// Returns the server of this test run.
pub(crate) fn place() -> Option<TestServer> {
    static PLACE: OnceLock<Option<Started>> = OnceLock::new();
    let started = PLACE.get_or_init(|| named().or_else(start));
    let insists = variable("STEMMA_TEST_S3").as_deref() == Some("require");
    assert!(started.is_some() || !insists, "STEMMA_TEST_S3=require, and there is no server that speaks S3");
    started.as_ref().map(|started| started.place.clone())
}

#[expect(clippy::disallowed_methods, reason = "which server to test against is no setting of the program")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn named() -> Option<Started> {
    let or = |name, default: &str| variable(name).unwrap_or_else(|| default.to_owned());
    let place = TestServer {
        endpoint: variable("STEMMA_TEST_S3_ENDPOINT")?,
        bucket: or("STEMMA_TEST_S3_BUCKET", "stemma-test"),
        key: or("STEMMA_TEST_S3_KEY", "stemma"),
        secret: or("STEMMA_TEST_S3_SECRET", "stemma-secret"),
    };
    Some(Started { place, _script: None })
}

fn start() -> Option<Started> {
    let place = TestServer::of(String::new());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/s3/seaweedfs");
    let script = Command::new(script)
        .env("AWS_ACCESS_KEY_ID", &place.key)
        .env("AWS_SECRET_ACCESS_KEY", &place.secret)
        .env("S3_BUCKET", &place.bucket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut said = String::new();
    let started = script.ok().and_then(|mut script| {
        BufReader::new(script.stdout.take()?).read_line(&mut said).ok()?;
        let endpoint = said.trim().strip_prefix("ready ")?.to_owned();
        Some(Started { place: TestServer { endpoint, ..place }, _script: Some(script) })
    });
    if started.is_none() {
        eprintln!("skipped: no server that speaks S3 could be started; see tests/s3/seaweedfs");
    }
    started
}

impl TestServer {
    /// A server at this address, with the keys of the tests.
    pub(crate) fn of(endpoint: String) -> Self {
        let [bucket, key, secret] = ["stemma-test", "stemma", "stemma-secret"].map(str::to_owned);
        Self { endpoint, bucket, key, secret }
    }

    /// The same server at another address.
    pub(crate) fn through(&self, endpoint: String) -> Self {
        Self { endpoint, ..self.clone() }
    }

    /// Returns settings for it, with a unique prefix.
    pub(crate) fn settings(&self) -> S3Settings {
        S3Settings {
            bucket: self.bucket.clone(),
            prefix: format!("test/{:016x}", RandomState::new().hash_one("prefix")),
            endpoint: Some(self.endpoint.clone()),
            region: Some("us-east-1".to_owned()),
            addressing: Addressing::Auto,
            checksums: Checksums::WhenSupported,
            timeout: Duration::from_secs(10),
            attempts: 4,
            wait: Duration::from_millis(5),
        }
    }

    /// Opens a store with the start-up check.
    pub(crate) async fn open(&self, settings: &S3Settings) -> Result<S3Store, Box<dyn std::error::Error>> {
        self.probed(settings).await.map_err(|unusable| format!("{unusable} | {}", unusable.hint).into())
    }

    async fn probed(&self, settings: &S3Settings) -> Result<S3Store, UnusableBucket> {
        let reached = |settings: &S3Settings| bucket(self.client(settings), settings);
        let bucket = reached(settings);
        let plain = reached(&S3Settings { checksums: Checksums::WhenRequired, ..settings.clone() });
        let abilities = probe::probe(&bucket, &plain).await?;
        Ok(S3Store::over(bucket, abilities))
    }

    /// Opens a store without the start-up check.
    pub(crate) fn unchecked(&self, settings: &S3Settings) -> S3Store {
        S3Store::over(bucket(self.client(settings), settings), probe::Abilities::default())
    }

    /// Creates a client with the keys of this server, whatever the environment contains.
    pub(crate) fn client(&self, settings: &S3Settings) -> aws_sdk_s3::Client {
        let keys = Credentials::new(&self.key, &self.secret, None, None, "tests");
        let environment = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .region(settings.region.clone().map(Region::new))
            .endpoint_url(self.endpoint.clone())
            .build();
        client::client(&environment, settings)
    }
}
