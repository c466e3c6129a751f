//! The committed schema equals the one that is served, and describes every type, field and
//! argument.

use async_graphql::Positioned;
use async_graphql::parser::types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition};

const COMMITTED: &str = include_str!("../../schema.graphql");

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let served = stemma::api::sdl();
    assert!(served == COMMITTED, "schema.graphql is out of date; run `cargo run -- schema > schema.graphql`");
}

#[test]
fn everything_is_described() {
    let document = async_graphql::parser::parse_schema(COMMITTED).unwrap();
    let mut bare = Vec::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(Positioned { node, .. }) = definition else { continue };
        let name = node.name.node.as_str();
        if node.description.is_none() {
            bare.push(name.to_owned());
        }
        match &node.kind {
            TypeKind::Object(object) => fields(name, &object.fields, &mut bare),
            TypeKind::Interface(interface) => fields(name, &interface.fields, &mut bare),
            TypeKind::InputObject(input) => inputs(name, &input.fields, &mut bare),
            TypeKind::Enum(list) => {
                let values = list.values.iter().filter(|value| value.node.description.is_none());
                bare.extend(values.map(|value| format!("{name}.{}", value.node.value.node)));
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert!(bare.is_empty(), "without a description: {}", bare.join(", "));
}

fn fields(owner: &str, fields: &[Positioned<FieldDefinition>], bare: &mut Vec<String>) {
    for Positioned { node, .. } in fields {
        let name = format!("{owner}.{}", node.name.node);
        inputs(&name, &node.arguments, bare);
        if node.description.is_none() {
            bare.push(name);
        }
    }
}

fn inputs(owner: &str, inputs: &[Positioned<InputValueDefinition>], bare: &mut Vec<String>) {
    let without = inputs.iter().filter(|input| input.node.description.is_none());
    bare.extend(without.map(|input| format!("{owner}({})", input.node.name.node)));
}
