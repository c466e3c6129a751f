//! Output: results go to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{self, Write};

use super::failure::Result;

pub(crate) use crate::domain::text::{count, counted};

/// Writes a line to stdout.
pub(crate) fn line(text: impl Display) -> Result<()> {
    let mut out = io::stdout().lock();
    unless_closed(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// Writes a text to stdout as it is.
pub(crate) fn text(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Ignores a closed stdout. The command continues, because its exit code is an answer too and must
/// be the same with `| head`.
fn unless_closed(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Writes a line to stderr. A failure to write it is ignored.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
