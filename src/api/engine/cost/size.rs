//! The number of objects that a field may return: the factor on the cost of everything below it.

use std::collections::HashMap;

use async_graphql::parser::types::{Field, OperationDefinition, Selection};
use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as Literal;

use super::CostRefusal;

/// The page size of a connection without `first` and `last`.
pub const DEFAULT_PAGE: u64 = 50;
/// The maximum number of nodes of a graph without `maxNodes`.
pub const DEFAULT_GRAPH: u64 = 200;
/// The maximum number of sections of a histogram without `buckets`.
pub const DEFAULT_HISTOGRAM: u64 = 100;
/// The maximum page size.
pub const MAX_PAGE: u64 = 1_000;

/// Usual sizes of the lists without pages, by the name of their field. The introspection names stop
/// queries that walk from types to fields to types; the others stop lists inside lists. A test
/// compares the table with the schema.
pub(in crate::api) const PLAIN_LISTS: &[(&str, u64)] = &[
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
    ("bySplit", 4),
    ("ontologyChanges", 5),
    ("replaced", 50),
    ("removed", 50),
    ("unresolved", 50),
    ("requests", 10),
    ("headers", 5),
];

/// Lists with one entry for each change in the input of the field around them. Their size is known
/// exactly, so a commit with a too large answer is refused before it is written.
pub(in crate::api) const PER_CHANGE: &[&str] = &["results", "answeredBy"];

/// Lists with one entry for each value of an argument, with the name of this argument.
pub(in crate::api) const PER_VALUE: &[(&str, &str)] = &[("nodes", "ids"), ("itemStates", "items")];

/// Reads page sizes from arguments: literals, variables and the defaults of variables.
pub(super) struct Sizes<'a> {
    given: &'a Variables,
    defaults: HashMap<&'a str, &'a Value>,
    /// An upper bound of the length of every list.
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

    /// Returns the factor of a field. `connection` is true if its selection is that of a
    /// connection.
    pub(super) fn of(&self, field: &Field, connection: bool) -> Result<u64, CostRefusal> {
        Ok(self.asked(field, connection)?.min(self.largest))
    }

    fn asked(&self, field: &Field, connection: bool) -> Result<u64, CostRefusal> {
        let name = field.name.node.as_str();
        if name == "lineageGraph" {
            return Ok(self.number(field, "maxNodes").unwrap_or(DEFAULT_GRAPH).max(1));
        }
        if name == "commitCounts" {
            return Ok(self.number(field, "buckets").unwrap_or(DEFAULT_HISTOGRAM).max(1));
        }
        let first = self.page(field, "first")?;
        let last = self.page(field, "last")?;
        if let Some(size) = first.max(last) {
            return Ok(size.max(1));
        }
        if connection {
            return Ok(DEFAULT_PAGE);
        }
        if let Some((_, values)) = PER_VALUE.iter().find(|(list, _)| *list == name)
            && let Some(Value::List(values)) = self.argument(field, values)
        {
            return Ok((values.len() as u64).max(1));
        }
        if let Some(k) = self.number(field, "k") {
            return Ok(k.max(1));
        }
        Ok(PLAIN_LISTS.iter().find(|(list, _)| *list == name).map_or(1, |(_, size)| *size))
    }

    /// Returns the number of changes in the input of a commit; 1 for other fields.
    pub(super) fn changes(&self, field: &Field) -> u64 {
        // Borrowed throughout: the input of a commit may have megabytes.
        let given = |name| match self.variable(name) {
            Some(Value::List(changes)) => changes.len(),
            _ => 1,
        };
        let changes = match field.get_argument("input").map(|input| &input.node) {
            Some(Literal::Object(input)) => match input.get("changes") {
                Some(Literal::List(changes)) => changes.len(),
                Some(Literal::Variable(name)) => given(name),
                _ => 1,
            },
            Some(Literal::Variable(name)) => match self.variable(name) {
                Some(Value::Object(input)) => match input.get("changes") {
                    Some(Value::List(changes)) => changes.len(),
                    _ => 1,
                },
                _ => 1,
            },
            _ => 1,
        };
        (changes as u64).max(1)
    }

    fn page(&self, field: &Field, argument: &'static str) -> Result<Option<u64>, CostRefusal> {
        match self.number(field, argument) {
            Some(asked) if asked > MAX_PAGE => Err(CostRefusal::Page { argument, asked }),
            other => Ok(other),
        }
    }

    /// Returns an argument that is an integer from 0. Validation refuses anything else.
    fn number(&self, field: &Field, argument: &str) -> Option<u64> {
        match self.argument(field, argument)? {
            Value::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// Returns an argument with its variables filled in; `None` if it or one of its variables is
    /// not given.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value.into_const_with(|variable| self.variable(&variable).cloned().ok_or(())).ok()
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.given.get(name).or_else(|| self.defaults.get(name.as_str()).copied())
    }
}

/// Returns true for a selection that only connections have: `edges`, or `nodes` without arguments
/// (with arguments it is the root's lookup of many ids).
pub(super) fn marks_connection(selection: &Selection) -> bool {
    let Selection::Field(field) = selection else { return false };
    match field.node.name.node.as_str() {
        "edges" => true,
        "nodes" => field.node.arguments.is_empty(),
        _ => false,
    }
}

/// Returns true for a field in [`PER_CHANGE`].
pub(super) fn is_per_change(selection: &Selection) -> bool {
    matches!(selection, Selection::Field(field) if PER_CHANGE.contains(&field.node.name.node.as_str()))
}

/// Returns true for a field of a connection that contains lists and occurs once, not with each
/// entry.
pub(super) fn is_once(selection: &Selection) -> bool {
    matches!(selection, Selection::Field(field) if field.node.name.node.as_str() == "asked")
}
