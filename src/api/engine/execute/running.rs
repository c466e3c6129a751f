//! Rewrites a valid document so that the engine answers it as the specification says.
//!
//! Keeps the one operation that runs and the fragments it reaches. async-graphql 7.2.1 answers null
//! for an object of which no selected field applies (`docs/upstream.md`). Such a set therefore gets
//! a field that always applies, under a name that no request can write;
//! [`ShapePlan`](super::shape::ShapePlan) removes it from the answer. async-graphql also looks for
//! the field of a subscription in the outermost set only.

use std::collections::HashMap;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType,
    Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};

/// The response name of the field that always applies. No name in GraphQL is empty.
pub(super) const MARK: &str = "";

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Returns the document as it runs. If `typed`, every object reports its type under [`MARK`].
pub(super) fn document(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    typed: bool,
) -> ExecutableDocument {
    let mut operation = operation.clone();
    if operation.ty == OperationType::Subscription {
        if let Some(event) = event(&operation.selection_set.node, &document.fragments) {
            operation.selection_set.node.items = vec![event];
        }
        mark_inside(&mut operation.selection_set.node, typed);
    } else {
        mark(&mut operation.selection_set.node, typed);
    }
    let mut fragments = Fragments::new();
    reach(&operation.selection_set.node, &document.fragments, &mut fragments);
    for fragment in fragments.values_mut() {
        mark_inside(&mut fragment.node.selection_set.node, typed);
    }
    let operations = DocumentOperations::Single(Positioned::new(operation, Pos::default()));
    ExecutableDocument { operations, fragments }
}

/// Collects the fragments that are spread from a set.
fn reach(set: &SelectionSet, all: &Fragments, reached: &mut Fragments) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => reach(&field.node.selection_set.node, all, reached),
            Selection::InlineFragment(inline) => reach(&inline.node.selection_set.node, all, reached),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = all.get(name)
                    && !reached.contains_key(name)
                {
                    reached.insert(name.clone(), fragment.clone());
                    reach(&fragment.node.selection_set.node, all, reached);
                }
            }
        }
    }
}

/// Adds the marker field to the set of an object, and to the sets inside it.
fn mark(set: &mut SelectionSet, typed: bool) {
    mark_inside(set, typed);
    let always = |selection: &Positioned<Selection>| matches!(&selection.node, Selection::Field(field) if field.node.directives.is_empty());
    if !set.items.is_empty() && (typed || !set.items.iter().any(always)) {
        let pos = set.items[0].pos;
        let field = Field {
            alias: Some(Positioned::new(Name::new(MARK), pos)),
            name: Positioned::new(Name::new("__typename"), pos),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet::default(), pos),
        };
        set.items.push(Positioned::new(Selection::Field(Positioned::new(field, pos)), pos));
    }
}

/// Adds the marker field to the sets of the objects inside a set.
fn mark_inside(set: &mut SelectionSet, typed: bool) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => mark(&mut field.node.selection_set.node, typed),
            Selection::InlineFragment(inline) => mark_inside(&mut inline.node.selection_set.node, typed),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Merges the field of a subscription into one selection, if it is in fragments or selected several
/// times.
fn event(set: &SelectionSet, fragments: &Fragments) -> Option<Positioned<Selection>> {
    if let [Positioned { node: Selection::Field(_), .. }] = set.items.as_slice() {
        return None;
    }
    let mut fields = Vec::new();
    collect(set, fragments, &mut fields)?;
    let mut fields = fields.into_iter();
    let mut first = fields.next()?.clone();
    for other in fields {
        first.node.selection_set.node.items.extend(other.node.selection_set.node.items.iter().cloned());
    }
    let pos = first.pos;
    Some(Positioned::new(Selection::Field(first), pos))
}

/// Collects the fields of a set and its fragments; `None` if one of them depends on a directive.
fn collect<'a>(
    set: &'a SelectionSet,
    fragments: &'a Fragments,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> Option<()> {
    for selection in &set.items {
        if !selection.node.directives().is_empty() {
            return None;
        }
        match &selection.node {
            Selection::Field(field) => fields.push(field),
            Selection::InlineFragment(inline) => collect(&inline.node.selection_set.node, fragments, fields)?,
            Selection::FragmentSpread(spread) => {
                let fragment = fragments.get(&spread.node.fragment_name.node)?;
                collect(&fragment.node.selection_set.node, fragments, fields)?;
            }
        }
    }
    Some(())
}
