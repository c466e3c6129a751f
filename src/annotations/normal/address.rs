//! Signed addresses: the parts of a query that only grant access for a while.

use std::borrow::Cow;

/// Characters at which an address in a text ends.
const ENDS: [char; 17] =
    [' ', '\t', '\r', '\n', '"', '\'', '`', '<', '>', ',', '|', '\\', '(', ')', '[', ']', '{'];

/// A signature: the parameters of a query that show that it is one, and those that belong to it.
/// Names are in lower case; one that ends with `*` is a prefix.
struct Signature {
    shown_by: &'static [&'static str],
    parts: &'static [&'static str],
}

const SIGNATURES: &[Signature] = &[
    // AWS Signature Version 4, also of MinIO, R2, Wasabi and others.
    Signature { shown_by: &["x-amz-signature"], parts: &["x-amz-*", "x-id"] },
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

/// Returns a text without the signatures of the addresses in it. Everything else of an address
/// stays, such as a version id.
#[must_use]
pub fn unsigned(text: &str) -> Cow<'_, str> {
    if !text.contains('?') {
        return Cow::Borrowed(text);
    }
    let mut result = String::new();
    let mut is_changed = false;
    for run in text.split_inclusive(ENDS) {
        let (address, end) = match run.char_indices().next_back() {
            Some((at, end)) if ENDS.contains(&end) => run.split_at(at),
            _ => (run, ""),
        };
        match without_signature(address) {
            Some(shorter) => {
                is_changed = true;
                result.push_str(&shorter);
            }
            None => result.push_str(address),
        }
        result.push_str(end);
    }
    if is_changed { Cow::Owned(result) } else { Cow::Borrowed(text) }
}

/// Returns an address without its signature; `None` if it has none.
fn without_signature(address: &str) -> Option<String> {
    let (path, query) = address.split_once('?')?;
    let (query, fragment) = match query.find('#') {
        Some(at) => query.split_at(at),
        None => (query, ""),
    };
    let parameters: Vec<(String, &str)> = query.split('&').map(|part| (name(part), part)).collect();
    let has = |wanted: &&str| parameters.iter().any(|(name, _)| name == wanted);
    let found: Vec<&Signature> =
        SIGNATURES.iter().filter(|signature| signature.shown_by.iter().all(has)).collect();
    let kept: Vec<&str> = parameters
        .iter()
        .filter(|(name, part)| !is_token(name, part) && !found.iter().any(|signature| signature.has(name)))
        .map(|(_, part)| *part)
        .collect();
    if kept.len() == parameters.len() {
        return None;
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    // In HTML the first parameter has no `amp;`.
    let kept = kept.join("&");
    Some(format!("{path}{mark}{}{fragment}", kept.strip_prefix("amp;").unwrap_or(&kept)))
}

/// Returns the name of a parameter in lower case. In HTML the `&` before it is written `&amp;`.
fn name(part: &str) -> String {
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
    fn signatures_are_removed_and_everything_else_stays() {
        for (signed, plain) in [
            ("https://b.example.org/a.jpg?X-Amz-Date=2026&X-Amz-Signature=a1", "https://b.example.org/a.jpg"),
            (
                "https://b/a.jpg?X-Amz-Algorithm=AWS4&X-Amz-Credential=k%2F2&X-Amz-Expires=9&X-Amz-Signature=a&versionId=7&x-id=GetObject#p",
                "https://b/a.jpg?versionId=7#p",
            ),
            ("https://b/a.jpg?AWSAccessKeyId=K&Signature=s%3D&Expires=17", "https://b/a.jpg"),
            ("https://b/a.jpg?X-Goog-Date=1&X-Goog-Signature=s&generation=4", "https://b/a.jpg?generation=4"),
            ("https://b/a.jpg?GoogleAccessId=i&Expires=1&Signature=s", "https://b/a.jpg"),
            ("https://b/a.jpg?sv=2022&st=1&se=2&sr=b&sp=r&sig=x%2B&snapshot=1", "https://b/a.jpg?snapshot=1"),
            ("https://b/a.jpg?Policy=p_&Signature=s~&Key-Pair-Id=K", "https://b/a.jpg"),
            ("https://b/a.jpg?w=5&Expires=1&Signature=s&Key-Pair-Id=K", "https://b/a.jpg?w=5"),
            ("https://b/a.jpg?token=eyJhbGciOi.J9.x", "https://b/a.jpg"),
            (
                "<img src=\"https://b/a?X-Amz-Date=1&amp;X-Amz-Signature=2&amp;v=1\"> why?",
                "<img src=\"https://b/a?v=1\"> why?",
            ),
            (
                "https://b/1?Expires=1&Signature=2,https://b/2?Expires=1&Signature=2",
                "https://b/1,https://b/2",
            ),
        ] {
            assert_eq!(unsigned(signed), plain);
            assert_eq!(unsigned(plain), plain);
        }
        for kept in [
            "https://b/a.jpg?token=5f2c&alt=media",
            "https://b/a.jpg?expires=never",
            "https://b/a.jpg?sig=blue&size=2",
            "is it? & what sv=1",
            "/data/local-files/?d=a/b.jpg",
        ] {
            assert!(matches!(unsigned(kept), Cow::Borrowed(text) if text == kept), "{kept}");
        }
    }
}
