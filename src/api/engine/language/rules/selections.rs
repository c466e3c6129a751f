//! The rules for fields, fragments and types.

use async_graphql::parser::types::{
    DirectiveLocation, Field, FragmentDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};

use super::{Rules, Uses};
use crate::api::engine::sdl::SdlType;
use crate::api::engine::sdl::innermost;

impl<'a> Rules<'a> {
    /// Visits the selections of an operation.
    pub(super) fn selected(&mut self, operation: &'a Positioned<OperationDefinition>) -> Uses {
        let (pos, operation) = (operation.pos, &operation.node);
        let mut uses = Uses::default();
        let location = match operation.ty {
            OperationType::Query => DirectiveLocation::Query,
            OperationType::Mutation => DirectiveLocation::Mutation,
            OperationType::Subscription => DirectiveLocation::Subscription,
        };
        self.directives(&operation.directives, location, &mut uses);
        let root = self.sdl.root(operation.ty);
        if root.is_none() {
            self.invalid(format!("this server has no operations of type `{}`", operation.ty), pos);
        }
        self.set(&operation.selection_set.node, root, &mut uses);
        if operation.ty == OperationType::Subscription {
            self.single_field(&operation.selection_set.node, pos);
        }
        uses
    }

    pub(super) fn fragment(&mut self, fragment: &'a Positioned<FragmentDefinition>) -> Uses {
        let mut uses = Uses::default();
        let on = self.condition(&fragment.node.type_condition.node.on);
        self.directives(&fragment.node.directives, DirectiveLocation::FragmentDefinition, &mut uses);
        self.set(&fragment.node.selection_set.node, on, &mut uses);
        uses
    }

    /// Visits a selection set; `on` is `None` if the type is unknown and was already refused.
    fn set(&mut self, set: &'a SelectionSet, on: Option<&'a str>, uses: &mut Uses) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(field, on, uses),
                Selection::InlineFragment(inline) => {
                    let inline = &inline.node;
                    self.directives(&inline.directives, DirectiveLocation::InlineFragment, uses);
                    let condition = inline.type_condition.as_ref();
                    let inner = condition.map_or(on, |condition| self.condition(&condition.node.on));
                    if condition.is_some() {
                        self.possible(on, inner, selection.pos);
                    }
                    self.set(&inline.selection_set.node, inner, uses);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name;
                    self.directives(&spread.node.directives, DirectiveLocation::FragmentSpread, uses);
                    match self.document.fragments.get(&name.node) {
                        Some(fragment) => {
                            let condition = fragment.node.type_condition.node.on.node.as_str();
                            let is_composite = self.sdl.get(condition).is_some_and(SdlType::is_composite);
                            self.possible(on, Some(condition).filter(|_| is_composite), selection.pos);
                            uses.fragments.push(name.node.clone());
                        }
                        None => self.invalid(
                            format!("unknown fragment `{}`; define it in the same document", name.node),
                            name.pos,
                        ),
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'a Positioned<Field>, on: Option<&'a str>, uses: &mut Uses) {
        let (pos, field) = (field.pos, &field.node);
        self.directives(&field.directives, DirectiveLocation::Field, uses);
        let name = &field.name;
        let known = on.and_then(|on| Some((on, self.sdl.field(on, &name.node)?)));
        let Some((on, known)) = known else {
            if let Some(on) = on {
                self.invalid(format!("unknown field `{}` of type `{on}`", name.node), name.pos);
            }
            // The selections below are visited for their fragments and variables.
            let unknown = field.arguments.iter().map(|(_, value)| value);
            unknown.for_each(|value| self.any(value, uses));
            self.set(&field.selection_set.node, None, uses);
            return;
        };
        let owner = || format!("field `{on}.{}`", name.node);
        self.arguments(&field.arguments, &known.arguments, &owner, pos, uses);
        let inner = innermost(&known.kind);
        let is_composite = self.sdl.get(inner).is_some_and(SdlType::is_composite);
        let selects = !field.selection_set.node.items.is_empty();
        if is_composite && !selects {
            let message = format!("{} is of type `{}`: select fields of it in braces", owner(), known.kind);
            self.invalid(message, pos);
        }
        if !is_composite && selects {
            let message =
                format!("{} is of type `{}`, which has no fields: leave out the braces", owner(), known.kind);
            self.invalid(message, field.selection_set.pos);
        }
        self.set(&field.selection_set.node, Some(inner).filter(|_| is_composite), uses);
    }

    /// Returns the type of a condition; `None` if it was refused.
    fn condition(&mut self, on: &'a Positioned<Name>) -> Option<&'a str> {
        match self.sdl.get(&on.node) {
            Some(kind) if kind.is_composite() => return Some(on.node.as_str()),
            Some(_) => {
                let message = format!(
                    "expected an object, interface or union as the type of a fragment, found `{}`",
                    on.node
                );
                self.invalid(message, on.pos);
            }
            None => self.invalid(format!("unknown type `{}`", on.node), on.pos),
        }
        None
    }

    fn possible(&mut self, on: Option<&str>, condition: Option<&str>, pos: Pos) {
        if let (Some(on), Some(condition)) = (on, condition)
            && !self.sdl.overlap(on, condition)
        {
            self.invalid(
                format!("expected a fragment that can apply to `{on}`, found one on `{condition}`"),
                pos,
            );
        }
    }

    /// Refuses a subscription to more than one field.
    fn single_field(&mut self, set: &'a SelectionSet, pos: Pos) {
        let (mut keys, mut open, mut seen) = (Vec::new(), vec![set], Vec::new());
        while let Some(set) = open.pop() {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => {
                        let field = &field.node;
                        if field.name.node.starts_with("__") {
                            let message = format!(
                                "expected the field of an event in a subscription, found `{}`",
                                field.name.node
                            );
                            self.invalid(message, field.name.pos);
                        }
                        let key = field.response_key().node.as_str();
                        if !keys.contains(&key) {
                            keys.push(key);
                        }
                    }
                    Selection::InlineFragment(inline) => open.push(&inline.node.selection_set.node),
                    Selection::FragmentSpread(spread) => {
                        let name = &spread.node.fragment_name.node;
                        if !seen.contains(&name)
                            && let Some(fragment) = self.document.fragments.get(name)
                        {
                            seen.push(name);
                            open.push(&fragment.node.selection_set.node);
                        }
                    }
                }
            }
        }
        if keys.len() > 1 {
            let message = format!(
                "expected one field in a subscription, found {}: subscribe to each separately",
                keys.len()
            );
            self.invalid(message, pos);
        }
    }
}
