//! Settings of the place where payloads are: a directory or a bucket.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where payloads are, and how a bucket is reached. Its credentials are no settings: they are where every AWS tool has them.
#[derive(Debug, Clone, Args)]
pub struct Blobs {
    /// Where payloads are kept: a directory, or s3://BUCKET/PREFIX [default: the data directory]
    #[arg(long, env = "STEMMA_BLOBS", value_name = "PLACE", value_parser = place)]
    pub blobs: Option<BlobPlace>,
    /// The address of the S3 server, where it is not AWS, such as http://127.0.0.1:9000
    #[arg(long, env = "STEMMA_S3_ENDPOINT", value_name = "URL", value_parser = endpoint, help_heading = "S3 options")]
    pub s3_endpoint: Option<String>,
    /// The region of the bucket [default: what AWS_REGION or the AWS profile says]
    #[arg(long, env = "STEMMA_S3_REGION", value_name = "REGION", help_heading = "S3 options")]
    pub s3_region: Option<String>,
    /// Where addresses name the bucket: path, virtual-host, or auto: in the path where there is an endpoint
    #[arg(
        long,
        env = "STEMMA_S3_ADDRESSING",
        value_enum,
        hide_possible_values = true,
        value_name = "STYLE",
        default_value = "auto",
        help_heading = "S3 options"
    )]
    pub s3_addressing: Addressing,
    /// Send checksums when_supported, or only when_required: for servers that refuse them
    #[arg(
        long,
        env = "STEMMA_S3_CHECKSUMS",
        value_enum,
        hide_possible_values = true,
        value_name = "WHEN",
        default_value = "when_supported",
        help_heading = "S3 options"
    )]
    pub s3_checksums: Checksums,
    /// How many seconds a request may take until its answer begins
    #[arg(
        long,
        env = "STEMMA_S3_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        help_heading = "S3 options"
    )]
    pub s3_timeout: u64,
    /// How often a request is sent at most before it has failed
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

/// A place for payloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobPlace {
    /// A local directory.
    Directory(PathBuf),
    /// Part of a bucket.
    Bucket {
        /// The bucket's name.
        bucket: String,
        /// What all keys begin with; may be empty.
        prefix: String,
    },
}

/// Where the bucket's name stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Addressing {
    /// In the path where an endpoint is given, else in the host's name.
    Auto,
    /// In the path.
    Path,
    /// In the host's name.
    VirtualHost,
}

/// Which checksums are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Checksums {
    /// Wherever S3 has one.
    WhenSupported,
    /// Only where S3 asks for one.
    WhenRequired,
}

/// A directory, or `s3://bucket/prefix`. Other addresses are no directories: a typing error must not become one.
pub(super) fn place(text: &str) -> Result<BlobPlace, String> {
    let Some(rest) = text.strip_prefix("s3://") else {
        return match text.split_once("://") {
            Some((scheme, _)) => {
                Err(format!("`{scheme}://` is not known; use a directory or s3://BUCKET/PREFIX"))
            }
            None if text.is_empty() => Err("use a directory or s3://BUCKET/PREFIX".to_owned()),
            None => Ok(BlobPlace::Directory(text.into())),
        };
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_named = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if bucket.is_empty() || !bucket.chars().all(is_named) {
        return Err(format!("`{bucket}` is no name of a bucket; use s3://BUCKET/PREFIX"));
    }
    let prefix = prefix.trim_matches('/');
    if prefix.split('/').any(|part| matches!(part, "." | "..")) || prefix.contains("//") {
        return Err(format!("`{prefix}` cannot begin a key: leave out `.`, `..` and empty parts"));
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
