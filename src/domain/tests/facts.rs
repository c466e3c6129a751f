//! Packed facts are read back unchanged, and damaged bytes do no harm.

use proptest::prelude::*;
use serde_json::json;

use super::samples::key;
use crate::domain::canonical::wire::{Broken, Reader, Writer};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::item::Kind;
use crate::domain::log::facts::{
    AssertedFact, ClassMoveFact, Facts, MembershipFact, Outcome, PackedFacts, Pin, RequestFact,
    StatementFact, TagFact, VersionFact,
};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::searchable::ValueKey;
use crate::domain::statement::StatementKind;

/// Numbers of every length.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![0..4_u32, 100..300_u32, any::<u32>()]
}

fn version() -> impl Strategy<Value = VersionNo> {
    number().prop_map(VersionNo)
}

fn some<S: Strategy>(of: S) -> impl Strategy<Value = Vec<S::Value>> {
    prop::collection::vec(of, 0..4)
}

fn value() -> impl Strategy<Value = ValueKey> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|truth| json!(truth)),
        (-1e9..1e9).prop_map(|number| json!(number)),
        "[a-zé]{0,3}".prop_map(|text| json!(text)),
        "[a-zé]{60,90}".prop_map(|text| json!(text)),
        any::<u8>().prop_map(|number| json!([number])),
    ]
    .prop_map(|value| ValueKey::new(&value))
}

fn version_fact() -> impl Strategy<Value = VersionFact> {
    let ids = (any::<[u8; 32]>(), number(), prop::option::of(version()), any::<[u8; 32]>());
    let made =
        (prop::option::of(any::<[u8; 32]>()), some(("[A-Z]{1,3}", version())), prop::option::of(version()));
    let leaves =
        (some(("[a-c.]{1,3}", value())), some("[a-z]{1,9}"), some(any::<u128>()), some(any::<u128>()));
    (ids, made, leaves).prop_map(|((id, item, parent, content), (payload, sources, ontology), leaves)| {
        VersionFact {
            id: VersionId::from_bytes(id),
            item: ItemNo(item),
            parent,
            content,
            payload: payload.map(Digest::from_bytes),
            sources,
            ontology,
            attributes: leaves.0,
            words: leaves.1,
            classes: leaves.2,
            stale_classes: leaves.3,
        }
    })
}

fn weight() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), Just(Some(0.0)), Just(Some(1.0)), prop::num::f64::POSITIVE.prop_map(Some)]
}

fn membership() -> impl Strategy<Value = MembershipFact> {
    let numbers = || prop::collection::btree_set(number(), 0..20);
    let added = prop::collection::btree_map(number(), ("TRAIN|TEST|A", weight()), 0..20);
    (version(), any::<bool>(), numbers(), added).prop_map(|(set, complete, removed, added)| MembershipFact {
        set,
        complete,
        removed: removed.into_iter().map(VersionNo).collect(),
        added: added
            .into_iter()
            .map(|(version, (split, weight))| Pin { version: VersionNo(version), split, weight })
            .collect(),
    })
}

fn statement() -> impl Strategy<Value = StatementFact> {
    (0..4_u8, version(), prop::option::of(version()), any::<[u8; 32]>()).prop_map(
        |(kind, version, by, reason)| StatementFact {
            kind: StatementKind::from_code(kind).unwrap(),
            version,
            by,
            reason,
        },
    )
}

