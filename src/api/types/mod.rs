//! The objects of the API, one file for each: what they show, and where it comes from.
//!
//! An object holds a scope and a number, and reads everything else when it is asked for: lineage from the index,
//! content from the store through the batched loaders.

mod affected;
mod answer;
mod asked;
mod campaign;
mod commit;
mod consumer;
mod contrast;
mod derivation;
mod freshness;
mod graph;
mod grouped;
mod item;
mod leakage;
mod lineage;
mod member;
mod news;
mod node;
mod payload;
mod paths;
mod statement;
mod summary;
mod tag;
mod uses;
mod version;

pub use affected::{AffectedMember, AffectedTrainingSet, SplitCount, StaleMember};
pub use answer::Answer;
pub use asked::{AnswerConnection, Asked, NotWrong};
pub use campaign::{Campaign, CampaignSet, CampaignStep, StaleDeployment};
pub use commit::Commit;
pub use consumer::AffectedConsumer;
pub use contrast::{LineageChange, LineageDiff};
pub use derivation::Derivation;
pub use freshness::Freshness;
pub use graph::{LineageGraph, LineageGraphEdge, LineageGraphGroup, LineageGraphNode};
pub use grouped::{AttributePaths, AttributeValue, MemberChange, MemberCount, MemberSummary};
pub use item::Item;
pub use leakage::{LeakageFinding, LeakagePair};
pub use lineage::{LineageConnection, LineageEdge, Path, RepinnedMember, TrainingSetDiff};
pub use member::Member;
pub use news::NewlyAffectedSets;
pub use node::Node;
pub use paths::PathAnswer;
pub use payload::{Activity, Blob, ClassChange};
pub use statement::Statement;
pub use summary::{LineageCount, LineageSummary};
pub use tag::{Tag, TagMove};
pub use uses::TrainingSetUse;
pub use version::Version;
