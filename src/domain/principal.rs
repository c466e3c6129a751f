//! The principal of a request, passed from the edge of the server to the ledger.
//!
//! Every principal has all rights for now; roles will be a method of this type, so that no resolver
//! changes. Authentication happens elsewhere.

use std::fmt;
use std::sync::Arc;

use super::id::Malformed;

/// A user or service on whose behalf data is read and written. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    name: Arc<str>,
}

impl Principal {
    /// The longest name, in bytes.
    pub const MAX_NAME: usize = 128;

    /// Returns the principal of local access: the command line, and a server that only this machine
    /// can reach.
    #[must_use]
    pub fn local() -> Self {
        Self { name: "local".into() }
    }

    /// Returns the principal of this name: 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `@`, `+`
    /// and `-`, the first a letter or digit. It is written into commits as their author, so it must
    /// be readable there.
    ///
    /// # Errors
    /// [`Malformed`] for any other name.
    pub fn named(name: &str) -> Result<Self, Malformed> {
        let fits = (1..=Self::MAX_NAME).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/@+-".contains(&b));
        if fits {
            Ok(Self { name: name.into() })
        } else {
            Err(Malformed::new(
                name,
                "a principal: 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `@`, `+` and `-`, starting with a letter or digit",
            ))
        }
    }

    /// Returns the name, as it is written into commits.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Principal({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for name in ["a", "ada@example.org", "team/labels:ci+1", &"x".repeat(Principal::MAX_NAME)] {
            assert_eq!(Principal::named(name).unwrap().name(), name);
        }
        for name in ["", " ", "-a", "a b", "a\n", "é", &"x".repeat(Principal::MAX_NAME + 1)] {
            assert!(Principal::named(name).is_err(), "{name:?}");
        }
        assert_eq!(Principal::local(), Principal::named("local").unwrap());
    }
}
