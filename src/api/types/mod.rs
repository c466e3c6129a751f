//! The objects of the API, one file per type.
//!
//! An object holds a scope and a number, and reads everything else on request: lineage from the
//! index, content from the store through the batched loaders.
//! Objects that contain a root (`Node` has `Moment`, and `Asked` and `Campaign` have `Node`) are in
//! `schema::query`.

pub mod lineage;
pub mod impact;
mod commit;
mod grouped;
mod item;
mod item_state;
mod item_summary;
mod member;
mod news;
mod payload;
mod statement;
mod tag;
mod version;

pub use commit::{Commit, CommitBucket};
pub use grouped::{AttributePaths, AttributeValue, MemberChange, MemberCount, MemberSummary};
pub use impact::affected::{AffectedMember, AffectedTrainingSet, SplitCount, StaleMember};
pub use impact::answer::ImpactAnswer;
pub use impact::consumer::AffectedConsumer;
pub use impact::freshness::Freshness;
pub use impact::leakage::{LeakageFinding, LeakagePair};
pub use item::Item;
pub use item_state::ItemState;
pub use item_summary::{ItemCount, ItemSummary};
pub use lineage::closure::{LineageConnection, LineageEdge, Path, RepinnedMember, TrainingSetDiff};
pub use lineage::contrast::{LineageChange, LineageDiff};
pub use lineage::derivation::Derivation;
pub use lineage::graph::{LineageGraph, LineageGraphEdge, LineageGraphGroup, LineageGraphNode};
pub use lineage::paths::PathAnswer;
pub use lineage::summary::{LineageCount, LineageSummary};
pub use lineage::uses::TrainingSetUse;
pub use member::Member;
pub use news::NewlyAffectedSets;
pub use payload::{Activity, Blob, ClassChange, ImageSize};
pub use statement::Statement;
pub use tag::{Tag, TagMove};
pub use version::Version;
