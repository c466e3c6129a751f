//! Every input type of the schema: each malformed leaf is refused before anything runs, in
//! literals, variables and defaults, and nothing else is refused.

use std::fmt::Write as _;

use async_graphql::Value;
use async_graphql::parser::types::{BaseType, OperationType, Type};
use serde_json::{Value as Json, json};

use super::super::*;
use crate::api::engine::sdl::{OutputField, ScalarForm, Sdl, SdlType, innermost};
use crate::api::engine::variables;
use crate::api::scalars;
use crate::api::schema;

/// A value in a literal and in a variable.
#[derive(Clone)]
struct Both {
    literal: String,
    json: Json,
}

fn both(json: Json) -> Both {
    Both { literal: json.to_string(), json }
}

/// A position, which is a seq for some arguments and invalid for all others.
const MARKED: &str = "7-1a2b3c4d5e6f7081";

/// A valid value of a leaf, and invalid ones.
fn leaf(kind: &str, definition: &SdlType) -> (Both, Vec<Both>) {
    if let SdlType::Enum(values) = definition {
        let name = values[0].to_string();
        let right = Both { literal: name.clone(), json: json!(name) };
        let wrong = Both { literal: "NOPE".to_owned(), json: json!("NOPE") };
        return (right, vec![wrong, both(json!(1)), both(json!({}))]);
    }
    let (right, wrong) = match kind {
        "Int" => (json!(7), json!([3_000_000_000_u64, 1e300, "7", true, -2_147_483_649_i64, {}])),
        "Float" => (json!(0.5), json!(["0.5", true])),
        "String" => (json!("a"), json!([1, true])),
        "Boolean" => (json!(true), json!(["true", 0])),
        "ID" => (json!("a"), json!([1.5, true])),
        "Seq" => {
            let wrong = ["seven", "-1", "7-", "7-1a2b", "7-1A2B3C4D5E6F7081", MARKED];
            let numbers = json!([-1, 1.5, 9_007_199_254_740_993_u64, true]);
            (
                json!("7"),
                wrong.iter().map(|text| json!(text)).chain(numbers.as_array().unwrap().clone()).collect(),
            )
        }
        "ByteSize" => (json!("7"), json!(["7 kB", 7, "-7"])),
        "Digest" => {
            (json!(format!("b3:{}", "0".repeat(64))), json!(["b3:0", format!("b3:{}", "G".repeat(64)), 1]))
        }
        "DateTime" => {
            (json!("2026-03-01T12:00:00Z"), json!(["yesterday", "2026-03-01", 1, "2026-13-01T12:00:00Z"]))
        }
        "JSON" => (json!(1), json!([1e300, 9_007_199_254_740_993_u64, [{"a": [-1e300]}]])),
        other => panic!("no values for the scalar {other}"),
    };
    let Json::Array(wrong) = wrong else { panic!() };
    let as_literal = |value: Json| match &value {
        // Names of fields are not quoted.
        Json::Array(_) => Both { literal: value.to_string().replace("\"a\":", "a:"), json: value },
        _ => both(value),
    };
    (both(right), wrong.into_iter().map(as_literal).collect())
}

/// Values of a type: a valid one, and one for each invalid leaf, with the kind of the leaf.
struct LeafValues {
    right: Both,
    wrong: Vec<(String, Both)>,
}

fn values(sdl: &Sdl, kind: &Type, open: &mut Vec<String>) -> LeafValues {
    match &kind.base {
        BaseType::List(inner) => {
            let inner = values(sdl, inner, open);
            // The invalid element follows a valid one.
            let list = |element: &Both| Both {
                literal: format!("[{}, {}]", inner.right.literal, element.literal),
                json: json!([inner.right.json, element.json]),
            };
            let wrong = inner.wrong.iter().map(|(of, wrong)| (of.clone(), list(wrong))).collect();
            LeafValues { right: list(&inner.right), wrong }
        }
        BaseType::Named(name) => match sdl.get(name).unwrap() {
            SdlType::Input(input) => {
                open.push(name.to_string());
                let object = |fields: &[(&Name, Both)]| {
                    let literal: Vec<_> =
                        fields.iter().map(|(name, value)| format!("{name}: {}", value.literal)).collect();
                    let json: serde_json::Map<_, _> =
                        fields.iter().map(|(name, value)| (name.to_string(), value.json.clone())).collect();
                    Both { literal: format!("{{{}}}", literal.join(", ")), json: json.into() }
                };
                // A type inside itself is visited once.
                let fields: Vec<_> = input
                    .fields
                    .iter()
                    .filter(|(_, field)| !open.contains(&innermost(&field.kind).to_owned()))
                    .collect();
                let all: Vec<_> = fields
                    .iter()
                    .map(|(name, field)| (*name, field.is_required(), values(sdl, &field.kind, open)))
                    .collect();
                let others = |but: &Name| -> Vec<(&Name, Both)> {
                    let needed =
                        all.iter().filter(|(name, required, _)| *required && *name != but && !input.one_of);
                    needed.map(|(name, _, values)| (*name, values.right.clone())).collect()
                };
                let with = |name, value: &Both| {
                    let mut fields = others(name);
                    fields.push((name, value.clone()));
                    object(&fields)
                };
                let (first, _, values) = &all[0];
                let right = with(first, &values.right);
                let wrong = all.iter().flat_map(|(name, _, values)| {
                    values.wrong.iter().map(move |(of, wrong)| (of.clone(), (*name, wrong.clone())))
                });
                let mut wrong: Vec<_> = wrong.map(|(of, (name, wrong))| (of, with(name, &wrong))).collect();
                let nope = Name::new("nope");
                wrong.push((name.to_string(), with(&nope, &both(json!(1)))));
                if input.one_of {
                    wrong.push((name.to_string(), object(&[])));
                    wrong.push((name.to_string(), with(first, &both(Json::Null))));
                } else if let Some((needed, ..)) = all.iter().find(|(_, required, _)| *required) {
                    wrong.push((name.to_string(), object(&others(needed))));
                }
                open.pop();
                LeafValues { right, wrong }
            }
            definition => {
                let (right, wrong) = leaf(name, definition);
                LeafValues {
                    right,
                    wrong: wrong.into_iter().map(|wrong| (name.to_string(), wrong)).collect(),
                }
            }
        },
    }
}

