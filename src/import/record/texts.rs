//! Integers beyond ±(2^53 - 1), which readers of JSON round: they become texts, and are counted.

use serde_json::{Map, Value};

use super::fault::RecordPlace;
use super::reader::Skipped;

/// The largest integer that stays a number.
const LARGEST: u64 = (1 << 53) - 1;

/// The name of the count in the report.
pub(crate) const TEXTS: &str = "integers beyond ±(2^53 - 1)";

/// Integers that became texts.
#[derive(Debug, Default)]
pub(crate) struct TextIntegers {
    count: u64,
    first: String,
}

impl TextIntegers {
    /// Converts all such integers in the fields of an element or record.
    pub(crate) fn convert(&mut self, fields: &mut Map<String, Value>, place: impl Fn() -> RecordPlace) {
        let before = self.count;
        fields.values_mut().for_each(|value| self.convert_value(value));
        if before == 0 && self.count > 0 {
            self.first = place().to_string();
        }
    }

    fn convert_value(&mut self, value: &mut Value) {
        match value {
            Value::Number(number) => {
                let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
                if size.is_some_and(|size| size > LARGEST) {
                    self.count += 1;
                    *value = Value::String(number.to_string());
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.convert_value(element)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.convert_value(value)),
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }

    /// Moves the count to the report.
    pub(crate) fn report(&mut self, report: &mut Skipped) {
        let Self { count, first } = std::mem::take(self);
        if count > 0 {
            report.count(TEXTS, count, first);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_integers_that_readers_round_become_texts() {
        let given = json!({
            "a": 9_007_199_254_740_991_i64, "b": [9_007_199_254_740_992_i64, {"c": -9_007_199_254_740_992_i64}],
            "d": u64::MAX, "e": i64::MIN, "f": 1e300, "g": -1, "h": "1",
        });
        let mut fields = given.as_object().unwrap().clone();
        let mut texts = TextIntegers::default();
        texts.convert(&mut fields, || RecordPlace::Line(7));
        let expected = json!({
            "a": 9_007_199_254_740_991_i64, "b": ["9007199254740992", {"c": "-9007199254740992"}],
            "d": "18446744073709551615", "e": "-9223372036854775808", "f": 1e300, "g": -1, "h": "1",
        });
        assert_eq!(Value::Object(fields), expected);
        let mut report = Skipped::default();
        texts.convert(&mut Map::from_iter([("x".to_owned(), json!(u64::MAX))]), || RecordPlace::Line(8));
        texts.report(&mut report);
        assert_eq!(report.all().collect::<Vec<_>>(), [(TEXTS, 5, "line 7")]);
        texts.report(&mut report);
        assert_eq!(report.all().next().map(|(_, count, _)| count), Some(5));
    }
}
