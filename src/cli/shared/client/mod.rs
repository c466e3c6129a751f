//! A GraphQL client of a server over HTTP or of a store in this process, and an HTTP client of the
//! server's other routes.
//!
//! Owns transport and errors. Documents and the meaning of responses belong to its users.

mod transfer;

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body, RequestBuilder};

pub(crate) use self::transfer::Exchanged;
use super::failure::{Failure, Result};
use crate::api::engine::execute::Execute;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::domain::id::{Digest, Seq, unhex};
use crate::domain::log::entry::Head;
use crate::domain::principal::Principal;

/// The largest response that is read, in bytes.
const LARGEST_ANSWER: u64 = 256 * 1024 * 1024;

/// The time within which a server must begin to stream.
const ANSWERED: Duration = Duration::from_secs(600);

/// The slowest transfer of a payload that does not time out, in bytes per second.
const SLOWEST: u64 = 50_000;

/// A store in this process or a server.
pub(crate) enum Client {
    /// The API over a store that this process has open.
    Local(Arc<dyn Execute>),
    /// A running server.
    Remote(RemoteServer),
}

/// A running server: its URL, the token and the HTTP agent.
#[derive(Clone)]
pub(crate) struct RemoteServer {
    agent: Agent,
    /// The URL of its `/graphql`.
    url: String,
    token: Option<String>,
}

/// The response to a request for a payload.
pub(crate) enum PayloadResponse {
    /// Its bytes. The stream may break off.
    Bytes(Box<dyn Read + Send>),
    /// The server does not have it.
    Absent,
    /// The response broke off before its bytes.
    Broken(String),
}

impl Client {
    /// Runs one operation of a document and returns its `data`.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        document: &str,
        operation: &str,
        variables: Value,
    ) -> Result<T> {
        let answer = match self {
            Self::Local(api) => local(api.as_ref(), document, operation, variables).await?,
            Self::Remote(remote) => remote.post(document, operation, &variables)?,
        };
        data(answer)
    }
}

async fn local(api: &dyn Execute, document: &str, operation: &str, variables: Value) -> Result<Value> {
    let Value::Object(variables) = variables else {
        return Err(Failure::new("the variables must be a JSON object"));
    };
    let ask = Ask {
        query: document.to_owned(),
        operation_name: Some(operation.to_owned()),
        variables,
        extensions: Map::new(),
    };
    let caller = Caller::here(Principal::local(), Allow::Queries);
    let outcome = api.execute(ask, caller).await;
    serde_json::from_slice(&outcome.body)
        .map_err(|error| Failure::because("cannot read the response", &error))
}

