//! A linear scan of the text before it is parsed. The parser is recursive descent, so without this
//! scan nested brackets alone would overflow its stack. Distinguishes strings, block strings and
//! comments as the grammar does, and refuses nothing else.

use super::{CostLimit, CostRefusal, Limits};

/// Refuses text that is too long, has too many tokens or nests brackets too deeply.
///
/// # Errors
/// [`CostRefusal::Over`].
pub fn check_text(text: &str, limits: &Limits) -> Result<(), CostRefusal> {
    CostLimit::Bytes.within(text.len() as u64, limits.bytes)?;
    let mut rest = text.as_bytes();
    let (mut tokens, mut open) = (0_u64, 0_u64);
    while let [first, ..] = *rest {
        let length = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => {
                rest = &rest[until(rest, |b| matches!(b, b'\n' | b'\r'))..];
                continue;
            }
            b'"' => string(rest),
            b'{' | b'[' | b'(' => {
                open += 1;
                CostLimit::Nesting.within(open, limits.nesting)?;
                1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                1
            }
            b'.' => until(rest, |b| b != b'.'),
            _ => until(rest, |b| !is_word(b)).max(1),
        };
        tokens += 1;
        CostLimit::Tokens.within(tokens, limits.tokens)?;
        rest = &rest[length..];
    }
    Ok(())
}

/// Returns the number of bytes before the first match, or of all bytes.
fn until(text: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&b| fits(b)).unwrap_or(text.len())
}

/// Returns true for the bytes of names and numbers, and for all that is not ASCII, which the parser
/// judges.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+') || !byte.is_ascii()
}

/// Returns the length of the string that begins here, quotes included. An unterminated string ends
/// at its line, an unterminated block string at the end of the text; the parser fails at the same
/// place.
fn string(text: &[u8]) -> usize {
    if text.starts_with(br#"""""#) {
        return block_string(text);
    }
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn block_string(text: &[u8]) -> usize {
    let mut at = 3;
    while at < text.len() {
        if text[at..].starts_with(br#"\""""#) {
            at += 4;
        } else if text[at..].starts_with(br#"""""#) {
            return at + 3;
        } else {
            at += 1;
        }
    }
    text.len()
}
