//! Statements that are repeated after newer statements about the same version.

use super::super::desk::{TestLedger, proposal};
use super::super::model::Model;
use super::super::samples::{correct, label, put_class, rollback, say};
use crate::domain::id::{Seq, VersionId};
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::log::facts::Outcome;
use crate::domain::numbers::VersionNo;
use crate::domain::version::{Activity, Content};
use crate::domain::write::proposal::{Change, Correct, Proposal, Say};
use crate::domain::write::world::World;

fn desk() -> (TestLedger<Model>, VersionId) {
    let mut desk = TestLedger::new(&[]);
    let first = desk.make(put_class("1", "cat"));
    (desk, first)
}

fn no(desk: &TestLedger<Model>, id: VersionId) -> VersionNo {
    desk.world.version(&id).unwrap()
}

fn because(reason: &str, change: Correct) -> Correct {
    Correct { reason: reason.into(), ..change }
}

/// Returns the outcome of a change that must find an existing result.
#[track_caller]
fn found(desk: &TestLedger<Model>, change: impl Into<Change>) -> Outcome {
    let planned = desk.plan(&proposal(vec![change.into()])).unwrap();
    assert_eq!(planned.entry, None);
    assert!(!planned.outcomes[0].created);
    planned.outcomes[0]
}

/// Returns a request with an idempotency key that was not used before.
fn keyed(change: impl Into<Change>) -> Proposal {
    Proposal {
        idempotency_key: Some("again".into()),
        repeat_statements: true,
        ..proposal(vec![change.into()])
    }
}

#[test]
fn a_repeated_correction_does_not_undo_a_later_one() {
    let (mut desk, first) = desk();
    let ada = || because("ada", correct(first, "dog"));
    let second = desk.make(ada());
    let third = desk.make(because("ben", correct(first, "cow")));
    let outcome = found(&desk, ada());
    assert_eq!(outcome.version, Some(no(&desk, second)));
    assert_eq!((outcome.statement, outcome.answered_by), (Some((Seq(2), 0)), Some((Seq(3), 0))));
    assert_eq!(desk.head_of(&label("1")), Some(third));
    // To take effect again, it needs another reason or a key.
    for meant in [proposal(vec![because("ada, again", correct(first, "dog")).into()]), keyed(ada())] {
        let entry = desk.plan(&meant).unwrap().entry.unwrap();
        assert_eq!((entry.versions.len(), entry.statements.len()), (1, 1));
        assert_eq!(entry.versions[0].parent, Some(third));
        assert_eq!(entry.statements[0].by, Some(entry.versions[0].id));
    }
}

#[test]
fn an_agreeing_statement_is_no_answer() {
    let (mut desk, first) = desk();
    desk.make(because("ada", correct(first, "dog")));
    desk.make(because("ben", correct(first, "dog")));
    assert_eq!(found(&desk, because("ada", correct(first, "dog"))).answered_by, None);
    desk.make(because("eve", correct(first, "cow")));
    desk.make(because("ben, again", correct(first, "dog")));
    assert_eq!(found(&desk, because("ada", correct(first, "dog"))).answered_by, None);
    let answered = found(&desk, because("eve", correct(first, "cow")));
    assert_eq!(answered.answered_by, Some((Seq(5), 0)));
}

#[test]
fn a_withdrawn_statement_is_not_made_again_by_a_retry() {
    let (mut desk, first) = desk();
    let second = desk.make(correct(first, "dog"));
    desk.make(Change::Reinstate(say(first)));
    let outcome = found(&desk, correct(first, "dog"));
    assert_eq!((outcome.version, outcome.answered_by), (Some(no(&desk, second)), Some((Seq(3), 0))));
    assert_eq!(found(&desk, Change::Reinstate(say(first))).answered_by, None);

    let keyed = desk.write(&keyed(correct(first, "dog"))).unwrap();
    assert_eq!(keyed.outcomes[0].version, Some(no(&desk, second)), "the better version is the head already");
    assert!(desk.world.wrong(no(&desk, first)));
    let outcome = found(&desk, Change::Reinstate(say(first)));
    assert_eq!((outcome.statement, outcome.answered_by), (Some((Seq(3), 0)), Some((Seq(4), 0))));
    assert!(desk.world.wrong(no(&desk, first)), "the retry of an older reinstatement changes nothing");
}

