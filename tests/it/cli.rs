//! The commands as users run them: the binary, its two streams and its exit code.

#![expect(clippy::unwrap_used, reason = "a test stops at its first failure")]

mod backup;
mod checkout;
mod codes;
mod demo;
mod export;
mod gc;
mod import;
mod in_use;
mod messages;
mod reading;
mod settings;
mod trace;
mod verify;

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use import::{GARDEN, import};

/// The result of a call.
struct Called {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the binary in a folder, without the `STEMMA_…` variables of the tests.
fn stemma(folder: &Path, arguments: &[&str]) -> Called {
    called(command(folder, arguments).output().unwrap())
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stemma"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("STEMMA_")) {
        command.env_remove(variable);
    }
    command
}

fn called(output: Output) -> Called {
    Called {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Reads every file below a folder, by path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let inner = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(inner, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// Asserts that a call fails with one line and at most one hint.
#[track_caller]
fn refused(called: &Called, code: i32, message: &str) {
    assert_eq!(called.code, Some(code), "{}", called.err);
    assert_eq!(called.out, "");
    let lines: Vec<&str> = called.err.lines().collect();
    assert!(lines[0].starts_with("error: ") && lines[0].contains(message), "{}", called.err);
    assert!(lines.len() == 1 || (lines.len() == 2 && lines[1].starts_with("hint: ")), "{}", called.err);
}

#[test]
fn every_command_explains_itself_with_examples() {
    let folder = folder();
    let help = stemma(folder.path(), &["--help"]);
    assert_eq!(help.code, Some(0), "{}", help.err);
    for name in [
        "serve", "demo", "import", "checkout", "export", "gc", "backup", "restore", "schema", "trace",
        "verify",
    ] {
        assert!(help.out.contains(name), "{}", help.out);
        let help = stemma(folder.path(), &[name, "--help"]);
        assert_eq!(help.code, Some(0), "{}", help.err);
        assert!(help.out.contains(&format!("stemma {name}")), "{}", help.out);
    }
    assert!(stemma(folder.path(), &["--version"]).out.starts_with("stemma "));
}

/// A bucket that cannot be used stops the start with one line and a hint, before the log is read.
#[test]
fn a_bucket_that_cannot_be_used_is_refused() {
    let folder = folder();
    let serve = |more: &[&str]| {
        let arguments =
            ["serve", "--listen", "127.0.0.1:0", "--blobs", "s3://bucket/a", "--s3-attempts", "1"];
        let mut command = command(folder.path(), &[&arguments, more].concat());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        command.env("HOME", folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command
    };
    // No one listens on port 9 (discard).
    let nowhere = ["--s3-endpoint", "http://127.0.0.1:9"];
    let called_without_keys = called(serve(&nowhere).output().unwrap());
    refused(&called_without_keys, 1, "no credentials were found");
    let keys = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let called_in_vain = called(serve(&nowhere).envs(keys).output().unwrap());
    refused(&called_in_vain, 1, "the bucket could not be asked");
    assert!(called_in_vain.err.contains("hint: check --s3-endpoint"), "{}", called_in_vain.err);
    assert!(!folder.path().join("stemma-data/log").exists(), "the store was opened");
}

#[test]
fn a_wrong_call_is_a_usage_error() {
    let folder = folder();
    for arguments in [
        &["frobnicate"][..],
        &["serve", "--listen", "nowhere"],
        &["serve", "--max-blob-bytes", "0"],
        &["serve", "--blobs", "gs://bucket/a"],
        &["serve", "--blobs", "s3://"],
        &["serve", "--s3-endpoint", "localhost:9000"],
        &["import", "--s3-checksums", "never", "x"],
        &["import"],
        &["import", "--batch", "10001", "x"],
        &["trace"],
        &["trace", "--all", "--commit", "3"],
        &["trace", "--all", "--as-of", "yesterday"],
        &["--log", "stemma=loud", "schema"],
    ] {
        let called = stemma(folder.path(), arguments);
        assert_eq!((called.code, called.out.as_str()), (Some(2), ""), "{arguments:?}: {}", called.err);
        assert!(called.err.starts_with("error: "), "{arguments:?}: {}", called.err);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made on the way");
}

#[test]
fn settings_come_from_flags_then_variables_then_the_file() {
    let folder = folder();
    fs::write(folder.path().join("stemma.toml"), "data = 'from-file'\n").unwrap();
    let asked = |arguments: &[&str], variable: Option<&str>| {
        let mut command = command(folder.path(), &[&["trace", "--all"], arguments].concat());
        command.envs(variable.map(|value| ("STEMMA_DATA", value)));
        called(command.output().unwrap()).err
    };
    assert!(asked(&[], None).contains("no data directory from-file"), "{}", asked(&[], None));
    assert!(asked(&[], Some("from-variable")).contains("no data directory from-variable"));
    assert!(asked(&["--data", "from-flag"], Some("from-variable")).contains("no data directory from-flag"));

    fs::write(folder.path().join("other.toml"), "lisen = 'x'\n").unwrap();
    let called = stemma(folder.path(), &["trace", "--all", "--config", "other.toml"]);
    refused(&called, 2, "other.toml has the unknown setting `lisen`");
    refused(
        &stemma(folder.path(), &["schema", "--config", "gone.toml"]),
        2,
        "cannot read the settings in gone.toml",
    );
    // Help is printed even if the file is invalid.
    fs::write(folder.path().join("stemma.toml"), "data = \n").unwrap();
    assert_eq!(stemma(folder.path(), &["serve", "--help"]).code, Some(0));
    refused(&stemma(folder.path(), &["schema"]), 2, "stemma.toml is not TOML: line 1");
}

#[test]
fn a_token_is_not_sent_to_a_server_of_a_found_file() {
    let folder = folder();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let server = format!("server = 'http://{}'\n", listener.local_addr().unwrap());
    fs::write(folder.path().join("stemma.toml"), server).unwrap();
    let asked = |arguments: &[&str]| {
        let mut command = command(folder.path(), &[&["trace", "--all"], arguments].concat());
        command.env("STEMMA_TOKEN", "0123456789abcdef");
        called(command.output().unwrap())
    };
    let found = asked(&[]);
    refused(&found, 2, "the token comes from the variable STEMMA_TOKEN");
    assert!(found.err.contains("--config stemma.toml"), "{}", found.err);
    assert!(listener.accept().is_err(), "nothing was sent");
    // An option overrides the file, and a named file is trusted: there is no server at either
    // address.
    refused(&asked(&["--server", "http://127.0.0.1:1"]), 3, "cannot reach http://127.0.0.1:1");
    let closed = listener.local_addr().unwrap();
    drop(listener);
    refused(&asked(&["--config", "stemma.toml"]), 3, &format!("cannot reach http://{closed}"));
}

#[test]
fn an_address_that_other_machines_can_reach_needs_a_token() {
    let folder = folder();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        refused(&stemma(folder.path(), &["serve", "--listen", address]), 2, "and there is no token");
    }
    fs::write(folder.path().join("token"), "short\n").unwrap();
    let shared = stemma(folder.path(), &["serve", "--listen", "0.0.0.0:0", "--token-file", "token"]);
    assert!(
        shared.err.contains("other users of this machine can read the file, which holds a secret"),
        "{}",
        shared.err
    );
    fs::set_permissions(folder.path().join("token"), Permissions::from_mode(0o600)).unwrap();
    let weak = stemma(folder.path(), &["serve", "--listen", "0.0.0.0:0", "--token-file", "token"]);
    refused(&weak, 2, "cannot be used: found ");
    let gone = stemma(folder.path(), &["serve", "--token-file", "gone"]);
    refused(&gone, 2, "cannot read the token in gone");
    assert!(!folder.path().join("stemma-data").exists());
}

#[test]
fn a_port_in_use_is_reported() {
    let folder = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let called = stemma(folder.path(), &["serve", "--listen", &address.to_string()]);
    refused(&called, 1, &format!("port {} is in use", address.port()));
}

#[test]
fn the_schema_is_printed_and_compared() {
    let folder = folder();
    let schema = stemma(folder.path(), &["schema"]);
    assert!(schema.out.contains("type AffectedTrainingSet"), "{}", schema.err);
    let path = folder.path().join("schema.graphql");
    fs::write(&path, &schema.out).unwrap();
    assert_eq!(stemma(folder.path(), &["schema", "--check", "schema.graphql"]).code, Some(0));
    fs::write(&path, format!("# mine\n{}", schema.out)).unwrap();
    let called = stemma(folder.path(), &["schema", "--check", "schema.graphql"]);
    refused(&called, 1, "schema.graphql differs from this build's schema in line 1");
}

#[test]
fn the_demo_answers_and_a_second_run_changes_nothing() {
    let folder = folder();
    let first = stemma(folder.path(), &["demo", "--no-serve"]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    let second = stemma(folder.path(), &["demo", "--no-serve"]);
    assert_eq!(second.code, Some(0), "{}", second.err);
    let (summary_first, answer_first) = first.out.split_once('\n').unwrap();
    let (summary_second, answer_second) = second.out.split_once('\n').unwrap();
    assert!(summary_first.starts_with("Loaded 20,000 labels"), "{summary_first}");
    assert_eq!(summary_second, "Everything is in ./stemma-demo already: nothing changed.");
    assert_eq!(answer_first, answer_second);
    insta::assert_snapshot!("demo", answer_first);

    let traced = stemma(folder.path(), &["trace", "--all", "--json", "--data", "stemma-demo"]);
    let traced: Value = serde_json::from_str(&traced.out).unwrap();
    let counts: Vec<_> =
        traced["rows"].as_array().unwrap().iter().map(|row| row["affectedCount"].as_u64()).collect();
    assert_eq!(counts, [Some(13), Some(22)]);

    // The campaign of one data set, as of that commit: nothing was repaired yet.
    let arguments =
        ["trace", "--commit", "25", "--as-of", "25", "--json", "--data", "stemma-demo", "--fail-if-affected"];
    let campaign = stemma(folder.path(), &arguments);
    assert_eq!(
        (campaign.code, campaign.err.trim()),
        (Some(1), "error: affected: 1 training set version, 2 consumers")
    );
    let campaign: Value = serde_json::from_str(&campaign.out).unwrap();
    assert_eq!(campaign["readAt"]["seq"], "25");
    let row = &campaign["rows"][0];
    assert_eq!(row["trainingSet"]["ref"], "mnist/TRAINING_SET/test-set#1");
    assert_eq!((row["memberCount"].as_u64(), row["members"].as_array().unwrap().len()), (Some(10_000), 13));
    assert_eq!((&row["fixedIn"], &row["staleAtBuild"]), (&Value::Null, &Value::Bool(false)));

    let label =
        stemma(folder.path(), &["trace", "cifar10/LABEL/test/02405", "--members", "--data", "stemma-demo"]);
    assert!(label.out.contains("reviewed by 5 people: 5 of 5 say frog"), "{}{}", label.out, label.err);
    let right = stemma(folder.path(), &["trace", "cifar10/LABEL/test/00000", "--data", "stemma-demo"]);
    assert!(
        right.out.starts_with("Not wrong: cifar10/LABEL/test/00000, as of seq 36"),
        "{}{}",
        right.out,
        right.err
    );
    assert_eq!(right.code, Some(3));
    let unknown = stemma(folder.path(), &["trace", "cifar10/LABEL/test/x#1", "--data", "stemma-demo"]);
    refused(&unknown, 3, "there is no version cifar10/LABEL/test/x#1");
    let unknown = stemma(folder.path(), &["trace", "cifar10/LABEL/test/x", "--data", "stemma-demo"]);
    refused(&unknown, 3, "there is no item cifar10/LABEL/test/x");

    // The pictures: all digits with their labels, in both versions of the set.
    let checkout = |set: &str, to: &str| {
        let called = stemma(folder.path(), &["checkout", set, to, "--data", "stemma-demo"]);
        assert_eq!(called.code, Some(0), "{}", called.err);
        called.out
    };
    let out = checkout("digits/TRAINING_SET/digits@current", "digits");
    assert!(out.contains("digits/TRAINING_SET/digits#2 is in digits: 1,797 files written"), "{out}");
    checkout("digits/TRAINING_SET/digits#1", "before");
    let scan =
        |set: &str| fs::read(folder.path().join(set).join("TRAIN/digits/SOURCE/digit/0007.png")).unwrap();
    assert_ne!(scan("digits"), scan("before"), "scanned again");
    assert!(scan("digits").starts_with(b"\x89PNG"));
    let out = checkout("digits/TRAINING_SET/ink", "ink");
    // Masks, crops, and the images that are masked.
    assert!(out.contains(": 297 files written"), "{out}");
    let labels = fs::read_to_string(folder.path().join("digits/manifest.ndjson")).unwrap();
    assert_eq!(labels.lines().count(), 1_797);
    let first: Value = serde_json::from_str(labels.lines().next().unwrap()).unwrap();
    assert_eq!((&first["split"], &first["attributes"]["class"]), (&"TEST".into(), &0.into()));
    let unnamed = stemma(folder.path(), &["gc", "--grace", "0s", "--data", "stemma-demo"]);
    assert!(unnamed.out.contains("No unreferenced payload"), "{}", unnamed.out);
}

#[test]
fn a_running_server_is_asked_and_stops_cleanly() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    let arguments = ["serve", "--listen", "127.0.0.1:0"];
    let mut server =
        command(folder.path(), &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("stemma is ready: ").unwrap();

    let traced = stemma(folder.path(), &["trace", "birds/LABEL/photo#1", "--json", "--server", url]);
    let traced: Value = serde_json::from_str(&traced.out).unwrap();
    assert_eq!(traced["rows"][0]["trainingSet"]["ref"], "birds/TRAINING_SET/garden#1");
    // Its directory is in use.
    let other = stemma(folder.path(), &["trace", "--all"]);
    refused(&other, 3, "is in use by another process");

    let killed = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(server.wait().unwrap().success());
    assert_eq!(stemma(folder.path(), &["trace", "--all"]).code, Some(0));
    refused(
        &stemma(folder.path(), &["trace", "--all", "--server", url]),
        3,
        "cannot reach http://127.0.0.1:",
    );
}
