//! `stemma backup` and `stemma restore`: round trips, moments, missing payloads, running servers.

mod interrupted;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use stemma::domain::id::Digest;

use super::import::{GARDEN, import};
use super::{Called, folder, refused, stemma};
use crate::http::server::Server;
use crate::support::{World, block_on};

const COMMIT: &str = "mutation ($input: CommitInput!) { commit(input: $input) { commit { seq } } }";

/// A query for the log, and for every version with its fields.
const EVERYTHING: &str = "{ view { seq time } commits(first: 100) { edges { node { seq time author message } } }
  items(first: 20) { edges { node { id namespace kind key tags { name }
    history(first: 10) { edges { node { id number author committedAt isHead attributes mediaType message memberCount
      commit { seq } parent { id } payload { digest size } activity { name } sources(first: 5) { edges { node { role } } } } } } } } } }";

fn says(called: &Called, parts: &[&str]) {
    assert_eq!(called.code, Some(0), "{}\n{}", called.out, called.err);
    for part in parts {
        assert!(called.out.contains(part), "{part:?} is not in {}", called.out);
    }
}

/// Returns the line with the digest of the head.
fn digest(called: &Called) -> String {
    let line = called.out.lines().find(|line| line.starts_with("Digest of commit"));
    line.unwrap_or_else(|| panic!("no digest in {}", called.out)).to_owned()
}

fn trace(folder: &Path, data: &str) -> String {
    let traced = stemma(folder, &["trace", "--all", "--json", "--data", data]);
    assert_eq!(traced.code, Some(0), "{}", traced.err);
    traced.out
}

/// Uploads payloads and commits a version of each.
pub(super) fn with_payloads(folder: &Path, data: &str, payloads: &[&str]) -> Vec<String> {
    block_on(async {
        let world = World::open(&folder.join(data)).await;
        let mut digests = Vec::new();
        for payload in payloads {
            let digest = world.put_blob(payload.as_bytes()).await;
            let item = json!({"namespace": "birds", "kind": "SOURCE", "key": *payload});
            let changes =
                json!([{"putVersion": {"item": item, "payload": digest, "mediaType": "text/plain"}}]);
            let made = world.execute(COMMIT, json!({"input": {"changes": changes}})).await;
            assert!(made["errors"].is_null(), "{made}");
            digests.push(digest);
        }
        world.close().await;
        digests
    })
}

pub(super) fn blob_file(folder: &Path, digest: &str) -> PathBuf {
    let hex = digest.strip_prefix("b3:").unwrap();
    folder.join("blobs/b3").join(&hex[..2]).join(hex)
}

/// Imports `commits` commits of 20 labels each.
fn filled(folder: &Path, data: &str, commits: usize) {
    use std::fmt::Write as _;
    for part in 0..commits {
        let mut text = String::new();
        for label in 0..20 {
            let _ = writeln!(
                text,
                r#"{{"type":"version","item":"birds/LABEL/{part}-{label}","attributes":{{"class":"{label}"}}}}"#
            );
        }
        let imported = import(folder, &text, &["--data", data]);
        assert_eq!(imported.code, Some(0), "{}", imported.err);
    }
}

#[test]
fn what_is_restored_answers_as_what_was_backed_up() {
    let folder = folder();
    let here = folder.path();
    assert_eq!(import(here, GARDEN, &["--data", "store"]).code, Some(0));
    let first = stemma(here, &["backup", "kept", "--data", "store"]);
    says(&first, &["Added 2 commits with 6 versions: the backup holds commits up to 2."]);
    let again = stemma(here, &["backup", "kept", "--data", "store"]);
    says(&again, &["Nothing new: the backup holds commits up to 2."]);
    assert_eq!(digest(&again), digest(&first));

    with_payloads(here, "store", &["one", "two", "one"]);
    let more = stemma(here, &["backup", "kept", "--payloads", "--data", "store"]);
    says(
        &more,
        &["Added 2 commits with 2 versions", "up to 4", "Payloads: 2 copied (6 bytes), 0 in the backup"],
    );
    let more = stemma(here, &["backup", "kept", "--payloads", "--data", "store"]);
    says(&more, &["Nothing new", "Payloads: 0 copied (0 bytes), 0 in the backup"]);
    assert_eq!(fs::read_dir(here.join("kept/log")).unwrap().count(), 2);
    let sound = stemma(here, &["backup", "--verify", "kept"]);
    says(&sound, &["Sound: 4 commits with 8 versions up to commit 4, 2 payloads checked."]);

    let restored = stemma(here, &["restore", "kept", "--data", "elsewhere/store"]);
    says(
        &restored,
        &["Restored 4 commits with 8 versions", "Payloads: 2 copied (6 bytes), 0 there already."],
    );
    assert_eq!(digest(&restored), digest(&sound));
    assert_eq!(trace(here, "elsewhere/store"), trace(here, "store"));
    let ask = |data: &str| {
        block_on(async {
            let world = World::open(&here.join(data)).await;
            let answer = world.execute(EVERYTHING, json!({})).await;
            world.close().await;
            assert!(answer["errors"].is_null(), "{answer}");
            answer
        })
    };
    assert_eq!(ask("elsewhere/store"), ask("store"));
    refused(&stemma(here, &["restore", "kept", "--data", "elsewhere/store"]), 1, "expected an empty store");

    // The restored store takes commits, and its backup continues in the same folder.
    with_payloads(here, "elsewhere/store", &["three"]);
    says(&stemma(here, &["backup", "kept", "--data", "elsewhere/store"]), &["Added 1 commit with 1 version"]);
    refused(&stemma(here, &["backup", "kept", "--data", "store"]), 1, "the store ends at commit 4");

    let early = stemma(here, &["restore", "kept", "--as-of", "1", "--data", "early"]);
    says(&early, &["Restored 1 commit with 5 versions"]);
    refused(
        &stemma(here, &["restore", "kept", "--as-of", "9", "--data", "late"]),
        1,
        "the backup ends at commit 5",
    );
}

