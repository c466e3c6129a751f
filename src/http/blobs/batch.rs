//! `POST /blobs/batch`: many small payloads as one tar archive.
//!
//! Each file is stored separately, a few at a time, which together have at most as many bytes as
//! one file may have. If one cannot be stored, those before it remain stored. They are named by
//! their content, so sending all of them again is harmless.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use tokio::task::JoinHandle;

use super::archive::{ArchiveError, ArchiveFile, ArchiveFiles};
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::budget::Charge;
use crate::http::errors::Refusal;
use crate::http::identity::callers::HttpCaller;
use crate::http::state::HttpState;
use crate::http::stream::bridge;
use crate::ledger::{BlobError, BlobStore, Chunks, Stored};

/// The maximum number of files that are stored, and so in memory, at once.
const IN_FLIGHT: usize = 8;

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/blobs/batch")
            .wrap(actix_web::middleware::from_fn(crate::http::identity::auth::require))
            .route(web::post().to(post))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method("POST")) })),
    );
}

async fn post(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let limit = super::admitted(&request, &shared)?;
    let memory = HttpCaller::of(&request).charge();
    // The file that is being read, and those that are being stored.
    memory.grow(bridge::MEMORY + 2 * shared.limits.entry)?;
    let (inlet, chunks) = bridge::inward();
    let batch = Batch::new(&shared, memory.clone());
    let entry = shared.limits.entry;
    let storing = shared.runtime.spawn(async move { Ok(batch.run(chunks, limit, entry).await) });
    inlet.feed(payload, shared.limits.body_time).await?;
    let lines = super::finished(storing.await)??;
    memory.keep(lines.len() as u64);
    let mut response = HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/x-ndjson"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(lines);
    response.extensions_mut().insert(memory);
    Ok(response)
}

/// Files that are being written to a store.
struct Batch {
    blobs: Arc<dyn BlobStore>,
    storing: VecDeque<Storing>,
    /// Bytes of the files that are being stored.
    bytes: u64,
    /// The maximum of those bytes.
    most_bytes: u64,
    /// The number of stored files.
    stored: usize,
    /// One line of JSON for each stored file, in the order of the archive.
    lines: String,
    /// The maximum number of files.
    entries: usize,
    memory: Charge,
}

/// A file that is being stored.
struct Storing {
    name: String,
    bytes: u64,
    task: JoinHandle<Result<Stored, BlobError>>,
}

impl Batch {
    fn new(shared: &HttpState, memory: Charge) -> Self {
        Self {
            blobs: Arc::clone(&shared.blobs),
            storing: VecDeque::new(),
            bytes: 0,
            most_bytes: shared.limits.entry,
            stored: 0,
            lines: String::new(),
            entries: shared.limits.entries,
            memory,
        }
    }

    /// Stores all files of an archive, and returns a line for each. An error names the file at
    /// which it occurred.
    async fn run(mut self, chunks: Chunks, limit: u64, largest: u64) -> Result<String, Refusal> {
        let mut files = ArchiveFiles::new(chunks, limit, largest).map_err(refused)?;
        let read = loop {
            match files.next().await {
                Ok(Some(_)) if self.begun() == self.entries => break Err(too_many(self.entries)),
                Ok(Some(file)) => self.store(file).await?,
                Ok(None) => break Ok(()),
                Err(broken) => break Err(refused(broken)),
            }
        };
        // Files before the unreadable one may also fail: the first failure is reported.
        while !self.storing.is_empty() {
            self.arrive().await?;
        }
        match read {
            Ok(()) => Ok(self.lines),
            Err(refusal) => Err(self.stopped(files.at(), refusal)),
        }
    }

    fn begun(&self) -> usize {
        self.stored + self.storing.len()
    }

    /// Begins to store a file. Waits only while too many are being stored.
    async fn store(&mut self, file: ArchiveFile) -> Result<(), Refusal> {
        let (blobs, ArchiveFile { name, bytes }) = (Arc::clone(&self.blobs), file);
        let length = bytes.len() as u64;
        while self.storing.len() == IN_FLIGHT
            || (self.bytes + length > self.most_bytes && !self.storing.is_empty())
        {
            self.arrive().await?;
        }
        let task = tokio::spawn(async move { blobs.take_in(one(bytes), length).await });
        self.bytes += length;
        self.storing.push_back(Storing { name, bytes: length, task });
        Ok(())
    }

