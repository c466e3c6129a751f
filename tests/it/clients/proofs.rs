//! Proofs as a program sees them that shares no code with this one: `tests/clients/proofs/verify.py`.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns a Python that has Ed25519, in the user's cache directory; `None` if it cannot be installed.
fn python() -> Option<PathBuf> {
    let made = Command::new(root().join("tests/clients/proofs/python")).output().expect("bash starts");
    if made.status.success() {
        return Some(String::from_utf8_lossy(&made.stdout).trim().into());
    }
    let insists = option_env!("STEMMA_TEST_PYTHON") == Some("require");
    let why = String::from_utf8_lossy(&made.stderr);
    assert!(!insists, "STEMMA_TEST_PYTHON=require, and cryptography cannot be installed: {why}");
    eprintln!("skipped: cryptography cannot be installed; see tests/clients/proofs/python");
    None
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns a line for each of these files: the name, `valid` or `refused`, and the reason.
fn verdicts(python: &Path, files: &[PathBuf]) -> Vec<String> {
    let output = Command::new(python)
        .arg(root().join("tests/clients/proofs/verify.py"))
        .args(["--key", "@key.txt"])
        .args(files)
        .current_dir(root().join("fixtures/proofs"))
        .output()
        .expect("Python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && errors.is_empty(), "{:?} {errors}", output.status);
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn the_independent_verifier_accepts_and_refuses_what_it_should() {
    let Some(python) = python() else { return };
    let mut files = Vec::new();
    for folder in ["good", "refused"] {
        let entries = std::fs::read_dir(root().join("fixtures/proofs").join(folder)).expect("a folder");
        files.extend(entries.flatten().map(|entry| Path::new(folder).join(entry.file_name())));
    }
    files.sort();
    let expected = std::fs::read_to_string(root().join("fixtures/proofs/verdicts.txt")).expect("a text");
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(verdicts(&python, &files), expected);
    for line in expected {
        let is_valid = line.starts_with("good/") && line.contains(".json: valid: ");
        assert!(is_valid || line.starts_with("refused/") && line.contains(".json: refused: "), "{line}");
    }
}

#[test]
fn the_independent_verifier_refuses_a_changed_bit_in_any_byte() {
    let Some(python) = python() else { return };
    let proof = std::fs::read(root().join("fixtures/proofs/good/both.json")).expect("a proof");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: String, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    // The line feed after the object has no meaning.
    let changed = (0..proof.len() - 1).map(|at| {
        let mut bytes = proof.clone();
        bytes[at] ^= 1 << (at % 8);
        write(format!("{at}.json"), &bytes)
    });
    let files: Vec<PathBuf> = changed.chain([write("original.json".to_owned(), &proof)]).collect();
    let verdicts = verdicts(&python, &files);
    assert_eq!(verdicts.len(), proof.len());
    let valid: Vec<&String> = verdicts.iter().filter(|line| line.contains(": valid: ")).collect();
    assert!(matches!(valid.as_slice(), [only] if only.contains("original.json")), "{valid:?}");
}
