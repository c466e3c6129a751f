//! Parsing of records, and the field of each fault.

use super::*;

fn reason(line: &str) -> String {
    Record::parse(line.as_bytes()).unwrap_err().at(7).to_string()
}

#[test]
fn a_version_is_read_with_its_defaults() {
    let record = Record::parse(
        br#"{"type":"version","item":"birds/LABEL/photo/12","attributes":{"class":"wren"},
             "sources":[{"version":"birds/SOURCE/photo/12"},{"version":"@crop","role":"CROP_OF"}],
             "activity":{"name":"label","startedAt":"2026-03-01T00:00:00.000001Z"}}"#,
    )
    .unwrap();
    let Record::Version(version) = record else { panic!("{record:?}") };
    assert_eq!(version.item.0.to_string(), "birds/LABEL/photo/12");
    assert_eq!(version.attributes.as_str(), r#"{"class":"wren"}"#);
    assert_eq!(version.sources[0].role, "INPUT");
    assert_eq!(version.sources[1].version, VersionReference::Earlier("crop".to_owned()));
    assert_eq!(version.activity.as_ref().unwrap().started_at, Some(1_772_323_200_000_001));
    assert_eq!(version.payload, None);
}

/// Tools that write tables write all columns of all rows.
#[test]
fn null_is_absent_except_in_values() {
    let nulls = |line: &str| Record::parse(line.as_bytes()).unwrap();
    let full = r#"{"type":"version","item":"b/LABEL/x","attributes":{"a":null},"sources":[{"version":"@a","role":null}],
        "tags":null,"classChanges":null,"recordImageSize":null,"expectNew":null,"payload":null,"parent":null,
        "activity":{"name":"crop","parameters":{"size":null},"startedAt":null},"reason":null,"members":null}"#;
    let lean = r#"{"type":"version","item":"b/LABEL/x","attributes":{"a":null},"sources":[{"version":"@a"}],
        "activity":{"name":"crop","parameters":{"size":null}}}"#;
    assert_eq!(nulls(full), nulls(lean));
    let full = r#"{"type":"training_set","item":"b/TRAINING_SET/x","members":null,"change":null,"complete":null,"select":
        {"split":null,"committed":null,"created":{"from":null},"attributes":[{"path":"a","equals":null,"below":null}]}}"#;
    let lean = r#"{"type":"training_set","item":"b/TRAINING_SET/x","select":{"attributes":[{"path":"a","equals":null}]}}"#;
    assert_eq!(nulls(full), nulls(lean));
    let Record::TrainingSet(set) = nulls(lean) else { panic!("another record") };
    assert_eq!(set.select.unwrap().attributes.unwrap()[0].equals, Some(Value::Null));
    for (full, lean) in [
        (
            r#"{"type":"training_set","item":"b/TRAINING_SET/x","change":{"base":"@a","add":[{"version":"@b","split":null,"weight":null}],"remove":null,"onto":null}}"#,
            r#"{"type":"training_set","item":"b/TRAINING_SET/x","change":{"base":"@a","add":[{"version":"@b"}]}}"#,
        ),
        (
            r#"{"type":"version","item":"b/ONTOLOGY/x","attributes":null,"classChanges":[{"kind":"MERGE","classes":[null]}]}"#,
            r#"{"type":"version","item":"b/ONTOLOGY/x","classChanges":[{"kind":"MERGE","classes":[null]}]}"#,
        ),
        (
            r#"{"type":"tag","name":"t","version":"@a","alias":null,"remove":null,"expectNew":null,"expectVersion":null}"#,
            r#"{"type":"tag","name":"t","version":"@a"}"#,
        ),
        (
            r#"{"type":"derivation","derived":"@a","source":"@b","role":null,"reason":"seen"}"#,
            r#"{"type":"derivation","derived":"@a","source":"@b","reason":"seen"}"#,
        ),
        (
            r#"{"type":"statement","kind":"CORRECTS","version":"@a","reason":"r","attributes":null,"sources":null,"expectHead":null}"#,
            r#"{"type":"statement","kind":"CORRECTS","version":"@a","reason":"r"}"#,
        ),
    ] {
        assert_eq!(nulls(full), nulls(lean), "{full}");
    }
    assert!(reason(r#"{"type":"version","item":null}"#).ends_with("missing field `item`"));
}

#[test]
fn every_kind_of_record_is_read() {
    for (line, name) in [
        (r#"{"type":"item","as":"a","item":"birds/SOURCE/x"}"#, Some("a")),
        (r#"{"type":"training_set","as":"s","item":"birds/TRAINING_SET/x","members":[]}"#, Some("s")),
        (r#"{"type":"statement","kind":"RETRACTS","version":"@a","reason":"blurred"}"#, None),
        (r#"{"type":"tag","name":"current","version":"birds/TRAINING_SET/x#1","alias":true}"#, None),
        (r#"{"type":"derivation","derived":"@s","source":"@a","reason":"seen in the code"}"#, None),
    ] {
        assert_eq!(Record::parse(line.as_bytes()).unwrap().name(), name, "{line}");
    }
}

#[test]
fn a_refusal_names_line_field_and_reason() {
    let cases = [
        "nonsense",
        "[]",
        "{}",
        r#"{"type":"image"}"#,
        r#"{"type":"version"}"#,
        r#"{"type":"version","item":"birds/LABEL/x","clas":1}"#,
        r#"{"type":"version","item":"birds/LABEL/x","item":"birds/LABEL/y"}"#,
        r#"{"type":"version","item":"birds"}"#,
        r#"{"type":"version","item":"birds/label/x"}"#,
        r#"{"type":"version","item":"birds/LABEL/x","attributes":{"n":9007199254740993}}"#,
        r#"{"type":"version","item":"birds/LABEL/x","attributes":[]}"#,
        r#"{"type":"version","item":"birds/LABEL/x","payload":"abc"}"#,
        r#"{"type":"version","item":"birds/LABEL/x","sources":[{"version":"birds/SOURCE/x"},{"role":"A"}]}"#,
        r#"{"type":"version","item":"birds/LABEL/x","sources":[{"version":"birds/SOURCE/x","role":1}]}"#,
        r#"{"type":"version","item":"birds/LABEL/x","sources":["birds/SOURCE/x"]}"#,
        r#"{"type":"version","item":"birds/LABEL/x","activity":"crop"}"#,
        r#"{"type":"version","item":"birds/LABEL/x","sources":[{"version":"nowhere"}]}"#,
        r#"{"type":"version","item":"birds/LABEL/x","activity":{"name":"a","endedAt":"today"}}"#,
        r#"{"type":"statement","kind":"PURGES","version":"@a","reason":"x"}"#,
        r#"{"type":"training_set","item":"b/TRAINING_SET/x","members":[{"version":"@a","weight":"much"}]}"#,
    ];
    let said = cases.map(reason);
    insta::assert_snapshot!(said.join("\n"), @r##"
    line 7: not JSON: expected ident, at column 2
    line 7: expected a JSON object, found a list
    line 7, field type: expected one of item, version, training_set, statement, tag, derivation, found nothing
    line 7, field type: expected one of item, version, training_set, statement, tag, derivation, found "image"
    line 7: missing field `item`
    line 7, field clas: unknown field `clas`, expected one of `as`, `item`, `parent`, `expectHead`, `expectNew`, `attributes`, `payload`, `mediaType`, `file`, `recordImageSize`, `ontology`, `sources`, `activity`, `classChanges`, `tags`, `message`
    line 7: duplicate name "item" in one object; write it once, at column 47
    line 7, field item: expected an item such as birds/LABEL/photo-12, found "birds"
    line 7, field item: expected a kind: SOURCE, LABEL, DERIVED, BUNDLE, ONTOLOGY, TRAINING_SET, MODEL, EVALUATION or DEPLOYMENT, found "label"; expected an item such as birds/LABEL/photo-12
    line 7, field attributes: the number 9007199254740993 at "n" is beyond ±(2^53 - 1); write it as a string
    line 7, field attributes: expected attributes to be a JSON object, found a list
    line 7, field payload: expected a digest: `b3:` and 64 lower-case hex digits, found "abc"
    line 7, field sources[1]: missing field `version`
    line 7, field sources[0].role: invalid type: integer `1`, expected a string
    line 7, field sources[0]: invalid type: string "birds/SOURCE/x", expected an object
    line 7, field activity: invalid type: string "crop", expected an object
    line 7, field sources[0].version: expected a version: `version:<64 hex>`, a prefix of it with 8 digits or more, `namespace/KIND/key`, or that with `#number`, `@tag` or `@seq:number`, found "nowhere"
    line 7, field activity.endedAt: expected a time with its zone, such as 2026-03-01T12:00:00Z, found "today"
    line 7, field kind: unknown variant `PURGES`, expected one of `CORRECTS`, `RETRACTS`, `REINSTATES`
    line 7, field members[0].weight: invalid type: string "much", expected f64
    "##);
}

/// Records travel to a server as the lines of a file.
#[test]
fn a_written_record_is_read_as_the_same() {
    for line in [
        r#"{"type":"item","as":"a","item":"birds/ONTOLOGY/classes","attributes":{"classes":["wren",null]},"message":"m"}"#,
        r#"{"type":"version","item":"birds/LABEL/a","parent":"birds/LABEL/a#1","expectHead":"@b","attributes":{"x":1e-7,"n":null},
            "payload":"b3:0000000000000000000000000000000000000000000000000000000000000000","mediaType":"image/png",
            "recordImageSize":true,"ontology":"birds/ONTOLOGY/classes","sources":[{"version":"@b","role":"LABELS"}],
            "activity":{"name":"review","codeReference":"git:1","parameters":{"a":null},
                "startedAt":"2026-03-01T12:00:00.000001Z","endedAt":"2026-03-01T13:00:00+01:00"},
            "classChanges":[{"kind":"RENAME","from":["a"],"to":["b"]}],"tags":["t"]}"#,
        r#"{"type":"version","item":"birds/LABEL/a","expectNew":true}"#,
        r#"{"type":"training_set","item":"birds/TRAINING_SET/a","members":[{"version":"@a","split":"TEST","weight":0.1}],
            "complete":false,"tags":["t"]}"#,
        r#"{"type":"training_set","item":"birds/TRAINING_SET/a","change":{"base":"birds/TRAINING_SET/a","onto":"HEAD",
            "add":[{"version":"@a"}],"remove":["@b"]}}"#,
        r#"{"type":"training_set","item":"birds/TRAINING_SET/a","select":{"kinds":["LABEL"],"attribute":{"path":"a","equals":null},
            "attributes":[{"path":"b","in":[1,null]},{"path":"c","exists":false}],
            "committed":{"from":1,"since":"2026-03-01T12:00:00Z"},"wrong":false,"words":"a b"}}"#,
        r#"{"type":"statement","kind":"CORRECTS","version":"@a","reason":"r","attributes":{"class":"b"},"sources":[]}"#,
        r#"{"type":"statement","kind":"RETRACTS","version":"birds/LABEL/a@seq:4","reason":"r"}"#,
        r#"{"type":"tag","name":"t","version":"@a","alias":true,"expectVersion":"@b"}"#,
        r#"{"type":"tag","name":"t","version":"@a","expectNew":true,"remove":true}"#,
        r#"{"type":"derivation","derived":"@a","source":"@b","role":"R","reason":"r"}"#,
    ] {
        let read = Record::parse(line.replace('\n', " ").as_bytes()).unwrap();
        let written = serde_json::to_vec(&read).unwrap();
        assert_eq!(Record::parse(&written).unwrap(), read, "{}", String::from_utf8_lossy(&written));
    }
}
