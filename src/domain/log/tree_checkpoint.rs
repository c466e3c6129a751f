//! Checkpoints of a log's tree: size and root as the text of a signed note, as in
//! [C2SP tlog-checkpoint](https://c2sp.org/tlog-checkpoint).
//!
//! Not to be confused with the checkpoint of a store on a server (`graph::checkpoint`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::signed_note::{NoteError, NoteSigner, NoteVerifier, SignedNote};
use super::tree::{TreeHash, TreeHead, empty_root};
use crate::domain::id::{Malformed, hex};

/// The size and the root of the tree of one log. Its text form is the text of the note: origin,
/// size, base64 of the root, and extension lines, each on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeCheckpoint {
    origin: String,
    tree: TreeHead,
    extensions: Vec<String>,
}

/// The reason why a text is no checkpoint, or not that of the expected log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note is invalid, or no known key signed it.
    #[error("{0}")]
    Note(#[from] NoteError),
    /// A line is missing or invalid.
    #[error("line {line} of the checkpoint: {cause}")]
    Line {
        /// The number of the line, from 1.
        line: usize,
        /// The expected line, and the one found.
        cause: Malformed,
    },
    /// The last line does not end with a line feed.
    #[error(
        "expected a checkpoint that ends with a line feed, found none at its end; give the complete text"
    )]
    Unterminated,
    /// A tree without leaves has another root than the empty tree.
    #[error("expected the root of the empty tree for size 0, found {}", hex(.root))]
    EmptyTree {
        /// The root found.
        root: TreeHash,
    },
    /// The checkpoint is that of another log.
    #[error(
        "expected a checkpoint of the log {expected:?}, found one of {found:?}; use the checkpoint and the key of one log"
    )]
    Origin {
        /// The origin of the log.
        expected: String,
        /// The origin of the checkpoint.
        found: String,
    },
}

impl TreeCheckpoint {
    /// Returns the checkpoint of a log. The origin names the log and should be the name of its key,
    /// such as `example.com/log`.
    ///
    /// # Errors
    /// [`CheckpointError::Line`] if the origin is empty or has control characters,
    /// [`CheckpointError::EmptyTree`] if size and root contradict each other.
    pub fn new(origin: &str, tree: TreeHead) -> Result<Self, CheckpointError> {
        if origin.is_empty() || origin.contains(|c: char| c < ' ') {
            return Err(invalid(1, origin, "the origin: text without control characters"));
        }
        if tree.size == 0 && tree.root != empty_root() {
            return Err(CheckpointError::EmptyTree { root: tree.root });
        }
        Ok(Self { origin: origin.to_owned(), tree, extensions: Vec::new() })
    }

    /// Returns the checkpoint of the log `origin` in a note that one of its keys signed.
    ///
    /// # Errors
    /// [`CheckpointError`] if no key signed it, if it is malformed, or if it is of another log.
    pub fn open(note: &SignedNote, origin: &str, keys: &[NoteVerifier]) -> Result<Self, CheckpointError> {
        let checkpoint: Self = note.verify(keys)?.parse()?;
        if checkpoint.origin == origin {
            return Ok(checkpoint);
        }
        Err(CheckpointError::Origin { expected: origin.to_owned(), found: checkpoint.origin })
    }

    /// Signs the checkpoint with the key of the log, whose name must be the origin. The caller must
    /// never sign two checkpoints of which none extends the other.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] if the key has another name.
    pub fn sign(&self, signer: &NoteSigner) -> Result<SignedNote, CheckpointError> {
        if signer.name() != self.origin {
            let (expected, found) = (signer.name().to_owned(), self.origin.clone());
            return Err(CheckpointError::Origin { expected, found });
        }
        Ok(SignedNote::sign(&self.to_string(), &[signer])?)
    }

    /// Returns the name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns size and root.
    #[must_use]
    pub const fn tree(&self) -> TreeHead {
        self.tree
    }

    /// Returns the lines after the root. The ones made here have none.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

fn invalid(line: usize, text: &str, expected: &'static str) -> CheckpointError {
    CheckpointError::Line { line, cause: Malformed::new(text, expected) }
}

impl fmt::Display for TreeCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, tree, extensions } = self;
        writeln!(f, "{origin}\n{}\n{}", tree.size, STANDARD.encode(tree.root))?;
        extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for TreeCheckpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Unterminated)?.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        let (origin, size, root) = (next(), next(), next());
        let tree = TreeHead {
            size: size
                .parse::<u64>()
                .ok()
                .filter(|number| number.to_string() == size)
                .ok_or_else(|| invalid(2, size, "the size: a whole number without leading zeros"))?,
            root: STANDARD
                .decode(root)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(|| invalid(3, root, "the root: base64 of 32 bytes"))?,
        };
        let mut checkpoint = Self::new(origin, tree)?;
        for (line, extension) in (4..).zip(lines) {
            if extension.is_empty() {
                return Err(invalid(line, extension, "an extension line that is not empty"));
            }
            checkpoint.extensions.push(extension.to_owned());
        }
        Ok(checkpoint)
    }
}
