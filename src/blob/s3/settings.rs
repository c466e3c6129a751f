//! The settings of a bucket, and the error of one that cannot be used.

use std::time::Duration;

/// The settings of the blob store in a bucket. Credentials come from the environment, as for every
/// AWS tool.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// The bucket.
    pub bucket: String,
    /// The prefix of all keys; may be empty.
    pub prefix: String,
    /// The server's address, if it is not AWS.
    pub endpoint: Option<String>,
    /// The region (default: that of the environment).
    pub region: Option<String>,
    /// The position of the bucket's name in an address.
    pub addressing: Addressing,
    /// The checksums of requests.
    pub checksums: Checksums,
    /// The time limit of a request until its answer begins, and of a body until its next bytes.
    pub timeout: Duration,
    /// The maximum number of attempts.
    pub attempts: u32,
    /// The approximate wait before the second attempt.
    pub wait: Duration,
}

/// The position of the bucket's name in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// In the path if an endpoint is given, else in the host name.
    Auto,
    /// `https://server/bucket/key`
    Path,
    /// `https://bucket.server/key`
    VirtualHost,
}

/// The checksums in addition to the signature, which covers the bytes too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksums {
    /// For every request for which S3 has one.
    WhenSupported,
    /// Only where S3 requires one: for servers that refuse them.
    WhenRequired,
}

/// A reason why a bucket cannot be used, with a remedy.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {said}")]
pub struct UnusableBucket {
    /// The failed action.
    pub what: String,
    /// The finding, or the message of the server.
    pub said: String,
    /// The remedy.
    pub hint: String,
}
