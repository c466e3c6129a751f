//! The best assignment: the pairs with the largest sum of weights, each label in one pair.
//!
//! Labels that cannot be exchanged for each other, even through others, are solved separately, so
//! that an image with thousands of labels is many small problems. Each is solved by the algorithm
//! of Kuhn and Munkres (crate `pathfinding`), in cubic time.

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use super::candidates::Candidate;

/// The most labels of one side of a group that is solved exactly.
const LARGEST: usize = 500;
/// Weights as whole numbers, which the algorithm needs.
const SCALE: f64 = 1e9;

/// The pairs of an assignment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Best {
    /// Rows and columns, by row.
    pub pairs: Vec<(usize, usize)>,
    /// The number of rows with another column of the same weight.
    pub ambiguous: u64,
    /// The number of rows in groups that were too large for the exact solution.
    pub approximate: u64,
}

/// Finds the best assignment.
pub(super) fn best(rows: usize, columns: usize, candidates: &[Candidate]) -> Best {
    let mut best = Best::default();
    for group in groups(rows, columns, candidates) {
        let mut pairs = match group.rows.len().max(group.columns.len()) {
            1 => vec![(group.rows[0], group.columns[0])],
            size if size <= LARGEST => group.exact(),
            _ => {
                best.approximate += group.rows.len() as u64;
                group.greedy()
            }
        };
        best.ambiguous += pairs.iter().filter(|pair| group.is_ambiguous(**pair)).count() as u64;
        best.pairs.append(&mut pairs);
    }
    best.pairs.sort_unstable();
    best
}

/// Labels that compete with each other.
#[derive(Default)]
struct Group {
    rows: Vec<usize>,
    columns: Vec<usize>,
    candidates: Vec<Candidate>,
}

fn groups(rows: usize, columns: usize, candidates: &[Candidate]) -> Vec<Group> {
    // Union-find over rows, then columns.
    let mut parents: Vec<usize> = (0..rows + columns).collect();
    let root = |parents: &mut Vec<usize>, mut node: usize| {
        while parents[node] != node {
            parents[node] = parents[parents[node]];
            node = parents[node];
        }
        node
    };
    for candidate in candidates {
        let (row, column) = (root(&mut parents, candidate.row), root(&mut parents, rows + candidate.column));
        parents[row.max(column)] = row.min(column);
    }
    let mut places = vec![usize::MAX; rows + columns];
    let mut groups: Vec<Group> = Vec::new();
    for candidate in candidates {
        let root = root(&mut parents, candidate.row);
        if places[root] == usize::MAX {
            places[root] = groups.len();
            groups.push(Group::default());
        }
        let group = &mut groups[places[root]];
        group.rows.push(candidate.row);
        group.columns.push(candidate.column);
        group.candidates.push(*candidate);
    }
    for group in &mut groups {
        for side in [&mut group.rows, &mut group.columns] {
            side.sort_unstable();
            side.dedup();
        }
    }
    groups
}

impl Group {
    /// Solves the group exactly. A pair without a weight is none.
    fn exact(&self) -> Vec<(usize, usize)> {
        // The algorithm needs at least as many columns as rows.
        let is_turned = self.rows.len() > self.columns.len();
        let (short, long) = if is_turned { (&self.columns, &self.rows) } else { (&self.rows, &self.columns) };
        let mut weights = Matrix::new(short.len(), long.len(), 0_i64);
        for Candidate { row, column, weight } in &self.candidates {
            let (one, other) = if is_turned { (column, row) } else { (row, column) };
            let (Ok(one), Ok(other)) = (short.binary_search(one), long.binary_search(other)) else {
                continue;
            };
            #[expect(clippy::cast_possible_truncation, reason = "weights are below 3")]
            let scaled = (weight * SCALE).round() as i64;
            weights[(one, other)] = scaled;
        }
        let (_, assigned) = kuhn_munkres(&weights);
        let pairs = assigned.into_iter().enumerate().filter(|pair| weights[*pair] > 0);
        pairs
            .map(|(one, other)| match is_turned {
                true => (long[other], short[one]),
                false => (short[one], long[other]),
            })
            .collect()
    }

    /// Takes the heaviest pairs first.
    fn greedy(&self) -> Vec<(usize, usize)> {
        let mut candidates = self.candidates.clone();
        candidates.sort_by(|a, b| {
            b.weight.total_cmp(&a.weight).then_with(|| (a.row, a.column).cmp(&(b.row, b.column)))
        });
        let (mut rows, mut columns) = (vec![true; self.rows.len()], vec![true; self.columns.len()]);
        let mut pairs = Vec::new();
        for Candidate { row, column, .. } in candidates {
            let (Ok(one), Ok(other)) = (self.rows.binary_search(&row), self.columns.binary_search(&column))
            else {
                continue;
            };
            if rows[one] && columns[other] {
                (rows[one], columns[other]) = (false, false);
                pairs.push((row, column));
            }
        }
        pairs
    }

    fn is_ambiguous(&self, (row, column): (usize, usize)) -> bool {
        let of_row = || self.candidates.iter().filter(|candidate| candidate.row == row);
        let Some(taken) = of_row().find(|candidate| candidate.column == column) else { return false };
        of_row().any(|other| other.column != column && (other.weight - taken.weight).abs() < 1e-9)
    }
}