fn judge(sdl: &Sdl, query: &str, variables: Json) -> Result<(), Vec<Failure>> {
    let document = parse(query)?;
    let facts = rules::check(&document, None, sdl, 200_000)?;
    let (_, operation) = document.executable.operations.iter().next().unwrap();
    let mut variables = async_graphql::Variables::from_json(variables);
    variables::coerce(&operation.node, &facts, sdl, &mut variables).map(drop)
}

#[test]
fn every_invalid_leaf_of_every_input_is_refused_before_anything_runs() {
    let sdl = Sdl::read(&schema::sdl()).unwrap().with_scalars(scalars::CUSTOM);
    let (mut seen, mut cases, mut failures) = (std::collections::BTreeSet::new(), 0, String::new());
    let mut positions = Vec::new();
    let roots = [OperationType::Query, OperationType::Mutation, OperationType::Subscription];
    for (operation, root) in roots.iter().map(|root| (root, sdl.root(*root).unwrap())) {
        let Some(SdlType::Object(fields)) = sdl.get(root) else { panic!() };
        for (name, field) in fields {
            for (argument, given) in &field.arguments {
                let mut all = values(&sdl, &given.kind, &mut Vec::new());
                let mut right = vec![all.right.clone()];
                if given.form == ScalarForm::Position {
                    right.extend(
                        all.wrong
                            .extract_if(.., |(_, wrong)| wrong.json == json!(MARKED))
                            .map(|(_, marked)| marked),
                    );
                    positions.push(format!("{operation} {name}({argument})"));
                }
                let needed =
                    field.arguments.iter().filter(|(other, given)| given.is_required() && *other != argument);
                let needed = needed.map(|(other, given)| {
                    format!("{other}: {}, ", values(&sdl, &given.kind, &mut Vec::new()).right.literal)
                });
                let needed: String = needed.collect();
                let is_composite = sdl.get(innermost(&field.kind)).is_some_and(SdlType::is_composite);
                let below = if is_composite { " { __typename }" } else { "" };
                let kind = &given.kind;
                let optional = kind.to_string().trim_end_matches('!').to_owned();
                let ask = |value: &Both| {
                    [
                        (
                            format!("{operation} {{ {name}({needed}{argument}: {}){below} }}", value.literal),
                            json!({}),
                        ),
                        (
                            format!("{operation}($x: {kind}) {{ {name}({needed}{argument}: $x){below} }}"),
                            json!({"x": value.json}),
                        ),
                        (
                            format!(
                                "{operation}($x: {optional} = {}) {{ {name}({needed}{argument}: $x){below} }}",
                                value.literal
                            ),
                            json!({}),
                        ),
                    ]
                };
                for (query, variables) in right.iter().flat_map(ask) {
                    if let Err(errors) = judge(&sdl, &query, variables.clone()) {
                        let _ = writeln!(failures, "refused: {query} {variables}: {}", errors[0].message);
                    }
                }
                for (leaf, wrong) in &all.wrong {
                    seen.insert(leaf.clone());
                    for (query, variables) in ask(wrong) {
                        cases += 1;
                        let code = judge(&sdl, &query, variables.clone()).map_err(|errors| errors[0].code);
                        if code != Err(Code::BadUserInput) {
                            let _ = writeln!(failures, "not refused ({code:?}): {query} {variables}");
                        }
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(cases > 1_000, "{cases} cases");
    positions.sort();
    assert_eq!(
        positions,
        [
            "query commits(after)",
            "query commits(before)",
            "subscription affected(after)",
            "subscription changes(after)"
        ]
    );
    // `Sdl` treats no directive as repeatable.
    assert!(
        !schema::sdl().lines().any(|line| line.starts_with("directive ") && line.contains(" repeatable "))
    );
    for name in sdl.names() {
        let is_input = sdl.get(name).is_some_and(SdlType::is_input) && !name.starts_with("__");
        // The others are types of answers, or arguments of fields below the roots, which are
        // checked in the same way.
        let is_used = seen.contains(name.as_str()) || !is_reachable(&sdl, name);
        assert!(!is_input || is_used, "no input of type {name} was judged");
    }
}

/// Returns true if an input field of the schema has this type.
fn is_reachable(sdl: &Sdl, kind: &str) -> bool {
    sdl.names().any(|name| match sdl.get(name) {
        Some(SdlType::Input(input)) => input.fields.values().any(|field| innermost(&field.kind) == kind),
        _ => false,
    })
}

/// One scalar has two forms: a position is a seq for the arguments of the type `After`, and for no
/// others.
#[test]
fn arguments_that_read_a_position_accept_it() {
    let sdl = Sdl::read(&schema::sdl()).unwrap().with_scalars(scalars::CUSTOM);
    let mut found = Vec::new();
    for name in sdl.names() {
        match sdl.get(name) {
            Some(SdlType::Object(fields) | SdlType::Abstract(fields, _)) => {
                for (field, OutputField { arguments, .. }) in fields {
                    let positions =
                        arguments.iter().filter(|(_, argument)| argument.form == ScalarForm::Position);
                    found.extend(positions.map(|(argument, _)| format!("{name}.{field}({argument})")));
                }
            }
            Some(SdlType::Input(input)) => {
                assert!(input.fields.values().all(|field| field.form == ScalarForm::Plain), "{name}");
            }
            _ => {}
        }
    }
    found.sort();
    // `api/tests/language.rs` gives a position to each of them.
    let positions = [
        "Moment.commits(after)",
        "Moment.commits(before)",
        "Query.commits(after)",
        "Query.commits(before)",
        "Subscription.affected(after)",
        "Subscription.changes(after)",
    ];
    assert_eq!(found, positions);
}

#[test]
fn a_variable_is_a_position_if_every_use_reads_one() {
    let sdl = Sdl::read(&schema::sdl()).unwrap().with_scalars(scalars::CUSTOM);
    let feed = "a: commits(after: $x) { totalCount } b: commits(after: $x) { totalCount }";
    let at = "at(asOf: {seq: $x}) { view { seq } }";
    let given = |query: String| judge(&sdl, &query, json!({ "x": MARKED }));
    assert_eq!(given(format!("query($x: Seq!) {{ {feed} }}")), Ok(()));
    let default =
        |body: &str| judge(&sdl, &format!("query($x: Seq! = \"{MARKED}\") {{ {body} }}"), json!({}));
    assert_eq!(default(feed), Ok(()));
    let only = format!(
        "expected a seq without a mark, such as \"7\", found {MARKED:?}; only `after` and `before` of the change feed take a mark"
    );
    for body in [at.to_owned(), format!("{at} {feed}"), format!("{feed} {at}"), format!("{feed} ...F")] {
        let fragment =
            if body.contains("...F") { format!("fragment F on Query {{ {at} }}") } else { String::new() };
        let errors = given(format!("query($x: Seq!) {{ {body} }} {fragment}")).unwrap_err();
        assert_eq!(errors[0].message, format!("variable `$x`: {only}"), "{body}");
        let errors =
            judge(&sdl, &format!("query($x: Seq! = \"{MARKED}\") {{ {body} }} {fragment}"), json!({}));
        assert_eq!(errors.unwrap_err()[0].message, format!("the default of variable `$x`: {only}"), "{body}");
    }
    let inside = "query($asOf: AsOf!) { at(asOf: $asOf) { view { seq } } }";
    let errors = judge(&sdl, inside, json!({"asOf": {"seq": MARKED}})).unwrap_err();
    assert_eq!(errors[0].message, format!("variable `$asOf`, at `seq`: {only}"));
}

#[test]
fn every_custom_scalar_checks_its_values() {
    let sdl = Sdl::read(&schema::sdl()).unwrap().with_scalars(scalars::CUSTOM);
    let built_in = ["Int", "Float", "String", "Boolean", "ID"];
    let custom = sdl.names().filter(|name| matches!(sdl.get(name), Some(SdlType::Scalar)));
    let unknown: Vec<_> = custom
        .filter(|name| !built_in.contains(&name.as_str()) && !scalars::CHECKED.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?} are not judged before they run: add them to `scalars::check`");
    for name in scalars::CHECKED {
        let definition = sdl.get(name).unwrap();
        for wrong in leaf(name, definition).1 {
            let value = Value::from_json(wrong.json.clone()).unwrap();
            assert!(scalars::check(name, ScalarForm::Plain, &value).is_err(), "{name}: {}", wrong.json);
        }
    }
}
