//! The hash of a request covers every field.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::samples::{
    alias, assert_made, attributes, correct, equals, label, local, mark, payload, put, refresh, rollback,
    say, set, snapshot, source, sources, train, unmark,
};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{Seq, VersionId};
use crate::domain::item::Kind;
use crate::domain::search::conditions::Conditions;
use crate::domain::search::selection::{Span, Words};
use crate::domain::statement::StatementKind;
use crate::domain::version::Activity;
use crate::domain::write::proposal::{
    Change, Correct, Expected, Members, NewMember, Proposal, Put, Ref, Say, Selection, Snapshot,
};

fn v(byte: u8) -> VersionId {
    VersionId::from_bytes([byte; 32])
}

/// Returns the hash of a request with this one change.
pub(in crate::domain::tests) fn asked(change: Change) -> [u8; 32] {
    keyed(vec![change]).request().unwrap().1
}

fn keyed(changes: Vec<Change>) -> Proposal {
    Proposal {
        author: "ann".into(),
        message: None,
        idempotency_key: Some("key".into()),
        repeat_statements: true,
        changes,
    }
}

fn full_put() -> Put {
    Put {
        name: Some("a".into()),
        parent: Some(v(1).into()),
        expect_head: Some(v(2).into()),
        payload: payload("a cat"),
        media_type: Some("image/png".into()),
        attributes: attributes(json!({"class": "cat"})),
        ontology: Some(local("list")),
        sources: sources(&[("INPUT", v(3).into()), ("MASK", local("m"))]),
        activity: Some(full_activity()),
        class_changes: vec![class_change(ClassChangeKind::Merge, &["cat", "dog"])],
        tags: vec!["good".into(), "roofs".into()],
        message: Some("first try".into()),
        ..put(label("1"))
    }
}

fn full_activity() -> Activity {
    Activity {
        name: "crop".into(),
        code_reference: Some("git:abc".into()),
        parameters: attributes(json!({"size": 64})),
        started_at: Some(1),
        ended_at: Some(2),
    }
}

fn class_change(kind: ClassChangeKind, classes: &[&str]) -> ClassChange {
    ClassChange::listed(kind, classes.iter().map(|class| json!(class)).collect())
}

fn full_correct() -> Correct {
    Correct {
        name: Some("a".into()),
        payload: payload("a dog"),
        media_type: Some("image/png".into()),
        sources: Some(sources(&[("INPUT", v(3).into())])),
        ..correct(v(1), "dog")
    }
}

fn full_snapshot(members: Members) -> Snapshot {
    Snapshot {
        name: Some("a".into()),
        expect_head: Some(v(1).into()),
        attributes: attributes(json!({"a": 1})),
        sources: sources(&[("FILTERED", v(3).into())]),
        tags: vec!["good".into()],
        message: Some("first try".into()),
        ..snapshot("1", members)
    }
}

fn all() -> Members {
    Members::All(vec![NewMember { weight: Some(0.5), ..train(v(1)) }, train(local("b"))])
}

fn change() -> Members {
    Members::Change {
        base: v(1).into(),
        add: vec![train(v(2))],
        remove: vec![v(3).into(), local("c")],
        onto_head: false,
    }
}

fn search() -> Selection {
    Selection {
        namespaces: Some(vec!["default".parse().unwrap()]),
        kinds: Some(vec![Kind::Label]),
        key_prefix: Some("tiles/".into()),
        tags: Some(vec!["good".into()]),
        attributes: equals("class", json!("cat")),
        committed: Span { from: Some(Seq(1)), ..Span::default() },
        created: Span { since: Some(1), ..Span::default() },
        authors: Some(vec!["ann".into()]),
        wrong: Some(true),
        stale: Some(true),
        words: Words::new("a cat"),
        at: Some(Seq(4)),
    }
}

fn select(filter: Selection) -> Members {
    Members::Select { filter: Box::new(filter), split: "TRAIN".into() }
}

