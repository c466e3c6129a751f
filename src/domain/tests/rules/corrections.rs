//! New versions and statements about older ones: the cases in which a retry, a head or a parent is
//! easily confused.

use serde_json::json;

use super::super::desk::{PICTURE, TestLedger, proposal};
use super::super::model::Model;
use super::super::samples::{
    assert_made, attributes, class, correct, key, label, local, mark, payload, pins, put, put_class,
    rollback, say, set, source, sources,
};
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::entry::Entry;
use crate::domain::log::facts::Outcome;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementKind;
use crate::domain::write::proposal::{Change, Correct, Proposal, Put, Rollback, Say};
use crate::domain::write::world::World;

fn desk() -> TestLedger<Model> {
    TestLedger::new(&["a cat", "a dog"])
}

#[test]
fn content_equal_to_its_parents_makes_no_version() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    assert_eq!(desk.would_write(put_class("1", "cat")), None);
    let second = desk.make(put_class("1", "dog"));
    assert_ne!(first, second);
    assert_eq!(desk.head_of(&label("1")), Some(second));
    // Named as parent, the older version is found again, and the head does not move.
    let again = Put { parent: Some(first.into()), ..put_class("1", "cat") };
    assert_eq!(desk.make(again), first);
    assert_eq!(desk.head_of(&label("1")), Some(second));
}

#[test]
fn a_write_with_a_parent_finds_its_result_after_others_moved_on() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let asked = Put { parent: Some(first.into()), ..put_class("1", "dog") };
    let second = desk.make(asked.clone());
    let third = desk.make(put_class("1", "cow"));
    assert_eq!(desk.would_write(asked.clone()), None);
    assert_eq!(desk.make(asked), second);
    assert_eq!(desk.head_of(&label("1")), Some(third));
    let without_parent = desk.would_write(put_class("1", "dog")).unwrap();
    assert_eq!(without_parent.versions[0].parent, Some(third), "no parent named: the head of now");
    assert_eq!(without_parent.versions[0].number, 4);
}

/// The retry is recognised by the id that it would have, so its sources must be sorted before it is
/// looked for.
#[test]
fn a_write_that_expects_a_head_finds_its_result_for_any_order_of_its_sources() {
    let mut desk = desk();
    let (a, b) = (desk.make(put(source("a"))), desk.make(put(source("b"))));
    let first = desk.make(put_class("1", "cat"));
    for pair in [[a, b], [b, a]] {
        let made_from =
            sources(&[("RIGHT", pair[0].into()), ("LEFT", pair[1].into()), ("LEFT", pair[1].into())]);
        let item = label(&format!("crop of {a} {}", pair[0]));
        let head = desk.make(put(item.clone()));
        let asked = Put { expect_head: Some(head.into()), sources: made_from, ..put(item) };
        let made = desk.make(asked.clone());
        assert_eq!(desk.would_write(asked.clone()), None);
        assert_eq!(desk.make(asked), made);
    }
    assert_eq!(desk.head_of(&label("1")), Some(first));
}

#[test]
fn a_correction_is_a_version_on_the_wrong_one_and_a_statement() {
    let mut desk = desk();
    let first = desk.make(Put { payload: payload("a cat"), ..put_class("1", "cat") });
    let second = desk.make(put_class("1", "cow"));
    let entry = desk.would_write(correct(first, "dog")).unwrap();
    assert_eq!(entry.versions[0].parent, Some(first));
    assert_eq!(entry.versions[0].content.attributes, class("dog"));
    assert_eq!(entry.versions[0].content.payload, payload("a cat"), "what is not given is kept");
    assert_eq!(entry.blobs, [], "a payload that is kept is not named for the first time");
    let third = desk.make(correct(first, "dog"));
    assert_eq!((desk.head_of(&label("1")), desk.world.wrong(no(&desk, first))), (Some(third), true));
    assert!(!desk.world.wrong(no(&desk, second)), "superseded is not wrong");
    assert_eq!(desk.would_write(correct(first, "dog")), None);
    // With another reason, it is another statement about the same versions.
    let other = Correct { reason: "said the owner".into(), ..correct(first, "dog") };
    let entry = desk.would_write(other).unwrap();
    assert_eq!((entry.versions.len(), entry.statements.len()), (0, 1));
    assert_eq!(entry.statements[0].by, Some(third));
}

