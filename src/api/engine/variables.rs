//! The values of an operation's variables, checked before anything runs.
//!
//! Owns their coercion: checks values against their types, scalars included, and fills in defaults
//! (`@include(if: $x)` ignores them otherwise). If an optional variable is missing, the argument
//! that uses it is removed, so that the default of the argument applies.

mod absent;

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, OperationDefinition, Type, VariableDefinition};
use async_graphql::{Name, Pos, Positioned, Value, Variables};

use super::code::Code;
use super::failure::{Failure, Location};
use super::language;
use super::language::rules::VariableFacts;
use super::language::value::{found, has, normalize_integer, one_of, scalar};
use super::sdl::{Sdl, SdlInput, SdlType};
use crate::api::engine::sdl::ScalarForm;

pub(in crate::api) use absent::leave_out;

/// The maximum number of errors to search for.
const MOST_ERRORS: usize = 100;

/// Checks all values, fills in defaults, and returns the names of the missing optional variables.
///
/// # Errors
/// `BAD_USER_INPUT` for every value that does not fit its type.
pub(in crate::api) fn coerce(
    operation: &OperationDefinition,
    facts: &VariableFacts,
    sdl: &Sdl,
    variables: &mut Variables,
) -> Result<HashSet<Name>, Vec<Failure>> {
    let mut missing = HashSet::new();
    let mut errors = Vec::new();
    for variable in &operation.variable_definitions {
        let (name, kind) = (&variable.node.name.node, &variable.node.var_type.node);
        let mut refuse = |what: &str| {
            let message = format!("variable `${name}` of type `{kind}` {what}");
            errors.push(Failure::new(Code::BadUserInput, message).at([place(variable)]));
        };
        match (variables.get_mut(name), &variable.node.default_value) {
            (Some(Value::Null), _) if !kind.nullable => refuse("must not be null"),
            (Some(Value::Null), _) if facts.never_null.contains(name) => {
                refuse("is used where null is not allowed: leave it out, or give it a value");
            }
            (Some(value), _) => {
                let form = facts.forms.get(name).copied().unwrap_or_default();
                let mut coercion = Coercion { sdl, variable, form, path: String::new(), errors: &mut errors };
                coercion.value(value, kind);
            }
            (None, Some(default)) if default.node == Value::Null && facts.never_null.contains(name) => {
                refuse("is used where null is not allowed, and null is its default: give it a value");
            }
            (None, Some(default)) => {
                variables.insert(name.clone(), default.node.clone());
            }
            (None, None) if !kind.nullable => refuse("is required and was not given"),
            (None, None) => {
                missing.insert(name.clone());
            }
        }
    }
    if errors.is_empty() {
        errors.extend(open_literals(sdl, facts, variables));
    }
    if errors.is_empty() { Ok(missing) } else { Err(errors) }
}

/// Checks literals of custom scalars that contain variables.
fn open_literals(sdl: &Sdl, facts: &VariableFacts, variables: &Variables) -> Vec<Failure> {
    let judge = |open: &language::rules::OpenLiteral| {
        let value = open.value.clone().into_const_with(|name| {
            Ok::<_, std::convert::Infallible>(variables.get(&name).cloned().unwrap_or_default())
        });
        let message = scalar(&sdl.scalars, &open.scalar, open.form, &value.unwrap_or_default()).err()?;
        let message = format!("{}: {message}", open.place);
        Some(Failure::new(Code::BadUserInput, message).at([language::place(open.pos)]))
    };
    facts.open.iter().filter_map(judge).collect()
}

struct Coercion<'a> {
    sdl: &'a Sdl,
    variable: &'a Positioned<VariableDefinition>,
    /// The form of the scalar that the uses of the variable expect.
    form: ScalarForm,
    /// The path inside the value.
    path: String,
    errors: &'a mut Vec<Failure>,
}

/// The recursion is as deep as the JSON, which `domain::json` limits.
impl Coercion<'_> {
    fn value(&mut self, value: &mut Value, kind: &Type) {
        match (&mut *value, &kind.base) {
            (Value::Null, _) if kind.nullable => {}
            (Value::Null, _) => self.wrong(&format!("expected a value of type `{kind}`, found null")),
            (Value::List(elements), BaseType::List(inner)) => {
                for (i, element) in elements.iter_mut().enumerate() {
                    self.at(&format!("[{i}]"), |this| this.value(element, inner));
                }
            }
            // A single value counts as a list of one.
            (_, BaseType::List(inner)) => self.value(value, inner),
            (_, BaseType::Named(name)) => self.named(value, name),
        }
    }

    fn named(&mut self, value: &mut Value, name: &Name) {
        match self.sdl.get(name) {
            Some(SdlType::Input(input)) => match value {
                Value::Object(fields) => self.object(fields, name, input),
                other => self.wrong(&format!("expected an object of type `{name}`, found {}", found(other))),
            },
            Some(SdlType::Enum(values)) => match value {
                Value::String(given) if has(values, given) => {}
                other => self.wrong(&format!("{}, found {}", one_of(name, values), found(other))),
            },
            _ => {
                normalize_integer(name, value);
                if let Err(message) = scalar(&self.sdl.scalars, name, self.form, value) {
                    self.wrong(&message);
                }
            }
        }
    }

    fn object(&mut self, fields: &mut IndexMap<Name, Value>, kind: &Name, input: &SdlInput) {
        // Only arguments expect other forms, not the fields of an input object.
        self.form = ScalarForm::Plain;
        let names = || input.fields.keys().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let is_one = || fields.len() == 1 && fields.values().all(|value| *value != Value::Null);
        if input.one_of && !is_one() {
            let given: Vec<&str> = fields.keys().map(Name::as_str).collect();
            let given = if given.is_empty() { "none".to_owned() } else { given.join(", ") };
            self.wrong(&format!(
                "expected exactly one of the fields {} of `{kind}`, not null, found {given}",
                names()
            ));
            return;
        }
        for (name, value) in fields.iter_mut() {
            match input.fields.get(name) {
                Some(field) => self.at(&format!(".{name}"), |this| this.value(value, &field.kind)),
                None => self.wrong(&format!("unknown field `{name}` of `{kind}`, which has {}", names())),
            }
        }
        for (name, field) in &input.fields {
            if field.is_required() && !fields.contains_key(name) {
                self.wrong(&format!(
                    "field `{name}: {}` of `{kind}` is required and was not given",
                    field.kind
                ));
            }
        }
    }

    fn at(&mut self, step: &str, inside: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        inside(self);
        self.path.truncate(length);
    }

    fn wrong(&mut self, message: &str) {
        if self.errors.len() >= MOST_ERRORS {
            return;
        }
        let name = &self.variable.node.name.node;
        let at = match self.path.strip_prefix('.').unwrap_or(&self.path) {
            "" => String::new(),
            path => format!(", at `{path}`"),
        };
        let message = format!("variable `${name}`{at}: {message}");
        self.errors.push(Failure::new(Code::BadUserInput, message).at([place(self.variable)]));
    }
}

fn place(variable: &Positioned<VariableDefinition>) -> Location {
    let Pos { line, column } = variable.pos;
    Location { line, column }
}
