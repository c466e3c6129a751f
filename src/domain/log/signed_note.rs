//! Signed notes, as in [C2SP signed-note](https://c2sp.org/signed-note): a text, and signatures
//! over it, as one text. Ed25519 only (signature type 1); signatures of other keys are kept and
//! not verified.
//!
//! The text of a note is not readable before a signature of a known key was verified.

mod keys;

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::id::Malformed;

pub use keys::{NoteKeyError, NoteSigner, NoteVerifier};

/// The longest signed note, in bytes.
pub const MAX_NOTE_BYTES: usize = 1_000_000;
/// The most signatures of a note; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// The characters before a signature: an em dash and a space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";
/// The bytes of a key id in front of a signature.
const KEY_ID_BYTES: usize = 4;

/// A text with its signatures. Its text form is the note itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature of a note, by a key that may be unknown here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: u32,
    bytes: Vec<u8>,
}

/// The reason why a text is no note, or why it cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is too long.
    #[error("expected a note of at most {} bytes, found {found}", MAX_NOTE_BYTES)]
    Length {
        /// The number of bytes.
        found: usize,
    },
    /// The note has a control character other than a line feed.
    #[error(
        "expected a note without control characters, found {character:?} at byte {at}; get the note again"
    )]
    Control {
        /// The character.
        character: char,
        /// Its position in bytes.
        at: usize,
    },
    /// The text does not end with a line feed.
    #[error("expected a text that ends with a line feed, found none at its end")]
    Unterminated,
    /// There is no empty line, or nothing after the last one.
    #[error("expected an empty line and signatures after the text, found none; give the complete note")]
    NoSignatures,
    /// The note has too many signatures.
    #[error("expected at most {} signatures, found {found}", MAX_SIGNATURES)]
    TooManySignatures {
        /// The number of signatures.
        found: usize,
    },
    /// A line after the last empty line is no signature.
    #[error("signature {number}: {cause}")]
    SignatureLine {
        /// The number of the line, from 1.
        number: usize,
        /// The expected form and the line.
        cause: Malformed,
    },
    /// No signature is from a known key.
    #[error("expected a signature of {}, found those of {}; give the key of this log", .known.join(" or "), .found.join(" and "))]
    UnknownKeys {
        /// The known keys, as name and id.
        known: Vec<String>,
        /// The keys of the first signatures, at most 4.
        found: Vec<String>,
    },
    /// A signature of a known key does not match the text.
    #[error(
        "the signature of {key} does not match the text; the text, the signature or the key is not the original"
    )]
    WrongSignature {
        /// The name and the id of the key.
        key: String,
    },
}

impl SignedNote {
    /// Signs a text with each of the keys.
    ///
    /// # Errors
    /// [`NoteError`] if the text cannot be that of a note, or if the number of keys is not 1 to
    /// [`MAX_SIGNATURES`].
    pub fn sign(text: &str, signers: &[&NoteSigner]) -> Result<Self, NoteError> {
        check_characters(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Unterminated);
        }
        check_count(signers.len())?;
        let signatures = signers.iter().map(|signer| NoteSignature {
            name: signer.name().to_owned(),
            key_id: signer.key_id(),
            bytes: signer.sign(text).to_vec(),
        });
        Ok(Self { text: text.to_owned(), signatures: signatures.collect() })
    }

    /// Returns the text if at least one signature is from one of the `known` keys, and if all
    /// signatures of known keys match. Signatures of other keys are ignored, as the specification
    /// requires.
    ///
    /// # Errors
    /// [`NoteError::UnknownKeys`] or [`NoteError::WrongSignature`].
    pub fn verify(&self, known: &[NoteVerifier]) -> Result<&str, NoteError> {
        let mut verified = false;
        for signature in &self.signatures {
            let keys =
                known.iter().filter(|key| key.name() == signature.name && key.key_id() == signature.key_id);
            for key in keys {
                if !key.verifies(&self.text, &signature.bytes) {
                    return Err(NoteError::WrongSignature { key: signature.key() });
                }
                verified = true;
            }
        }
        if verified {
            return Ok(&self.text);
        }
        Err(NoteError::UnknownKeys {
            known: known.iter().map(|key| key_text(key.name(), key.key_id())).collect(),
            found: self.signatures.iter().take(4).map(NoteSignature::key).collect(),
        })
    }

    /// Returns the signatures in order.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl NoteSignature {
    /// Returns the name of the key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the id of the key, which is unique together with its name.
    #[must_use]
    pub const fn key_id(&self) -> u32 {
        self.key_id
    }

    /// Returns name and id of the key, for messages.
    fn key(&self) -> String {
        key_text(&self.name, self.key_id)
    }
}

/// Returns name and id of a key. The name is shortened, because it can be as long as a note.
fn key_text(name: &str, key_id: u32) -> String {
    let name: String = name.chars().take(80).collect();
    format!("{name}+{key_id:08x}")
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(f, "{SIGNATURE_PREFIX}{} ", self.name)?;
        f.write_str(&STANDARD.encode(bytes))
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Length { found: note.len() });
        }
        check_characters(note)?;
        // The text may have empty lines: the last one ends it.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        if lines.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Unterminated)?;
        check_count(lines.split('\n').count())?;
        let signatures = (1..).zip(lines.split('\n')).map(|(number, line)| {
            let cause = || {
                Malformed::new(
                    line,
                    "a signature: an em dash, a key name, and the base64 of key id and signature",
                )
            };
            line_signature(line).ok_or_else(|| NoteError::SignatureLine { number, cause: cause() })
        });
        Ok(Self { text: format!("{text}\n"), signatures: signatures.collect::<Result<_, _>>()? })
    }
}

fn line_signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (key_id, signature) = bytes.split_first_chunk::<KEY_ID_BYTES>()?;
    let name = keys::is_name(name).then(|| name.to_owned())?;
    let key_id = u32::from_be_bytes(*key_id);
    (!signature.is_empty()).then(|| NoteSignature { name, key_id, bytes: signature.to_vec() })
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    match text.char_indices().find(|(_, c)| *c < ' ' && *c != '\n') {
        Some((at, character)) => Err(NoteError::Control { character, at }),
        None => Ok(()),
    }
}

fn check_count(found: usize) -> Result<(), NoteError> {
    match found {
        0 => Err(NoteError::NoSignatures),
        1..=MAX_SIGNATURES => Ok(()),
        _ => Err(NoteError::TooManySignatures { found }),
    }
}
