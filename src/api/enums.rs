//! The enums of the API, each with the type that it mirrors.

use async_graphql::Enum;

use crate::domain::item::Kind;
use crate::domain::{class_change, statement};
use crate::lineage::query::impact;
use crate::lineage::query::impact::campaign::Progress;
use crate::lineage::query::leakage::Leak;
use crate::lineage::query::statements;
use crate::lineage::query::summary::{Aspect, ItemAspect, PinAspect};
use crate::lineage::walk::closure::{self, Stopped};

macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident = $other:path { $($(#[$each:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl From<$name> for $other {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant,)* }
            }
        }

        impl From<$other> for $name {
            fn from(value: $other) -> Self {
                match value { $(<$other>::$variant => Self::$variant,)* }
            }
        }
    };
}

mirror! {
    /// The role of an item in lineage.
    ItemKind = Kind {
        /// Raw data: an image, a recording, a document.
        Source,
        /// A label of a source.
        Label,
        /// Computed data: a crop, a feature, an augmentation, a pseudo-label.
        Derived,
        /// Versions that belong together, such as an image and its labels; derived from each of them.
        Bundle,
        /// A class list.
        Ontology,
        /// A training set, which pins member versions.
        TrainingSet,
        /// A trained model.
        Model,
        /// An evaluation of a model.
        Evaluation,
        /// A deployment of a model.
        Deployment,
    }
}

mirror! {
    /// The verdict of a statement about its version.
    StatementKind = statement::StatementKind {
        /// It was wrong, and another version replaces it.
        Corrects,
        /// The version was wrong, without a replacement.
        Retracts,
        /// The version was not wrong after all.
        Reinstates,
        /// Its content was removed permanently.
        Purges,
    }
}

mirror! {
    /// The change of a class from one class list to the next.
    ClassChangeKind = class_change::ClassChangeKind {
        /// The class has another name. Affects no label.
        Rename,
        /// Several classes were merged into one.
        Merge,
        /// One class was split into several.
        Split,
        /// The same name with another meaning.
        Redefine,
    }
}

mirror! {
    /// The direction of a traversal through lineage.
    Direction = closure::Direction {
        /// Towards sources.
        Up,
        /// Towards everything made from it.
        Down,
        /// The union of both closures; a path never changes direction.
        Both,
    }
}

mirror! {
    /// The way in which a training set, model, evaluation or deployment includes something wrong.
    Inclusion = impact::Inclusion {
        /// The version is wrong itself: it was retracted or corrected.
        #[graphql(name = "SELF")]
        Itself,
        /// The wrong version itself is a member.
        Direct,
        /// A member was made from it.
        Derived,
        /// Connected only by a derivation of the set as one unit, because the set's manifest is
        /// incomplete.
        Coarse,
    }
}

mirror! {
    /// The present state of an item with a wrong version.
    AffectedStatus = impact::Status {
        /// Another version replaced it.
        Stale,
        /// The item's head has the same content again.
        Restored,
        /// Nothing replaced it.
        Retracted,
        /// The label is not wrong, but the meaning of a class that it uses has changed.
        OntologyStale,
    }
}

mirror! {
    /// The property by which the versions of a lineage are grouped.
    LineageGroup = Aspect {
        /// The kind of their items.
        Kind,
        /// The namespace of their items.
        Namespace,
        /// The number of edges from the start.
        Depth,
        /// Each of their tags.
        Tag,
        /// Each role of the edges by which they were reached.
        Role,
    }
}

mirror! {
    /// The property by which the members of a training set are grouped.
    MemberGroup = PinAspect {
        /// The split in which they are pinned.
        Split,
        /// The kind of their items.
        Kind,
        /// The namespace of their items.
        Namespace,
    }
}

mirror! {
    /// The property by which items are grouped.
    ItemGroup = ItemAspect {
        /// Their kind.
        Kind,
        /// Their namespace.
        Namespace,
        /// Each tag on their current versions.
        Tag,
        /// The author of the commit of their current versions.
        Author,
    }
}

mirror! {
    /// The axis of a histogram of commits.
    CommitAxis = statements::CommitAxis {
        /// Sections with equal numbers of commits.
        Seq,
        /// Sections of equal duration.
        Time,
    }
}

mirror! {
    /// The relation between members of two training sets.
    LeakageKind = Leak {
        /// They are the same version.
        CommonMember,
        /// The members are versions of one item.
        SameItem,
        /// They belong to two items and have equal content: attributes, bytes and sources. Labels
        /// that consist of a class alone also count.
        EqualContent,
        /// They belong to two items and have the same bytes, but differ otherwise.
        EqualPayload,
        /// The members have a common ancestor, or one is an ancestor of the other.
        CommonAncestor,
    }
}

mirror! {
    /// The next step for a training set that contained something that a campaign found wrong.
    CampaignStatus = Progress {
        /// Its current version still contains something wrong.
        RefreshOpen,
        /// It has been refreshed, and no model has been trained on it since.
        TrainOpen,
        /// A model has been trained on it since, and none has been evaluated.
        EvaluateOpen,
        /// Such a model has been evaluated, and none has been deployed.
        DeployOpen,
        /// All steps are done.
        Done,
    }
}

impl Inclusion {
    /// Returns the default of arguments.
    pub(super) fn plain() -> Vec<Self> {
        impact::Inclusion::PLAIN.map(Self::from).to_vec()
    }
}

/// The reason that an answer is incomplete.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncompleteReason {
    /// The maximum number of versions per request was visited.
    Nodes,
    /// The maximum number of derivations per request was followed.
    Edges,
    /// There is more beyond the requested depth.
    Depth,
    /// The time limit of the request was reached.
    Time,
}

impl From<Stopped> for IncompleteReason {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Nodes => Self::Nodes,
            Stopped::Edges => Self::Edges,
            Stopped::Depth => Self::Depth,
            Stopped::Time => Self::Time,
        }
    }
}
