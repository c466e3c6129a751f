//! The real binary, started on a free port and used over HTTP.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};
use stemma::domain::id::Digest;

/// The time that the binary may take to listen, on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running `stemma serve`. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    agent: ureq::Agent,
}

impl Server {
    /// Starts the server on the store in `data` and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::launch(data, |_| ())
    }

    /// Starts the server with more options and variables.
    pub(crate) fn launch(data: &Path, more: impl FnOnce(&mut Command)) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_stemma")), data, "127.0.0.1:0", more)
    }

    /// Starts the server at an address, such as that of a server that was killed.
    pub(crate) fn start_at(data: &Path, address: &str) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_stemma")), data, address, |_| ())
    }

    /// Starts the server in a process that may have this many files open.
    pub(crate) fn with_open_files(data: &Path, files: u32) -> Self {
        let mut command = Command::new("sh");
        let script = format!("ulimit -n {files} && exec \"$@\"");
        command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_stemma")]);
        Self::run(command, data, "127.0.0.1:0", |_| ())
    }

    fn run(mut command: Command, data: &Path, listen: &str, more: impl FnOnce(&mut Command)) -> Self {
        let log_path = data.with_extension("log");
        let log = File::options().create(true).append(true).open(&log_path).expect("a log file");
        command.args(["serve", "--listen", listen, "--data"]).arg(data);
        more(&mut command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("the output is piped");
        let (said, url) = mpsc::channel();
        // The thread reads until the end, so that the server never blocks on its output.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(found) = address(&line) {
                    let _ = said.send(found);
                }
            }
        });
        let Ok(url) = url.recv_timeout(READY_WITHIN) else {
            let _ = child.kill();
            let _ = child.wait();
            let log = std::fs::read_to_string(&log_path).unwrap_or_default();
            panic!("the server did not say where it listens; it said:\n{log}");
        };
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30)));
        Self { child, url, agent: config.http_status_as_error(false).build().into() }
    }

    /// Runs one GraphQL request; an error if the answer is incomplete.
    pub(crate) fn graphql(&self, query: &str, variables: Value) -> Result<Value, ureq::Error> {
        self.client().graphql(query, variables)
    }

    /// Returns the peak memory of the process, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the state of a process that runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
        peak.and_then(|kib| kib.parse::<u64>().ok()).expect("the peak of its memory") * 1_024
    }

    /// Sends any request; returns its status and its body as text.
    pub(crate) fn send(&self, method: &str, path: &str, media_type: &str, body: &str) -> (u16, String) {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("Content-Type", media_type).body(body.to_owned());
        let mut response = self.agent.run(request.expect("a request")).expect("a running server answers");
        let text = response.body_mut().read_to_string().expect("the body is text");
        (response.status().as_u16(), text)
    }

    pub(crate) fn put_blob(&self, digest: Digest, bytes: &[u8]) -> (u16, bool) {
        let url = format!("{}/blobs/{digest}", self.url);
        let mut answer = self.agent.put(&url).send(bytes).expect("an answer");
        let said: Value = answer.body_mut().read_json().expect("an answer is JSON");
        (answer.status().as_u16(), said["created"] == json!(true))
    }

    /// Returns the status and the bytes of a payload, or of a range of it.
    pub(crate) fn get_blob(&self, digest: Digest, range: Option<&str>) -> (u16, Vec<u8>) {
        let mut request = self.agent.get(format!("{}/blobs/{digest}", self.url));
        if let Some(range) = range {
            request = request.header("Range", range);
        }
        Self::read(request)
    }

    /// Returns the status and the bytes of a thumbnail of a payload.
    pub(crate) fn get_thumbnail(&self, digest: Digest, side: u32) -> (u16, Vec<u8>) {
        Self::read(self.agent.get(format!("{}/blobs/{digest}?thumbnail={side}", self.url)))
    }

    fn read(request: ureq::RequestBuilder<ureq::typestate::WithoutBody>) -> (u16, Vec<u8>) {
        let mut answer = request.call().expect("an answer");
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().expect("all bytes");
        (answer.status().as_u16(), bytes)
    }

    /// Returns a separate client, which may outlive the server.
    pub(crate) fn client(&self) -> Client {
        Client { url: self.url.clone(), agent: self.agent.clone(), token: None }
    }

    /// Returns the number of files that the process has open.
    pub(crate) fn open_files(&self) -> usize {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("a running process");
        open.count()
    }

    /// Sends SIGKILL, so that nothing can be finished.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server has ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client of a server.
pub(crate) struct Client {
    url: String,
    agent: ureq::Agent,
    token: Option<String>,
}

impl Client {
    /// Adds a token.
    pub(crate) fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// Runs one GraphQL request; an error if the answer is incomplete.
    pub(crate) fn graphql(&self, query: &str, variables: Value) -> Result<Value, ureq::Error> {
        let body = json!({"query": query, "variables": variables});
        let url = format!("{}/graphql", self.url);
        let mut request = self.agent.post(&url).header("Accept", "application/graphql-response+json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        request.send_json(&body)?.body_mut().read_json()
    }
}

/// Returns the address in a line such as `listening on http://127.0.0.1:4711/`.
fn address(line: &str) -> Option<String> {
    let from = line.find("http://")?;
    let rest = &line[from..];
    let end = rest.find(|c: char| c.is_whitespace() || c == '\u{1b}').unwrap_or(rest.len());
    Some(rest[..end].trim_end_matches(['/', '.', ',']).to_owned())
}
