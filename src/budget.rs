//! A budget of bytes for everything that requests hold: bodies, parsed values, responses,
//! transfers.
//!
//! A [`Charge`] grows with its bytes and returns them when it is dropped. Each caller has an
//! [`Account`], which may hold three quarters of the budget. The first [`SMALL`] bytes of a charge
//! are exempt from the account's limit and may use the last eighth of the budget, so small requests
//! are served while large ones run. Invariant: `held` is the sum of all charges.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::canonical::json::Meter;

/// The bytes of a charge that are admitted while the budget has any left.
pub const SMALL: u64 = 256 * 1024;

/// The bytes that requests may hold together; clones share them.
#[derive(Debug, Clone)]
pub struct Budget(Arc<BudgetState>);

#[derive(Debug)]
struct BudgetState {
    limit: u64,
    held: AtomicU64,
}

/// The bytes that one caller holds; clones share them.
#[derive(Debug, Clone)]
pub struct Account(Arc<AccountState>);

#[derive(Debug)]
struct AccountState {
    budget: Budget,
    held: AtomicU64,
}

/// The bytes of one request; clones share them. Dropping the last clone returns them.
#[derive(Debug, Clone)]
pub struct Charge(Arc<ChargeState>);

#[derive(Debug)]
struct ChargeState {
    account: Account,
    bytes: AtomicU64,
}

/// Bytes of a charge that are returned when this is dropped, before the rest of the charge.
#[derive(Debug)]
pub struct Part {
    charge: Charge,
    bytes: u64,
}

/// The limit that a charge would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exhausted {
    /// The request alone needs more than a caller may hold.
    #[error(
        "this request needs more than {0} bytes of memory, the most that one caller may use; send or ask for less at a \
         time, or start the server with a larger --request-memory"
    )]
    Request(u64),
    /// The caller's requests together need more than a caller may hold.
    #[error(
        "the requests of this caller that are under way use {0} bytes of memory, the most that one caller may use; wait \
         until some of them have ended, then send this one again"
    )]
    Caller(u64),
    /// All requests together need more than the budget.
    #[error(
        "the requests under way use the {0} bytes of memory that the server has for them; try again later, or start it \
         with a larger --request-memory"
    )]
    Server(u64),
}

impl Budget {
    /// Creates a budget of `limit` bytes.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self(Arc::new(BudgetState { limit, held: AtomicU64::new(0) }))
    }

    /// Creates a budget that is never exhausted.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::new(u64::MAX)
    }

    /// Opens an account for one caller.
    #[must_use]
    pub fn account(&self) -> Account {
        Account(Arc::new(AccountState { budget: self.clone(), held: AtomicU64::new(0) }))
    }

    /// Returns the bytes held by all charges.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.0.held.load(Ordering::Relaxed)
    }

    /// Returns the most bytes that one caller may hold.
    #[must_use]
    pub fn share(&self) -> u64 {
        self.0.limit - self.0.limit / 4
    }

    /// Returns the most bytes that charges above [`SMALL`] may hold together.
    fn common(&self) -> u64 {
        self.0.limit - self.0.limit / 8
    }
}

impl Account {
    /// Opens a charge of 0 bytes.
    #[must_use]
    pub fn charge(&self) -> Charge {
        Charge(Arc::new(ChargeState { account: self.clone(), bytes: AtomicU64::new(0) }))
    }

    /// Returns the bytes held by the charges of this account.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.0.held.load(Ordering::Relaxed)
    }
}

impl Charge {
    /// Opens a charge against a budget that is never exhausted.
    #[must_use]
    pub fn unlimited() -> Self {
        Budget::unlimited().account().charge()
    }

    /// Opens an empty charge against the same account.
    #[must_use]
    pub fn sibling(&self) -> Self {
        self.0.account.charge()
    }

    /// Opens a part of it, of 0 bytes.
    #[must_use]
    pub fn part(&self) -> Part {
        Part { charge: self.clone(), bytes: 0 }
    }

    /// Returns the bytes that it holds.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Takes more bytes. A refusal takes none of them.
    ///
    /// # Errors
    /// [`Exhausted`] names the limit that was met.
    pub fn grow(&self, bytes: u64) -> Result<(), Exhausted> {
        let account = &self.0.account.0;
        let budget = &account.budget;
        let own = self.0.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let is_small = own <= SMALL;
        let share = if is_small { u64::MAX } else { budget.share() };
        let common = if is_small { budget.0.limit } else { budget.common() };
        let fault = if own > share {
            Some(Exhausted::Request(share))
        } else if !take(&account.held, bytes, share) {
            Some(Exhausted::Caller(share))
        } else if !take(&budget.0.held, bytes, common) {
            account.held.fetch_sub(bytes, Ordering::Relaxed);
            Some(Exhausted::Server(common))
        } else {
            None
        };
        match fault {
            None => Ok(()),
            Some(fault) => {
                self.0.bytes.fetch_sub(bytes, Ordering::Relaxed);
                Err(fault)
            }
        }
    }

    /// Returns bytes to the budget, at most those that it holds.
    pub fn shrink(&self, bytes: u64) {
        let less = |held: u64| Some(held.saturating_sub(bytes));
        let before =
            self.0.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).unwrap_or_default();
        self.0.give_back(before.min(bytes));
    }

    /// Returns the bytes beyond `bytes` to the budget.
    pub fn keep(&self, bytes: u64) {
        self.shrink(self.bytes().saturating_sub(bytes));
    }
}

