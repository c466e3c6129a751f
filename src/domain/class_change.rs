//! Class changes: the effect of a new version of a class list on the classes of the list before it.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::canonical::attributes::{canonical, check_value};
use super::invalid::{Invalid, MAX_CLASS_CHANGES};

/// The kind of a change to classes of the list before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClassChangeKind {
    /// One class got another name. Makes no label stale.
    Rename,
    /// Several classes became one.
    Merge,
    /// One class became several.
    Split,
    /// The name of a class got another meaning.
    Redefine,
}

impl ClassChangeKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Rename, Self::Merge, Self::Split, Self::Redefine];

    /// Returns the name used in hashes and in GraphQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rename => "RENAME",
            Self::Merge => "MERGE",
            Self::Split => "SPLIT",
            Self::Redefine => "REDEFINE",
        }
    }

    /// Returns true if labels that use the class must be reviewed again.
    #[must_use]
    pub const fn makes_stale(self) -> bool {
        !matches!(self, Self::Rename)
    }

    const fn expects(self) -> &'static str {
        match self {
            Self::Rename => "RENAME expects one class in `from` and another one in `to`",
            Self::Merge => "MERGE expects two classes or more in `from` and one in `to`",
            Self::Split => "SPLIT expects one class in `from` and two or more in `to`",
            Self::Redefine => "REDEFINE expects one class or more in `from` and an empty `to`",
        }
    }

    const fn takes(self, from: usize, to: usize) -> bool {
        match self {
            Self::Rename => from == 1 && to == 1,
            Self::Merge => from >= 2 && to == 1,
            Self::Split => from == 1 && to >= 2,
            Self::Redefine => from >= 1 && to == 0,
        }
    }
}

/// One change of a class list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassChange {
    /// The kind of change.
    pub kind: ClassChangeKind,
    /// The classes that changed: values that labels have in their attribute `class`.
    pub classes: ChangedClasses,
}

/// The classes of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangedClasses {
    /// The changed classes without their new classes. A rename in this form cannot be followed.
    Listed(Vec<Value>),
    /// The classes before and after the change.
    Mapped {
        /// Classes of the list before.
        from: Vec<Value>,
        /// Classes of this list; empty for REDEFINE.
        to: Vec<Value>,
    },
}

impl ClassChange {
    /// Returns a change that lists its classes only.
    #[must_use]
    pub const fn listed(kind: ClassChangeKind, classes: Vec<Value>) -> Self {
        Self { kind, classes: ChangedClasses::Listed(classes) }
    }

    /// Returns a change from classes to classes.
    #[must_use]
    pub const fn mapped(kind: ClassChangeKind, from: Vec<Value>, to: Vec<Value>) -> Self {
        Self { kind, classes: ChangedClasses::Mapped { from, to } }
    }

    /// Returns the changed classes of the list before.
    #[must_use]
    pub fn before(&self) -> &[Value] {
        match &self.classes {
            ChangedClasses::Listed(classes) => classes,
            ChangedClasses::Mapped { from, .. } => from,
        }
    }

    /// Returns the classes of this list that they became; empty if that is not given.
    #[must_use]
    pub fn after(&self) -> &[Value] {
        match &self.classes {
            ChangedClasses::Listed(_) => &[],
            ChangedClasses::Mapped { to, .. } => to,
        }
    }

    /// Returns the number of values that the change names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.before().len() + self.after().len()
    }

    /// Returns true if the change names no class.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the change as JSON, its kind under `name`.
    #[must_use]
    pub fn to_json(&self, name: &str) -> Value {
        match &self.classes {
            ChangedClasses::Listed(classes) => json!({name: self.kind.name(), "classes": classes}),
            ChangedClasses::Mapped { from, to } => json!({name: self.kind.name(), "from": from, "to": to}),
        }
    }

    /// Reads what [`ClassChange::to_json`] wrote; `None` if it is anything else.
    #[must_use]
    pub fn from_json(change: Value, name: &str) -> Option<Self> {
        let Value::Object(mut change) = change else { return None };
        let kind = change.remove(name)?;
        let kind = ClassChangeKind::ALL.into_iter().find(|known| Some(known.name()) == kind.as_str())?;
        let mut list = |field| match change.remove(field) {
            Some(Value::Array(classes)) => Some(classes),
            _ => None,
        };
        let classes = match (list("classes"), list("from"), list("to")) {
            (Some(classes), None, None) => ChangedClasses::Listed(classes),
            (None, Some(from), Some(to)) => ChangedClasses::Mapped { from, to },
            _ => return None,
        };
        change.is_empty().then_some(Self { kind, classes })
    }

    /// Returns changes as canonical JSON, because their classes are arbitrary JSON values; `None` if
    /// there are none.
    #[must_use]
    pub fn list_text(changes: &[Self]) -> Option<String> {
        let list = || canonical(&changes.iter().map(|change| change.to_json("op")).collect());
        (!changes.is_empty()).then(list)
    }

    /// Reads what [`ClassChange::list_text`] wrote; `None` if it is anything else.
    #[must_use]
    pub fn list_from_text(text: &str) -> Option<Vec<Self>> {
        let changes: Vec<Value> = serde_json::from_str(text).ok()?;
        changes.into_iter().map(|change| Self::from_json(change, "op")).collect()
    }
}

/// Checks the changes of one version of a class list.
///
/// # Errors
/// [`Invalid`] for a change that names no class, for a number of classes that its kind does not
/// take, and for a class that two changes map.
pub fn check(changes: &[ClassChange]) -> Result<(), Invalid> {
    let changed = changes.iter().map(|change| change.len().max(1)).sum();
    Invalid::limit("classes that one class list changes", changed, MAX_CLASS_CHANGES)?;
    let mut mapped = HashSet::new();
    for change in changes {
        let (before, after) = (change.before(), change.after());
        before.iter().chain(after).try_for_each(check_value)?;
        if matches!(change.classes, ChangedClasses::Listed(_)) {
            if change.is_empty() {
                return Err(Invalid::refused(
                    "expected the classes of a class change, found none; list the classes that it changed",
                ));
            }
            continue;
        }
        if !change.kind.takes(before.len(), after.len())
            || (change.kind == ClassChangeKind::Rename && before == after)
        {
            let found = match before == after && !before.is_empty() {
                true => "the same class in both".to_owned(),
                false => format!("{} in `from` and {} in `to`", before.len(), after.len()),
            };
            return Err(Invalid::refused(format!("{}, found {found}", change.kind.expects())));
        }
        for class in before {
            if !mapped.insert(canonical(class)) {
                return Err(Invalid::refused(format!(
                    "duplicate class {} in `from`; give each class once",
                    canonical(class)
                )));
            }
        }
    }
    Ok(())
}
