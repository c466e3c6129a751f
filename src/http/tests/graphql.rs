use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::wire::Response;
use super::{HttpLimits, Setup, TestServer};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const NEW: (&str, &str) = ("Accept", "application/graphql-response+json");
const OLD: (&str, &str) = ("Accept", "application/json");

impl TestServer {
    fn post(&self, body: &Value, accept: (&str, &str)) -> Response {
        self.send("POST /graphql", &[JSON, accept], body.to_string().as_bytes())
    }

    fn ask(&self, query: &str) -> Response {
        self.post(&json!({ "query": query }), NEW)
    }
}

fn limited(limits: HttpLimits) -> TestServer {
    TestServer::with(Setup {
        limits: HttpLimits { shutdown: Duration::from_secs(5), ..limits },
        ..Setup::default()
    })
}

#[test]
fn a_query_is_answered_in_the_type_asked_for() {
    let server = TestServer::start();
    for (accept, expected) in
        [(NEW, "application/graphql-response+json; charset=utf-8"), (OLD, "application/json; charset=utf-8")]
    {
        let response = server
            .post(&json!({"query": "query($x: Int) { me echo(x: $x) }", "variables": {"x": 2}}), accept);
        assert_eq!((response.status, response.header("content-type")), (200, Some(expected)));
        assert_eq!(response.json(), json!({"data": {"me": "local", "echo": 2}}));
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }
    let response = server.post(&json!({"query": "{one}"}), ("Accept", "text/html"));
    assert_eq!((response.status, response.error()["code"].as_str()), (406, Some("BAD_REQUEST")));
}

#[test]
fn fields_answer_in_the_order_of_the_query() {
    let server = TestServer::start();
    let response = server.ask("{ b: pause(ms: 20) a: one c: pause(ms: 1) leaks }");
    let body = String::from_utf8(response.body).unwrap();
    assert!(body.ends_with(r#""data":{"b":20,"a":1,"c":1,"leaks":null}}"#), "{body}");
}

#[test]
fn an_operation_that_did_not_run_has_no_data_and_an_error_status() {
    let server = TestServer::start();
    for (body, new, old, code) in [
        (json!({"query": "{"}), 400, 200, "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{nope}"}), 400, 200, "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "query($x: Int!) {echo(x: $x)}"}), 400, 200, "BAD_USER_INPUT"),
        (json!({"query": "{one}", "operationName": "X"}), 400, 200, "OPERATION_RESOLUTION_FAILURE"),
        (json!({"query": 1}), 400, 400, "BAD_REQUEST"),
        (json!({"qeury": "{one}"}), 400, 400, "BAD_REQUEST"),
        (json!({"query": "{one}", "variables": "x"}), 400, 400, "BAD_REQUEST"),
        (json!("{one}"), 400, 400, "BAD_REQUEST"),
    ] {
        for (accept, expected) in [(NEW, new), (OLD, old)] {
            let response = server.post(&body, accept);
            assert_eq!(
                (response.status, response.error()["code"].as_str()),
                (expected, Some(code)),
                "{body} {accept:?}"
            );
            assert!(response.json().get("data").is_none());
            assert!(response.header("content-type").unwrap().starts_with(accept.1));
        }
    }
}

#[test]
fn errors_of_fields_accompany_the_data() {
    let server = TestServer::start();
    let response = server.ask("{ one missing leaks required }");
    let body = response.json();
    assert_eq!((response.status, &body["data"]), (200, &Value::Null));
    assert_eq!(body["errors"].as_array().unwrap().len(), 3);
    assert!(!body.to_string().contains("SELECT"));
}

#[test]
fn get_runs_queries_only() {
    let server = TestServer::start();
    let response = server.get("/graphql?query=%7Bone%20me%7D");
    assert_eq!((response.status, response.json()), (200, json!({"data": {"one": 1, "me": "local"}})));
    let response = server.get("/graphql?query=query(%24x:Int)%7Becho(x:%24x)%7D&variables=%7B%22x%22:5%7D");
    assert_eq!(response.json(), json!({"data": {"echo": 5}}));
    for accept in [NEW, OLD] {
        let response = server.send("GET /graphql?query=mutation%7Bwrite%7D", &[accept], b"");
        assert_eq!((response.status, response.header("allow")), (405, Some("POST")));
    }
    assert_eq!(server.get("/graphql").status, 400);
    assert_eq!(server.get("/graphql?query=%7Bone%7D&variables=%7B").status, 400);
}

#[test]
fn post_takes_json_and_nothing_else() {
    let server = TestServer::start();
    let body = br#"{"query":"mutation{write}"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/graphql",
        "application/json; charset=latin1",
        "",
    ] {
        let response = server.send("POST /graphql", &[("Content-Type", kind)], body);
        assert_eq!(response.status, 415, "{kind}");
    }
    assert_eq!(server.send("POST /graphql", &[], body).status, 415);
    assert_eq!(server.send("POST /graphql", &[JSON, ("Content-Encoding", "gzip")], body).status, 415);
    for kind in ["application/json", "Application/JSON; charset=\"UTF-8\""] {
        assert_eq!(server.send("POST /graphql", &[("Content-Type", kind)], body).status, 200, "{kind}");
    }
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"] {
        let response = server.send(&format!("{method} /graphql"), &[JSON], body);
        assert_eq!((response.status, response.header("allow")), (405, Some("GET, POST")), "{method}");
    }
}

