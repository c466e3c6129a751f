//! The rules for the variables of an operation, and their uses in it and in the fragments that it
//! reaches.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, DirectiveLocation, OperationDefinition, Type, VariableDefinition,
};
use async_graphql::{Name, Value};

use super::{Rules, Usage, Uses, VariableFacts};
use crate::api::engine::sdl::SdlType;
use crate::api::engine::sdl::{ScalarForm, innermost};

impl<'a> Rules<'a> {
    /// Checks the variables of an operation, and returns the facts about them.
    pub(super) fn variables<'u>(
        &mut self,
        name: Option<&Name>,
        operation: &'a OperationDefinition,
        usages: impl Iterator<Item = &'u Usage>,
    ) -> VariableFacts {
        let mut defined: HashMap<&Name, (&VariableDefinition, bool)> = HashMap::new();
        for variable in &operation.variable_definitions {
            let definition = &variable.node;
            if defined.insert(&definition.name.node, (definition, false)).is_some() {
                self.invalid(
                    format!("variable `${}` is defined twice", definition.name.node),
                    definition.name.pos,
                );
            }
        }
        let of = name.map_or_else(|| "the operation".to_owned(), |name| format!("operation `{name}`"));
        let (mut never_null, mut forms) = (HashSet::new(), HashMap::new());
        for usage in usages {
            let Some((definition, is_used)) = defined.get_mut(&usage.name) else {
                self.invalid(format!("variable `${}` is not defined by {of}", usage.name), usage.pos);
                continue;
            };
            *is_used = true;
            let form = forms.entry(usage.name.clone()).or_insert(usage.form);
            if *form != usage.form {
                *form = ScalarForm::Plain;
            }
            let (Some(wanted), given) = (&usage.kind, &definition.var_type.node) else { continue };
            // An unknown type has its own error.
            if !self.sdl.get(innermost(given)).is_some_and(SdlType::is_input) {
                continue;
            }
            if !allowed(definition, usage, wanted) {
                let message = match usage.one_of {
                    true if given.nullable => format!(
                        "variable `${}` of type `{given}` is the only field of an input object, which may not be null; \
                         define it as `{wanted}`",
                        usage.name
                    ),
                    _ => format!(
                        "variable `${}` of type `{given}` is used where a `{wanted}` is expected; define it as `{wanted}`",
                        usage.name
                    ),
                };
                self.invalid(message, usage.pos);
            } else if given.nullable && !wanted.nullable {
                never_null.insert(usage.name.clone());
            }
        }
        for variable in &operation.variable_definitions {
            let name = &variable.node.name;
            self.definition(&variable.node, forms.get(&name.node).copied().unwrap_or_default());
            if let Some((_, false)) = defined.get(&name.node) {
                self.invalid(format!("variable `${}` is not used by {of}", name.node), name.pos);
            }
        }
        VariableFacts { never_null, forms, open: Vec::new() }
    }

    fn definition(&mut self, variable: &'a VariableDefinition, form: ScalarForm) {
        let (kind, name) = (&variable.var_type, &variable.name.node);
        self.directives(&variable.directives, DirectiveLocation::VariableDefinition, &mut Uses::default());
        match self.sdl.get(innermost(&kind.node)) {
            Some(known) if known.is_input() => {
                if let Some(default) = &variable.default_value {
                    let value = default.node.clone().into_value();
                    self.default(&value, &kind.node, form, name, default.pos);
                }
            }
            Some(_) => {
                let message = format!(
                    "expected a scalar, an enum or an input object as the type of variable `${name}`, found `{}`",
                    kind.node
                );
                self.invalid(message, kind.pos);
            }
            None => {
                let message = format!("unknown type `{}` of variable `${name}`", innermost(&kind.node));
                self.invalid(message, kind.pos);
            }
        }
    }
}

/// `AllowedVariableUsage` of the specification.
fn allowed(definition: &VariableDefinition, usage: &Usage, wanted: &Type) -> bool {
    let given = &definition.var_type.node;
    if wanted.nullable || !given.nullable {
        return fits(given, wanted);
    }
    let default = definition.default_value.as_ref();
    let has_default = default.is_some_and(|default| default.node != Value::Null) || usage.has_default;
    !usage.one_of && has_default && fits(given, &Type { nullable: true, ..wanted.clone() })
}

/// Returns true if every value of type `given` is one of type `wanted`.
fn fits(given: &Type, wanted: &Type) -> bool {
    if given.nullable && !wanted.nullable {
        return false;
    }
    match (&given.base, &wanted.base) {
        (BaseType::Named(given), BaseType::Named(wanted)) => given == wanted,
        (BaseType::List(given), BaseType::List(wanted)) => fits(given, wanted),
        _ => false,
    }
}
