//! Times as clients write them.

use chrono::{DateTime, NaiveDateTime};

use crate::domain::version::Timestamp;

/// Reads a time, and returns true with it if it has an offset. Accepts RFC 3339, the forms that
/// libraries write by default (a space for the `T`, no seconds, offsets without a colon, the name of
/// the zone after the offset), and times without offset, which are read as UTC.
pub(super) fn read_time(text: &str) -> Option<(Timestamp, bool)> {
    let text = text.trim();
    // `2026-01-01T12:00:00+01:00[Europe/Berlin]` of Java.
    let text = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')).map_or(text, |(time, _)| time);
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some((time.timestamp_micros(), true));
    }
    let text = match text.split_at_checked(10) {
        Some((date, time)) if time.starts_with(['T', 't']) => format!("{date} {}", &time[1..]),
        _ => text.to_owned(),
    };
    for format in ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z", "%Y-%m-%d %H:%M:%S%.f %#z"] {
        if let Ok(time) = DateTime::parse_from_str(&text, format) {
            return Some((time.timestamp_micros(), true));
        }
    }
    for (format, has_offset) in [
        ("%Y-%m-%d %H:%M:%S%.f", false),
        ("%Y-%m-%d %H:%M", false),
        ("%Y-%m-%d %H:%MZ", true),
        ("%Y-%m-%d %H:%M:%S%.f UTC", true),
    ] {
        if let Ok(time) = NaiveDateTime::parse_from_str(&text, format) {
            return Some((time.and_utc().timestamp_micros(), has_offset));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_clients_are_read() {
        let noon = 1_767_268_800_000_000;
        for (text, read) in [
            ("2026-01-01T12:00:00Z", Some((noon, true))),
            ("2026-01-01T12:00:00.000Z", Some((noon, true))),
            ("2026-01-01T13:00:00.000000+01:00", Some((noon, true))),
            ("2026-01-01T13:00:00+0100", Some((noon, true))),
            ("2026-01-01 13:00:00+01", Some((noon, true))),
            ("2026-01-01T12:00Z", Some((noon, true))),
            ("2026-01-01T13:00+01:00[Europe/Berlin]", Some((noon, true))),
            ("2026-01-01T12:00:00Z[UTC]", Some((noon, true))),
            ("2026-01-01 12:00:00 UTC", Some((noon, true))),
            ("2026-01-01T12:00:00", Some((noon, false))),
            (" 2026-01-01 12:00:00.000000 ", Some((noon, false))),
            ("2026-01-01T12:00:00.000001", Some((noon + 1, false))),
            ("2026-01-01T12:00:00.000001999", Some((noon + 1, false))),
            ("2026-01-01T12:00", Some((noon, false))),
            ("yesterday", None),
            ("", None),
            ("2026-13-01T12:00:00", None),
            ("1767268800", None),
        ] {
            assert_eq!(read_time(text), read, "{text}");
        }
    }
}
