//! Refusals of new versions, and of statements about old ones.

use serde_json::json;

use super::stage;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::Kind;
use crate::domain::tests::desk::PICTURE;
use crate::domain::tests::samples::{
    attributes, correct, key, label, local, nowhere, payload, put, put_class, rollback, say, set, sources,
};
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Change, Correct, Put, Rollback};

pub(super) const NO_MEMBER: &str = "expected the role of a source, found \"MEMBER\", which is that of the members of a training set; pin the version \
                         with snapshotTrainingSet, or give another role";

fn activity(name: &str) -> Activity {
    Activity {
        name: name.into(),
        code_reference: None,
        parameters: Attributes::empty(),
        started_at: None,
        ended_at: None,
    }
}

#[test]
fn put_refuses() {
    let stage = stage();
    let cat = || put_class("1", "cat");
    for (asked, expected) in [
        (
            put(set("1")),
            "expected an item that is not a TRAINING_SET, found default/TRAINING_SET/1; use snapshotTrainingSet, which pins members",
        ),
        (
            Put { tags: vec!["a".into(); 65], ..cat() },
            "tags of one version: 65 is over the limit of 64; make it smaller or split it",
        ),
        (Put { parent: Some(nowhere().into()), ..cat() }, "there is no version {nowhere}"),
        (Put { expect_head: Some(nowhere().into()), ..cat() }, "there is no version {nowhere}"),
        (Put { ontology: Some(nowhere().into()), ..cat() }, "there is no version {nowhere}"),
        (Put { sources: sources(&[("A", nowhere().into())]), ..cat() }, "there is no version {nowhere}"),
        (Put { sources: sources(&[("MEMBER", stage.image.into())]), ..cat() }, NO_MEMBER),
        (
            Put { parent: Some(local("a")), ..cat() },
            "no earlier change of this commit is named \"a\"; `as` names a change, `@name` refers back to it",
        ),
        (
            Put { parent: Some(stage.image.into()), ..cat() },
            "{image} is a version of default/SOURCE/1, not of default/LABEL/1; name a version of the same item, or leave it out",
        ),
        (
            Put { expect_head: Some(stage.image.into()), ..cat() },
            "{image} is a version of default/SOURCE/1, not of default/LABEL/1; name a version of the same item, or leave it out",
        ),
        (
            Put { expect_head: Some(stage.cat.into()), ..put_class("1", "cow") },
            "expected {cat} to be the head of default/LABEL/1, found {dog}; read it and decide again",
        ),
        (
            Put { ontology: Some(stage.image.into()), ..cat() },
            "expected a version of an ONTOLOGY in `ontology`, found one of default/SOURCE/1; name a version of a class list",
        ),
        (
            Put { payload: payload("a cow"), ..cat() },
            &format!("there is no payload {}", Digest::of(b"a cow")),
        ),
        (
            Put { media_type: Some("image/png".into()), ..cat() },
            "expected a payload with `mediaType`, found none; give one, or leave `mediaType` out",
        ),
        (
            Put { media_type: Some("png".into()), payload: payload("a cat"), ..cat() },
            "expected a media type such as `image/png`, at most 128 bytes, found \"png\"",
        ),
        (
            Put { media_type: Some("image/jpeg".into()), payload: payload(PICTURE), ..cat() },
            "expected {picture} to be image/jpeg as in `mediaType`, found image/png; correct the media type or the payload",
        ),
        (
            Put { record_image_size: true, ..cat() },
            "expected a payload to measure for `recordImageSize`, found none; give one, or leave `recordImageSize` out",
        ),
        (
            Put { record_image_size: true, payload: payload("a cat"), ..cat() },
            "expected an image size in the first bytes of {cat_bytes}, found none; give `width` and `height` as attributes, and leave `recordImageSize` out",
        ),
        (
            Put {
                record_image_size: true,
                payload: payload(PICTURE),
                attributes: attributes(json!({"height": 13})),
                ..cat()
            },
            "expected the attribute `height` to be 14 as in the image, found 13; correct it, or leave it to `recordImageSize`",
        ),
        (Put { message: Some(" ".into()), ..cat() }, "the message is empty; give a text or leave it out"),
        (
            Put { sources: sources(&[("a b", stage.image.into())]), ..cat() },
            "expected a role of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found \"a b\"",
        ),
        (
            Put { name: Some("@a".into()), ..cat() },
            "expected a name (`as`) of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found \"@a\"",
        ),
        (
            Put { tags: vec!["production".into()], ..cat() },
            "expected \"production\" to be a label tag in the namespace \"default\", found that it is an alias there, and it cannot be both; choose another name",
        ),
        (
            Put { activity: Some(activity("")), ..cat() },
            "expected a name of an activity of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found \"\"",
        ),
        (
            Put {
                activity: Some(Activity { code_reference: Some(String::new()), ..activity("crop") }),
                ..cat()
            },
            "the code reference is empty; give a text or leave it out",
        ),
        (
            Put {
                activity: Some(Activity { started_at: Some(2), ended_at: Some(1), ..activity("crop") }),
                ..cat()
            },
            "expected the activity to end after it starts, found an earlier end; correct the two times",
        ),
    ] {
        stage.check(asked, expected);
    }
}

#[test]
fn put_refuses_too_much() {
    let stage = stage();
    let many = vec![("A".to_owned(), stage.image.into()); 100_001];
    stage.check(
        Put { sources: many, ..put(label("1")) },
        "sources of one version: 100001 is over the limit of 100000; make it smaller or split it",
    );
}

