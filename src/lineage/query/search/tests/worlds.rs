//! Small random worlds, and filters that often match something in them.

use super::*;

/// The commits, oldest first.
#[derive(Debug, Clone)]
pub(super) struct SearchWorld {
    pub commits: Vec<WorldCommit>,
}

#[derive(Debug, Clone)]
pub(super) struct WorldCommit {
    pub author: String,
    pub steps: Vec<WorldStep>,
}

/// A step; it names items and versions by any number, which is reduced modulo their count.
#[derive(Debug, Clone)]
pub(super) enum WorldStep {
    Put { item: u8, attributes: Value, sources: Vec<u8> },
    Pin { set: u8, members: Vec<u8>, complete: bool },
    Say { version: u8, kind: StatementKind },
    Tag { name: u8, alias: bool, version: u8, set: bool },
}

/// A filter as a user writes it.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub namespaces: Option<Vec<String>>,
    pub kinds: Option<Vec<Kind>>,
    pub key_prefix: Option<String>,
    pub tags: Option<Vec<String>>,
    pub attributes: Option<Vec<(String, Conditions)>>,
    pub committed: Span,
    pub created: Span,
    pub authors: Option<Vec<String>>,
    pub wrong: Option<bool>,
    pub stale: Option<bool>,
    pub words: Option<String>,
}

pub(super) const KEYS: [(&str, Kind, &str); 6] = [
    ("a", Kind::Label, "tiles/Owl"),
    ("a", Kind::Label, "tiles/owlet-2"),
    ("a", Kind::Source, "owl"),
    ("b", Kind::Label, "tiles/lark"),
    ("b", Kind::Derived, "crop lark"),
    ("b", Kind::Model, "net"),
];
pub(super) const SETS: [(&str, Kind, &str); 2] =
    [("a", Kind::TrainingSet, "owls"), ("b", Kind::TrainingSet, "all")];

fn value() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(0.5),
        json!(-1),
        json!("owl"),
        json!("Barn Owl"),
        json!("lark"),
        json!("2026-03-01T12:00:00Z"),
        json!("2026-04-01T12:00:00Z"),
        json!("a lark that was seen from so far away that nobody could tell whether it was an owl"),
        json!(["owl", "lark"]),
        json!({"x": "owl", "y": 1}),
        json!({"x": ["lark"]}),
    ])
}

fn attributes() -> impl Strategy<Value = Value> {
    let value = || prop::option::of(value());
    (value(), value()).prop_map(|(class, note)| {
        let mut map = serde_json::Map::new();
        map.extend(class.map(|value| ("class".to_owned(), value)));
        map.extend(note.map(|value| ("note".to_owned(), value)));
        Value::Object(map)
    })
}

fn step() -> impl Strategy<Value = WorldStep> {
    let some = || prop::collection::vec(any::<u8>(), 0..3);
    let kinds = [StatementKind::Retracts, StatementKind::Corrects, StatementKind::Reinstates];
    prop_oneof![
        5 => (any::<u8>(), attributes(), some())
            .prop_map(|(item, attributes, sources)| WorldStep::Put { item, attributes, sources }),
        1 => (any::<u8>(), some(), any::<bool>())
            .prop_map(|(set, members, complete)| WorldStep::Pin { set, members, complete }),
        2 => (any::<u8>(), prop::sample::select(kinds.to_vec()))
            .prop_map(|(version, kind)| WorldStep::Say { version, kind }),
        2 => (0..2_u8, any::<bool>(), any::<u8>(), prop::bool::weighted(0.7))
            .prop_map(|(name, alias, version, set)| WorldStep::Tag { name, alias, version, set }),
    ]
}

