//! The rows of the main question as CSV.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::compress::whole;
use super::serving::opened;
use super::wire::Response;
use super::{Setup, TestServer};
use crate::api;
use crate::api::engine::cost::Limits;
use crate::api::engine::execute::Execute;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::domain::principal::Principal;
use crate::ledger::Ledger;

const LABELS: usize = 130;

/// 130 wrong labels in the set `all`, on which the model `net` was trained; 120 sets of one of them,
/// on which the model `=many` was.
struct World {
    runtime: Runtime,
    ledger: Ledger,
    _dir: TempDir,
}

fn put(kind: &str, key: &str, attributes: &Value, sources: Vec<String>) -> Value {
    let sources: Vec<_> =
        sources.into_iter().map(|version| json!({"version": version, "role": "TRAINED_ON"})).collect();
    json!({"putVersion": {"item": {"kind": kind, "key": key}, "attributes": attributes, "sources": sources}})
}

fn pin(key: &str, members: impl Iterator<Item = usize>) -> Value {
    let members: Vec<_> =
        members.map(|n| json!({"version": format!("default/LABEL/l{n:03}#1"), "split": "TRAIN"})).collect();
    json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": key}, "members": {"all": members}}})
}

fn correct(n: usize) -> Value {
    let version = format!("default/LABEL/l{n:03}#1");
    json!({"correct": {"version": version, "attributes": {"class": "barn"}, "reason": "=HYPERLINK(\"x\"), said two", "activity": {"name": "review"}}})
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let ledger = runtime.block_on(opened(dir.path()));
        let world = Self { runtime, ledger, _dir: dir };
        let label = |n| put("LABEL", &format!("l{n:03}"), &json!({"class": "roof"}), Vec::new());
        world.commit((0..LABELS).map(label).collect());
        let sets = std::iter::once(pin("all", 0..LABELS));
        world.commit(sets.chain((0..120).map(|n| pin(&format!("s{n:03}"), std::iter::once(0)))).collect());
        let model = |key: &str, sets: Vec<String>| put("MODEL", key, &json!({}), sets);
        let single = (0..120).map(|n| format!("default/TRAINING_SET/s{n:03}#1")).collect();
        world.commit(vec![
            model("net", vec!["default/TRAINING_SET/all#1".to_owned()]),
            model("=many", single),
        ]);
        world.commit((0..LABELS).map(correct).collect());
        world.commit(vec![label(999), pin("all", 5..6)]);
        world
    }

    /// Returns the API with these limits.
    fn api(&self, limits: Limits) -> Arc<dyn Execute> {
        let _inside = self.runtime.enter();
        api::schema::within(self.ledger.clone(), limits).unwrap()
    }

    fn commit(&self, changes: Vec<Value>) {
        let api = self.api(Limits::default());
        let query =
            "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { commit { seq } } }";
        let ask = Ask::read(json!({"query": query, "variables": {"changes": changes}})).unwrap();
        let caller = Caller::here(Principal::local(), Allow::Mutations);
        let body = self.runtime.block_on(api.execute(ask, caller)).body;
        let body = String::from_utf8_lossy(&body);
        assert!(!body.contains("errors"), "{body}");
    }

    fn server(&self) -> TestServer {
        self.serving(self.api(Limits::default()))
    }

    fn serving(&self, api: Arc<dyn Execute>) -> TestServer {
        TestServer::with(Setup { ledger: Some(self.ledger.clone()), api: Some(api), ..Setup::default() })
    }

    fn close(self) {
        self.runtime.block_on(self.ledger.close()).unwrap();
    }
}