#[test]
fn a_correction_may_use_a_newer_class_list() {
    let mut desk = desk();
    let list = ItemKey::new("farm".parse().unwrap(), Kind::Ontology, "classes").unwrap();
    let old = desk.make(Put { attributes: class("cat"), ..put(list.clone()) });
    let first = desk.make(Put { ontology: Some(old.into()), ..put_class("1", "cat") });
    let new = desk.make(Put { attributes: class("cat and dog"), ..put(list) });
    let stays = desk.would_write(correct(first, "dog")).unwrap();
    assert_eq!(stays.versions[0].content.ontology, Some(old));
    let entry = desk.would_write(Correct { ontology: Some(new.into()), ..correct(first, "dog") }).unwrap();
    assert_eq!(entry.versions[0].content.ontology, Some(new));
    assert_eq!(entry.statements[0].version, first);
    let refused =
        desk.plan(&proposal(vec![Correct { ontology: Some(first.into()), ..correct(first, "dog") }.into()]));
    assert!(refused.unwrap_err().to_string().contains("a version of an ONTOLOGY"));
}

/// The right content was put first, and the older version was stated to be wrong only later. When
/// the head has moved on, the retry must still find that version and not put its content on top.
#[test]
fn a_correction_finds_its_result_after_the_head_it_named_moved_on() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    desk.make(put_class("1", "cow"));
    let right = desk.make(put_class("1", "dog"));
    assert_eq!(desk.make(correct(first, "dog")), right);
    let head = desk.make(put_class("1", "goat"));
    assert_eq!(desk.would_write(correct(first, "dog")), None);
    assert_eq!(desk.make(correct(first, "dog")), right);
    assert_eq!(desk.head_of(&label("1")), Some(head));
}

/// Within one commit, too, a statement is judged by the one before it.
#[test]
fn later_statements_of_a_commit_see_earlier_ones() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let because = |reason: &str| Say { reason: reason.into(), ..say(first) };
    let reinstated =
        vec![Change::Retract(say(first)), Change::Reinstate(because("a")), Change::Reinstate(because("a"))];
    let planned = desk.plan(&proposal(reinstated.clone())).unwrap();
    assert_eq!(planned.entry.unwrap().statements.len(), 2);
    let twice = [reinstated, vec![Change::Reinstate(because("b"))]].concat();
    let refused = desk.plan(&proposal(twice)).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!(
            "change 3: expected a wrong version, found {first}, which is not wrong; there is nothing to reinstate"
        )
    );
}

#[test]
fn a_derivation_known_at_birth_is_not_asserted_again() {
    let mut desk = desk();
    let image = desk.make(put(source("1")));
    let crop =
        Put { name: Some("crop".into()), sources: sources(&[("INPUT", image.into())]), ..put(label("1")) };
    let both = vec![crop.clone().into(), assert_made(local("crop"), image).into()];
    let planned = desk.plan(&proposal(both)).unwrap();
    assert_eq!((planned.entry.unwrap().asserted.len(), planned.outcomes[1].created), (0, false));
    let crop = desk.make(crop);
    assert_eq!(desk.would_write(assert_made(crop, image)), None);
}

#[test]
fn a_payload_is_recorded_once_in_a_commit() {
    let desk = desk();
    let whole = |name: &str| Change::from(Put { payload: payload("a cat"), ..put(source(name)) });
    let entry = desk.plan(&proposal(vec![whole("1"), whole("2")])).unwrap().entry.unwrap();
    assert_eq!((entry.versions.len(), entry.blobs.len()), (2, 1));
}

#[test]
fn a_correction_of_a_correction_leaves_both_wrong() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let second = desk.make(correct(first, "dog"));
    let third = desk.make(correct(second, "cow"));
    let wrong = [first, second, third].map(|version| desk.world.wrong(no(&desk, version)));
    assert_eq!(wrong, [true, true, false]);
}

#[test]
fn a_retraction_and_its_outcome() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let outcomes = desk.commit(vec![Change::Retract(say(first))]).unwrap();
    let version = Some(no(&desk, first));
    let expected =
        Outcome { version, statement: Some((Seq(2), 0)), seq: Seq(2), created: true, ..Outcome::default() };
    assert_eq!(outcomes, [expected]);
    desk.make(put_class("2", "cat"));
    let again = desk.commit(vec![Change::Retract(say(first))]).unwrap();
    assert_eq!(
        again,
        [Outcome { created: false, ..expected }],
        "the statement and the commit of the first time"
    );
}

/// The payload is taken over with the content: it was stored when the older version named it, and
/// is not looked up again.
#[test]
fn a_rollback_brings_content_back() {
    let mut desk = desk();
    let whole = Put { payload: payload("a cat"), media_type: Some("image/png".into()), ..put(source("1")) };
    let first = desk.make(whole);
    let second = desk.make(Put { payload: payload("a dog"), ..put(source("1")) });
    let entry = desk.would_write(rollback(source("1"), first)).unwrap();
    assert_eq!(
        (entry.versions[0].parent, entry.versions[0].content.payload),
        (Some(second), payload("a cat"))
    );
    let third = desk.make(rollback(source("1"), first));
    assert_ne!(third, first);
    assert_eq!(desk.world.content(no(&desk, third)), desk.world.content(no(&desk, first)));
    assert_eq!(desk.would_write(rollback(source("1"), first)), None);
    assert_eq!(desk.make(rollback(source("1"), third)), third, "back to the head is nothing");
}

