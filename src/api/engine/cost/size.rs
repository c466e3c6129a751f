//! How many objects a field stands for: the factor on everything below it.

use std::collections::HashMap;

use async_graphql::parser::types::{Field, OperationDefinition, Selection};
use async_graphql::{Name, Value, Variables};

use super::Refused;

/// The size of a page where a connection is asked for without `first` and `last`.
pub const DEFAULT_PAGE: u64 = 50;
/// The most nodes of a graph that is asked for without `maxNodes`.
pub const DEFAULT_GRAPH: u64 = 200;
/// The largest page.
pub const MAX_PAGE: u64 = 1_000;

/// Lists without pages, by the name of their field, and what they usually hold. The introspection names stop queries
/// that walk from types to fields to types; ours stop lists inside lists.
const PLAIN_LISTS: &[(&str, u64)] = &[
    ("types", 100),
    ("fields", 10),
    ("inputFields", 10),
    ("enumValues", 10),
    ("possibleTypes", 10),
    ("interfaces", 2),
    ("args", 3),
    ("directives", 5),
    ("tags", 5),
    ("statements", 5),
    ("path", 10),
    ("samples", 3),
    ("versions", 10),
    ("values", 4),
    ("trainingSets", 50),
    ("notWrong", 50),
];

/// Reads page sizes out of arguments: literals, variables and the defaults of variables.
pub(super) struct Sizes<'a> {
    given: &'a Variables,
    defaults: HashMap<&'a str, &'a Value>,
    /// No list has more entries.
    largest: u64,
}

impl<'a> Sizes<'a> {
    pub(super) fn new(
        given: &'a Variables,
        operation: Option<&'a OperationDefinition>,
        largest: u64,
    ) -> Self {
        let definitions = operation.map_or(&[][..], |operation| &operation.variable_definitions);
        let defaults = definitions
            .iter()
            .filter_map(|definition| {
                let default = definition.node.default_value.as_ref()?;
                Some((definition.node.name.node.as_str(), &default.node))
            })
            .collect();
        Self { given, defaults, largest }
    }

    /// The factor of a field whose own selection is a connection's (`connection`), or is not.
    pub(super) fn of(&self, field: &Field, connection: bool) -> Result<u64, Refused> {
        Ok(self.asked(field, connection)?.min(self.largest))
    }

    fn asked(&self, field: &Field, connection: bool) -> Result<u64, Refused> {
        let name = field.name.node.as_str();
        if name == "lineageGraph" {
            return Ok(self.number(field, "maxNodes").unwrap_or(DEFAULT_GRAPH).max(1));
        }
        let first = self.page(field, "first")?;
        let last = self.page(field, "last")?;
        if let Some(size) = first.max(last) {
            return Ok(size.max(1));
        }
        if connection {
            return Ok(DEFAULT_PAGE);
        }
        if let Some(Value::List(ids)) = self.argument(field, "ids") {
            return Ok((ids.len() as u64).max(1));
        }
        if let Some(k) = self.number(field, "k") {
            return Ok(k.max(1));
        }
        Ok(PLAIN_LISTS.iter().find(|(list, _)| *list == name).map_or(1, |(_, size)| *size))
    }

    fn page(&self, field: &Field, argument: &'static str) -> Result<Option<u64>, Refused> {
        match self.number(field, argument) {
            Some(asked) if asked > MAX_PAGE => Err(Refused::Page { argument, asked }),
            other => Ok(other),
        }
    }

    /// A whole number from 0. Anything else is for the validation to refuse.
    fn number(&self, field: &Field, argument: &str) -> Option<u64> {
        match self.argument(field, argument)? {
            Value::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// An argument with its variables filled in; `None` where it or one of its variables is not given.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value.into_const_with(|variable| self.variable(&variable).cloned().ok_or(())).ok()
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.given.get(name).or_else(|| self.defaults.get(name.as_str()).copied())
    }
}

/// Whether a selection is one that only connections have: `edges`, or `nodes` without arguments (with them it is the
/// root's lookup of many ids).
pub(super) fn marks_connection(selection: &Selection) -> bool {
    let Selection::Field(field) = selection else { return false };
    match field.node.name.node.as_str() {
        "edges" => true,
        "nodes" => field.node.arguments.is_empty(),
        _ => false,
    }
}

/// Returns true for a field of a connection that has lists of its own and comes once, not with each entry.
pub(super) fn is_once(selection: &Selection) -> bool {
    matches!(selection, Selection::Field(field) if field.node.name.node.as_str() == "asked")
}
