//! Every refusal with its complete message: each says what is wrong and what to do.

mod sets;
mod versions;

use serde_json::json;

use super::super::desk::{PICTURE, TestLedger, proposal};
use super::super::model::Model;
use super::super::samples::{
    alias, assert_made, attributes, class, label, local, mark, nowhere, pins, put, put_class, source,
    sources, unmark,
};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Digest, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::write::proposal::{Change, Proposal, Put, Ref, Snapshot};

/// A store with one of everything, and the ids that appear in messages.
struct Stage {
    desk: TestLedger<Model>,
    image: VersionId,
    cat: VersionId,
    dog: VersionId,
    set: VersionId,
}

fn stage() -> Stage {
    let mut desk = TestLedger::new(&["a cat", PICTURE]);
    let image = desk.make(put(source("1")));
    let cat = desk.make(Put { sources: sources(&[("IMAGE", image.into())]), ..put_class("1", "cat") });
    let dog = desk.make(put_class("1", "dog"));
    let set = desk.make(pins("1", &[cat]));
    desk.make(alias("production", cat));
    desk.make(mark("good", cat));
    Stage { desk, image, cat, dog, set }
}

impl Stage {
    /// Checks a refusal. In the expected text `{cat}` is replaced by the id of that version.
    #[track_caller]
    fn check(&self, change: impl Into<Change>, expected: &str) {
        let named = [("{image}", self.image), ("{cat}", self.cat), ("{dog}", self.dog), ("{set}", self.set)];
        let digests = [("{cat_bytes}", "a cat"), ("{picture}", PICTURE)];
        let digests = digests.map(|(name, bytes)| (name, Digest::of(bytes.as_bytes()).to_string()));
        let nowhere = expected.replace("{nowhere}", &nowhere().to_string());
        let nowhere = digests.iter().fold(nowhere, |text, (name, digest)| text.replace(name, digest));
        let expected = named.iter().fold(nowhere, |text, (name, id)| text.replace(name, &id.to_string()));
        assert_eq!(self.desk.refusal(change), expected);
    }
}

#[test]
fn commits_refuse() {
    let stage = stage();
    let check = |asked: Proposal, expected: &str| {
        assert_eq!(stage.desk.plan(&asked).unwrap_err().to_string(), expected);
    };
    let cow = || Change::from(put_class("2", "cow"));
    let named = |name: &str| Change::from(Put { name: Some(name.into()), ..put_class("2", "cow") });
    check(proposal(vec![]), "the commit has no changes; give at least one");
    check(
        proposal(vec![cow(); 10_001]),
        "changes in one commit: 10001 is over the limit of 10000; make it smaller or split it",
    );
    check(
        Proposal { message: Some(String::new()), ..proposal(vec![cow()]) },
        "the message is empty; give a text or leave it out",
    );
    check(
        Proposal { idempotency_key: Some(String::new()), ..proposal(vec![cow()]) },
        "expected an idempotency key of 1 to 256 bytes without control characters, found an empty text; use a UUID",
    );
    check(
        proposal(vec![named("a"), cow(), named("a")]),
        "change 2: duplicate name \"a\" of a change; give each change of the commit another name",
    );
    check(
        proposal(vec![mark("good", local("a")).into(), named("a")]),
        "change 0: no earlier change of this commit is named \"a\"; `as` names a change, `@name` refers back to it",
    );
    let (a, b) = (stage.image, stage.dog);
    check(
        proposal(vec![assert_made(a, b).into(), cow(), assert_made(b, a).into(), cow()]),
        &format!(
            "change 2: {a} depends on {b} already, so the derivation would be a cycle; leave it out or reverse it"
        ),
    );
    let refused = stage.desk.plan(&proposal(vec![cow(), unmark("production", b).into()])).unwrap_err();
    assert!(matches!(&refused, Invalid::InChange { index: 1, .. }));
    assert!(matches!(refused.cause(), Invalid::Conflict(_)));
}

/// Two derivations that are no cycle in the world, nor each alone: together, through versions made
/// in the same commit.
#[test]
fn a_cycle_through_versions_of_the_same_commit_is_found() {
    let stage = stage();
    let made = |name: &str, from: Ref| -> Change {
        Put { name: Some(name.into()), sources: sources(&[("IMAGE", from)]), ..put(label(name)) }.into()
    };
    let changes =
        vec![made("a", stage.dog.into()), assert_made(stage.dog, local("a")).into(), made("b", local("a"))];
    let refused = stage.desk.plan(&proposal(changes)).unwrap_err().to_string();
    assert!(refused.starts_with("change 1: version:") && refused.contains("would be a cycle"), "{refused}");
    let set = Snapshot { name: Some("s".into()), ..pins("9", &[stage.dog]) };
    let changes = vec![set.into(), assert_made(stage.dog, local("s")).into()];
    let refused = stage.desk.plan(&proposal(changes)).unwrap_err().to_string();
    assert!(refused.starts_with("change 1: version:") && refused.contains("would be a cycle"), "{refused}");
    let fine = vec![made("a", stage.dog.into()), assert_made(local("a"), stage.image).into()];
    assert!(stage.desk.plan(&proposal(fine)).is_ok());
}

#[test]
fn attributes_are_refused_with_their_limits() {
    let refused = Invalid::from(Attributes::new(&json!({"a": "x".repeat(70_000)})).unwrap_err());
    assert_eq!(refused, Invalid::Limit { what: "bytes", given: 70_008, limit: 65_536 });
    let refused = Invalid::from(Attributes::new(&json!({"a": 1e16})).unwrap_err());
    assert_eq!(
        refused,
        Invalid::refused("the number 1e+16 at \"a\" is beyond ±(2^53 - 1); write it as a string")
    );
    assert_eq!(attributes(json!({"class": "cat"})), class("cat"));
}
