//! Compare-and-set: every write that moves a head or a tag can have an expectation, and a retry
//! finds its own result first.

use super::super::desk::{TestLedger, proposal};
use super::super::model::Model;
use super::super::samples::{
    alias, class, correct, key, label, local, mark, pins, put, put_class, refresh, rollback, say, unmark,
};
use crate::domain::id::VersionId;
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::write::proposal::{
    Change, Correct, Expected, Put, Refresh, RemoveTag, Rollback, Say, SetTag, Snapshot,
};

fn desk() -> TestLedger<Model> {
    TestLedger::new(&[])
}

/// Returns the message of the conflict.
#[track_caller]
fn conflict(desk: &TestLedger<Model>, change: impl Into<Change>) -> String {
    match desk.plan(&proposal(vec![change.into()])) {
        Err(Invalid::Conflict(message)) => message,
        other => panic!("no conflict: {other:?}"),
    }
}

fn head_expected(expected: VersionId, item: &str, found: VersionId) -> String {
    format!("expected {expected} to be the head of default/{item}, found {found}; read it and decide again")
}

fn at(version: VersionId) -> Option<Expected> {
    Some(version.into())
}

#[test]
fn a_write_that_expects_nothing_makes_the_first_version_only() {
    let mut desk = desk();
    let new = |of: &str| Put { expect_head: Some(Expected::Nothing), ..put_class("1", of) };
    let first = desk.make(new("cat"));
    assert_eq!(desk.would_write(new("cat")), None, "its own result first");
    let second = desk.make(put_class("1", "dog"));
    assert_eq!(desk.make(new("cat")), first, "wherever the head is");
    let message = format!(
        "expected that default/LABEL/1 does not exist yet (`expectHead` is null, or `expectNew` is true), found its head \
         {second}; read it and decide again"
    );
    assert_eq!(conflict(&desk, new("cow")), message);
    let new = || Snapshot { expect_head: Some(Expected::Nothing), ..pins("1", &[first]) };
    let set = desk.make(new());
    assert_eq!(desk.make(new()), set);
    conflict(&desk, Snapshot { expect_head: Some(Expected::Nothing), ..pins("1", &[]) });
}

/// Content equal to that of the expected version makes nothing. While that version is the head, it
/// is found; later the result would look like a success although the head is another one.
#[test]
fn equal_content_is_found_only_while_its_version_is_the_head() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let again = || Put { expect_head: at(first), ..put_class("1", "cat") };
    assert_eq!(desk.make(again()), first);
    let second = desk.make(put_class("1", "dog"));
    assert_eq!(conflict(&desk, again()), head_expected(first, "LABEL/1", second));
    let back = Rollback { expect_head: at(first), ..rollback(label("1"), first) };
    assert_eq!(conflict(&desk, back), head_expected(first, "LABEL/1", second));
}

#[test]
fn a_late_correction_can_be_refused() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let ada = || Correct { expect_head: at(first), ..correct(first, "dog") };
    let second = desk.make(ada());
    let lead = desk.make(put_class("1", "lynx"));
    assert_eq!(desk.make(ada()), second, "its own result first");
    let late = Correct { expect_head: at(first), reason: "late".into(), ..correct(first, "cow") };
    assert_eq!(conflict(&desk, late), head_expected(first, "LABEL/1", lead));
    assert_eq!(desk.head_of(&label("1")), Some(lead));
    // Also if only the statement is new.
    let again = Correct { expect_head: at(first), reason: "again".into(), ..correct(first, "dog") };
    conflict(&desk, again);
    desk.make(Correct { expect_head: at(lead), reason: "late".into(), ..correct(first, "cow") });
    conflict(&desk, Correct { expect_head: Some(Expected::Nothing), ..correct(first, "goat") });
}

#[test]
fn statements_expect_a_head() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let retract = || Change::Retract(Say { expect_head: at(first), ..say(first) });
    let reinstate = || Change::Reinstate(Say { expect_head: at(first), ..say(first) });
    desk.make(retract());
    desk.make(reinstate());
    let second = desk.make(put_class("1", "dog"));
    assert_eq!(desk.would_write(retract()), None);
    assert_eq!(desk.would_write(reinstate()), None);
    let other = |change: fn(Say) -> Change| {
        change(Say { expect_head: at(first), reason: "another".into(), ..say(first) })
    };
    assert_eq!(conflict(&desk, other(Change::Retract)), head_expected(first, "LABEL/1", second));
    assert_eq!(conflict(&desk, other(Change::Reinstate)), head_expected(first, "LABEL/1", second));
    let stranger = desk.make(put_class("2", "cat"));
    let refused = desk.refusal(Change::Retract(Say { expect_head: at(stranger), ..say(second) }));
    assert!(refused.starts_with(&format!("{stranger} is a version of default/LABEL/2")), "{refused}");
}

