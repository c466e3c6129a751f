//! The tables and the JSON object.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::answer::ConsumerBounds;
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

fn wrong_itself(mut version: Value) -> Value {
    version["wrong"] = json!(true);
    version
}

fn answer() -> TraceAnswer {
    let named = json!({"class": 2, "name": "wren"});
    let member = json!({
        "pinned": version("LABEL/photo", 1, &named),
        "wrong": version("LABEL/photo", 1, &named),
        "statement": {"place": 0, "commit": {"seq": "4", "time": "2026-02-01T00:00:00Z"}, "author": "ada", "kind": "CORRECTS", "reason": "it is a robin"},
        "replacement": version("LABEL/photo", 2, &json!({"class": 3, "name": "robin"})),
        "inclusion": "DIRECT",
        "status": "STALE",
        "split": "TRAIN",
        "path": [{"id": "version:photo1"}],
    });
    let gone = json!({
        "pinned": version("DERIVED/crop", 1, &Value::Null),
        "wrong": version("LABEL/smudge", 1, &named),
        "statement": {"place": 1, "commit": {"seq": "4", "time": "2026-02-01T00:00:00Z"}, "author": "ada", "kind": "RETRACTS", "reason": "no bird"},
        "replacement": null,
        "inclusion": "DERIVED",
        "status": "RETRACTED",
        "split": "TRAIN",
        "path": [{"id": "version:smudge1"}, {"id": "version:crop1"}],
    });
    let row = json!({
        "trainingSet": wrong_itself(version("TRAINING_SET/garden", 1, &Value::Null)),
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
    let seen = json!({
        "consumer": version("MODEL/a", 1, &Value::Null),
        "isHead": true,
        "tags": [],
        "inclusion": "DERIVED",
        "wrongCount": 2,
        "staleAtBuild": true,
        "fixedIn": null,
        "through": {"totalCount": 1, "nodes": [version("TRAINING_SET/garden", 1, &Value::Null)]},
    });
    let own = json!({
        "consumer": version("DEPLOYMENT/d", 3, &Value::Null),
        "isHead": true,
        "tags": [{"name": "live"}],
        "inclusion": "SELF",
        "wrongCount": 3,
        "staleAtBuild": false,
        "fixedIn": version("DEPLOYMENT/d", 4, &Value::Null),
        "through": {"totalCount": 0, "nodes": []},
    });
    let asked = json!({"wrongCount": 2, "notWrongCount": 3, "notWrong": [
        {"__typename": "Version", "id": "version:a", "number": 2, "item": {"namespace": "birds", "kind": "LABEL", "key": "b"}},
        {"__typename": "Item", "namespace": "birds", "kind": "LABEL", "key": "c"},
        {"__typename": "Statement", "place": 0, "commit": {"seq": "4"}, "version": version("LABEL/photo", 1, &Value::Null)},
    ]});
    TraceAnswer {
        rows: vec![serde_json::from_value(row).unwrap()],
        consumers: [seen, own].map(|row| serde_json::from_value(row).unwrap()).into(),
        asked: serde_json::from_value(asked).unwrap(),
        incomplete: None,
    }
}

#[test]
fn people_read_a_table_of_sets() {
    let text = sets(answer().rows.iter().map(SetLine::from)).to_string();
    insta::assert_snapshot!(text, @r"
    ┌─────────────────────────────┬─────────┬──────────────┬────────────────┬──────────┬─────────────────┬─────────┐
    │ training set                ┆ members ┆        wrong ┆ built          ┆ fixed in ┆ seen by         ┆ tags    │
    ╞═════════════════════════════╪═════════╪══════════════╪════════════════╪══════════╪═════════════════╪═════════╡
    │ birds/TRAINING_SET/garden#1 ┆  40,000 ┆ 2 (< 0.01 %) ┆ before the fix ┆ #2       ┆ birds/MODEL/a#1 ┆ current │
    │                             ┆         ┆   and itself ┆                ┆          ┆ birds/MODEL/b#1 ┆         │
    │                             ┆         ┆              ┆                ┆          ┆ birds/MODEL/c#1 ┆         │
    │                             ┆         ┆              ┆                ┆          ┆ and 2 more      ┆         │
    └─────────────────────────────┴─────────┴──────────────┴────────────────┴──────────┴─────────────────┴─────────┘
    ");
}

#[test]
fn people_read_a_table_of_consumers() {
    insta::assert_snapshot!(consumers_table(&answer().consumers).to_string(), @r"
    ┌──────────────────────┬───────────────┬───────────────────┬──────────┬─────────────────────────────┬──────┐
    │ seen by              ┆ wrong         ┆ built             ┆ fixed in ┆ through                     ┆ tags │
    ╞══════════════════════╪═══════════════╪═══════════════════╪══════════╪═════════════════════════════╪══════╡
    │ birds/MODEL/a#1      ┆ 2             ┆ with known errors ┆ –        ┆ birds/TRAINING_SET/garden#1 ┆ –    │
    │ birds/DEPLOYMENT/d#3 ┆ itself, and 2 ┆ before the fix    ┆ #4       ┆ –                           ┆ live │
    └──────────────────────┴───────────────┴───────────────────┴──────────┴─────────────────────────────┴──────┘
    ");
}

#[test]
fn numbers_that_parts_do_not_determine_are_marked_as_bounds() {
    let mut consumer = answer().consumers.remove(0);
    consumer.through.total_count = 7;
    consumer.fixed_in = Some(consumer.consumer.clone());
    for (through, fixed, shown) in
        [(false, false, ["and 6 more ", "#1  "]), (true, true, ["and at least 6 more ", "#1 or later "])]
    {
        consumer.bounds = ConsumerBounds { through, fixed };
        let table = consumers_table(std::slice::from_ref(&consumer)).to_string();
        assert!(shown.iter().all(|text| table.contains(text)), "{table}");
        let object = super::consumer(&consumer);
        let bound = |name: &str| object[name].as_bool().unwrap_or(false);
        assert_eq!((bound("throughCountIsLeast"), bound("fixedInIsEarliest")), (through, fixed));
    }
    consumer.through.total_count = 1;
    let table = consumers_table(std::slice::from_ref(&consumer)).to_string();
    assert!(table.contains("and perhaps more"), "{table}");
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
    let not_wrong = ["birds/LABEL/b#2", "birds/LABEL/c", "statement:4.0 (birds/LABEL/photo#1)"];
    assert_eq!(object["asked"], json!({"wrongCount": 2, "notWrongCount": 3, "notWrong": not_wrong}));
    assert_eq!(object["consumers"][1]["consumer"]["ref"], "birds/DEPLOYMENT/d#3");
    assert_eq!(object["consumers"][0]["through"][0]["ref"], "birds/TRAINING_SET/garden#1");
    assert_eq!(row["members"][0]["replacement"]["attributes"]["name"], "robin");
    assert_eq!(row["members"][1]["path"], json!(["version:smudge1", "version:crop1"]));
}

/// The names of all values below one, with `[]` for the elements of a list. A version is one value.
fn fields(value: &Value, name: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields_of) if fields_of.contains_key("ref") => {
            let known = ["attributes", "id", "ref"];
            assert!(fields_of.keys().all(|key| known.contains(&key.as_str())), "{value}");
            found.insert(name.to_owned());
        }
        Value::Object(fields_of) => {
            for (key, value) in fields_of {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                fields(value, &name, found);
            }
        }
        Value::Array(elements) => {
            assert!(
                !elements.is_empty()
                    || name.ends_with("path")
                    || name.ends_with("tags")
                    || name.ends_with("through")
            );
            for element in elements {
                fields(element, &format!("{name}[]"), found);
            }
        }
        _ => {
            found.insert(name.to_owned());
        }
    }
}

#[test]
fn the_guide_names_every_field_of_the_object() {
    let read_at = ReadAt { seq: "9".to_owned(), time: "2026-03-01T00:00:00Z".to_owned() };
    let mut found = BTreeSet::new();
    fields(&json(&read_at, &answer()), "", &mut found);
    // A null statement has no fields.
    found.remove("rows[].members[].statement");
    let guide = include_str!("../../../../../docs/api/clients.md");
    let (_, table) = guide.split_once("| Field of `trace --json` | Content |\n").unwrap();
    let rows = table.lines().skip(1).take_while(|line| line.starts_with("| "));
    let mut named: BTreeSet<String> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
        .map(|name| name.trim().trim_matches('`').to_owned())
        .collect();
    // Lists of objects.
    assert!(named.remove("rows[]") && named.remove("consumers[]"));
    assert_eq!(named, found);
}

#[test]
fn numbers_are_rounded_for_readers_unless_that_hides_a_change() {
    let shown = |was: Value, is: Value| differing(&json!({"a": was}), &json!({"a": is}));
    assert_eq!(shown(json!([22, 34.999_919_999_999_996, 80.0]), json!([23])), "a [22,35,80]");
    assert_eq!(shown(json!({"x": 0.000_123_4}), Value::Null), "a {\"x\":0.000123}");
    assert_eq!(shown(json!(34.999_919_999_999_996), json!(35)), "a 34.999919999999996");
    assert_eq!(shown(json!("wren"), json!(1)), "a wren");
}

#[test]
fn a_share_above_zero_is_never_shown_as_zero() {
    for (share, text) in [(0.0, "0.00 %"), (0.000_01, "< 0.01 %"), (0.0013, "0.13 %"), (1.0, "100.00 %")] {
        assert_eq!(percent(share), text);
    }
}
