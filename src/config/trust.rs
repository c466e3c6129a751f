//! Destinations of secrets that a settings file may not name.
//!
//! A file in the working directory may come from a clone or an archive. If it names a server, a
//! bucket or a URL, a secret from elsewhere must not be sent there. A file that is named with
//! `--config` or `STEMMA_CONFIG` is trusted, and so is a secret in the directory of the file.

use std::path::{Component, Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::{ConfigError, PASSWORD_VARIABLE, SettingsFile, TOKEN_VARIABLE};

/// Refuses a file in the working directory that sets the destination of a secret from elsewhere.
/// `is_set` returns true if a variable has a value.
///
/// # Errors
/// [`ConfigError::Untrusted`] names the setting and the secret.
pub fn trust(
    matches: &ArgMatches,
    file: &SettingsFile,
    is_set: &dyn Fn(&str) -> bool,
) -> Result<(), ConfigError> {
    let Some((command, sub)) = matches.subcommand().filter(|_| file.was_found()) else { return Ok(()) };
    let called = Called { sub: innermost(sub), file, is_set };
    let token = || called.secret("the token", ("token-file", "token_file"), TOKEN_VARIABLE);
    let password = || {
        let is_used = called.raw("graph_user").next().is_some();
        let file = ("graph-password-file", "graph_password_file");
        called.secret("the password of the graph server", file, PASSWORD_VARIABLE).filter(|_| is_used)
    };
    let keys = || {
        let in_a_bucket = |id: &clap::Id| called.raw(id.as_str()).any(|value| value.starts_with("s3://"));
        let keys = "the S3 keys come from the environment or the AWS profile".to_owned();
        Some(keys).filter(|_| called.sub.ids().any(in_a_bucket))
    };
    let bucket = |value: &str| value.starts_with("s3://");
    called.refuse("server", "server", |_| true, &token)?;
    called.refuse("graph", "graph", |_| true, &password)?;
    called.refuse("blobs", "blobs", bucket, &keys)?;
    called.refuse("s3-endpoint", "s3_endpoint", |_| true, &keys)?;
    if command == "serve" {
        for webhook in file.webhooks() {
            let from = match (&webhook.secret_variable, &webhook.secret_file) {
                (Some(variable), _) => Some(format!("its secret comes from the variable {variable}")),
                (None, Some(path)) if !is_beside(file.path(), path) => {
                    Some(format!("its secret comes from {}", path.display()))
                }
                _ => None,
            };
            if let Some(secret) = from {
                let setting = format!("the webhook {} to {}", webhook.name, webhook.url);
                return Err(untrusted(file, setting, secret, None));
            }
        }
    }
    Ok(())
}

/// The arguments of a command, its settings file and the environment.
struct Called<'a> {
    sub: &'a ArgMatches,
    file: &'a SettingsFile,
    is_set: &'a dyn Fn(&str) -> bool,
}

/// Returns the arguments of the last command: the settings of `export` are those of the commands
/// below it.
fn innermost(command: &ArgMatches) -> &ArgMatches {
    command.subcommand().map_or(command, |(_, below)| innermost(below))
}

impl Called<'_> {
    /// Returns the value of a setting if it comes from the file.
    fn value_in_file(&self, name: &str, id: &str) -> Option<&str> {
        let value = self.file.value(name)?;
        (self.sub.try_contains_id(id).ok()? && self.sub.value_source(id) == Some(ValueSource::DefaultValue))
            .then_some(value)
    }

    fn raw(&self, id: &str) -> impl Iterator<Item = String> {
        let values = self.sub.try_get_raw(id).ok().flatten();
        let values: Vec<String> =
            values.into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect();
        values.into_iter()
    }

    /// Describes the source of a secret; `None` if there is no secret, or if it is in the directory
    /// of the file.
    fn secret(&self, what: &str, (name, id): (&str, &str), variable: &str) -> Option<String> {
        if let Some(path) = self.value_in_file(name, id) {
            let is_elsewhere = !is_beside(self.file.path(), Path::new(path));
            return is_elsewhere
                .then(|| format!("{what} comes from {path}, which is outside of its directory"));
        }
        if let Some(path) = self.raw(id).next() {
            return Some(format!("{what} comes from {path}"));
        }
        (self.is_set)(variable).then(|| format!("{what} comes from the variable {variable}"))
    }

    fn refuse(
        &self,
        name: &str,
        id: &str,
        is_destination: impl Fn(&str) -> bool,
        secret: &dyn Fn() -> Option<String>,
    ) -> Result<(), ConfigError> {
        let Some(value) = self.value_in_file(name, id).filter(|value| is_destination(value)) else {
            return Ok(());
        };
        match secret() {
            None => Ok(()),
            Some(secret) => Err(untrusted(self.file, format!("`{name} = \"{value}\"`"), secret, Some(name))),
        }
    }
}

fn untrusted(file: &SettingsFile, setting: String, secret: String, option: Option<&str>) -> ConfigError {
    let option = option.map(str::to_owned);
    ConfigError::Untrusted { path: file.path().to_owned(), setting, secret, option }
}

