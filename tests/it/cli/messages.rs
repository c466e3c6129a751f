//! Messages that say what was found, where, and what to do.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::import::{GARDEN, import};
use super::{Called, called, command, folder, refused, stemma};
use crate::http::server::Server;

const TOKEN: &str = "0123456789abcdef";

#[track_caller]
fn hinted(called: &Called, code: i32, message: &str, hint: &str) {
    refused(called, code, message);
    assert!(called.err.contains(&format!("hint: {hint}")), "{}", called.err);
}

/// A set and a model that saw something wrong are not wrong themselves.
#[test]
fn a_model_is_not_the_suspect() {
    let folder = folder();
    let late = r#"{"type":"training_set","item":"birds/TRAINING_SET/late","members":[{"version":"birds/LABEL/photo#1"}]}"#;
    import(folder.path(), &format!("{GARDEN}{late}\n"), &[]);
    for subject in ["birds/MODEL/finder#1", "birds/TRAINING_SET/garden"] {
        let traced = stemma(folder.path(), &["trace", subject]);
        assert_eq!(traced.code, Some(3), "{}", traced.err);
        assert!(traced.out.starts_with(&format!("Not wrong itself: {subject}")), "{}", traced.out);
        assert!(traced.err.contains("hint: REF names what may be wrong"), "{}", traced.err);
    }
    let traced = stemma(folder.path(), &["trace", "birds/LABEL/photo#2"]);
    assert!(traced.out.starts_with("Not wrong: birds/LABEL/photo#2"), "{}", traced.out);
    assert!(!traced.err.contains("REF names"), "{}", traced.err);
    let traced = stemma(folder.path(), &["trace", "--all"]).out;
    for text in
        ["birds/TRAINING_SET/late#1", "with known errors", "1 consumer (model, evaluation or deployment) saw"]
    {
        assert!(traced.contains(text), "{text}: {traced}");
    }
}

#[test]
fn a_time_before_the_first_commit_is_no_empty_answer() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    let before = "there is no commit at or before 2020-01-01T00:00:00Z; the first one is at 20";
    for (arguments, code) in [
        (&["trace", "--all", "--as-of", "2020-01-01"][..], 3),
        (&["trace", "--all", "--fail-if-affected", "--as-of", "2020-01-01"], 3),
        (&["trace", "--all", "--known-at", "2020-01-01"], 3),
        (&["export", "ndjson", "--as-of", "2020-01-01"], 1),
    ] {
        hinted(&stemma(folder.path(), arguments), code, before, "a date is its first instant in UTC");
    }
    let traced = stemma(folder.path(), &["trace", "--all", "--as-of", "0"]);
    assert_eq!(traced.code, Some(0), "a seq is meant: {}", traced.err);
    let future = stemma(folder.path(), &["trace", "--all", "--as-of", "2999-01-01"]);
    refused(&future, 3, "the moment is not settled: it is in the future");
}

#[test]
fn a_wrong_token_is_not_a_missing_one() {
    let folder = folder();
    let server = Server::launch(&folder.path().join("stemma-data"), |command| {
        command.env("STEMMA_TOKEN", TOKEN);
    });
    fs::write(folder.path().join("garden.ndjson"), GARDEN).unwrap();
    let exchanges: [(&[&str], i32); 4] = [
        (&["trace", "--all"], 3),
        (&["import", "garden.ndjson"], 1),
        (&["export", "ndjson"], 1),
        (&["gc"], 1),
    ];
    for (arguments, code) in exchanges {
        let arguments = [arguments, &["--server", &server.url]].concat();
        refused(&stemma(folder.path(), &arguments), code, "requires a token");
        let wrong =
            command(folder.path(), &arguments).env("STEMMA_TOKEN", "fedcba9876543210").output().unwrap();
        refused(&called(wrong), code, "does not accept the token: the token is not that of this server");
    }
    let missing = ["trace", "--all", "--server", &server.url, "--token-file", "gone"];
    hinted(
        &stemma(folder.path(), &missing),
        2,
        "cannot read the token in gone",
        "name the file with the token",
    );
    // TLS with a server that does not speak it.
    let tls = server.url.replace("http://", "https://");
    let plain = format!("the server there does not speak TLS: use --server {}", server.url);
    hinted(
        &stemma(folder.path(), &["trace", "--all", "--server", &tls]),
        3,
        "cannot reach",
        plain.trim_end_matches('/'),
    );
}

