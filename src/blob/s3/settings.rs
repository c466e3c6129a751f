//! Which bucket, how it is reached, and why one cannot be used.

use std::time::Duration;

/// Where blobs are, and how they are reached. Credentials come from where every AWS tool looks for them.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// The bucket.
    pub bucket: String,
    /// What all keys begin with; may be empty.
    pub prefix: String,
    /// The server's address, where it is not AWS.
    pub endpoint: Option<String>,
    /// The region; none takes what the environment says.
    pub region: Option<String>,
    /// Where the bucket's name stands in an address.
    pub addressing: Addressing,
    /// Which checksums are sent.
    pub checksums: Checksums,
    /// How long a request may take until its answer begins, and a body until its next bytes.
    pub timeout: Duration,
    /// How often a request is sent at most.
    pub attempts: u32,
    /// About how long to wait before the second attempt.
    pub wait: Duration,
}

/// Where the bucket's name stands in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// In the path where an endpoint is given, else in the host's name.
    Auto,
    /// `https://server/bucket/key`
    Path,
    /// `https://bucket.server/key`
    VirtualHost,
}

/// Which checksums are sent beside the signature, which covers the bytes too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksums {
    /// Wherever S3 has one.
    WhenSupported,
    /// Only where S3 asks for one: for servers that refuse them.
    WhenRequired,
}

/// Why a bucket cannot be used, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {said}")]
pub struct Unfit {
    /// What could not be done.
    pub what: String,
    /// What came back.
    pub said: String,
    /// What to do.
    pub hint: String,
}
