//! Negotiates the media type of a GraphQL response from the `Accept` header. Pure.
//!
//! `application/graphql-response+json` is chosen if a client names it. Without a preference, and
//! for wildcards, it is `application/json`, which every client can read.

use actix_web::HttpRequest;
use actix_web::http::header;

/// The two media types of a GraphQL response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum ResponseMedia {
    /// The older type, with which the status does not depend on the query.
    Json,
    /// The type of the specification, with which it does.
    GraphqlResponse,
}

impl ResponseMedia {
    const fn essence(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::GraphqlResponse => "application/graphql-response+json",
        }
    }

    pub(in crate::http) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// Returns the type of the response; `None` if the request accepts neither.
    pub(in crate::http) fn of(request: &HttpRequest) -> Option<Self> {
        let mut accept = String::new();
        for value in request.headers().get_all(header::ACCEPT) {
            accept.push_str(value.to_str().unwrap_or_default());
            accept.push(',');
        }
        Self::choose(&accept)
    }

    fn choose(accept: &str) -> Option<Self> {
        let ranges: Vec<Range<'_>> = accept.split(',').filter_map(Range::parse).collect();
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let json = Wish::of(Self::Json, &ranges);
        let graphql = Wish::of(Self::GraphqlResponse, &ranges);
        if graphql.quality > json.quality
            || (graphql.quality == json.quality && graphql.named && graphql.quality > 0)
        {
            Some(Self::GraphqlResponse)
        } else {
            Some(Self::Json).filter(|_| json.quality > 0)
        }
    }
}

/// One range of an `Accept` header: `application/*;q=0.8`.
struct Range<'a> {
    pattern: &'a str,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(part: &'a str) -> Option<Self> {
        let mut pieces = part.split(';').map(str::trim);
        let pattern = pieces.next().filter(|pattern| !pattern.is_empty())?;
        let mut quality = 1_000;
        for (name, value) in pieces.filter_map(|piece| piece.split_once('=')) {
            if name.trim().eq_ignore_ascii_case("q") {
                quality = thousandths(value.trim())?;
            }
        }
        Some(Self { pattern, quality })
    }

    /// Returns the precision with which the pattern names a type: 3 for the exact name, 2 for
    /// `application/*`, 1 for `*/*`.
    fn exactness(&self, media: ResponseMedia) -> Option<u8> {
        match self.pattern {
            "*/*" => Some(1),
            pattern if pattern.eq_ignore_ascii_case("application/*") => Some(2),
            pattern if pattern.eq_ignore_ascii_case(media.essence()) => Some(3),
            _ => None,
        }
    }
}

/// The preference for a type.
struct Wish {
    quality: u16,
    named: bool,
}

impl Wish {
    /// Returns the quality of the most precise pattern, as RFC 9110 requires.
    fn of(media: ResponseMedia, ranges: &[Range<'_>]) -> Self {
        let best = ranges
            .iter()
            .filter_map(|range| Some((range.exactness(media)?, range.quality)))
            .max_by_key(|(exactness, _)| *exactness);
        let (exactness, quality) = best.unwrap_or_default();
        Self { quality, named: exactness == 3 }
    }
}

/// Parses a quality: `0.85` is 850. `None` for anything but a number from 0 to 1, in which case the
/// range is ignored.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_the_preferred_type() {
        let (json, graphql) = (Some(ResponseMedia::Json), Some(ResponseMedia::GraphqlResponse));
        for (accept, expected) in [
            ("", json),
            ("*/*", json),
            ("application/*", json),
            ("application/json", json),
            ("APPLICATION/JSON; charset=utf-8", json),
            ("application/graphql-response+json", graphql),
            ("application/graphql-response+json, application/json;q=0.9", graphql),
            ("application/graphql-response+json;q=0.5, application/json", json),
            ("application/json, application/graphql-response+json", graphql),
            ("application/graphql-response+json, */*", graphql),
            ("application/json, */*;q=0.1", json),
            ("text/html, application/xhtml+xml, */*;q=0.8", json),
            ("application/json;q=0, */*", graphql),
            ("application/json;q=0", None),
            ("text/html", None),
            ("application/json;q=2", json),
            ("text/event-stream, multipart/mixed, application/json", json),
            ("application/graphql-response+json;q=0, application/graphql-response+json;q=0", None),
        ] {
            assert_eq!(ResponseMedia::choose(accept), expected, "{accept:?}");
        }
    }
}
