//! PinnedMembers ids. **An id never changes between releases**: a change of a line here needs a new tag
//! (`… v2`) and a migration. The first and the last of each kind are also computed by docs/model.md
//! in Python.

use serde_json::{Value, json};

use super::samples::{attributes, key, label, payload, set, source};
use crate::domain::canonical::attributes::{Attributes, class_leaf, leaf};
use crate::domain::canonical::bytes::Canon;
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{Digest, VersionId, hex};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::version::{Content, Manifest, Source, manifest_digest};

const MODEL: &str = include_str!("../../../docs/model.md");

#[track_caller]
fn check(id: [u8; 32], expected: &str) {
    assert_eq!(hex(&id), expected);
}

fn some_version(byte: u8) -> VersionId {
    VersionId::from_bytes([byte; 32])
}

/// Returns a label's first version as in docs/model.md: a class, and the image it was made from.
fn cat() -> Content {
    Content {
        attributes: attributes(json!({"class": "cat", "score": 0.5})),
        sources: vec![Source { role: "IMAGE".into(), version: image() }],
        ..Content::empty()
    }
}

/// Returns the image's first version, as in docs/model.md.
fn image() -> VersionId {
    let content = Content { payload: payload("a cat"), ..Content::empty() };
    content.version_id(source("tiles/berlin/0012").id(), None)
}

/// Returns a version with every field set.
fn full() -> Content {
    let mut content = Content {
        payload: payload("a cat"),
        media_type: Some("image/png".into()),
        attributes: attributes(
            json!({"class": "cat", "box": {"x": 1, "y": -0.5}, "seen": [true, null, "é\n"]}),
        ),
        sources: vec![
            Source { role: "MASK".into(), version: some_version(1) },
            Source { role: "INPUT".into(), version: some_version(3) },
            Source { role: "INPUT".into(), version: some_version(2) },
            Source { role: "INPUT".into(), version: some_version(3) },
        ],
        manifest: Some(Manifest { digest: [5; 32], count: 1, complete: false }),
        ontology: Some(some_version(4)),
        class_changes: vec![ClassChange::listed(ClassChangeKind::Merge, vec![json!("cat"), json!(7)])],
    };
    content.normalise();
    content
}

#[test]
fn items() {
    let item =
        |namespace: &str, kind, key: &str| ItemKey::new(namespace.parse().unwrap(), kind, key).unwrap().id();
    check(
        *item("default", Kind::Label, "tiles/berlin/0012").as_bytes(),
        "0e57324db5cc19272113527d5e44720562bd52587c65fc3821942fe702c65b7e",
    );
    check(
        *item("default", Kind::Source, "tiles/berlin/0012").as_bytes(),
        "1c3505039e6372ebc44d650b28d042e38050831ba749fb63682b5445be666010",
    );
    check(
        *item("team-a", Kind::TrainingSet, "dächer 2024").as_bytes(),
        "5beafcc2965f349790d1c8ead5dd376e635b321985eb43407e78311f1bce557f",
    );
}

