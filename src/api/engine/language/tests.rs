//! The validation rules, on a schema of a few types.

mod grammar;
mod inputs;

use serde_json::{Value as Json, json};

use super::*;
use crate::api::engine::sdl::Sdl;
use crate::api::engine::variables;

const SCHEMA: &str = "
    schema { query: Q subscription: S }
    scalar JSON
    scalar Seq
    directive @note(text: String) on FIELD
    enum Color { RED GREEN }
    input Point { x: Int! y: Int = 1 color: Color more: [Point!] }
    input Pick @oneOf { id: ID name: String }
    interface Named { name: String! friend: Named }
    type A implements Named { name: String! friend: Named a: Int b(n: Int): String list: [A!] }
    type B implements Named { name: String! friend: Named a: String c: [Int] }
    type C { name: String! }
    union AorC = A | C
    type S { event(n: Int): A other: B }
    type Q {
      a(id: ID, n: Int! = 3, f: Float, on: Boolean): A
      named: Named! anyone: AorC
      take(point: Point!, points: [Point!], color: Color, colors: [Color!]! = [RED]): Int
      pick(by: Pick!): Int
      json(value: JSON, seq: Seq): Int
    }
";

fn judge(query: &str, variables: Json) -> Vec<String> {
    let sdl = Sdl::read(SCHEMA).unwrap().with_scalars(crate::api::scalars::CUSTOM);
    let messages = |errors: Vec<Failure>| -> Vec<String> {
        let line = |error: Failure| format!("{} {}", error.code, error.message);
        errors.into_iter().map(line).collect()
    };
    let document = match parse(query) {
        Ok(document) => document,
        Err(errors) => return messages(errors),
    };
    let facts = match rules::check(&document, None, &sdl, 200_000) {
        Ok(facts) => facts,
        Err(errors) => return messages(errors),
    };
    let (_, operation) = document.executable.operations.iter().next().unwrap();
    let mut variables = async_graphql::Variables::from_json(variables);
    variables::coerce(&operation.node, &facts, &sdl, &mut variables).err().map(messages).unwrap_or_default()
}

#[track_caller]
fn valid(query: &str, variables: Json) {
    assert_eq!(judge(query, variables), [""; 0], "{query}");
}

#[track_caller]
fn refused(query: &str, variables: Json, messages: &[&str]) {
    let found = judge(query, variables);
    assert_eq!(found.len(), messages.len(), "{query}: {found:?}");
    for (found, message) in found.iter().zip(messages) {
        assert!(found.contains(message), "{query}: {found}, and not {message}");
    }
}

#[test]
fn fields_and_fragments_are_those_of_the_schema() {
    let none = || json!({});
    valid(
        "{ a { name ... on Named { name } ...F } __typename __schema { types { name } } } fragment F on A { a }",
        none(),
    );
    valid("{ named { __typename ... on A { a } ... on B { c } } anyone { ... on Named { name } } }", none());
    valid("\"what it is for\" query Q { a { name } }", none());
    refused("{ nope }", none(), &["VALIDATION_FAILED unknown field `nope` of type `Q`"]);
    refused(
        "{ a { nope { deeper(x: $y) } } }",
        none(),
        &["unknown field `nope` of type `A`", "`$y` is not defined"],
    );
    refused("{ a }", none(), &["select fields of it in braces"]);
    refused("{ a { a { b } } }", none(), &["has no fields"]);
    refused("{ anyone { name } }", none(), &["unknown field `name` of type `AorC`"]);
    refused(
        "{ a { ... on C { name } } }",
        none(),
        &["expected a fragment that can apply to `A`, found one on `C`"],
    );
    refused("{ a { ... on Nope { x } } }", none(), &["unknown type `Nope`"]);
    refused("{ a { ... on Color { x } } }", none(), &["expected an object, interface or union"]);
    refused("{ ...F }", none(), &["unknown fragment `F`"]);
    refused("{ a { name } } fragment F on A { a }", none(), &["fragment `F` is not used"]);
    refused("{ a { __schema { types { name } } } }", none(), &["unknown field `__schema`"]);
    refused("mutation { a }", none(), &["no operations of type `mutation`"]);
    refused("{ a(nope: 1) { name } }", none(), &["unknown argument `nope` of field `Q.a`"]);
    refused("{ a(id: 1, id: 2) { name } }", none(), &["is given twice"]);
    refused("{ take }", none(), &["argument `point: Point!` of field `Q.take` is required"]);
    refused(
        "subscription { event { a } other { c } }",
        none(),
        &["expected one field in a subscription, found 2"],
    );
    refused(
        "subscription { __typename }",
        none(),
        &["expected the field of an event in a subscription, found `__typename`"],
    );
    valid("subscription { ...F } fragment F on S { event(n: 1) { a } }", none());
}

