//! The Subscription root: what is told as it comes.
//!
//! A subscription is a place in the log and nothing else. It begins once, when its arguments are read and what it watches
//! is found; then each commit that concerns it is a request of its own ([`Turn`]), with limits of its own, read just after
//! that commit. So nothing is kept for a client between two events, and an event is the same whenever it is asked for.

pub(super) mod newly_affected;

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use crate::api::engine::budget::TimeUp;
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::execute::watch::{Found, Turn, Watch};
use crate::api::errors;
use crate::api::scalars::After;
use crate::api::scope::Scope;
use crate::api::types::{Commit, NewlyAffectedSets};
use crate::domain::id;
use crate::ledger::{AsOf, Ledger};
use newly_affected::{StaleWatch, Watched};

/// Everything that can be waited for. Events come in the order of commits, none is left out, and each is read just after
/// its commit. Whoever was cut off goes on with `after` and the seq of the last event.
pub struct Subscription;

/// Everything that can be waited for. Events come in the order of commits, none is left out, and each is read just after
/// its commit. Whoever was cut off goes on with `after` and the seq of the last event.
#[Subscription]
impl Subscription {
    /// Every commit after a seq, in order, without gaps: those that are there already, then each new one once it is
    /// durable.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Go on after this commit, such as the last that was told of; 0 begins with the \
                          first. Only what is yet to come where left out.")]
        after: Option<After>,
    ) -> Result<impl Stream<Item = Commit>> {
        let ledger = ctx.data::<Ledger>()?;
        Ok(stream::iter(match ctx.data::<Turn>()? {
            Turn::Begins(beginning) => {
                beginning.say(Changes { after: begins(ledger, after)?, ledger: ledger.clone() });
                None
            }
            Turn::Tells(seq) => Some(Commit::new(just_after(ledger, *seq)?, *seq)),
        }))
    }

    /// Each commit by which a watched training set came to hold something wrong or to be wrong: because it or something that it
    /// holds was said to be wrong, because a derivation was said that leads there, because a version of it was built with something
    /// wrong, or because a watched tag was put on such a version. Give `trainingSet` or `tag`.
    async fn affected(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "A training set, `item:…` or `namespace/TRAINING_SET/key`, in all its versions; or one \
                          version, `version:…` or `namespace/TRAINING_SET/key#3`."
        )]
        training_set: Option<ID>,
        #[graphql(
            desc = "The training set versions with this tag, wherever it points when the commit is made. Nothing need \
                    carry it yet."
        )]
        tag: Option<String>,
        #[graphql(default = "default", desc = "The namespace of `tag`.")] namespace: String,
        #[graphql(desc = "Go on after this commit, such as the last that was told of; 0 begins with the \
                          first. Only what is yet to come where left out.")]
        after: Option<After>,
    ) -> Result<impl Stream<Item = NewlyAffectedSets>> {
        let ledger = ctx.data::<Ledger>()?;
        let watched = Watched::find(&Scope::newest(ledger.view()), training_set, tag, namespace)?;
        Ok(stream::iter(match ctx.data::<Turn>()? {
            Turn::Begins(beginning) => {
                beginning.say(StaleWatch::new(ctx, ledger, watched, begins(ledger, after)?)?);
                None
            }
            Turn::Tells(seq) => Some(watched.tell(ctx, &just_after(ledger, *seq)?)?),
        }))
    }
}

/// The commit after which a subscription begins.
fn begins(ledger: &Ledger, after: Option<After>) -> Result<id::Seq> {
    let newest = ledger.view().seq();
    let Some(After(position)) = after else { return Ok(newest) };
    let after = ledger.fits(position).map_err(errors::ledger)?;
    if after <= newest {
        return Ok(after);
    }
    // Nothing would ever come after it where a store was restored from a backup.
    let message = format!("there is no commit {after} yet; the newest is {newest}: go on after that");
    Err(errors::error(Code::BadUserInput, Some(Reason::AsOfUnavailable), message))
}

/// The world just after a commit.
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

    fn look(&self, after: id::Seq, _: &TimeUp) -> Result<Found> {
        Ok(Found::Tell(after.next()))
    }
}
