//! Similarity of the remaining fields, which decides between equals.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::annotations::model::fields::{ATTRIBUTES, CLASS};

/// Returns the share of equal fields, from 0 to 1; 1 if neither has fields. The class is left out,
/// the properties in `attributes` count one by one, and texts by their words.
pub(super) fn of_fields(a: &Map<String, Value>, b: &Map<String, Value>) -> f64 {
    let (a, b) = (flat(a), flat(b));
    let mut sum = 0.0;
    for (name, value) in &a {
        sum += b.get(name).map_or(0.0, |other| of_values(value, other));
    }
    let names = a.len() + b.keys().filter(|name| !a.contains_key(*name)).count();
    #[expect(clippy::cast_precision_loss, reason = "a ratio is not exact")]
    if names == 0 { 1.0 } else { sum / names as f64 }
}

fn flat(fields: &Map<String, Value>) -> BTreeMap<(bool, &str), &Value> {
    let mut flat = BTreeMap::new();
    for (name, value) in fields {
        match value {
            Value::Object(attributes) if name == ATTRIBUTES => {
                flat.extend(attributes.iter().map(|(name, value)| ((true, name.as_str()), value)));
            }
            _ if name == CLASS => {}
            _ => {
                flat.insert((false, name.as_str()), value);
            }
        }
    }
    flat
}

fn of_values(a: &Value, b: &Value) -> f64 {
    if a == b {
        return 1.0;
    }
    let (Value::String(a), Value::String(b)) = (a, b) else { return 0.0 };
    let mut words: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for word in a.split_whitespace() {
        words.entry(word).or_default().0 += 1;
    }
    for word in b.split_whitespace() {
        words.entry(word).or_default().1 += 1;
    }
    let both: u32 = words.values().map(|(a, b)| a.min(b)).sum();
    let any: u32 = words.values().map(|(a, b)| a.max(b)).sum();
    if any == 0 { 0.0 } else { f64::from(both) / f64::from(any) }
}
