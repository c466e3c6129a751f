//! The rules for arguments and literals.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::{OpenLiteral, Rules, Usage, Uses};
use crate::api::engine::code::Code;
use crate::api::engine::language::value::{found, has, one_of, scalar};
use crate::api::engine::sdl::ScalarForm;
use crate::api::engine::sdl::{Argument, Arguments, SdlInput, SdlType};

/// The location of a value: the argument, and the path inside it.
struct ValuePlace<'p> {
    pos: Pos,
    /// The expected form of the scalar.
    form: ScalarForm,
    argument: &'p dyn Fn() -> String,
    path: String,
}

impl ValuePlace<'_> {
    fn say(&self) -> String {
        match self.path.strip_prefix('.').unwrap_or(&self.path) {
            "" => (self.argument)(),
            path => format!("{}, at `{path}`", (self.argument)()),
        }
    }

    /// Runs a function with a longer path.
    fn at(&mut self, step: &str, inside: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        inside(self);
        self.path.truncate(length);
    }
}

impl<'a> Rules<'a> {
    /// Checks the arguments of a field or directive.
    pub(super) fn arguments(
        &mut self,
        given: &'a [(Positioned<Name>, Positioned<Value>)],
        known: &'a Arguments,
        owner: &dyn Fn() -> String,
        pos: Pos,
        uses: &mut Uses,
    ) {
        let mut seen = HashSet::new();
        for (name, value) in given {
            if !seen.insert(&name.node) {
                self.invalid(format!("argument `{}` of {} is given twice", name.node, owner()), name.pos);
            }
            let Some(argument) = known.get(&name.node) else {
                self.invalid(format!("unknown argument `{}` of {}", name.node, owner()), name.pos);
                self.any(value, uses);
                continue;
            };
            let of = || format!("argument `{}` of {}", name.node, owner());
            let mut place =
                ValuePlace { pos: value.pos, form: argument.form, argument: &of, path: String::new() };
            self.value(&value.node, &argument.kind, argument.has_default, &mut place, uses);
        }
        for (name, argument) in known {
            if argument.is_required() && !seen.contains(name) {
                let message = format!(
                    "argument `{name}: {}` of {} is required and was not given",
                    argument.kind,
                    owner()
                );
                self.invalid(message, pos);
            }
        }
    }

    /// Checks the default value of a variable whose uses expect this form.
    pub(super) fn default(&mut self, value: &Value, kind: &Type, form: ScalarForm, variable: &str, pos: Pos) {
        let of = || format!("the default of variable `${variable}`");
        let mut place = ValuePlace { pos, form, argument: &of, path: String::new() };
        self.value(value, kind, false, &mut place, &mut Uses::default());
    }

    /// Visits a value of unknown type, for its variables.
    pub(super) fn any(&mut self, value: &Positioned<Value>, uses: &mut Uses) {
        variables(&value.node, &mut |name| uses.variables.push(untyped(name, value.pos)));
    }

    fn value(
        &mut self,
        value: &Value,
        kind: &Type,
        has_default: bool,
        place: &mut ValuePlace<'_>,
        uses: &mut Uses,
    ) {
        match (value, &kind.base) {
            (Value::Variable(name), _) => uses.variables.push(Usage {
                name: name.clone(),
                pos: place.pos,
                kind: Some(kind.clone()),
                form: place.form,
                has_default,
                one_of: false,
            }),
            (Value::Null, _) if kind.nullable => {}
            (Value::Null, _) => self.wrong(place, &format!("expected a value of type `{kind}`, found null")),
            (Value::List(elements), BaseType::List(inner)) => {
                for (i, element) in elements.iter().enumerate() {
                    place.at(&format!("[{i}]"), |place| self.value(element, inner, false, place, uses));
                }
            }
            // A single value counts as a list of one.
            (_, BaseType::List(inner)) => self.value(value, inner, false, place, uses),
            (_, BaseType::Named(name)) => self.named(value, name, place, uses),
        }
    }