#[test]
fn directives_are_known_in_place_and_once() {
    valid(
        "query($x: Boolean!) { a @skip(if: $x) @include(if: true) { name @note(text: \"a\") } }",
        json!({"x": true}),
    );
    refused("{ a @nope { name } }", json!({}), &["unknown directive `@nope`"]);
    refused("query @skip(if: true) { a { name } }", json!({}), &["is not allowed here"]);
    refused("{ a @skip(if: true) @skip(if: true) { name } }", json!({}), &["occurs twice"]);
    refused("{ a @skip { name } }", json!({}), &["argument `if: Boolean!` of directive `@skip` is required"]);
    refused(
        "{ a @skip(if: 1) { name } }",
        json!({}),
        &["BAD_USER_INPUT argument `if` of directive `@skip`: expected `true` or `false`, found 1"],
    );
}

#[test]
fn fields_of_one_name_are_one_field_at_every_depth() {
    let none = || json!({});
    valid("{ a { name name x: a x: a } a { friend { name } friend { name } } }", none());
    valid("{ a(n: 1, f: 2) { name } a(f: 2, n: 1) { a } }", none());
    valid("{ named { ... on A { b(n: 1) } ... on B { c } } }", none());
    valid("{ named { ... on A { x: name } ... on B { x: name } } }", none());
    let conflict = ["expected one field under the response name"];
    refused("{ a(n: 1) { name } a(n: 2) { name } }", none(), &conflict);
    refused("{ a { x: a x: name } }", none(), &conflict);
    refused("{ a { friend { x: name } } a { friend { ... on A { x: a } } } }", none(), &conflict);
    refused("{ named { ... on A { x: a } ... on B { x: a } } }", none(), &conflict);
    refused("{ named { x: name ... on A { x: a } } }", none(), &conflict);
    refused("{ named { ... on A { x: list { name } } ... on B { x: friend { name } } } }", none(), &conflict);
    refused(
        "{ named { ...F ...G } } fragment F on A { friend { x: name } } fragment G on A { friend { x: friend { name } } }",
        none(),
        &conflict,
    );
    refused("query($n: Int) { a { b(n: $n) b(n: 1) } }", none(), &conflict);
    valid("query($n: Int) { a { b(n: $n) b(n: $n) } }", none());
}

/// Interfaces inside interfaces, each with two objects, double the number of sets at every level.
#[test]
fn comparing_fields_has_a_limit() {
    let chain = |depth: usize| format!("{}name{}", "friend { ".repeat(depth), " }".repeat(depth));
    let nested = |levels: usize| {
        let level = |inner: String, depth: usize| {
            let chain = chain(depth + 1);
            format!("friend {{ {inner} }} ... on A {{ {chain} }} ... on B {{ {chain} }}")
        };
        format!("{{ named {{ {} }} }}", (0..levels).fold("name".to_owned(), level))
    };
    valid(&nested(5), json!({}));
    refused(&nested(20), json!({}), &["comparing them takes more than"]);
    // Fragments that are spread in many places are compared once.
    let spread = |n: usize| {
        format!(
            "fragment F{n} on Named {{ name friend {{ ...F{m} }} ... on A {{ friend {{ ...F{m} }} }} }} ",
            m = n + 1
        )
    };
    let fragments: String = (0..20).map(spread).collect();
    valid(&format!("{{ named {{ ...F0 }} }} {fragments} fragment F20 on Named {{ name }}"), json!({}));
}

