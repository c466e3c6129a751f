//! Settings of the blob store: a directory or a bucket.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The place of the payloads, and the access to a bucket. Its credentials are not settings: they
/// come from the usual places of AWS tools.
#[derive(Debug, Clone, Args)]
pub struct Blobs {
    /// The place of the payloads: a directory, or s3://BUCKET/PREFIX [default: the data directory]
    #[arg(long, env = "STEMMA_BLOBS", value_name = "PLACE", value_parser = place)]
    pub blobs: Option<BlobPlace>,
    /// The URL of the S3 server, if it is not AWS, such as http://127.0.0.1:9000
    #[arg(long, env = "STEMMA_S3_ENDPOINT", value_name = "URL", value_parser = endpoint, help_heading = "S3 options")]
    pub s3_endpoint: Option<String>,
    /// The region of the bucket [default: what AWS_REGION or the AWS profile says]
    #[arg(long, env = "STEMMA_S3_REGION", value_name = "REGION", help_heading = "S3 options")]
    pub s3_region: Option<String>,
    /// The place of the bucket in URLs: path, virtual-host, or auto (the path if there is an
    /// endpoint)
    #[arg(
        long,
        env = "STEMMA_S3_ADDRESSING",
        value_enum,
        hide_possible_values = true,
        value_name = "STYLE",
        default_value = "auto",
        help_heading = "S3 options"
    )]
    pub s3_addressing: BucketAddressing,
    /// Send checksums when_supported, or only when_required for servers that refuse them
    #[arg(
        long,
        env = "STEMMA_S3_CHECKSUMS",
        value_enum,
        hide_possible_values = true,
        value_name = "WHEN",
        default_value = "when_supported",
        help_heading = "S3 options"
    )]
    pub s3_checksums: ChecksumPolicy,
    /// The seconds until the response to a request must begin
    #[arg(
        long,
        env = "STEMMA_S3_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        help_heading = "S3 options"
    )]
    pub s3_timeout: u64,
    /// The most attempts of a request
    #[arg(
        long,
        env = "STEMMA_S3_ATTEMPTS",
        value_name = "TIMES",
        default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(1..=100),
        help_heading = "S3 options"
    )]
    pub s3_attempts: u32,
}

/// The place of the payloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobPlace {
    /// A local directory.
    Directory(PathBuf),
    /// A prefix of a bucket.
    Bucket {
        /// The bucket's name.
        bucket: String,
        /// The prefix of all keys; may be empty.
        prefix: String,
    },
}

/// The place of the bucket's name in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BucketAddressing {
    /// The path if an endpoint is given, else the host name.
    Auto,
    /// The path.
    Path,
    /// The host name.
    VirtualHost,
}

/// The requests that have checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum ChecksumPolicy {
    /// All for which S3 supports one.
    WhenSupported,
    /// Only those for which S3 requires one.
    WhenRequired,
}

/// Parses a directory or `s3://bucket/prefix`. Any other URL is an error, so that a typing error
/// does not become a directory.
pub(super) fn place(text: &str) -> Result<BlobPlace, String> {
    let Some(rest) = text.strip_prefix("s3://") else {
        return match text.split_once("://") {
            Some((scheme, _)) => {
                Err(format!("expected a directory or s3://BUCKET/PREFIX, found `{scheme}://`"))
            }
            None if text.is_empty() => Err("use a directory or s3://BUCKET/PREFIX".to_owned()),
            None => Ok(BlobPlace::Directory(text.into())),
        };
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_named = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if bucket.is_empty() || !bucket.chars().all(is_named) {
        return Err(format!(
            "expected a bucket name of letters, digits, `.`, `-` and `_`, found `{bucket}`; use s3://BUCKET/PREFIX"
        ));
    }
    let prefix = prefix.trim_matches('/');
    if prefix.split('/').any(|part| matches!(part, "." | "..")) || prefix.contains("//") {
        return Err(format!("the prefix must not contain `.`, `..` or empty parts, found `{prefix}`"));
    }
    Ok(BlobPlace::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
}

fn endpoint(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => Ok(text.to_owned()),
        _ => Err("use an address such as https://s3.example.org or http://127.0.0.1:9000".to_owned()),
    }
}