#[test]
fn bodies_are_read_strictly() {
    let server = TestServer::start();
    for (body, said) in [
        (&b""[..], "empty"),
        (b"{", "not JSON"),
        (b"{\"query\":\"{one}\",\"query\":\"{two}\"}", "duplicate name \"query\""),
        (b"{\"query\":\"\xff\"}", "cannot be read"),
        (b"{\"query\":\"{one}\"} {}", "trailing"),
    ] {
        let response = server.send("POST /graphql", &[JSON], body);
        assert_eq!(response.status, 400);
        assert!(response.json()["errors"][0]["message"].as_str().unwrap().contains(said), "{response:?}");
    }
    let deep =
        format!("{{\"query\":\"{{one}}\",\"variables\":{}1{}}}", "{\"a\":".repeat(100), "}".repeat(100));
    assert_eq!(server.send("POST /graphql", &[JSON], deep.as_bytes()).status, 400);
}

#[test]
fn bodies_have_a_limit_announced_or_not() {
    let server = limited(HttpLimits { body: 1_000, ..HttpLimits::default() });
    let exactly = |size: usize| format!("{{\"query\":\"{{one}}\",\"pad\":\"{}\"}}", "x".repeat(size - 26));
    assert_eq!(exactly(1_000).len(), 1_000);
    assert_eq!(server.send("POST /graphql", &[JSON], exactly(1_000).as_bytes()).status, 200);
    let response = server.send("POST /graphql", &[JSON], exactly(1_001).as_bytes());
    assert_eq!((response.status, response.error()["reason"].as_str()), (413, Some("LIMIT_EXCEEDED")));
    let response = server.send("POST /graphql", &[JSON], &vec![b' '; 5_000_000]);
    assert_eq!(response.status, 413);
    let chunked = format!("3e9\r\n{}\r\n0\r\n\r\n", exactly(1_001));
    let response = server.send_raw(&format!(
        "POST /graphql HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}",
        server.address
    ));
    assert_eq!(response.status, 413);
}

#[test]
fn a_body_that_never_comes_is_given_up() {
    let server = limited(HttpLimits { body_time: Duration::from_millis(200), ..HttpLimits::default() });
    let response = server.send_raw(&format!(
        "POST /graphql HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        server.address
    ));
    assert_eq!((response.status, response.error()["reason"].as_str()), (408, Some("TIMEOUT")));
}

