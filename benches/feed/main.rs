//! The time from a write until all subscribers have received it.
//!
//!     cargo bench --bench feed -- [subscribers] [commits a second] [changes a commit] [seconds]
//!
//! Starts the binary on a new store, opens that many WebSockets with
//! `subscription { changes { seq } }`, and writes at an even pace over 16 connections. Prints, in
//! milliseconds: the time of a write from the request to its answer, and of an event from the same
//! request to its arrival at each subscriber. The subscribers are in this process, on the same
//! machine.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for measuring")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const WRITERS: u32 = 16;
const WRITE: &str =
    "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { commit { seq } } }";

/// The times at which the commit of a seq was requested and answered.
type Written = Arc<Mutex<HashMap<u64, (Instant, Instant)>>>;

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let given = |place: usize, otherwise: u32| numbers.get(place).copied().unwrap_or(otherwise);
    let (subscribers, rate, changes, seconds) = (given(0, 100), given(1, 1_000), given(2, 1), given(3, 10));
    let dir = tempfile::tempdir().unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_stemma"))
        .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"])
        .arg(dir.path().join("store"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let total = u64::from(rate) * u64::from(seconds);
    let waiting: Vec<_> =
        (0..subscribers).map(|_| runtime.block_on(subscribe(address.clone(), total))).collect();

    let written = Written::default();
    let begun = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (address, written) = (address.clone(), Arc::clone(&written));
            std::thread::spawn(move || write(&address, &written, begun, (writer, rate, changes, seconds)))
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let took = begun.elapsed();
    let mut arrived = Vec::new();
    for waiting in waiting {
        arrived.extend(runtime.block_on(waiting).unwrap());
    }
    server.kill().unwrap();
    server.wait().unwrap();

    let written = written.lock().unwrap();
    let writes: Vec<Duration> = written.values().map(|(asked, answered)| *answered - *asked).collect();
    let events: Vec<Duration> = arrived.iter().map(|(seq, at)| *at - written[seq].0).collect();
    assert_eq!((writes.len() as u64, events.len() as u64), (total, total * u64::from(subscribers)));
    println!(
        "{subscribers} subscribers, {rate} commits a second of {changes} changes asked for, {:.0} reached",
        total as f64 / took.as_secs_f64()
    );
    println!("a write, from request to answer   {}", figures(writes));
    println!("an event, from request to arrival {}", figures(events));
}

/// Opens a subscription; the handle returns the arrival time of each event.
async fn subscribe(address: String, total: u64) -> tokio::task::JoinHandle<Vec<(u64, Instant)>> {
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    socket.send(Message::text(r#"{"type":"connection_init"}"#)).await.unwrap();
    let query = json!({"query": "subscription { changes(after: 0) { seq } }"});
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": query}).to_string();
    socket.send(Message::text(subscribe)).await.unwrap();
    tokio::spawn(async move {
        let mut arrived = Vec::with_capacity(usize::try_from(total).unwrap());
        while arrived.len() as u64 != total {
            let Message::Text(text) = socket.next().await.unwrap().unwrap() else { continue };
            let at = Instant::now();
            let message: Value = serde_json::from_str(&text).unwrap();
            if let Some(seq) = message["payload"]["data"]["changes"]["seq"].as_str() {
                arrived.push((seq.parse().unwrap(), at));
            }
        }
        arrived
    })
}

/// Writes every `WRITERS`th commit, each at its time.
fn write(address: &str, written: &Written, begun: Instant, of: (u32, u32, u32, u32)) {
    let (writer, rate, changes, seconds) = of;
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    for n in (writer..rate * seconds).step_by(WRITERS as usize) {
        let due = begun + Duration::from_secs_f64(f64::from(n) / f64::from(rate));
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let change = |place: u32| json!({"putVersion": {"item": {"kind": "LABEL", "key": format!("{n}-{place}")}, "attributes": {"class": place}}});
        let body =
            json!({"query": WRITE, "variables": {"changes": (0..changes).map(change).collect::<Vec<_>>()}});
        let asked = Instant::now();
        let mut answer = agent.post(format!("http://{address}/graphql")).send_json(&body).unwrap();
        let answer: Value = answer.body_mut().read_json().unwrap();
        let answered = Instant::now();
        let seq = answer["data"]["commit"]["commit"]["seq"].as_str().unwrap_or_else(|| panic!("{answer}"));
        written.lock().unwrap().insert(seq.parse().unwrap(), (asked, answered));
    }
}

fn figures(mut taken: Vec<Duration>) -> String {
    taken.sort();
    let at = |share: f64| taken[((taken.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    format!("p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", at(0.5), at(0.99), at(1.0))
}
