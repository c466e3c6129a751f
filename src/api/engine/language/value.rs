//! Checks single values against scalars and enums, for literals and variables alike.

use async_graphql::{Name, Value};

use crate::api::engine::sdl::{CustomScalars, ScalarForm};

/// The largest integer below which a float represents every integer exactly.
const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;
/// The maximum number of enum values that a message lists.
const MOST_VALUES: usize = 16;

/// Checks a value against a scalar: one of the specification, or a custom one in the expected form.
///
/// # Errors
/// The expectation and the finding.
pub(in crate::api) fn scalar(
    custom: &CustomScalars,
    name: &str,
    form: ScalarForm,
    value: &Value,
) -> Result<(), String> {
    let fits = match (name, value) {
        ("Int", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", Value::Number(_))
        | ("String" | "ID", Value::String(_))
        | ("Boolean", Value::Boolean(_)) => true,
        ("ID", Value::Number(number)) => number.is_i64(),
        ("Int" | "Float" | "String" | "ID" | "Boolean", _) => false,
        _ => {
            return (custom.check)(name, form, value).map_err(|error| match error.starts_with("expected ") {
                true if !error.contains("found") => format!("{error}, found {}", found(value)),
                _ => error,
            });
        }
    };
    if fits { Ok(()) } else { Err(format!("expected {}, found {}", expected(name), found(value))) }
}

fn expected(scalar: &str) -> &'static str {
    match scalar {
        "Int" => "a whole number from -2147483648 to 2147483647",
        "Float" => "a number",
        "Boolean" => "`true` or `false`",
        "ID" => "an id: a string, or a whole number of 64 bits",
        _ => "a string",
    }
}

/// Converts a number of a variable to the form that the engine reads, because JSON does not
/// distinguish `1.0` from `1`.
pub(in crate::api) fn normalize_integer(scalar: &str, value: &mut Value) {
    if let ("Int" | "ID", Value::Number(number)) = (scalar, &*value)
        && !number.is_i64()
        && let Some(float) = number.as_f64()
        && float.fract() == 0.0
        && float.abs() <= LARGEST_EXACT
    {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        let whole = float as i64;
        *value = Value::Number(whole.into());
    }
}

/// Returns true if a name is a value of an enum.
pub(in crate::api) fn has(values: &[Name], name: &str) -> bool {
    values.iter().any(|value| *value == name)
}

/// Returns the expectation of an enum.
pub(in crate::api) fn one_of(kind: &str, values: &[Name]) -> String {
    if values.len() > MOST_VALUES {
        return format!("expected a value of `{kind}`");
    }
    let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    format!("expected {}{}", if values.len() > 1 { "one of " } else { "" }, values.join(", "))
}

/// Describes a value in a few words.
pub(in crate::api) fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::String(text) => {
            let short: String = text.chars().take(60).collect();
            format!("{short:?}{}", if short.len() < text.len() { "…" } else { "" })
        }
        Value::Enum(name) => format!("`{}`", name.chars().take(60).collect::<String>()),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Binary(_) => "bytes".to_owned(),
    }
}
