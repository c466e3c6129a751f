//! The command line: one file per command, one line per command in [`CliCommand`].
//!
//! Owns arguments, help, exit codes and terminal output. Results go to stdout; progress and the log
//! go to stderr. Exit codes: 0 success, 1 failure, 2 usage error; for a check, 1 means that it
//! found a problem, and 3 that it could not be made. The work itself is done by other layers.

mod shared;
mod backup;
mod checkout;
mod demo;
mod export;
mod gc;
mod import;
mod migrate;
mod restore;
mod schema;
mod serve;
mod trace;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use rustix::fs::Mode;

use crate::{config, http};
use shared::failure::{Failure, Result};

/// A lineage server for machine-learning data: every version of every image, label, training set
/// and model, what it was made from, and which training sets contain a label that was wrong.
#[derive(Debug, Parser)]
#[command(name = "stemma", version, after_help = EXAMPLES, max_term_width = 100)]
struct CommandLine {
    #[command(flatten)]
    global: config::Global,
    #[command(subcommand)]
    command: CliCommand,
}

const EXAMPLES: &str = "\
Start here:
  stemma demo                         load real corrected labels
  stemma serve --data ./stemma-data   serve the GraphQL API and its pages
  stemma trace --all                  which training sets contain a wrong label?

Every option with an [env: …] is a setting of the file stemma.toml:
  data = \"/var/lib/stemma\"
  listen = \"127.0.0.1:8080\"

An option overrides its variable, the variable the file, the file the default.";

#[derive(Debug, Subcommand)]
enum CliCommand {
    Serve(serve::ServeCommand),
    Demo(demo::Demo),
    Import(import::Import),
    Checkout(checkout::Checkout),
    Export(export::Export),
    Gc(gc::Gc),
    Backup(backup::Backup),
    Migrate(migrate::Migrate),
    Restore(restore::RestoreCommand),
    Schema(schema::SchemaCommand),
    Trace(trace::Trace),
    Verify(verify::Verify),
}

impl CliCommand {
    fn run(self) -> Result<()> {
        match self {
            Self::Serve(serve) => serve.run(),
            Self::Demo(demo) => demo.run(),
            Self::Import(import) => import.run(),
            Self::Checkout(checkout) => checkout.run(),
            Self::Export(export) => export.run(),
            Self::Gc(gc) => gc.run(),
            Self::Backup(backup) => backup.run(),
            Self::Migrate(migrate) => migrate.run(),
            Self::Restore(restore) => restore.run(),
            Self::Schema(schema) => schema.run(),
            Self::Trace(trace) => trace.run(),
            Self::Verify(verify) => verify.run(),
        }
    }

    /// Returns true if all files that the command creates are in a data directory: only their owner
    /// may read them.
    const fn keeps_a_store(&self) -> bool {
        matches!(
            self,
            Self::Serve(_)
                | Self::Demo(_)
                | Self::Import(_)
                | Self::Gc(_)
                | Self::Migrate(_)
                | Self::Restore(_)
        )
    }

    /// The default filter of the log: a command logs warnings only.
    const fn log(&self) -> &'static str {
        match self {
            Self::Serve(_) => "stemma=info,warn",
            _ => "warn",
        }
    }
}

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match parse(&arguments) {
        Ok(Some(cli)) => match run(cli) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        },
        Ok(None) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn run(cli: CommandLine) -> Result<()> {
    let filter = cli.global.log.unwrap_or_else(|| cli.command.log().to_owned());
    shared::telemetry::start(&filter, cli.global.log_format)?;
    http::raise_open_files();
    if cli.command.keeps_a_store() {
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
    }
    cli.command.run()
}

/// Parses the arguments, with the values of the settings file as defaults; `None` if help was
/// printed.
fn parse(arguments: &[OsString]) -> Result<Option<CommandLine>, ExitCode> {
    let command = CommandLine::command();
    // Help and the version are printed even if the settings file is invalid.
    let first = match command.clone().ignore_errors(true).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(shown) => return print(&shown),
    };
    let file = file(&first).map_err(|failure| failure.report())?;
    let command = match &file {
        Some(file) => config::under(command, file).map_err(|error| Failure::from(error).report())?,
        None => command,
    };
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(refused) => return print(&refused),
    };
    config::refuse_ignored(&matches).map_err(|error| Failure::from(error).report())?;
    if let Some(file) = &file {
        let trusted = config::trust(&matches, file, &config::is_set);
        trusted.map_err(|error| Failure::from(error).report())?;
    }
    match CommandLine::from_arg_matches(&matches) {
        Ok(mut cli) => {
            if let (CliCommand::Serve(serve), Some(file)) = (&mut cli.command, &file) {
                serve.webhooks = file.webhooks().to_vec();
            }
            Ok(Some(cli))
        }
        Err(refused) => print(&refused),
    }
}

fn file(matches: &ArgMatches) -> Result<Option<config::SettingsFile>> {
    let asked = matches.try_get_one::<std::path::PathBuf>("config").ok().flatten();
    Ok(config::read(asked.map(std::path::PathBuf::as_path))?)
}

/// Prints what clap reports: help on stdout, a usage error on stderr.
fn print(said: &clap::Error) -> Result<Option<CommandLine>, ExitCode> {
    // A closed stream is no failure.
    let _ = said.print();
    if said.use_stderr() { Err(ExitCode::from(2)) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        for command in CommandLine::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("stemma "), "{} has no examples", command.get_name());
        }
    }

    /// Calls `check` with each command and its name, subcommands included.
    fn each(command: &clap::Command, name: &str, check: &mut impl FnMut(&str, &clap::Command)) {
        check(name, command);
        for inner in command.get_subcommands() {
            each(inner, &format!("{name} {}", inner.get_name()), check);
        }
    }

    #[test]
    fn no_line_of_help_is_longer_than_a_terminal_of_80_columns() {
        let mut faults = Vec::new();
        each(&CommandLine::command(), "stemma", &mut |name, command| {
            let mut command = command.clone().term_width(80);
            for help in [command.render_help(), command.render_long_help()] {
                let help = help.to_string();
                let long = help.lines().filter(|line| line.chars().count() > 80);
                faults.extend(long.map(|line| format!("{name}: {line}")));
            }
        });
        assert!(faults.is_empty(), "{faults:#?}");
    }

    /// The footer is wrapped to the width of the terminal, so its text must not be wrapped before.
    #[test]
    fn the_footer_of_help_is_wrapped_once() {
        let mut faults = Vec::new();
        each(&CommandLine::command(), "stemma", &mut |name, command| {
            let footer = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines: Vec<&str> = footer.lines().collect();
            for (place, line) in lines.iter().enumerate() {
                let is_text = |line: &str| !line.is_empty() && !line.starts_with(' ');
                let is_example = line.starts_with(' ');
                let continues = is_text(line) && lines.get(place + 1).is_some_and(|next| is_text(next));
                if continues || (is_example && line.chars().count() > 80) {
                    faults.push(format!("{name}: {line}"));
                }
            }
        });
        assert!(faults.is_empty(), "a paragraph is one line, and an example at most 80 columns: {faults:#?}");
    }
}
