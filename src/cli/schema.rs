//! `stemma schema`: the GraphQL schema as text.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::shared::failure::{Failure, Result};
use super::shared::output;
use crate::api;

/// Print the GraphQL schema
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SchemaCommand {
    /// Compare with this file instead: exits with 1 if it differs, with 3 if it cannot be read
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  stemma schema > schema.graphql
  stemma schema --check schema.graphql";

impl SchemaCommand {
    pub(super) fn run(self) -> Result<()> {
        let schema = api::sdl();
        let Some(path) = self.check else { return output::text(&schema) };
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::because(format!("cannot read {}", path.display()), &error).unanswered()
        })?;
        match first_difference(&schema, &text) {
            None => Ok(()),
            Some(line) => Err(Failure::found(format!(
                "{} differs from this build's schema in line {line}",
                path.display()
            ))
            .hint(format!("write it again with `stemma schema > {}`", path.display()))),
        }
    }
}

/// The first line, from 1, in which two texts differ.
fn first_difference(a: &str, b: &str) -> Option<usize> {
    if a == b {
        return None;
    }
    let same = a.split_inclusive('\n').zip(b.split_inclusive('\n')).take_while(|(a, b)| a == b).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_line_that_differs_is_named() {
        for (a, b, line) in [
            ("a\nb\n", "a\nb\n", None),
            ("a\nb\n", "a\nc\n", Some(2)),
            ("a\nb\n", "a\n", Some(2)),
            ("a\nb\n", "a\nb", Some(2)),
            ("", "a", Some(1)),
        ] {
            assert_eq!(first_difference(a, b), line, "{a:?} {b:?}");
        }
    }
}
