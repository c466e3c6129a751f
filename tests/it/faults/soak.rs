//! A server within 1 GiB of memory that is attacked in several ways, next to an honest client.
//!
//! `cargo test --test it soak -- --ignored` takes a minute; `STEMMA_TEST_SOAK` sets another number
//! of seconds, such as 3600. All clients have one address and no token, so that they share the
//! limits of one caller.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::http::server::Server;

/// The memory of the machine that the server would run on, in bytes.
const MEMORY: u64 = 1 << 30;

/// The number of versions with attributes of 60 kB.
const LARGE: usize = 40;

/// The state that the attackers and the honest client share.
struct Run<'a> {
    server: &'a Server,
    begun: Instant,
    time: Duration,
    stop: AtomicBool,
    /// Statuses that show that an attack was ineffective: the server refused it for another reason.
    odd: Mutex<BTreeSet<(&'static str, u16)>>,
    /// The number of requests of each attack that were answered, and of those that were refused.
    sent: [AtomicU64; ATTACKS.len()],
    refused: [AtomicU64; ATTACKS.len()],
}

type Attack = fn(&Run<'_>, usize);

/// The attacks, each with its number of threads.
const ATTACKS: [(&str, usize, Attack); 8] = [
    ("small objects in a body", 4, small_objects),
    ("an answer of a gigabyte", 3, long_answers),
    ("readers that do not read", 40, do_not_read),
    ("payloads that are not read", 20, leave_payloads),
    ("events that unfold", 8, events),
    ("long names in an archive", 4, long_names),
    ("pages of a backup", 20, backup_pages),
    ("uploads that trickle", 20, trickle),
];

#[test]
#[ignore = "takes a minute and both processors: `cargo test --test it soak -- --ignored`"]
fn a_server_within_a_gibibyte_survives_its_clients() {
    let seconds = option_env!("STEMMA_TEST_SOAK").and_then(|text| text.parse().ok()).unwrap_or(60);
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&folder.path().join("store"));
    fill(&server);
    let counters = || std::array::from_fn(|_| AtomicU64::new(0));
    let time = Duration::from_secs(seconds);
    let run = Run {
        server: &server,
        begun: Instant::now(),
        time,
        stop: AtomicBool::new(false),
        odd: Mutex::default(),
        sent: counters(),
        refused: counters(),
    };
    let honest = std::thread::scope(|scope| {
        for (number, (_, threads, attack)) in ATTACKS.iter().enumerate() {
            for _ in 0..*threads {
                let run = &run;
                scope.spawn(move || {
                    while !run.stop.load(Ordering::Relaxed) {
                        if run.is_turn(number) {
                            attack(run, number);
                        } else {
                            std::thread::sleep(Duration::from_millis(100));
                        }
                    }
                });
            }
        }
        let honest = work(&server, time);
        run.stop.store(true, Ordering::Relaxed);
        honest
    });
    for ((name, ..), (sent, refused)) in ATTACKS.iter().zip(run.sent.iter().zip(&run.refused)) {
        let (sent, refused) = (sent.load(Ordering::Relaxed), refused.load(Ordering::Relaxed));
        eprintln!("{name}: {sent} requests, {refused} refused");
        assert!(sent > 0, "{name}: nothing was sent");
    }
    let peak = server.peak_memory();
    let (asked, failed, slowest) = (honest.asked, &honest.failed, honest.slowest);
    eprintln!(
        "honest: {asked} requests, {} failed, the slowest took {slowest:?}; {} MiB at most",
        failed.len(),
        peak >> 20
    );
    let odd = run.odd.into_inner().expect("the statuses");
    assert!(odd.is_empty(), "these attacks are refused for other reasons: {odd:?}");
    assert!(peak < MEMORY, "{} MiB were used", peak >> 20);
    assert!(
        failed.is_empty(),
        "of {asked} honest requests failed {}: {:?}",
        failed.len(),
        &failed[..failed.len().min(5)]
    );
    assert!(asked as u64 >= seconds, "{asked} honest requests were answered in {seconds} s");
}

