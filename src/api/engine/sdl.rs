//! The types of a schema, read once from its exported text: the types of fields and arguments, and
//! the values of inputs. async-graphql does not expose its registry (`docs/upstream.md`); the
//! exported text is the public source of the same facts.

use std::collections::{HashMap, HashSet};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DirectiveDefinition, DirectiveLocation, FieldDefinition, InputValueDefinition, OperationType, Type,
    TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::parser::{self, parse_schema};
use async_graphql::{Name, Positioned, Value};

/// The types and directives that every schema has.
const BUILT_IN: &str = include_str!("sdl/built_in.graphql");

/// The form of a scalar that an argument expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::api) enum ScalarForm {
    /// The form of the scalar's own parser.
    #[default]
    Plain,
    /// A seq, or a position: a seq with the mark of its commit.
    Position,
}

/// The custom scalars of a schema.
#[derive(Debug, Clone, Copy)]
pub(in crate::api) struct CustomScalars {
    /// Checks a value of the named scalar. The error is the scalar's own message.
    pub(in crate::api) check: fn(&str, ScalarForm, &Value) -> Result<(), String>,
    /// Returns the form of an argument of a field, given its name and the name of its scalar.
    pub(in crate::api) form: fn(&str, &str) -> ScalarForm,
}

impl CustomScalars {
    /// Accepts every value of every custom scalar.
    pub(in crate::api) const UNCHECKED: Self =
        Self { check: |_, _, _| Ok(()), form: |_, _| ScalarForm::Plain };
}

/// The types of a schema by name.
pub(in crate::api) struct Sdl {
    pub(in crate::api) scalars: CustomScalars,
    types: HashMap<Name, SdlType>,
    directives: HashMap<Name, Directive>,
    roots: [Option<Name>; 3],
    /// `__typename`, `__schema` and `__type`.
    meta: [OutputField; 3],
}

/// A type.
pub(in crate::api) enum SdlType {
    /// A scalar of the specification or a custom one.
    Scalar,
    /// An enum and its values.
    Enum(Vec<Name>),
    /// An input object.
    Input(SdlInput),
    /// An object and its fields.
    Object(HashMap<Name, OutputField>),
    /// An interface or union: its fields, and its possible object types.
    Abstract(HashMap<Name, OutputField>, HashSet<Name>),
}

/// An input object.
pub(in crate::api) struct SdlInput {
    /// Its fields in the order of the schema.
    pub(in crate::api) fields: Arguments,
    /// If true, a value has exactly one of the fields.
    pub(in crate::api) one_of: bool,
}

/// Arguments or input fields.
pub(in crate::api) type Arguments = IndexMap<Name, Argument>;

/// An argument or input field.
pub(in crate::api) struct Argument {
    pub(in crate::api) kind: Type,
    pub(in crate::api) has_default: bool,
    /// The expected form of its scalar.
    pub(in crate::api) form: ScalarForm,
}

impl Argument {
    /// Returns true if a request must provide it.
    pub(in crate::api) const fn is_required(&self) -> bool {
        !self.kind.nullable && !self.has_default
    }
}

/// A field of an object or interface.
pub(in crate::api) struct OutputField {
    pub(in crate::api) kind: Type,
    pub(in crate::api) arguments: Arguments,
}

/// A directive. None is repeatable: the parser of async-graphql 7.2.1 reports all of them as
/// repeatable (`docs/upstream.md`), and no schema here has one.
pub(in crate::api) struct Directive {
    pub(in crate::api) arguments: Arguments,
    pub(in crate::api) locations: Vec<DirectiveLocation>,
}

/// Returns the name of the innermost element type of a list, or of the type itself.
pub(in crate::api) fn innermost(kind: &Type) -> &str {
    match &kind.base {
        parser::types::BaseType::Named(name) => name,
        parser::types::BaseType::List(element) => innermost(element),
    }
}

impl SdlType {
    /// Returns true if values of requests may have this type.
    pub(in crate::api) const fn is_input(&self) -> bool {
        matches!(self, Self::Scalar | Self::Enum(_) | Self::Input(_))
    }

    /// Returns true if a field of this type has a selection set.
    pub(in crate::api) const fn is_composite(&self) -> bool {
        matches!(self, Self::Object(_) | Self::Abstract(..))
    }
}

impl Sdl {
    /// Sets the checks of custom scalars; without them, all values of custom scalars are accepted.
    pub(in crate::api) fn with_scalars(mut self, scalars: CustomScalars) -> Self {
        self.scalars = scalars;
        for definition in self.types.values_mut() {
            let (SdlType::Object(fields) | SdlType::Abstract(fields, _)) = definition else { continue };
            for (name, argument) in fields.values_mut().flat_map(|field| &mut field.arguments) {
                argument.form = (scalars.form)(name, innermost(&argument.kind));
            }
        }
        self
    }