fn lines(response: &Response) -> Vec<String> {
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(response.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let text = String::from_utf8(whole(response)).unwrap();
    let lines: Vec<_> = text.split_terminator("\r\n").map(str::to_owned).collect();
    assert!(text.ends_with("\r\n"));
    lines
}

#[test]
fn models_sets_and_members_are_whole() {
    let world = World::new();
    let server = world.server();
    let get = |query: &str| server.get(&format!("/export/affected.csv{query}"));
    let response = get("");
    assert_eq!(
        response.header("content-disposition"),
        Some("attachment; filename=\"affected-models-seq-5.csv\"")
    );
    assert!(response.header("stemma-seq").is_some_and(|seq| seq.starts_with('5')), "{response:?}");
    let models = lines(&response);
    assert_eq!(models.len(), 3);
    assert_eq!(models[0], "consumer,inclusion,wrongCount,throughCount,through,staleAtBuild,fixedIn,tags");
    assert_eq!(models[1], "default/MODEL/net#1,DIRECT,130,1,default/TRAINING_SET/all#1,false,,");
    // All sets are in its cell, beyond a page of them.
    let through: Vec<String> = (0..120).map(|n| format!("default/TRAINING_SET/s{n:03}#1")).collect();
    assert_eq!(models[2], format!("default/MODEL/=many#1,DIRECT,1,120,{},false,,", through.join(" ")));

    let sets = lines(&get("?by=sets&wrong=all"));
    assert_eq!(sets.len(), 1 + 2 + 120, "beyond a page of them");
    assert_eq!(sets[0], "trainingSet,affectedCount,memberCount,affectedFraction,staleAtBuild,fixedIn,tags");
    assert_eq!(sets[1], "default/TRAINING_SET/all#1,130,130,1,false,,");
    assert_eq!(sets[2], "default/TRAINING_SET/s000#1,1,1,1,false,,");

    let members = lines(&get("?by=members"));
    assert_eq!(members.len(), 1 + 130 + 120 + 1);
    let mut distinct = members.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), members.len(), "no row twice");
    let (row, seq_and_time) = members[1].rsplit_once(",local,").unwrap();
    assert_eq!(
        row,
        "default/TRAINING_SET/all#1,TRAIN,default/LABEL/l000#1,default/LABEL/l000#1,DIRECT,STALE,default/LABEL/l000#2,\
         \"{\"\"class\"\":\"\"roof\"\"}\",\"{\"\"class\"\":\"\"barn\"\"}\",CORRECTS,\"'=HYPERLINK(\"\"x\"\"), said two\""
    );
    assert!(seq_and_time.starts_with("4,20"), "{seq_and_time}");
    drop(server);
    world.close();
}

#[test]
fn the_question_is_read_as_the_page_reads_it() {
    let world = World::new();
    let server = world.server();
    let count = |query: &str| lines(&server.get(&format!("/export/affected.csv?{query}"))).len() - 1;
    assert_eq!(count("by=members&wrong=default/LABEL/l005"), 2);
    assert_eq!(count("by=members&wrong=default/LABEL/l005%231,default/LABEL/l006%231"), 3);
    assert_eq!(count("by=members&wrong=commit:4"), 251);
    assert_eq!(count("by=members&wrong=default/LABEL/l005&heads=1"), 1);
    assert_eq!(count("by=sets&wrong=all&tag=production"), 0);
    assert_eq!(count("by=models&asOf=3"), 0, "nothing was known to be wrong yet");
    assert_eq!(count("by=models&asOf=3&known=4"), 2);
    assert_eq!(count("by=models&restored=1&models=0"), 2);
    let known = server.get("/export/affected.csv?asOf=3&known=4");
    let name = "attachment; filename=\"affected-models-seq-3-known-4.csv\"";
    assert_eq!(known.header("content-disposition"), Some(name));
    drop(server);
    world.close();
}

#[test]
fn wrong_questions_are_refused_with_a_code() {
    let world = World::new();
    let server = world.server();
    for (query, status, reason, says) in [
        ("by=labels", 400, json!(null), "models, sets or members"),
        ("wrong=", 400, json!(null), "`wrong` is empty"),
        ("wrong=default/LABEL/l005,default/LABEL/l006%231", 400, json!(null), "items and versions"),
        ("wrong=default/LABEL/nowhere", 404, json!("NOT_FOUND"), "nowhere"),
        ("wrong=default/LABEL/l005%232", 400, json!(null), "nothing that `wrong` names is wrong"),
        ("wrong=commit:99", 404, json!("NOT_FOUND"), "99"),
        ("asOf=99", 404, json!("AS_OF_UNAVAILABLE"), "after seq 5"),
        ("asOf=soon", 400, json!(null), "a moment"),
        ("known=soon", 400, json!(null), "a moment"),
        ("heads=yes", 400, json!(null), "1 or 0"),
        ("head=1", 400, json!(null), "unknown field"),
    ] {
        let refused = server.get(&format!("/export/affected.csv?{query}"));
        assert_eq!(
            (refused.status, refused.error()["reason"].clone()),
            (status, reason),
            "{query}: {refused:?}"
        );
        let message = refused.json()["errors"][0]["message"].to_string();
        assert!(message.contains(says), "{query}: {message}");
        assert_eq!(refused.header("content-disposition"), None);
    }
    assert_eq!(server.send("POST /export/affected.csv", &[], b"").status, 405);
    drop(server);
    world.close();
}

