//! Requests that send: payloads, and the messages of an import.

use std::io::Read;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{Method, Request, StatusCode};
use ureq::{Body, SendBody};

use super::{LARGEST_ANSWER, RemoteServer, SLOWEST};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::output;
use crate::domain::id::Digest;

/// The waits before a request is repeated that did not reach the server, or that it cannot take now:
/// two minutes together, in which a server starts again.
const WAITS: [u64; 9] = [1, 1, 2, 4, 8, 16, 28, 30, 30];

/// The wait before which the user is shown the reason.
const NOTED: u64 = 4;

/// The response to a request that may be repeated.
pub(crate) struct Exchanged {
    /// The URL of the server.
    url: String,
    /// The status.
    pub status: StatusCode,
    /// The body as JSON; null if there is none.
    pub said: Value,
}

impl RemoteServer {
    /// Returns true if the server has a payload.
    pub(crate) fn has_blob(&self, digest: Digest) -> Result<bool> {
        let exchanged = self.exchange(&Method::HEAD, &format!("/blobs/{digest}"), None)?;
        match exchanged.status {
            StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(exchanged.failure()),
        }
    }

    /// Sends a payload of `size` bytes, and returns true if the server did not have it.
    pub(crate) fn put_blob(&self, digest: Digest, size: u64, bytes: Box<dyn Read>) -> Result<bool> {
        let url = format!("{}/blobs/{digest}", self.base());
        let time = Duration::from_secs(120 + size / SLOWEST);
        let request = self.agent.put(&url).config().timeout_global(Some(time)).build();
        let request = self.entitled(request).header("content-length", size.to_string());
        let sent = request.send(SendBody::from_owned_reader(bytes.take(size)));
        let exchanged = self.read(sent.map_err(|error| self.unreachable(error))?)?;
        match exchanged.status.is_success() {
            true => Ok(exchanged.said["created"] == true),
            false => Err(exchanged.failure()),
        }
    }

    /// Sends a request that has the same effect if it is sent again, and repeats it while the server
    /// does not answer or is busy.
    pub(crate) fn exchange(&self, method: &Method, path: &str, body: Option<&[u8]>) -> Result<Exchanged> {
        self.repeated(method, path, body, true)
    }

    /// Sends a request, and repeats it while the server is busy. If it does not answer, its address
    /// may be wrong.
    pub(crate) fn exchange_first(
        &self,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<Exchanged> {
        self.repeated(method, path, body, false)
    }

    fn repeated(
        &self,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
        waits_for_answers: bool,
    ) -> Result<Exchanged> {
        let mut waits = WAITS.iter();
        loop {
            let exchanged = self.try_exchange(method, path, body);
            let is_over = match &exchanged {
                Ok(exchanged) => !matches!(exchanged.status.as_u16(), 429 | 503 | 504),
                // A server that starts again refuses connections for a while.
                Err(ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::Protocol(_)) => {
                    !waits_for_answers
                }
                Err(_) => true,
            };
            match waits.next() {
                Some(wait) if !is_over => {
                    if *wait == NOTED {
                        let why = match &exchanged {
                            Ok(exchanged) => exchanged.message(),
                            Err(error) => error.to_string(),
                        };
                        output::note(format!("waiting for {}: {why}", self.base()));
                    }
                    thread::sleep(Duration::from_secs(*wait));
                }
                _ => {
                    let exchanged = exchanged.map_err(|error| self.unreachable(error))?;
                    if exchanged.status == StatusCode::UNAUTHORIZED {
                        return Err(self.not_admitted(&exchanged.said));
                    }
                    return Ok(exchanged);
                }
            }
        }
    }

    /// Sends a request once.
    pub(crate) fn try_exchange(
        &self,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<Exchanged, ureq::Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base()));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = match body {
            Some(body) => self.agent.run(request.header("content-type", "application/json").body(body)?)?,
            None => self.agent.run(request.body(())?)?,
        };
        let status = response.status();
        Ok(Exchanged { url: self.base().to_owned(), status, said: json(response)? })
    }

    fn read(&self, mut response: ureq::http::Response<Body>) -> Result<Exchanged> {
        let status = response.status();
        self.admitted(&mut response)?;
        let said = json(response).map_err(|error| self.unreachable(error))?;
        Ok(Exchanged { url: self.base().to_owned(), status, said })
    }
}

fn json(mut response: ureq::http::Response<Body>) -> Result<Value, ureq::Error> {
    let text = response.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec()?;
    Ok(serde_json::from_slice(&text).unwrap_or_default())
}

impl Exchanged {
    /// Returns the failure that the server reports.
    pub(crate) fn failure(&self) -> Failure {
        let failure = Failure::new(self.message());
        match self.said["errors"].is_array() {
            true => failure,
            false => failure.hint("give the URL of a stemma server of this version with --server"),
        }
    }

    /// Returns the message of the server.
    fn message(&self) -> String {
        let said = self.said.pointer("/errors/0/message").and_then(Value::as_str);
        said.map_or_else(|| format!("{} responded with status {}", self.url, self.status), str::to_owned)
    }
}
