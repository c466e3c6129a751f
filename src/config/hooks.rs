//! Webhooks: the tables `[[webhooks]]` of the settings file. They have no flags.

use std::fs;

use serde::Deserialize;

/// A webhook: a URL to which events are sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Webhook {
    /// The name in the log and of the file with its progress.
    pub name: String,
    /// The destination.
    pub url: String,
    /// A file that holds the secret.
    pub secret_file: Option<std::path::PathBuf>,
    /// A variable that holds the secret.
    pub secret_variable: Option<String>,
    /// The kind of events.
    pub event: WebhookEvent,
    /// With `affected`: the training set to watch.
    pub training_set: Option<String>,
    /// With `affected`: the tag to watch.
    pub tag: Option<String>,
    /// The namespace of the tag.
    pub namespace: Option<String>,
    /// The commit after which it begins; with the next commit if left out.
    pub after: Option<u64>,
    /// True if the destination may be on this machine or in its network.
    #[serde(default)]
    pub allow_private: bool,
}

/// The events of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WebhookEvent {
    /// Every commit.
    Changes,
    /// The commits by which the watched set became affected.
    Affected,
}

/// The longest name, in bytes.
const LONGEST: usize = 64;

impl Webhook {
    /// Checks the name and the combination of fields.
    pub(super) fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(plain) {
            return Err(format!(
                "a webhook name must have 1 to {LONGEST} characters of a-z, 0-9 and `-`, found {name:?}"
            ));
        }
        let watched = usize::from(self.training_set.is_some()) + usize::from(self.tag.is_some());
        match (self.event, watched) {
            (WebhookEvent::Changes, 0) | (WebhookEvent::Affected, 1) => {}
            (WebhookEvent::Changes, _) => {
                return Err(format!(
                    "webhook {name}: `training-set` and `tag` are only for the event `affected`; remove them"
                ));
            }
            (WebhookEvent::Affected, _) => {
                let found = if watched == 0 { "neither" } else { "both" };
                return Err(format!(
                    "webhook {name}: `affected` needs one of `training-set` and `tag`, found {found}"
                ));
            }
        }
        if self.namespace.is_some() && self.tag.is_none() {
            return Err(format!(
                "webhook {name}: `namespace` is only valid with `tag`; set `tag`, or remove it"
            ));
        }
        match (&self.secret_file, &self.secret_variable) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            (file, _) => {
                let found = if file.is_none() { "neither" } else { "both" };
                Err(format!(
                    "webhook {name}: expected one of `secret-file` and `secret-variable`, found {found}"
                ))
            }
        }
    }

    /// Returns the secret.
    ///
    /// # Errors
    /// The reason in one line, if it cannot be read.
    #[expect(clippy::disallowed_methods, reason = "the environment is read in this layer alone")]
    pub fn secret(&self) -> Result<String, String> {
        match (&self.secret_file, &self.secret_variable) {
            (Some(path), _) => fs::read_to_string(path)
                .map_err(|error| format!("webhook {}: cannot read {}: {error}", self.name, path.display())),
            (None, Some(variable)) => std::env::var(variable)
                .map_err(|_| format!("webhook {}: the variable {variable} is not set", self.name)),
            (None, None) => Err(format!("webhook {}: no secret is set", self.name)),
        }
    }
}
