//! `stemma export`: equal bytes from every source, files that are kept and replaced, refusals, and
//! kills.

mod annotations;
mod coco;
mod tools;

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use stemma::domain::id::Digest;

use super::{Called, called, command, files, folder, refused, stemma};
use crate::http::server::Server;
use crate::s3::Bucket;
use crate::support::{World, block_on};

const COMMIT: &str = "mutation ($input: CommitInput!) { commit(input: $input) { commit { seq } } }";

/// The newest seq of the store below.
const SEQ: u64 = 7;

fn item(kind: &str, key: &str) -> Value {
    json!({"namespace": "birds", "kind": kind, "key": key})
}

/// Creates a store in `folder/store` with seven commits: images and labels, three versions of a
/// set, a model, a correction, a retraction, tags that move, and a derivation that is asserted
/// later.
fn garden(folder: &Path) {
    block_on(async {
        let world = World::open(&folder.join("store")).await;
        let image = world.put_blob(b"an image").await;
        let other = world.put_blob(b"another image").await;
        let labels = |image: &str| json!([{"version": image, "role": "LABELS"}]);
        let photo = |name: &str| json!({"file_name": format!("{name}.png"), "width": 40, "height": 30});
        let wren =
            json!({"class": "wren", "bbox": [1, 2, 10, 20], "segmentation": [[1, 2, 11, 2, 11, 22, 1, 22]]});
        let put = |kind: &str, key: &str, more: Value| {
            let mut change = json!({"item": item(kind, key)});
            change.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"putVersion": change})
        };
        let set = |members: Value| json!({"snapshotTrainingSet": {"as": "set", "item": item("TRAINING_SET", "garden"), "members": members}});
        let commits = [
            json!([
                put(
                    "SOURCE",
                    "1",
                    json!({"as": "one", "payload": image, "mediaType": "image/png", "attributes": photo("one")})
                ),
                put(
                    "SOURCE",
                    "2",
                    json!({"as": "two", "payload": other, "mediaType": "image/png", "attributes": photo("two"),
                                          "activity": {"name": "scan", "codeReference": "git:abc", "parameters": {"dpi": 300}}})
                ),
                put("LABEL", "1", json!({"as": "a", "attributes": wren, "sources": labels("@one")})),
                put(
                    "LABEL",
                    "2",
                    json!({"as": "b", "attributes": {"class": ["robin", "wren"]}, "sources": labels("@two")})
                ),
            ]),
            json!([
                set(json!({"all": [{"version": "birds/LABEL/1", "split": "TRAIN", "weight": 0.5},
                                   {"version": "birds/LABEL/2", "split": "TEST"},
                                   {"version": "birds/SOURCE/2", "split": "TEST"}]})),
                json!({"setTag": {"name": "production", "version": "@set", "alias": true}}),
                put("MODEL", "net", json!({"sources": [{"version": "@set", "role": "TRAINED_ON"}]})),
            ]),
            json!([{"correct": {"version": "birds/LABEL/1#1", "attributes": {"class": "robin"}, "reason": "red breast"}}]),
            json!([
                set(json!({"change": {"base": "birds/TRAINING_SET/garden#1", "remove": ["birds/LABEL/1#1"],
                                      "add": [{"version": "birds/LABEL/1#2", "split": "TRAIN"}]}})),
                json!({"setTag": {"name": "production", "version": "@set", "alias": true}}),
            ]),
            json!([{"retract": {"version": "birds/LABEL/2#1", "reason": "no bird at all"}}]),
            json!([{"assertDerivation": {"derived": "birds/LABEL/2#1", "source": "birds/SOURCE/1#1", "reason": "seen in both"}}]),
            json!([set(
                json!({"change": {"base": "birds/TRAINING_SET/garden#2", "remove": ["birds/LABEL/2#1"], "add": []}})
            )]),
        ];
        for (place, changes) in commits.iter().enumerate() {
            let message = format!("commit {}", place + 1);
            let made =
                world.execute(COMMIT, json!({"input": {"changes": changes, "message": message}})).await;
            assert!(made["errors"].is_null(), "{changes}: {made}");
        }
        world.close().await;
    });
}

