//! Answers as short lines that people can write by hand: the rows of affected sets, and values in
//! JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Returns the rows of affected sets: one for each set version, pinned version and wrong version;
/// sorted.
pub(super) fn members(answer: &Value) -> Result<Vec<String>, String> {
    let mut rows = Vec::new();
    let names = sets_of(answer)?.iter().map(|set| version(&set["trainingSet"]));
    let names: BTreeSet<String> = names.collect::<Result<_, _>>()?;
    for set in sets_of(answer)? {
        let name = version(&set["trainingSet"])?;
        let tags = tags(set)?;
        let members = list(&set["members"]["nodes"])?;
        agree(set, members, &names).map_err(|why| format!("{name}: {why}"))?;
        for member in members {
            rows.push(row(&name, set, &tags, member).map_err(|why| format!("{name}: {why}"))?);
        }
    }
    rows.sort();
    Ok(rows)
}

fn row(name: &str, set: &Value, tags: &str, member: &Value) -> Result<String, String> {
    let mut words = vec![
        name.to_owned(),
        format!("pins {}", version(&member["pinned"])?),
        format!("wrong {}", version(&member["wrong"])?),
        text(&member["inclusion"])?.to_owned(),
        text(&member["status"])?.to_owned(),
    ];
    words.extend(truth(&set["isHead"])?.then(|| "head".to_owned()));
    words.extend(truth(&member["staleAtBuild"])?.then(|| "staleAtBuild".to_owned()));
    words.extend((!tags.is_empty()).then(|| format!("tags={tags}")));
    words.push(format!("fixedIn={}", number_or_none(&member["fixedIn"])?));
    words.push(format!("replacement={}", version_or_none(&member["replacement"])?));
    let path = list(&member["path"])?.iter().map(version).collect::<Result<Vec<_>, _>>()?;
    words.extend((path.len() > 1).then(|| format!("path={}", path.join(">"))));
    let split = text(&member["split"])?;
    words.extend((split != "TRAIN").then(|| format!("split={split}")));
    if let Some(statement) = member["statement"].as_object() {
        words.push(format!("{:?}", text(&statement["reason"])?));
    }
    Ok(words.join(" "))
}

/// Returns the affected sets, one line each, sorted.
pub(super) fn sets(answer: &Value) -> Result<Vec<String>, String> {
    let mut rows = sets_of(answer)?.iter().map(set_row).collect::<Result<Vec<_>, _>>()?;
    rows.sort();
    Ok(rows)
}

fn set_row(set: &Value) -> Result<String, String> {
    let mut words = vec![version(&set["trainingSet"])?];
    words.extend(truth(&set["isHead"])?.then(|| "head".to_owned()));
    words.extend(truth(&set["staleAtBuild"])?.then(|| "staleAtBuild".to_owned()));
    let tags = tags(set)?;
    words.extend((!tags.is_empty()).then(|| format!("tags={tags}")));
    words.push(format!("affected={}/{}", count(&set["affectedCount"])?, count(&set["memberCount"])?));
    let mut splits = BTreeMap::new();
    for split in list(&set["bySplit"])? {
        let affected = count(&split["affectedCount"])?;
        if affected > 0 {
            splits.insert(text(&split["split"])?, format!("{affected}/{}", count(&split["memberCount"])?));
        }
    }
    let splits: Vec<_> = splits.iter().map(|(split, share)| format!("{split}:{share}")).collect();
    words.push(format!("splits={}", splits.join(",")));
    words.push(format!("fixedIn={}", number_or_none(&set["fixedIn"])?));
    let mut consumers =
        list(&set["consumers"]["nodes"])?.iter().map(version).collect::<Result<Vec<_>, _>>()?;
    if count(&set["consumers"]["totalCount"])? != consumers.len() as u64 {
        return Err("consumers.totalCount is not the number of consumers".to_owned());
    }
    consumers.sort();
    words.extend((!consumers.is_empty()).then(|| format!("consumers={}", consumers.join(","))));
    Ok(words.join(" "))
}

/// Checks that the sums of a set agree with its members.
fn agree(set: &Value, members: &[Value], sets: &BTreeSet<String>) -> Result<(), String> {
    let same = |what: &str, stated: u64, counted: u64| match stated == counted {
        true => Ok(()),
        false => Err(format!("{what} is {stated}, but the rows make it {counted}")),
    };
    same("members.totalCount", count(&set["members"]["totalCount"])?, members.len() as u64)?;
    let any = members.iter().any(|member| member["staleAtBuild"] == true);
    same("staleAtBuild", truth(&set["staleAtBuild"])?.into(), any.into())?;
    // Wrong versions of an incomplete set that are known only as a sum are no members of it, nor is
    // the set itself.
    let own =
        members.iter().filter(|member| member["inclusion"] != "COARSE" && member["inclusion"] != "SELF");
    let pinned = own.map(|member| version(&member["pinned"])).collect::<Result<BTreeSet<_>, _>>()?;
    let affected = count(&set["affectedCount"])?;
    // A member that is a set represents the members that it pins, which its rows do not name.
    let nested = pinned.iter().any(|pinned| sets.contains(pinned));
    if !nested {
        same("affectedCount", affected, pinned.len() as u64)?;
    }
    let mut in_splits = 0;
    for split in list(&set["bySplit"])? {
        in_splits += count(&split["affectedCount"])?;
    }
    same("the sum of bySplit", in_splits, affected)?;
    let whole = count(&set["memberCount"])?;
    let share = if whole == 0 { 0.0 } else { affected as f64 / whole as f64 };
    let stated = set["affectedFraction"].as_f64().ok_or("affectedFraction is no number")?;
    if !nested && (stated - share).abs() > 1e-9 {
        return Err(format!("affectedFraction is {stated}, but {affected} of {whole} is {share}"));
    }
    Ok(())
}

