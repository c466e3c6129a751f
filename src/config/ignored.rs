//! Options of a data directory that have no effect, because the command asks a server.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Id};

use super::{Blobs, ConfigError, Directory, WriteOptions};

/// The command that uses the bucket of `--blobs` also with a server.
const WAREHOUSE: &str = "warehouse";

/// Refuses options of a data directory on the command line of a command that asks a server. Their
/// variables and the settings file may name both, for other commands.
///
/// # Errors
/// [`ConfigError::Ignored`] names the first such option and the server.
pub fn refuse_ignored(matches: &ArgMatches) -> Result<(), ConfigError> {
    let Some((name, command)) = matches.subcommand() else { return Ok(()) };
    refuse_ignored(command)?;
    let source = |id: &str| command.try_contains_id(id).ok().and_then(|_| command.value_source(id));
    let server = command.try_get_raw("server").ok().flatten().and_then(|mut values| values.next());
    let Some(server) = server else { return Ok(()) };
    let options = WriteOptions::augment_args(Directory::augment_args(Command::new("directory")));
    // A warehouse in a bucket is written by the command itself.
    let used = Blobs::augment_args(Command::new("blobs"));
    let is_used = |id: &Id| name == WAREHOUSE && used.get_arguments().any(|option| option.get_id() == id);
    let given = options.get_arguments().find(|option| {
        let id = option.get_id();
        source(id.as_str()) == Some(ValueSource::CommandLine) && !is_used(id)
    });
    let Some(option) = given.and_then(|option| option.get_long()) else { return Ok(()) };
    let from = match source("server") {
        Some(ValueSource::CommandLine) => "is named by --server",
        Some(ValueSource::EnvVariable) => "is named by the variable STEMMA_SERVER",
        _ => "is named by the settings file",
    };
    let server = server.to_string_lossy().into_owned();
    Err(ConfigError::Ignored { option: option.to_owned(), server, from })
}