#[test]
fn digests_of_bytes() {
    check(*Digest::of(b"").as_bytes(), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    check(
        *Digest::of(b"a cat").as_bytes(),
        "bb04e91db68afc97164febcc840715b8a040b0f004ca972f26c9665d8ff20a25",
    );
}

#[test]
fn versions() {
    let item = label("tiles/berlin/0012").id();
    let id = |content: &Content, parent| *content.version_id(item, parent).as_bytes();
    check(*image().as_bytes(), "94b0142f5fe693f45d1c0fb55416c79f7899dc157b9469ae90620d6ade2938e1");
    check(id(&Content::empty(), None), "437361677bd977fd0ffaadc138005c547f165036b86e9cc9590e5c7149aef331");
    check(
        id(&Content::empty(), Some(some_version(8))),
        "24f7916b20e0332436048f97a8a29990426c6699b82a5c864f9c8c797d4e1ca4",
    );
    check(id(&cat(), None), "23996604891e2218ce6506faa42bd00ca114ddf4c7ed8cec58f868cfef6c99f6");
    check(id(&full(), None), "527c30b6c311e9788149df917fa2aeb224bdbaabf991b68f93a2fd53b05dcf0a");
    check(
        id(&full(), Some(some_version(8))),
        "e18432b4ab83168aeee31047bbaac7963f98af67c708bd425a90e9767f1b472c",
    );
    check(
        *full().version_id(set("1").id(), Some(some_version(8))).as_bytes(),
        "7e585206f2bdca88c6ac42b120817968f51edaddcff8c252e7276960db8a9ea8",
    );
}

/// One field at a time, so that a failure names the field whose bytes changed.
#[test]
fn contents() {
    let (full, empty) = (full(), Content::empty());
    check(empty.digest(), "6ee877e1c2e3edaf04306e0ce808c0e36c94a48a93fefaecc5b188749cbd78fa");
    check(cat().digest(), "de190b127cb742d7c829132dcb54ab408dae1498137d328ad6e98429350e185a");
    check(full.digest(), "635715929f9d21986d8e34f016a1a5db9b5d58b3130f4b32d6aae0414599e9d6");
    check(
        Content { payload: full.payload, ..Content::empty() }.digest(),
        "4b2e1e032ac65e1bcc454668688fe6d57d4943bf4e604e6d6e7d1235349ee1e2",
    );
    check(
        Content { media_type: full.media_type, ..Content::empty() }.digest(),
        "ecce7f78aaabad34f40d5f2431b20b6f6a438068dc530d32e91e1b149829dfe0",
    );
    check(
        Content { attributes: full.attributes, ..Content::empty() }.digest(),
        "bd9e3e671e07e045c679004233d5b2c72e428d551cea6cc4938879ada7a72990",
    );
    check(
        Content { sources: full.sources, ..Content::empty() }.digest(),
        "087b0e48e090dff232171030338ebe335953238c2bdfdb4d8484d7fad95a385b",
    );
    check(
        Content { manifest: full.manifest, ..Content::empty() }.digest(),
        "d47194221303b0b595d341be3863704ee64b6f3a8f8e7489f8ca11d92a1a9be6",
    );
    let complete = full.manifest.map(|manifest| Manifest { complete: true, ..manifest });
    check(
        Content { manifest: complete, ..Content::empty() }.digest(),
        "4dbc4ff969a20997cd3056f37f7abcd59b74d49929eb913ee34fae0a16edb3dd",
    );
    check(
        Content { ontology: full.ontology, ..Content::empty() }.digest(),
        "8ded0f76e311d317763887c5acdc229db7830432051388c99d6e699da8e1cf5b",
    );
    check(
        Content { class_changes: full.class_changes, ..Content::empty() }.digest(),
        "fc07496f5e9cda13dac9133b526c418caa0adbd831f2e9ac59282289482253d4",
    );
}

#[test]
fn manifests() {
    let digest = |members: &[(VersionId, &str, Option<f64>)]| {
        manifest_digest(members.iter().map(|(version, split, weight)| (version, *split, *weight)))
    };
    check(digest(&[]), "bd94e908d535bf9d040e7ebc7e7000c45499ead66b7bccb5c24a1a66374e5c5c");
    check(
        digest(&[(some_version(1), "TRAIN", None)]),
        "40968077a4f29d9d28da8802d1051127c0c648dcca914dfa599bc77631f24dbd",
    );
    check(
        digest(&[(some_version(1), "TRAIN", Some(0.25)), (some_version(2), "TEST", None)]),
        "34de263b8016b258326098b8500c29001a5cf45570c5f5a0285be524adcd6086",
    );
}

#[test]
fn attribute_leaves() {
    let number = |leaf: u128| format!("{leaf:032x}");
    assert_eq!(number(leaf(&["class"], &json!("cat"))), "7fdbe6884cb1f5b92005cc0e4be1c0f7");
    assert_eq!(class_leaf(&json!("cat")), leaf(&["class"], &json!("cat")));
    assert_eq!(number(leaf(&["box", "x"], &json!(1.0))), "436f08316419a4c2b0f5eb4982773564");
    assert_eq!(number(leaf(&["box"], &json!({"x": 1}))), "5b4a3a73473201f0e89c9b0824c137c4");
    assert_eq!(number(leaf(&[], &Value::Null)), "389571181a8ea7a75cc51da4a1fc7d89");
}

/// The bytes themselves, as canon.rs and docs/model.md describe them.
#[test]
fn bytes() {
    let mut canon = Canon::new("t");
    canon.field(b"ab").optional(None).optional(Some(b"")).number(258);
    let expected = [
        &[1, 0, 0, 0, 0, 0, 0, 0][..], // the tag's length
        b"t",
        &[2, 0, 0, 0, 0, 0, 0, 0],
        b"ab",
        &[0],    // absent
        &[1],    // there,
        &[0; 8], // and empty
        &[2, 1, 0, 0, 0, 0, 0, 0],
    ];
    assert_eq!(canon.as_bytes(), expected.concat());
}

/// The page for users computes the same ids.
#[test]
fn the_page_agrees() {
    let item = label("tiles/berlin/0012").id();
    assert!(MODEL.contains(&item.to_string()), "docs/model.md shows {item}");
    for version in [image(), cat().version_id(item, None)] {
        assert!(MODEL.contains(&version.to_string()), "docs/model.md shows {version}");
    }
}

#[test]
fn names_of_kinds() {
    // Kinds are hashed by name and packed by code: both are pinned.
    let kinds: Vec<String> = Kind::ALL.iter().map(|kind| format!("{}={kind}", kind.code())).collect();
    assert_eq!(
        kinds.join(" "),
        "0=SOURCE 1=LABEL 2=DERIVED 3=BUNDLE 4=ONTOLOGY 5=TRAINING_SET 6=MODEL 7=EVALUATION 8=DEPLOYMENT"
    );
    assert_eq!(key(Kind::Model, "m").to_string(), "default/MODEL/m");
    assert_eq!(Attributes::empty().as_str(), "{}");
}
