//! Webhooks: the tables `[[webhooks]]` of the settings file. They have no flags.

use std::fs;

use serde::Deserialize;

/// Where what is told of commits is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Webhook {
    /// What it is called in the log, and under which name it is kept how far it is.
    pub name: String,
    /// Where it is sent.
    pub url: String,
    /// A file that holds the secret.
    pub secret_file: Option<std::path::PathBuf>,
    /// A variable that holds it.
    pub secret_variable: Option<String>,
    /// Which events.
    pub event: Event,
    /// With `affected`: the training set to watch.
    pub training_set: Option<String>,
    /// With `affected`: the tag to watch.
    pub tag: Option<String>,
    /// The namespace of the tag.
    pub namespace: Option<String>,
    /// Begin after this commit; with what is yet to come where left out.
    pub after: Option<u64>,
    /// Whether addresses of this machine and its network may be sent to.
    #[serde(default)]
    pub allow_private: bool,
}

/// What a webhook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Every commit.
    Changes,
    /// By which commits something that is watched came to hold something wrong.
    Affected,
}

/// The longest name, in bytes.
const LONGEST: usize = 64;

impl Webhook {
    /// Says what does not fit together.
    pub(super) fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(plain) {
            return Err(format!(
                "the webhook name {name:?} is not 1 to {LONGEST} small letters, digits and hyphens"
            ));
        }
        let watched = usize::from(self.training_set.is_some()) + usize::from(self.tag.is_some());
        match (self.event, watched) {
            (Event::Changes, 0) | (Event::Affected, 1) => {}
            (Event::Changes, _) => {
                return Err(format!(
                    "webhook {name}: `changes` are of everything; leave training-set and tag out"
                ));
            }
            (Event::Affected, _) => {
                return Err(format!("webhook {name}: `affected` needs training-set or tag, and not both"));
            }
        }
        if self.namespace.is_some() && self.tag.is_none() {
            return Err(format!("webhook {name}: namespace goes with tag"));
        }
        match (&self.secret_file, &self.secret_variable) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(format!("webhook {name}: say where its secret is, secret-file or secret-variable")),
        }
    }

    /// Its secret, as it is written.
    ///
    /// # Errors
    /// Why there is none, in one line.
    #[expect(clippy::disallowed_methods, reason = "the environment is read in this layer alone")]
    pub fn secret(&self) -> Result<String, String> {
        match (&self.secret_file, &self.secret_variable) {
            (Some(path), _) => fs::read_to_string(path)
                .map_err(|error| format!("webhook {}: cannot read {}: {error}", self.name, path.display())),
            (None, Some(variable)) => std::env::var(variable)
                .map_err(|_| format!("webhook {}: the variable {variable} is not set", self.name)),
            (None, None) => Err(format!("webhook {}: it has no secret", self.name)),
        }
    }
}
