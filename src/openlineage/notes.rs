//! Irregularities of an event that do not prevent its intake.

use serde_json::{Map, Value};

/// The most messages of one event.
const MAX_MESSAGES: usize = 10;
/// The longest part of an event's text in a message, in characters.
const MAX_SHOWN: usize = 80;

/// The irregularities of an event: they are counted, and the first are described. All bytes of the
/// event are stored in any case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// True if the time of the event has no offset and was read as UTC.
    pub assumed_utc: bool,
    /// The type of the event, if it is an unknown one.
    pub reported_kind: Option<String>,
    /// The number of data sets that are not added to the lineage.
    pub left_out: usize,
    /// The number of other fields and facets that are ignored because of their form.
    pub ignored: usize,
    messages: Vec<String>,
    messages_left_out: usize,
}

impl Notes {
    /// Counts data sets that are not added to the lineage.
    pub(super) fn leave_out(&mut self, count: usize, why: String) {
        self.left_out += count;
        self.describe(why);
    }

    /// Counts a field or facet that is ignored.
    pub(super) fn ignore(&mut self, why: String) {
        self.ignored += 1;
        self.describe(why);
    }

    /// Adds a message, if there are not too many.
    pub(super) fn describe(&mut self, message: String) {
        if self.messages.len() < MAX_MESSAGES {
            self.messages.push(message);
        } else {
            self.messages_left_out += 1;
        }
    }

    /// Returns the messages, the last one with the number of those that are left out.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        let more = (self.messages_left_out > 0).then(|| format!("and {} more", self.messages_left_out));
        self.messages.iter().cloned().chain(more).collect()
    }

    /// Returns the counts as a value for the attributes of the event; `None` if there is nothing to
    /// note. Messages are not among them, because they may change.
    pub(super) fn attribute(&self) -> Option<Value> {
        let mut noted = Map::new();
        if self.assumed_utc {
            noted.insert("assumedUtc".to_owned(), true.into());
        }
        if let Some(kind) = &self.reported_kind {
            noted.insert("eventType".to_owned(), shown(kind).into());
        }
        for (name, count) in [("dataSetsLeftOut", self.left_out), ("fieldsIgnored", self.ignored)] {
            if count > 0 {
                noted.insert(name.to_owned(), count.into());
            }
        }
        (!noted.is_empty()).then_some(Value::Object(noted))
    }

    /// Returns the approximate size of the messages in memory, in bytes.
    pub(super) fn length(&self) -> usize {
        self.messages.iter().map(String::len).sum::<usize>()
            + self.reported_kind.as_ref().map_or(0, String::len)
    }
}

/// Returns the beginning of a text of an event, for a message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}
