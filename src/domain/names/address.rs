//! Addresses as names: a pre-signed URL without its signature.
//!
//! A tool that exports the addresses of private files signs them again for every export. The
//! signature is no part of the name of the file.

use std::borrow::Cow;

/// A signature: the parameters of a query that show that it is one, and those that belong to it.
/// Names are in lower case; one that ends with `*` is a prefix.
struct Signature {
    shown_by: &'static [&'static str],
    parts: &'static [&'static str],
}

const SIGNATURES: &[Signature] = &[
    // AWS Signature Version 4, also of MinIO, R2, Wasabi and others.
    Signature { shown_by: &["x-amz-signature"], parts: &["x-amz-*", "x-id"] },
    Signature { shown_by: &["x-amz-security-token"], parts: &["x-amz-*"] },
    // Google Cloud Storage, version 4.
    Signature { shown_by: &["x-goog-signature"], parts: &["x-goog-*"] },
    // AWS version 2, Google version 2, CloudFront, Google CDN, Alibaba version 1.
    Signature {
        shown_by: &["signature", "expires"],
        parts: &[
            "signature",
            "expires",
            "awsaccesskeyid",
            "googleaccessid",
            "ossaccesskeyid",
            "x-amz-security-token",
            "security-token",
            "key-pair-id",
            "keyname",
            "policy",
            "hash-algorithm",
        ],
    },
    // CloudFront with its own policy.
    Signature {
        shown_by: &["signature", "key-pair-id"],
        parts: &["signature", "key-pair-id", "policy", "hash-algorithm"],
    },
    // Shared access signatures of Azure.
    Signature {
        shown_by: &["sig", "sv"],
        parts: &[
            "sv", "ss", "srt", "sp", "se", "st", "spr", "sig", "sr", "sip", "si", "ses", "skoid", "sktid",
            "skt", "ske", "sks", "skv", "sdd", "saoid", "suoid", "scid",
        ],
    },
    // Alibaba version 4.
    Signature {
        shown_by: &["x-oss-signature"],
        parts: &[
            "x-oss-signature",
            "x-oss-signature-version",
            "x-oss-credential",
            "x-oss-date",
            "x-oss-expires",
            "x-oss-security-token",
            "x-oss-additional-headers",
        ],
    },
    // Tencent.
    Signature {
        shown_by: &["q-signature"],
        parts: &[
            "q-sign-algorithm",
            "q-ak",
            "q-sign-time",
            "q-key-time",
            "q-header-list",
            "q-url-param-list",
            "q-signature",
            "x-cos-security-token",
        ],
    },
];

/// Returns a name without the signature, if it is a pre-signed URL. Other parts of the query, such
/// as `versionId`, and the fragment remain. Every other text is returned unchanged.
#[must_use]
pub fn unsigned(name: &str) -> Cow<'_, str> {
    let is_url = name.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    });
    let (address, fragment) = name.find('#').map_or((name, ""), |place| name.split_at(place));
    let Some((path, query)) = address.split_once('?').filter(|_| is_url) else { return Cow::Borrowed(name) };
    let parameters: Vec<(String, &str)> = query.split('&').map(|part| (parameter(part), part)).collect();
    let has = |wanted: &&str| parameters.iter().any(|(name, _)| name == wanted);
    let found: Vec<&Signature> =
        SIGNATURES.iter().filter(|signature| signature.shown_by.iter().all(has)).collect();
    let stays =
        |name: &str, part: &str| !is_token(name, part) && !found.iter().any(|signature| signature.has(name));
    let kept: Vec<&str> =
        parameters.iter().filter(|(name, part)| stays(name, part)).map(|(_, part)| *part).collect();
    if kept.len() == parameters.len() {
        return Cow::Borrowed(name);
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    // In HTML the first parameter has no `amp;`.
    let kept = kept.join("&");
    Cow::Owned(format!("{path}{mark}{}{fragment}", kept.strip_prefix("amp;").unwrap_or(&kept)))
}

/// Returns the name of a parameter in lower case. In HTML the `&` before it is written `&amp;`.
fn parameter(part: &str) -> String {
    let name = part.split_once('=').map_or(part, |(name, _)| name);
    name.strip_prefix("amp;").unwrap_or(name).to_ascii_lowercase()
}

/// Returns true for a JSON web token, which expires.
fn is_token(name: &str, part: &str) -> bool {
    name == "token" && part.split_once('=').is_some_and(|(_, value)| value.starts_with("eyJ"))
}

impl Signature {
    fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|part| match part.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == *part,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_no_part_of_a_name() {
        for (signed, name) in [
            ("https://b.example.org/a.jpg?X-Amz-Security-Token=AAA", "https://b.example.org/a.jpg"),
            (
                "https://b.example.org/a.jpg?versionId=7&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=1&X-Amz-Signature=2",
                "https://b.example.org/a.jpg?versionId=7",
            ),
            (
                "https://s.example.org/a.jpg?GoogleAccessId=x&Expires=1&Signature=2#part",
                "https://s.example.org/a.jpg#part",
            ),
            (
                "https://c.example.org/a.jpg?size=2&Policy=x&Signature=2&Key-Pair-Id=3",
                "https://c.example.org/a.jpg?size=2",
            ),
            (
                "https://z.example.org/c/a.jpg?sv=2024-01-01&se=2026&sr=b&sp=r&sig=x%3D",
                "https://z.example.org/c/a.jpg",
            ),
            ("gs://b/a.jpg?x-goog-signature=1&x-goog-date=2", "gs://b/a.jpg"),
            ("https://b/a.jpg?AWSAccessKeyId=K&Signature=s%3D&Expires=17", "https://b/a.jpg"),
            ("https://b/a.jpg?X-Goog-Date=1&X-Goog-Signature=s&generation=4", "https://b/a.jpg?generation=4"),
            ("https://b/a.jpg?sv=2022&st=1&se=2&sr=b&sp=r&sig=x%2B&snapshot=1", "https://b/a.jpg?snapshot=1"),
            ("https://b/a.jpg?token=eyJhbGciOi.J9.x", "https://b/a.jpg"),
            ("https://b/a?X-Amz-Date=1&amp;X-Amz-Signature=2&amp;v=1", "https://b/a?v=1"),
        ] {
            assert_eq!(unsigned(signed), name);
            assert_eq!(unsigned(name), name, "once is enough");
        }
    }

    #[test]
    fn any_other_name_remains() {
        for name in [
            "",
            "a.jpg",
            "what?Signature=1",
            "https://example.org/a.jpg",
            "https://example.org/a.jpg?",
            "https://example.org/a.jpg?policy=3&expires=tomorrow",
            "https://example.org/a.jpg?sr=44100&st=1",
            "https://example.org/a.jpg#x?sig=1",
            "not a scheme://x?sig=1",
            "?X-Amz-Date=1",
            "https://b/a.jpg?token=5f2c&alt=media",
            "https://b/a.jpg?sig=blue&size=2",
        ] {
            assert_eq!(unsigned(name), name);
        }
    }
}
