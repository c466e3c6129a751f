//! Settings for web pages: those that may use a server, the URL by which clients reach it, and the
//! thumbnails that pages show.

use clap::Args;

/// The origins of allowed pages, the public URL, and thumbnails.
#[derive(Debug, Clone, Args)]
pub struct PageOptions {
    /// Let pages of this origin use the server, such as https://labels.example; separate several by
    /// commas, `*` is all
    #[arg(
        long,
        env = "STEMMA_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = origin
    )]
    pub allow_origin: Vec<String>,
    /// The URL by which clients reach the server, such as https://lineage.example: URLs of payloads
    /// begin with it
    #[arg(long, env = "STEMMA_PUBLIC_URL", value_name = "URL", value_parser = public)]
    pub public_url: Option<String>,
    /// The disk space for thumbnails of images, in the folder `thumbnails` of the data directory;
    /// `off` makes none
    #[arg(long, env = "STEMMA_THUMBNAILS", value_name = "SIZE", default_value = "256MiB", value_parser = thumbnails)]
    pub thumbnails: ThumbnailSpace,
}

/// The disk space for thumbnails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThumbnailSpace {
    /// No thumbnails are made.
    Off,
    /// At most this number of bytes.
    Bytes(u64),
}

fn thumbnails(text: &str) -> Result<ThumbnailSpace, String> {
    match text {
        "off" => Ok(ThumbnailSpace::Off),
        _ => super::size(text).map(ThumbnailSpace::Bytes).map_err(|why| format!("{why}, or `off`")),
    }
}

/// Parses an origin as browsers send it: scheme, host and port, in lower case.
fn origin(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text == "*" {
        return Ok(text.to_owned());
    }
    match authority(text) {
        Some((scheme, authority, "")) => Ok(format!("{scheme}{}", authority.to_ascii_lowercase())),
        _ => Err("use an origin without a path, such as https://labels.example or http://localhost:3000"
            .to_owned()),
    }
}

/// Parses a URL to which paths are appended, without a slash at its end.
fn public(text: &str) -> Result<String, String> {
    match authority(text) {
        Some((scheme, authority, path)) if !path.contains(['?', '#']) => {
            Ok(format!("{scheme}{}{}", authority.to_ascii_lowercase(), path.trim_end_matches('/')))
        }
        _ => Err("use an address such as https://lineage.example or https://example.org/stemma".to_owned()),
    }
}

/// Splits a URL into the scheme, the host with its port, and the path.
fn authority(text: &str) -> Option<(&'static str, &str, &str)> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let rest = &text[scheme.len()..];
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    let is_usual = match scheme {
        "https://" => authority.ends_with(":443"),
        _ => authority.ends_with(":80"),
    };
    let good = !authority.is_empty()
        && !authority.starts_with(':')
        && authority.chars().all(fits)
        && path.chars().all(|c| c.is_ascii_graphic())
        // Browsers leave the default port out.
        && !is_usual;
    good.then_some((scheme, authority, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        for (given, read) in [
            ("https://labels.example", "https://labels.example"),
            ("http://LocalHost:3000", "http://localhost:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            (" * ", "*"),
        ] {
            assert_eq!(origin(given).as_deref(), Ok(read));
        }
        for wrong in [
            "",
            "null",
            "labels.example",
            "https://",
            "https://a/b",
            "https://a/",
            "ftp://a",
            "https://u@a",
            "https://a:443",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_public_address_may_have_a_path() {
        for (given, read) in [
            ("https://Lineage.example/", "https://lineage.example"),
            ("https://example.org/stemma/", "https://example.org/stemma"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(public(given).as_deref(), Ok(read));
        }
        for wrong in ["", "lineage.example", "https://a?b", "https://a/b#c", "https://a b", "ws://a"] {
            assert!(public(wrong).is_err(), "{wrong}");
        }
    }
}
