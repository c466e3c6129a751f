//! The GraphQL language: parses an executable document by the specification, and validates it
//! against the schema before anything runs.
//!
//! Replaces the engine's own parser and validation, which refuse escapes that the grammar has,
//! store the last of two equal fields, and leave malformed values to the execution
//! (`docs/decisions/025`, `docs/upstream.md`). Documents are passed to the engine as its own syntax
//! tree. `tests/it/clients/language` compares this module with graphql-js.

mod lexer;
mod parser;
pub(in crate::api) mod rules;
mod strings;
pub(in crate::api) mod value;

use std::collections::HashMap;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, FragmentDefinition, OperationDefinition,
};
use async_graphql::{Name, Pos, Positioned};

use super::code::Code;
use super::failure::{Failure, Location};
use parser::{ParsedDefinition, Parser};

/// A document that follows the grammar and whose definitions have different names.
pub(in crate::api) struct ParsedDocument {
    /// The syntax tree of the engine.
    pub(in crate::api) executable: ExecutableDocument,
    /// Fields that occur twice in one input object.
    repeated: Vec<Positioned<Name>>,
}

/// Parses a document that passed `cost::check_text`.
///
/// # Errors
/// `GRAPHQL_PARSE_FAILED` with one error; `GRAPHQL_VALIDATION_FAILED` for duplicate names.
pub(in crate::api) fn parse(text: &str) -> Result<ParsedDocument, Vec<Failure>> {
    let mut definitions = Definitions::default();
    let repeated = definitions.read(text).map_err(|failure| vec![failure])?;
    if !definitions.errors.is_empty() {
        return Err(definitions.errors);
    }
    let operations = match definitions.anonymous {
        Some(only) => DocumentOperations::Single(only),
        None if definitions.operations.is_empty() => {
            return Err(vec![Failure::new(
                Code::GraphqlParseFailed,
                "not GraphQL: expected an operation, found none",
            )]);
        }
        None => DocumentOperations::Multiple(definitions.operations),
    };
    Ok(ParsedDocument {
        executable: ExecutableDocument { operations, fragments: definitions.fragments },
        repeated,
    })
}

#[derive(Default)]
struct Definitions {
    anonymous: Option<Positioned<OperationDefinition>>,
    operations: HashMap<Name, Positioned<OperationDefinition>>,
    fragments: HashMap<Name, Positioned<FragmentDefinition>>,
    errors: Vec<Failure>,
}

impl Definitions {
    fn read(&mut self, text: &str) -> Result<Vec<Positioned<Name>>, Failure> {
        let mut parser = Parser::new(text)?;
        while let Some(definition) = parser.definition()? {
            match definition {
                ParsedDefinition::Operation(None, operation) => {
                    let pos = operation.pos;
                    if self.anonymous.replace(operation).is_some() || !self.operations.is_empty() {
                        self.not_alone(pos);
                    }
                }
                ParsedDefinition::Operation(Some(name), operation) => {
                    if self.anonymous.is_some() {
                        self.not_alone(name.pos);
                    }
                    if self.operations.insert(name.node.clone(), operation).is_some() {
                        self.twice("operations", &name);
                    }
                }
                ParsedDefinition::Fragment(name, fragment) => {
                    if self.fragments.insert(name.node.clone(), fragment).is_some() {
                        self.twice("fragments", &name);
                    }
                }
            }
        }
        Ok(std::mem::take(&mut parser.repeated))
    }

    fn not_alone(&mut self, pos: Pos) {
        let message = "expected every operation of a document with several to have a name, found one without";
        self.errors.push(invalid(message, pos));
    }

    fn twice(&mut self, what: &str, name: &Positioned<Name>) {
        let message = format!("expected {what} with different names, found `{}` twice", name.node);
        self.errors.push(invalid(message, name.pos));
    }
}

/// Creates an error of the grammar.
fn syntax_error(message: &str, pos: Pos) -> Failure {
    Failure::new(Code::GraphqlParseFailed, format!("not GraphQL: {message}")).at([place(pos)])
}

/// Creates an error of the document against the schema.
fn invalid(message: impl Into<String>, pos: Pos) -> Failure {
    Failure::new(Code::GraphqlValidationFailed, message).at([place(pos)])
}

/// Returns the location of an error.
pub(in crate::api) const fn place(pos: Pos) -> Location {
    Location { line: pos.line, column: pos.column }
}

#[cfg(test)]
mod tests;