#[test]
fn literals_are_of_their_types() {
    let none = || json!({});
    valid(
        "{ take(point: {x: 1, color: RED, more: {x: 2}}, points: [{x: 1}], colors: RED) a(id: 5, f: 1) { name } }",
        none(),
    );
    valid("{ json(value: {a: [1, \"b\", null, true], c: {}}, seq: \"5\") }", none());
    for (query, message) in [
        (
            "{ take(point: {x: \"1\"}) }",
            "argument `point` of field `Q.take`, at `x`: expected a whole number from -2147483648 to 2147483647, found \"1\"",
        ),
        ("{ take(point: {x: 2147483648}) }", "found 2147483648"),
        ("{ take(point: {x: 1.0}) }", "found 1.0"),
        ("{ take(point: {x: null}) }", "at `x`: expected a value of type `Int!`, found null"),
        ("{ take(point: null) }", "expected a value of type `Point!`, found null"),
        ("{ take(point: {}) }", "field `x: Int!` of `Point` is required"),
        ("{ take(point: {x: 1, z: 1}) }", "unknown field `z` of `Point`, which has x, y, color, more"),
        ("{ take(point: {x: 1, x: 2}) }", "expected different fields in an input object, found `x` twice"),
        ("{ take(point: {x: 1, more: [{x: 1}, {x: true}]}) }", "at `more[1].x`"),
        ("{ take(point: 5) }", "expected an object of type `Point`, found 5"),
        (
            "{ take(point: {x: 1}, color: \"RED\") }",
            "expected one of `RED`, `GREEN` without quotes, found \"RED\"",
        ),
        ("{ take(point: {x: 1}, color: BLUE) }", "expected one of `RED`, `GREEN`, found `BLUE`"),
        (
            "{ take(point: {x: 1}, colors: [RED, null]) }",
            "at `[1]`: expected a value of type `Color!`, found null",
        ),
        ("{ a(id: 1.5) { name } }", "expected an id"),
        ("{ a(id: RED) { name } }", "expected an id"),
        ("{ a(on: \"true\") { name } }", "expected `true` or `false`"),
        ("{ a(n: [1]) { name } }", "found a list"),
        ("{ json(seq: \"x\") }", "argument `seq` of field `Q.json`: "),
        ("{ json(seq: -1) }", "expected a seq, such as \"12\", as a string, found -1"),
        ("{ json(seq: [1]) }", "found a list"),
        ("{ json(value: 1e300) }", "beyond ±(2^53 - 1)"),
        ("{ json(value: {a: [9007199254740993]}) }", "9007199254740993 is beyond"),
        ("{ json(value: {a: b}) }", "found the name `b`"),
        ("{ pick(by: {}) }", "expected exactly one of the fields id, name of `Pick`, found none"),
        ("{ pick(by: {id: 1, name: \"a\"}) }", "found id, name"),
        ("{ pick(by: {id: null}) }", "found id: null"),
    ] {
        refused(query, none(), &[message]);
        assert!(judge(query, none())[0].starts_with("BAD_USER_INPUT"), "{query}");
    }
    valid("{ pick(by: {id: 1}) }", none());
}

