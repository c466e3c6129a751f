//! Compares the memoised traversal with a plain recursion over a model of a document, on small
//! random documents.

use std::fmt::Write;

use proptest::prelude::*;
use serde_json::json;

use super::super::*;
use super::measure_with;

const FRAGMENTS: usize = 4;

/// A selection. A fragment spreads only fragments with larger numbers, so there are no cycles.
#[derive(Debug, Clone)]
enum ModelSelection {
    Field { name: &'static str, page: PageArgument, alias: bool, skip: bool, below: Vec<ModelSelection> },
    Inline(Vec<ModelSelection>),
    Spread(usize),
}

#[derive(Debug, Clone, Copy)]
enum PageArgument {
    Absent,
    First(u64),
    /// `$n`, which is 4.
    Given,
    /// `$d`, whose default is 6.
    Defaulted,
}

#[derive(Debug, Default, Clone, Copy)]
struct Plain {
    cost: u64,
    nodes: u64,
    depth: u64,
    aliases: u64,
    directives: u64,
    fields: u64,
    connection: bool,
}

fn plain(set: &[ModelSelection], fragments: &[Vec<ModelSelection>]) -> Plain {
    let mut total = Plain { depth: 1, ..Plain::default() };
    for pick in set {
        let one = match pick {
            ModelSelection::Spread(i) => plain(&fragments[*i], fragments),
            ModelSelection::Inline(below) => plain(below, fragments),
            ModelSelection::Field { name, page, alias, skip, below } => {
                let below = if below.is_empty() { Plain::default() } else { plain(below, fragments) };
                let size = match page {
                    PageArgument::First(n) => *n,
                    PageArgument::Given => 4,
                    PageArgument::Defaulted => 6,
                    PageArgument::Absent if below.connection => DEFAULT_PAGE,
                    PageArgument::Absent => 1,
                };
                Plain {
                    cost: 1 + size * below.cost,
                    aliases: below.aliases + u64::from(*alias),
                    directives: below.directives + u64::from(*skip),
                    fields: 1,
                    connection: matches!(*name, "edges") || (*name == "nodes"),
                    ..below
                }
            }
        };
        total.cost += one.cost;
        total.nodes += 1 + one.nodes;
        total.depth = total.depth.max(1 + one.depth);
        total.aliases += one.aliases;
        total.directives += one.directives;
        total.fields += one.fields;
        total.connection |= one.connection;
    }
    total
}

fn write_set(set: &[ModelSelection], text: &mut String) {
    text.push_str("{ ");
    for pick in set {
        match pick {
            ModelSelection::Spread(i) => write!(text, "...F{i} ").unwrap(),
            ModelSelection::Inline(below) => {
                text.push_str("... ");
                write_set(below, text);
            }
            ModelSelection::Field { name, page, alias, skip, below } => {
                text.push_str(if *alias { "z: " } else { "" });
                text.push_str(name);
                match page {
                    PageArgument::Absent => {}
                    PageArgument::First(n) => write!(text, "(first: {n})").unwrap(),
                    PageArgument::Given => text.push_str("(first: $n)"),
                    PageArgument::Defaulted => text.push_str("(last: $d)"),
                }
                text.push_str(if *skip { " @skip(if: false) " } else { " " });
                if !below.is_empty() {
                    write_set(below, text);
                }
            }
        }
    }
    text.push_str("} ");
}

fn picks(first_fragment: usize) -> impl Strategy<Value = Vec<ModelSelection>> {
    let page = prop_oneof![
        4 => Just(PageArgument::Absent),
        1 => (1..20_u64).prop_map(PageArgument::First),
        1 => Just(PageArgument::Given),
        1 => Just(PageArgument::Defaulted),
    ];
    let name = prop::sample::select(vec!["a", "b", "edges", "nodes"]);
    let field = (name, page, any::<bool>(), any::<bool>());
    let leaf = field.clone().prop_map(|(name, _, alias, skip)| ModelSelection::Field {
        name,
        page: PageArgument::Absent,
        alias,
        skip,
        below: Vec::new(),
    });
    let spread = (first_fragment..FRAGMENTS.max(first_fragment + 1)).prop_map(|i| {
        // The last fragment has no other to spread.
        if i < FRAGMENTS { ModelSelection::Spread(i) } else { ModelSelection::Inline(vec![leaf_named("a")]) }
    });
    let pick = prop_oneof![3 => leaf, 2 => spread].prop_recursive(3, 16, 4, move |inner| {
        let below = prop::collection::vec(inner, 1..4);
        prop_oneof![
            3 => (field.clone(), below.clone()).prop_map(|((name, page, alias, skip), below)| {
                // `nodes` with arguments is a lookup of ids, which this model does not include.
                let page = if name == "nodes" { PageArgument::Absent } else { page };
                ModelSelection::Field { name, page, alias, skip, below }
            }),
            1 => below.prop_map(ModelSelection::Inline),
        ]
    });
    prop::collection::vec(pick, 1..4)
}

fn leaf_named(name: &'static str) -> ModelSelection {
    ModelSelection::Field { name, page: PageArgument::Absent, alias: false, skip: false, below: Vec::new() }
}

proptest! {
    #[test]
    fn agrees_with_a_plain_recursion(
        operation in picks(0),
        fragments in (picks(1), picks(2), picks(3), picks(4)),
    ) {
        let fragments = [fragments.0, fragments.1, fragments.2, fragments.3];
        let mut text = String::from("query($n: Int, $d: Int = 6) ");
        write_set(&operation, &mut text);
        for (i, fragment) in fragments.iter().enumerate() {
            write!(text, "fragment F{i} on T ").unwrap();
            write_set(fragment, &mut text);
        }
        let open = Limits {
            nodes: u64::MAX, depth: u64::MAX, aliases: u64::MAX, directives: u64::MAX,
            root_fields: u64::MAX, cost: u64::MAX, ..Limits::default()
        };
        let measured = measure_with(&text, json!({ "n": 4 }), &open).unwrap();
        let plain = plain(&operation, &fragments);
        let expected = Cost {
            cost: plain.cost,
            nodes: plain.nodes,
            depth: plain.depth,
            aliases: plain.aliases,
            directives: plain.directives,
            root_fields: plain.fields,
        };
        prop_assert_eq!(measured, expected, "{}", text);
    }
}