#[test]
fn a_moment_and_another_store() {
    let folder = folder();
    let here = folder.path();
    assert_eq!(import(here, GARDEN, &["--data", "store"]).code, Some(0));
    let early = stemma(here, &["backup", "kept", "--as-of", "1", "--data", "store"]);
    says(&early, &["Added 1 commit with 5 versions: the backup holds commits up to 1."]);
    says(
        &stemma(here, &["backup", "kept", "--as-of", "2", "--data", "store"]),
        &["Added 1 commit with 1 version"],
    );
    says(&stemma(here, &["backup", "kept", "--as-of", "1", "--data", "store"]), &["Nothing new", "up to 2"]);
    refused(
        &stemma(here, &["backup", "kept", "--as-of", "3", "--data", "store"]),
        2,
        "there is no commit 3 yet",
    );
    let manifest = fs::read(here.join("kept/manifest.json")).unwrap();
    with_payloads(here, "other", &["a", "b", "c"]);
    refused(
        &stemma(here, &["backup", "kept", "--data", "other"]),
        1,
        "the store's commit 2 is not the one in the backup",
    );
    assert_eq!(fs::read(here.join("kept/manifest.json")).unwrap(), manifest);
    refused(
        &stemma(here, &["backup", "store", "--data", "other"]),
        1,
        "expected a backup or an empty folder, found other files in store",
    );
    refused(&stemma(here, &["restore", "nowhere", "--data", "new"]), 1, "there is no folder nowhere");
    fs::create_dir(here.join("empty")).unwrap();
    for command in [&["restore", "empty", "--data", "new"][..], &["backup", "--verify", "empty"]] {
        let code = if command[0] == "backup" { 3 } else { 1 };
        let called = stemma(here, command);
        refused(&called, code, "expected a backup (the file manifest.json), found none in empty");
        assert!(called.err.contains("check the path") && !called.err.contains("damaged"), "{}", called.err);
    }
    // The manifest of something else.
    fs::write(here.join("empty/manifest.json"), r#"{"format": 1, "files": []}"#).unwrap();
    let other = stemma(here, &["backup", "--verify", "empty"]);
    refused(&other, 3, "expected the manifest of a backup, found another file: empty/manifest.json");
    fs::write(here.join("empty/manifest.json"), r#"{"format": 1, "segments": ["#).unwrap();
    refused(&stemma(here, &["backup", "--verify", "empty"]), 1, "the backup is damaged");
    refused(&stemma(here, &["backup", "kept", "--data", "nowhere"]), 1, "there is no data directory");
}

#[test]
fn missing_payloads_are_named() {
    let folder = folder();
    let here = folder.path();
    let digests = with_payloads(here, "store", &["one", "two", "three"]);
    fs::remove_file(blob_file(&here.join("store"), &digests[1])).unwrap();
    let lacking = stemma(here, &["backup", "kept", "--payloads", "--data", "store"]);
    assert_eq!(lacking.code, Some(1), "{}", lacking.out);
    assert!(lacking.out.contains(&format!("missing  {}", digests[1])), "{}", lacking.out);
    assert!(lacking.err.contains("error: 1 payload missing"), "{}", lacking.err);
    // The rest is still a backup.
    says(
        &stemma(here, &["backup", "--verify", "kept"]),
        &["Sound: 3 commits", "names 3 more payloads that the backup may not contain"],
    );
    let restored = stemma(here, &["restore", "kept", "--data", "new"]);
    assert_eq!(restored.code, Some(1));
    assert!(
        restored.out.contains("Restored 3 commits") && restored.out.contains(&digests[1]),
        "{}",
        restored.out
    );
    assert_eq!(fs::read(blob_file(&here.join("new"), &digests[0])).unwrap(), b"one");

    // After another upload the next run copies it, and only it.
    block_on(async {
        let world = World::open(&here.join("store")).await;
        world.put_blob(b"two").await;
        world.close().await;
    });
    let whole = stemma(here, &["backup", "kept", "--payloads", "--data", "store"]);
    says(&whole, &["Nothing new", "Payloads: 1 copied (3 bytes), 2 in the backup already."]);
    says(&stemma(here, &["backup", "--verify", "kept"]), &["3 payloads checked"]);
    // Nothing is copied into a blob store that has them already.
    let shared = here.join("store");
    let shared = stemma(here, &["restore", "kept", "--data", "again", "--blobs", shared.to_str().unwrap()]);
    says(&shared, &["Payloads: 0 copied (0 bytes), 3 there already."]);

    // Damage is found by the check and by a restore.
    let file = blob_file(&here.join("kept"), &digests[2]);
    fs::remove_file(&file).unwrap();
    fs::write(&file, "THREE").unwrap();
    let damaged = stemma(here, &["backup", "--verify", "kept"]);
    assert_eq!(damaged.code, Some(1));
    assert!(damaged.out.contains(&format!("damaged  {}", digests[2])), "{}", damaged.out);
    assert_eq!(damaged.out.matches(&digests[2]).count(), 1, "{}", damaged.out);
    assert!(
        damaged.err.starts_with("error: the backup is incomplete: 1 payload damaged\n"),
        "{}",
        damaged.err
    );
    let restored = stemma(here, &["restore", "kept", "--data", "third"]);
    assert_eq!(restored.code, Some(1));
    assert!(restored.out.contains(&format!("damaged  {}", digests[2])), "{}", restored.out);
    assert!(!blob_file(&here.join("third"), &digests[2]).exists());
    // Without payloads, the missing ones are reported.
    let without = stemma(here, &["restore", "kept", "--no-payloads", "--data", "fourth"]);
    assert_eq!(without.code, Some(1));
    assert_eq!(
        without.out.lines().filter(|line| line.starts_with("missing  b3:")).count(),
        3,
        "{}",
        without.out
    );
}

#[test]
fn a_running_server_is_backed_up_and_continues() {
    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    let folder = folder();
    let here = folder.path();
    with_payloads(here, "store", &["one", "two"]);
    fs::write(here.join("token"), TOKEN).unwrap();
    let server = Server::launch(&here.join("store"), |command| {
        command.args(["--token-file"]).arg(here.join("token"));
    });
    let backup = ["backup", "kept", "--payloads", "--server", &server.url];
    refused(&stemma(here, &backup), 1, "requires a token");
    let backup = [&backup[..], &["--token-file", "token"]].concat();
    let first = stemma(here, &backup);
    says(&first, &["Added 2 commits with 2 versions", "Payloads: 2 copied (6 bytes)"]);
    let ask = |body: &Value| {
        let mut request = Command::new("curl");
        request.args([
            "-s",
            "-H",
            &format!("Authorization: Bearer {TOKEN}"),
            "-H",
            "Content-Type: application/json",
        ]);
        request.args(["-d", &body.to_string(), &format!("{}/backup", server.url)]);
        request.output()
    };
    if let Ok(said) = ask(&json!({"after": "0", "until": "3"})) {
        let said: Value = serde_json::from_slice(&said.stdout).unwrap();
        assert_eq!(said["errors"][0]["extensions"]["reason"], "AS_OF_UNAVAILABLE", "{said}");
    }
    drop(server);
    says(&stemma(here, &["backup", "--verify", "kept"]), &["Sound: 2 commits", "2 payloads checked"]);
    let restored = stemma(here, &["restore", "kept", "--data", "new"]);
    assert_eq!(digest(&restored), digest(&first));

    // Backups while the server takes commits.
    let server = Server::start(&here.join("new"));
    for number in 0..30 {
        let item = json!({"kind": "LABEL", "key": format!("label {number}")});
        let changes = json!([{"putVersion": {"item": item, "attributes": {"class": number}}}]);
        let made = server.graphql(COMMIT, json!({"input": {"changes": changes}})).unwrap();
        assert!(made["errors"].is_null(), "{made}");
        if number % 10 == 9 {
            let added = stemma(here, &["backup", "kept", "--server", &server.url]);
            says(&added, &["Added 10 commits with 10 versions"]);
        }
    }
    assert_eq!(server.get_blob(Digest::of(b"two"), None), (200, b"two".to_vec()));
    drop(server);
    says(&stemma(here, &["backup", "--verify", "kept"]), &["Sound: 32 commits with 32 versions"]);
}
