//! PinnedMembers seals of rows, digests of commits, hashes of requests and bytes of packed facts: a store
//! of today must be readable by every later release.

use serde_json::json;

use super::rules::requests::{asked, every_change};
use super::samples::{attributes, key, payload};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::canonical::bytes::Canon;
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{ItemId, Seq, VersionId, hex, unhex};
use crate::domain::item::Kind;
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord, Entry, former};
use crate::domain::log::facts::{
    AssertedFact, Facts, MembershipFact, Outcome, PackedFacts, Pin, RequestFact, StatementFact, TagFact,
    VersionFact,
};
use crate::domain::log::tree::{TreeHead, empty_root, leaf_hash};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::version::{Activity, Content, Manifest, Source, VersionRecord};

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
    check(version().seal(), "4f7cd3e3ed130fad3bdddd1abd7be1ba9d40ae797ea2f3b22ae70a21bc2d23b9");
    check(
        VersionRecord { activity: None, message: None, ..version() }.seal(),
        "46a9082590d1f0f12b9da9ef3408e1a831d4a1c5494d049e08125ef065a11664",
    );
    check(set_of(0).seal(), "5cb878997360c0a5f9f772c62cc0a04719a31b8f2a256b52c0fef6302df4114f");
    check(set_of(9).seal(), "c51fb2639e4a2bc590b0c304fd31152c0a520d0ba077caf5271bc7fe183d225c");
    check(full().seal(), "70552953245d0104101c25f0811b3deaf26321af4e253e219d5dbe1c8b39cfb6");
    check(statement().seal(), "d3efb0dd90023c5338012af1fa6e51a9533b39e900583b20856b3dd020b68881");
    check(retraction().seal(), "64cc18394ec8b763b169c9d5db2714ea81a9aa3116e6d2b526b06d680bf1fcef");
    check(made().seal(), "5532defc5ac89a58482e4fd3857c2be123cc5891df74bba5915d66850a317040");
    check(noted().seal(), "2f4ae88c60ac60e8e75931af78cfc99bb273bce8a66295a4b1c0762ab43ee226");
    check(asserted().seal(), "de5cbce9d5943da0046aa1514051a9609bb2cc6a2fbf2959af3fff2a611b2a1b");
}

/// The seals of entry format 1, which rows on a server of that format have.
#[test]
fn former_seals() {
    let seal = |hex: &str| unhex(hex).unwrap();
    let versions = [
        (version(), "5c20aa31293a5b744e71fd204043045615e9872f9567d5024169a7f9f47da2b4"),
        (
            VersionRecord { activity: None, message: None, ..version() },
            "dcad5a01b8b967357d3661e75d24911b999e375db386799055fbc6c391f5bc21",
        ),
        (set_of(0), "97393849b6cb60771262e44e58ca8ac9f6657e928c394eb70547c7705b2f5182"),
        (set_of(9), "834522b33b21190c1a10c19f864f6b1dc0109d2bdd259aa2942090db63908045"),
    ];
    for (version, hex) in versions {
        assert!(version.has_seal(&seal(hex)) && version.has_seal(&version.seal()));
        assert!(!VersionRecord { number: 3, ..version }.has_seal(&seal(hex)));
    }
    let statements = [
        (statement(), "b569cef32fd5e3f17c6a08cd74500757499e8bfc349bbb6fe77a8b073bfd46e9"),
        (retraction(), "9355a0763177c93517db2e7f663eb39c447bd90c121fe61d2f9f791f40ecdeea"),
        (made(), "45091adc07537e6cb0daf58af0272f75825d183500a0fd63a21932dad0ac300a"),
        (noted(), "780244564361aa77e4dc46e24f719f0fa0db932782f85fab62c56cdfac1b5724"),
    ];
    for (statement, hex) in statements {
        assert!(statement.has_seal(&seal(hex)) && statement.has_seal(&statement.seal()));
        assert!(!StatementRecord { reason: "a hare".into(), ..statement }.has_seal(&seal(hex)));
    }
    let derivation = seal("3de0eb3f8e4bb1500a9f95febec207d9834ed1548d6a42cbb0c131113ca7c84b");
    assert!(asserted().has_seal(&derivation) && asserted().has_seal(&asserted().seal()));
    assert!(!AssertedRecord { place: 2, ..asserted() }.has_seal(&derivation));
}

fn set_of(count: u32) -> VersionRecord {
    let manifest = Some(Manifest { digest: [5; 32], count, complete: true });
    VersionRecord {
        content: Content { manifest, ..Content::empty() },
        activity: None,
        message: None,
        ..version()
    }
}

/// Returns a version with content of every kind.
fn full() -> VersionRecord {
    let content = Content {
        payload: payload("a cat"),
        media_type: Some("image/png".into()),
        attributes: attributes(json!({"class": "cat"})),
        sources: vec![Source { role: "INPUT".into(), version: some_version(4) }],
        manifest: Some(Manifest { digest: [5; 32], count: 2, complete: false }),
        ontology: Some(some_version(6)),
        class_changes: vec![ClassChange::mapped(ClassChangeKind::Rename, vec![json!("cat")], vec![json!(7)])],
    };
    VersionRecord { content, ..version() }
}

fn retraction() -> StatementRecord {
    StatementRecord { kind: StatementKind::Retracts, by: None, ..statement() }
}

fn made() -> StatementRecord {
    StatementRecord { activity: Some(activity()), ..noted() }
}

fn noted() -> StatementRecord {
    StatementRecord { message: Some("by hand".into()), ..statement() }
}

fn blob() -> BlobRecord {
    BlobRecord { digest: payload("a cat").unwrap(), sha256: [6; 32], size: 5 }
}

