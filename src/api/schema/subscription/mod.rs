//! The Subscription root.
//!
//! A subscription is a position in the log and nothing else. It begins once, when its arguments are
//! read and what it watches is found; then each commit that concerns it is a separate request
//! ([`SubscriptionTurn`]) with separate limits, read just after that commit. So nothing is kept for a client
//! between two events, and an event is the same whenever it is requested.

pub(super) mod newly_affected;

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use crate::api::engine::budget::TimeUp;
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::execute::watch::{SubscriptionTurn, Watch, WatchFound};
use crate::api::errors;
use crate::api::scalars::After;
use crate::api::scope::Scope;
use crate::api::types::{Commit, NewlyAffectedSets};
use crate::domain::id;
use crate::ledger::{AsOf, Ledger};
use newly_affected::{StaleWatch, Watched};

/// The subscriptions. Events are in the order of commits, without gaps, and each is read just after
/// its commit. After a lost connection, resume with `after` and the seq of the last event.
pub struct Subscription;

/// The subscriptions. Events are in the order of commits, without gaps, and each is read just after
/// its commit. After a lost connection, resume with `after` and the seq of the last event.
#[Subscription]
impl Subscription {
    /// Sends every commit after a seq, in the order of seqs and without gaps: existing ones first,
    /// then each new one once it is durable.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Continues after this commit, such as that of the last event; 0 begins with the \
                    first commit (default: new commits only).")]
        after: Option<After>,
    ) -> Result<impl Stream<Item = Commit>> {
        let ledger = ctx.data::<Ledger>()?;
        Ok(stream::iter(match ctx.data::<SubscriptionTurn>()? {
            SubscriptionTurn::Begins(beginning) => {
                beginning.register(Changes { after: begins(ledger, after)?, ledger: ledger.clone() });
                None
            }
            SubscriptionTurn::Reports(seq) => Some(Commit::new(just_after(ledger, *seq)?, *seq)),
        }))
    }

    /// Sends each commit by which a watched training set became affected or wrong: it or something
    /// that it holds was stated to be wrong, a derivation that leads there was asserted, a version
    /// of it was built with something wrong, or a watched tag was set on such a version. Give
    /// `trainingSet` or `tag`.
    async fn affected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A training set, `item:…` or `namespace/TRAINING_SET/key`, in all its versions; \
                    or one version, `version:…` or `namespace/TRAINING_SET/key#3`.")]
        training_set: Option<ID>,
        #[graphql(desc = "The training set versions with this tag, as of each commit. The tag need not \
                    exist yet.")]
        tag: Option<String>,
        #[graphql(default = "default", desc = "The namespace of `tag`.")] namespace: String,
        #[graphql(desc = "Continues after this commit, such as that of the last event; 0 begins with the \
                    first commit (default: new commits only).")]
        after: Option<After>,
    ) -> Result<impl Stream<Item = NewlyAffectedSets>> {
        let ledger = ctx.data::<Ledger>()?;
        let watched = Watched::find(&Scope::newest(ledger.view()), training_set, tag, namespace)?;
        Ok(stream::iter(match ctx.data::<SubscriptionTurn>()? {
            SubscriptionTurn::Begins(beginning) => {
                beginning.register(StaleWatch::new(ctx, ledger, watched, begins(ledger, after)?)?);
                None
            }
            SubscriptionTurn::Reports(seq) => Some(watched.tell(ctx, &just_after(ledger, *seq)?)?),
        }))
    }
}

/// Returns the commit after which a subscription begins.
fn begins(ledger: &Ledger, after: Option<After>) -> Result<id::Seq> {
    let newest = ledger.view().seq();
    let Some(After(position)) = after else { return Ok(newest) };
    let after = ledger.fits(position).map_err(errors::ledger)?;
    if after <= newest {
        return Ok(after);
    }
    // In a store restored from a backup, such a subscription or page would never get anything.
    let message =
        format!("expected a seq up to {newest}, the newest commit, found {after}: continue after the newest");
    Err(errors::error(Code::BadUserInput, Some(Reason::AsOfUnavailable), message))
}

/// Returns the scope just after a commit.
fn just_after(ledger: &Ledger, seq: id::Seq) -> Result<Scope> {
    Scope::newest(ledger.view()).back_to(AsOf::Seq(seq))
}

/// Watches every commit.
struct Changes {
    ledger: Ledger,
    after: id::Seq,
}

impl Watch for Changes {
    fn after(&self) -> id::Seq {
        self.after
    }

    fn newest(&self) -> watch::Receiver<id::Seq> {
        self.ledger.newest()
    }

    fn next_commit(&self, after: id::Seq, _: &TimeUp) -> Result<WatchFound> {
        Ok(WatchFound::Report(after.next()))
    }
}
