//! Reads a GraphQL request from the query part of a URL: the same four parameters, two of them JSON
//! text. Pure.

use actix_web::web::Query;
use serde_json::{Map, Value};

use crate::api::engine::failure::Failure;
use crate::api::engine::request::Ask;
use crate::budget::{Charge, Charging};
use crate::domain::canonical::json;
use crate::http::limits::COPIES;

/// Reads the parameters, and charges their values. Unknown parameters are ignored; a duplicate of
/// the four is refused.
pub(crate) fn read(query: &str, memory: &Charge) -> Result<Ask, Failure> {
    let pairs = Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| Failure::bad_request("the URL's parameters cannot be read; encode them as a form"))?;
    let mut parameters = Map::new();
    for (name, text) in pairs.into_inner() {
        let value = match name.as_str() {
            "query" | "operationName" => Value::String(text),
            "variables" | "extensions" if text.is_empty() => Value::Null,
            "variables" | "extensions" => {
                let mut meter = Charging::new(memory, COPIES);
                json::parse_within(text.as_bytes(), &mut meter).map_err(|error| match &meter.met {
                    Some(exhausted) => exhausted.into(),
                    None => Failure::bad_request(format!("`{name}` cannot be read: {error}")),
                })?
            }
            _ => continue,
        };
        if parameters.contains_key(&name) {
            return Err(Failure::bad_request(format!("duplicate parameter `{name}`: give it once")));
        }
        parameters.insert(name, value);
    }
    Ask::read(Value::Object(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Ask, Failure> {
        super::read(query, &Charge::unlimited())
    }

    #[test]
    fn reads_the_four_parameters() {
        let ask =
            read("query=%7Ba%7D&operationName=Q&variables=%7B%22x%22%3A1%7D&extensions=&cache=1").unwrap();
        assert_eq!((ask.query.as_str(), ask.operation_name.as_deref()), ("{a}", Some("Q")));
        assert_eq!(ask.variables["x"], 1);
        assert_eq!(read("query={a}+b&operationName=").unwrap().query, "{a} b");
    }

    #[test]
    fn refuses_missing_duplicate_and_malformed_parameters() {
        for (query, named) in [
            ("", "`query` is missing"),
            ("query=a&query=b", "duplicate parameter `query`"),
            ("query=a&variables={", "`variables` cannot be read"),
            ("query=a&variables=[]", "`variables` must be"),
            ("query=a&variables={\"x\":1,\"x\":2}", "duplicate name \"x\" in one object"),
            ("query=a&extensions=1", "`extensions` must be"),
        ] {
            let failure = read(query).unwrap_err();
            assert!(failure.message.contains(named), "{query}: {}", failure.message);
        }
    }
}
