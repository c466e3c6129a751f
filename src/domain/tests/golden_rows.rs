//! PinnedMembers seals of rows, digests of commits, hashes of requests and bytes of packed facts: a store
//! of today must be readable by every later release.

use serde_json::json;

use super::rules::requests::{asked, every_change};
use super::samples::{attributes, key, payload};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{ItemId, Seq, VersionId, hex};
use crate::domain::item::Kind;
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord, Entry};
use crate::domain::log::facts::{
    AssertedFact, Facts, MembershipFact, Outcome, Pin, RequestFact, StatementFact, TagFact, VersionFact,
};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::version::{Activity, Content, Manifest, VersionRecord};

#[track_caller]
fn check(id: [u8; 32], expected: &str) {
    assert_eq!(hex(&id), expected);
}

fn some_version(byte: u8) -> VersionId {
    VersionId::from_bytes([byte; 32])
}

fn activity() -> Activity {
    Activity {
        name: "crop".into(),
        code_reference: Some("git:abc".into()),
        parameters: attributes(json!({"size": 64})),
        started_at: Some(-1),
        ended_at: Some(1_700_000_000_000_000),
    }
}

fn bare() -> Activity {
    Activity {
        name: "crop".into(),
        code_reference: None,
        parameters: Attributes::empty(),
        started_at: None,
        ended_at: None,
    }
}

fn version() -> VersionRecord {
    VersionRecord {
        id: some_version(1),
        item: ItemId::from_bytes([2; 32]),
        parent: Some(some_version(3)),
        seq: Seq(7),
        number: 2,
        content: Content::empty(),
        activity: Some(activity()),
        message: Some("first try".into()),
    }
}

fn statement() -> StatementRecord {
    StatementRecord {
        id: StatementId { seq: Seq(7), place: 1 },
        kind: StatementKind::Corrects,
        version: some_version(1),
        by: Some(some_version(2)),
        reason: "a dog".into(),
        activity: None,
        message: None,
    }
}

fn asserted() -> AssertedRecord {
    AssertedRecord {
        seq: Seq(7),
        place: 1,
        derived: some_version(1),
        source: some_version(2),
        role: "INPUT".into(),
        reason: "in the paper".into(),
    }
}

#[test]
fn seals() {
    check(activity().id(), "1acdfa1649fc2b8478d5b4eb8e492c3d4cfa3f46e48bf56e306842cfce6efcb3");
    check(bare().id(), "052098fa4dcd4320b86ed7f30ba1a2806d7fc4aae4cc43c3bcc3b5ace722f1ec");
    check(version().seal(), "5c20aa31293a5b744e71fd204043045615e9872f9567d5024169a7f9f47da2b4");
    check(
        VersionRecord { activity: None, message: None, ..version() }.seal(),
        "dcad5a01b8b967357d3661e75d24911b999e375db386799055fbc6c391f5bc21",
    );
    let set_of = |count| {
        let manifest = Some(Manifest { digest: [5; 32], count, complete: true });
        let content = Content { manifest, ..Content::empty() };
        VersionRecord { content, activity: None, message: None, ..version() }.seal()
    };
    check(set_of(0), "97393849b6cb60771262e44e58ca8ac9f6657e928c394eb70547c7705b2f5182");
    check(set_of(9), "834522b33b21190c1a10c19f864f6b1dc0109d2bdd259aa2942090db63908045");
    check(statement().seal(), "b569cef32fd5e3f17c6a08cd74500757499e8bfc349bbb6fe77a8b073bfd46e9");
    check(
        StatementRecord { kind: StatementKind::Retracts, by: None, ..statement() }.seal(),
        "9355a0763177c93517db2e7f663eb39c447bd90c121fe61d2f9f791f40ecdeea",
    );
    check(
        StatementRecord { activity: Some(activity()), message: Some("by hand".into()), ..statement() }.seal(),
        "45091adc07537e6cb0daf58af0272f75825d183500a0fd63a21932dad0ac300a",
    );
    check(
        StatementRecord { message: Some("by hand".into()), ..statement() }.seal(),
        "780244564361aa77e4dc46e24f719f0fa0db932782f85fab62c56cdfac1b5724",
    );
    check(asserted().seal(), "3de0eb3f8e4bb1500a9f95febec207d9834ed1548d6a42cbb0c131113ca7c84b");
}

#[test]
fn commits() {
    let blob = BlobRecord { digest: payload("a cat").unwrap(), sha256: [6; 32], size: 5 };
    let none = Entry::rows_digest(&[], &[], &[], &[]);
    let rows = Entry::rows_digest(&[version()], &[statement()], &[asserted()], &[blob]);
    check(none, "02c4d0509f7ab95ec45f2a3bbdad0f0344be03ebb9afec629d1729698fb35129");
    check(rows, "97dad64a0b24dafa6cc3f5a2d8108ec813cfc42e2a42e93134271d22ffeb72e7");
    let commit = CommitRecord {
        seq: Seq(7),
        time: 1_700_000_000_000_000,
        author: "ann".into(),
        message: Some("a campaign".into()),
        facts: facts().pack(),
        rows,
        previous: [1; 32],
    };
    check(commit.digest(), "6f91c520101ffe53dde7f6e37522367cea5c3b004031b6286cdb53c2acbed7d5");
    check(
        CommitRecord { message: None, previous: [0; 32], ..commit }.digest(),
        "a624045ef6de26bc0160537d857e8e7241b0691854c39f0cfad39e9e062fb5d5",
    );
}