#[test]
fn an_answered_retraction_is_not_made_again() {
    let (mut desk, first) = desk();
    let retract = || Change::Retract(say(first));
    desk.make(retract());
    desk.make(Change::Reinstate(say(first)));
    assert_eq!(found(&desk, retract()).answered_by, Some((Seq(3), 0)));
    assert!(!desk.world.wrong(no(&desk, first)));
    desk.make(Change::Retract(Say { reason: "blurred".into(), ..say(first) }));
    assert_eq!(found(&desk, retract()).answered_by, None, "the newest statement agrees");
    assert!(desk.world.wrong(no(&desk, first)));
}

#[test]
fn a_correction_takes_effect_again_after_a_return_to_what_is_wrong() {
    let (mut desk, first) = desk();
    let second = desk.make(correct(first, "dog"));
    for reason in ["seen again", "another reason"] {
        let back = desk.make(rollback(label("1"), first));
        let entry = desk.would_write(because(reason, correct(first, "dog"))).unwrap();
        assert_eq!((entry.versions.len(), entry.statements.len()), (1, 1));
        let right = desk.make(because(reason, correct(first, "dog")));
        assert_ne!(right, back);
        assert_eq!(desk.head_of(&label("1")), Some(right));
        assert_eq!(desk.world.content(no(&desk, right)), desk.world.content(no(&desk, second)));
        assert_eq!(found(&desk, because(reason, correct(first, "dog"))).version, Some(no(&desk, right)));
    }
    // Only while it is wrong: a reinstated version may be the head.
    desk.make(rollback(label("1"), first));
    desk.make(Change::Reinstate(say(first)));
    assert!(found(&desk, correct(first, "dog")).answered_by.is_some());
}

#[test]
fn within_one_commit_a_repeated_statement_is_found_too() {
    let (desk, first) = desk();
    let changes: Vec<Change> = vec![
        correct(first, "dog").into(),
        because("ben", correct(first, "cow")).into(),
        correct(first, "dog").into(),
    ];
    let planned = desk.plan(&proposal(changes)).unwrap();
    let entry = planned.entry.unwrap();
    assert_eq!((entry.versions.len(), entry.statements.len()), (2, 2));
    assert_eq!(planned.outcomes[2].answered_by, Some((Seq(2), 1)));
}

/// Activity and message are recorded with the statement, and do not make it another statement.
#[test]
fn activity_and_message_are_recorded_and_not_compared() {
    let (mut desk, first) = desk();
    let activity = |name: &str| {
        let (code_reference, parameters) = (None, Content::empty().attributes);
        Some(Activity { name: name.into(), code_reference, parameters, started_at: Some(1), ended_at: None })
    };
    let found_by = |name: &str| Correct {
        activity: activity(name),
        message: Some(format!("by {name}")),
        ..correct(first, "dog")
    };
    let entry = desk.would_write(found_by("model-review")).unwrap();
    let (version, statement) = (&entry.versions[0], &entry.statements[0]);
    assert_eq!(
        (&version.activity, &statement.activity),
        (&activity("model-review"), &activity("model-review"))
    );
    assert_eq!(statement.message.as_deref(), Some("by model-review"));
    assert_eq!(version.message, statement.message);
    desk.make(found_by("model-review"));
    assert_eq!(found(&desk, found_by("another-review")).statement, Some((Seq(2), 0)));
    let retract =
        |message: &str| Say { activity: activity("look"), message: Some(message.into()), ..say(first) };
    let entry = desk.would_write(Change::Retract(retract("twice"))).unwrap();
    assert_eq!(entry.statements[0].activity, activity("look"));
    desk.make(Change::Retract(retract("twice")));
    assert!(found(&desk, Change::Retract(retract("thrice"))).answered_by.is_none());
    let entry = desk.would_write(Change::Reinstate(retract("no"))).unwrap();
    assert_eq!(entry.statements[0].message.as_deref(), Some("no"));
    for refused in
        [Say { message: Some(String::new()), ..say(first) }, Say { activity: activity(" "), ..say(first) }]
    {
        desk.refusal(Change::Retract(refused));
    }
}

/// Every statement is about the same version, and each is looked for among all of them.
#[test]
fn a_commit_of_ten_thousand_statements_about_one_version() {
    let (mut desk, first) = desk();
    let said = |n: usize| Change::Retract(Say { reason: format!("reason {n}"), ..say(first) });
    let outcomes = desk.commit((0..MAX_CHANGES).map(said).collect()).unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.created));
    let again = found(&desk, said(17));
    assert_eq!(again.statement, Some((Seq(2), 17)));
}
