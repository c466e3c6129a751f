//! The settings file applies to the commands below `export` as it does to other commands.

use std::fs;
use std::net::TcpListener;

use super::{called, command, folder, refused, stemma};

/// The forms of an export, each with the arguments that it requires.
const FORMS: [&[&str]; 5] = [
    &["warehouse", "--dir", "out"],
    &["ndjson", "--out", "-"],
    &["coco", "birds/TRAINING_SET/garden", "--out", "-"],
    &["croissant", "birds/TRAINING_SET/garden", "--dir", "out"],
    &["prov", "birds/MODEL/finder", "--out", "-"],
];

#[test]
fn an_export_reads_the_data_directory_of_the_settings_file() {
    let folder = folder();
    fs::write(folder.path().join("stemma.toml"), "data = 'from-file'\n").unwrap();
    for form in FORMS {
        let called = stemma(folder.path(), &[&["export"], form].concat());
        refused(&called, 1, "no data directory from-file");
        let called = stemma(folder.path(), &[&["export"], form, &["--data", "from-flag"]].concat());
        refused(&called, 1, "no data directory from-flag");
    }
    fs::write(folder.path().join("stemma.toml"), "engine = 'sqlite'\n").unwrap();
    refused(&stemma(folder.path(), &["export", "ndjson", "--out", "-"]), 2, "stemma.toml: ");
}

#[test]
fn an_export_sends_no_token_to_a_server_of_a_found_file() {
    let folder = folder();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let server = format!("server = 'http://{}'\n", listener.local_addr().unwrap());
    fs::write(folder.path().join("stemma.toml"), server).unwrap();
    for form in FORMS {
        let mut command = command(folder.path(), &[&["export"], form].concat());
        command.env("STEMMA_TOKEN", "0123456789abcdef");
        let called = called(command.output().unwrap());
        refused(&called, 2, "the token comes from the variable STEMMA_TOKEN");
    }
    assert!(listener.accept().is_err(), "nothing was sent");
}
