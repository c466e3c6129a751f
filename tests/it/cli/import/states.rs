//! The states of imported items, before and after changes through the API.

use serde_json::{Value, json};

use super::exports::{ask, birds, imported};

/// The state of an item in one line.
fn line(state: &Value) -> String {
    let head = &state["head"];
    match state["exists"] == true {
        true => format!(
            "{} #{} list {} wrong {} imported {}",
            state["ref"], head["number"], head["ontology"]["number"], head["wrong"], head["imported"]
        ),
        false => format!("{} none", state["ref"]),
    }
}

#[test]
fn versions_of_an_import_are_distinguished_from_those_of_a_mutation() {
    let folder = birds();
    imported(folder.path(), &["coco.json", "--namespace", "birds", "--payloads", "images"]);
    let labels =
        ask(folder.path(), "{ items(filter: {kinds: [LABEL]}, first: 2) { nodes { key } } view { seq } }");
    let key =
        |place: usize| format!("birds/LABEL/{}", labels["items"]["nodes"][place]["key"].as_str().unwrap());
    let (corrected, kept, none) = (key(0), key(1), "birds/LABEL/none".to_owned());
    let written = ask(
        folder.path(),
        &format!(
            "mutation {{ correct(input: {{version: {}, attributes: {{class: \"owl\"}}, reason: \"seen again\"}}) {{ created }} }}",
            json!(corrected)
        ),
    );
    assert_eq!(written["correct"]["created"], true);
    let states = format!(
        "itemStates(items: {}) {{ ref exists head {{ number wrong imported ontology {{ number }} }} }}",
        json!([corrected, kept, none])
    );
    let seq = &labels["view"]["seq"];
    let answer = ask(folder.path(), &format!("{{ {states} at(asOf: {{seq: {seq}}}) {{ {states} }} }}"));
    let lines = |states: &Value| states.as_array().unwrap().iter().map(line).collect::<Vec<_>>();
    let [corrected, kept, none] = [corrected, kept, none].map(|item| json!(item));
    let (kept, none) = (format!("{kept} #1 list 1 wrong false imported true"), format!("{none} none"));
    assert_eq!(
        lines(&answer["itemStates"]),
        [format!("{corrected} #2 list 1 wrong false imported false"), kept.clone(), none.clone()]
    );
    assert_eq!(
        lines(&answer["at"]["itemStates"]),
        [format!("{corrected} #1 list 1 wrong false imported true"), kept, none]
    );
}
