//! Conditions on an attribute as a client gives them, converted to the tests of a search.

use std::ops::Bound;

use serde_json::Value;

use super::searchable::{KeyRange, MAX_TEXT, ValueKey, kind_of_bound, path};
use super::selection::{Predicate, Test};
use crate::domain::canonical::attributes::{check_value, split_path, type_name};
use crate::domain::invalid::Invalid;

/// The most values of one `in`.
pub const MAX_VALUES: usize = 10_000;
/// The most conditions of one search.
pub const MAX_CONDITIONS: usize = 32;

/// Conditions on an attribute, all of which must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conditions {
    /// Equal to this value.
    pub equals: Option<Value>,
    /// Equal to one of these values.
    pub one_of: Option<Vec<Value>>,
    /// At least this value.
    pub at_least: Option<Value>,
    /// Greater than this value.
    pub above: Option<Value>,
    /// At most this value.
    pub at_most: Option<Value>,
    /// Less than this value.
    pub below: Option<Value>,
    /// True: the attribute exists. False: it does not.
    pub exists: Option<bool>,
}

impl Conditions {
    /// Returns the tests of the attribute at a path: names separated by dots, a dot inside a name
    /// written `\.`.
    ///
    /// # Errors
    /// [`Invalid`] for values that no attribute can have, for bounds that have no order, and
    /// without any condition.
    pub fn predicates(self, at: &str) -> Result<Vec<Predicate>, Invalid> {
        let range = self.range(at)?;
        let mut tests = Vec::new();
        if let Some(value) = &self.equals {
            tests.push(one_of(std::slice::from_ref(value))?);
        }
        if let Some(values) = &self.one_of {
            tests.push(one_of(values)?);
        }
        tests.extend(range.map(Test::Between));
        tests.extend(self.exists.map(Test::Exists));
        if tests.is_empty() {
            return Err(Invalid::refused(format!(
                "expected a condition on {at:?}, found none; give `equals`, `in`, a bound or `exists`"
            )));
        }
        let names = split_path(at);
        let path = path(&names.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(tests.into_iter().map(|test| Predicate { path: path.clone(), test }).collect())
    }

    fn range(&self, at: &str) -> Result<Option<KeyRange>, Invalid> {
        let one = |name: &str, closed: &Option<Value>, open: &Option<Value>| match (closed, open) {
            (Some(_), Some(_)) => Err(Invalid::refused(format!(
                "expected one of {name} in the condition on {at:?}, found both; give one"
            ))),
            (Some(value), None) => Ok(Some(Bound::Included(bound(value)?))),
            (None, Some(value)) => Ok(Some(Bound::Excluded(bound(value)?))),
            (None, None) => Ok(None),
        };
        let low = one("`atLeast` and `above`", &self.at_least, &self.above)?;
        let high = one("`atMost` and `below`", &self.at_most, &self.below)?;
        let value = |bound: &Option<Bound<ValueKey>>| match bound {
            Some(Bound::Included(value) | Bound::Excluded(value)) => kind_of_bound(value),
            _ => None,
        };
        let (Some((least, greatest)), of_high) = (match value(&low) {
            None => (value(&high), None),
            found => (found, value(&high)),
        }) else {
            return Ok(None);
        };
        if of_high.is_some_and(|(other, _)| other != least) {
            return Err(Invalid::refused(format!(
                "expected two numbers or two texts as the bounds on {at:?}, found one of each; give two of a kind"
            )));
        }
        Ok(Some((low.unwrap_or(least), high.unwrap_or(greatest))))
    }
}

/// Joins one condition and a list of conditions, of which all must hold. An empty list finds
/// nothing.
///
/// # Errors
/// [`Invalid::Limit`] for too many conditions.
pub fn joined(
    one: Option<Vec<Predicate>>,
    several: Option<Vec<Vec<Predicate>>>,
) -> Result<Option<Vec<Predicate>>, Invalid> {
    if several.as_ref().is_some_and(Vec::is_empty) {
        return Ok(several.map(|several| several.concat()));
    }
    let given = usize::from(one.is_some()) + several.as_ref().map_or(0, Vec::len);
    Invalid::limit("conditions of one filter", given, MAX_CONDITIONS)?;
    let all: Vec<Vec<Predicate>> = one.into_iter().chain(several.into_iter().flatten()).collect();
    Ok((given > 0).then(|| all.concat()))
}

fn one_of(values: &[Value]) -> Result<Test, Invalid> {
    Invalid::limit("values of one `in`", values.len(), MAX_VALUES)?;
    values.iter().try_for_each(check_value)?;
    Ok(Test::one_of(values.iter().map(ValueKey::new).collect()))
}

fn bound(value: &Value) -> Result<ValueKey, Invalid> {
    check_value(value)?;
    match value {
        Value::Number(_) => Ok(ValueKey::new(value)),
        Value::String(text) => {
            Invalid::limit("bytes of a bound", text.len(), MAX_TEXT)?;
            Ok(ValueKey::new(value))
        }
        other => Err(Invalid::refused(format!(
            "expected a number or a text as a bound, found {}; other values have no order",
            type_name(other)
        ))),
    }
}
