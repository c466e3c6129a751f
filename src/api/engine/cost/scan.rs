//! One linear look at the text before it is parsed. The parser is recursive descent: without this, brackets alone
//! overflow its stack. Tells strings, block strings and comments apart as the grammar does; refuses nothing else.

use super::{Limits, Refused, What};

/// Refuses text that is too long, has too many tokens or opens too many brackets inside one another.
///
/// # Errors
/// [`Refused::Over`].
pub fn check_text(text: &str, limits: &Limits) -> Result<(), Refused> {
    What::Bytes.within(text.len() as u64, limits.bytes)?;
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
                What::Nesting.within(open, limits.nesting)?;
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
        What::Tokens.within(tokens, limits.tokens)?;
        rest = &rest[length..];
    }
    Ok(())
}

/// Bytes before the first that fits, or all.
fn until(text: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&b| fits(b)).unwrap_or(text.len())
}

/// Names, numbers, and whatever is not ASCII: the parser judges those.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+') || !byte.is_ascii()
}

/// Length of the string that begins here, quotes included. An unterminated one ends at its line, or for a block string
/// at the end of the text, which is where the parser fails too.
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