/// A name may refer to an existing version; a later change of the commit may need its content.
#[test]
fn a_commit_with_names_can_be_repeated() {
    let mut desk = desk();
    let changes: Vec<Change> = vec![
        Put { name: Some("img".into()), payload: payload("a cat"), ..put(source("1")) }.into(),
        Put {
            name: Some("said".into()),
            sources: sources(&[("IMAGE", local("img"))]),
            ..put_class("1", "cat")
        }
        .into(),
        Correct { name: Some("better".into()), ..correct(local("said"), "dog") }.into(),
        mark("reviewed", local("better")).into(),
    ];
    let first = desk.commit(changes.clone()).unwrap();
    assert_eq!(desk.head.seq, Seq(1));
    let parent = desk.world.version_id(first[1].version.unwrap());
    let mut again = changes;
    if let Change::Put(put) = &mut again[1] {
        put.parent = Some(parent.into());
    }
    let found = desk.plan(&proposal(again)).unwrap();
    assert_eq!(found.entry, None);
    assert!(found.outcomes.iter().zip(&first).all(|(now, then)| now.version == then.version && !now.created));
}

#[test]
fn names_work_in_every_field_that_takes_a_version() {
    let mut desk = desk();
    let named = |name: &str, put: Put| Put { name: Some(name.into()), ..put };
    let changes: Vec<Change> = vec![
        named("list", put(key(Kind::Ontology, "animals"))).into(),
        named("a", put_class("1", "cat")).into(),
        Put { ontology: Some(local("list")), parent: Some(local("a")), ..named("b", put_class("1", "dog")) }
            .into(),
        Put { expect_head: Some(local("b").into()), ..named("c", put_class("1", "cow")) }.into(),
        Change::Retract(say(local("c"))),
        Change::Reinstate(say(local("c"))),
        Rollback { name: Some("d".into()), ..rollback(label("1"), local("a")) }.into(),
        mark("good", local("d")).into(),
        assert_made(local("c"), local("d")).into(),
    ];
    let outcomes = desk.commit(changes).unwrap();
    let history = desk.world.history(desk.world.item(&label("1").id()).unwrap());
    let numbers = [1, 2, 3, 6].map(|change: usize| outcomes[change].version.unwrap());
    assert_eq!(history, numbers);
    assert!(!desk.world.wrong(numbers[2]));
    assert!(desk.world.depends_on(numbers[2], numbers[3]));
}

/// Tags given with a version are set on the version that is found, and that makes something.
#[test]
fn tags_given_with_a_version_are_set_on_the_one_found() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let tagged = Put { tags: vec!["good".into(), "good".into()], ..put_class("1", "cat") };
    let outcomes = desk.commit(vec![tagged.clone().into()]).unwrap();
    assert_eq!((outcomes[0].version, outcomes[0].created), (Some(no(&desk, first)), true));
    assert_eq!(desk.would_write(tagged), None);
}

#[test]
fn a_request_with_a_key_is_recorded_even_if_it_makes_nothing() {
    let mut desk = desk();
    desk.make(put_class("1", "cat"));
    let keyed = Proposal {
        idempotency_key: Some("once".into()),
        message: Some("again".into()),
        ..proposal(vec![put_class("1", "cat").into()])
    };
    let entry = desk.plan(&keyed).unwrap().entry.unwrap();
    let request = entry.facts.request.clone().unwrap();
    assert_eq!((request.key, request.asked), keyed.request().unwrap());
    assert_eq!((request.outcomes.len(), entry.versions.len()), (1, 0));
    assert_eq!(entry.commit.message.as_deref(), Some("again"));
}

