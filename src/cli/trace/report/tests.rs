//! What people and scripts read.

use serde_json::json;

use super::*;

fn version(key: &str, number: u64, attributes: &Value) -> Value {
    let (kind, key) = key.split_once('/').unwrap();
    json!({
        "id": format!("version:{key}{number}"),
        "number": number,
        "item": {"namespace": "birds", "kind": kind, "key": key},
        "attributes": attributes,
    })
}

fn answer() -> Answer {
    let named = json!({"class": 2, "name": "wren"});
    let member = json!({
        "pinned": version("LABEL/photo", 1, &named),
        "wrong": version("LABEL/photo", 1, &named),
        "statement": {"place": 0, "commit": {"seq": "4"}, "kind": "CORRECTS", "reason": "it is a robin"},
        "replacement": version("LABEL/photo", 2, &json!({"class": 3, "name": "robin"})),
        "inclusion": "DIRECT",
        "status": "STALE",
        "split": "TRAIN",
        "path": [],
    });
    let gone = json!({
        "pinned": version("DERIVED/crop", 1, &Value::Null),
        "wrong": version("LABEL/smudge", 1, &named),
        "statement": {"place": 1, "commit": {"seq": "4"}, "kind": "RETRACTS", "reason": "no bird"},
        "replacement": null,
        "inclusion": "DERIVED",
        "status": "RETRACTED",
        "split": "TRAIN",
        "path": [{"id": "version:smudge1"}, {"id": "version:crop1"}],
    });
    let row = json!({
        "trainingSet": version("TRAINING_SET/garden", 1, &Value::Null),
        "isHead": false,
        "tags": [{"name": "current"}],
        "affectedCount": 2,
        "memberCount": 40_000,
        "affectedFraction": 0.00005,
        "bySplit": [{"split": "TRAIN", "affectedCount": 2, "memberCount": 40_000}],
        "staleAtBuild": false,
        "fixedIn": version("TRAINING_SET/garden", 2, &Value::Null),
        "consumers": {"totalCount": 5, "nodes": [
            version("MODEL/a", 1, &Value::Null), version("MODEL/b", 1, &Value::Null),
            version("MODEL/c", 1, &Value::Null), version("MODEL/d", 1, &Value::Null),
        ]},
        "members": {"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [member, gone]},
    });
    Answer { rows: vec![serde_json::from_value(row).unwrap()], incomplete: None }
}

#[test]
fn people_read_a_table_of_sets() {
    let text = sets(answer().rows.iter().map(Line::from)).to_string();
    insta::assert_snapshot!(text, @r"
    ┌────────────────┬─────────┬──────────────┬────────────────┬──────────┬────────────┬─────────┐
    │ training set   ┆ members ┆        wrong ┆ built          ┆ fixed in ┆ seen by    ┆ tags    │
    ╞════════════════╪═════════╪══════════════╪════════════════╪══════════╪════════════╪═════════╡
    │ birds/garden#1 ┆  40,000 ┆ 2 (< 0.01 %) ┆ before the fix ┆ #2       ┆ MODEL a#1  ┆ current │
    │                ┆         ┆              ┆                ┆          ┆ MODEL b#1  ┆         │
    │                ┆         ┆              ┆                ┆          ┆ MODEL c#1  ┆         │
    │                ┆         ┆              ┆                ┆          ┆ and 2 more ┆         │
    └────────────────┴─────────┴──────────────┴────────────────┴──────────┴────────────┴─────────┘
    ");
}

#[test]
fn people_read_a_table_of_members() {
    insta::assert_snapshot!(members(&answer().rows[0].members).to_string(), @r"
    ┌──────────────────────┬───────┬──────────────────────┬────────────────────┬─────────────────────┬───────────────┐
    │ member               ┆ split ┆ through              ┆ was                ┆ is                  ┆ why           │
    ╞══════════════════════╪═══════╪══════════════════════╪════════════════════╪═════════════════════╪═══════════════╡
    │ birds/LABEL/photo#1  ┆ TRAIN ┆ itself               ┆ class 2, name wren ┆ class 3, name robin ┆ it is a robin │
    │ birds/DERIVED/crop#1 ┆ TRAIN ┆ birds/LABEL/smudge#1 ┆ class 2, name wren ┆ retracted           ┆ no bird       │
    └──────────────────────┴───────┴──────────────────────┴────────────────────┴─────────────────────┴───────────────┘
    ");
}

#[test]
fn scripts_read_one_object() {
    let read_at = ReadAt { seq: "9".to_owned(), time: "2026-03-01T00:00:00Z".to_owned() };
    let object = json(&read_at, &answer());
    assert_eq!(object["readAt"], json!({"seq": "9", "time": "2026-03-01T00:00:00Z"}));
    assert_eq!(object["complete"], true);
    let row = &object["rows"][0];
    assert_eq!(row["trainingSet"]["ref"], "birds/TRAINING_SET/garden#1");
    assert_eq!(row["fixedIn"]["ref"], "birds/TRAINING_SET/garden#2");
    assert_eq!(row["consumerCount"], 5);
    assert_eq!(row["members"][0]["replacement"]["attributes"]["name"], "robin");
    assert_eq!(row["members"][1]["path"], json!(["version:smudge1", "version:crop1"]));
}

#[test]
fn a_share_above_nothing_never_reads_as_nothing() {
    for (share, text) in [(0.0, "0.00 %"), (0.000_01, "< 0.01 %"), (0.0013, "0.13 %"), (1.0, "100.00 %")] {
        assert_eq!(percent(share), text);
    }
}
