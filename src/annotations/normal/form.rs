//! The normal form of values: a tree in which everything without meaning is missing.

use std::rc::Rc;

use serde_json::{Number, Value};

use super::address;

/// A value in normal form.
#[derive(Debug)]
pub(super) enum Normal {
    /// Null, inside a list.
    Null,
    /// A truth value; false only inside a list.
    Bool(bool),
    /// A number that is compared as a number.
    Number(f64),
    /// A text, without the signatures of its addresses.
    Text(String),
    /// Elements whose order counts.
    List(Vec<Normal>),
    /// Elements in any order.
    Bag(Vec<Normal>),
    /// The points of a polygon, which has no first point and no direction. It does not repeat a point at
    /// its end.
    Ring(Vec<[f64; 2]>),
    /// Members that are not empty, sorted by name.
    Fields(Vec<(String, Normal)>),
    /// Another part of the tree that this one refers to.
    Shared(Rc<Normal>),
}

/// Members for which zero and absence mean the same.
const ZERO_IS_ABSENT: [&str; 5] = ["ignore", "image_rotation", "iscrowd", "item_index", "rotation"];

impl Normal {
    /// Returns the members for which `normal` returns a value.
    pub(super) fn fields<'v>(
        members: impl Iterator<Item = (&'v String, &'v Value)>,
        normal: impl Fn(&str, &Value) -> Option<Self>,
    ) -> Self {
        let mut fields: Vec<_> =
            members.filter_map(|(name, value)| Some((name.clone(), normal(name, value)?))).collect();
        fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self::Fields(fields)
    }
}

/// Returns the normal form of a member of an object; `None` if it is empty.
pub(super) fn member(name: &str, value: &Value) -> Option<Normal> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) if text.is_empty() => None,
        Value::Number(zero) if ZERO_IS_ABSENT.contains(&name) && zero.as_f64() == Some(0.0) => None,
        Value::Array(elements) if elements.is_empty() => None,
        Value::Object(_) => match element(value) {
            Normal::Fields(fields) if fields.is_empty() => None,
            object => Some(object),
        },
        value => Some(element(value)),
    }
}

/// Returns the normal form of an element of a list, in which nothing is left out.
pub(super) fn element(value: &Value) -> Normal {
    match value {
        Value::Null => Normal::Null,
        Value::Bool(truth) => Normal::Bool(*truth),
        Value::Number(number) => of_number(number),
        Value::String(text) => Normal::Text(address::unsigned(text).into_owned()),
        Value::Array(elements) => Normal::List(elements.iter().map(element).collect()),
        Value::Object(members) => Normal::fields(members.iter(), member),
    }
}

/// Returns a list whose order has no meaning; a single value is a list of one.
pub(super) fn classes(value: &Value) -> Option<Normal> {
    let bag = match value {
        Value::Array(classes) => classes.iter().map(element).collect(),
        one => vec![member("class", one)?],
    };
    if bag.is_empty() { None } else { Some(Normal::Bag(bag)) }
}

/// Returns a number, or its digits if a floating-point number cannot hold it.
fn of_number(number: &Number) -> Normal {
    let float = number.as_f64().unwrap_or_default();
    let is_exact = match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => float as i128 == i128::from(whole),
        (None, Some(whole)) => float as i128 == i128::from(whole),
        (None, None) => true,
    };
    if is_exact { Normal::Number(float) } else { Normal::Text(format!("the number {number}")) }
}