    /// Reads a schema's text.
    ///
    /// # Errors
    /// The parser's error if the text is not a schema.
    pub(in crate::api) fn read(text: &str) -> Result<Self, parser::Error> {
        let meta = |kind: &str, arguments: Arguments| {
            let kind = Type::new(kind)
                .unwrap_or(Type { base: parser::types::BaseType::Named(Name::new(kind)), nullable: true });
            OutputField { kind, arguments }
        };
        let kind = meta("String!", Arguments::new()).kind;
        let name = Argument { kind, has_default: false, form: ScalarForm::Plain };
        let meta = [
            meta("String!", Arguments::new()),
            meta("__Schema!", Arguments::new()),
            meta("__Type", Arguments::from_iter([(Name::new("name"), name)])),
        ];
        let mut sdl = Self {
            scalars: CustomScalars::UNCHECKED,
            types: HashMap::new(),
            directives: HashMap::new(),
            roots: [None, None, None],
            meta,
        };
        let mut implementers: Vec<(Name, Name)> = Vec::new();
        let definitions =
            parse_schema(BUILT_IN)?.definitions.into_iter().chain(parse_schema(text)?.definitions);
        for definition in definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    sdl.roots =
                        [schema.query, schema.mutation, schema.subscription].map(|root| Some(root?.node));
                }
                TypeSystemDefinition::Type(definition) => {
                    let name = definition.node.name.node.clone();
                    let definition = read_type(definition.node, &mut implementers);
                    sdl.types.insert(name, definition);
                }
                TypeSystemDefinition::Directive(directive) => {
                    let name = directive.node.name.node.clone();
                    sdl.directives.insert(name, read_directive(directive.node));
                }
            }
        }
        for (object, interface) in implementers {
            // The object types of an interface are listed directly, so an interface that implements
            // another adds none.
            if matches!(sdl.types.get(&object), Some(SdlType::Object(_)))
                && let Some(SdlType::Abstract(_, possible)) = sdl.types.get_mut(&interface)
            {
                possible.insert(object);
            }
        }
        Ok(sdl)
    }

    /// Returns the type with this name.
    pub(in crate::api) fn get(&self, kind: &str) -> Option<&SdlType> {
        self.types.get(kind)
    }

    /// Returns the directive with this name.
    pub(in crate::api) fn directive(&self, name: &str) -> Option<&Directive> {
        self.directives.get(name)
    }

    /// Returns a field of a type, including the introspection fields; `None` if it does not exist.
    pub(in crate::api) fn field(&self, kind: &str, field: &str) -> Option<&OutputField> {
        let [typename, schema, of_type] = &self.meta;
        let is_query = || self.root(OperationType::Query) == Some(kind);
        match (field, self.get(kind)?) {
            ("__typename", SdlType::Object(_) | SdlType::Abstract(..)) => Some(typename),
            ("__schema", _) if is_query() => Some(schema),
            ("__type", _) if is_query() => Some(of_type),
            (_, SdlType::Object(fields) | SdlType::Abstract(fields, _)) => fields.get(field),
            _ => None,
        }
    }

    /// Returns true if an object can have both types.
    pub(in crate::api) fn overlap(&self, one: &str, other: &str) -> bool {
        match (self.get(one), self.get(other)) {
            _ if one == other => true,
            (Some(SdlType::Abstract(_, possible)), Some(SdlType::Object(_))) => possible.contains(other),
            (Some(SdlType::Object(_)), Some(SdlType::Abstract(_, possible))) => possible.contains(one),
            (Some(SdlType::Abstract(_, some)), Some(SdlType::Abstract(_, others))) => {
                !some.is_disjoint(others)
            }
            _ => false,
        }
    }

    /// Returns the type whose fields an operation selects.
    pub(in crate::api) fn root(&self, operation: OperationType) -> Option<&str> {
        let [query, mutation, subscription] = &self.roots;
        let root = match operation {
            OperationType::Query => query,
            OperationType::Mutation => mutation,
            OperationType::Subscription => subscription,
        };
        root.as_deref()
    }

    /// Returns the stored name of a type, which lives as long as the schema.
    pub(in crate::api) fn name(&self, kind: &str) -> Option<&str> {
        self.types.get_key_value(kind).map(|(name, _)| name.as_str())
    }

    /// Returns the names of all types.
    #[cfg(test)]
    pub(in crate::api) fn names(&self) -> impl Iterator<Item = &Name> {
        self.types.keys()
    }
}

fn read_type(definition: TypeDefinition, implementers: &mut Vec<(Name, Name)>) -> SdlType {
    let name = definition.name.node;
    let one_of = definition.directives.iter().any(|directive| directive.node.name.node == "oneOf");
    let mut implements = |interfaces: Vec<Positioned<Name>>| {
        implementers.extend(interfaces.into_iter().map(|interface| (name.clone(), interface.node)));
    };
    match definition.kind {
        TypeKind::Scalar => SdlType::Scalar,
        TypeKind::Enum(kind) => {
            SdlType::Enum(kind.values.into_iter().map(|value| value.node.value.node).collect())
        }
        TypeKind::InputObject(kind) => SdlType::Input(SdlInput { fields: arguments(kind.fields), one_of }),
        TypeKind::Object(kind) => {
            implements(kind.implements);
            SdlType::Object(fields(kind.fields))
        }
        TypeKind::Interface(kind) => {
            implements(kind.implements);
            SdlType::Abstract(fields(kind.fields), HashSet::new())
        }
        TypeKind::Union(kind) => {
            let members = kind.members.into_iter().map(|member| member.node);
            SdlType::Abstract(HashMap::new(), members.collect())
        }
    }
}

fn read_directive(definition: DirectiveDefinition) -> Directive {
    Directive {
        arguments: arguments(definition.arguments),
        locations: definition.locations.into_iter().map(|location| location.node).collect(),
    }
}

fn fields(fields: Vec<Positioned<FieldDefinition>>) -> HashMap<Name, OutputField> {
    let field = |field: Positioned<FieldDefinition>| {
        let FieldDefinition { name, ty, arguments: given, .. } = field.node;
        (name.node, OutputField { kind: ty.node, arguments: arguments(given) })
    };
    fields.into_iter().map(field).collect()
}

fn arguments(given: Vec<Positioned<InputValueDefinition>>) -> Arguments {
    let argument = |argument: Positioned<InputValueDefinition>| {
        let InputValueDefinition { name, ty, default_value, .. } = argument.node;
        (name.node, Argument { kind: ty.node, has_default: default_value.is_some(), form: ScalarForm::Plain })
    };
    given.into_iter().map(argument).collect()
}