#[test]
fn variables_are_defined_used_and_of_fitting_types() {
    valid("query($n: Int!) { a(n: $n) { name } }", json!({"n": 1}));
    valid("query($n: Int) { a(n: $n) { name } }", json!({}));
    valid("query($n: Int = 5) { a(n: $n) { name } }", json!({}));
    valid("query($c: [Color!]!) { take(point: {x: 1}, colors: $c) }", json!({"c": "RED"}));
    valid("query($p: Point!) { take(point: $p, points: [$p]) }", json!({"p": {"x": 1.0, "color": "RED"}}));
    valid("query($x: Int! $c: Color) { take(point: {x: $x, color: $c}) }", json!({"x": 1}));
    valid("query($n: String!) { pick(by: {name: $n}) }", json!({"n": "a"}));
    valid("query($x: String, $y: Seq) { json(value: {a: [$x, $y]}) }", json!({"x": "a", "y": "1"}));
    valid("query($n: Int!) { a { ...F } } fragment F on A { b(n: $n) }", json!({"n": 1}));
    for (query, message) in [
        ("query($n: Int) { a { name } }", "variable `$n` is not used by the operation"),
        ("query X($n: Int) { a { name } }", "variable `$n` is not used by operation `X`"),
        ("{ a(n: $n) { name } }", "variable `$n` is not defined by the operation"),
        ("{ a { ...F } } fragment F on A { b(n: $n) }", "variable `$n` is not defined"),
        ("query($n: Int, $n: Int) { a(n: $n) { name } }", "variable `$n` is defined twice"),
        ("query($n: Nope) { a(n: $n) { name } }", "unknown type `Nope` of variable `$n`"),
        ("query($n: A) { a(n: $n) { name } }", "as the type of variable `$n`, found `A`"),
        (
            "query($n: String) { a(n: $n) { name } }",
            "variable `$n` of type `String` is used where a `Int!` is expected",
        ),
        ("query($x: Int) { take(point: {x: $x}) }", "used where a `Int!` is expected"),
        ("query($c: Color) { take(point: {x: 1}, colors: [$c]) }", "used where a `Color!` is expected"),
        ("query($c: Color!) { take(point: {x: 1}, colors: $c) }", "used where a `[Color!]!` is expected"),
        (
            "query($n: String) { pick(by: {name: $n}) }",
            "is the only field of an input object, which may not be null",
        ),
        ("query($n: String = \"a\") { pick(by: {name: $n}) }", "define it as `String!`"),
        ("query($n: Int!) { pick(by: {name: $n}) }", "used where a `String!` is expected"),
        (
            "query($n: Int = \"1\") { a(n: $n) { name } }",
            "the default of variable `$n`: expected a whole number",
        ),
        ("query($n: Int! = null) { a(n: $n) { name } }", "expected a value of type `Int!`, found null"),
        ("query($p: Point = {x: 1, y: {}}) { take(point: {x: 1}, points: [$p]) }", "at `y`"),
    ] {
        let found = judge(query, json!({}));
        assert!(found.iter().any(|found| found.contains(message)), "{query}: {found:?}");
    }
}

#[test]
fn values_of_variables_are_of_their_types() {
    let point = "query($p: Point!) { take(point: $p) }";
    for (query, variables, message) in [
        (point, json!({}), "variable `$p` of type `Point!` is required and was not given"),
        (point, json!({"p": null}), "must not be null"),
        (point, json!({"p": [{"x": 1}]}), "variable `$p`: expected an object of type `Point`, found a list"),
        (point, json!({"p": {"x": 1.5}}), "variable `$p`, at `x`: expected a whole number"),
        (point, json!({"p": {"x": 3_000_000_000_u64}}), "found 3000000000"),
        (
            point,
            json!({"p": {"x": 1, "more": [{"x": 1}, {"y": 1}]}}),
            "at `more[1]`: field `x: Int!` of `Point` is required",
        ),
        (
            point,
            json!({"p": {"x": 1, "color": "BLUE"}}),
            "at `color`: expected one of `RED`, `GREEN`, found \"BLUE\"",
        ),
        (point, json!({"p": {"x": 1, "nope": 1}}), "unknown field `nope` of `Point`"),
        ("query($n: Int) { a(n: $n) { name } }", json!({"n": null}), "is used where null is not allowed"),
        (
            "query($c: [Color!]) { take(point: {x: 1}, colors: $c) }",
            json!({"c": ["RED", null]}),
            "at `[1]`: expected a value of type `Color!`",
        ),
        (
            "query($b: Pick!) { pick(by: $b) }",
            json!({"b": {"id": "a", "name": "b"}}),
            "expected exactly one of the fields id, name",
        ),
        ("query($b: Pick!) { pick(by: $b) }", json!({"b": {"id": null}}), "expected exactly one"),
        ("query($s: Seq) { json(seq: $s) }", json!({"s": "many"}), "variable `$s`: "),
        ("query($v: JSON) { json(value: $v) }", json!({"v": [1e300]}), "beyond ±(2^53 - 1)"),
        (
            "query($f: Float) { json(value: {a: $f}) }",
            json!({"f": 1e300}),
            "argument `value` of field `Q.json`: the number",
        ),
    ] {
        refused(query, variables.clone(), &[message]);
        assert!(judge(query, variables)[0].starts_with("BAD_USER_INPUT"), "{query}");
    }
    // By the specification, undefined variables are ignored.
    valid(point, json!({"p": {"x": 1}, "q": 1}));
}
