//! What a schema says of itself, read once from its own text: which types there are and what their fields return.
//! async-graphql keeps its registry to itself; its exported text is the public way to the same facts.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition};
use async_graphql::{Positioned, parser};

/// The types of a schema by name.
pub(super) struct Sdl {
    types: HashMap<String, HashMap<String, Type>>,
    roots: [Option<Name>; 3],
}

impl Sdl {
    /// Reads a schema's text.
    ///
    /// # Errors
    /// The parser's, where the text is not a schema.
    pub(super) fn read(text: &str) -> Result<Self, parser::Error> {
        let mut sdl = Self { types: HashMap::new(), roots: [None, None, None] };
        for built_in in ["Int", "Float", "String", "Boolean", "ID"] {
            sdl.types.insert(built_in.to_owned(), HashMap::new());
        }
        for definition in parse_schema(text)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    sdl.roots =
                        [schema.query, schema.mutation, schema.subscription].map(|root| Some(root?.node));
                }
                TypeSystemDefinition::Type(definition) => {
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        _ => Vec::new(),
                    };
                    sdl.types.insert(definition.node.name.node.to_string(), by_name(fields));
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(sdl)
    }

    pub(super) fn has(&self, kind: &str) -> bool {
        self.types.contains_key(kind)
    }

    /// What a field of a type returns; `None` for fields of introspection and for what does not exist.
    pub(super) fn field(&self, kind: &str, field: &str) -> Option<&Type> {
        self.types.get(kind)?.get(field)
    }

    /// The type whose fields an operation selects.
    pub(super) fn root(&self, operation: OperationType) -> Option<&str> {
        let [query, mutation, subscription] = &self.roots;
        let root = match operation {
            OperationType::Query => query,
            OperationType::Mutation => mutation,
            OperationType::Subscription => subscription,
        };
        root.as_deref()
    }
}

fn by_name(fields: Vec<Positioned<FieldDefinition>>) -> HashMap<String, Type> {
    fields.into_iter().map(|field| (field.node.name.node.to_string(), field.node.ty.node)).collect()
}
