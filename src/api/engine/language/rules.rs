//! The validation rules of the specification, for one document and one schema.
//!
//! Runs after `cost::check`, which refuses fragments that contain themselves and documents that are
//! large when spread, so every traversal here is bounded. Each definition is visited once; its uses
//! of variables are then checked for each operation that reaches it.

mod directives;
mod overlap;
mod selections;
mod values;
mod variables;

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, Type};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::{ParsedDocument, invalid};
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::api::engine::sdl::ScalarForm;
use crate::api::engine::sdl::Sdl;

/// The maximum number of errors to search for.
const MOST_ERRORS: usize = 500;

/// The facts of a valid document that are needed to check the values of variables.
#[derive(Debug, Default, PartialEq)]
pub(in crate::api) struct VariableFacts {
    /// Nullable variables that occur where null is not allowed: they may be missing, but not null.
    pub(in crate::api) never_null: HashSet<Name>,
    /// Variables whose uses all expect the same form; all others have the plain one.
    pub(in crate::api) forms: HashMap<Name, ScalarForm>,
    /// Literals of custom scalars that contain variables, and so can be checked only with their
    /// values.
    pub(in crate::api) open: Vec<OpenLiteral>,
}

/// A literal of a custom scalar that contains variables.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::api) struct OpenLiteral {
    pub(in crate::api) scalar: Name,
    pub(in crate::api) form: ScalarForm,
    pub(in crate::api) value: Value,
    pub(in crate::api) pos: Pos,
    /// The description of its location, for messages.
    pub(in crate::api) place: String,
}

/// Validates a document, and returns the facts about the operation that is to run.
///
/// # Errors
/// All errors found, in the order of the text.
pub(in crate::api) fn check(
    document: &ParsedDocument,
    operation: Option<&str>,
    sdl: &Sdl,
    most_comparisons: u64,
) -> Result<VariableFacts, Vec<Failure>> {
    let ParsedDocument { executable, repeated } = document;
    let mut rules = Rules { sdl, document: executable, errors: Vec::new() };
    for field in repeated {
        let message = format!("expected different fields in an input object, found `{}` twice", field.node);
        rules.refuse(Code::BadUserInput, message, field.pos);
    }
    let parts = rules.parts();
    let mut facts = VariableFacts::default();
    for (name, definition) in executable.operations.iter() {
        let found = rules.operation(name, definition, &parts);
        let is_asked = match &executable.operations {
            DocumentOperations::Single(_) => true,
            DocumentOperations::Multiple(all) => all.len() == 1 || name.map(Name::as_str) == operation,
        };
        if is_asked {
            facts = found;
        }
    }
    rules.unused_fragments(&parts);
    if rules.errors.is_empty() {
        overlap::check(executable, sdl, most_comparisons, &mut rules.errors);
    }
    let mut errors = rules.errors;
    if errors.is_empty() {
        return Ok(facts);
    }
    errors.sort_by_key(|error| error.locations.first().map(|place| (place.line, place.column)));
    Err(errors)
}

struct Rules<'a> {
    sdl: &'a Sdl,
    document: &'a ExecutableDocument,
    errors: Vec<Failure>,
}

/// A use of a variable.
struct Usage {
    name: Name,
    pos: Pos,
    /// The expected type; `None` inside a custom scalar, which accepts any.
    kind: Option<Type>,
    /// The expected form of the scalar.
    form: ScalarForm,
    /// If true, the location has a default value, which applies if the variable is missing.
    has_default: bool,
    /// If true, it is the field of a `@oneOf` input object, for which a default of the variable
    /// does not count.
    one_of: bool,
}

/// The variables and fragments used by one definition itself, without those of its fragments.
#[derive(Default)]
struct Uses {
    variables: Vec<Usage>,
    fragments: Vec<Name>,
    open: Vec<OpenLiteral>,
}

/// The uses of all operations and fragments.
struct DefinitionUses {
    operations: HashMap<Option<Name>, Uses>,
    fragments: HashMap<Name, Uses>,
}

impl<'a> Rules<'a> {
    fn refuse(&mut self, code: Code, message: String, pos: Pos) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(Failure { code, ..invalid(message, pos) });
        }
    }

    fn invalid(&mut self, message: String, pos: Pos) {
        self.refuse(Code::GraphqlValidationFailed, message, pos);
    }

    /// Visits every definition once.
    fn parts(&mut self) -> DefinitionUses {
        let document = self.document;
        let fragments = document.fragments.iter();
        let fragments = fragments.map(|(name, fragment)| (name.clone(), self.fragment(fragment))).collect();
        let operations = document.operations.iter();
        let operations =
            operations.map(|(name, operation)| (name.cloned(), self.selected(operation))).collect();
        DefinitionUses { operations, fragments }
    }

    fn operation(
        &mut self,
        name: Option<&Name>,
        operation: &'a Positioned<OperationDefinition>,
        parts: &DefinitionUses,
    ) -> VariableFacts {
        let Some(own) = parts.operations.get(&name.cloned()) else { return VariableFacts::default() };
        let reached = reached(own, parts);
        let all = || std::iter::once(own).chain(reached.iter().filter_map(|name| parts.fragments.get(*name)));
        let facts = self.variables(name, &operation.node, all().flat_map(|uses| &uses.variables));
        VariableFacts { open: all().flat_map(|uses| uses.open.iter().cloned()).collect(), ..facts }
    }

    fn unused_fragments(&mut self, parts: &DefinitionUses) {
        let used: HashSet<&Name> = parts.operations.values().flat_map(|uses| reached(uses, parts)).collect();
        for (name, fragment) in &self.document.fragments {
            if !used.contains(name) {
                let message = format!("fragment `{name}` is not used; spread it, or leave it out");
                self.invalid(message, fragment.pos);
            }
        }
    }
}

/// Returns the fragments that a definition spreads, directly or through others.
fn reached<'a>(uses: &'a Uses, parts: &'a DefinitionUses) -> HashSet<&'a Name> {
    let (mut reached, mut open) = (HashSet::new(), vec![uses]);
    while let Some(uses) = open.pop() {
        for name in &uses.fragments {
            if let Some(further) = parts.fragments.get(name)
                && reached.insert(name)
            {
                open.push(further);
            }
        }
    }
    reached
}

/// Returns the error of a document whose fields would take too long to compare.
fn too_much(limit: u64) -> Failure {
    let message = format!(
        "the query selects the same names in too many places: comparing them takes more than {limit} steps; \
         give fields aliases, or select fewer of them"
    );
    Failure::new(Code::GraphqlValidationFailed, message).because(Reason::LimitExceeded)
}