/// Returns true if a path, with its links resolved, is in the directory of a file.
fn is_beside(file: &Path, path: &Path) -> bool {
    let here = match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    match (here.canonicalize(), path.canonicalize()) {
        (Ok(here), Ok(path)) => path.starts_with(here),
        // It cannot be read, so nothing is sent. A path out of the directory is refused anyway.
        _ => path.is_relative() && path.components().all(|part| part != Component::ParentDir),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory, Parser};

    use super::super::{Directory, Listening, RemoteOptions, under};
    use super::*;

    #[derive(Debug, Parser)]
    #[command(name = "stemma")]
    enum TrustCommandLine {
        Serve {
            #[command(flatten)]
            directory: Directory,
            #[command(flatten)]
            listening: Listening,
        },
        Trace {
            #[command(flatten)]
            directory: Directory,
            #[command(flatten)]
            remote: RemoteOptions,
        },
    }

    /// Returns the error for a file, a command line, and the variables that are set.
    fn judged(path: &Path, found: bool, text: &str, line: &[&str], set: &[&str]) -> Option<String> {
        let mut file = SettingsFile::parse(path, text).unwrap();
        file.set_found(found);
        let command: Command = under(TrustCommandLine::command(), &file).unwrap();
        let line = std::iter::once(&"stemma").chain(line);
        let matches = command.try_get_matches_from(line).unwrap();
        let refused = trust(&matches, &file, &|variable| set.contains(&variable)).err()?;
        assert!(refused.hint().unwrap().contains("--config"), "{refused}");
        Some(refused.to_string())
    }

    fn refused(text: &str, line: &[&str], set: &[&str]) -> Option<String> {
        let path = Path::new("stemma.toml");
        assert_eq!(judged(path, false, text, line, set), None, "a file that was named is trusted");
        judged(path, true, text, line, set)
    }

    #[test]
    fn a_token_is_not_sent_to_a_server_that_a_found_file_names() {
        let server = "server = 'http://elsewhere.example'";
        assert_eq!(refused(server, &["trace"], &[]), None, "there is no token");
        assert_eq!(
            refused(server, &["trace"], &["STEMMA_TOKEN"]).unwrap(),
            "stemma.toml in the working directory contains `server = \"http://elsewhere.example\"`, and the token comes from \
             the variable STEMMA_TOKEN: only a file that is named with --config may say where a secret is sent"
        );
        let file = refused(server, &["trace", "--token-file", "/etc/token"], &[]).unwrap();
        assert!(file.contains("the token comes from /etc/token"), "{file}");
        let own = ["trace", "--server", "http://127.0.0.1:8080"];
        assert_eq!(refused(server, &own, &["STEMMA_TOKEN"]), None, "the option names the server");
        assert_eq!(refused(server, &["serve"], &["STEMMA_TOKEN"]), None, "a server sends no token");
        assert_eq!(refused("data = '/data'", &["trace"], &["STEMMA_TOKEN"]), None);
    }

    #[test]
    fn a_secret_that_a_found_file_names_is_in_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stemma.toml");
        std::fs::write(dir.path().join("token"), "secret").unwrap();
        std::os::unix::fs::symlink("/etc/hostname", dir.path().join("link")).unwrap();
        let with = |token: &Path| {
            let text = format!("server = 'http://a'\ntoken-file = '{}'", token.display());
            judged(&path, true, &text, &["trace"], &["STEMMA_TOKEN"])
        };
        assert_eq!(with(&dir.path().join("token")), None);
        for outside in [Path::new("/etc/hostname"), &dir.path().join("link"), Path::new("../missing")] {
            let said = with(outside).unwrap();
            assert!(said.contains("outside of its directory"), "{said}");
        }
    }

    #[test]
    fn a_password_and_keys_are_not_sent_either() {
        let graph = "graph = 'ws://elsewhere.example:8000'";
        assert_eq!(refused(graph, &["serve"], &["STEMMA_GRAPH_PASSWORD"]), None, "no one signs in");
        let user = format!("{graph}\ngraph-user = 'root'");
        let said = refused(&user, &["serve"], &["STEMMA_GRAPH_PASSWORD"]).unwrap();
        assert!(said.contains("the password of the graph server comes from the variable"), "{said}");
        assert_eq!(refused(&user, &["serve"], &[]), None);
        for bucket in
            ["blobs = 's3://bucket'", "blobs = 's3://bucket'\ns3-endpoint = 'http://elsewhere.example'"]
        {
            let said = refused(bucket, &["trace"], &[]).unwrap();
            assert!(said.contains("the S3 keys come from the environment"), "{said}");
        }
        let endpoint = "s3-endpoint = 'http://elsewhere.example'";
        assert!(refused(endpoint, &["serve", "--blobs", "s3://mine"], &[]).unwrap().contains("s3-endpoint"));
        assert_eq!(refused(endpoint, &["serve"], &[]), None, "nothing is in a bucket");
        assert_eq!(refused("blobs = '/payloads'", &["serve"], &[]), None);
    }

    #[test]
    fn webhooks_of_a_found_file_have_their_secrets_in_its_directory() {
        let hook = |secret: &str| {
            format!(
                "[[webhooks]]\nname = 'a'\nurl = 'https://elsewhere.example'\nevent = 'changes'\n{secret}"
            )
        };
        let said = refused(&hook("secret-variable = 'PASSWORD'"), &["serve"], &[]).unwrap();
        assert!(said.contains("the webhook a to https://elsewhere.example"), "{said}");
        assert!(refused(&hook("secret-file = '/etc/hostname'"), &["serve"], &[]).is_some());
        assert_eq!(refused(&hook("secret-file = 'secret'"), &["serve"], &[]), None);
        assert_eq!(refused(&hook("secret-variable = 'PASSWORD'"), &["trace"], &[]), None);
    }
}
