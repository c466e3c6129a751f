//! Refusals of training sets, tags and derivations.

use super::stage;
use super::versions::NO_MEMBER;
use crate::domain::id::VersionId;
use crate::domain::statement::StatementKind;
use crate::domain::tests::samples::{
    alias, assert_made, label, mark, nowhere, refresh, snapshot, train, unmark,
};
use crate::domain::write::proposal::{Assert, Change, Members, NewMember, Refresh, SetTag, Snapshot};

#[test]
fn snapshots_refuse() {
    let stage = stage();
    let all = |members: Vec<NewMember>| snapshot("1", Members::All(members));
    let weighted = |weight| all(vec![NewMember { weight: Some(weight), ..train(stage.cat) }]);
    let change = |base: VersionId, add: Vec<NewMember>, remove: &[VersionId]| {
        let remove = remove.iter().map(|id| (*id).into()).collect();
        snapshot("1", Members::Change { base: base.into(), add, remove, onto_head: false })
    };
    for (asked, expected) in [
        (
            Snapshot { item: label("1"), ..all(vec![]) },
            "expected a TRAINING_SET, found default/LABEL/1; only training sets have members",
        ),
        (
            Snapshot { tags: vec!["a".into(); 65], ..all(vec![]) },
            "tags of one version: 65 is over the limit of 64; make it smaller or split it",
        ),
        (all(vec![train(nowhere())]), "there is no version {nowhere}"),
        (
            all(vec![train(stage.cat), NewMember { split: "TEST".into(), ..train(stage.cat) }]),
            "{cat} is given twice; expected each member once, in one split: leave one out",
        ),
        (
            all(vec![NewMember { split: "a b".into(), ..train(stage.cat) }]),
            "expected a split of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found \"a b\"",
        ),
        (weighted(-1.0), "expected a finite weight of 0 or more, found -1; leave it out for 1"),
        (weighted(f64::NAN), "expected a finite weight of 0 or more, found NaN; leave it out for 1"),
        (weighted(f64::INFINITY), "expected a finite weight of 0 or more, found inf; leave it out for 1"),
        (
            all(vec![train(stage.set)]),
            "{set} is a version of default/TRAINING_SET/1 itself and cannot be its member; name it in `sources`",
        ),
        (
            change(stage.set, vec![train(stage.set)], &[]),
            "{set} is a version of default/TRAINING_SET/1 itself and cannot be its member; name it in `sources`",
        ),
        (change(nowhere(), vec![], &[]), "there is no version {nowhere}"),
        (
            change(stage.cat, vec![], &[]),
            "expected a version of default/TRAINING_SET/1 in `base`, found a version of another item; name one, or give all members",
        ),
        (
            change(stage.set, vec![], &[stage.dog]),
            "{dog} is not a member of the base version; leave it out of `remove`",
        ),
        (
            change(stage.set, vec![], &[stage.cat, stage.cat]),
            "{cat} is not a member of the base version; leave it out of `remove`",
        ),
        (
            change(stage.set, vec![train(stage.dog), train(stage.dog)], &[]),
            "{dog} is given twice; expected each member once, in one split: leave one out",
        ),
        (
            Snapshot { expect_head: Some(stage.cat.into()), ..all(vec![]) },
            "{cat} is a version of default/LABEL/1, not of default/TRAINING_SET/1; name a version of the same item, or leave it out",
        ),
    ] {
        stage.check(asked, expected);
    }
}

#[test]
fn refreshes_refuse() {
    let stage = stage();
    for (asked, expected) in [
        (
            Refresh { item: label("1"), ..refresh("1") },
            "expected a TRAINING_SET, found default/LABEL/1; only training sets have members",
        ),
        (refresh("2"), "there is no training set default/TRAINING_SET/2"),
        (
            Refresh { causes: vec![StatementKind::Reinstates], ..refresh("1") },
            "expected only CORRECTS and RETRACTS in `causes`, found a statement that makes no version wrong; leave it out",
        ),
    ] {
        stage.check(asked, expected);
    }
}

#[test]
fn tags_refuse() {
    let stage = stage();
    let expecting = |version: VersionId, tag: SetTag| SetTag { expect: Some(version.into()), ..tag };
    for (asked, expected) in [
        (
            Change::from(mark("a b", stage.cat)),
            "expected a tag of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found \"a b\"",
        ),
        (mark("good", nowhere()).into(), "there is no version {nowhere}"),
        (alias("production", nowhere()).into(), "there is no version {nowhere}"),
        (
            mark("production", stage.image).into(),
            "expected \"production\" to be a label tag in the namespace \"default\", found that it is an alias there, and it cannot be both; choose another name",
        ),
        (
            alias("good", stage.image).into(),
            "expected \"good\" to be an alias in the namespace \"default\", found that it is a label tag there, and it cannot be both; choose another name",
        ),
        (
            expecting(stage.cat, mark("good", stage.cat)).into(),
            "expected `expectVersion` with an alias, found it with a label tag, which points to many versions; leave it out",
        ),
        (
            expecting(stage.dog, alias("production", stage.dog)).into(),
            // The alias points to another version; if it pointed to the requested one, no
            // expectation would be checked.
            "expected the alias \"production\" to point at {dog}, found {cat}; read it and decide again",
        ),
        (
            expecting(stage.dog, alias("staging", stage.cat)).into(),
            "expected the alias \"staging\" to point at {dog}, found nothing; read it and decide again",
        ),
        (expecting(nowhere(), alias("staging", stage.cat)).into(), "there is no version {nowhere}"),
        (unmark("good", nowhere()).into(), "there is no version {nowhere}"),
        (
            unmark("production", stage.dog).into(),
            "expected the alias \"production\" to point at {dog}, found {cat}; read it and decide again",
        ),
        (
            unmark("", stage.cat).into(),
            "expected a tag of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found \"\"",
        ),
    ] {
        stage.check(asked, expected);
    }
    let kept = expecting(stage.dog, alias("production", stage.cat));
    assert_eq!(stage.desk.would_write(kept), None);
    assert_eq!(stage.desk.would_write(unmark("never", stage.cat)), None);
}

#[test]
fn derivations_refuse() {
    let stage = stage();
    for (asked, expected) in [
        (
            Assert { role: String::new(), ..assert_made(stage.dog, stage.image) },
            "expected a role of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found \"\"",
        ),
        (Assert { role: "MEMBER".into(), ..assert_made(stage.dog, stage.image) }, NO_MEMBER),
        (
            Assert { reason: String::new(), ..assert_made(stage.dog, stage.image) },
            "the reason is empty; give a text or leave it out",
        ),
        (assert_made(nowhere(), stage.image), "there is no version {nowhere}"),
        (assert_made(stage.image, nowhere()), "there is no version {nowhere}"),
        (
            assert_made(stage.image, stage.cat),
            "{cat} depends on {image} already, so the derivation would be a cycle; leave it out or reverse it",
        ),
        (
            assert_made(stage.image, stage.set),
            "{set} depends on {image} already, so the derivation would be a cycle; leave it out or reverse it",
        ),
        (
            assert_made(stage.cat, stage.cat),
            "{cat} depends on {cat} already, so the derivation would be a cycle; leave it out or reverse it",
        ),
    ] {
        stage.check(asked, expected);
    }
}