#[test]
fn a_token_that_cannot_be_used_is_named() {
    let folder = folder();
    fs::write(folder.path().join("short"), "hello\n").unwrap();
    fs::set_permissions(folder.path().join("short"), Permissions::from_mode(0o600)).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--token-file", "short"];
    hinted(
        &stemma(folder.path(), &serve),
        2,
        "the token in short cannot be used: found 5 characters",
        "a token must",
    );
    let spaced =
        command(folder.path(), &serve[..3]).env("STEMMA_TOKEN", "0123456789 abcdef").output().unwrap();
    let expected = "the token in the variable STEMMA_TOKEN cannot be used: found a space";
    refused(&called(spaced), 2, expected);
}

#[test]
fn another_server_is_named_by_its_url() {
    let folder = folder();
    fs::write(folder.path().join("garden.ndjson"), GARDEN).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let answer = "HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let called = stemma(folder.path(), &["import", "garden.ndjson", "--server", &url]);
    hinted(&called, 1, &format!("{url} responded with status 501"), "give the URL of a stemma server");
}

#[test]
fn options_of_a_directory_do_not_go_with_a_server() {
    let folder = folder();
    fs::write(folder.path().join("garden.ndjson"), GARDEN).unwrap();
    let server = ["--server", "http://127.0.0.1:1"];
    for arguments in [&["trace", "--all"][..], &["import", "garden.ndjson"], &["export", "ndjson"]] {
        for option in [["--data", "x"], ["--blobs", "y"]] {
            let called = stemma(folder.path(), &[arguments, &option, &server].concat());
            let expected = format!("{} has no effect on the server http://127.0.0.1:1", option[0]);
            refused(&called, 2, &expected);
        }
    }
    let all = ["trace", "--all", "--server", "http://127.0.0.1:1"];
    let elsewhere = command(folder.path(), &all).env("STEMMA_DATA", "x").output().unwrap();
    refused(&called(elsewhere), 3, "cannot reach");
    let both =
        command(folder.path(), &["trace", "--all", "--data", "x"]).env("STEMMA_SERVER", server[1]).output();
    refused(&called(both.unwrap()), 2, "which is named by the variable STEMMA_SERVER");
}

#[test]
fn a_file_is_no_folder() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    fs::write(folder.path().join("file"), "").unwrap();
    for (arguments, code) in [
        (&["trace", "--all", "--data", "file"][..], 3),
        (&["import", "garden.ndjson", "--data", "file"], 1),
        (&["serve", "--listen", "127.0.0.1:0", "--data", "file"], 1),
        (&["gc", "--delete", "--data", "file"], 1),
    ] {
        let expected = "expected a data directory, found the file file";
        hinted(&stemma(folder.path(), arguments), code, expected, "name a directory with --data");
    }
    for (arguments, code) in [
        (&["export", "warehouse", "--dir", "file"][..], 1),
        (&["export", "croissant", "birds/TRAINING_SET/garden", "--dir", "file"], 1),
        (&["checkout", "birds/TRAINING_SET/garden", "file"], 1),
        (&["checkout", "birds/TRAINING_SET/garden", "file", "--verify"], 3),
    ] {
        refused(&stemma(folder.path(), arguments), code, "expected a folder, found the file file");
    }
    fs::write(folder.path().join("fake.zip"), "hello").unwrap();
    let called = stemma(folder.path(), &["import", "fake.zip"]);
    hinted(&called, 1, "the content of fake.zip is no zip file", "check the download");
}

/// A directory without rights, until this is dropped.
struct Locked(PathBuf);

impl Drop for Locked {
    fn drop(&mut self) {
        fs::set_permissions(&self.0, Permissions::from_mode(0o700)).unwrap();
    }
}

#[test]
fn a_directory_without_permission_is_named() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    let data = folder.path().join("stemma-data");
    fs::set_permissions(&data, Permissions::from_mode(0o000)).unwrap();
    let _locked = Locked(data.clone());
    if fs::read_dir(&data).is_ok() {
        // Rights do not stop this user.
        return;
    }
    let traced = stemma(folder.path(), &["trace", "--all"]);
    hinted(&traced, 3, "not allowed to read the data directory ./stemma-data", "run the command as the user");
    let served = stemma(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    hinted(&served, 1, "cannot use the directory of payloads ./stemma-data", "make it writable");
}

#[test]
fn a_server_that_cannot_listen_makes_no_store() {
    let folder = folder();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    for (name, data) in [("serve", "stemma-data"), ("demo", "stemma-demo")] {
        let called = stemma(folder.path(), &[name, "--listen", &address]);
        hinted(&called, 1, "is in use", "stop the program");
        assert!(!folder.path().join(data).exists(), "{name}");
    }
}
