//! Gives an answer the shape that the specification requires, which async-graphql has not kept
//! since 7.1 (upstream: #612, #1449; `docs/upstream.md`).
//!
//! There a field that fails is left out of its object, an object all of whose fields fail becomes
//! null, and fields are in the order in which they became ready. Here a field that fails is null,
//! or if it must not be null, its nearest nullable ancestor is. Fields are in the order of the
//! query, so that equal answers have equal texts.

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Value};

use super::super::sdl::Sdl;
use super::order::FieldOrder;
use super::running::MARK;
use crate::api::engine::sdl::innermost;

/// The response names of an object in the order of the query, each with the plan below it.
#[derive(Default)]
pub(super) struct ShapePlan {
    fields: IndexMap<Name, PlannedField>,
    /// True if a list of objects here or below has a size that the text does not determine.
    guessed: bool,
    /// True if the order here or below depends on types or variables.
    unordered: bool,
}

#[derive(Default)]
struct PlannedField {
    /// The type in the schema; `None` if the schema does not have the field.
    kind: Option<Type>,
    /// True if its first selection may not apply.
    conditional: bool,
    below: ShapePlan,
}

impl ShapePlan {
    /// Creates the plan of an operation in a document that passed `cost`: without cycles, and not
    /// large when spread.
    pub(super) fn new(document: &ExecutableDocument, operation: &OperationDefinition, sdl: &Sdl) -> Self {
        let mut plan = Self::default();
        plan.add(&operation.selection_set.node, sdl.root(operation.ty), false, &PlanSource { document, sdl });
        plan
    }

    fn add(&mut self, set: &SelectionSet, on: Option<&str>, conditional: bool, source: &PlanSource<'_>) {
        for selection in &set.items {
            let conditional = conditional || !selection.node.directives().is_empty();
            match &selection.node {
                Selection::Field(field) => {
                    let name = &field.node.name.node;
                    let planned = match self.fields.entry(field.node.response_key().node.clone()) {
                        Entry::Occupied(entry) => {
                            let planned = entry.into_mut();
                            self.unordered |= planned.conditional;
                            planned
                        }
                        Entry::Vacant(entry) => {
                            entry.insert(PlannedField { conditional, ..PlannedField::default() })
                        }
                    };
                    if planned.kind.is_none() {
                        planned.kind =
                            on.and_then(|on| source.sdl.field(on, name)).map(|field| field.kind.clone());
                    }
                    let inner = planned.kind.as_ref().map(|kind| innermost(kind).to_owned());
                    planned.below.add(&field.node.selection_set.node, inner.as_deref(), conditional, source);
                    self.unordered |= planned.below.unordered;
                    let is_page = on.is_some_and(|on| on.ends_with("Connection"));
                    let is_list =
                        planned.kind.as_ref().is_none_or(|kind| matches!(kind.base, BaseType::List(_)));
                    let has_objects = !field.node.selection_set.node.items.is_empty();
                    self.guessed |= planned.below.guessed || (has_objects && is_list && !is_page);
                }
                Selection::InlineFragment(inline) => {
                    let inner =
                        inline.node.type_condition.as_ref().map_or(on, |on| Some(on.node.on.node.as_str()));
                    self.add(&inline.node.selection_set.node, inner, conditional || inner != on, source);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = source.document.fragments.get(&spread.node.fragment_name.node) {
                        let inner = Some(fragment.node.type_condition.node.on.node.as_str());
                        self.add(
                            &fragment.node.selection_set.node,
                            inner,
                            conditional || inner != on,
                            source,
                        );
                    }
                }
            }
        }
    }

    /// Returns true if the answer may be larger than its text says. Pages are as large as
    /// requested; the size of other lists, and of introspection, is an estimate.
    pub(super) const fn is_guessed(&self) -> bool {
        self.guessed
    }

    /// Returns true if the order of fields depends on the types of objects or on variables, so that
    /// [`FieldOrder`] must sort the answer.
    pub(super) const fn is_unordered(&self) -> bool {
        self.unordered
    }

    /// Sets failed fields to null and sorts all fields.
    pub(super) fn apply<'a>(
        &self,
        data: &mut Value,
        failed: impl Iterator<Item = &'a [PathSegment]>,
        order: Option<&FieldOrder<'_>>,
    ) {
        let (mut here, mut above) = (Vec::new(), Vec::new());
        for path in failed {
            let place = self.nullable(path);
            if place == path.len() { here.push(path) } else { above.push(&path[..place]) }
        }
        // Objects are created before any of them is set to null.
        here.into_iter().for_each(|path| set_null(data, path, Missing::Make));
        above.into_iter().for_each(|path| set_null(data, path, Missing::Leave));
        if let Some(order) = order {
            order.sort(data);
        }
        self.clean(data, order.is_none());
    }

    /// Returns the length of the longest nullable prefix of a path; 0 is the entire answer.
    fn nullable(&self, path: &[PathSegment]) -> usize {
        let (mut plan, mut kind, mut longest) = (Some(self), None::<&Type>, 0);
        for (i, segment) in path.iter().enumerate() {
            kind = match segment {
                PathSegment::Field(name) => {
                    let planned = plan.and_then(|plan| plan.fields.get(name.as_str()));
                    plan = planned.map(|planned| &planned.below);
                    planned.and_then(|planned| planned.kind.as_ref())
                }
                PathSegment::Index(_) => match kind.map(|kind| &kind.base) {
                    Some(BaseType::List(element)) => Some(element),
                    _ => None,
                },
            };
            if kind.is_none_or(|kind| kind.nullable) {
                longest = i + 1;
            }
        }
        longest
    }

    /// Removes the marker fields, and sorts the fields if nothing else did.
    fn clean(&self, value: &mut Value, sort: bool) {
        // Without a selection the value is a scalar, whose inner objects and lists must not change.
        if self.fields.is_empty() {
            return;
        }
        match value {
            Value::Object(object) => {
                // The marker field only made the engine return an object.
                if let Some(mark) = object.keys().position(|name| name == MARK) {
                    object.swap_remove_index(mark);
                }
                let rank = |name: &Name| self.fields.get_index_of(name);
                if sort && !object.keys().map(rank).is_sorted() {
                    object.sort_by(|a, _, b, _| rank(a).cmp(&rank(b)));
                }
                for (name, value) in object {
                    if let Some(planned) = self.fields.get(name) {
                        planned.below.clean(value, sort);
                    }
                }
            }
            Value::List(elements) => elements.iter_mut().for_each(|element| self.clean(element, sort)),
            _ => {}
        }
    }
}

struct PlanSource<'a> {
    document: &'a ExecutableDocument,
    sdl: &'a Sdl,
}

/// The action if an object on the path to a null is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// It disappeared with its last field, and is created again.
    Make,
    /// It is null for another reason, which includes this one.
    Leave,
}

fn set_null(mut at: &mut Value, path: &[PathSegment], missing: Missing) {
    for segment in path {
        if *at == Value::Null && missing == Missing::Make && matches!(segment, PathSegment::Field(_)) {
            *at = Value::Object(IndexMap::new());
        }
        at = match (at, segment) {
            (Value::Object(object), PathSegment::Field(name)) => {
                object.entry(Name::new(name)).or_insert(Value::Null)
            }
            (Value::List(elements), PathSegment::Index(index)) => match elements.get_mut(*index) {
                Some(element) => element,
                None => return,
            },
            _ => return,
        };
    }
    *at = Value::Null;
}

#[cfg(test)]
mod tests;