fn sets_of(answer: &Value) -> Result<&[Value], String> {
    let page = &answer["data"]["at"]["affectedTrainingSets"];
    if page["info"]["complete"] != true {
        return Err("the answer is not complete".to_owned());
    }
    if page["info"]["seq"] != answer["data"]["at"]["view"]["seq"] {
        return Err("the answer was read at another seq than the view".to_owned());
    }
    let sets = list(&page["nodes"])?;
    if count(&page["totalCount"])? != sets.len() as u64 {
        return Err("totalCount is not the number of sets".to_owned());
    }
    Ok(sets)
}

fn version(version: &Value) -> Result<String, String> {
    Ok(format!("{}#{}", text(&version["item"]["key"])?, count(&version["number"])?))
}

fn version_or_none(given: &Value) -> Result<String, String> {
    if given.is_null() { Ok("none".to_owned()) } else { version(given) }
}

fn number_or_none(given: &Value) -> Result<String, String> {
    if given.is_null() { Ok("none".to_owned()) } else { Ok(format!("#{}", count(&given["number"])?)) }
}

fn tags(set: &Value) -> Result<String, String> {
    let names =
        list(&set["tags"])?.iter().map(|tag| text(&tag["name"])).collect::<Result<BTreeSet<_>, _>>()?;
    Ok(names.into_iter().collect::<Vec<_>>().join(","))
}

fn list(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("{value} is no list"))
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("{value} is no text"))
}

fn truth(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{value} is neither true nor false"))
}

fn count(value: &Value) -> Result<u64, String> {
    value.as_u64().ok_or_else(|| format!("{value} is no count"))
}

/// Returns the value at a path such as `items.nodes.*.key`: `*` iterates over a list and gives a
/// list. A path begins in `data`, or within `at` if that is the only field.
pub(super) fn at_path(answer: &Value, path: &str) -> Value {
    let data = &answer["data"];
    let root = match data.as_object() {
        Some(fields) if fields.len() == 1 && !path.starts_with("at.") => fields.get("at").unwrap_or(data),
        _ => data,
    };
    let names: Vec<&str> = path.split('.').collect();
    walk(root, &names)
}

fn walk(value: &Value, path: &[&str]) -> Value {
    let Some((name, rest)) = path.split_first() else { return value.clone() };
    match (*name, value) {
        ("*", Value::Array(values)) => values.iter().map(|value| walk(value, rest)).collect(),
        (index, Value::Array(values)) => {
            let found = index.parse().ok().and_then(|index: usize| values.get(index));
            found.map_or_else(|| missing(name), |value| walk(value, rest))
        }
        (_, Value::Null) => Value::Null,
        (name, Value::Object(fields)) => {
            fields.get(name).map_or_else(|| missing(name), |value| walk(value, rest))
        }
        _ => missing(name),
    }
}

fn missing(name: &str) -> Value {
    Value::from(format!("(no {name} here)"))
}

/// An answer whose sums do not match its rows must not pass.
mod on_bad_answers {
    use serde_json::{Value, json};

    use super::{at_path, members};

    fn answer(set: &Value) -> Value {
        json!({"data": {"at": {"view": {"seq": "2"}, "affectedTrainingSets": {
            "totalCount": 1, "info": {"seq": "2", "complete": true}, "nodes": [set]}}}})
    }

    fn set() -> Value {
        let version = |key: &str| json!({"item": {"key": key}, "number": 1});
        json!({
            "trainingSet": version("roofs"), "isHead": true, "tags": [], "affectedCount": 1, "memberCount": 2,
            "affectedFraction": 0.5, "bySplit": [{"split": "TRAIN", "affectedCount": 1, "memberCount": 2}],
            "staleAtBuild": false, "members": {"totalCount": 1, "nodes": [{
                "pinned": version("a"), "wrong": version("a"), "statement": {"kind": "CORRECTS", "reason": "a barn"},
                "inclusion": "DIRECT", "status": "STALE", "split": "TRAIN", "staleAtBuild": false, "fixedIn": null,
                "replacement": null, "path": [version("a")]}]},
        })
    }

    #[test]
    fn are_refused() {
        let row = "roofs#1 pins a#1 wrong a#1 DIRECT STALE head fixedIn=none replacement=none \"a barn\"";
        assert_eq!(members(&answer(&set())), Ok(vec![row.to_owned()]));
        let changes = [
            ("/affectedCount", json!(2), "affectedCount is 2"),
            ("/affectedFraction", json!(0.4), "affectedFraction is 0.4"),
            ("/bySplit/0/affectedCount", json!(0), "the sum of bySplit is 0"),
            ("/staleAtBuild", json!(true), "staleAtBuild is 1"),
            ("/members/totalCount", json!(3), "members.totalCount is 3"),
            ("/members/nodes/0/status", Value::Null, "null is no text"),
        ];
        for (place, value, expected) in changes {
            let mut bad = set();
            *bad.pointer_mut(place).expect(place) = value;
            let why = members(&answer(&bad)).expect_err(place);
            assert!(why.contains(expected), "{why:?} does not say {expected:?}");
        }
        let mut bad = answer(&set());
        bad["data"]["at"]["affectedTrainingSets"]["info"]["complete"] = json!(false);
        assert!(members(&bad).is_err());
        assert_ne!(at_path(&json!({"data": {"items": []}}), "item.key"), Value::Null);
    }
}
