//! Exports over HTTP.

use std::fmt::Write as _;
use std::io::Read;

use serde_json::json;

use super::compress::whole;
use super::serving::opened;
use super::wire::Response;
use super::{HttpLimits, Setup, TestServer};
use crate::api;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::domain::principal::Principal;
use crate::ledger::Ledger;

/// Commits enough labels to make an export worth compressing.
async fn fill(ledger: &Ledger) {
    let api = api::over(ledger.clone()).unwrap();
    let mut query = "mutation { commit(input: {changes: [".to_owned();
    for n in 0..40 {
        let attributes = format!("{{class: {n}, note: \"a label for a test\"}}");
        write!(query, "{{putVersion: {{item: {{kind: LABEL, key: \"l{n}\"}}, attributes: {attributes}}}}} ")
            .unwrap();
    }
    query += "]}) { commit { seq } } }";
    let ask = Ask::read(json!({ "query": query })).unwrap();
    let outcome = api.execute(ask, Caller::here(Principal::local(), Allow::Mutations)).await;
    let body = String::from_utf8_lossy(&outcome.body);
    assert!(!body.contains("errors"), "{body}");
}

/// Commits 300 labels of 48 KiB at once, and a training set of them.
async fn fill_with_one_large_commit(ledger: &Ledger) {
    let api = api::over(ledger.clone()).unwrap();
    let note = "x".repeat(48 * 1024);
    let change = |n: u32| json!({"putVersion": {"as": format!("l{n}"), "item": {"kind": "LABEL", "key": format!("l{n}")}, "attributes": {"note": note}}});
    let pin = |n: u32| json!({"version": format!("@l{n}"), "split": "TRAIN"});
    let members: Vec<_> = (0..300).map(pin).collect();
    let set = json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": "set"}, "members": {"all": members}}});
    let changes: Vec<_> = (0..300).map(change).chain([set]).collect();
    let query = "mutation Fill($input: CommitInput!) { commit(input: $input) { commit { seq } } }";
    let ask = Ask::read(json!({"query": query, "variables": {"input": {"changes": changes}}})).unwrap();
    let outcome = api.execute(ask, Caller::here(Principal::local(), Allow::Mutations)).await;
    let body = String::from_utf8_lossy(&outcome.body);
    assert!(!body.contains("errors"), "{body}");
}

fn encoding(response: &Response) -> Option<&str> {
    assert_eq!(response.status, 200, "{response:?}");
    let vary = response.header("vary").unwrap_or_default().to_ascii_lowercase();
    assert!(vary.contains("accept-encoding"), "{response:?}");
    response.header("content-encoding")
}

#[test]
fn exports_are_compressed_if_the_client_takes_it() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ledger = runtime.block_on(async {
        let ledger = opened(dir.path()).await;
        fill(&ledger).await;
        ledger
    });
    let server = TestServer::with(Setup { ledger: Some(ledger.clone()), ..Setup::default() });
    for path in ["/export/changes", "/export/prov"] {
        let line = format!("GET {path}");
        let plain = server.send(&line, &[], b"");
        assert_eq!(encoding(&plain), None, "{path}");
        let plain = whole(&plain);
        assert!(plain.len() > 10_000, "{path}: {} bytes", plain.len());
        for accepted in ["gzip", "br;q=0.5, gzip"] {
            let packed = server.send(&line, &[("Accept-Encoding", accepted)], b"");
            assert_eq!(encoding(&packed), Some("gzip"), "{path}");
            assert_eq!(packed.header("content-length"), None, "its length is not known before");
            let packed = whole(&packed);
            assert!(packed.len() * 2 < plain.len(), "{path}: {} of {} bytes", packed.len(), plain.len());
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == plain, "{path}: other bytes");
        }
        let refused = server.send(&line, &[("Accept-Encoding", "gzip;q=0")], b"");
        assert_eq!((encoding(&refused), whole(&refused) == plain), (None, true), "{path}");
    }
    // Parquet is compressed internally.
    let table = server.send("GET /export/tables/versions.parquet", &[("Accept-Encoding", "gzip")], b"");
    assert_eq!(encoding(&table), None);
    assert!(whole(&table).starts_with(b"PAR1"));
    drop(server);
    runtime.block_on(ledger.close()).unwrap();
}

#[test]
fn the_memory_of_an_export_is_charged_while_it_grows() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ledger = runtime.block_on(async {
        let ledger = opened(dir.path()).await;
        fill_with_one_large_commit(&ledger).await;
        ledger
    });
    let server = |memory: u64| {
        let limits = HttpLimits { memory: memory << 20, ..HttpLimits::default() };
        TestServer::with(Setup { ledger: Some(ledger.clone()), limits, ..Setup::default() })
    };
    let set = "default/TRAINING_SET/set";
    let paths = [
        "/export/changes".to_owned(),
        "/export/tables/versions".to_owned(),
        "/export/prov".to_owned(),
        format!("/export/croissant/members?set={set}"),
        format!("/export/croissant?set={set}"),
    ];
    // A page has 14 MiB, and a caller of the small server 12 MiB.
    let (small, large) = (server(16), server(128));
    for path in &paths {
        let refused = small.get(path);
        assert_eq!((refused.status, &refused.error()["reason"]), (413, &json!("LIMIT_EXCEEDED")), "{path}");
        let message = refused.json()["errors"][0]["message"].clone();
        assert!(message.as_str().unwrap().contains("--request-memory"), "{path}: {message}");
        assert_eq!(large.get(path).status, 200, "{path}");
    }
    // What a refused or complete export held is free again.
    assert_eq!(small.get("/export/changes?after=1").status, 200);
    assert_eq!(small.get("/export/log").status, 200);
    drop((small, large));
    runtime.block_on(ledger.close()).unwrap();
}
