//! Negotiates the media type of a GraphQL response from the `Accept` header. Pure.
//!
//! `application/graphql-response+json` is chosen if a client names it. Without a preference, and
//! for wildcards, it is `application/json`, which every client can read.

use actix_web::HttpRequest;
use actix_web::http::header::{self, Quality, QualityItem};
use actix_web::mime::Mime;

/// The two media types of a GraphQL response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseMedia {
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

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// Returns the type of the response; `None` if the request accepts neither.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        let mut accept = String::new();
        for value in request.headers().get_all(header::ACCEPT) {
            accept.push_str(value.to_str().unwrap_or_default());
            accept.push(',');
        }
        Self::choose(&accept)
    }

    fn choose(accept: &str) -> Option<Self> {
        let accepted: Vec<QualityItem<Mime>> = ranges(accept).collect();
        if accepted.is_empty() {
            return Some(Self::Json);
        }
        let json = Wish::of(Self::Json, &accepted);
        let graphql = Wish::of(Self::GraphqlResponse, &accepted);
        if graphql.quality > json.quality
            || (graphql.quality == json.quality && graphql.named && graphql.quality > Quality::ZERO)
        {
            Some(Self::GraphqlResponse)
        } else {
            Some(Self::Json).filter(|_| json.quality > Quality::ZERO)
        }
    }

    /// Returns the precision with which a range names this type: 3 for the exact name, 2 for
    /// `application/*`, 1 for `*/*`. Parameters are ignored.
    fn exactness(self, range: &Mime) -> Option<u8> {
        match range.essence_str() {
            "*/*" => Some(1),
            "application/*" => Some(2),
            essence => (essence == self.essence()).then_some(3),
        }
    }
}

/// Parses the ranges of a header; malformed ones are ignored. Splits and trims before the parser of
/// actix-web, which takes a comma in quotes for a separator and refuses an empty last parameter.
fn ranges(accept: &str) -> impl Iterator<Item = QualityItem<Mime>> {
    let mut is_quoted = false;
    let parts = accept.split(move |char: char| {
        is_quoted ^= char == '"';
        char == ',' && !is_quoted
    });
    parts.filter_map(|part| part.trim_matches([' ', '\t', ';']).parse().ok())
}

/// The preference for a type.
struct Wish {
    quality: Quality,
    named: bool,
}

impl Wish {
    /// Returns the quality of the most precise range, as RFC 9110 requires.
    fn of(media: ResponseMedia, accepted: &[QualityItem<Mime>]) -> Self {
        let best = accepted
            .iter()
            .filter_map(|range| Some((media.exactness(&range.item)?, range.quality)))
            .max_by_key(|(exactness, _)| *exactness);
        let (exactness, quality) = best.unwrap_or((0, Quality::ZERO));
        Self { quality, named: exactness == 3 }
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
            ("application/json;q=0.5, application/graphql-response+json;q=0.499", json),
            ("application/json;q=0.1234, application/graphql-response+json;q=0.1", graphql),
            ("application/graphql-response+json; ; , text/html", graphql),
            ("application/graphql-response+json; title=\"a, b;q=0\"", graphql),
            ("application/json; title=\"a, b\", text/html", json),
            ("application/*+json, text/html", None),
            ("nonsense, ;;, text/html;q", json),
        ] {
            assert_eq!(ResponseMedia::choose(accept), expected, "{accept:?}");
        }
    }
}
