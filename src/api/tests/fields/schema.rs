//! The schema as the test needs it: object types with their fields and arguments.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};

/// A field of an object.
#[derive(Debug, Clone)]
pub(super) struct ObjectField {
    pub name: String,
    /// Its type, without lists and exclamation marks.
    pub of: String,
    /// Its arguments, with true if required.
    pub arguments: Vec<(String, bool)>,
}

/// The types of a schema.
#[derive(Debug, Default)]
pub(super) struct ObjectSchema {
    objects: BTreeMap<String, Vec<ObjectField>>,
    /// Interfaces and unions.
    abstracts: Vec<String>,
}

impl ObjectSchema {
    pub(super) fn read(text: &str) -> Self {
        let mut schema = Self::default();
        for definition in parse_schema(text).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => {
                    let fields = object.fields.into_iter().map(|field| read(field.node)).collect();
                    schema.objects.insert(name, fields);
                }
                TypeKind::Interface(_) | TypeKind::Union(_) => schema.abstracts.push(name),
                _ => {}
            }
        }
        schema
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str)
    }

    pub(super) fn is_object(&self, name: &str) -> bool {
        self.objects.contains_key(name)
    }

    /// Returns true for scalars and enums.
    pub(super) fn is_leaf(&self, name: &str) -> bool {
        !self.is_object(name) && !self.abstracts.iter().any(|known| known == name)
    }

    pub(super) fn fields(&self, object: &str) -> &[ObjectField] {
        self.objects.get(object).map_or(&[], Vec::as_slice)
    }

    pub(super) fn has(&self, object: &str, field: &str) -> bool {
        self.fields(object).iter().any(|known| known.name == field)
    }
}

fn read(field: FieldDefinition) -> ObjectField {
    let arguments = field.arguments.into_iter().map(|argument| {
        let argument = argument.node;
        let required = !argument.ty.node.nullable && argument.default_value.is_none();
        (argument.name.node.to_string(), required)
    });
    ObjectField {
        name: field.name.node.to_string(),
        of: inner(&field.ty.node),
        arguments: arguments.collect(),
    }
}

fn inner(kind: &Type) -> String {
    match &kind.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inside) => inner(inside),
    }
}