    /// Waits for the file that has been in progress for the longest time.
    async fn arrive(&mut self) -> Result<(), Refusal> {
        let Some(Storing { name, bytes, task }) = self.storing.pop_front() else { return Ok(()) };
        self.bytes -= bytes;
        let said = super::finished(task.await).and_then(|stored| {
            let mut line = super::described(&stored);
            line["name"] = json!(name);
            let line = line.to_string();
            self.memory.grow(2 * line.len() as u64)?;
            Ok(line)
        });
        match said {
            Ok(line) => {
                self.lines += &line;
                self.lines.push('\n');
                self.stored += 1;
                Ok(())
            }
            Err(refusal) => Err(self.stopped(Some(&name), refusal)),
        }
    }

    /// Adds to a refusal the file that failed and the state of the files before it.
    fn stopped(&self, name: Option<&str>, refusal: Refusal) -> Refusal {
        let name = name.map(|name| format!(" ({name:?})")).unwrap_or_default();
        let before = self.stored;
        let others = match before {
            0 => "no file was sent before it".to_owned(),
            _ => format!("the {before} before it are stored; sending them again is harmless"),
        };
        refusal.about(&format!("file {}{name}", before + 1), &others)
    }
}

fn one(bytes: Bytes) -> Chunks {
    Box::pin(stream::iter([Ok(bytes)]))
}

fn refused(broken: ArchiveError) -> Refusal {
    match broken {
        ArchiveError::Body(error) => error.into(),
        ArchiveError::Large(limit) => {
            let advice = format!(
                "it is larger than {limit} bytes, the limit for a file in an archive; POST it to /blobs separately"
            );
            Failure::new(Code::BadUserInput, advice).because(Reason::LimitExceeded).into()
        }
        ArchiveError::Name(limit) => {
            let advice =
                format!("its name is longer than {limit} bytes, which is the limit; give it a shorter one");
            Failure::new(Code::BadUserInput, advice).because(Reason::LimitExceeded).into()
        }
        ArchiveError::Malformed(why) => Failure::new(Code::BadUserInput, why).into(),
    }
}

fn too_many(limit: usize) -> Refusal {
    let advice = format!("there are more than {limit} files in the archive; send the rest in another one");
    Failure::new(Code::BadUserInput, advice).because(Reason::LimitExceeded).into()
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::domain::id::Digest;
    use crate::domain::version::Timestamp;
    use crate::ledger::{BlobMeta, ByteRange, Deletion, Listed, MemStore, Opened};

    type Fut<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

    /// A store in memory that has no room for one blob.
    struct Full {
        inner: MemStore,
        without: Digest,
    }

    impl BlobStore for Full {
        fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
            if expected == self.without {
                let full = BlobError::Unavailable { doing: "write a blob", source: "no space".into() };
                return Box::pin(async { Err(full) });
            }
            self.inner.put(expected, chunks, limit)
        }

        fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
            self.inner.stat(digest)
        }

        fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
            self.inner.renew(digest)
        }

        fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>> {
            self.inner.open(digest, range)
        }

        fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>> {
            self.inner.list(first)
        }

        fn list_one(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>> {
            self.inner.list_one(digest)
        }

        fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>> {
            self.inner.delete(digest, before)
        }
    }

    #[tokio::test]
    async fn a_store_failure_names_the_file() {
        for failing in 0..30 {
            let contents: Vec<String> = (0..30).map(|i| format!("content {i}")).collect();
            let without = Digest::of(contents[failing].as_bytes());
            let full = Arc::new(Full { inner: MemStore::new(), without });
            let blobs = Arc::clone(&full) as Arc<dyn BlobStore>;
            let mut batch = Batch {
                blobs,
                storing: VecDeque::new(),
                bytes: 0,
                most_bytes: 50,
                stored: 0,
                lines: String::new(),
                entries: contents.len(),
                memory: Charge::unlimited(),
            };
            let mut stored = Ok(());
            for (i, content) in contents.iter().enumerate() {
                let file = ArchiveFile { name: i.to_string(), bytes: content.clone().into() };
                stored = batch.store(file).await;
                if stored.is_err() {
                    break;
                }
            }
            while stored.is_ok() && !batch.storing.is_empty() {
                stored = batch.arrive().await;
            }
            let said = stored.unwrap_err().to_string();
            assert!(said.starts_with(&format!("file {} (\"{failing}\"): ", failing + 1)), "{said}");
            assert!(said.contains("try again later"), "{said}");
            for content in &contents[..failing] {
                let there = full.stat(Digest::of(content.as_bytes())).now_or_never().unwrap().unwrap();
                assert!(there.is_some(), "{content} is not stored, and {failing} failed");
            }
        }
    }
}
