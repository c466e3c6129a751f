//! Texts: entities when they are read, and escapes when they are written.

use std::fmt::{self, Write as _};

/// Resolves a reference without `&` and `;`; `None` if it is none of the five entities of XML and
/// no number of a character.
pub(super) fn resolved(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32).filter(|c| is_xml_char(*c))
        }
    }
}

/// Returns the value of an attribute: references are resolved, and other white space is a space.
/// The error is the reference that cannot be resolved.
pub(super) fn attribute_value(raw: &str) -> Result<String, String> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        value.push_str(&rest[..at]);
        let found = &rest[at..];
        if let Some(reference) = found.strip_prefix('&') {
            let (name, after) = reference.split_once(';').unwrap_or((reference, ""));
            value.push(resolved(name).ok_or_else(|| name.chars().take(32).collect::<String>())?);
            rest = after;
        } else {
            value.push(' ');
            rest = found.strip_prefix("\r\n").unwrap_or(&found[1..]);
        }
    }
    value.push_str(rest);
    Ok(value)
}

/// The text of an element, which is read in pieces.
#[derive(Debug, Default)]
pub(super) struct TextPieces {
    text: String,
    /// The length that is not trimmed at the end, because it was a reference or CDATA.
    kept: usize,
}

impl TextPieces {
    /// Adds a piece of which the white space at the ends of the text is left out.
    pub(super) fn add(&mut self, piece: &str) {
        let piece = if self.text.is_empty() { piece.trim_start() } else { piece };
        // XML reads all ends of lines alike.
        for (number, line) in piece.split("\r\n").enumerate() {
            if number > 0 {
                self.text.push('\n');
            }
            self.text.extend(line.chars().map(|c| if c == '\r' { '\n' } else { c }));
        }
    }

    /// Adds a piece as it is.
    pub(super) fn add_exact(&mut self, piece: &str) {
        self.text.push_str(piece);
        self.kept = self.text.len();
    }

    /// Returns the text.
    pub(super) fn finish(mut self) -> String {
        let end = self.text.trim_end().len().max(self.kept);
        self.text.truncate(end);
        self.text
    }
}

/// Returns true for characters that XML can hold.
const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Returns true if XML can hold the text: it has no control characters.
pub(crate) fn is_xml_text(text: &str) -> bool {
    text.chars().all(is_xml_char)
}

/// Returns true if a text can be the name of an element, in ASCII.
pub(crate) fn is_xml_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// Shows a text with escapes, for an element or an attribute in double quotes. White space that
/// readers change is a reference; characters that XML cannot hold are U+FFFD.
pub(crate) struct XmlText<'a>(pub &'a str);

impl fmt::Display for XmlText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.chars().count().saturating_sub(1);
        for (place, c) in self.0.chars().enumerate() {
            match c {
                '&' => f.write_str("&amp;"),
                '<' => f.write_str("&lt;"),
                '>' => f.write_str("&gt;"),
                '"' => f.write_str("&quot;"),
                c if !is_xml_char(c) => f.write_char('\u{fffd}'),
                '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(c)),
                c if c.is_whitespace() && (place == 0 || place == last) => write!(f, "&#{};", u32::from(c)),
                c => f.write_char(c),
            }?;
        }
        Ok(())
    }
}
