//! Signed addresses: the parts of a query that only grant access for a while.

use std::borrow::Cow;

use crate::domain::names::address;

/// Characters at which an address in a text ends.
const ENDS: [char; 17] =
    [' ', '\t', '\r', '\n', '"', '\'', '`', '<', '>', ',', '|', '\\', '(', ')', '[', ']', '{'];

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
        let shorter = address::unsigned(address);
        is_changed |= matches!(shorter, Cow::Owned(_));
        result.push_str(&shorter);
        result.push_str(end);
    }
    if is_changed { Cow::Owned(result) } else { Cow::Borrowed(text) }
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
