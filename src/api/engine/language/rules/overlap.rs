//! The rule that fields with the same response name can be merged, at every depth.
//!
//! Fields are compared as sets, not in pairs: all fields of one name are compared with the first of
//! them, and the selections below all of them form one set. A set is compared once, however often
//! its fragments are spread. The number of steps is still limited, because fields of an interface
//! are compared with those of each object separately.

use std::collections::{BTreeSet, HashSet};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, ExecutableDocument, Field, Selection, SelectionSet, Type};
use async_graphql::{Pos, Positioned};

use super::{invalid, too_much};
use crate::api::engine::failure::Failure;
use crate::api::engine::language::place;
use crate::api::engine::sdl::innermost;
use crate::api::engine::sdl::{OutputField, Sdl, SdlType};

/// Adds the first conflict of every operation. All comparisons of a document together take at most
/// `most` steps.
pub(super) fn check(document: &ExecutableDocument, sdl: &Sdl, most: u64, errors: &mut Vec<Failure>) {
    let mut overlap = Overlap { document, sdl, steps: 0, most, seen: HashSet::new() };
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let set = [(&operation.selection_set.node, sdl.root(operation.ty))];
        let found = overlap.collect(set.into_iter()).and_then(|fields| {
            overlap.shapes(&fields)?;
            overlap.names(&fields)
        });
        errors.extend(found.err().map(|error| *error));
    }
}

struct Overlap<'a> {
    document: &'a ExecutableDocument,
    sdl: &'a Sdl,
    steps: u64,
    most: u64,
    /// The rules and sets of fields, by address, whose selections were compared. The type that a
    /// field is selected on follows from its position in the document.
    seen: HashSet<(Rule, Vec<usize>)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    Shapes,
    Names,
}

/// A field at one position in the document.
#[derive(Clone, Copy)]
struct Selected<'a> {
    on: Option<&'a str>,
    pos: Pos,
    field: &'a Field,
    known: Option<&'a OutputField>,
}

type SelectedFields<'a> = IndexMap<&'a str, Vec<Selected<'a>>>;
type Checked<T = ()> = Result<T, Box<Failure>>;

