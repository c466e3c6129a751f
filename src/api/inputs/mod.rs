//! Inputs: what a writer says, made into the changes that the rules judge.
//!
//! One file per group. Every input of a mutation is an [`Intent`], whether it stands alone or is a change of a commit.
//! What is checked here is what only the API can know: names in a scope, sizes of lists, where `as` and
//! `idempotencyKey` belong. Everything else is left to `domain::plan`, so that no rule stands twice.

mod intent;
mod read;
mod item;
mod as_of;
mod filter;
mod version_filter;
mod order;
mod wrong;
mod put;
mod correct;
mod rollback;
mod snapshot;
mod refresh;
mod tags;
mod assert;
mod commit;
#[cfg(test)]
mod tests;

pub use as_of::AsOf;
pub use assert::AssertDerivationInput;
pub use commit::{ChangeInput, CommitInput};
pub use correct::{CorrectInput, ReinstateInput, RetractInput};
pub use filter::{AttributeFilter, CommitSpan, ItemFilter};
pub use intent::{Intent, alone};
pub use item::ItemKey;
pub use order::ItemOrder;
pub use put::{ActivityInput, ClassChangeInput, PutVersionInput, SourceInput};
pub use read::{MAX_LIST, MAX_MEMBERS, names};
pub use refresh::RefreshTrainingSetInput;
pub use rollback::RollbackInput;
pub use snapshot::{
    MemberInput, MembersChangeInput, MembersInput, MembersSelectInput, SnapshotTrainingSetInput,
};
pub use tags::{RemoveTagInput, SetTagInput};
pub use version_filter::{Prepared as Filter, VersionFilter};
pub use wrong::{CorrectionFilter, Judged, MAX_IDS, NotWrong, WrongInput};