/// Returns every kind of change, with every field set.
pub(in crate::domain::tests) fn every_change() -> Vec<(&'static str, Change)> {
    vec![
        ("put", full_put().into()),
        ("correct", full_correct().into()),
        ("retract", Change::Retract(say(v(1)))),
        ("reinstate", Change::Reinstate(say(v(1)))),
        ("rollback", full_rollback()),
        ("snapshot all", full_snapshot(all()).into()),
        ("snapshot change", full_snapshot(change()).into()),
        ("snapshot select", full_snapshot(select(search())).into()),
        ("refresh", refresh("1").into()),
        ("set tag", full_alias()),
        ("remove tag", unmark("good", v(1)).into()),
        ("assert", assert_made(v(1), v(2)).into()),
    ]
}

fn full_rollback() -> Change {
    let mut rollback = rollback(label("1"), v(1));
    (rollback.name, rollback.reason) = (Some("a".into()), Some("first was right".into()));
    rollback.into()
}

fn full_alias() -> Change {
    let mut tag = alias("production", v(1));
    tag.expect = Some(v(2).into());
    tag.into()
}

/// `change!(sample, field = value, …)`: the sample with one field changed, once for each.
macro_rules! variants {
    ($sample:expr; $($($field:ident).+ = $value:expr),* $(,)?) => {
        vec![$({
            let mut sample = $sample;
            sample.$($field).+ = $value;
            Change::from(sample)
        }),*]
    };
}

fn variants_of_versions() -> Vec<Change> {
    let mut all = variants![full_put();
        name = None, name = Some("b".into()), item = source("1"), item = label("2"), parent = None, parent = Some(v(9).into()),
        parent = Some(local("p")), expect_head = None, expect_head = Some(v(9).into()), expect_head = Some(Expected::Nothing), payload = None, payload = payload("a dog"),
        media_type = None, media_type = Some("image/jpeg".into()), attributes = Attributes::empty(), ontology = None,
        ontology = Some(v(9).into()), sources = Vec::new(), sources = sources(&[("INPUT", v(3).into())]),
        sources = sources(&[("MASK", v(3).into()), ("INPUT", local("m"))]), sources = sources(&[("INPUT", v(3).into()), ("MASK", local("n"))]),
        activity = None, activity = Some(Activity { name: "pad".into(), ..full_activity() }),
        activity = Some(Activity { code_reference: None, ..full_activity() }),
        activity = Some(Activity { parameters: Attributes::empty(), ..full_activity() }),
        activity = Some(Activity { started_at: None, ..full_activity() }), activity = Some(Activity { ended_at: None, ..full_activity() }),
        activity = Some(Activity { started_at: Some(2), ended_at: Some(1), ..full_activity() }),
        class_changes = Vec::new(), class_changes = vec![class_change(ClassChangeKind::Split, &["cat", "dog"])],
        class_changes = vec![class_change(ClassChangeKind::Merge, &["cat"]), class_change(ClassChangeKind::Merge, &["dog"])],
        class_changes = vec![ClassChange::mapped(ClassChangeKind::Merge, vec![json!("cat")], vec![json!("dog")])],
        tags = Vec::new(), tags = vec!["good".into()], tags = vec!["goodroofs".into()], message = None, message = Some("second try".into()), record_image_size = true,
    ];
    all.extend(variants![full_correct();
        name = None, version = v(9).into(), version = local("w"),
        version = Ref::Named("w".into()), version = Ref::Named(v(1).to_string()), attributes = None, attributes = Some(Attributes::empty()),
        payload = None, media_type = None, sources = None, sources = Some(Vec::new()), reason = "other".into(), record_image_size = true,
        ontology = Some(v(9).into()), ontology = Some(local("n")), expect_head = Some(v(9).into()), expect_head = Some(Expected::Nothing),
        activity = Some(full_activity()), message = Some("so".into()), message = Some("activity".into()),
    ]);
    all
}

