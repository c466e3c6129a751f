//! Gives an answer the shape the specification asks for, which async-graphql has not kept since 7.1.
//!
//! There a field that fails is left out of its object, an object all of whose fields fail becomes null, and fields
//! stand in the order in which they were ready. Here a field that fails is null, or where it must not be, the nearest
//! place above it that may; and fields stand in the order of the query, so that equal answers are equal texts.

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Value};

use super::super::sdl::Sdl;
use super::order::Order;
use super::running::MARK;
use crate::api::engine::sdl::innermost;

/// The names an object may answer with, in order, and what is below each.
#[derive(Default)]
pub(super) struct Plan {
    fields: IndexMap<Name, Planned>,
    /// Whether there is a list of objects here or below whose size the text does not say.
    guessed: bool,
    /// Whether the order here or below depends on types or variables.
    unordered: bool,
}

#[derive(Default)]
struct Planned {
    /// What the schema says; `None` for what it does not have.
    kind: Option<Type>,
    /// Whether the first selection of it may not apply.
    conditional: bool,
    below: Plan,
}

impl Plan {
    /// The plan of an operation of a document that `cost` has let through: no circles, and not large when spread.
    pub(super) fn new(document: &ExecutableDocument, operation: &OperationDefinition, sdl: &Sdl) -> Self {
        let mut plan = Self::default();
        plan.add(&operation.selection_set.node, sdl.root(operation.ty), false, &Source { document, sdl });
        plan
    }

    fn add(&mut self, set: &SelectionSet, on: Option<&str>, conditional: bool, source: &Source<'_>) {
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
                        Entry::Vacant(entry) => entry.insert(Planned { conditional, ..Planned::default() }),
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

    /// Whether the answer may be larger than its text says. Pages are as large as they are asked for; of other lists, and
    /// of the schema's description of itself, the size is guessed.
    pub(super) const fn is_guessed(&self) -> bool {
        self.guessed
    }

    /// Whether the order of fields depends on the types of objects or on variables: [`Order`] is to sort the answer.
    pub(super) const fn is_unordered(&self) -> bool {
        self.unordered
    }

    /// Puts nulls where fields failed, and all fields in order.
    pub(super) fn apply<'a>(
        &self,
        data: &mut Value,
        failed: impl Iterator<Item = &'a [PathSegment]>,
        order: Option<&Order<'_>>,
    ) {
        let (mut here, mut above) = (Vec::new(), Vec::new());
        for path in failed {
            let place = self.nullable(path);
            if place == path.len() { here.push(path) } else { above.push(&path[..place]) }
        }
        // What makes objects comes before what takes them away.
        here.into_iter().for_each(|path| set_null(data, path, Missing::Make));
        above.into_iter().for_each(|path| set_null(data, path, Missing::Leave));
        if let Some(order) = order {
            order.sort(data);
        }
        self.clean(data, order.is_none());
    }

    /// The length of the longest part of a path that may be null; 0 is the whole answer.
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

    /// Removes marks, and sorts the fields if nothing else did.
    fn clean(&self, value: &mut Value, sort: bool) {
        // Without a selection the value is a scalar, whose own objects and lists are nobody's to touch.
        if self.fields.is_empty() {
            return;
        }
        match value {
            Value::Object(object) => {
                // It made sure that there is an object.
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

struct Source<'a> {
    document: &'a ExecutableDocument,
    sdl: &'a Sdl,
}

/// What to do where an object on the way to a null is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// It went with its last field: make it again.
    Make,
    /// It is null for another reason, which covers this one.
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
