//! A group: the members of two sides with a common property, and the keys that exclude some of
//! their pairs.

use std::collections::HashMap;

use crate::domain::numbers::VersionNo;
use crate::lineage::walk::flow::EdgeBudget;

/// Members of two sides. Every member of one is a pair with every member of the other, unless both
/// have a common exclusion key.
#[derive(Debug, Clone, Default)]
pub struct LeakageGroup {
    /// Members of the first side.
    pub a: KeyedMembers,
    /// Members of the second side.
    pub b: KeyedMembers,
}

/// Members with their exclusion keys.
#[derive(Debug, Clone, Default)]
pub struct KeyedMembers {
    members: Vec<VersionNo>,
    /// The end of each member's keys.
    ends: Vec<usize>,
    /// The keys of all members, in member order.
    keys: Vec<u64>,
}

impl KeyedMembers {
    /// Adds a member with its keys, which are sorted.
    pub fn push(&mut self, member: VersionNo, keys: &[u64]) {
        self.members.push(member);
        self.keys.extend_from_slice(keys);
        self.ends.push(self.keys.len());
    }

    /// Members from pairs of a member and one key, in any order: all keys of a member are joined.
    #[must_use]
    pub fn from_pairs(mut named: Vec<(VersionNo, u64)>) -> Self {
        named.sort_unstable();
        named.dedup();
        let mut members = Self::default();
        for of_one in named.chunk_by(|a, b| a.0 == b.0) {
            members.keys.extend(of_one.iter().map(|(_, key)| *key));
            members.members.push(of_one[0].0);
            members.ends.push(members.keys.len());
        }
        members
    }

    fn keys(&self, place: usize) -> &[u64] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.keys[start..self.ends[place]]
    }

    /// For each member, the number of others with which it has no common key. `None` if the budget
    /// is spent.
    fn partners(&self, others: &Self, budget: &mut EdgeBudget) -> Option<Vec<u64>> {
        let carriers = Carriers::of(others);
        let all = others.members.len() as u64;
        // Members with several keys are counted once for all that have the same keys.
        let mut known: HashMap<&[u64], u64> = HashMap::new();
        let mut partners = Vec::with_capacity(self.members.len());
        for place in 0..self.members.len() {
            let keys = self.keys(place);
            let apart = match known.get(keys) {
                Some(apart) => *apart,
                None => {
                    let apart = carriers.of_any(keys, budget)?;
                    known.insert(keys, apart);
                    apart
                }
            };
            partners.push(all - apart);
        }
        Some(partners)
    }
}

/// The members by key.
struct Carriers<'m> {
    /// The positions of the members with each key, sorted.
    by_key: HashMap<u64, Vec<u32>>,
    /// The number of members with exactly these keys.
    same: HashMap<&'m [u64], u64>,
    /// True if no member has more than two keys.
    are_few: bool,
}

impl<'m> Carriers<'m> {
    fn of(members: &'m KeyedMembers) -> Self {
        let (mut by_key, mut same) = (HashMap::<u64, Vec<u32>>::new(), HashMap::new());
        let mut are_few = true;
        for (place, keys) in (0..members.members.len()).map(|place| (place, members.keys(place))) {
            for key in keys {
                by_key.entry(*key).or_default().push(u32::try_from(place).unwrap_or(u32::MAX));
            }
            *same.entry(keys).or_default() += 1;
            are_few &= keys.len() <= 2;
        }
        Self { by_key, same, are_few }
    }

    fn by(&self, key: u64) -> &[u32] {
        self.by_key.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The number of members that have any of these keys. `None` if the budget is spent.
    fn of_any(&self, keys: &[u64], budget: &mut EdgeBudget) -> Option<u64> {
        if let ([a, b], true) = (keys, self.are_few) {
            let both = self.same.get(keys).copied().unwrap_or_default();
            return Some((self.by(*a).len() + self.by(*b).len()) as u64 - both);
        }
        let mut lists: Vec<&[u32]> = keys.iter().map(|key| self.by(*key)).collect();
        lists.sort_unstable_by_key(|list| list.len());
        // The longest list is counted without being read.
        let Some((longest, shorter)) = lists.split_last() else { return Some(0) };
        budget.take_all(shorter.iter().map(|list| list.len()).sum());
        if budget.spent {
            return None;
        }
        let mut more = shorter.concat();
        more.sort_unstable();
        more.dedup();
        more.retain(|place| longest.binary_search(place).is_err());
        Some((longest.len() + more.len()) as u64)
    }
}

impl LeakageGroup {
    /// The numbers of members of either side that are in a pair, and the number of pairs. `None` if
    /// the budget is spent.
    #[must_use]
    pub fn counts(&self, budget: &mut EdgeBudget) -> Option<(u32, u32, u64)> {
        if self.a.members.is_empty() || self.b.members.is_empty() {
            return Some((0, 0, 0));
        }
        let (of_a, of_b) = (self.a.partners(&self.b, budget)?, self.b.partners(&self.a, budget)?);
        let paired = |partners: &[u64]| {
            u32::try_from(partners.iter().filter(|count| **count > 0).count()).unwrap_or(u32::MAX)
        };
        Some((paired(&of_a), paired(&of_b), of_a.iter().sum()))
    }

    /// Some of the pairs, sorted by the first member and then the second: those from `start` on, at
    /// most `count`. `None` if the budget is spent.
    #[must_use]
    pub fn pairs(
        &self,
        start: u64,
        count: usize,
        budget: &mut EdgeBudget,
    ) -> Option<Vec<(VersionNo, VersionNo)>> {
        let mut skipped = 0_u64;
        let mut pairs = Vec::new();
        for (place, partners) in self.a.partners(&self.b, budget)?.into_iter().enumerate() {
            if pairs.len() >= count {
                break;
            }
            if skipped + partners <= start {
                skipped += partners;
                continue;
            }
            let first = self.a.members[place];
            let keys = self.a.keys(place);
            let apart = |other: usize| !self.b.keys(other).iter().any(|key| keys.contains(key));
            let others = (0..self.b.members.len()).filter(|other| apart(*other));
            let from = usize::try_from(start.saturating_sub(skipped)).unwrap_or(usize::MAX);
            let left = count - pairs.len();
            pairs.extend(others.skip(from).take(left).map(|other| (first, self.b.members[other])));
            skipped += partners;
        }
        Some(pairs)
    }
}