fn variants_of_sets() -> Vec<Change> {
    let member = |weight, split: &str| NewMember { weight, split: split.into(), ..train(v(1)) };
    let mut all = variants![full_snapshot(all());
        name = None, item = set("2"), complete = false, expect_head = None, expect_head = Some(Expected::Nothing), attributes = Attributes::empty(), sources = Vec::new(),
        tags = Vec::new(), message = None, members = Members::All(Vec::new()), members = Members::All(vec![member(Some(0.5), "TRAIN")]),
        members = Members::All(vec![member(None, "TRAIN"), train(local("b"))]), members = Members::All(vec![member(Some(0.5), "TEST"), train(local("b"))]),
    ];
    let base = || Ref::from(v(1));
    all.extend(variants![full_snapshot(change());
        members = Members::Change { base: v(9).into(), add: vec![train(v(2))], remove: vec![v(3).into(), local("c")], onto_head: false },
        members = Members::Change { base: base(), add: Vec::new(), remove: vec![v(3).into(), local("c")], onto_head: false },
        members = Members::Change { base: base(), add: vec![train(v(2))], remove: vec![v(3).into()], onto_head: false },
        members = Members::Change { base: base(), add: Vec::new(), remove: Vec::new(), onto_head: false },
        members = Members::Change { base: base(), add: Vec::new(), remove: Vec::new(), onto_head: true },
    ]);
    all.extend(variants![full_snapshot(select(search()));
        members = Members::Select { filter: Box::new(search()), split: "TEST".into() }, members = select(Selection::default()),
        members = select(Selection { namespaces: None, ..search() }), members = select(Selection { namespaces: Some(Vec::new()), ..search() }),
        members = select(Selection { kinds: None, ..search() }), members = select(Selection { kinds: Some(Vec::new()), ..search() }),
        members = select(Selection { kinds: Some(vec![Kind::Source]), ..search() }), members = select(Selection { key_prefix: None, ..search() }),
        members = select(Selection { key_prefix: Some(String::new()), ..search() }), members = select(Selection { tags: None, ..search() }),
        members = select(Selection { tags: Some(Vec::new()), ..search() }), members = select(Selection { at: None, ..search() }),
        members = select(Selection { at: Some(Seq(5)), ..search() }),
    ]);
    all.extend(searches().into_iter().map(|filter| full_snapshot(select(filter)).into()));
    all.extend(
        variants![refresh("1"); item = set("2"), causes = Vec::new(), causes = vec![StatementKind::Corrects],
            expect_head = Some(v(1).into()), expect_head = Some(Expected::Nothing)],
    );
    all
}

fn searches() -> Vec<Selection> {
    let conditions = |conditions: Conditions| Some(conditions.predicates("class").unwrap());
    let (cat, none) = (json!("cat"), Conditions::default);
    let attributes = [
        None,
        Some(Vec::new()),
        equals("class", json!("dog")),
        equals("name", cat.clone()),
        conditions(Conditions { one_of: Some(vec![cat.clone(), json!("dog")]), ..none() }),
        conditions(Conditions { at_least: Some(cat.clone()), ..none() }),
        conditions(Conditions { above: Some(cat.clone()), ..none() }),
        conditions(Conditions { at_most: Some(cat.clone()), ..none() }),
        conditions(Conditions { below: Some(cat), ..none() }),
        conditions(Conditions { exists: Some(true), ..none() }),
        conditions(Conditions { exists: Some(false), ..none() }),
    ];
    let spans = [
        Span::default(),
        Span { from: Some(Seq(7)), ..Span::default() },
        Span { to: Some(Seq(7)), ..Span::default() },
        Span { since: Some(7), ..Span::default() },
        Span { until: Some(7), ..Span::default() },
    ];
    let mut all: Vec<Selection> =
        attributes.into_iter().map(|attributes| Selection { attributes, ..search() }).collect();
    for span in spans {
        all.extend([Selection { committed: span, ..search() }, Selection { created: span, ..search() }]);
    }
    for truth in [None, Some(false)] {
        all.extend([Selection { wrong: truth, ..search() }, Selection { stale: truth, ..search() }]);
    }
    for authors in [None, Some(Vec::new()), Some(vec!["bob".into()])] {
        all.push(Selection { authors, ..search() });
    }
    all.extend([None, Words::new("a cat "), Words::new("cat")].map(|words| Selection { words, ..search() }));
    all
}

