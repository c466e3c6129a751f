//! Names of files in annotations: finds the file that a name means.
//!
//! A name was written on another machine: with the separators of Windows, percent-encoded, in
//! another Unicode normal form, as the address of a bucket. [`Resolver`] finds it in the list of
//! paths of a folder, and returns only paths of that list. Spellings are in [`spelling`].

mod normal;
mod spelling;

pub use normal::{is_address, key_of, normal_name, tail_of_address};
use spelling::{Spelling, composed, folded, spellings};

/// The paths of a folder, for looking up names.
#[derive(Debug, Clone, Default)]
pub struct Resolver {
    /// Paths below the folder, with `/` between their parts, sorted.
    paths: Vec<String>,
    /// The folded path of each, its parts in reverse, with its position in `paths`; sorted.
    tails: Vec<(Box<str>, usize)>,
}

/// The result of looking up a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'r> {
    /// One path fits best.
    One(&'r str, How),
    /// Several paths fit equally well.
    Several(Vec<&'r str>),
    /// No path fits.
    None,
}

/// The way in which a name fits a path; the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The name is the path.
    Exact,
    /// The name is the path with other separators, `.` and `..`, or spaces around it.
    Path,
    /// The name is the path after percent-decoding.
    Decoded,
    /// The name is the path in another Unicode normal form.
    NormalForm,
    /// The name is the path in other letters, upper or lower case.
    Case,
    /// The name ends with the path, or the path with the name: the tail of an address or of a path
    /// on another machine.
    Tail,
}

impl Resolver {
    /// Creates a resolver of paths below a folder, with `/` between their parts.
    #[must_use]
    pub fn new(paths: impl IntoIterator<Item = String>) -> Self {
        let mut paths: Vec<String> = paths.into_iter().collect();
        paths.sort_unstable();
        paths.dedup();
        let mut tails: Vec<_> =
            paths.iter().enumerate().map(|(place, path)| (tail(path.split('/')), place)).collect();
        tails.sort_unstable();
        Self { paths, tails }
    }

    /// Returns the number of paths.
    #[must_use]
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Returns true if there are no paths.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Finds the path that a name means.
    ///
    /// The most precise match counts, as ordered in [`How`]; of tails, the longest path that the
    /// name ends with, else the paths that end with the name.
    #[must_use]
    pub fn find(&self, name: &str) -> Found<'_> {
        if let Ok(place) = self.paths.binary_search_by(|path| path.as_str().cmp(name)) {
            return Found::One(&self.paths[place], How::Exact);
        }
        let spellings = spellings(name);
        let whole = |spelling: &Spelling| self.equal(&spelling.parts);
        let found = spellings.iter().map(|spelling| (spelling, whole(spelling))).collect::<Vec<_>>();
        for how in [How::Path, How::NormalForm, How::Case] {
            for (spelling, paths) in &found {
                let fitting = fitting(paths, &spelling.parts, how);
                let how = if how == How::Path && spelling.is_decoded { How::Decoded } else { how };
                match fitting.as_slice() {
                    [] => {}
                    [one] => return Found::One(one, how),
                    _ => return Found::Several(fitting),
                }
            }
        }
        let tails = spellings.iter().map(|spelling| self.tail(&spelling.parts, spelling.roots));
        tails.into_iter().find(|found| *found != Found::None).unwrap_or(Found::None)
    }

    /// Finds the longest path that is an end of these parts, else the paths that end with them, or
    /// with those after the roots.
    fn tail(&self, parts: &[String], roots: usize) -> Found<'_> {
        let ends = (1..parts.len()).map(|start| (&parts[start..], false));
        for (end, is_longer) in ends.chain([(parts, true), (&parts[roots..], true)]) {
            let paths = if is_longer { self.longer(end) } else { self.equal(end) };
            match best(&paths, end) {
                Found::None => {}
                found => return found,
            }
        }
        Found::None
    }

    /// Returns the paths with these parts, without regard to case and normal form.
    fn equal(&self, parts: &[String]) -> Vec<&str> {
        let wanted = tail(parts.iter().map(String::as_str));
        if wanted.is_empty() {
            return Vec::new();
        }
        let from = self.tails.partition_point(|(tail, _)| **tail < *wanted);
        let equal = self.tails[from..].iter().take_while(|(tail, _)| *tail == wanted);
        equal.map(|(_, place)| self.paths[*place].as_str()).collect()
    }

    /// Returns the paths that end with these parts and have more.
    fn longer(&self, parts: &[String]) -> Vec<&str> {
        let wanted = tail(parts.iter().map(String::as_str));
        if wanted.is_empty() {
            return Vec::new();
        }
        let wanted = format!("{wanted}/");
        let from = self.tails.partition_point(|(tail, _)| **tail < *wanted);
        let longer = self.tails[from..].iter().take_while(|(tail, _)| tail.starts_with(&wanted));
        longer.map(|(_, place)| self.paths[*place].as_str()).collect()
    }
}

/// Returns the folded parts in reverse, so that paths with one end are next to each other.
fn tail<'p>(parts: impl DoubleEndedIterator<Item = &'p str>) -> Box<str> {
    let parts: Vec<String> = parts.rev().map(folded).collect();
    parts.join("/").into_boxed_str()
}

/// Returns the paths that end with these parts as precisely as `how` asks for.
fn fitting<'p>(paths: &[&'p str], parts: &[String], how: How) -> Vec<&'p str> {
    let end = parts.join("/");
    let composed_end = composed(&end);
    let fits = |path: &&&str| match how {
        How::Exact | How::Path | How::Decoded => path.ends_with(&end),
        How::NormalForm => composed(path).ends_with(&composed_end),
        How::Case | How::Tail => true,
    };
    paths.iter().filter(fits).copied().collect()
}

/// Returns the most precise of paths that end with these parts.
fn best<'p>(paths: &[&'p str], parts: &[String]) -> Found<'p> {
    for how in [How::Path, How::NormalForm, How::Case] {
        let fitting = fitting(paths, parts, how);
        match fitting.as_slice() {
            [] => {}
            [one] => return Found::One(one, How::Tail),
            _ => return Found::Several(fitting),
        }
    }
    Found::None
}

#[cfg(test)]
mod tests;
