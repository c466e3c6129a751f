//! Exports read by DuckDB, Polars, mlcroissant, prov and pycocotools, in the versions of
//! `tests/clients/requirements.txt`. Built with `STEMMA_TEST_PYTHON=require` only, because they are
//! many megabytes.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::{export, folder, garden};
use crate::cli::stemma;
use crate::http::server::Server;

/// Returns a Python that has them.
fn python() -> Option<String> {
    if option_env!("STEMMA_TEST_PYTHON") != Some("require") {
        eprintln!("skipped: build with STEMMA_TEST_PYTHON=require to fetch the tools that read exports");
        return None;
    }
    let made = Command::new(client("tools")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some(String::from_utf8(made.stdout).unwrap().trim().to_owned())
}

fn client(name: &str) -> String {
    format!("{}/tests/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn stdout(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Random histories are exported, and queried at several moments with the queries of the manual.
#[test]
fn duckdb_and_polars_answer_as_the_server_does() {
    let Some(python) = python() else { return };
    let folder = folder();
    let server = Server::start(&folder.path().join("store"));
    let mut filling = Command::new(&python);
    filling.arg(client("oracle.py")).arg(&server.url).args([
        "--worlds",
        "30",
        "--seed",
        "3",
        "--questions",
        "1",
    ]);
    stdout(&filling.output().unwrap());
    let arguments =
        ["export", "warehouse", "--dir", "warehouse", "--partition", "64", "--server", &server.url];
    let exported = stemma(folder.path(), &arguments);
    assert_eq!(exported.code, Some(0), "{}", exported.err);
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/analytics.md");
    let mut asking = Command::new(&python);
    asking
        .arg(client("analytics.py"))
        .arg(&server.url)
        .arg("warehouse")
        .arg(document)
        .current_dir(folder.path());
    let said = stdout(&asking.output().unwrap());
    assert!(said.contains("all agree") && said.contains("(DERIVED, DIRECT, SELF)"), "{said}");
    let rows = said.split("Polars ").nth(1).and_then(|rest| rest.split(' ').nth(1)?.parse::<u64>().ok());
    assert!(rows.is_some_and(|rows| rows > 100), "{said}");
}

#[test]
fn documents_are_read_by_the_reference_tools() {
    let Some(python) = python() else { return };
    let folder = folder();
    garden(folder.path());
    let set = "birds/TRAINING_SET/garden#1";
    for arguments in [
        &["croissant", set, "--dir", "out", "--license", "https://example.org/licence"][..],
        &["coco", set, "--out", "out/coco.json"],
        &["prov", "birds/MODEL/net#1", "--out", "out/prov.json"],
    ] {
        let called = export(folder.path(), arguments);
        assert_eq!(called.code, Some(0), "{}", called.err);
    }
    let said =
        Command::new(&python).arg(client("documents.py")).arg("out").current_dir(folder.path()).output();
    let said: Value = serde_json::from_str(&stdout(&said.unwrap())).unwrap();

    let croissant = &said["croissant"];
    assert_eq!(croissant["errors"], json!([]));
    let record = |place: usize, field: &str| &croissant["records"][place][field];
    let members: Vec<_> = (0..3).map(|place| (record(place, "item"), record(place, "split"))).collect();
    let member = |item, split| (json!(item), json!(split));
    let expected = [
        member("birds/SOURCE/2#1", "TEST"),
        member("birds/LABEL/1#1", "TRAIN"),
        member("birds/LABEL/2#1", "TEST"),
    ];
    assert_eq!(members, expected.iter().map(|(item, split)| (item, split)).collect::<Vec<_>>());
    assert_eq!((record(1, "weight"), record(1, "labels")), (&json!(0.5), &json!("birds/SOURCE/1#1")));
    // Both payloads and the table of members have the hash that `sha256sum` computes.
    let files = croissant["files"].as_object().unwrap();
    assert_eq!(files.len(), 3);
    let hashed = stdout(
        &Command::new("sha256sum").arg("out/members.ndjson").current_dir(folder.path()).output().unwrap(),
    );
    assert_eq!(files["members.ndjson"]["sha256"].as_str(), hashed.split(' ').next());
    let another = files.values().find(|file| file["size"] == "13 B").unwrap();
    assert_eq!(
        another["sha256"],
        json!("210277cb6266afe7c6cc4227ff3e9efc818f55234a7d7fbf033ab602440f2437"),
        "{another}"
    );

    let shape = |file: &str, class: &str| json!([file, class, null, null, 0, null]);
    assert_eq!(said["coco"]["images"], json!(["one.png", "two.png"]));
    assert_eq!(said["coco"]["categories"], json!(["robin", "wren"]));
    let annotations = [
        json!(["one.png", "wren", [1, 2, 10, 20], 200.0, 0, 200]),
        shape("two.png", "robin"),
        shape("two.png", "wren"),
    ];
    assert_eq!(said["coco"]["annotations"], json!(annotations));

    let counts = &said["prov"]["counts"];
    let count = |what: &str| counts[what].as_u64().unwrap_or(0);
    // The model, the set, its three members, their images, and the derivation that was asserted
    // later.
    assert_eq!((count("ProvEntity"), count("ProvMembership")), (6, 3), "{counts}");
    assert_eq!((count("ProvDerivation"), count("ProvGeneration")), (4, 7), "{counts}");
    assert_eq!(said["prov"]["same"], json!(true));
    let reasons: Vec<&Value> =
        said["prov"]["invalidated"].as_array().unwrap().iter().map(|row| &row[1]).collect();
    assert_eq!(reasons, [&json!("red breast"), &json!("no bird at all")]);
}