#[test]
fn a_batch_is_answered_in_order_and_has_a_limit() {
    let server = limited(HttpLimits { batch: 3, ..HttpLimits::default() });
    let response =
        server.post(&json!([{"query": "{one}"}, {"query": "{nope}"}, {"query": "mutation{write}"}]), NEW);
    let body = response.json();
    assert_eq!((response.status, body.as_array().unwrap().len()), (200, 3));
    assert_eq!((&body[0], &body[2]), (&json!({"data": {"one": 1}}), &json!({"data": {"write": 1}})));
    assert!(body[1].get("data").is_none());
    let response = server
        .post(&json!([{"query": "{one}"}, {"query": "{one}"}, {"query": "{one}"}, {"query": "{one}"}]), NEW);
    assert_eq!((response.status, response.error()["reason"].as_str()), (413, Some("LIMIT_EXCEEDED")));
    assert_eq!(server.post(&json!([]), NEW).status, 400);
    assert_eq!(server.post(&json!([{"query": "{one}"}, 1]), NEW).status, 400);
}

#[test]
fn a_panic_is_answered_and_the_server_continues() {
    let server = TestServer::start();
    for accept in [NEW, OLD] {
        let response = server.post(&json!({"query": "{ one panics }"}), accept);
        assert_eq!(
            (response.status, response.error()["code"].as_str()),
            (500, Some("INTERNAL_SERVER_ERROR"))
        );
        assert!(!response.json().to_string().contains("on purpose"));
    }
    let response = server.post(&json!([{"query": "{panics}"}, {"query": "{one}"}]), NEW);
    assert_eq!((response.status, &response.json()[1]), (200, &json!({"data": {"one": 1}})));
    assert_eq!(server.ask("{one}").status, 200);
}

#[test]
fn a_request_has_a_time_limit() {
    let server = limited(HttpLimits { request_time: Duration::from_millis(200), ..HttpLimits::default() });
    let start = Instant::now();
    let response = server.ask("{ pause(ms: 3000) }");
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(response.status, 504);
    assert_eq!(response.error(), json!({"code": "INTERNAL_SERVER_ERROR", "reason": "TIMEOUT"}));
}

#[test]
fn concurrent_operations_are_limited() {
    let limits =
        HttpLimits { concurrent: 1, request_time: Duration::from_millis(400), ..HttpLimits::default() };
    let server = limited(limits);
    thread::scope(|scope| {
        let slow = scope.spawn(|| server.ask("{ pause(ms: 3000) }").status);
        thread::sleep(Duration::from_millis(100));
        let response = server.ask("{one}");
        assert_eq!((response.status, response.header("retry-after")), (503, Some("1")));
        assert_eq!(response.error()["reason"], "UNAVAILABLE");
        assert_eq!(slow.join().unwrap(), 504);
    });
}

#[test]
fn bombs_are_refused_with_their_limit() {
    let server = TestServer::start();
    let bomb: String = (0..20).map(|i| format!("fragment A{i} on Query{{...A{0} ...A{0}}}", i + 1)).collect();
    let response = server.ask(&format!("{{...A0}}{bomb}fragment A20 on Query{{one}}"));
    assert_eq!(response.status, 400);
    assert_eq!(response.error(), json!({"code": "GRAPHQL_VALIDATION_FAILED", "reason": "LIMIT_EXCEEDED"}));
    let response = server.ask(&"{a".repeat(100_000));
    assert_eq!((response.status, response.error()["reason"].as_str()), (400, Some("LIMIT_EXCEEDED")));
}

#[test]
fn a_quick_query_may_still_have_to_wait() {
    let server = TestServer::start();
    let pause = |ms: u64| {
        server.post(&json!({"query": "query($ms: Int!) { pause(ms: $ms) }", "variables": {"ms": ms}}), NEW)
    };
    for ms in [0; 20].into_iter().chain([50, 0]) {
        assert_eq!(pause(ms).json(), json!({"data": {"pause": ms}}));
    }
}
