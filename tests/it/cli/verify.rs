//! `stemma verify`, and the permissions of the files that commands create.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::backup::{blob_file, with_payloads};
use super::import::{GARDEN, import};
use super::{Called, files, folder, stemma};
use crate::http::server::Server;

/// Creates a store with four commits and two payloads.
fn store(here: &Path) -> Vec<String> {
    assert_eq!(import(here, GARDEN, &["--data", "store"]).code, Some(0));
    with_payloads(here, "store", &["one", "two"])
}

#[track_caller]
fn says(called: &Called, code: i32, parts: &[&str]) {
    let all = format!("{}{}", called.out, called.err);
    assert_eq!(called.code, Some(code), "{all}");
    for part in parts {
        assert!(all.contains(part), "{part:?} is not in {all}");
    }
}

#[test]
fn a_sound_store_is_sound_and_is_not_changed() {
    let folder = folder();
    let here = folder.path();
    store(here);
    let before = files(&here.join("store"));
    let sound = stemma(here, &["verify", "store"]);
    says(
        &sound,
        0,
        &[
            "4 commits with 8 versions up to commit 4",
            "Digest of commit 4: ",
            "HEAD names commit 4.",
            "Sound.",
        ],
    );
    says(&sound, 0, &["Payloads: 2 not checked"]);
    says(
        &stemma(here, &["verify", "--data", "store", "--payloads"]),
        0,
        &["Payloads: 2 of 2 stored.", "Sound."],
    );
    says(&stemma(here, &["verify", "store", "--read-payloads"]), 0, &["Payloads: 2 of 2 read and sound."]);
    assert!(files(&here.join("store")) == before);

    // The digest is the one that a backup prints.
    let backup = stemma(here, &["backup", "kept", "--data", "store"]);
    let digest = |out: &str| out.lines().find(|line| line.starts_with("Digest of commit")).map(str::to_owned);
    assert_eq!(digest(&backup.out), digest(&sound.out));
}

#[test]
fn a_head_that_is_missing_or_damaged_loses_no_commit() {
    let folder = folder();
    let here = folder.path();
    store(here);
    let head = here.join("store/HEAD");
    let good = fs::read(&head).unwrap();

    fs::write(&head, "nonsense").unwrap();
    let found = stemma(here, &["verify", "store"]);
    says(
        &found,
        1,
        &[
            "4 commits with 8 versions",
            "HEAD is damaged; the commits up to 4 are complete",
            "hint: compare the digest",
        ],
    );
    let refused = import(here, GARDEN, &["--data", "store"]);
    says(&refused, 1, &["the file HEAD is damaged. The commits are in the log", "stemma verify"]);

    fs::remove_file(&head).unwrap();
    says(&stemma(here, &["verify", "store"]), 1, &["HEAD is missing; the commits up to 4 are complete"]);
    assert!(!head.exists(), "nothing is made");
    fs::write(&head, good).unwrap();
    says(&stemma(here, &["verify", "store"]), 0, &["Sound."]);
}

#[test]
fn damage_is_found_and_nothing_is_repaired() {
    let folder = folder();
    let here = folder.path();
    let [one, two] = store(here).try_into().unwrap();
    let head = fs::read(here.join("store/HEAD")).unwrap();

    // Payloads: one is missing, one has other bytes.
    let (gone, other) = (blob_file(&here.join("store"), &one), blob_file(&here.join("store"), &two));
    let bytes = fs::read(&gone).unwrap();
    fs::remove_file(&gone).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&other, "owt").unwrap();
    let before = files(&here.join("store"));
    says(&stemma(here, &["verify", "store"]), 0, &["Sound."]);
    says(
        &stemma(here, &["verify", "store", "--payloads"]),
        1,
        &[&format!("missing  {one}\n"), "Payloads: 1 of 2 stored.", "error: 1 payload missing\n"],
    );
    says(
        &stemma(here, &["verify", "store", "--read-payloads"]),
        1,
        &[
            &format!("missing  {one}\n"),
            &format!("damaged  {two}  its"),
            "Payloads: 0 of 2 read and sound.",
            "error: 1 payload missing and 1 payload damaged\n",
        ],
    );
    assert!(files(&here.join("store")) == before);
    fs::write(&gone, bytes).unwrap();
    fs::write(&other, "two").unwrap();

    // An older log under a newer HEAD.
    assert!(
        std::process::Command::new("cp")
            .args(["-r", "store", "old"])
            .current_dir(here)
            .status()
            .unwrap()
            .success()
    );
    with_payloads(here, "store", &["three"]);
    fs::copy(here.join("store/HEAD"), here.join("old/HEAD")).unwrap();
    says(
        &stemma(here, &["verify", "old"]),
        1,
        &["HEAD names commit 5, and there is no commit at that place", "up to 4 are complete"],
    );
    fs::write(here.join("old/HEAD"), head).unwrap();
    says(&stemma(here, &["verify", "old"]), 0, &["Sound."]);

    // A segment with other bytes.
    for segment in fs::read_dir(here.join("old/log")).unwrap().map(Result::unwrap) {
        let mut bytes = fs::read(segment.path()).unwrap();
        let half = bytes.len() / 2;
        bytes.iter_mut().skip(half).take(64).for_each(|byte| *byte ^= 0x55);
        fs::write(segment.path(), bytes).unwrap();
    }
    let before = files(&here.join("old"));
    says(&stemma(here, &["verify", "old"]), 1, &["error: the log is damaged: 0000"]);
    assert!(files(&here.join("old")) == before);
}

#[test]
fn a_store_that_cannot_be_checked_has_another_exit_code() {
    let folder = folder();
    let here = folder.path();
    says(&stemma(here, &["verify", "nowhere"]), 3, &["there is no data directory nowhere"]);
    says(&stemma(here, &["verify", "--nonsense"]), 2, &[]);
    let server = Server::start(&here.join("store"));
    says(&stemma(here, &["verify", "store"]), 3, &["in use by another process"]);
    server.kill();
    // A store after a kill is sound.
    says(&stemma(here, &["verify", "store"]), 0, &["0 commits", "Sound."]);
}

/// A data directory contains every record, so only its owner may read it.
#[test]
fn only_the_owner_may_read_created_files() {
    let folder = folder();
    let here = folder.path();
    let data = here.join("store");
    assert_eq!(import(here, GARDEN, &["--data", "store"]).code, Some(0));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for inner in ["HEAD", "LOCK", "url-key"] {
        assert_eq!(mode(&data.join(inner)) & 0o077, 0, "{inner}");
    }
    assert_eq!(mode(&data.join("blobs")) & 0o077, 0);

    let log = || fs::read_to_string(here.join("store.log")).unwrap();
    Server::start(&data).kill();
    assert!(!log().contains("can read the data directory"), "{}", log());
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    Server::start(&data).kill();
    assert!(
        log().contains("other users of this machine can read the data directory; run `chmod 700` on it"),
        "{}",
        log()
    );
}