impl Part {
    /// Takes more bytes. A refusal takes none of them.
    ///
    /// # Errors
    /// [`Exhausted`] names the limit that was met.
    pub fn grow(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.charge.grow(bytes)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.charge.shrink(self.bytes);
    }
}

/// Adds to a counter unless this exceeds the limit.
fn take(counter: &AtomicU64, bytes: u64, limit: u64) -> bool {
    let more = |held: u64| held.checked_add(bytes).filter(|sum| *sum <= limit);
    counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
}

impl ChargeState {
    fn give_back(&self, bytes: u64) {
        self.account.0.held.fetch_sub(bytes, Ordering::Relaxed);
        self.account.0.budget.0.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for ChargeState {
    fn drop(&mut self) {
        let bytes = *self.bytes.get_mut();
        self.give_back(bytes);
    }
}

/// Charges the values that a parser builds, and records the limit that was met.
#[derive(Debug)]
pub struct Charging<'a> {
    charge: &'a Charge,
    copies: u64,
    /// The limit that was met.
    pub met: Option<Exhausted>,
}

impl<'a> Charging<'a> {
    /// Creates a meter that charges each byte once for each copy in memory.
    #[must_use]
    pub const fn new(charge: &'a Charge, copies: u64) -> Self {
        Self { charge, copies, met: None }
    }
}

impl Meter for Charging<'_> {
    fn admits(&mut self, bytes: usize) -> bool {
        self.met = self.charge.grow(self.copies * bytes as u64).err();
        self.met.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn bytes_come_back_when_the_last_clone_is_dropped() {
        let budget = Budget::new(64 * MIB);
        let account = budget.account();
        let charge = account.charge();
        let clone = charge.clone();
        charge.grow(10 * MIB).unwrap();
        clone.grow(2 * MIB).unwrap();
        assert_eq!((charge.bytes(), account.held(), budget.held()), (12 * MIB, 12 * MIB, 12 * MIB));
        charge.shrink(MIB);
        charge.keep(5 * MIB);
        assert_eq!((charge.bytes(), account.held(), budget.held()), (5 * MIB, 5 * MIB, 5 * MIB));
        charge.keep(6 * MIB);
        charge.shrink(100 * MIB);
        assert_eq!((charge.bytes(), account.held(), budget.held()), (0, 0, 0));
        clone.grow(MIB).unwrap();
        drop(charge);
        assert_eq!(budget.held(), MIB);
        drop(clone);
        assert_eq!((account.held(), budget.held()), (0, 0));
    }

    #[test]
    fn a_part_is_given_back_before_the_rest() {
        let budget = Budget::new(64 * MIB);
        let charge = budget.account().charge();
        charge.grow(MIB).unwrap();
        let (mut part, mut other) = (charge.part(), charge.part());
        part.grow(10 * MIB).unwrap();
        part.grow(20 * MIB).unwrap();
        // It counts towards the limit of the request.
        assert_eq!(other.grow(20 * MIB), Err(Exhausted::Request(48 * MIB)));
        other.grow(2 * MIB).unwrap();
        assert_eq!(budget.held(), 33 * MIB);
        drop(part);
        assert_eq!((charge.bytes(), budget.held()), (3 * MIB, 3 * MIB));
        drop(other);
        assert_eq!(charge.bytes(), MIB);
    }

    #[test]
    fn each_limit_is_met_and_a_refusal_takes_nothing() {
        let budget = Budget::new(64 * MIB);
        let (one, other) = (budget.account(), budget.account());
        let held = one.charge();
        assert_eq!(held.grow(49 * MIB), Err(Exhausted::Request(48 * MIB)));
        held.grow(40 * MIB).unwrap();
        let second = one.charge();
        assert_eq!(second.grow(9 * MIB), Err(Exhausted::Caller(48 * MIB)));
        let foreign = other.charge();
        assert_eq!(foreign.grow(17 * MIB), Err(Exhausted::Server(56 * MIB)));
        assert_eq!(foreign.grow(u64::MAX), Err(Exhausted::Request(48 * MIB)));
        assert_eq!((one.held(), other.held(), budget.held()), (40 * MIB, 0, 40 * MIB));
        foreign.grow(16 * MIB).unwrap();
    }

    #[test]
    fn small_charges_are_admitted_while_large_ones_are_held() {
        let budget = Budget::new(64 * MIB);
        let (greedy, other) = (budget.account(), budget.account());
        let (large, rest) = (greedy.charge(), other.charge());
        large.grow(48 * MIB).unwrap();
        rest.grow(8 * MIB).unwrap();
        assert!(rest.grow(1).is_err(), "the common part is used up");
        let small: Vec<Charge> = (0..40).map(|_| greedy.charge()).collect();
        let admitted = small.iter().filter(|charge| charge.grow(SMALL).is_ok()).count();
        assert_eq!(
            admitted, 32,
            "an eighth of the budget is for small ones, also of a caller with nothing left"
        );
        assert_eq!(small[0].grow(1), Err(Exhausted::Caller(48 * MIB)));
    }

    #[test]
    fn threads_that_take_and_give_leave_nothing() {
        let budget = Budget::new(8 * MIB);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let account = budget.account();
                    for round in 0..2_000_u64 {
                        let charge = account.charge();
                        for _ in 0..4 {
                            let _ = charge.grow(round * 997 % (3 * MIB));
                        }
                        assert!(budget.held() <= 8 * MIB);
                    }
                });
            }
        });
        assert_eq!(budget.held(), 0);
    }
}
