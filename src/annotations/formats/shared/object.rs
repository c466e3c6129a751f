//! JSON objects.

use serde_json::{Map, Value};

use crate::annotations::fault::Reason;
use crate::domain::canonical::json::{self, Fault};

/// Parses a JSON object strictly. Names `NaN` and `Infinity`, which many programs write.
pub(crate) fn object(text: &[u8]) -> Result<Map<String, Value>, Reason> {
    let value = json::parse(text).map_err(|error| {
        let field = error.path.trim_start_matches(['$', '.']).to_owned();
        if let (Fault::Syntax(_), Some(name)) = (&error.fault, first_constant(text)) {
            let why = format!("expected a JSON value, found {name}, which JSON does not have; write null");
            return Reason::new(field, why);
        }
        Reason::new(field, format!("{}, at line {} column {}", error.fault, error.line, error.column))
    })?;
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(Reason::expected("", "a JSON object", Some(&other))),
    }
}

/// Returns the first constant of JavaScript that JSON does not have.
fn first_constant(text: &[u8]) -> Option<&'static str> {
    let (mut in_text, mut escaped) = (false, false);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'N' | b'I' | b'-' | b'n' | b'i' => {
                let found = ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"]
                    .into_iter()
                    .find(|name| text[place..].starts_with(name.as_bytes()));
                if found.is_some() {
                    return found;
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_that_json_lacks_are_named() {
        let refused = |text: &str| object(text.as_bytes()).unwrap_err().at(1).to_string();
        assert!(
            refused(r#"{"a": "NaN", "area": NaN}"#).contains("field area: expected a JSON value, found NaN")
        );
        assert!(refused(r#"{"bbox": [1, -Infinity]}"#).contains("found -Infinity"));
        assert!(refused(r#"{"a": "NaN" 7}"#).contains("not JSON"));
        assert!(refused(r#"{"a": 1, "a": 2}"#).contains("duplicate"));
        assert!(refused("[1]").contains("expected a JSON object"));
    }
}
