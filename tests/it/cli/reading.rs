//! Commands that read: they change nothing, and need no write permission.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::backup::{blob_file, with_payloads};
use super::import::{GARDEN, import};
use super::{Called, called, command, files, folder, refused, stemma};
use crate::http::server::Server;

/// A read-only view of a folder: a bind mount if this user may mount, else a copy without write
/// permission.
struct ReadOnly {
    path: PathBuf,
    mounted: bool,
}

impl ReadOnly {
    fn view(folder: &Path, path: PathBuf) -> Self {
        fs::create_dir(&path).unwrap();
        let mount = |arguments: &[&str]| {
            let mount = Command::new("mount").args(arguments).args([folder, &path]).output();
            mount.is_ok_and(|mounted| mounted.status.success())
        };
        if mount(&["--bind"]) {
            let again = Command::new("mount").args(["-o", "remount,ro,bind"]).arg(&path).status();
            assert!(again.is_ok_and(|again| again.success()));
            return Self { path, mounted: true };
        }
        fs::remove_dir(&path).unwrap();
        assert!(Command::new("cp").arg("-r").args([folder, &path]).status().unwrap().success());
        assert!(Command::new("chmod").args(["-R", "a-w"]).arg(&path).status().unwrap().success());
        Self { path, mounted: false }
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let path = self.path.to_str().unwrap();
        let undo = if self.mounted { vec!["umount", "-l", path] } else { vec!["chmod", "-R", "u+w", path] };
        let _ = Command::new(undo[0]).args(&undo[1..]).status();
    }
}

fn works(called: &Called) -> &str {
    assert_eq!(called.code, Some(0), "{}\n{}", called.out, called.err);
    &called.out
}

#[test]
fn commands_that_read_need_no_write_permission() {
    let folder = folder();
    let here = folder.path();
    assert_eq!(import(here, GARDEN, &["--data", "store"]).code, Some(0));
    with_payloads(here, "store", &["one", "two"]);
    works(&stemma(here, &["backup", "kept", "--payloads", "--data", "store"]));
    let trace = stemma(here, &["trace", "--all", "--json", "--data", "store"]);
    assert!(works(&trace).contains("trainingSet"));

    let store = ReadOnly::view(&here.join("store"), here.join("store-ro"));
    let kept = ReadOnly::view(&here.join("kept"), here.join("kept-ro"));
    assert!(fs::write(store.path.join("more"), b"").is_err(), "the store can be written to");
    let before = (files(&store.path), files(&kept.path));

    assert_eq!(works(&stemma(here, &["trace", "--all", "--json", "--data", "store-ro"])), trace.out);
    let copied = stemma(here, &["backup", "again", "--payloads", "--data", "store-ro"]);
    assert!(works(&copied).contains("Payloads: 2 copied"), "{}", copied.out);
    assert!(works(&stemma(here, &["gc", "--data", "store-ro"])).contains("No unreferenced payload"));
    works(&stemma(here, &["export", "ndjson", "--data", "store-ro"]));
    // The batches exist already, so another file has the new records.
    let more = GARDEN.replace("wren\"},", "lark\"},");
    let checked = import(here, &more, &["--dry-run", "--data", "store-ro"]);
    assert_eq!(works(&checked), works(&import(here, &more, &["--dry-run", "--data", "store"])));
    let wrong =
        r#"{"type":"statement","kind":"RETRACTS","version":"birds/LABEL/photo#9","reason":"blurred"}"#;
    let refused = import(here, wrong, &["--dry-run", "--data", "store-ro"]);
    assert!(refused.code != Some(0) && refused.err.contains("birds/LABEL/photo#9"), "{}", refused.err);
    // A picture of one pixel, whose payload is looked up.
    let pixel = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    fs::create_dir(here.join("photos")).unwrap();
    fs::write(here.join("photos/one.gif"), pixel).unwrap();
    let pictures = stemma(here, &["import", "photos", "--dry-run", "--data", "store-ro"]);
    assert!(
        works(&pictures).contains("payloads: 1 to be stored (43 bytes), 0 already there"),
        "{}",
        pictures.out
    );
    let sound = stemma(here, &["backup", "--verify", "kept-ro"]);
    assert!(works(&sound).contains("2 payloads checked"), "{}", sound.out);
    let restored = stemma(here, &["restore", "kept-ro", "--data", "restored"]);
    assert!(works(&restored).contains("Payloads: 2 copied"), "{}", restored.out);
    assert!((files(&store.path), files(&kept.path)) == before);
}

