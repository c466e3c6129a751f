//! Charges the memory of an export to its caller.

use std::error::Error;
use std::sync::{Mutex, PoisonError};

use crate::budget::{Charge, Exhausted};
use crate::export::MemoryMeter;

/// The memory of an export. A reserve is charged from the beginning, so that an export of small
/// pages that has begun is never refused more.
pub(super) struct ExportCharge {
    charge: Charge,
    reserve: u64,
    held: Mutex<u64>,
}

impl ExportCharge {
    /// Charges the reserve.
    pub(super) fn new(charge: Charge, reserve: u64) -> Result<Self, Exhausted> {
        charge.grow(reserve)?;
        Ok(Self { charge, reserve, held: Mutex::new(0) })
    }

    /// Returns the difference of the charge when `from` bytes become `to`, which are more.
    const fn beyond(&self, from: u64, to: u64) -> u64 {
        to.saturating_sub(self.reserve) - from.saturating_sub(self.reserve)
    }
}

impl MemoryMeter for ExportCharge {
    fn take(&self, bytes: u64) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let more = held.saturating_add(bytes);
        self.charge.grow(self.beyond(*held, more))?;
        *held = more;
        Ok(())
    }

    fn give_back(&self, bytes: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let less = held.saturating_sub(bytes);
        self.charge.shrink(self.beyond(less, *held));
        *held = less;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    const MIB: u64 = 1 << 20;

    #[test]
    fn memory_is_charged_beyond_the_reserve() {
        let budget = Budget::new(64 * MIB);
        let account = budget.account();
        let meter = ExportCharge::new(account.charge(), 8 * MIB).unwrap();
        meter.take(7 * MIB).unwrap();
        assert_eq!(budget.held(), 8 * MIB);
        meter.take(3 * MIB).unwrap();
        assert_eq!(budget.held(), 10 * MIB);
        let refused = meter.take(39 * MIB).unwrap_err();
        assert_eq!(refused.downcast_ref(), Some(&Exhausted::Request(48 * MIB)));
        assert_eq!(budget.held(), 10 * MIB, "a refusal takes nothing");
        meter.take(38 * MIB).unwrap();
        meter.give_back(41 * MIB);
        assert_eq!(budget.held(), 8 * MIB);
        meter.take(MIB).unwrap();
        assert_eq!(budget.held(), 8 * MIB);
        drop(meter);
        assert_eq!(budget.held(), 0);
        let large = account.charge();
        large.grow(45 * MIB).unwrap();
        assert!(ExportCharge::new(account.charge(), 8 * MIB).is_err());
        assert_eq!(budget.held(), 45 * MIB);
    }
}
