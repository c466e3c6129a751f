//! Backups and restores that are killed, run out of space, or meet a damaged backup.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use stemma::domain::id::Digest;

use super::{digest, filled, says, trace, with_payloads};
use crate::cli::import::import;
use crate::cli::{called, command, folder, refused, stemma};
use crate::http::server::Server;

/// A backup that is killed at any moment leaves the previous one, and a restore continues.
#[test]
fn a_backup_and_a_restore_survive_a_kill() {
    let folder = folder();
    let here = folder.path();
    filled(here, "store", 6);
    says(&stemma(here, &["backup", "kept", "--as-of", "2", "--data", "store"]), &["up to 2"]);
    let former = fs::read(here.join("kept/manifest.json")).unwrap();
    let kill_after = |arguments: &[&str], milliseconds: u64| {
        let mut child = command(here, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
    };
    for milliseconds in [50, 200, 350, 500, 700] {
        kill_after(&["backup", "kept", "--data", "store"], milliseconds);
        let now = fs::read(here.join("kept/manifest.json")).unwrap();
        says(
            &stemma(here, &["backup", "--verify", "kept"]),
            &[if now == former { "Sound: 2 commits" } else { "Sound: 6 commits" }],
        );
    }
    says(&stemma(here, &["backup", "kept", "--data", "store"]), &["up to 6"]);
    for milliseconds in [50, 200, 300, 400, 500, 600] {
        kill_after(&["restore", "kept", "--data", "new"], milliseconds);
    }
    let mut restored = stemma(here, &["restore", "kept", "--data", "new"]);
    if restored.err.contains("expected an empty store") {
        // The last one ended before it was killed.
        restored = stemma(here, &["backup", "kept", "--data", "new"]);
    }
    assert_eq!(digest(&restored), digest(&stemma(here, &["backup", "--verify", "kept"])), "{}", restored.err);
    assert_eq!(trace(here, "new"), trace(here, "store"));
}

/// A limit on the file size has the effect of a full disk.
#[test]
fn a_full_disk_leaves_the_previous_backup() {
    let folder = folder();
    let here = folder.path();
    filled(here, "store", 1);
    says(&stemma(here, &["backup", "kept", "--data", "store"]), &["up to 1"]);
    filled(here, "store", 1);
    import(here, &noise(), &["--data", "store"]);
    let server = Server::start(&here.join("store"));
    let mut limited = Command::new("sh");
    limited.current_dir(here).stdin(Stdio::null()).args([
        "-c",
        "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_stemma"),
        "backup",
        "kept",
        "--server",
        &server.url,
    ]);
    let full = called(limited.output().unwrap());
    refused(&full, 1, "kept/log/");
    assert!(full.err.contains("the earlier content of the backup is unchanged"), "{}", full.err);
    says(&stemma(here, &["backup", "--verify", "kept"]), &["Sound: 1 commit"]);
    says(&stemma(here, &["backup", "kept", "--server", &server.url]), &["Added 1 commit"]);
    assert_eq!(fs::read_dir(here.join("kept/log")).unwrap().count(), 2);
}

/// Labels that cannot be compressed.
fn noise() -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for label in 0_u32..200 {
        let said: String = (0_u32..6)
            .map(|part| Digest::of(&[label.to_le_bytes(), part.to_le_bytes()].concat()).hex())
            .collect();
        let _ = writeln!(
            text,
            r#"{{"type":"version","item":"birds/LABEL/noise-{label}","attributes":{{"said":"{said}"}}}}"#
        );
    }
    text
}

#[test]
fn a_store_that_is_half_restored_is_not_served() {
    let folder = folder();
    let here = folder.path();
    with_payloads(here, "store", &["one", "two", "three"]);
    says(&stemma(here, &["backup", "kept", "--data", "store"]), &["up to 3"]);
    // A backup whose last file is damaged is restored up to that file.
    says(&stemma(here, &["backup", "two", "--as-of", "2", "--data", "store"]), &["up to 2"]);
    says(&stemma(here, &["backup", "two", "--data", "store"]), &["up to 3"]);
    let mut files: Vec<_> =
        fs::read_dir(here.join("two/log")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let whole = fs::read(&files[1]).unwrap();
    fs::write(&files[1], &whole[..whole.len() / 2]).unwrap();
    let broken = stemma(here, &["restore", "two", "--data", "half", "--blobs", "store"]);
    refused(&broken, 1, "the backup is damaged");
    let serving = stemma(here, &["serve", "--data", "half", "--listen", "127.0.0.1:0"]);
    refused(&serving, 1, "the restore of the store is incomplete: it has commits up to 2 of 3");
    refused(
        &stemma(here, &["backup", "third", "--data", "half"]),
        1,
        "the restore of the store is incomplete",
    );
    // A sound backup of the same store finishes the restore.
    let finished = stemma(here, &["restore", "kept", "--data", "half", "--blobs", "store"]);
    says(&finished, &["Restored 3 commits with 3 versions", "3 there already"]);
    assert!(finished.err.contains("continuing after commit 2"), "{}", finished.err);
    assert_eq!(trace(here, "half"), trace(here, "store"));
}
