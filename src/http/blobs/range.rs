//! Parses the `Range` header of a blob request (RFC 9110, section 14). Pure.
//!
//! `Range` of actix-web 4.18 does not keep the RFC: it compares the unit with case, refuses numbers
//! beyond `u64`, and takes `+1` for a number (`docs/upstream.md`).

use crate::ledger::ByteRange;

/// The part of a blob to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WantedBytes {
    /// All bytes: no range was requested, or none that is supported.
    Whole,
    /// One range.
    Part(ByteRange),
    /// No bytes: the range begins after the end.
    Nothing,
}

/// Parses a header for a blob of `size` bytes. For several ranges, other units and malformed values
/// the complete blob is sent, as the RFC allows.
pub(crate) fn wanted(header: &str, size: u64) -> WantedBytes {
    let Some(spec) = header.split_once('=').filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"))
    else {
        return WantedBytes::Whole;
    };
    let Some((first, last)) = spec.1.trim().split_once('-') else { return WantedBytes::Whole };
    match (number(first), number(last)) {
        (Some(None), Some(Some(suffix))) => part(size.saturating_sub(suffix), size, suffix > 0),
        (Some(Some(start)), Some(None)) => part(start, size, true),
        (Some(Some(start)), Some(Some(last))) if start <= last => {
            part(start, size.min(last.saturating_add(1)), true)
        }
        _ => WantedBytes::Whole,
    }
}

fn part(start: u64, end: u64, satisfiable: bool) -> WantedBytes {
    if satisfiable && start < end {
        WantedBytes::Part(ByteRange { start, end })
    } else {
        WantedBytes::Nothing
    }
}

/// Parses digits; `Some(None)` for an empty text. Numbers beyond `u64` saturate.
fn number(text: &str) -> Option<Option<u64>> {
    match text {
        "" => Some(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(Some(digits.parse().unwrap_or(u64::MAX)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::Range;
    use proptest::prelude::*;

    use super::*;

    const fn part_of(start: u64, end: u64) -> WantedBytes {
        WantedBytes::Part(ByteRange { start, end })
    }

    #[test]
    fn one_range_is_served() {
        for (header, expected) in [
            ("bytes=0-0", part_of(0, 1)),
            ("bytes=0-9", part_of(0, 10)),
            ("bytes=2-99", part_of(2, 10)),
            ("BYTES = 2-", part_of(2, 10)),
            ("bytes=-3", part_of(7, 10)),
            ("bytes=-99", part_of(0, 10)),
            ("bytes=9-99999999999999999999999", part_of(9, 10)),
            ("bytes=10-", WantedBytes::Nothing),
            ("bytes=10-12", WantedBytes::Nothing),
            ("bytes=99999999999999999999999-", WantedBytes::Nothing),
            ("bytes=-0", WantedBytes::Nothing),
        ] {
            assert_eq!(wanted(header, 10), expected, "{header}");
        }
        assert_eq!(wanted("bytes=0-", 0), WantedBytes::Nothing);
        assert_eq!(wanted("bytes=-1", 0), WantedBytes::Nothing);
    }

    #[test]
    fn anything_else_sends_the_complete_blob() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=+1-2",
            "bytes=1--2",
        ] {
            assert_eq!(wanted(header, 10), WantedBytes::Whole, "{header}");
        }
    }

    /// If this fails, the header of actix-web keeps the RFC, and can replace this parser.
    #[test]
    fn the_typed_header_of_actix_differs() {
        for header in ["BYTES=2-", "bytes=9-99999999999999999999999", "bytes=+1-2"] {
            let typed = match header.parse::<Range>() {
                Ok(Range::Bytes(specs)) => specs.first().and_then(|spec| spec.to_satisfiable_range(10)),
                _ => None,
            };
            let ours = match wanted(header, 10) {
                WantedBytes::Part(range) => Some((range.start, range.end - 1)),
                WantedBytes::Whole | WantedBytes::Nothing => None,
            };
            assert_ne!(typed, ours, "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_part_is_never_empty_and_always_inside(header in "bytes=[0-9]{0,4}-[0-9]{0,4}", size in 0..5_000_u64) {
            if let WantedBytes::Part(range) = wanted(&header, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}