/// Returns facts of every kind.
fn facts() -> Facts {
    let pin = |version, split: &str, weight| Pin { version: VersionNo(version), split: split.into(), weight };
    Facts {
        items: vec![key(Kind::TrainingSet, "1")],
        versions: vec![VersionFact {
            id: some_version(1),
            item: ItemNo(300),
            parent: Some(VersionNo(0)),
            content: [2; 32],
            payload: payload("a cat"),
            sources: vec![("INPUT".into(), VersionNo(5)), ("MASK".into(), VersionNo(4))],
            ontology: Some(VersionNo(2)),
            attributes: attributes(json!({
                "class": "cat", "score": 0.5, "box": {"x": -1}, "checked": true, "note": null,
                "caption": "A cat on a mat, seen from above by somebody who stood on a rather high ladder.",
            }))
            .placed(),
            words: vec!["ladder".into(), "mat".into()],
            classes: vec![4],
            stale_classes: vec![5],
        }],
        memberships: vec![MembershipFact {
            set: VersionNo(9),
            complete: true,
            removed: vec![VersionNo(1), VersionNo(200)],
            added: [pin(1, "TRAIN", Some(0.5)), pin(2, "TEST", None), pin(3, "TRAIN", Some(0.5))]
                .into_iter()
                .collect(),
        }],
        asserted: vec![AssertedFact { derived: VersionNo(1), source: VersionNo(0), role: "INPUT".into() }],
        statements: vec![StatementFact {
            kind: StatementKind::Corrects,
            version: VersionNo(1),
            by: Some(VersionNo(9)),
            reason: [8; 32],
        }],
        tags: vec![TagFact { name: "production".into(), alias: true, version: VersionNo(9), set: true }],
        request: Some(RequestFact {
            key: [6; 32],
            asked: [7; 32],
            outcomes: vec![Outcome {
                version: Some(VersionNo(9)),
                statement: Some((Seq(7), 0)),
                answered_by: None,
                source: Some(VersionNo(3)),
                seq: Seq(7),
                created: true,
            }],
        }),
        class_moves: Vec::new(),
    }
}

#[test]
fn packed_facts() {
    let packed: String = facts().pack().iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = "\
        110764656661756c74013105494e505554044d41534b03626f7805626f782e780763617074696f6e07636865636b6564 \
        05636c61737303636174046e6f74650573636f7265066c6164646572036d6174045445535405545241494e0a70726f64 \
        756374696f6e0101000501010101010101010101010101010101010101010101010101010101010101010101ac020102 \
        0202020202020202020202020202020202020202020202020202020202020201bb04e91db68afc97164febcc840715b8 \
        a040b0f004ca972f26c9665d8ff20a2502020503040307040410c2cd68f32aa5ab0d8f76ebcc34e6f60502400fffffff \
        ffffff06ff4120636174206f6e2061206d61742c207365656e2066726f6d2061626f766520627920736f6d65626f6479 \
        2077686f2073746f6f64206f6e2061207261746865ff402d60942d0a43088718ddc50a2d33b70701010803090a000b02 \
        bfe0000000000000020c0d01040000000000000000000000000000000105000000000000000000000000000000010901 \
        0201c701020e0001020f01000000000000e03f020102010100020100010a080808080808080808080808080808080808 \
        080808080808080808080808080801100101090106060606060606060606060606060606060606060606060606060606 \
        060606060707070707070707070707070707070707070707070707070707070707070707010a010700040701 \
        ";
    assert_eq!(packed, expected.replace(' ', ""));
    assert_eq!(Facts::unpack(&facts().pack()), Ok(facts()));
    assert_eq!(Facts::default().pack(), [0, 1, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn requests() {
    let expected = [
        ("put", "6029a89368d71e2db89e8e33f4eb0afc0d52c01e0ad00f7d0a8321bd22f20a8f"),
        ("correct", "86de5e5bb827791900893ef28769c7b6401cfe2a7c78efefecad6391dfb2f26d"),
        ("retract", "b8bb810f2be7ff4cac722e1e420a1ca90aec8b471fde015400aea28bdf312f43"),
        ("reinstate", "22f7b8daa938ac2d7c1f07e55cd745e2e49e5f26ba923380f5a545f91aa98be8"),
        ("rollback", "08fcad7caa9110bbc211ffc0d68b3c0d32e66889720a4de38a133bfacc884c80"),
        ("snapshot all", "31d7f2596ab0193a4e79566911695766ca1e205410ac7338634818e1132c0379"),
        ("snapshot change", "2b0e283eebb2b442c013c15ed643b8ff22a87dd90d26e6687de972b09edde130"),
        ("snapshot select", "b60734bdc9eb7b8b3838590e72bbc3bca8cbf679eeb15e7c7c8d04ff0a8373d5"),
        ("refresh", "f9ad24e2f4b3596b50deb3aa89b7b5e5b8fed8640b9a7b75054ca7dbd33ac061"),
        ("set tag", "3e4a5281ddafeb6ecceee530d7a15caa2ed081255037087f7da5ae1c4a3eebb1"),
        ("remove tag", "c47834dfe0894afeb825e7ef08c7fcd48ad11d12415ce376cb4d07d8c263b278"),
        ("assert", "78cec4f3112f5822947960ad8e24fd7736e14d594555a5e61b1f07702a9d09ad"),
    ];
    let changes = every_change();
    assert_eq!(changes.len(), expected.len());
    for ((name, change), (expected_name, hash)) in changes.into_iter().zip(expected) {
        assert_eq!((name, hex(&asked(change)).as_str()), (expected_name, hash));
    }
}