fn variants_of_the_rest() -> Vec<Change> {
    let mut said = say(v(2));
    said.reason = "other".into();
    let mut all = vec![Change::Retract(say(v(2))), Change::Retract(said.clone()), Change::Reinstate(said)];
    for expected in [Expected::Nothing, v(1).into(), local("e").into()] {
        let said = Say { expect_head: Some(expected), ..say(v(2)) };
        all.extend([Change::Retract(said.clone()), Change::Reinstate(said)]);
    }
    let made = Say { activity: Some(full_activity()), ..say(v(2)) };
    for said in [
        made.clone(),
        Say { message: Some("so".into()), ..made },
        Say { message: Some("so".into()), ..say(v(2)) },
    ] {
        all.extend([Change::Retract(said.clone()), Change::Reinstate(said)]);
    }
    all.extend(variants![rollback(label("1"), v(1)); item = label("2"), to = v(2).into(), name = Some("a".into()), reason = Some("so".into()), expect_head = Some(v(1).into()), expect_head = Some(Expected::Nothing)]);
    all.extend(variants![alias("production", v(1)); name = "other".into(), version = v(2).into(), alias = false, expect = Some(v(1).into()), expect = Some(Expected::Nothing)]);
    all.extend(variants![unmark("good", v(1)); name = "production".into(), version = v(2).into(), expect = Some(v(2).into()), expect = Some(Expected::Nothing)]);
    all.extend(variants![assert_made(v(1), v(2));
        derived = v(2).into(), source = v(1).into(), role = "MASK".into(), reason = "other".into()]);
    all.push(mark("production", local("production")).into());
    all
}

/// A request that differs in any field has another hash.
#[test]
fn every_field_changes_the_hash() {
    let every = every_change().into_iter().map(|(_, change)| change);
    let changes: Vec<Change> =
        every.chain(variants_of_versions()).chain(variants_of_sets()).chain(variants_of_the_rest()).collect();
    assert!(changes.len() > 100);
    let mut known: BTreeMap<[u8; 32], Change> = BTreeMap::new();
    for change in changes {
        if let Some(other) = known.insert(asked(change.clone()), change.clone()) {
            panic!("the same hash for\n{other:?}\nand\n{change:?}");
        }
    }
}

#[test]
fn a_key_belongs_to_its_author() {
    let ask = |author: &str, key: &str, message: Option<&str>| {
        let mut proposal = keyed(vec![refresh("1").into()]);
        (proposal.author, proposal.idempotency_key) = (author.into(), Some(key.into()));
        proposal.message = message.map(str::to_owned);
        proposal.request().unwrap()
    };
    assert_eq!(ask("ann", "1", None), ask("ann", "1", None));
    assert_ne!(ask("ann", "1", None).0, ask("bob", "1", None).0);
    assert_ne!(ask("ann1", "", None).0, ask("ann", "1", None).0);
    assert_eq!(ask("ann", "1", None).1, ask("bob", "2", None).1);
    assert_ne!(ask("ann", "1", None).1, ask("ann", "1", Some("")).1);
    let unkeyed = Proposal { idempotency_key: None, ..keyed(vec![refresh("1").into()]) };
    assert_eq!(unkeyed.request(), None);
}

#[test]
fn order_and_number_of_changes_change_the_hash() {
    let ask = |changes: Vec<Change>| keyed(changes).request().unwrap().1;
    let (one, two) = (Change::from(mark("a", v(1))), Change::from(mark("b", v(1))));
    assert_ne!(ask(vec![one.clone(), two.clone()]), ask(vec![two, one.clone()]));
    assert_ne!(ask(vec![one.clone()]), ask(vec![one.clone(), one]));
}

#[test]
fn records_and_payloads_to_load() {
    let changes = every_change().into_iter().map(|(_, change)| change).collect();
    let proposal = keyed(changes);
    assert_eq!(proposal.payloads(), [payload("a cat").unwrap(), payload("a dog").unwrap()].into());
    assert_eq!(proposal.records_needed().collect::<Vec<_>>(), [&Ref::from(v(1)), &Ref::from(v(1))]);
    assert_eq!(proposal.refreshes().collect::<Vec<_>>(), [&set("1")]);
}