impl RemoteServer {
    /// Returns a client of the server at `url`: `http://host:port`, or the URL of its `/graphql`.
    pub(crate) fn new(url: &str, token: Option<String>) -> Result<Self> {
        let url = endpoint(url)?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(120)))
            .user_agent(concat!("stemma/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: config.into(), url, token })
    }

    fn post(&self, document: &str, operation: &str, variables: &Value) -> Result<Value> {
        let request = self
            .agent
            .post(&self.url)
            .header("accept", "application/graphql-response+json, application/json");
        let body = json!({"query": document, "operationName": operation, "variables": variables});
        let mut response = self.entitled(request).send_json(body).map_err(|error| self.unreachable(error))?;
        let status = response.status();
        self.admitted(&mut response)?;
        response.body_mut().with_config().limit(LARGEST_ANSWER).read_json().map_err(|_| {
            Failure::new(format!(
                "expected a GraphQL response from {}, received status {status} without one",
                self.url
            ))
            .hint("give the URL of a stemma server with --server")
        })
    }

    /// Requests a payload of `size` bytes.
    pub(crate) fn blob(&self, digest: Digest, size: u64) -> Result<PayloadResponse> {
        let url = format!("{}/blobs/{digest}", self.base());
        let time = Duration::from_secs(120 + size / SLOWEST);
        let request = self.agent.get(&url).config().timeout_global(Some(time)).build();
        let mut response = match self.entitled(request).call() {
            Ok(response) => response,
            // A server that finds damage after it began to send can only break off.
            Err(error) if is_break(&error) => return Ok(PayloadResponse::Broken(error.to_string())),
            Err(error) => return Err(self.unreachable(error)),
        };
        let status = response.status();
        self.admitted(&mut response)?;
        match status.as_u16() {
            200 => {
                let body = response.into_body().into_with_config().limit(u64::MAX).reader();
                Ok(PayloadResponse::Bytes(Box::new(body)))
            }
            404 => Ok(PayloadResponse::Absent),
            _ => {
                let said: Option<Value> = response.body_mut().read_json().ok();
                let said = said.as_ref().and_then(|said| said.pointer("/errors/0/message")?.as_str());
                let said = said.map_or_else(|| format!("status {status}"), str::to_owned);
                Err(Failure::new(format!("{url}: {said}")).hint("try again later"))
            }
        }
    }

    /// Requests a stream without a time limit. If it breaks off, reading it ends with an error.
    pub(crate) fn stream(&self, path: &str, parameters: &[(&str, String)]) -> Result<Box<dyn Read>> {
        let url = format!("{}{path}", self.base());
        let request = self.agent.get(&url).query_pairs(parameters.iter().map(|(name, value)| (*name, value)));
        let request = request.config().timeout_global(None).timeout_recv_response(Some(ANSWERED)).build();
        let mut response = self.entitled(request).call().map_err(|error| self.unreachable(error))?;
        let status = response.status();
        self.admitted(&mut response)?;
        if status == StatusCode::OK {
            return Ok(Box::new(response.into_body().into_with_config().limit(u64::MAX).reader()));
        }
        let said: Option<Value> = response.body_mut().read_json().ok();
        let said = said.as_ref().and_then(|said| said.pointer("/errors/0/message")?.as_str());
        Err(match said {
            Some(message) => Failure::new(message),
            None => Failure::new(format!("{url} responded with status {status}"))
                .hint("give the URL of a stemma server of this version with --server"),
        })
    }

    /// Returns the seq and digest of a commit, or of the newest.
    pub(crate) fn log_head(&self, at: Option<Seq>) -> Result<Head> {
        #[derive(Deserialize)]
        struct HeadResponse {
            seq: String,
            digest: String,
        }
        let path = at.map_or_else(|| "/backup".to_owned(), |seq| format!("/backup?at={seq}"));
        let said: Option<HeadResponse> = serde_json::from_value(self.route(&path, None)?).ok();
        let head =
            said.and_then(|said| Some(Head { seq: said.seq.parse().ok()?, digest: unhex(&said.digest)? }));
        head.ok_or_else(|| Failure::new("unexpected response").hint("use the stemma version of the server"))
    }

    /// Returns the JSON response of a route to a POST with `body`, or to a GET if there is none.
    pub(crate) fn route(&self, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = format!("{}{path}", self.base());
        let sent = match body {
            Some(body) => self.entitled(self.agent.post(&url)).send_json(body),
            None => self.entitled(self.agent.get(&url)).call(),
        };
        let mut response = sent.map_err(|error| self.unreachable(error))?;
        let status = response.status();
        self.admitted(&mut response)?;
        let said: Value =
            response.body_mut().with_config().limit(LARGEST_ANSWER).read_json().map_err(|_| {
                Failure::new(format!("expected JSON from {url}, received status {status} without it"))
                    .hint("give the URL of a stemma server of this version with --server")
            })?;
        match said.pointer("/errors/0/message").and_then(Value::as_str) {
            Some(message) => Err(Failure::new(message)),
            None => Ok(said),
        }
    }

    /// Returns the bytes that a route sends in response to `body`.
    pub(crate) fn bytes(&self, path: &str, body: &Value) -> Result<Vec<u8>> {
        let url = format!("{}{path}", self.base());
        let sent = self.entitled(self.agent.post(&url)).send_json(body);
        let mut response = sent.map_err(|error| self.unreachable(error))?;
        let status = response.status();
        self.admitted(&mut response)?;
        let read = response.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec();
        let bytes = read.map_err(|error| self.unreachable(error))?;
        if status == StatusCode::OK {
            return Ok(bytes);
        }
        let said: Option<Value> = serde_json::from_slice(&bytes).ok();
        let said = said.as_ref().and_then(|said| said.pointer("/errors/0/message")?.as_str());
        Err(match said {
            Some(message) => Failure::new(message),
            None => Failure::new(format!("{url} responded with status {status}"))
                .hint("give the URL of a stemma server of this version with --server"),
        })
    }

    /// The URL of the server without the path of a route.
    fn base(&self) -> &str {
        self.url.strip_suffix("/graphql").unwrap_or(&self.url)
    }

    pub(super) fn entitled<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    /// Checks that the server has accepted the token.
    fn admitted(&self, response: &mut Response<Body>) -> Result<()> {
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(());
        }
        let said: Value = response.body_mut().read_json().unwrap_or_default();
        Err(self.not_admitted(&said))
    }

    /// Returns the failure of a request without the right token; `said` is the body of the response.
    fn not_admitted(&self, said: &Value) -> Failure {
        let said = said.pointer("/errors/0/message").and_then(Value::as_str);
        let message = match (&self.token, said) {
            (None, _) => format!("{} requires a token", self.url),
            (Some(_), None) => format!("{} does not accept the token", self.url),
            (Some(_), Some(said)) => format!("{} does not accept the token: {said}", self.url),
        };
        Failure::new(message)
            .hint("give the server's token with --token-file FILE or the variable STEMMA_TOKEN")
    }

    fn unreachable(&self, error: ureq::Error) -> Failure {
        let reason = match error {
            ureq::Error::Io(error) => error.to_string(),
            ureq::Error::HostNotFound => "unknown host".to_owned(),
            ureq::Error::Timeout(_) => "timed out".to_owned(),
            other => other.to_string(),
        };
        let failure = Failure::new(format!("cannot reach {}: {reason}", self.url));
        if let Some(rest) = self.url.strip_prefix("https://").filter(|_| is_plain(&reason)) {
            let plain = rest.strip_suffix("/graphql").unwrap_or(rest);
            return failure.hint(format!("the server there does not speak TLS: use --server http://{plain}"));
        }
        failure.hint("start the server with `stemma serve`, or leave --server out to read a data directory")
    }
}

