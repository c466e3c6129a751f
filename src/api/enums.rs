//! Enums: the closed lists of the API, each beside the type it stands for.

use async_graphql::Enum;

use crate::domain::item::Kind;
use crate::domain::{class_change, statement};
use crate::lineage::query::campaign::Progress;
use crate::lineage::query::impact;
use crate::lineage::query::leakage::Leak;
use crate::lineage::query::summary::{Aspect, PinAspect};
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
    /// What an item is to the lineage questions.
    ItemKind = Kind {
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
}

mirror! {
    /// What a statement says of its version.
    StatementKind = statement::StatementKind {
        /// It was wrong, and another version says it better.
        Corrects,
        /// It was wrong, and nothing replaces it.
        Retracts,
        /// It was not wrong after all.
        Reinstates,
        /// Its content was removed for good.
        Purges,
    }
}

mirror! {
    /// What a class list did to classes of the list before it.
    ClassChangeKind = class_change::ClassChangeKind {
        /// Another name for the same class. Affects no label.
        Rename,
        /// Several classes became one.
        Merge,
        /// One class became several.
        Split,
        /// The same name, another meaning.
        Redefine,
    }
}

mirror! {
    /// Which way to walk through lineage.
    Direction = closure::Direction {
        /// Towards sources.
        Up,
        /// Towards what was made from it.
        Down,
        /// The union of both closures; never a walk that turns round.
        Both,
    }
}

mirror! {
    /// How a training set holds what is wrong, or a model, an evaluation or a deployment saw it.
    Inclusion = impact::Inclusion {
        /// The version is wrong itself: it was retracted or corrected.
        #[graphql(name = "SELF")]
        Itself,
        /// The wrong version itself is a member.
        Direct,
        /// A member was made from it.
        Derived,
        /// Only a derivation of the set as a whole connects them, and the set's manifest is incomplete.
        Coarse,
    }
}

mirror! {
    /// What became of the item whose version was wrong.
    AffectedStatus = impact::Status {
        /// Something else took its place.
        Stale,
        /// The item's head says the same again.
        Restored,
        /// Nothing took its place.
        Retracted,
        /// The label is not wrong, but a class that it uses means something else now.
        OntologyStale,
    }
}

mirror! {
    /// What the versions of a lineage are told apart by.
    LineageGroup = Aspect {
        /// What their items are.
        Kind,
        /// Where their items are.
        Namespace,
        /// How many edges away they are.
        Depth,
        /// Each tag on them.
        Tag,
        /// Each role of the edges by which they were reached.
        Role,
    }
}

mirror! {
    /// What the members of a training set are told apart by.
    MemberGroup = PinAspect {
        /// The split they are pinned in.
        Split,
        /// What their items are.
        Kind,
        /// Where their items are.
        Namespace,
    }
}

mirror! {
    /// What members of two training sets have in common.
    LeakageKind = Leak {
        /// They are one version.
        CommonMember,
        /// They are versions of one item.
        SameItem,
        /// They are of two items and say the same: attributes, bytes, sources. So do labels that say a class and nothing else.
        EqualContent,
        /// They are of two items and have the same bytes, but something else about them differs.
        EqualPayload,
        /// They come from one version, or one of them comes from the other.
        CommonAncestor,
    }
}

mirror! {
    /// What is to be done next for a training set that held what a campaign found wrong.
    CampaignStatus = Progress {
        /// Its current version still holds something wrong.
        RefreshOpen,
        /// It has been refreshed, and no model was trained on it since.
        TrainOpen,
        /// A model was trained on it since, and none was evaluated.
        EvaluateOpen,
        /// Such a model was evaluated, and none was deployed.
        DeployOpen,
        /// All of it was done.
        Done,
    }
}

impl Inclusion {
    /// What is asked for unless said otherwise.
    pub(super) fn plain() -> Vec<Self> {
        impact::Inclusion::PLAIN.map(Self::from).to_vec()
    }
}

/// Why an answer is not whole.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncompleteReason {
    /// As many versions as one request may visit were visited.
    Nodes,
    /// As many derivations as one request may follow were followed.
    Edges,
    /// There is more beyond the depth that was asked for.
    Depth,
    /// The time for one request ran out.
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