#[test]
fn a_rollback_expects_a_head() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let second = desk.make(put_class("1", "dog"));
    let back = || Rollback { expect_head: at(second), ..rollback(label("1"), first) };
    let third = desk.make(back());
    let fourth = desk.make(put_class("1", "cow"));
    assert_eq!(desk.make(back()), third, "its own result first");
    let late = Rollback { expect_head: at(third), ..rollback(label("1"), second) };
    assert_eq!(conflict(&desk, late), head_expected(third, "LABEL/1", fourth));
    let there = Rollback { expect_head: at(third), ..rollback(label("1"), fourth) };
    assert_eq!(conflict(&desk, there), head_expected(third, "LABEL/1", fourth));
}

#[test]
fn a_refresh_expects_a_head() {
    let mut desk = desk();
    let (cat, dog) = (desk.make(put_class("1", "cat")), desk.make(put_class("2", "dog")));
    let first = desk.make(pins("1", &[cat, dog]));
    let lynx = desk.make(correct(cat, "lynx"));
    let asked = || Refresh { expect_head: at(first), ..refresh("1") };
    let second = desk.make(asked());
    let third = desk.make(pins("1", &[lynx]));
    assert_eq!(desk.would_write(asked()), None, "its own result first");
    assert_eq!(desk.make(asked()), second);
    desk.make(Change::Retract(say(dog)));
    assert_eq!(conflict(&desk, asked()), head_expected(first, "TRAINING_SET/1", third));
    conflict(&desk, Refresh { expect_head: Some(Expected::Nothing), ..refresh("1") });
}

#[test]
fn a_snapshot_expects_a_head() {
    let mut desk = desk();
    let cat = desk.make(put_class("1", "cat"));
    let first = desk.make(pins("1", &[cat]));
    let second = desk.make(pins("1", &[]));
    assert_eq!(desk.make(Snapshot { expect_head: at(first), ..pins("1", &[]) }), second);
    let late = Snapshot { expect_head: at(first), complete: false, ..pins("1", &[]) };
    assert_eq!(conflict(&desk, late), head_expected(first, "TRAINING_SET/1", second));
}

#[test]
fn an_alias_is_made_once_and_taken_from_where_it_is_expected() {
    let mut desk = desk();
    let model = |of: &str| Put { attributes: class(of), ..put(key(Kind::Model, "m")) };
    let (first, second) = (desk.make(model("a")), desk.make(model("b")));
    let new = |version: VersionId| SetTag { expect: Some(Expected::Nothing), ..alias("production", version) };
    desk.make(new(first));
    assert_eq!(desk.would_write(new(first)), None, "its own result first");
    let message = format!(
        "expected that there is no alias \"production\" yet (`expectVersion` is null, or `expectNew` is true), found it \
         at {first}; read it and decide again"
    );
    assert_eq!(conflict(&desk, new(second)), message);

    let remove = |expected| RemoveTag { expect: Some(expected), ..unmark("production", first) };
    let message = format!(
        "expected the alias \"production\" to point at {second}, found {first}; read it and decide again"
    );
    assert_eq!(conflict(&desk, remove(second.into())), message);
    conflict(&desk, remove(Expected::Nothing));
    desk.make(remove(first.into()));
    assert_eq!(desk.would_write(remove(first.into())), None, "it is gone already");
    desk.make(mark("good", first));
    let refused = desk.refusal(RemoveTag { expect: at(first), ..unmark("good", first) });
    assert_eq!(
        refused,
        "expected `expectVersion` with an alias, found it with a label tag, which points to many versions; leave it out"
    );
}

/// Expectations see the results of earlier changes of the commit.
#[test]
fn expectations_see_earlier_changes() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let steps = |last: Option<Expected>| -> Vec<Change> {
        vec![
            Put { name: Some("a".into()), expect_head: at(first), ..put_class("1", "dog") }.into(),
            Put { expect_head: last, ..put_class("1", "cow") }.into(),
        ]
    };
    let refused = desk.plan(&proposal(steps(at(first)))).unwrap_err();
    assert!(matches!(refused.cause(), Invalid::Conflict(_)), "{refused}");
    assert!(desk.commit(steps(Some(local("a").into()))).is_ok());
}