    fn named(&mut self, value: &Value, name: &Name, place: &mut ValuePlace<'_>, uses: &mut Uses) {
        match (self.sdl.get(name), value) {
            (Some(SdlType::Input(input)), Value::Object(fields)) => {
                self.object(fields, name, input, place, uses);
            }
            (Some(SdlType::Input(_)), _) => {
                self.wrong(place, &format!("expected an object of type `{name}`, found {}", describe(value)));
            }
            (Some(SdlType::Enum(values)), Value::Enum(given)) if has(values, given) => {}
            (Some(SdlType::Enum(values)), Value::String(_)) => {
                let message = format!("{} without quotes, found {}", one_of(name, values), describe(value));
                self.wrong(place, &message);
            }
            (Some(SdlType::Enum(values)), _) => {
                self.wrong(place, &format!("{}, found {}", one_of(name, values), describe(value)));
            }
            (Some(SdlType::Scalar), _) => self.scalar(value, name, place, uses),
            // Not an input type: the schema itself is invalid, or the type of the variable was
            // refused.
            _ => {}
        }
    }

    fn scalar(&mut self, value: &Value, name: &Name, place: &ValuePlace<'_>, uses: &mut Uses) {
        match value.clone().into_const() {
            Some(value) => {
                if let Err(message) = scalar(&self.sdl.scalars, name, place.form, &value) {
                    self.wrong(place, &message);
                }
            }
            // Only custom scalars accept a literal with variables inside.
            None if matches!(name.as_str(), "Int" | "Float" | "String" | "Boolean" | "ID") => {
                self.wrong(place, &format!("expected a value of type `{name}`, found {}", describe(value)));
            }
            None => {
                variables(value, &mut |name| uses.variables.push(untyped(name, place.pos)));
                let (scalar, form, value) = (name.clone(), place.form, value.clone());
                uses.open.push(OpenLiteral { scalar, form, value, pos: place.pos, place: place.say() });
            }
        }
    }

    fn object(
        &mut self,
        fields: &IndexMap<Name, Value>,
        kind: &Name,
        input: &SdlInput,
        place: &mut ValuePlace<'_>,
        uses: &mut Uses,
    ) {
        // Only arguments expect other forms, not the fields of an input object.
        place.form = ScalarForm::Plain;
        if input.one_of {
            let given: Vec<&Value> = fields.values().collect();
            if !matches!(given.as_slice(), [value] if **value != Value::Null) {
                let names: Vec<&str> = input.fields.keys().map(Name::as_str).collect();
                let message = format!(
                    "expected exactly one of the fields {} of `{kind}`, found {}",
                    names.join(", "),
                    keys(fields)
                );
                self.wrong(place, &message);
                return;
            }
        }
        for (name, value) in fields {
            let Some(Argument { kind: field, has_default, .. }) = input.fields.get(name) else {
                let names: Vec<&str> = input.fields.keys().map(Name::as_str).collect();
                self.wrong(
                    place,
                    &format!("unknown field `{name}` of `{kind}`, which has {}", names.join(", ")),
                );
                continue;
            };
            place.at(&format!(".{name}"), |place| match value {
                Value::Variable(variable) if input.one_of => uses.variables.push(Usage {
                    name: variable.clone(),
                    pos: place.pos,
                    kind: Some(Type { nullable: false, ..field.clone() }),
                    form: ScalarForm::Plain,
                    has_default: false,
                    one_of: true,
                }),
                _ => self.value(value, field, *has_default, place, uses),
            });
        }
        for (name, field) in &input.fields {
            if field.is_required() && !fields.contains_key(name) {
                let message =
                    format!("field `{name}: {}` of `{kind}` is required and was not given", field.kind);
                self.wrong(place, &message);
            }
        }
    }

    fn wrong(&mut self, place: &ValuePlace<'_>, message: &str) {
        self.refuse(Code::BadUserInput, format!("{}: {message}", place.say()), place.pos);
    }
}

fn keys(fields: &IndexMap<Name, Value>) -> String {
    let with_null = |(name, value): (&Name, &Value)| match value {
        Value::Null => format!("{name}: null"),
        _ => name.to_string(),
    };
    let names: Vec<String> = fields.iter().map(with_null).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn untyped(name: &Name, pos: Pos) -> Usage {
    Usage { name: name.clone(), pos, kind: None, form: ScalarForm::Plain, has_default: false, one_of: false }
}

/// Calls a function for every variable inside a value.
fn variables(value: &Value, each: &mut dyn FnMut(&Name)) {
    match value {
        Value::Variable(name) => each(name),
        Value::List(elements) => elements.iter().for_each(|element| variables(element, each)),
        Value::Object(fields) => fields.values().for_each(|field| variables(field, each)),
        _ => {}
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Variable(name) => format!("`${name}`"),
        other => other.clone().into_const().map_or_else(|| "a value".to_owned(), |value| found(&value)),
    }
}