#[test]
fn parts_are_joined_for_members_and_no_count_is_that_of_a_part() {
    let world = World::new();
    let whole = lines(&world.server().get("/export/affected.csv?by=members"));
    // Enough for some labels at a time.
    let limits = Limits { edges: 400, ..Limits::default() };
    let server = world.serving(world.api(limits));
    let mut parts = lines(&server.get("/export/affected.csv?by=members"));
    let mut whole_sorted = whole.clone();
    whole_sorted.sort_unstable();
    parts.sort_unstable();
    assert_eq!(parts, whole_sorted);
    let mut refused = 0;
    for by in ["models", "sets"] {
        let path = format!("/export/affected.csv?by={by}");
        let answer = server.get(&path);
        if answer.status == 200 {
            assert_eq!(lines(&answer), lines(&world.server().get(&path)), "{by}");
            continue;
        }
        assert_eq!((answer.status, &answer.error()["reason"]), (413, &json!("LIMIT_EXCEEDED")), "{by}");
        refused += 1;
    }
    assert!(refused > 0, "the limit is too high for this test");
    drop(server);
    world.close();
}

/// A page that fails after the first ones aborts the connection: the length of the last chunk, which
/// ends a complete answer, is missing.
#[test]
fn an_export_that_fails_midway_does_not_look_whole() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Failing {
        api: Arc<dyn Execute>,
        left: AtomicUsize,
    }

    impl Execute for Failing {
        fn execute_until(
            &self,
            ask: Ask,
            caller: Caller,
            time_up: api::engine::budget::TimeUp,
        ) -> std::pin::Pin<Box<dyn Future<Output = api::engine::outcome::Outcome> + Send>> {
            if self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_err()
            {
                return Box::pin(std::future::ready(api::engine::outcome::Outcome::busy()));
            }
            self.api.execute_until(ask, caller, time_up)
        }

        fn subscribe(
            &self,
            ask: Ask,
            principal: Principal,
        ) -> std::pin::Pin<Box<dyn Future<Output = api::engine::execute::Subscribed> + Send>> {
            self.api.subscribe(ask, principal)
        }
    }

    let world = World::new();
    let failing = |left| {
        let api = world.api(Limits::default());
        world.serving(Arc::new(Failing { api, left: AtomicUsize::new(left) }))
    };
    // Refused before anything was sent.
    let refused = failing(0).get("/export/affected.csv?by=members");
    assert_eq!((refused.status, &refused.error()["reason"]), (503, &json!("UNAVAILABLE")));
    let server = failing(3);
    let begun = server.get("/export/affected.csv?by=members");
    assert!(begun.status != 200 || !begun.body.ends_with(b"0\r\n\r\n"), "{begun:?}");
    drop(server);
    world.close();
}

/// The pages write the same columns from their own rows.
#[test]
fn the_columns_are_those_of_the_pages() {
    let pages = [
        ("models", include_str!("../../../web/src/parts/affected/Affected.tsx")),
        ("sets", include_str!("../../../web/src/pages/impact/Sets.tsx")),
        ("members", include_str!("../../../web/src/parts/stale/StaleTable.tsx")),
    ];
    let world = World::new();
    let server = world.server();
    for (by, source) in pages {
        let (_, rest) = source.split_once("columns: [").unwrap();
        let (columns, _) = rest.split_once(']').unwrap();
        let columns: Vec<_> = columns.split(',').map(|column| column.trim().trim_matches('\'')).collect();
        let before = if by == "members" { "trainingSet,split," } else { "" };
        let header = lines(&server.get(&format!("/export/affected.csv?by={by}")))[0].clone();
        assert_eq!(header, format!("{before}{}", columns.join(",")), "{by}");
    }
    drop(server);
    world.close();
}