/// After a kill, a flipped bit in the log, a question, and the bit restored, every acknowledged
/// commit is there.
#[test]
fn a_question_to_a_damaged_store_destroys_nothing() {
    const COMMITS: usize = 25;
    let folder = folder();
    let data = folder.path().join("store");
    let server = Server::start(&data);
    for place in 0..COMMITS {
        let query =
            "mutation($key: String!) { putVersion(input: {item: {kind: LABEL, key: $key}}) { created } }";
        let answer = server.graphql(query, json!({"key": format!("label-{place}")})).unwrap();
        assert_eq!(answer["data"]["putVersion"]["created"], true, "{answer}");
    }
    server.kill();

    let log = fs::read_dir(data.join("log")).unwrap().map(|file| file.unwrap().path());
    let [log]: [PathBuf; 1] = log.collect::<Vec<_>>().try_into().unwrap();
    let good = fs::read(&log).unwrap();
    let mut damaged = good.clone();
    damaged[good.len() / 3] ^= 1;
    fs::write(&log, damaged).unwrap();
    let before = files(&data);
    for arguments in [
        &["trace", "--all", "--data", "store"][..],
        &["backup", "kept", "--data", "store"],
        &["gc", "--delete", "--data", "store"],
        &["export", "ndjson", "--data", "store"],
        &["serve", "--listen", "127.0.0.1:0", "--data", "store"],
    ] {
        let asked = called(command(folder.path(), arguments).output().unwrap());
        assert!(
            asked.code != Some(0) && asked.err.contains("the log is damaged: 0000"),
            "{arguments:?}: {}",
            asked.err
        );
        assert!(files(&data) == before, "{arguments:?} has changed the store");
    }
    fs::write(&log, good).unwrap();
    let server = Server::start(&data);
    let answer = server.graphql("{ view { seq } items(first: 100) { nodes { key } } }", json!({})).unwrap();
    assert_eq!(answer["data"]["view"]["seq"], COMMITS.to_string(), "{answer}");
    assert_eq!(answer["data"]["items"]["nodes"].as_array().unwrap().len(), COMMITS);
}

#[test]
fn a_damaged_meta_file_of_a_backup_is_found() {
    let folder = folder();
    let here = folder.path();
    let [one, two] = with_payloads(here, "store", &["one", "two"]).try_into().unwrap();
    works(&stemma(here, &["backup", "kept", "--payloads", "--data", "store"]));
    let meta = |digest: &str| blob_file(&here.join("kept"), digest).with_extension("meta");
    let good = fs::read_to_string(meta(&one)).unwrap();
    fs::set_permissions(meta(&one), Permissions::from_mode(0o600)).unwrap();

    let digit = good.find(|byte: char| byte.is_ascii_hexdigit()).unwrap();
    let mut other = good.clone();
    let changed = if &good[digit..=digit] == "0" { "1" } else { "0" };
    other.replace_range(digit..=digit, changed);
    for bad in [other.as_str(), "", "nonsense\n"] {
        fs::write(meta(&one), bad).unwrap();
        let before = files(&here.join("kept"));
        let found = stemma(here, &["backup", "--verify", "kept"]);
        assert_eq!(found.code, Some(1), "{bad:?}: {}", found.out);
        assert!(
            found.out.contains(&one) && found.out.contains(".meta") && !found.out.contains(&two),
            "{}",
            found.out
        );
        assert!(files(&here.join("kept")) == before, "a check repairs nothing");
    }
    fs::write(meta(&one), good).unwrap();
    works(&stemma(here, &["backup", "--verify", "kept"]));
}

#[test]
fn a_backup_without_its_manifest_is_not_written_over() {
    let folder = folder();
    let here = folder.path();
    assert_eq!(import(here, GARDEN, &["--data", "store"]).code, Some(0));
    works(&stemma(here, &["backup", "kept", "--data", "store"]));
    fs::remove_file(here.join("kept/manifest.json")).unwrap();
    let before = files(&here.join("kept"));
    let again = stemma(here, &["backup", "kept", "--data", "store"]);
    refused(&again, 1, "no manifest.json that names them");
    assert!(files(&here.join("kept")) == before);
}