/// Without this setting, freed memory is kept for long: the test above needs an hour to show it.
#[test]
fn the_allocator_returns_memory_soon() {
    let settings = option_env!("JEMALLOC_SYS_WITH_MALLOC_CONF");
    assert!(settings.is_some_and(|settings| settings.contains("dirty_decay_ms:1000")), "{settings:?}");
}

/// The results of the honest client's requests.
#[derive(Default)]
struct Honest {
    asked: usize,
    failed: Vec<String>,
    slowest: Duration,
}

/// Runs a dashboard and a labeller: a query and a small commit in turn.
fn work(server: &Server, time: Duration) -> Honest {
    let (begun, mut honest) = (Instant::now(), Honest::default());
    while begun.elapsed() < time {
        let number = honest.asked;
        let asked = Instant::now();
        let answer = if number.is_multiple_of(2) {
            let query = "{ affectedTrainingSets(wrong: {all: {}}, first: 20) { nodes { affectedCount } } view { seq } }";
            server.graphql(query, json!({}))
        } else {
            let put = "mutation($key: String!) { putVersion(input: {item: {kind: LABEL, key: $key}, attributes: {class: \"roof\"}}) { created } }";
            server.graphql(put, json!({ "key": format!("honest/{number}") }))
        };
        honest.slowest = honest.slowest.max(asked.elapsed());
        match answer {
            Ok(answer) if answer["data"].is_object() && answer.get("errors").is_none() => {}
            Ok(answer) => honest.failed.push(answer.to_string()),
            Err(error) => honest.failed.push(error.to_string()),
        }
        honest.asked += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    honest
}

fn fill(server: &Server) {
    let put = "mutation($key: String!, $text: JSON!) { putVersion(input: {item: {kind: LABEL, key: $key}, attributes: $text}) { created } }";
    for number in 0..LARGE {
        let text = json!({"text": format!("{number}{}", "x".repeat(60_000))});
        let answer = server.graphql(put, json!({"key": format!("large/{number}"), "text": text}));
        assert!(answer.expect("an answer")["data"].is_object());
    }
}

impl Run<'_> {
    /// Sends a request and reads the status of its answer; counts both.
    fn send(&self, number: usize, head: &str, body: &[u8]) -> Option<(u16, TcpStream)> {
        let mut stream = self.open()?;
        let host = self.server.url.trim_start_matches("http://");
        let length = body.len();
        let head = format!("{head}\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        // A server that refuses early closes its side.
        let _ = stream.write_all(body);
        let mut status = [0; 12];
        stream.read_exact(&mut status).ok()?;
        let status = std::str::from_utf8(&status[9..]).ok()?.parse().ok()?;
        self.sent[number].fetch_add(1, Ordering::Relaxed);
        if status >= 400 {
            self.refused[number].fetch_add(1, Ordering::Relaxed);
            if !matches!(status, 413 | 429 | 503) {
                self.odd.lock().expect("the statuses").insert((ATTACKS[number].0, status));
            }
        }
        Some((status, stream))
    }

    fn open(&self) -> Option<TcpStream> {
        let stream = TcpStream::connect(self.server.url.trim_start_matches("http://")).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(90))).ok()?;
        stream.set_write_timeout(Some(Duration::from_secs(90))).ok()?;
        Some(stream)
    }

    fn json(&self, number: usize, path: &str, body: &Value) -> Option<(u16, TcpStream)> {
        let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/json");
        self.send(number, &head, body.to_string().as_bytes())
    }

    /// Returns true if the attack is active: two kinds at a time, and all of them in the last fifth
    /// of the run.
    fn is_turn(&self, number: usize) -> bool {
        let fifth = self.begun.elapsed().as_millis() * 5 / self.time.as_millis().max(1);
        let fifth = usize::try_from(fifth).unwrap_or(usize::MAX);
        fifth >= 4 || number % 4 == fifth
    }

    /// Waits, but no longer than the turn of the attack.
    fn pause(&self, number: usize, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time && self.is_turn(number) && !self.stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn small_objects(run: &Run<'_>, number: usize) {
    let list = vec!["{\"a\":0}"; 1_900_000].join(",");
    let body = format!("{{\"query\":\"{{ view {{ seq }} }}\",\"variables\":{{\"a\":[{list}]}}}}");
    run.send(number, "POST /graphql HTTP/1.1\r\nContent-Type: application/json", body.as_bytes());
}

/// Queries attributes of 60 kB under this many names, of all versions that have some.
fn question(names: usize) -> Value {
    let names: String = (0..names).map(|name| format!("a{name}: attributes ")).collect();
    json!({"query": format!("{{ items(first: 1000) {{ nodes {{ head {{ {names} }} }} }} }}")})
}

fn long_answers(run: &Run<'_>, number: usize) {
    run.json(number, "/graphql", &question(400));
}

fn do_not_read(run: &Run<'_>, number: usize) {
    if let Some((_, stream)) = run.json(number, "/graphql", &question(8)) {
        run.pause(number, Duration::from_secs(80));
        drop(stream);
    }
}

fn leave_payloads(run: &Run<'_>, number: usize) {
    let posted = run.send(number, "POST /blobs HTTP/1.1", &vec![7; 24 << 20]);
    if let Some((200..300, mut stream)) = posted {
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        let digest = answer.split("\"digest\":\"").nth(1).and_then(|rest| rest.split('"').next());
        let asked = digest.and_then(|digest| run.send(number, &format!("GET /blobs/{digest} HTTP/1.1"), b""));
        run.pause(number, Duration::from_secs(80));
        drop(asked);
    }
}

fn events(run: &Run<'_>, number: usize) {
    let list = vec!["{\"a\":0}"; 1_900_000].join(",");
    let turn = run.sent[number].load(Ordering::Relaxed);
    let event = format!(
        "{{\"eventTime\":\"2026-01-01T00:00:00Z\",\"eventType\":\"START\",\"run\":{{\"runId\":\"r{turn}\",\"facets\":{{\"x\":[{list}]}}}},\
         \"job\":{{\"namespace\":\"n\",\"name\":\"j\"}}}}"
    );
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(event.as_bytes()).expect("memory takes bytes");
    let head = "POST /api/v1/lineage HTTP/1.1\r\nContent-Type: application/json\r\nContent-Encoding: gzip";
    run.send(number, head, &packed.finish().expect("memory takes bytes"));
}

fn long_names(run: &Run<'_>, number: usize) {
    let turn = run.sent[number].load(Ordering::Relaxed);
    let archive: Vec<u8> = (0..600)
        .flat_map(|file| {
            let name = format!("{turn}/{file}/{}", "n".repeat(3_900));
            let rest = format!(" path={name}\n");
            let length = rest.len() + 4;
            [entry(b'x', format!("{length}{rest}").as_bytes()), entry(b'0', name.as_bytes())].concat()
        })
        .chain([0; 1_024])
        .collect();
    run.send(number, "POST /blobs/batch HTTP/1.1", &archive);
}

/// Returns one entry of an archive.
fn entry(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..4].copy_from_slice(b"name");
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut entry = [&header[..], bytes].concat();
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

fn backup_pages(run: &Run<'_>, number: usize) {
    let asked = json!({"after": "0", "until": LARGE.to_string()});
    if let Some((_, stream)) = run.json(number, "/backup", &asked) {
        run.pause(number, Duration::from_secs(10));
        drop(stream);
    }
}

fn trickle(run: &Run<'_>, number: usize) {
    let Some(mut stream) = run.open() else { return };
    let head = "POST /blobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";
    run.sent[number].fetch_add(1, Ordering::Relaxed);
    if stream.write_all(head.as_bytes()).is_err() {
        return;
    }
    while stream.write_all(b"x").is_ok() && run.is_turn(number) && !run.stop.load(Ordering::Relaxed) {
        run.pause(number, Duration::from_millis(500));
    }
}
