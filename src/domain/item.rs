//! Items: things with a stable identity through all their changes.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::canonical::bytes::Canon;
use super::id::{ItemId, Malformed};

/// The part that an item plays in lineage queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Raw data: an image, a recording, a document.
    Source,
    /// A label of a source.
    Label,
    /// Anything computed: a crop, a feature, an augmentation, a pseudo-label.
    Derived,
    /// Versions that belong together, such as an image and its labels; derived from each of them.
    Bundle,
    /// A class list.
    Ontology,
    /// A set of member versions to train on.
    TrainingSet,
    /// A trained model.
    Model,
    /// A measurement of a model.
    Evaluation,
    /// A model in use.
    Deployment,
}

impl Kind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::Source,
        Self::Label,
        Self::Derived,
        Self::Bundle,
        Self::Ontology,
        Self::TrainingSet,
        Self::Model,
        Self::Evaluation,
        Self::Deployment,
    ];

    /// Returns the name used in hashes, in GraphQL and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "SOURCE",
            Self::Label => "LABEL",
            Self::Derived => "DERIVED",
            Self::Bundle => "BUNDLE",
            Self::Ontology => "ONTOLOGY",
            Self::TrainingSet => "TRAINING_SET",
            Self::Model => "MODEL",
            Self::Evaluation => "EVALUATION",
            Self::Deployment => "DEPLOYMENT",
        }
    }

    /// Returns true if a version made from a version of this kind holds nothing of its content. The
    /// traversal of affected versions does not follow derivations out of such a kind, unless it is
    /// asked to follow them through models.
    #[must_use]
    pub const fn is_barrier(self) -> bool {
        match self {
            Self::TrainingSet | Self::Model => true,
            Self::Source
            | Self::Label
            | Self::Derived
            | Self::Bundle
            | Self::Ontology
            | Self::Evaluation
            | Self::Deployment => false,
        }
    }

    /// Returns true if derivations out of this kind are also not followed into training sets with an
    /// incomplete manifest, unless the traversal is asked to follow them through models. The set
    /// itself is no such barrier: the members of a set made from it are unknown, and may be its.
    #[must_use]
    pub const fn is_coarse_barrier(self) -> bool {
        match self {
            Self::Model => true,
            Self::Source
            | Self::Label
            | Self::Derived
            | Self::Bundle
            | Self::Ontology
            | Self::TrainingSet
            | Self::Evaluation
            | Self::Deployment => false,
        }
    }

    /// Returns true if versions of this kind use training sets: they can have been trained or
    /// measured on something wrong.
    #[must_use]
    pub const fn is_consumer(self) -> bool {
        match self {
            Self::Model | Self::Evaluation | Self::Deployment => true,
            Self::Source
            | Self::Label
            | Self::Derived
            | Self::Bundle
            | Self::Ontology
            | Self::TrainingSet => false,
        }
    }

    /// Returns true if versions of this kind are data that a model can be trained on.
    #[must_use]
    pub const fn is_data(self) -> bool {
        match self {
            Self::Source | Self::Label | Self::Derived | Self::Bundle => true,
            Self::Ontology | Self::TrainingSet | Self::Model | Self::Evaluation | Self::Deployment => false,
        }
    }

    /// Returns the byte used in packed facts.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the kind with this code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            Malformed::new(
                text,
                "a kind: SOURCE, LABEL, DERIVED, BUNDLE, ONTOLOGY, TRAINING_SET, MODEL, EVALUATION or DEPLOYMENT",
            )
        })
    }
}

/// The owner of item keys: 1 to 63 characters of `a-z 0-9 . _ -`, the first a letter or digit.
/// Clones share one allocation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namespace(Arc<str>);

impl Namespace {
    /// Returns the namespace as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Namespace {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let fits = (1..=63).contains(&text.len())
            && text.bytes().all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-'))
            && text.bytes().next().is_some_and(plain);
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(Malformed::new(
                text,
                "a namespace: 1 to 63 of a-z, 0-9, `.`, `_` and `-`, starting with a letter or digit",
            ))
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identity of an item: namespace, kind and key. Two items with the same three are the same
/// item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// The owner of the key.
    pub namespace: Namespace,
    /// The kind of the item.
    pub kind: Kind,
    key: Box<str>,
}

const _: () =
    assert!(ItemKey::MAX_KEY <= crate::domain::canonical::wire::MAX_TEXT, "every key can be packed");

impl ItemKey {
    /// The longest key, in bytes.
    pub const MAX_KEY: usize = 512;

    /// Returns a checked identity.
    ///
    /// # Errors
    /// [`Malformed`] if `key` is empty, longer than 512 bytes, begins or ends with white space, or
    /// contains a control character.
    pub fn new(namespace: Namespace, kind: Kind, key: &str) -> Result<Self, Malformed> {
        if Self::is_valid_key(key) {
            Ok(Self { namespace, kind, key: key.into() })
        } else {
            Err(Malformed::new(
                key,
                "an item key: 1 to 512 bytes, no control characters, no white space at either end",
            ))
        }
    }

    /// Returns true if `key` can be a key.
    #[must_use]
    pub fn is_valid_key(key: &str) -> bool {
        (1..=Self::MAX_KEY).contains(&key.len()) && key.trim() == key && !key.chars().any(char::is_control)
    }

    /// Returns the lower bound of keys with this prefix in a namespace and kind, in the order of
    /// keys. It is not an item's identity.
    #[must_use]
    pub fn lower_bound(namespace: Namespace, kind: Kind, prefix: &str) -> Self {
        Self { namespace, kind, key: prefix.into() }
    }

    /// Returns the same identity with a clone of this namespace, which must be equal, so that the
    /// two share it.
    #[must_use]
    pub fn sharing(&self, namespace: &Namespace) -> Self {
        Self { namespace: namespace.clone(), kind: self.kind, key: self.key.clone() }
    }

    /// Returns the key within its namespace and kind.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the item's id: `BLAKE3("stemma item v1", namespace, kind, key)`.
    #[must_use]
    pub fn id(&self) -> ItemId {
        let mut canon = Canon::new("stemma item v1");
        canon
            .field(self.namespace.as_str().as_bytes())
            .field(self.kind.name().as_bytes())
            .field(self.key.as_bytes());
        ItemId::from_bytes(canon.hash())
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.namespace, self.kind, self.key)
    }
}
