//! Conditions on an attribute as they are given, made into what a search tests.

use std::ops::Bound;

use serde_json::Value;

use super::searchable::{KeyRange, MAX_TEXT, ValueKey, kind_of_bound, path};
use super::selection::{Predicate, Test};
use crate::domain::canonical::attributes::{check_value, split_path};
use crate::domain::invalid::Invalid;

/// The most values of one `in`.
pub const MAX_VALUES: usize = 10_000;
/// The most conditions of one search.
pub const MAX_CONDITIONS: usize = 32;

/// What an attribute must be; all that is given holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conditions {
    /// This value.
    pub equals: Option<Value>,
    /// One of these values.
    pub one_of: Option<Vec<Value>>,
    /// This or more.
    pub at_least: Option<Value>,
    /// More than this.
    pub above: Option<Value>,
    /// This or less.
    pub at_most: Option<Value>,
    /// Less than this.
    pub below: Option<Value>,
    /// There, or not there.
    pub exists: Option<bool>,
}

impl Conditions {
    /// The tests of the attribute at a path: names separated by dots, a dot inside a name written `\.`.
    ///
    /// # Errors
    /// [`Invalid`] for values that no attribute can have, bounds that have no order, and where nothing is asked.
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
                "the condition on {at:?} asks nothing; give `equals`, `in`, a bound or `exists`"
            )));
        }
        let names = split_path(at);
        let path = path(&names.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(tests.into_iter().map(|test| Predicate { path: path.clone(), test }).collect())
    }

    fn range(&self, at: &str) -> Result<Option<KeyRange>, Invalid> {
        let one = |name: &str, closed: &Option<Value>, open: &Option<Value>| match (closed, open) {
            (Some(_), Some(_)) => {
                Err(Invalid::refused(format!("the condition on {at:?} gives {name}; give one of them")))
            }
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
                "the bounds on {at:?} are a number and a text, between which there is nothing; give two of a kind"
            )));
        }
        Ok(Some((low.unwrap_or(least), high.unwrap_or(greatest))))
    }
}

/// The tests of one condition that is given alone and of several in a list, of which all must hold. An empty list finds
/// nothing.
///
/// # Errors
/// [`Invalid::Limit`].
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
        _ => Err(Invalid::refused("a bound is a number or a text; other values have no order")),
    }
}
