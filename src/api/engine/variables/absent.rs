//! Removes from a document the arguments and input fields whose optional variables were not given.
//!
//! By the specification an argument or input field whose variable is missing counts as absent, so
//! that its default applies. async-graphql 7.2.1 reads it as null instead, and refuses it if the
//! type is not nullable (`docs/upstream.md`). A document that runs holds one operation, and only
//! the fragments that it reaches.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

/// Removes the arguments and input fields whose value is one of these variables, and then the
/// definitions of the variables.
pub(in crate::api) fn leave_out(document: &mut ExecutableDocument, missing: &HashSet<Name>) {
    if missing.is_empty() {
        return;
    }
    let DocumentOperations::Single(operation) = &mut document.operations else { return };
    let absent = Absent { missing };
    absent.directives(&mut operation.node.directives);
    absent.set(&mut operation.node.selection_set.node);
    for fragment in document.fragments.values_mut() {
        absent.directives(&mut fragment.node.directives);
        absent.set(&mut fragment.node.selection_set.node);
    }
    operation.node.variable_definitions.retain(|variable| !missing.contains(&variable.node.name.node));
}

struct Absent<'a> {
    missing: &'a HashSet<Name>,
}

/// The recursion is as deep as the brackets of the text, which `cost` limits.
impl Absent<'_> {
    fn set(&self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            self.directives(selection.node.directives_mut());
            match &mut selection.node {
                Selection::Field(field) => {
                    self.arguments(&mut field.node.arguments);
                    self.set(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => self.set(&mut inline.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn directives(&self, directives: &mut [Positioned<Directive>]) {
        for directive in directives {
            self.arguments(&mut directive.node.arguments);
        }
    }

    fn arguments(&self, arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>) {
        arguments.retain_mut(|(_, value)| self.stays(&mut value.node));
    }

    /// Returns true if a value is present, after removing the absent parts inside it.
    fn stays(&self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) if self.missing.contains(name) => return false,
            Value::Object(fields) => fields.retain(|_, field| self.stays(field)),
            Value::List(elements) => {
                for element in elements {
                    // A list keeps its length: by the specification the element is null.
                    if !self.stays(element) {
                        *element = Value::Null;
                    }
                }
            }
            _ => {}
        }
        true
    }
}
