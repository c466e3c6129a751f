//! A group: the members of two sides that share something, and the marks that keep some of them apart.

use std::collections::HashMap;

use crate::domain::facts::VersionNo;

/// Members of two sides. Every member of one is a pair with every member of the other, unless both carry one mark.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Members of the first side.
    pub a: Members,
    /// Members of the second side.
    pub b: Members,
}

/// Members with their marks.
#[derive(Debug, Clone, Default)]
pub struct Members {
    members: Vec<VersionNo>,
    /// Where the marks of each member end.
    ends: Vec<usize>,
    marks: Vec<u64>,
}

impl Members {
    /// Adds a member.
    pub fn push(&mut self, member: VersionNo, marks: &[u64]) {
        self.members.push(member);
        self.marks.extend_from_slice(marks);
        self.ends.push(self.marks.len());
    }

    /// Members with one mark each time they are named, which may be often: sorted, they become one with many marks.
    #[must_use]
    pub fn marked(mut named: Vec<(VersionNo, u64)>) -> Self {
        named.sort_unstable();
        named.dedup();
        let mut members = Self::default();
        for of_one in named.chunk_by(|a, b| a.0 == b.0) {
            members.marks.extend(of_one.iter().map(|(_, mark)| *mark));
            members.members.push(of_one[0].0);
            members.ends.push(members.marks.len());
        }
        members
    }

    fn marks(&self, place: usize) -> &[u64] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.marks[start..self.ends[place]]
    }

    /// For each member, with how many of the others it shares no mark.
    fn partners(&self, others: &Self) -> Vec<u64> {
        let mut carriers: HashMap<u64, Vec<u32>> = HashMap::new();
        for (place, _) in others.members.iter().enumerate() {
            for mark in others.marks(place) {
                carriers.entry(*mark).or_default().push(u32::try_from(place).unwrap_or(u32::MAX));
            }
        }
        let all = others.members.len() as u64;
        // Members with many marks in common are counted once for all who carry the same ones.
        let mut known: HashMap<&[u64], u64> = HashMap::new();
        let apart = |marks: &[u64]| -> u64 {
            let mut carrying = marks.iter().filter_map(|mark| carriers.get(mark));
            match (marks.len(), carrying.next()) {
                (_, None) => 0,
                (1, Some(one)) => one.len() as u64,
                (_, Some(one)) => {
                    let mut any: Vec<u32> = one.iter().chain(carrying.flatten()).copied().collect();
                    any.sort_unstable();
                    any.dedup();
                    any.len() as u64
                }
            }
        };
        (0..self.members.len())
            .map(|place| {
                let marks = self.marks(place);
                all - *known.entry(marks).or_insert_with(|| apart(marks))
            })
            .collect()
    }
}

impl Group {
    /// How many members of either side are in a pair, and how many pairs there are.
    #[must_use]
    pub fn counts(&self) -> (u32, u32, u64) {
        if self.a.members.is_empty() || self.b.members.is_empty() {
            return (0, 0, 0);
        }
        let (of_a, of_b) = (self.a.partners(&self.b), self.b.partners(&self.a));
        let paired = |partners: &[u64]| {
            u32::try_from(partners.iter().filter(|count| **count > 0).count()).unwrap_or(u32::MAX)
        };
        (paired(&of_a), paired(&of_b), of_a.iter().sum())
    }

    /// Some of the pairs, in the order of the first member and then the second: those from `start` on, at most `count`.
    #[must_use]
    pub fn pairs(&self, start: u64, count: usize) -> Vec<(VersionNo, VersionNo)> {
        let mut skipped = 0_u64;
        let mut pairs = Vec::new();
        for (place, partners) in self.a.partners(&self.b).into_iter().enumerate() {
            if pairs.len() >= count {
                break;
            }
            if skipped + partners <= start {
                skipped += partners;
                continue;
            }
            let first = self.a.members[place];
            let marks = self.a.marks(place);
            let apart = |other: usize| !self.b.marks(other).iter().any(|mark| marks.contains(mark));
            let others = (0..self.b.members.len()).filter(|other| apart(*other));
            let from = usize::try_from(start.saturating_sub(skipped)).unwrap_or(usize::MAX);
            let left = count - pairs.len();
            pairs.extend(others.skip(from).take(left).map(|other| (first, self.b.members[other])));
            skipped += partners;
        }
        pairs
    }
}
