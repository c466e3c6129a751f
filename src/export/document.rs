//! Writes a JSON document member by member, so that it is never completely in memory.

use serde::Serialize;

use super::flow::{ExportSink, PIECE};
use super::unwritten;
use crate::ledger::LedgerError;

/// A document in progress.
pub(super) struct JsonDocument {
    sink: ExportSink,
    text: Vec<u8>,
    /// For each open object or list: true if it has an entry.
    followed: Vec<bool>,
}

/// The kind of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Object,
    List,
}

impl Container {
    const fn brackets(self) -> (u8, u8) {
        match self {
            Self::Object => (b'{', b'}'),
            Self::List => (b'[', b']'),
        }
    }
}

impl JsonDocument {
    pub(super) fn new(sink: ExportSink) -> Self {
        Self { sink, text: vec![b'{'], followed: vec![false] }
    }

    /// Begins an object or a list with a name.
    pub(super) async fn open(&mut self, name: &str, of: Container) -> Result<(), LedgerError> {
        self.name(name)?;
        self.text.push(of.brackets().0);
        self.followed.push(false);
        self.send_if_full().await
    }

    /// Ends the innermost container.
    pub(super) fn close(&mut self, of: Container) {
        self.followed.pop();
        self.text.push(of.brackets().1);
    }

    /// Adds a member with a name to an object.
    pub(super) async fn member(&mut self, name: &str, value: &impl Serialize) -> Result<(), LedgerError> {
        self.name(name)?;
        self.value(value).await
    }

    /// Adds a member with a name to an object, on a blocking thread.
    pub(super) fn member_waiting(&mut self, name: &str, value: &impl Serialize) -> Result<(), LedgerError> {
        self.name(name)?;
        serde_json::to_writer(&mut self.text, value).map_err(|error| unwritten(&error))?;
        if self.text.len() < PIECE {
            return Ok(());
        }
        self.sink.send_waiting(std::mem::take(&mut self.text))
    }

    /// Adds an entry to a list, on a separate line.
    pub(super) async fn entry(&mut self, value: &impl Serialize) -> Result<(), LedgerError> {
        self.separate();
        self.value(value).await
    }

    /// Ends the document.
    pub(super) async fn end(mut self) -> Result<(), LedgerError> {
        self.text.extend_from_slice(b"\n}\n");
        self.sink.send(self.text).await
    }

    fn separate(&mut self) {
        if let Some(followed) = self.followed.last_mut()
            && std::mem::replace(followed, true)
        {
            self.text.push(b',');
        }
        self.text.push(b'\n');
    }

    fn name(&mut self, name: &str) -> Result<(), LedgerError> {
        self.separate();
        serde_json::to_writer(&mut self.text, name).map_err(|error| unwritten(&error))?;
        self.text.push(b':');
        Ok(())
    }

    async fn value(&mut self, value: &impl Serialize) -> Result<(), LedgerError> {
        serde_json::to_writer(&mut self.text, value).map_err(|error| unwritten(&error))?;
        self.send_if_full().await
    }

    async fn send_if_full(&mut self) -> Result<(), LedgerError> {
        if self.text.len() < PIECE {
            return Ok(());
        }
        self.sink.send(std::mem::take(&mut self.text)).await
    }
}
