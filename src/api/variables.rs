//! Variables of the operation that is to run, brought into the form that execution relies on.
//!
//! async-graphql checks values against their types where they are *used*. What it leaves open is done here: a required
//! variable that is missing is refused before anything runs; defaults are filled in (`@include(if: $x)` does not look
//! at them otherwise); an optional variable that is missing takes the argument it stands for with it, so that the
//! argument's own default counts; and a type that does not exist is refused (a default value of such a type panics in
//! 7.2.1).

mod absent;

use std::collections::HashSet;

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Type, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::code::Code;
use super::failure::{Failure, Location};
use super::sdl::Sdl;

pub(super) use absent::leave_out;

/// Refuses a document whose operations define variables of types that do not exist.
pub(super) fn check_types(document: &ExecutableDocument, sdl: &Sdl) -> Result<(), Failure> {
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            let name = innermost(&variable.node.var_type.node);
            if !sdl.has(name) {
                let message = format!("unknown type {name:?} of variable `${}`", variable.node.name.node);
                return Err(Failure::new(Code::GraphqlValidationFailed, message).at([place(variable)]));
            }
        }
    }
    Ok(())
}

/// Fills in defaults, refuses a required variable that is missing or null, and names the optional ones that are missing.
pub(super) fn complete(
    operation: &OperationDefinition,
    variables: &mut Variables,
) -> Result<HashSet<Name>, Failure> {
    let mut missing = HashSet::new();
    for variable in &operation.variable_definitions {
        let (name, kind) = (&variable.node.name.node, &variable.node.var_type.node);
        let refuse = |what: &str| {
            let message = format!("variable `${name}` of type `{kind}` {what}");
            Err(Failure::new(Code::BadUserInput, message).at([place(variable)]))
        };
        match (variables.get(name), &variable.node.default_value) {
            (Some(Value::Null), _) if !kind.nullable => return refuse("must not be null"),
            (Some(_), _) => {}
            (None, Some(default)) => {
                variables.insert(name.clone(), default.node.clone());
            }
            (None, None) if !kind.nullable => return refuse("is required and was not given"),
            (None, None) => {
                missing.insert(name.clone());
            }
        }
    }
    Ok(missing)
}

/// The name of the type that a list holds, or of the type itself.
pub(super) fn innermost(kind: &Type) -> &str {
    match &kind.base {
        BaseType::Named(name) => name,
        BaseType::List(element) => innermost(element),
    }
}

fn place(variable: &Positioned<VariableDefinition>) -> Location {
    Location { line: variable.pos.line, column: variable.pos.column }
}