#[test]
fn class_changes_that_make_labels_stale_are_recorded_once_each() {
    let change =
        |kind, classes: &[&str]| ClassChange::listed(kind, classes.iter().map(|c| json!(c)).collect());
    let list = Put {
        class_changes: vec![
            change(ClassChangeKind::Rename, &["dog"]),
            change(ClassChangeKind::Merge, &["cat", "lynx"]),
            change(ClassChangeKind::Redefine, &["cat"]),
        ],
        ..put(key(Kind::Ontology, "animals"))
    };
    let fact = &desk().would_write(list).unwrap().facts.versions[0];
    assert_eq!(fact.stale_classes.len(), 2);
    let with_classes = |ontology| Put {
        ontology,
        attributes: attributes(json!({"class": ["cat", "cat"]})),
        ..put(label("1"))
    };
    let mut desk = desk();
    let list = desk.make(put(key(Kind::Ontology, "animals")));
    assert!(desk.would_write(with_classes(None)).unwrap().facts.versions[0].classes.is_empty());
    assert_eq!(desk.would_write(with_classes(Some(list.into()))).unwrap().facts.versions[0].classes.len(), 1);
}

/// A correction of a class list does not repeat its class changes; a rollback restores them with
/// the rest of the content.
#[test]
fn a_rollback_restores_class_changes_and_a_correction_does_not() {
    let mut desk = desk();
    let list = |classes: &str| Put { attributes: class(classes), ..put(key(Kind::Ontology, "animals")) };
    let merge = ClassChange::listed(ClassChangeKind::Merge, vec![json!("cat")]);
    let first = desk.make(list("cat"));
    let second = desk.make(Put { class_changes: vec![merge.clone()], ..list("feline") });
    assert_eq!(desk.make(rollback(key(Kind::Ontology, "animals"), second)), second);
    let entry =
        desk.would_write(Correct { attributes: Some(class("felines")), ..correct(second, "") }).unwrap();
    assert_eq!(
        (&entry.versions[0].content.class_changes, entry.facts.versions[0].stale_classes.len()),
        (&vec![], 0)
    );
    let refused = desk
        .plan(&proposal(vec![Correct { attributes: Some(class("feline")), ..correct(second, "") }.into()]));
    assert!(refused.unwrap_err().to_string().contains("found equal content"));
    desk.make(rollback(key(Kind::Ontology, "animals"), first));
    let entry = desk.would_write(rollback(key(Kind::Ontology, "animals"), second)).unwrap();
    assert_eq!(entry.versions[0].content.class_changes, [merge]);
}

#[test]
fn a_training_set_can_be_corrected_and_rolled_back() {
    let mut desk = desk();
    let (a, b) = (desk.make(put_class("1", "cat")), desk.make(put_class("2", "dog")));
    let first = desk.make(pins("1", &[a, b]));
    let second = desk.make(pins("1", &[a]));
    let third = desk.make(Correct { attributes: Some(class("none")), ..correct(first, "") });
    assert_eq!(desk.world.members(no(&desk, third)), desk.world.members(no(&desk, first)));
    let fourth = desk.make(rollback(set("1"), second));
    assert_eq!(desk.world.members(no(&desk, fourth)), desk.world.members(no(&desk, second)));
    let said = desk.world.last_statement(no(&desk, first)).unwrap().1;
    assert_eq!((said.kind, said.by), (StatementKind::Corrects, Some(no(&desk, third))));
}

fn no(desk: &TestLedger<Model>, id: VersionId) -> VersionNo {
    desk.world.version(&id).unwrap()
}

/// The size belongs to the payload: it is not part of the request, and part of the version's
/// content.
#[test]
fn an_image_is_measured_on_request() {
    let mut desk: TestLedger<Model> = TestLedger::new(&["a cat", PICTURE]);
    let asked = Put {
        payload: payload(PICTURE),
        media_type: Some("image/png".into()),
        record_image_size: true,
        attributes: attributes(json!({"camera": "north", "width": 28})),
        ..put(source("1"))
    };
    let measured = json!({"camera": "north", "width": 28, "height": 14});
    let said = |entry: Entry| entry.versions[0].content.attributes.clone();
    assert_eq!(said(desk.would_write(asked.clone()).unwrap()), attributes(measured.clone()));
    let first = desk.make(asked.clone());
    assert_eq!(desk.would_write(asked), None, "asked again, it is found");
    let by_hand = Put {
        payload: payload(PICTURE),
        media_type: Some("image/png".into()),
        attributes: attributes(measured),
        ..put(source("1"))
    };
    assert_eq!(desk.would_write(by_hand), None, "the id is that of the attributes, measured or given");
    // Another picture replaces one of another size: its own size replaces the old one.
    let small = Put { attributes: attributes(json!({"width": 3, "height": 2})), ..put(source("2")) };
    let small = desk.make(Put { payload: payload("a cat"), ..small });
    let better = Correct {
        attributes: None,
        payload: payload(PICTURE),
        record_image_size: true,
        ..correct(small, "unused")
    };
    let entry = desk.would_write(better).unwrap();
    assert_eq!(said(entry), attributes(json!({"width": 28, "height": 14})));
    assert_eq!(desk.head_of(&source("1")), Some(first));
}
