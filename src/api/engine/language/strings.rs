//! Decodes strings and block strings by the specification: escapes, surrogate pairs and
//! indentation.

/// The value of a string and its length in bytes, or the offset and message of an error.
type ReadString = Result<(String, usize), (usize, String)>;

/// Reads a string that begins with `"`.
pub(super) fn line(text: &str) -> ReadString {
    let mut value = String::new();
    let mut at = 1;
    loop {
        let rest = &text[at..];
        let plain =
            rest.bytes().position(|b| matches!(b, b'"' | b'\\' | b'\n' | b'\r')).unwrap_or(rest.len());
        value.push_str(&rest[..plain]);
        at += plain;
        match text.as_bytes().get(at) {
            Some(b'"') => return Ok((value, at + 1)),
            Some(b'\\') => {
                let (character, length) = escape(&text[at..]).map_err(|message| (at, message))?;
                value.push(character);
                at += length;
            }
            _ => {
                return Err((
                    at,
                    "expected `\"` at the end of a string, found the end of the line".to_owned(),
                ));
            }
        }
    }
}

/// Reads an escape: its character and its length in bytes.
fn escape(text: &str) -> Result<(char, usize), String> {
    let simple = match text.as_bytes().get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(text),
        _ => {
            let found: String = text.chars().take(2).collect();
            return Err(format!("expected an escape such as `\\n` or `\\u00e9`, found `{found}`"));
        }
    };
    Ok((simple, 2))
}

/// Reads `\u00e9`, `\u{1f600}` or the surrogate pair `\ud83d\ude00`.
fn unicode(text: &str) -> Result<(char, usize), String> {
    let wrong = |length: usize| {
        let found: String = text.chars().take(length).collect();
        format!(
            "expected an escape of a Unicode character, such as `\\u00e9` or `\\u{{1f600}}`, found `{found}`"
        )
    };
    if let Some(braced) = text.strip_prefix("\\u{") {
        let digits = braced.bytes().position(|b| !b.is_ascii_hexdigit()).unwrap_or(braced.len());
        let code = u32::from_str_radix(&braced[..digits], 16).ok();
        return match code.and_then(char::from_u32) {
            Some(character) if braced[digits..].starts_with('}') => Ok((character, digits + 4)),
            _ => Err(wrong(digits.min(12) + 4)),
        };
    }
    let first = four(text).ok_or_else(|| wrong(6))?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, 6));
    }
    // The first half of a surrogate pair; the second half follows.
    let second = text.get(6..).filter(|rest| rest.starts_with("\\u")).and_then(four);
    match second {
        Some(second) if first < 0xDC00 && (0xDC00..0xE000).contains(&second) => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            char::from_u32(code).map(|character| (character, 12)).ok_or_else(|| wrong(12))
        }
        _ => Err(wrong(6)),
    }
}

/// Returns the four hex digits after `\u`.
fn four(text: &str) -> Option<u32> {
    let digits = text.get(2..6).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// Reads a block string, which begins with `"""`.
pub(super) fn block(text: &str) -> ReadString {
    let mut raw = String::new();
    let mut at = 3;
    loop {
        let rest = &text[at..];
        if rest.starts_with("\"\"\"") {
            return Ok((dedent(&raw), at + 3));
        }
        if rest.starts_with("\\\"\"\"") {
            raw.push_str("\"\"\"");
            at += 4;
            continue;
        }
        let Some(character) = rest.chars().next() else {
            return Err((
                at,
                "expected `\"\"\"` at the end of a block string, found the end of the text".to_owned(),
            ));
        };
        raw.push(character);
        at += character.len_utf8();
    }
}

/// Removes the common indentation of all lines but the first, and blank lines at both ends.
fn dedent(raw: &str) -> String {
    let raw = raw.replace("\r\n", "\n").replace('\r', "\n");
    let blank = |line: &&str| line.bytes().all(|b| matches!(b, b' ' | b'\t'));
    let indent = |line: &str| line.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let common = raw.split('\n').skip(1).filter(|line| !blank(line)).map(indent).min().unwrap_or(0);
    let lines = raw
        .split('\n')
        .enumerate()
        .map(|(i, line)| if i == 0 { line } else { line.get(common..).unwrap_or("") });
    let mut lines: Vec<&str> = lines.skip_while(blank).collect();
    while lines.last().is_some_and(blank) {
        lines.pop();
    }
    lines.join("\n")
}
