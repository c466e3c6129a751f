//! Explanations of syntax errors: what was found where JSON is not valid.

/// Words that other languages write for a value, and their replacement.
const WORDS: [(&str, &str); 12] = [
    ("NaN", "null"),
    ("nan", "null"),
    ("Infinity", "null"),
    ("-Infinity", "null"),
    ("inf", "null"),
    ("-inf", "null"),
    ("-NaN", "null"),
    ("None", "null"),
    ("undefined", "null"),
    ("True", "true"),
    ("False", "false"),
    ("nil", "null"),
];

/// Returns the message for a syntax error at a line and column, from the text and the message of
/// the JSON reader.
pub(super) fn explain(text: &[u8], line: usize, column: usize, message: &str) -> String {
    if message == "invalid unicode code point" {
        let byte = std::str::from_utf8(text).err().and_then(|error| text.get(error.valid_up_to()));
        let found = byte.map(|byte| format!(", found the byte 0x{byte:02x}")).unwrap_or_default();
        return format!(
            "expected UTF-8{found}; the text is in another encoding, such as Windows-1252: convert it"
        );
    }
    if message.contains("surrogate") || message == "unexpected end of hex escape" {
        return format!("{message}: half of a character in `\\u…`; write the whole character");
    }
    if message == "trailing comma" {
        return "expected a value or name after the comma, found the end of the list or object; remove the comma"
            .to_owned();
    }
    let at = position(text, line, column);
    let before = text.get(..at).unwrap_or_default();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let start = at - before.iter().rev().take_while(|byte| is_word(byte)).count();
    let rest = text.get(start..).unwrap_or_default();
    let word = &rest[..rest.iter().take_while(|byte| is_word(byte)).count()];
    let known = WORDS.iter().find(|(name, _)| name.as_bytes() == word);
    match (known, rest) {
        (Some((name, instead)), _) => {
            format!("expected a value, found {name}, which JSON does not have; write {instead}")
        }
        (None, [b'#', ..] | [b'/', b'/' | b'*', ..]) => {
            "found a comment, which JSON does not have; remove it".to_owned()
        }
        (None, [b'\'', ..]) => format!("{message}, found a single quote; JSON has double quotes"),
        (None, [byte @ (0..=8 | 14..=31), ..]) => format!("{message}, found the byte 0x{byte:02x}"),
        _ => message.to_owned(),
    }
}

/// Returns the position of the byte at a line and column, both from 1.
fn position(text: &[u8], line: usize, column: usize) -> usize {
    let breaks = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(place, _)| place + 1);
    let start = std::iter::once(0).chain(breaks).nth(line.saturating_sub(1)).unwrap_or_default();
    (start + column.saturating_sub(1)).min(text.len())
}
