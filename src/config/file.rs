//! The settings file: a table of names and values that become the defaults of flags.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, Command};
use toml::{Table, Value};

use super::{ConfigError, Webhook};

/// A parsed settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile {
    path: PathBuf,
    values: BTreeMap<String, String>,
    webhooks: Vec<Webhook>,
    /// True if the file was found in the working directory, not named by an option.
    found: bool,
}

/// The only name in the file that is not a setting of a command.
const WEBHOOKS: &str = "webhooks";

impl SettingsFile {
    /// Parses the text of a settings file. Names are checked later, by [`under`].
    ///
    /// # Errors
    /// [`ConfigError::NotToml`], or [`ConfigError::Value`] for a value that is no string, integer
    /// or boolean and for an invalid webhook.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(0, |span| text[..span.start].lines().count().max(1));
            ConfigError::NotToml {
                path: path.to_owned(),
                reason: format!("line {line}: {}", error.message()),
            }
        })?;
        let webhooks = match table.remove(WEBHOOKS) {
            None => Vec::new(),
            Some(tables) => {
                webhooks(tables).map_err(|reason| ConfigError::Value { path: path.to_owned(), reason })?
            }
        };
        let mut values = BTreeMap::new();
        for (name, value) in table {
            let value = match value {
                Value::String(text) => text,
                Value::Integer(number) => number.to_string(),
                Value::Boolean(truth) => truth.to_string(),
                other => {
                    let found = match other {
                        Value::Array(_) => "a list",
                        Value::Table(_) => "a table",
                        Value::Float(_) => "a fraction",
                        _ => "a date or time",
                    };
                    let reason = format!("`{name}` must be a string, an integer or a boolean, found {found}");
                    return Err(ConfigError::Value { path: path.to_owned(), reason });
                }
            };
            values.insert(name, value);
        }
        Ok(Self { path: path.to_owned(), values, webhooks, found: false })
    }

    /// Sets that the file was found in the working directory, not named by an option.
    pub(super) fn set_found(&mut self, found: bool) {
        self.found = found;
    }

    pub(super) const fn was_found(&self) -> bool {
        self.found
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the value of a setting.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Returns the webhooks.
    #[must_use]
    pub fn webhooks(&self) -> &[Webhook] {
        &self.webhooks
    }
}

fn webhooks(tables: Value) -> Result<Vec<Webhook>, String> {
    let webhooks: Vec<Webhook> =
        tables.try_into().map_err(|error: toml::de::Error| format!("[[webhooks]]: {}", error.message()))?;
    let mut names = BTreeSet::new();
    for webhook in &webhooks {
        webhook.check()?;
        if !names.insert(&webhook.name) {
            return Err(format!("duplicate webhook name {}", webhook.name));
        }
    }
    Ok(webhooks)
}

/// Makes the values of a file the defaults of the settings of a command and its subcommands.
///
/// # Errors
/// [`ConfigError::Unknown`] for a name that is not a setting of any of them, [`ConfigError::Value`]
/// for an invalid value.
pub fn under(command: Command, file: &SettingsFile) -> Result<Command, ConfigError> {
    let known = settings(&command);
    if let Some(name) = file.values.keys().find(|name| !known.contains(*name)) {
        let known = known.into_iter().collect();
        return Err(ConfigError::Unknown { path: file.path.clone(), name: name.clone(), known });
    }
    check_values(&command, file)?;
    let lay = |arg: Arg| match name_of(&arg).and_then(|name| file.values.get(&name)) {
        Some(value) => arg.default_value(value.clone()),
        None => arg,
    };
    Ok(mut_all_args(command, &lay))
}

/// Returns the known name that differs from a name in one or two letters.
pub(super) fn nearest<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    let near = known.iter().map(|other| (strsim::levenshtein(name, other), other.as_str()));
    near.filter(|(distance, _)| *distance <= 2).min().map(|(_, name)| name)
}

/// The names of all settings: flags that have a variable, without `--config`.
fn settings(command: &Command) -> BTreeSet<String> {
    let nested = command.get_subcommands().flat_map(settings);
    command.get_arguments().filter_map(name_of).chain(nested).collect()
}

/// Changes the arguments of a command and of all commands below it.
fn mut_all_args(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    command.mut_args(change).mut_subcommands(|below| mut_all_args(below, change))
}

/// Returns the names from a command to the first one at or below it that takes this flag.
fn path_to<'a>(command: &'a Command, flag: &str) -> Option<Vec<&'a str>> {
    if command.get_arguments().any(|arg| arg.get_long() == Some(flag)) {
        return Some(vec![command.get_name()]);
    }
    command.get_subcommands().find_map(|below| {
        let path = path_to(below, flag)?;
        Some([&[command.get_name()], &path[..]].concat())
    })
}

fn name_of(arg: &Arg) -> Option<String> {
    arg.get_env()?;
    arg.get_long().filter(|name| *name != "config").map(str::to_owned)
}

/// Parses each value with its flag, so that an error can name the file.
fn check_values(command: &Command, file: &SettingsFile) -> Result<(), ConfigError> {
    for (name, value) in &file.values {
        let flag = format!("--{name}={value}");
        let mut asked = path_to(command, name).unwrap_or_default();
        asked.push(&flag);
        if let Err(error) = command.clone().try_get_matches_from(asked)
            && matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue)
        {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            let reason = line.trim_start_matches("error: ").replace(&format!("--{name}"), name);
            return Err(ConfigError::Value { path: file.path.clone(), reason });
        }
    }
    Ok(())
}