/// Returns true for the error of a TLS client whose server has answered in plain text.
fn is_plain(reason: &str) -> bool {
    reason.contains("InvalidContentType")
}

/// Returns true if the connection ended after the request was sent.
fn is_break(error: &ureq::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    match error {
        ureq::Error::Io(error) => {
            matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
        }
        ureq::Error::Protocol(_) => true,
        _ => false,
    }
}

/// The URL of `/graphql` on a server.
fn endpoint(url: &str) -> Result<String> {
    let wrong = || {
        Failure::usage(format!("expected the URL of a server, found {url}"))
            .hint("use a URL such as http://127.0.0.1:8080")
    };
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.query().is_some() {
        return Err(wrong());
    }
    let base = url.trim_end_matches('/');
    Ok(if uri.path().trim_end_matches('/').ends_with("/graphql") {
        base.to_owned()
    } else {
        format!("{base}/graphql")
    })
}

/// Returns the `data` of a response, or its first error.
fn data<T: DeserializeOwned>(mut answer: Value) -> Result<T> {
    if let Some(error) = answer.pointer("/errors/0") {
        let message = error["message"].as_str().unwrap_or("an error without a message");
        return Err(match error.pointer("/extensions/reason").and_then(Value::as_str) {
            Some("UNAVAILABLE" | "TIMEOUT") => Failure::new(message).hint("try again later"),
            _ => Failure::new(message),
        });
    }
    serde_json::from_value(answer["data"].take()).map_err(|error| {
        Failure::because("unexpected response", &error).hint("use the stemma version of the server")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_a_server_becomes_that_of_its_graphql() {
        for (given, asked) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/graphql"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/graphql"),
            ("https://example.org/stemma/", "https://example.org/stemma/graphql"),
            ("https://example.org/graphql", "https://example.org/graphql"),
        ] {
            assert_eq!(endpoint(given).unwrap(), asked);
        }
        for wrong in ["", "127.0.0.1:8080", "ftp://example.org", "http://example.org/?a=b", "nowhere"] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_error_has_the_message_of_the_server() {
        let answer =
            json!({"errors": [{"message": "there is no version x", "extensions": {"reason": "NOT_FOUND"}}]});
        assert_eq!(data::<Value>(answer).unwrap_err().to_string(), "error: there is no version x");
        let answer =
            json!({"errors": [{"message": "busy", "extensions": {"reason": "UNAVAILABLE"}}], "data": null});
        assert_eq!(data::<Value>(answer).unwrap_err().to_string(), "error: busy\nhint: try again later");
        assert_eq!(data::<Value>(json!({"data": {"a": 1}})).unwrap(), json!({"a": 1}));
    }

    #[test]
    fn a_server_that_is_not_there_is_reported() {
        // Nothing listens on port 1 of this machine.
        let remote = RemoteServer::new("http://127.0.0.1:1", None).unwrap();
        let failure = remote.post("{ view { seq } }", "x", &json!({})).unwrap_err().to_string();
        assert!(failure.starts_with("error: cannot reach http://127.0.0.1:1/graphql: "), "{failure}");
        assert!(failure.contains("\nhint: start the server"), "{failure}");
    }
}
