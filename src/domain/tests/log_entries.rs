//! Log entries: every change in one is detected. That they are complete is checked by every test
//! with a ledger.

use super::desk::{TestLedger, log_entry, proposal};
use super::model::Model;
use crate::domain::canonical::wire::{Broken, Reader, Writer};
use crate::domain::id::Digest;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::entry::{CommitRecord, Entry, Head};
use crate::domain::log::facts::PackedFacts;
use crate::domain::version::{Activity, Content};
use crate::domain::write::log_entry::LogEntry;
use crate::domain::write::proposal::Put;

/// Returns a commit of two versions, one made from the other by an activity.
fn entry() -> Entry {
    let key = |name: &str| ItemKey::new("birds".parse().unwrap(), Kind::Source, name).unwrap();
    let payload = Digest::of(b"a photo");
    let desk = TestLedger::<Model>::new(&["a photo"]);
    let photo = Put {
        payload: Some(payload),
        media_type: Some("image/png".into()),
        name: Some("photo".into()),
        ..Put::new(key("photo"))
    };
    let activity = Activity {
        name: "crop".into(),
        code_reference: None,
        parameters: Content::empty().attributes,
        started_at: Some(-1),
        ended_at: Some(5),
    };
    let source = crate::domain::write::proposal::Ref::Local("photo".into());
    let crop = Put {
        sources: vec![("INPUT".into(), source)],
        activity: Some(activity),
        message: Some("by hand".into()),
        ..Put::new(key("crop"))
    };
    desk.plan(&proposal(vec![photo.into(), crop.into()])).unwrap().entry.unwrap()
}

#[test]
fn changes_in_a_log_entry_are_detected() {
    let whole = log_entry(&entry());
    let (_, head) = whole.check(Head::default()).unwrap();
    assert_eq!(head, Head { seq: whole.commit.seq, digest: whole.commit.digest() });
    type Change = fn(&mut LogEntry);
    let changes: [(Change, &str); 8] = [
        (|t| t.versions[1].message = None, "another hash"),
        (|t| t.versions[1].activity = None, "another hash"),
        (|t| t.versions[0].number = 2, "another hash"),
        (|t| t.versions.swap(0, 1), "another hash"),
        (|t| drop(t.versions.pop()), "another hash"),
        (|t| t.blobs[0].size = 4, "another hash"),
        (|t| t.commit.previous = [1; 32], "does not follow"),
        (|t| t.commit.seq = t.commit.seq.next(), "does not follow"),
    ];
    for (change, why) in changes {
        let mut changed = whole.clone();
        change(&mut changed);
        let untrue = changed.check(Head::default()).unwrap_err();
        assert!(untrue.to_string().contains(why), "{untrue}");
    }
    // The digest covers the author, which is in no row: the result is another commit, which the
    // next one does not follow.
    let mut other = whole.clone();
    other.commit.author = "eve".into();
    assert_ne!(other.check(Head::default()).unwrap().1, head);
    // Rows under their own digest that the facts do not contain.
    let mut other = whole;
    other.versions[1].content.media_type = Some("image/gif".into());
    other.versions[1].id = other.versions[1].content.version_id(other.versions[1].item, None);
    other.commit.rows = Entry::rows_tree(&other.versions, &other.statements, &other.asserted, &other.blobs);
    assert!(other.check(Head::default()).unwrap_err().to_string().contains("facts"));
}

/// No digest covers the texts of the facts, so each change of them is found by the rows.
#[test]
fn changed_texts_are_found_by_the_rows() {
    let whole = log_entry(&entry());
    let texts = whole.commit.facts.texts().to_vec();
    assert!(!texts.is_empty());
    for place in 0..texts.len() {
        let mut changed = texts.clone();
        changed[place] ^= 1;
        let covered = whole.commit.facts.covered().to_vec();
        let facts = PackedFacts::Current { covered, texts: changed };
        let entry = LogEntry { commit: CommitRecord { facts, ..whole.commit.clone() }, ..whole.clone() };
        assert_eq!(entry.commit.digest(), whole.commit.digest());
        assert!(entry.check(Head::default()).is_err(), "byte {place}");
    }
}

#[test]
fn an_erased_part_is_refused_by_name() {
    let mut w = Writer::default();
    w.part("a reason");
    w.number(0);
    w.raw(&[7; 32]);
    let bytes = w.finish();
    let mut r = Reader::new(&bytes).unwrap();
    assert_eq!(r.part(), Ok("a reason"));
    assert_eq!(r.part(), Err(Broken("a part that a later release erased")));
}

#[test]
fn broken_bytes_are_refused() {
    let packed = log_entry(&entry()).pack();
    for length in 0..packed.len() {
        assert!(LogEntry::unpack(&packed[..length]).is_err(), "cut to {length} bytes");
    }
    let longer = [packed.as_slice(), &[0]].concat();
    assert_eq!(LogEntry::unpack(&longer), Err(Broken("end")));
    // A flipped bit is refused, or makes a log entry that fails its check, or is covered by the
    // digest.
    for place in 0..packed.len() {
        let mut flipped = packed.clone();
        flipped[place] ^= 1;
        if let Ok(log_entry) = LogEntry::unpack(&flipped)
            && let Ok((_, head)) = log_entry.check(Head::default())
        {
            assert_ne!(head.digest, entry().commit.digest(), "byte {place}");
        }
    }
}

#[test]
fn one_version_of_a_packed_log_entry_is_read_alone() {
    let entry = entry();
    let (bytes, rows) = entry.pack();
    assert_eq!(bytes, log_entry(&entry).pack());
    assert_eq!(LogEntry::unpack_commit(&bytes).unwrap(), entry.commit);
    assert_eq!(rows.len(), entry.versions.len());
    for (row, version) in rows.iter().zip(&entry.versions) {
        let found = LogEntry::unpack_version(&bytes, &bytes[*row as usize..]).unwrap();
        assert_eq!(&found, version);
    }
    // Another place is no version, or one with another id.
    let shifted = LogEntry::unpack_version(&bytes, &bytes[rows[1] as usize + 1..]);
    assert!(shifted.is_err() || shifted.is_ok_and(|found| found.id != entry.versions[1].id));
}
