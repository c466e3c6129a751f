//! Inputs of mutations and queries, converted into changes and selections of the domain.
//!
//! One file per group. Every input of a mutation is an [`Intent`], used alone or as a change of a
//! commit. Only what the API alone can know is checked here: names in a scope, sizes of lists, the
//! use of `as` and `idempotencyKey`. Everything else is checked once, by `domain::plan`.

mod intent;
mod read;
mod item;
mod lifetime;
mod as_of;
mod filter;
mod version_filter;
mod statement_filter;
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
pub use lifetime::lifetime;
pub use order::{GroupOrder, ItemOrder, StatementOrder};
pub use put::{ActivityInput, ClassChangeInput, PutVersionInput, SourceInput};
pub(in crate::api) use read::placed;
pub use read::{MAX_LIST, MAX_MEMBERS, names};
pub use refresh::RefreshTrainingSetInput;
pub use rollback::RollbackInput;
pub use snapshot::{
    MemberInput, MembersChangeInput, MembersInput, MembersSelectInput, SnapshotTrainingSetInput,
};
pub use statement_filter::{CommitFilter, StatementFilter};
pub use tags::{RemoveTagInput, SetTagInput};
pub use version_filter::{PreparedFilter, VersionFilter};
pub use wrong::{CorrectionFilter, Judged, MAX_IDS, NotWrong, WrongInput};
