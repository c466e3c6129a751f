//! Imports over the network: a client reads the input, and this process recognises, compares and
//! commits as it does for its own files.
//!
//! A session is one import. Its client sends numbered messages, a batch at a time, and is shown the
//! state; a batch that is sent again is taken once. A session that ends early leaves complete
//! commits, as an import of files does, and the same import continues from there.

pub(crate) mod message;
pub(crate) mod state;
mod inbox;
mod run;
mod turns;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::task::spawn_blocking;

use self::inbox::{Inbox, ReceivedBatch};
use self::message::Message;
use self::state::{SessionState, SharedState};
use self::turns::Turns;
use super::error::{ImportError, Result};
use super::importer::Importer;
use super::record::naming::ItemNaming;
use super::record::reader::ReadStop;
use super::samples::KnownStore;
use super::settings::ImportSettings;
use crate::domain::id::Digest;
use crate::ledger::{Ledger, LedgerError};

/// The version of the messages. A client and a server of different versions do not import.
pub(crate) const PROTOCOL: u32 = 3;
/// The number of imports that run at once.
const MOST: usize = 16;
/// The number of imports that have ended and whose state can still be read.
const REMEMBERED: usize = 64;
/// The time after which a session without requests ends. Its client sends one every
/// [`HEARTBEAT`].
const IDLE: Duration = Duration::from_secs(90);
/// The time between requests of a client that has nothing to send.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(20);
/// The time for a batch to find room.
const ROOM: Duration = Duration::from_secs(60);
/// The number of batches that wait for the import.
const WAITING: usize = 2;

/// The imports over the network.
pub(crate) struct ImportSessions {
    ledger: Ledger,
    runtime: Handle,
    turns: Arc<Turns>,
    open: Mutex<Vec<(String, Arc<Session>)>>,
}

/// The reason why a session does not take a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    /// There is no such session for this client.
    #[error(
        "there is no import {0}; it has ended, or the server was restarted: begin it again, and it continues where it stopped"
    )]
    Unknown(String),
    /// Too many imports run.
    #[error("{MOST} imports are running, which is the limit; try again when one has ended")]
    TooMany,
    /// A message before the batch is missing.
    #[error("expected the message {expected} or one before it, found {found}; send the messages in order")]
    Gap {
        /// The number of the next message.
        expected: u64,
        /// The number of the first message of the batch.
        found: u64,
    },
    /// The import does not take messages as fast as they are sent.
    #[error("the import is behind; send the same messages again")]
    Behind,
    /// The import cannot begin.
    #[error(transparent)]
    Import(#[from] ImportError),
}

struct Session {
    author: String,
    naming: ItemNaming,
    sender: mpsc::Sender<ReceivedBatch>,
    state: Arc<SharedState>,
    /// One batch is taken after the other.
    taking: AsyncMutex<()>,
}

impl ImportSessions {
    /// Creates the sessions of a server. Their work runs on threads of their own, which wait for
    /// `runtime`.
    pub(crate) fn new(ledger: Ledger, runtime: Handle) -> Self {
        Self { ledger, runtime, turns: Arc::default(), open: Mutex::default() }
    }

