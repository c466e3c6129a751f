//! CSV by RFC 4180, as the pages write it.

use serde_json::Value;

use crate::domain::text::is_formula;

/// Appends a line. A null is an empty cell.
pub(super) fn line<'v>(out: &mut Vec<u8>, cells: impl IntoIterator<Item = &'v Value>) {
    for (place, value) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        match value {
            Value::Null => {}
            Value::String(text) => cell(out, text),
            // A whole number has no decimal point, as in JavaScript.
            Value::Number(number) if number.is_f64() => {
                out.extend(number.as_f64().unwrap_or_default().to_string().as_bytes());
            }
            other => out.extend(other.to_string().as_bytes()),
        }
    }
    out.extend(b"\r\n");
}

/// Appends a text, with an apostrophe before what would be a formula.
fn cell(out: &mut Vec<u8>, text: &str) {
    let guard = if is_formula(text) { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) {
        out.push(b'"');
        out.extend(guard.as_bytes());
        out.extend(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend(guard.as_bytes());
        out.extend(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_quoted_and_guarded() {
        for (value, expected) in [
            (json!(null), ""),
            (json!("plain text"), "plain text"),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"so\""), "\"say \"\"so\"\"\""),
            (json!("two\nlines"), "\"two\nlines\""),
            (json!("=1+1"), "'=1+1"),
            (json!("+1"), "'+1"),
            (json!("-1"), "'-1"),
            (json!("@a"), "'@a"),
            (json!("\tx"), "'\tx"),
            (json!("\r=1"), "\"'\r=1\""),
            (json!("=\"a\""), "\"'=\"\"a\"\"\""),
            (json!(-1), "-1"),
            (json!(0.125), "0.125"),
            (json!(1.0), "1"),
            (json!(true), "true"),
        ] {
            let mut out = Vec::new();
            line(&mut out, [&value, &json!(7)]);
            assert_eq!(String::from_utf8(out).unwrap(), format!("{expected},7\r\n"), "{value}");
        }
    }
}
