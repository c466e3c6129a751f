//! Keys of signed notes: Ed25519 (RFC 8032) with a name.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::domain::id::Malformed;

/// The signature type of Ed25519 in ids and texts of keys.
const ED25519: u8 = 0x01;
const SECRET_PREFIX: &str = "PRIVATE+KEY+";

/// A public key with its name. Its text form is `<name>+<id>+<base64 of type and key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    key_id: u32,
    key: VerifyingKey,
}

/// A secret key with its name. Its bytes come from the caller and are erased from memory when it is
/// dropped.
#[derive(Clone)]
pub struct NoteSigner {
    public: NoteVerifier,
    key: SigningKey,
}

/// The reason why a text or bytes are no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteKeyError {
    /// The name cannot be that of a key.
    #[error("{0}")]
    Name(Malformed),
    /// The text is no public key.
    #[error("{0}")]
    Form(Malformed),
    /// The text is no secret key. It is not repeated, so that no message reveals one.
    #[error("expected a signing key: `PRIVATE+KEY+`, a name, `+`, 8 lower-case hex digits, `+` and base64")]
    SecretForm,
    /// The key is of another type than Ed25519.
    #[error("expected an Ed25519 key (type 1) for {name}, found type {found}")]
    Type {
        /// The name of the key.
        name: String,
        /// The type found.
        found: u8,
    },
    /// The id in the text is not that of the key.
    #[error(
        "expected the id {expected:08x} for this key of {name}, found {found:08x}; copy the complete key again"
    )]
    Id {
        /// The name of the key.
        name: String,
        /// The id of this name and key.
        expected: u32,
        /// The id in the text.
        found: u32,
    },
    /// The bytes are no point of the curve, or one of small order, which would verify any text.
    #[error("expected the 32 bytes of an Ed25519 public key for {name}, found bytes that are none")]
    Point {
        /// The name of the key.
        name: String,
    },
}

impl NoteVerifier {
    /// Returns the key with this name and these bytes (RFC 8032, §5.1.5).
    ///
    /// # Errors
    /// [`NoteKeyError::Name`] or [`NoteKeyError::Point`].
    pub fn new(name: &str, bytes: &[u8; 32]) -> Result<Self, NoteKeyError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak());
        let key = key.ok_or_else(|| NoteKeyError::Point { name: name.to_owned() })?;
        Ok(Self::with_key(name, key))
    }

    fn with_key(name: &str, key: VerifyingKey) -> Self {
        Self { name: name.to_owned(), key_id: key_id(name, key.as_bytes()), key }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the id: the first four bytes of the SHA-256 of name and key, as a number.
    #[must_use]
    pub const fn key_id(&self) -> u32 {
        self.key_id
    }

    /// Returns true if `signature` is one of this key over `text`.
    #[must_use]
    pub(super) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl NoteSigner {
    /// Returns the key with this name, made from 32 secret bytes (RFC 8032, §5.1.5). They must be
    /// unpredictable; the caller generates and stores them.
    ///
    /// # Errors
    /// [`NoteKeyError::Name`].
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, NoteKeyError> {
        check_name(name)?;
        let key = SigningKey::from_bytes(secret);
        Ok(Self { public: NoteVerifier::with_key(name, key.verifying_key()), key })
    }

    /// Returns the public key.
    #[must_use]
    pub const fn verifier(&self) -> &NoteVerifier {
        &self.public
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.public.name()
    }

    /// Returns the id, which is that of the public key.
    #[must_use]
    pub const fn key_id(&self) -> u32 {
        self.public.key_id
    }

    /// Returns the text form of the secret key, for the file that stores it.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let NoteVerifier { name, key_id, .. } = &self.public;
        format!("{SECRET_PREFIX}{name}+{key_id:08x}+{}", encoded(self.key.as_bytes()))
    }

    /// Returns the signature over `text`. It depends on nothing but key and text.
    pub(super) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

/// Returns true if the text can be the name of a key: not empty, without spaces, `+` and control
/// characters.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c < ' ' || c == '+')
}

fn check_name(name: &str) -> Result<(), NoteKeyError> {
    if is_name(name) {
        return Ok(());
    }
    let expected = "the name of a key: text without spaces and `+`, such as `example.com/log`";
    Err(NoteKeyError::Name(Malformed::new(name, expected)))
}

/// Returns the id of a key, as the specification recommends for Ed25519.
fn key_id(name: &str, key: &[u8; 32]) -> u32 {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key).finalize();
    hash.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn encoded(key: &[u8; 32]) -> String {
    STANDARD.encode([&[ED25519], key.as_slice()].concat())
}

/// The parts of the text form of a key.
struct KeyTextParts<'a> {
    name: &'a str,
    key_id: u32,
    /// The signature type, then the key.
    bytes: Vec<u8>,
}

impl<'a> KeyTextParts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (name, rest) = text.split_once('+')?;
        // Base64 has `+` as well.
        let (id, encoded) = rest.split_once('+')?;
        let key_id = u32::from_str_radix(id, 16).ok().filter(|key_id| format!("{key_id:08x}") == id)?;
        let bytes = STANDARD.decode(encoded).ok()?;
        is_name(name).then_some(Self { name, key_id, bytes })
    }

    /// Returns the 32 bytes of the key.
    fn key(&self) -> Result<Option<&[u8; 32]>, NoteKeyError> {
        match self.bytes.split_first() {
            Some((&ED25519, key)) => Ok(key.try_into().ok()),
            Some((&found, _)) => Err(NoteKeyError::Type { name: self.name.to_owned(), found }),
            None => Ok(None),
        }
    }

    fn check_id(&self, expected: u32) -> Result<(), NoteKeyError> {
        let found = self.key_id;
        if found == expected {
            Ok(())
        } else {
            Err(NoteKeyError::Id { name: self.name.to_owned(), expected, found })
        }
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.key_id, encoded(self.key.as_bytes()))
    }
}

impl FromStr for NoteVerifier {
    type Err = NoteKeyError;

    fn from_str(text: &str) -> Result<Self, NoteKeyError> {
        let expected = "a verification key: a name, `+`, 8 lower-case hex digits, `+` and base64";
        let malformed = || NoteKeyError::Form(Malformed::new(text, expected));
        let parts = KeyTextParts::read(text).ok_or_else(malformed)?;
        let verifier = Self::new(parts.name, parts.key()?.ok_or_else(malformed)?)?;
        parts.check_id(verifier.key_id)?;
        Ok(verifier)
    }
}

/// The secret is left out.
impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteSigner").field("public", &self.public).finish_non_exhaustive()
    }
}

impl FromStr for NoteSigner {
    type Err = NoteKeyError;

    fn from_str(text: &str) -> Result<Self, NoteKeyError> {
        let rest = text.strip_prefix(SECRET_PREFIX).ok_or(NoteKeyError::SecretForm)?;
        let parts = KeyTextParts::read(rest).ok_or(NoteKeyError::SecretForm)?;
        let signer = Self::new(parts.name, parts.key()?.ok_or(NoteKeyError::SecretForm)?)?;
        parts.check_id(signer.key_id())?;
        Ok(signer)
    }
}