    /// Begins an import. Returns its id, and true if all inputs are checked before the first one is
    /// imported.
    pub(crate) fn begin(
        &self,
        settings: ImportSettings,
        author: &str,
    ) -> Result<(String, bool), SessionError> {
        let importer = Importer::new(
            settings,
            author.to_owned(),
            Some(self.ledger.clone()),
            Arc::clone(&self.turns.exports),
        )?;
        let (naming, checks_renames) = (importer.naming().clone(), importer.checks_renames());
        let id = Ledger::nonce().map_err(ImportError::from)?;
        let id: String = id[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let mut open = self.open();
        let has_ended = |(_, session): &&(String, Arc<Session>)| session.state.has_ended();
        let ended = open.iter().filter(has_ended).count();
        if open.len() - ended >= MOST {
            return Err(SessionError::TooMany);
        }
        if ended >= REMEMBERED
            && let Some(oldest) = open.iter().position(|session| has_ended(&session))
        {
            open.remove(oldest);
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        let state = Arc::new(SharedState::default());
        let (inbox, runtime) =
            (Inbox::new(receiver, self.runtime.clone(), Arc::clone(&state)), self.runtime.clone());
        let (shared, turns) = (Arc::clone(&state), Arc::clone(&self.turns));
        thread::Builder::new()
            .name("stemma-import".to_owned())
            .spawn(move || run::run(importer, &inbox, (&shared, &turns), &runtime))
            .map_err(|error| ImportError::from(LedgerError::unavailable(&error.to_string())))?;
        let session =
            Session { author: author.to_owned(), naming, sender, state, taking: AsyncMutex::new(()) };
        open.push((id.clone(), Arc::new(session)));
        Ok((id, checks_renames))
    }

    /// Takes a batch of messages, of which `first` is the number of the first one. `held` is dropped
    /// when the import has taken the batch.
    pub(crate) async fn take(
        &self,
        (id, author): (&str, &str),
        first: u64,
        messages: Vec<Message>,
        held: Box<dyn Send>,
    ) -> Result<SessionState, SessionError> {
        let session = self.session(id, author)?;
        let _taking = session.taking.lock().await;
        let next = session.state.read().next;
        if first > next {
            return Err(SessionError::Gap { expected: next, found: first });
        }
        let known = usize::try_from(next - first).unwrap_or(usize::MAX);
        let messages: Vec<Message> = messages.into_iter().skip(known).collect();
        let count = messages.len() as u64;
        if count > 0 && !session.state.has_ended() {
            match session.sender.send_timeout(ReceivedBatch { messages, held }, ROOM).await {
                Ok(()) => session.state.change(|state| state.next += count),
                Err(SendTimeoutError::Timeout(_)) => return Err(SessionError::Behind),
                // The import has ended, and its state says why.
                Err(SendTimeoutError::Closed(_)) => {}
            }
        }
        Ok(session.state.read())
    }

    /// Returns the state once it has changed after the one with this number, or after `wait`.
    pub(crate) async fn state(
        &self,
        (id, author): (&str, &str),
        after: u64,
        wait: Duration,
    ) -> Result<SessionState, SessionError> {
        let session = self.session(id, author)?;
        Ok(session.state.changed_after(after, wait).await)
    }

    /// Returns the names of the images that have these payloads, as an import of this client names
    /// images.
    pub(crate) async fn image_names(
        &self,
        (id, author): (&str, &str),
        digests: Vec<Digest>,
    ) -> Result<Vec<(Digest, Vec<String>)>, SessionError> {
        let session = self.session(id, author)?;
        let store = &self.ledger;
        let known = KnownStore::new(store.view(), Arc::clone(store.blobs()), session.naming.clone());
        // It waits for records.
        let named = move |digest| Ok((digest, known.image_names(&digest)?));
        let names = spawn_blocking(move || digests.into_iter().map(named).collect::<Result<_, ReadStop>>());
        let failed = |why: String| ImportError::refused(format!("cannot find images: {why}"));
        let names = names.await.map_err(|error| failed(error.to_string()))?;
        names.map_err(|stop| failed(stop.about("the images")).into())
    }

    /// Ends an import: nothing more of it is committed.
    pub(crate) fn end(&self, id: &str, author: &str) -> Result<(), SessionError> {
        self.session(id, author)?.state.cancel();
        self.open().retain(|(other, _)| other != id);
        Ok(())
    }

    fn session(&self, id: &str, author: &str) -> Result<Arc<Session>, SessionError> {
        let open = self.open();
        let found = open.iter().find(|(other, session)| other == id && session.author == author);
        let session = found.map(|(_, session)| Arc::clone(session));
        let session = session.ok_or_else(|| SessionError::Unknown(id.to_owned()))?;
        session.state.touch();
        Ok(session)
    }

    fn open(&self) -> MutexGuard<'_, Vec<(String, Arc<Session>)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
