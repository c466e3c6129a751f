//! The `surreal` command as its makers ship it.

// Its futures nest deeper than the compiler expects.
#![recursion_limit = "256"]

use std::process::ExitCode;

fn main() -> ExitCode {
    surrealdb_server::init(surrealdb_core::CommunityComposer())
}