fn tag() -> impl Strategy<Value = TagFact> {
    ("[a-z]{1,3}", any::<bool>(), version(), any::<bool>()).prop_map(|(name, alias, version, set)| TagFact {
        name,
        alias,
        version,
        set,
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let statement = prop::option::of((any::<u64>().prop_map(Seq), any::<u32>()));
    let said = (statement.clone(), statement);
    (prop::option::of(version()), said, prop::option::of(version()), any::<u64>(), any::<bool>()).prop_map(
        |(version, (statement, answered_by), source, seq, created)| Outcome {
            version,
            statement,
            answered_by,
            source,
            seq: Seq(seq),
            created: created && answered_by.is_none(),
        },
    )
}

fn class_move() -> impl Strategy<Value = ClassMoveFact> {
    (version(), some(any::<u128>()), some((any::<u128>(), any::<u128>())))
        .prop_map(|(list, made, renamed)| ClassMoveFact { list, made, renamed })
}

fn facts() -> impl Strategy<Value = Facts> {
    let item = (0..9_u8, "[a-zé]{1,5}").prop_map(|(kind, name)| key(Kind::from_code(kind).unwrap(), &name));
    let asserted = (version(), version(), "[A-Z]{1,3}").prop_map(|(derived, source, role)| AssertedFact {
        derived,
        source,
        role,
    });
    let request = (any::<[u8; 32]>(), any::<[u8; 32]>(), some(outcome()))
        .prop_map(|(key, asked, outcomes)| RequestFact { key, asked, outcomes });
    (
        some(item),
        some(version_fact()),
        some(membership()),
        some(asserted),
        some(statement()),
        some(tag()),
        prop::option::of(request),
        some(class_move()),
    )
        .prop_map(|(items, versions, memberships, asserted, statements, tags, request, class_moves)| {
            Facts { items, versions, memberships, asserted, statements, tags, request, class_moves }
        })
}

fn current((covered, texts): (&[u8], &[u8])) -> PackedFacts {
    PackedFacts::Current { covered: covered.to_vec(), texts: texts.to_vec() }
}

proptest! {
    #[test]
    fn facts_come_back(facts in facts()) {
        let packed = facts.pack();
        prop_assert_eq!(Facts::unpack(&packed).unwrap(), facts);
        let (covered, texts) = (packed.covered(), packed.texts());
        for cut in [(&covered[..covered.len() - 1], texts), (covered, &texts[..texts.len() - 1])] {
            prop_assert!(Facts::unpack(&current(cut)).is_err(), "nothing may be missing");
        }
        for more in [([covered, &[0]].concat(), texts.to_vec()), (covered.to_vec(), [texts, &[0]].concat())] {
            prop_assert!(Facts::unpack(&current((&more.0, &more.1))).is_err(), "nothing may be left over");
        }
    }

    #[test]
    fn different_facts_have_different_bytes(a in facts(), b in facts()) {
        prop_assert_eq!(a == b, a.pack() == b.pack());
    }

    /// Damaged bytes are refused, or are facts; they never panic.
    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let behind = |beginning: &[u8]| [beginning, &bytes].concat();
        for packed in [
            PackedFacts::Former(bytes.clone()),
            PackedFacts::Former(behind(&[0, 1])),
            current((&bytes, &[0, 1])),
            current((&behind(&[0, 3]), &[0, 1])),
            current((&behind(&[0, 3]), &behind(&[0, 1]))),
        ] {
            let _ = Facts::unpack(&packed);
        }
    }

    #[test]
    fn damaged_bytes_do_no_harm(facts in facts(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(), in_texts in any::<bool>()) {
        let packed = facts.pack();
        let mut parts = [packed.covered().to_vec(), packed.texts().to_vec()];
        let bytes = &mut parts[usize::from(in_texts)];
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        let damaged = current((&parts[0], &parts[1]));
        if let Ok(read) = Facts::unpack(&damaged) {
            prop_assert!(read.pack().size() <= damaged.size() + 8, "no more comes out than went in");
        }
    }

    #[test]
    fn numbers_come_back(number in any::<u64>(), shift in 0..64_u32) {
        let number = number >> shift;
        let mut w = Writer::default();
        w.number(number);
        let bytes = w.finish();
        let mut r = Reader::new(&bytes).unwrap();
        prop_assert_eq!(r.number(), Ok(number));
        prop_assert_eq!(r.end(), Ok(()));
    }
}

#[track_caller]
fn check(bytes: &[u8], expected: Broken) {
    assert_eq!(Facts::unpack(&PackedFacts::Former(bytes.to_vec())), Err(expected));
}

#[track_caller]
fn check_current(covered: &[u8], texts: &[u8], expected: Broken) {
    assert_eq!(Facts::unpack(&current((covered, texts))), Err(expected));
}

/// A length is accepted only up to the number of bytes that are left.
#[test]
fn lengths_do_not_allocate_memory() {
    let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    check(&most, Broken("length"));
    check(&[&[1][..], &most].concat(), Broken("length"));
    check(&[&[0, 1][..], &most].concat(), Broken("length"));
    check(&[0, 1, 0, 100], Broken("length"));
    check(&[&[0, 1, 0, 0, 1, 0, 1, 0][..], &most].concat(), Broken("length"));
}

/// A text is copied at each use, so a text longer than any rule allows is refused.
#[test]
fn a_text_longer_than_any_rule_allows_is_refused() {
    let with_text = |length: usize| {
        let mut w = Writer::default();
        w.text(&"k".repeat(length));
        w.finish()
    };
    assert!(Reader::new(&with_text(512)).is_ok());
    assert_eq!(Reader::new(&with_text(513)).map(|_| ()), Err(Broken("text")));
}

#[test]
fn a_number_has_one_form() {
    let read = |body: &[u8]| Reader::new(&[&[0][..], body].concat()).and_then(|mut r| r.number());
    assert_eq!(read(&[0]), Ok(0));
    assert_eq!(read(&[0x80, 0x01]), Ok(128));
    assert_eq!(read(&[0x80, 0x00]), Err(Broken("number")), "a zero in front");
    let most = |last: u8| [&[0xff; 9][..], &[last]].concat();
    assert_eq!(read(&most(1)), Ok(u64::MAX));
    assert_eq!(read(&most(2)), Err(Broken("number")), "more than 64 bits");
    assert_eq!(read(&most(0x81)), Err(Broken("number")));
    assert_eq!(read(&[]), Err(Broken("number")));
}

#[test]
fn bytes_not_written_by_pack_are_refused() {
    check(&[], Broken("number"));
    check(&[0], Broken("number"));
    check(&[0, 3, 0, 0, 0, 0, 0, 0, 0], Broken("facts of another format"));
    // Format 2 has class moves, or the same facts would have two forms.
    check(&[0, 2, 0, 0, 0, 0, 0, 0, 0, 0], Broken("facts of another format"));
    check(&[0, 1, 0, 0, 0, 0, 0, 0, 2], Broken("flag"));
    check(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0], Broken("end"));
    check(&[1, 1, 0xff, 2, 0], Broken("text"));
    check(&[0, 1, 1, 0, 0, 0], Broken("text"));
    assert_eq!(Facts::unpack(&PackedFacts::Former(vec![0, 1, 0, 0, 0, 0, 0, 0, 0])), Ok(Facts::default()));
    let none = [0, 3, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(Facts::unpack(&current((&none, &[0, 1]))), Ok(Facts::default()));
    check_current(&none, &[], Broken("number"));
    check_current(&none, &[0, 2], Broken("texts by rules of another release"));
    check_current(&[0, 2, 0, 0, 0, 0, 0, 0, 0, 0], &[0, 1], Broken("facts of another format"));
    check_current(&none[..9], &[0, 1], Broken("number"));
    assert!(Facts::default().is_empty());
}