#[test]
fn class_lists_refuse() {
    let stage = stage();
    let merge = |classes: Vec<serde_json::Value>| ClassChange::listed(ClassChangeKind::Merge, classes);
    let list = |class_changes| Put { class_changes, ..put(key(Kind::Ontology, "animals")) };
    let mapped = |kind, from: &[&str], to: &[&str]| {
        let classes = |names: &[&str]| names.iter().map(|name| json!(name)).collect();
        ClassChange::mapped(kind, classes(from), classes(to))
    };
    for (asked, expected) in [
        (
            list(vec![mapped(ClassChangeKind::Rename, &["cat", "dog"], &["pet"])]),
            "RENAME expects one class in `from` and another one in `to`, found 2 in `from` and 1 in `to`",
        ),
        (
            list(vec![mapped(ClassChangeKind::Rename, &["cat"], &["cat"])]),
            "RENAME expects one class in `from` and another one in `to`, found the same class in both",
        ),
        (
            list(vec![mapped(ClassChangeKind::Merge, &["cat"], &["pet"])]),
            "MERGE expects two classes or more in `from` and one in `to`, found 1 in `from` and 1 in `to`",
        ),
        (
            list(vec![mapped(ClassChangeKind::Split, &["pet"], &["cat"])]),
            "SPLIT expects one class in `from` and two or more in `to`, found 1 in `from` and 1 in `to`",
        ),
        (
            list(vec![mapped(ClassChangeKind::Redefine, &["pet"], &["cat"])]),
            "REDEFINE expects one class or more in `from` and an empty `to`, found 1 in `from` and 1 in `to`",
        ),
        (
            list(vec![
                mapped(ClassChangeKind::Rename, &["cat"], &["feline"]),
                mapped(ClassChangeKind::Redefine, &["cat"], &[]),
            ]),
            "duplicate class \"cat\" in `from`; give each class once",
        ),
        (
            Put { class_changes: vec![merge(vec![json!("cat")])], ..put(label("1")) },
            "expected class changes on versions of an ONTOLOGY, found them on default/LABEL/1; leave them out",
        ),
        (
            list(vec![merge(vec![])]),
            "expected the classes of a class change, found none; list the classes that it changed",
        ),
        (
            list(vec![merge(vec![json!(1e16)])]),
            "the number 1e+16 at \"\" is beyond ±(2^53 - 1); write it as a string",
        ),
        (
            list(vec![merge(vec![json!(1); 6_000]), merge(vec![json!(2); 4_001])]),
            "classes that one class list changes: 10001 is over the limit of 10000; make it smaller or split it",
        ),
        (
            list(vec![merge(vec![]); 10_001]),
            "classes that one class list changes: 10001 is over the limit of 10000; make it smaller or split it",
        ),
    ] {
        stage.check(asked, expected);
    }
}

#[test]
fn correct_refuses() {
    let stage = stage();
    let cow = || correct(stage.cat, "cow");
    for (asked, expected) in [
        (Correct { reason: String::new(), ..cow() }, "the reason is empty; give a text or leave it out"),
        (correct(nowhere(), "cow"), "there is no version {nowhere}"),
        (
            correct(stage.cat, "cat"),
            "expected a correction that differs from the version, found equal content; give what is different, or retract the version",
        ),
        (
            Correct { attributes: None, ..cow() },
            "expected a correction that differs from the version, found equal content; give what is different, or retract the version",
        ),
        (
            Correct { payload: payload("a cow"), ..cow() },
            &format!("there is no payload {}", Digest::of(b"a cow")),
        ),
        (
            Correct { media_type: Some("image/png".into()), ..cow() },
            "expected a payload with `mediaType`, found none; give one, or leave `mediaType` out",
        ),
        (
            Correct { media_type: Some("text/plain".into()), payload: payload(PICTURE), ..cow() },
            "expected {picture} to be text/plain as in `mediaType`, found image/png; correct the media type or the payload",
        ),
        (
            Correct { sources: Some(sources(&[("A", nowhere().into())])), ..cow() },
            "there is no version {nowhere}",
        ),
    ] {
        stage.check(asked, expected);
    }
}

#[test]
fn statements_and_rollbacks_refuse() {
    let stage = stage();
    let unsaid = |version: VersionId| {
        let mut said = say(version);
        said.reason = "\0".into();
        said
    };
    for (asked, expected) in [
        (Change::Retract(unsaid(stage.cat)), "the reason contains a control character; remove it"),
        (Change::Retract(say(nowhere())), "there is no version {nowhere}"),
        (Change::Reinstate(unsaid(stage.cat)), "the reason contains a control character; remove it"),
        (Change::Reinstate(say(nowhere())), "there is no version {nowhere}"),
        (
            Change::Reinstate(say(stage.cat)),
            "expected a wrong version, found {cat}, which is not wrong; there is nothing to reinstate",
        ),
        (rollback(label("1"), nowhere()).into(), "there is no version {nowhere}"),
        (
            rollback(label("2"), stage.cat).into(),
            "{cat} is a version of default/LABEL/1, not of default/LABEL/2; roll back to a version of the same item",
        ),
        (
            Rollback { reason: Some(String::new()), ..rollback(label("1"), stage.cat) }.into(),
            "the reason is empty; give a text or leave it out",
        ),
    ] {
        stage.check(asked, expected);
    }
}
