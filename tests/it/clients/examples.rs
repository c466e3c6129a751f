//! The playground's examples, run as a visitor would run them: on the demo's data, against the real
//! binary.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::http::server::Server;

#[test]
fn every_example_answers() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let store = data.path().join("store");
    let loaded = Command::new(env!("CARGO_BIN_EXE_stemma"))
        .args(["demo", "--no-serve", "--data"])
        .arg(&store)
        .output()
        .expect("the binary starts");
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    let server = Server::start(&store);
    let (subscriptions, others): (Vec<_>, Vec<_>) =
        examples().into_iter().partition(|(_, text)| text.contains("subscription "));
    let answers: Vec<(String, Value)> = others
        .into_iter()
        .map(|(name, text)| {
            let answer = server.graphql(&text, json!({})).expect("a running server answers");
            assert!(answer["errors"].is_null(), "{name}: {}", answer["errors"]);
            (name, answer["data"].clone())
        })
        .collect();
    assert_eq!(answers.len(), 10, "ten examples ask, and one subscribes");

    // The affected sets come first, and the answer is the real one: 13 labels of MNIST and 22 of
    // CIFAR-10.
    let affected = &answers[0].1["affectedTrainingSets"]["nodes"];
    let count = |namespace: &str| {
        let sets = affected.as_array().expect("a list").iter();
        let of = |set: &&Value| set["trainingSet"]["item"]["namespace"] == namespace;
        sets.filter(of).map(|set| set["affectedCount"].as_i64().unwrap_or(0)).collect::<Vec<_>>()
    };
    assert_eq!((count("mnist"), count("cifar10")), (vec![13], vec![22]));
    // At the earlier moment nothing had been refreshed.
    let earlier = &answers[1].1["earlier"]["affectedTrainingSets"];
    assert_eq!(earlier["totalCount"], 2, "{earlier}");
    // The reviews made both sets newly affected; the campaign of one of them is done except for a
    // deployment.
    let newly = &answers[6].1["newlyAffected"]["nodes"];
    assert_eq!((&newly[0]["affectedCount"], &newly[1]["affectedCount"]), (&json!(13), &json!(22)));
    let campaign = &answers[7].1["campaign"];
    assert_eq!((&campaign["wrongCount"], &campaign["setCount"]), (&json!(13), &json!(1)), "{campaign}");
    assert_eq!(campaign["sets"]["nodes"][0]["status"], "DEPLOY_OPEN");
    // Pictures have sizes, and digests from which the page shows them.
    let mask = &answers[8].1["resolve"]["members"]["nodes"][0]["version"];
    assert!(mask["attributes"]["width"].as_i64().is_some_and(|width| width > 0), "{mask}");
    for payload in [&mask["payload"], &mask["sources"]["nodes"][0]["source"]["payload"]] {
        assert!(payload["digest"].as_str().is_some_and(|digest| digest.starts_with("b3:")), "{mask}");
    }
    // Models come before evaluations, and each has the wrong versions that it used.
    let consumers = &answers[9].1["affectedConsumers"]["nodes"];
    let model = &consumers[0]["consumer"]["item"];
    assert_eq!((&model["namespace"], &model["kind"]), (&json!("mnist"), &json!("MODEL")), "{consumers}");
    assert!(consumers[0]["wrongCount"].as_i64().is_some_and(|wrong| wrong >= 13), "{consumers}");
    // Earlier commits and their effects are sent at once.
    assert_eq!(subscriptions.len(), 1, "one example subscribes");
    let event_of = |operation: &str| first_event(&server, &subscriptions[0].1, operation);
    assert_eq!(event_of("Changes")["changes"]["seq"], "25");
    let affected = &event_of("Affected")["affected"]["trainingSets"][0];
    assert_eq!(affected["affectedCount"], 13, "{affected}");
    // Run again, nothing happens twice.
    let (name, text) = examples().swap_remove(4);
    let again = server.graphql(&text, json!({})).expect("a running server answers");
    assert_eq!(again["data"], answers[4].1, "{name}");
}

/// Returns the data of the first event of one of a document's operations.
fn first_event(server: &Server, text: &str, operation: &str) -> Value {
    let body = json!({"query": text, "operationName": operation});
    let mut answer = ureq::post(format!("{}/graphql", server.url))
        .header("Accept", "text/event-stream")
        .send_json(&body)
        .expect("a running server answers");
    let lines = BufReader::new(answer.body_mut().as_reader()).lines();
    let data = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("data: ").map(str::to_owned));
    let event: Value = serde_json::from_str(&data.expect("an event")).expect("an event is JSON");
    assert!(event["errors"].is_null(), "{operation}: {}", event["errors"]);
    event["data"].clone()
}

/// Returns the examples in the order of their tabs, with their texts.
fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/src/playground/examples");
    let entries = std::fs::read_dir(folder).expect("the examples can be listed");
    let mut found: Vec<(String, String)> = entries
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "graphql"))
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).expect("an example can be read");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    found.sort();
    found
}