impl<'a> Overlap<'a> {
    /// Collects the fields of selection sets with their fragments spread, by response name.
    fn collect(
        &mut self,
        sets: impl Iterator<Item = (&'a SelectionSet, Option<&'a str>)>,
    ) -> Checked<SelectedFields<'a>> {
        let mut fields = SelectedFields::new();
        let mut seen = HashSet::new();
        // In reverse, so that the order of the text is kept.
        let mut open: Vec<_> = sets.collect();
        open.reverse();
        while let Some((set, on)) = open.pop() {
            for selection in &set.items {
                self.step()?;
                match &selection.node {
                    Selection::Field(Positioned { pos, node: field }) => {
                        let known = on.and_then(|on| self.sdl.field(on, &field.name.node));
                        let selected = Selected { on, pos: *pos, field, known };
                        fields.entry(field.response_key().node.as_str()).or_default().push(selected);
                    }
                    Selection::InlineFragment(inline) => {
                        let condition = inline.node.type_condition.as_ref();
                        let on = condition.map_or(on, |condition| Some(condition.node.on.node.as_str()));
                        open.push((&inline.node.selection_set.node, on));
                    }
                    Selection::FragmentSpread(spread) => {
                        let name = &spread.node.fragment_name.node;
                        if let Some(fragment) = self.document.fragments.get(name)
                            && seen.insert(name)
                        {
                            let on = fragment.node.type_condition.node.on.node.as_str();
                            open.push((&fragment.node.selection_set.node, Some(on)));
                        }
                    }
                }
            }
        }
        Ok(fields)
    }

    fn below(&mut self, selected: &[Selected<'a>]) -> Checked<SelectedFields<'a>> {
        let sets: Vec<_> = selected
            .iter()
            .map(|one| (&one.field.selection_set.node, one.known.map(|known| innermost(&known.kind))))
            .collect();
        self.collect(sets.into_iter())
    }

    /// `SameResponseShape`: a response name has one shape, for any type of the object.
    fn shapes(&mut self, fields: &SelectedFields<'a>) -> Checked {
        for (name, selected) in fields {
            let Some((first, others)) = selected.split_first() else { continue };
            for other in others {
                self.step()?;
                if let (Some(one), Some(two)) = (first.known, other.known)
                    && !self.same_shape(&one.kind, &two.kind)
                {
                    let why = format!("of type `{}` and of type `{}`", one.kind, two.kind);
                    return Err(conflict(name, &why, *first, *other));
                }
            }
            if self.record_comparison(Rule::Shapes, selected) {
                let below = self.below(selected)?;
                self.shapes(&below)?;
            }
        }
        Ok(())
    }

    fn same_shape(&self, one: &Type, other: &Type) -> bool {
        if one.nullable != other.nullable {
            return false;
        }
        match (&one.base, &other.base) {
            (BaseType::List(one), BaseType::List(other)) => self.same_shape(one, other),
            (BaseType::Named(one), BaseType::Named(other)) => {
                let composite = |name: &str| self.sdl.get(name).is_some_and(SdlType::is_composite);
                one == other || (composite(one) && composite(other))
            }
            _ => false,
        }
    }

    /// `FieldsInSetCanMerge`: for one object, a response name is one field with one set of
    /// arguments.
    fn names(&mut self, fields: &SelectedFields<'a>) -> Checked {
        for (name, selected) in fields {
            for group in self.groups(selected) {
                let Some((first, others)) = group.split_first() else { continue };
                for other in others {
                    self.step()?;
                    if first.field.name.node != other.field.name.node {
                        let why = format!("`{}` and `{}`", first.field.name.node, other.field.name.node);
                        return Err(conflict(name, &why, *first, *other));
                    }
                    if !same_arguments(first.field, other.field) {
                        return Err(conflict(name, "with different arguments", *first, *other));
                    }
                }
                if self.record_comparison(Rule::Names, &group) {
                    let below = self.below(&group)?;
                    self.names(&below)?;
                }
            }
        }
        Ok(())
    }

    /// Groups the fields that one object may answer with at once: those of each object type,
    /// together with those of interfaces.
    fn groups(&self, selected: &[Selected<'a>]) -> Vec<Vec<Selected<'a>>> {
        let object =
            |one: &Selected<'a>| one.on.filter(|on| matches!(self.sdl.get(on), Some(SdlType::Object(_))));
        let objects: BTreeSet<&str> = selected.iter().filter_map(object).collect();
        if objects.len() < 2 {
            return vec![selected.to_vec()];
        }
        let of = |name: &str| {
            let fits = |one: &&Selected<'a>| object(one).is_none_or(|on| on == name);
            selected.iter().filter(fits).copied().collect()
        };
        objects.into_iter().map(of).collect()
    }

    /// Records a comparison. Returns true if there are selections below these fields that were not
    /// compared yet.
    fn record_comparison(&mut self, rule: Rule, selected: &[Selected<'a>]) -> bool {
        let fields = selected.iter().filter(|one| !one.field.selection_set.node.items.is_empty());
        let mut places: Vec<usize> = fields.map(|one| std::ptr::from_ref(one.field).addr()).collect();
        places.sort_unstable();
        !places.is_empty() && self.seen.insert((rule, places))
    }

    fn step(&mut self) -> Checked {
        self.steps += 1;
        if self.steps > self.most { Err(Box::new(too_much(self.most))) } else { Ok(()) }
    }
}

fn same_arguments(one: &Field, other: &Field) -> bool {
    one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .all(|(name, value)| other.get_argument(&name.node).is_some_and(|other| other.node == value.node))
}

fn conflict(name: &str, why: &str, one: Selected<'_>, other: Selected<'_>) -> Box<Failure> {
    let message = format!(
        "expected one field under the response name `{name}`, found different ones: {why}; give one of them another alias"
    );
    let error = invalid(message, one.pos);
    let both = [place(one.pos), place(other.pos)];
    Box::new(error.at(both))
}
