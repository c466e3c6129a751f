//! The lexer: splits GraphQL text into tokens with their positions. Linear in the text.

use std::fmt;

use async_graphql::Pos;

use super::strings;
use super::syntax_error;
use crate::api::engine::failure::Failure;

/// A lexical token: punctuators, names and numbers as written, strings decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lexeme<'a> {
    /// The end of the text.
    End,
    /// A punctuator, `...` included.
    Mark(&'a str),
    Name(&'a str),
    Int(&'a str),
    Float(&'a str),
    /// The value of a string or block string.
    Text(String),
}

impl fmt::Display for Lexeme<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("the end of the text"),
            Self::Mark(text) | Self::Name(text) | Self::Int(text) | Self::Float(text) => {
                let short: String = text.chars().take(80).collect();
                write!(f, "`{short}`")
            }
            Self::Text(_) => f.write_str("a string"),
        }
    }
}

pub(super) struct Lexer<'a> {
    rest: &'a str,
    pos: Pos,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text, pos: Pos { line: 1, column: 1 } }
    }

    /// Returns the next token and its position.
    ///
    /// # Errors
    /// `GRAPHQL_PARSE_FAILED` if the text does not continue with a token.
    pub(super) fn next(&mut self) -> Result<(Lexeme<'a>, Pos), Failure> {
        self.skip_ignored();
        let (pos, rest) = (self.pos, self.rest);
        let Some(first) = rest.bytes().next() else { return Ok((Lexeme::End, pos)) };
        let token = match first {
            b'"' => {
                let read =
                    if rest.starts_with("\"\"\"") { strings::block(rest) } else { strings::line(rest) };
                let (text, length) = read.map_err(|(offset, message)| self.refuse(offset, &message))?;
                self.take(length);
                Lexeme::Text(text)
            }
            b'.' if rest.starts_with("...") => Lexeme::Mark(self.take(3)),
            b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|' | b'}' => {
                Lexeme::Mark(self.take(1))
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => Lexeme::Name(self.take(until(rest, |b| !is_name(b)))),
            b'-' | b'0'..=b'9' => self.number()?,
            _ => {
                let character = rest.chars().next().unwrap_or_default();
                return Err(self.refuse(
                    0,
                    &format!("expected a name, a value or a punctuation mark, found {character:?}"),
                ));
            }
        };
        Ok((token, pos))
    }

    fn number(&mut self) -> Result<Lexeme<'a>, Failure> {
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| until(&self.rest[from..], |b| !b.is_ascii_digit());
        let digit = |this: &Self, at: usize| {
            let found = this.rest[at..].chars().next();
            let found = found.map_or_else(|| "the end of the text".to_owned(), |found| format!("{found:?}"));
            this.refuse(at, &format!("expected a digit, found {found}"))
        };
        let mut at = usize::from(bytes[0] == b'-');
        let whole = digits(at);
        if whole == 0 {
            return Err(digit(self, at));
        }
        if whole > 1 && bytes[at] == b'0' {
            return Err(self.refuse(at, "expected a number without a leading 0"));
        }
        at += whole;
        let mut is_float = false;
        if bytes.get(at) == Some(&b'.') {
            let fraction = digits(at + 1);
            if fraction == 0 {
                return Err(digit(self, at + 1));
            }
            (at, is_float) = (at + 1 + fraction, true);
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let exponent = digits(at + 1 + sign);
            if exponent == 0 {
                return Err(digit(self, at + 1 + sign));
            }
            (at, is_float) = (at + 1 + sign + exponent, true);
        }
        if let Some(&next) = bytes.get(at)
            && (next == b'.' || is_name(next))
        {
            let found = char::from(next);
            return Err(self.refuse(at, &format!("expected the end of a number, found {found:?}")));
        }
        let text = self.take(at);
        Ok(if is_float { Lexeme::Float(text) } else { Lexeme::Int(text) })
    }

    fn skip_ignored(&mut self) {
        loop {
            let length = match self.rest.as_bytes() {
                [b' ' | b'\t' | b'\n' | b'\r' | b',', ..] => {
                    until(self.rest, |b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b','))
                }
                [b'#', ..] => until(self.rest, |b| matches!(b, b'\n' | b'\r')),
                _ if self.rest.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
                _ => return,
            };
            self.take(length);
        }
    }

    /// Consumes bytes of the text.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        (self.rest, self.pos) = (rest, moved(self.pos, taken, rest));
        taken
    }

    /// Creates an error at an offset from the current position.
    fn refuse(&self, offset: usize, message: &str) -> Failure {
        let (before, after) = self.rest.split_at(offset);
        syntax_error(message, moved(self.pos, before, after))
    }
}

/// Returns the position after a piece of text. A line ends with `
/// `, `\r` or both.
fn moved(from: Pos, piece: &str, rest: &str) -> Pos {
    let mut pos = from;
    let mut bytes = piece.bytes().chain(rest.bytes().take(1)).peekable();
    for _ in 0..piece.len() {
        match (bytes.next(), bytes.peek()) {
            (Some(b'\r'), Some(b'\n')) => {}
            (Some(b'\n' | b'\r'), _) => pos = Pos { line: pos.line + 1, column: 1 },
            // Only the first byte of a character counts.
            (Some(byte), _) if byte & 0xC0 != 0x80 => pos.column += 1,
            _ => {}
        }
    }
    pos
}

/// Returns the number of bytes before the first match, or of all bytes.
fn until(text: &str, fits: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(fits).unwrap_or(text.len())
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
