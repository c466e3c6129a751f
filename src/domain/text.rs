//! Checks of short texts that people choose: roles, splits, tag names, media types, messages,
//! reasons. Numbers in messages.

use super::invalid::Invalid;

/// The longest name of a role, split, tag or activity, in bytes.
pub const MAX_NAME: usize = 128;
/// The longest message or reason, in bytes.
pub const MAX_PROSE: usize = 4_096;
/// The longest idempotency key, in bytes.
pub const MAX_KEY: usize = 256;

/// Checks a name: 1 to 128 letters, digits and `. _ : / + -`, the first a letter or digit.
///
/// # Errors
/// [`Invalid::Refused`] with `what` the text is.
pub fn name(what: &'static str, text: &str) -> Result<(), Invalid> {
    let fits = (1..=MAX_NAME).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'+' | b'-'));
    if fits {
        return Ok(());
    }
    let shown: String = text.chars().take(80).collect();
    Err(Invalid::refused(format!(
        "expected a {what} of 1 to {MAX_NAME} letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found {shown:?}"
    )))
}

/// Checks prose: 1 to 4,096 bytes that are not only white space, no control characters except line
/// breaks and tabs.
///
/// # Errors
/// [`Invalid`] with `what` the text is.
pub fn prose(what: &'static str, text: &str) -> Result<(), Invalid> {
    Invalid::limit(what, text.len(), MAX_PROSE)?;
    if text.trim().is_empty() {
        return Err(Invalid::refused(format!("the {what} is empty; give a text or leave it out")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return Err(Invalid::refused(format!("the {what} contains a control character; remove it")));
    }
    Ok(())
}

/// Checks an idempotency key: 1 to 256 bytes without control characters.
///
/// # Errors
/// [`Invalid`] for any other text.
pub fn idempotency_key(text: &str) -> Result<(), Invalid> {
    Invalid::limit("bytes of an idempotency key", text.len(), MAX_KEY)?;
    if text.is_empty() || text.chars().any(char::is_control) {
        let found = if text.is_empty() { "an empty text" } else { "a control character" };
        return Err(Invalid::refused(format!(
            "expected an idempotency key of 1 to {MAX_KEY} bytes without control characters, found {found}; use a UUID"
        )));
    }
    Ok(())
}

/// Checks a media type: `type/subtype` with optional parameters, at most 128 bytes.
///
/// # Errors
/// [`Invalid::Refused`] for any other text.
pub fn media_type(text: &str) -> Result<(), Invalid> {
    let fits = text.len() <= MAX_NAME
        && text.trim() == text
        && text.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
        && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    if fits {
        Ok(())
    } else {
        let shown: String = text.chars().take(80).collect();
        Err(Invalid::refused(format!(
            "expected a media type such as `image/png`, at most {MAX_NAME} bytes, found {shown:?}"
        )))
    }
}

/// A number with separators: `10,000`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns true if a spreadsheet would run the text of a cell as a formula: OWASP recommends an
/// apostrophe before it.
#[must_use]
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A count of things: `1 commit`, `2 commits`.
#[must_use]
pub fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
        assert_eq!(counted(1, "commit"), "1 commit");
        assert_eq!(counted(2_000, "record"), "2,000 records");
    }
}