fn export(folder: &Path, arguments: &[&str]) -> Called {
    stemma(folder, &[&["export"], arguments, &["--data", "store"]].concat())
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

fn warehouse(folder: &Path, dir: &str, more: &[&str]) -> Called {
    export(folder, &[&["warehouse", "--dir", dir, "--partition", "2"], more].concat())
}

#[test]
fn a_warehouse_is_the_same_whenever_and_from_wherever_it_is_exported() {
    let folder = folder();
    garden(folder.path());
    let whole = warehouse(folder.path(), "whole", &[]);
    assert!(
        whole.out.contains(", as of seq 7: ") && whole.out.ends_with("in 28 files, 28 written\n"),
        "{}",
        whole.err
    );
    let said = manifest(&folder.path().join("whole"));
    let expected = files(&folder.path().join("whole"));
    assert_eq!((&said["seq"], expected.len()), (&json!(SEQ), 29));
    for file in said["files"].as_array().unwrap() {
        let bytes = &expected[file["path"].as_str().unwrap()];
        assert_eq!(file["digest"], json!(Digest::of(bytes).to_string()));
        assert_eq!(file["bytes"], json!(bytes.len()));
    }

    // Exported step by step: full partitions are kept, and the result is the same.
    for (seq, written) in [("1", "7"), ("2", "7"), ("3", "7"), ("6", "14"), ("6", "0"), ("7", "7")] {
        let called = warehouse(folder.path(), "grown", &["--as-of", seq]);
        assert!(
            called.out.ends_with(&format!(", {written} written\n")),
            "{seq}: {}{}",
            called.out,
            called.err
        );
    }
    assert_eq!(files(&folder.path().join("grown")), expected);

    let server = Server::start(&folder.path().join("store"));
    let arguments = ["export", "warehouse", "--dir", "remote", "--partition", "2", "--server", &server.url];
    let called = stemma(folder.path(), &arguments);
    assert_eq!(called.code, Some(0), "{}", called.err);
    assert_eq!(files(&folder.path().join("remote")), expected);
    let part = ["--of", "birds/TRAINING_SET/garden#2", "--dir", "part", "--server", &server.url];
    assert_eq!(stemma(folder.path(), &[&["export", "warehouse"], &part[..]].concat()).code, Some(0));
    drop(server);
    let called =
        export(folder.path(), &["warehouse", "--of", "birds/TRAINING_SET/garden#2", "--dir", "local-part"]);
    assert_eq!(called.code, Some(0), "{}", called.err);
    assert_eq!(files(&folder.path().join("part")), files(&folder.path().join("local-part")));
}

#[test]
fn a_warehouse_in_the_bucket_of_the_payloads_is_brought_up_to_date() {
    let folder = folder();
    garden(folder.path());
    let arguments = ["export", "warehouse", "--bucket", "lake/birds", "--partition", "2", "--data", "store"];
    refused(&stemma(folder.path(), &arguments), 2, "--bucket needs payloads in a bucket");
    let Some(bucket) = Bucket::start() else { return };
    let run = |more: &[&str]| {
        let mut command = command(folder.path(), &[&arguments[..], more].concat());
        bucket.told(&mut command);
        called(command.output().unwrap())
    };
    for (seq, written) in [("3", "14"), ("3", "0"), ("7", "21"), ("7", "0")] {
        let called = run(&["--as-of", seq]);
        let place = format!("exports/lake/birds of the bucket, as of seq {seq}: ");
        assert!(called.out.starts_with(&place), "{}{}", called.out, called.err);
        assert!(called.out.ends_with(&format!(", {written} written\n")), "{seq}: {}", called.out);
    }
    refused(&run(&["--as-of", "6"]), 1, "it is of seq 7, later than 6");
    bucket.stop();
    let gone = stemma(folder.path(), &["export", "warehouse", "--bucket", "../x", "--data", "store"]);
    refused(&gone, 2, "found ../x");
}

#[test]
fn lost_and_damaged_files_are_found_and_written_again() {
    let folder = folder();
    garden(folder.path());
    assert_eq!(warehouse(folder.path(), "out", &[]).code, Some(0));
    let out = folder.path().join("out");
    let before = files(&out);
    let verify = || stemma(folder.path(), &["export", "warehouse", "--dir", "out", "--verify"]);
    assert!(verify().out.ends_with("28 files verified\n"));
    let path = out.join("versions/first_seq=1/part-0.parquet");
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(&path, &bytes).unwrap();
    refused(&verify(), 1, "versions/first_seq=1/part-0.parquet is missing or differs from manifest.json");
    fs::remove_file(&path).unwrap();
    assert!(warehouse(folder.path(), "out", &[]).out.ends_with(", 7 written\n"));
    assert_eq!(files(&out), before);
}

#[test]
fn a_folder_with_another_export_is_refused() {
    let folder = folder();
    garden(folder.path());
    assert_eq!(warehouse(folder.path(), "out", &["--as-of", "5"]).code, Some(0));
    let before = files(&folder.path().join("out"));
    refused(&warehouse(folder.path(), "out", &["--as-of", "4"]), 1, "it is of seq 5, later than 4");
    refused(&export(folder.path(), &["warehouse", "--dir", "out"]), 1, "other partitions");
    let part = ["warehouse", "--dir", "out", "--of", "birds/MODEL/net"];
    refused(&export(folder.path(), &part), 1, "part of the lineage");
    refused(&warehouse(folder.path(), "new", &["--as-of", "99"]), 1, "after seq 7");
    refused(
        &warehouse(folder.path(), "new", &["--of", "birds/MODEL/none"]),
        1,
        "there is no version birds/MODEL/none",
    );
    refused(
        &export(folder.path(), &["coco", "birds/MODEL/net"]),
        1,
        "birds/MODEL/net is not a training set version",
    );
    refused(&export(folder.path(), &["ndjson", "--since", "8"]), 1, "nothing after seq 8");
    // Another store with as many commits.
    block_on(async {
        let world = World::open(&folder.path().join("other")).await;
        for key in 0..6 {
            let changes = json!([{"putVersion": {"item": item("SOURCE", &key.to_string())}}]);
            world.execute(COMMIT, json!({"input": {"changes": changes}})).await;
        }
        world.close().await;
    });
    let arguments = ["export", "warehouse", "--dir", "out", "--partition", "2", "--data", "other"];
    refused(&stemma(folder.path(), &arguments), 1, "its commit 5 is not in this store");
    assert_eq!(files(&folder.path().join("out")), before);
    fs::write(folder.path().join("out/manifest.json"), "{}").unwrap();
    refused(&warehouse(folder.path(), "out", &[]), 1, "cannot read manifest.json in out");
}

/// After a kill at any moment the manifest is that of a complete export, whose full partitions are
/// right; the next run completes the rest.
#[test]
fn a_kill_leaves_an_export_that_can_be_read() {
    let folder = folder();
    garden(folder.path());
    assert_eq!(warehouse(folder.path(), "whole", &[]).code, Some(0));
    assert_eq!(warehouse(folder.path(), "out", &["--as-of", "3"]).code, Some(0));
    let (out, earlier) = (folder.path().join("out"), manifest(&folder.path().join("out")));
    let whole = manifest(&folder.path().join("whole"));
    let mut interrupted = 0;
    for wait in 0..14 {
        let arguments = ["export", "warehouse", "--dir", "out", "--partition", "2", "--data", "store"];
        let mut running = command(folder.path(), &arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(60 * wait));
        running.kill().unwrap();
        interrupted += u32::from(!running.wait().unwrap().success());
        let now = manifest(&out);
        assert!(now == earlier || now == whole, "{now}");
        let full = |file: &&Value| file["lastSeq"].as_u64().unwrap().is_multiple_of(2);
        for file in now["files"].as_array().unwrap().iter().filter(full) {
            let bytes = fs::read(out.join(file["path"].as_str().unwrap())).unwrap();
            assert_eq!(file["digest"], json!(Digest::of(&bytes).to_string()), "{file}");
        }
    }
    assert!(interrupted > 0, "no run was interrupted");
    assert_eq!(warehouse(folder.path(), "out", &[]).code, Some(0));
    assert_eq!(files(&out), files(&folder.path().join("whole")));
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn changes_are_lines_in_the_order_of_the_log() {
    let folder = folder();
    garden(folder.path());
    let all = export(folder.path(), &["ndjson"]);
    let rows = lines(&all.out);
    let seqs: Vec<u64> = rows.iter().map(|row| row["seq"].as_u64().unwrap()).collect();
    assert!(seqs.is_sorted() && seqs.last() == Some(&SEQ), "{seqs:?}");
    let of = |table: &str| rows.iter().filter(|row| row["table"] == table).collect::<Vec<_>>();
    assert_eq!(of("commits").len(), 7);
    let label = &of("versions")[2];
    assert_eq!(
        (&label["kind"], &label["number"], &label["version"]),
        (&json!("LABEL"), &json!(1), &json!(2))
    );
    let scanned = &of("versions")[1];
    assert_eq!((&scanned["activity"], &scanned["activity_code"]), (&json!("scan"), &json!("git:abc")));
    assert_eq!(scanned["payload"], json!(Digest::of(b"another image").to_string()));
    assert_eq!(scanned["payload_size"], json!(13));
    let corrected = of("statements")[0];
    assert_eq!((&corrected["kind"], &corrected["reason"]), (&json!("CORRECTS"), &json!("red breast")));
    let changed: Vec<_> =
        of("members").iter().filter(|row| row["seq"] == 4).map(|row| row["added"].clone()).collect();
    assert_eq!(changed, [json!(false), json!(true)], "one left, one came");
    let said = of("derivations").into_iter().find(|row| row["asserted"] == true).unwrap();
    assert_eq!(said["reason"], json!("seen in both"));

    // The changes after a seq are the end of all changes; those of an earlier moment are the start.
    let since = export(folder.path(), &["ndjson", "--since", "4"]);
    let before = export(folder.path(), &["ndjson", "--as-of", "4", "--out", "before.ndjson"]);
    assert_eq!(before.out, "before.ndjson, as of seq 4\n", "{}", before.err);
    let before = fs::read_to_string(folder.path().join("before.ndjson")).unwrap();
    assert_eq!(before + &since.out, all.out);

    // A part of the lineage contains everything that it names, and all members of its sets.
    let part = lines(&export(folder.path(), &["ndjson", "--of", "birds/TRAINING_SET/garden#2"]).out);
    let versions: Vec<&Value> =
        part.iter().filter(|row| row["table"] == "versions").map(|row| &row["version"]).collect();
    let members: Vec<&Value> = part.iter().filter(|row| row["table"] == "members").collect();
    assert_eq!((versions.len(), members.len()), (5, 3), "{part:?}");
    assert!(members.iter().all(|row| row["added"] == true && versions.contains(&&row["member"])));
    let edges = part.iter().filter(|row| row["table"] == "derivations");
    assert!(edges.clone().count() > 0);
    assert!(
        edges.clone().all(|row| versions.contains(&&row["derived"]) && versions.contains(&&row["source"]))
    );
}

#[test]
fn a_server_streams_exports_to_authorized_clients() {
    let folder = folder();
    garden(folder.path());
    let token = "0123456789abcdef0123456789abcdef";
    let server = Server::launch(&folder.path().join("store"), |command| {
        command.env("STEMMA_TOKEN", token);
    });
    let get = |path: &str, token: Option<&str>| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.get(format!("{}/export/{path}", server.url));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call().unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let headers =
            (header("content-type"), header("x-content-type-options"), header("content-disposition"));
        (answer.status().as_u16(), headers, answer.body_mut().read_to_vec().unwrap())
    };
    assert_eq!(get("log", None).0, 401);
    assert_eq!(get("changes", None).0, 401);
    let (status, (media, sniff, disposition), body) = get("tables/commits.parquet?upTo=4", Some(token));
    assert_eq!((status, &body[..4], &body[body.len() - 4..]), (200, &b"PAR1"[..], &b"PAR1"[..]));
    assert_eq!(media.as_deref(), Some("application/vnd.apache.parquet"));
    assert_eq!(
        (sniff.as_deref(), disposition.as_deref()),
        (Some("nosniff"), Some("attachment; filename=\"commits.parquet\""))
    );
    let (status, _, body) = get("changes?after=6&asOf=7", Some(token));
    assert_eq!((status, lines(std::str::from_utf8(&body).unwrap())[0]["seq"].clone()), (200, json!(7)));
    for (path, status, reason) in [
        ("tables/nothing", 400, "a table"),
        ("tables/commits?upTo=99", 404, "seq 99 is after"),
        ("tables/commits?after=5&upTo=4", 400, "found 4"),
        ("changes?asOf=yesterday", 400, "a moment"),
        ("changes?asOf=99", 404, "seq 7"),
        ("changes?sinse=3", 400, "sinse"),
        ("changes?upTo=3", 400, "found `upTo`"),
        ("changes?after=3&after=4", 400, "after"),
        ("changes?direction=up", 400, "`direction` requires"),
        ("coco", 400, "`set` is missing"),
        ("coco?set=birds/TRAINING_SET/none", 404, "there is no version"),
        ("prov?of=birds/MODEL/net&direction=sideways", 400, "up, down or both"),
        ("elsewhere", 404, "nothing here"),
    ] {
        let (got, _, body) = get(path, Some(token));
        let body = String::from_utf8(body).unwrap();
        assert!(got == status && body.contains(reason), "{path}: {got} {body}");
    }
}
