//! The order of fields in an answer, if it depends on the object's type or on directives.
//!
//! [`ShapePlan`](super::shape::ShapePlan) sorts by the text, which is right if the first of several
//! fields of one name always applies. For other documents this module collects the fields of every
//! object again, as the specification says.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value, Variables};

use super::running::MARK;
use crate::api::engine::sdl::Sdl;
use crate::api::engine::sdl::innermost;

/// Sorts the answer to one request.
pub(super) struct FieldOrder<'a> {
    /// The document as it runs: the operation alone.
    pub(super) running: &'a ExecutableDocument,
    /// The boolean variables.
    pub(super) flags: &'a [(Name, bool)],
    pub(super) sdl: &'a Sdl,
}

/// Returns the boolean variables.
pub(super) fn flags(variables: &Variables) -> Vec<(Name, bool)> {
    let flag = |(name, value): (&Name, &Value)| match value {
        Value::Boolean(value) => Some((name.clone(), *value)),
        _ => None,
    };
    variables.iter().filter_map(flag).collect()
}

impl<'a> FieldOrder<'a> {
    pub(super) fn sort(&self, data: &mut Value) {
        let Some((_, operation)) = self.running.operations.iter().next() else { return };
        self.value(data, &[&operation.node.selection_set.node], self.sdl.root(operation.node.ty));
    }

    fn value(&self, value: &mut Value, sets: &[&'a SelectionSet], on: Option<&'a str>) {
        let object = match value {
            Value::List(elements) => {
                elements.iter_mut().for_each(|element| self.value(element, sets, on));
                return;
            }
            Value::Object(object) => object,
            _ => return,
        };
        // An object that was created for the nulls of its fields does not name its type.
        let named = object.get(MARK).and_then(|name| match name {
            Value::String(name) => self.sdl.name(name),
            _ => None,
        });
        let Some(on) = named.or(on) else { return };
        let mut fields = IndexMap::new();
        let mut seen = HashSet::new();
        sets.iter().for_each(|set| self.collect(set, on, &mut seen, &mut fields));
        object.sort_by_cached_key(|name, _| fields.get_index_of(name.as_str()));
        object.shift_remove(MARK);
        for (name, value) in object {
            let Some(selected) = fields.get(name.as_str()) else { continue };
            let below: Vec<&SelectionSet> = selected.iter().map(|field| &field.selection_set.node).collect();
            if below.iter().any(|set| !set.items.is_empty()) {
                let kind = selected.first().and_then(|field| self.sdl.field(on, &field.name.node));
                self.value(value, &below, kind.map(|field| innermost(&field.kind)));
            }
        }
    }

    /// `CollectFields` of the specification.
    fn collect(
        &self,
        set: &'a SelectionSet,
        on: &str,
        seen: &mut HashSet<&'a Name>,
        fields: &mut IndexMap<&'a str, Vec<&'a Field>>,
    ) {
        for selection in set.items.iter().filter(|selection| self.applies(selection.node.directives())) {
            match &selection.node {
                Selection::Field(field) => {
                    fields.entry(field.node.response_key().node.as_str()).or_default().push(&field.node);
                }
                Selection::InlineFragment(inline) => {
                    let condition =
                        inline.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                    if condition.is_none_or(|condition| self.sdl.overlap(condition, on)) {
                        self.collect(&inline.node.selection_set.node, on, seen, fields);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.running.fragments.get(name)
                        && seen.insert(name)
                        && self.sdl.overlap(&fragment.node.type_condition.node.on.node, on)
                    {
                        self.collect(&fragment.node.selection_set.node, on, seen, fields);
                    }
                }
            }
        }
    }

    fn applies(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let given = directive.node.get_argument("if").map(|value| &value.node);
            let value = match given {
                Some(async_graphql_value::Value::Boolean(value)) => Some(*value),
                Some(async_graphql_value::Value::Variable(name)) => {
                    self.flags.iter().find(|(flag, _)| flag == name).map(|(_, value)| *value)
                }
                _ => None,
            };
            match directive.node.name.node.as_str() {
                "skip" => value != Some(true),
                "include" => value != Some(false),
                _ => true,
            }
        })
    }
}
