//! The proofs in `fixtures/proofs`, which a Python program made and another one verifies as well.
//!
//! The form of these files is that of this test and of `tests/clients/proofs/verify.py`.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::domain::id::Seq;
use crate::domain::log::signed_note::{NoteVerifier, SignedNote};
use crate::domain::log::tree::{TreeHash, TreeHead, leaf_hash, verify_consistency, verify_inclusion};
use crate::domain::log::tree_checkpoint::TreeCheckpoint;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofFile {
    format: String,
    checkpoint: String,
    inclusion: Option<InclusionPart>,
    consistency: Option<ConsistencyPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InclusionPart {
    index: String,
    leaf: String,
    path: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsistencyPart {
    checkpoint: String,
    path: Vec<String>,
}

type Verdict = Result<(), Box<dyn std::error::Error>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/proofs")
}

fn key() -> NoteVerifier {
    std::fs::read_to_string(folder().join("key.txt")).unwrap().trim_end().parse().unwrap()
}

/// Returns the files of one folder, by name.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder().join(name)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

fn tree(note: &str, key: &NoteVerifier) -> Result<TreeHead, Box<dyn std::error::Error>> {
    let note: SignedNote = note.parse()?;
    Ok(TreeCheckpoint::open(&note, key.name(), std::slice::from_ref(key))?.tree())
}

fn path(hashes: &[String]) -> Result<Vec<TreeHash>, Box<dyn std::error::Error>> {
    let hash = |text: &String| STANDARD.decode(text)?.try_into().map_err(|_| "a hash has 32 bytes".into());
    hashes.iter().map(hash).collect()
}

fn verify(bytes: &[u8], key: &NoteVerifier) -> Verdict {
    let proof: ProofFile = serde_json::from_slice(bytes)?;
    if proof.format != "stemma proof 1" || (proof.inclusion.is_none() && proof.consistency.is_none()) {
        return Err("no proof".into());
    }
    let now = tree(&proof.checkpoint, key)?;
    if let Some(inclusion) = proof.inclusion {
        let Seq(index) = inclusion.index.parse()?;
        let leaf = leaf_hash(&STANDARD.decode(inclusion.leaf)?);
        verify_inclusion(&leaf, index, &path(&inclusion.path)?, now)?;
    }
    if let Some(consistency) = proof.consistency {
        verify_consistency(tree(&consistency.checkpoint, key)?, now, &path(&consistency.path)?)?;
    }
    Ok(())
}

#[test]
fn proofs_made_by_another_program_are_valid() {
    let (key, files) = (key(), files("good"));
    assert_eq!(files.len(), 11);
    for (name, bytes) in files {
        verify(&bytes, &key).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn changed_proofs_are_refused() {
    let (key, files) = (key(), files("refused"));
    assert_eq!(files.len(), 36);
    for (name, bytes) in files {
        assert!(verify(&bytes, &key).is_err(), "{name}");
    }
}

/// No byte of a proof is without meaning.
#[test]
fn a_changed_bit_in_any_byte_of_a_proof_is_refused() {
    let (key, proof) = (key(), std::fs::read(folder().join("good/both.json")).unwrap());
    assert!(verify(&proof, &key).is_ok());
    // The last byte is a line feed after the object; a space in its place would be as good.
    for at in 0..proof.len() - 1 {
        let mut changed = proof.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify(&changed, &key).is_err(), "byte {at}");
    }
}