fn commit(facts: PackedFacts, rows: TreeHead) -> CommitRecord {
    CommitRecord {
        seq: Seq(7),
        time: 1_700_000_000_000_000,
        author: "ann".into(),
        message: Some("a campaign".into()),
        facts,
        rows,
        previous: [1; 32],
    }
}

#[test]
fn commits() {
    let none = Entry::rows_tree(&[], &[], &[], &[]);
    assert_eq!(none, TreeHead { size: 0, root: empty_root() });
    let rows = Entry::rows_tree(&[version()], &[statement()], &[asserted()], &[blob()]);
    assert_eq!(rows.size, 4);
    check(rows.root, "1581ff0a9d0b9fa89c574326b67470da6a7c13578e58a3164e2c73e5f6904d36");
    let commit = commit(facts().pack(), rows);
    check(commit.digest(), "6cf59a687c5b6091e6fe273e23c6cadbe9c22b7f0d6a1cf95272536d4797ccee");
    check(
        CommitRecord { message: None, previous: [0; 32], ..commit }.digest(),
        "5b5c766ffcd5fe539bbd0d8349523b652ae4e752e4ff7c0ba85ec312c5e2987d",
    );
}

#[test]
fn former_commits() {
    let none = former::rows_digest(&[], &[], &[], &[]);
    let rows = former::rows_digest(&[version()], &[statement()], &[asserted()], &[blob()]);
    check(none.root, "02c4d0509f7ab95ec45f2a3bbdad0f0344be03ebb9afec629d1729698fb35129");
    check(rows.root, "97dad64a0b24dafa6cc3f5a2d8108ec813cfc42e2a42e93134271d22ffeb72e7");
    let commit = commit(former_facts(), rows);
    check(commit.digest(), "6f91c520101ffe53dde7f6e37522367cea5c3b004031b6286cdb53c2acbed7d5");
    check(
        CommitRecord { message: None, previous: [0; 32], ..commit }.digest(),
        "a624045ef6de26bc0160537d857e8e7241b0691854c39f0cfad39e9e062fb5d5",
    );
}

/// The digests cover only the hashes of what may be erased. A verifier that has the hashes alone gets
/// the same ones.
#[test]
fn digests_cover_the_hashes_of_parts() {
    let hash = |part: &str| *blake3::hash(part.as_bytes()).as_bytes();
    let rows = Entry::rows_tree(&[version()], &[statement()], &[], &[]);
    let made = commit(facts().pack(), rows);
    let mut header = Canon::new("stemma commit v2");
    header
        .number(7)
        .number(1_700_000_000_000_000)
        .field(&hash("ann"))
        .optional(Some(&hash("a campaign")))
        .field(blake3::hash(made.facts.covered()).as_bytes())
        .number(2)
        .field(&rows.root)
        .field(&[1; 32]);
    assert_eq!(made.header(), header.as_bytes());
    assert_eq!(made.digest(), header.hash());
    // No text of an attribute and no key is in the facts that the digest covers.
    let covered = String::from_utf8_lossy(made.facts.covered()).into_owned();
    for erasable in ["caption", "ladder", "score"] {
        assert!(!covered.contains(erasable), "{erasable}");
        assert!(String::from_utf8_lossy(made.facts.texts()).contains(erasable), "{erasable}");
    }
    let mut activity = Canon::new("stemma activity v2");
    activity
        .field(b"crop")
        .optional(Some(&hash("git:abc")))
        .field(&hash(r#"{"size":64}"#))
        .optional(Some(&(-1_i64).to_le_bytes()))
        .optional(Some(&1_700_000_000_000_000_i64.to_le_bytes()));
    let mut row = Canon::new("stemma statement row v2");
    row.number(7)
        .number(1)
        .field(b"CORRECTS")
        .field(&[1; 32])
        .optional(Some(&[2; 32]))
        .field(&hash("a dog"))
        .optional(Some(&activity.hash()))
        .optional(Some(&hash("by hand")));
    assert_eq!(self::made().seal(), row.hash());
    assert_eq!(Entry::rows_tree(&[], &[self::made()], &[], &[]).root, leaf_hash(row.as_bytes()));
    let mut row = Canon::new("stemma version row v2");
    row.field(&[1; 32])
        .field(&[2; 32])
        .optional(Some(&[3; 32]))
        .number(7)
        .number(2)
        .optional(Some(payload("a cat").unwrap().as_bytes()))
        .optional(Some(b"image/png"))
        .field(&hash(r#"{"class":"cat"}"#))
        .number(1)
        .field(b"INPUT")
        .field(&[4; 32])
        .number(1)
        .field(&[5; 32])
        .number(2)
        .number(0)
        .optional(Some(&[6; 32]))
        .optional(Some(&hash(r#"[{"from":["cat"],"op":"RENAME","to":[7]}]"#)))
        .optional(Some(&activity.hash()))
        .optional(Some(&hash("first try")));
    assert_eq!(full().seal(), row.hash());
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
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let packed = facts().pack();
    insta::assert_snapshot!(format!("{}\n\n{}", hex(packed.covered()), hex(packed.texts())));
    assert_eq!(Facts::unpack(&packed), Ok(facts()));
    let none = Facts::default().pack();
    assert_eq!((none.covered(), none.texts()), (&[0, 3, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0, 1][..]));
}

/// Returns the same facts in entry format 1.
fn former_facts() -> PackedFacts {
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

    let digits = expected.replace(' ', "");
    let byte = |place| u8::from_str_radix(&digits[place..place + 2], 16).unwrap();
    PackedFacts::Former((0..digits.len()).step_by(2).map(byte).collect())
}

#[test]
fn former_facts_are_read() {
    assert_eq!(Facts::unpack(&former_facts()), Ok(facts()));
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