pub(super) fn world() -> impl Strategy<Value = SearchWorld> {
    let commit = ("ann|bob", prop::collection::vec(step(), 1..5))
        .prop_map(|(author, steps)| WorldCommit { author, steps });
    prop::collection::vec(commit, 1..7).prop_map(|commits| SearchWorld { commits })
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let bound = |texts: bool| {
        let all = if texts {
            vec![json!("lark"), json!("a"), json!("2026-03-15")]
        } else {
            vec![json!(0), json!(0.5)]
        };
        prop::option::of(prop::sample::select(all))
    };
    let range = any::<bool>().prop_flat_map(move |texts| (bound(texts), bound(texts), any::<(bool, bool)>()));
    let range = range.prop_map(|(low, high, (open, closed))| {
        let mut conditions = Conditions::default();
        *(if open { &mut conditions.above } else { &mut conditions.at_least }) = low;
        *(if closed { &mut conditions.at_most } else { &mut conditions.below }) = high;
        conditions
    });
    prop_oneof![
        value().prop_map(|equals| Conditions { equals: Some(equals), ..Conditions::default() }),
        prop::collection::vec(value(), 0..3)
            .prop_map(|values| Conditions { one_of: Some(values), ..Conditions::default() }),
        any::<bool>().prop_map(|exists| Conditions { exists: Some(exists), ..Conditions::default() }),
        range.prop_filter("asks something", |range| *range != Conditions::default()),
    ]
}

fn span() -> impl Strategy<Value = Span> {
    let number = || prop::option::weighted(0.3, 0..8_u64);
    (number(), number(), number(), number()).prop_map(|(from, to, since, until)| Span {
        from: from.map(Seq),
        to: to.map(Seq),
        // Between two commits and at one.
        since: since.map(|time| i64::try_from(time).unwrap() * 5),
        until: until.map(|time| i64::try_from(time).unwrap() * 5),
    })
}

fn maybe<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = Option<Vec<T>>> + use<T> {
    let list = prop::collection::vec(prop::sample::select(all.to_vec()), 0..3);
    prop::option::weighted(0.2, list)
}

pub(super) fn filter() -> impl Strategy<Value = Filter> {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let path = prop::sample::select(texts(&["class", "note", "class.x", "note.y", "other"]));
    let some = |all: &[&str]| prop::option::weighted(0.2, prop::sample::select(texts(all)));
    let truth = || prop::option::weighted(0.15, any::<bool>());
    let who = (
        maybe(&texts(&["a", "b", "c"])),
        maybe(&[Kind::Label, Kind::Source, Kind::TrainingSet, Kind::Model]),
        some(&["", "t", "tiles/owl", "net"]),
        maybe(&texts(&["tag-0", "tag-1", "tag-2"])),
    );
    let said = (
        prop::option::weighted(0.5, prop::collection::vec((path, conditions()), 0..3)),
        prop::option::weighted(0.2, span()),
        prop::option::weighted(0.2, span()),
        maybe(&texts(&["ann", "bob", "eve"])),
    );
    let rest =
        (truth(), truth(), some(&["owl", "OWL ", "ow", "lark tiles", "seen lark", "x", "2 ", "crop la"]));
    (who, said, rest).prop_map(|(who, said, rest)| Filter {
        namespaces: who.0,
        kinds: who.1,
        key_prefix: who.2,
        tags: who.3,
        attributes: said.0,
        committed: said.1.unwrap_or_default(),
        created: said.2.unwrap_or_default(),
        authors: said.3,
        wrong: rest.0,
        stale: rest.1,
        words: rest.2,
    })
}

impl Filter {
    pub(super) fn selection(&self) -> Selection {
        let predicates = |all: &Vec<(String, Conditions)>| {
            all.iter().flat_map(|(path, one)| one.clone().predicates(path).unwrap()).collect()
        };
        Selection {
            namespaces: self
                .namespaces
                .as_ref()
                .map(|all| all.iter().map(|one| one.parse().unwrap()).collect()),
            kinds: self.kinds.clone(),
            key_prefix: self.key_prefix.clone(),
            tags: self.tags.clone(),
            attributes: self.attributes.as_ref().map(predicates),
            committed: self.committed,
            created: self.created,
            authors: self.authors.clone(),
            wrong: self.wrong,
            stale: self.stale,
            words: self.words.as_deref().and_then(Words::new),
            at: None,
        }
    }
}
