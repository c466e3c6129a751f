//! The files of a checkout and their paths, computed without input or output. They are always the
//! same for a set version.
//!
//! Files are those of the members, and of what a label labels or a bundle contains. A version
//! without a payload has no file: its attributes are in the manifest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::names::{self, SUMMARY, TABLE};
use super::set::{MemberVersion, SetMember};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::placing::PlannedFile;
use crate::domain::id::Digest;

/// The contents of a checkout.
pub(super) struct CheckoutPlan {
    /// The members, ordered by split, item and number, with the sources that are written with them.
    pub members: Vec<SetMember>,
    /// The files, ordered by path and without duplicates.
    pub files: Vec<PlannedFile>,
    paths: HashMap<(String, String), String>,
}

impl CheckoutPlan {
    pub(super) fn new(mut members: Vec<SetMember>) -> Result<Self> {
        for member in &mut members {
            let SetMember { version, sources, .. } = member;
            sources.retain(|(_, source)| belongs(version, source));
            sources.sort_by(|a, b| (order(&a.1), &a.0).cmp(&(order(&b.1), &b.0)));
        }
        members.sort_by(|a, b| (&a.split, order(&a.version)).cmp(&(&b.split, order(&b.version))));
        let (paths, files) = laid_out(&members)?;
        Ok(Self { members, files, paths })
    }

    /// Returns the path of the payload of a version in a split.
    pub(super) fn path(&self, split: &str, version: &MemberVersion) -> Option<&str> {
        self.paths.get(&(split.to_owned(), version.id.clone())).map(String::as_str)
    }
}

/// Returns true if a source is written with a member: the subject of a label, the contents of a
/// bundle, and any label.
fn belongs(member: &MemberVersion, source: &MemberVersion) -> bool {
    let holds = matches!(member.item.kind.as_str(), "LABEL" | "BUNDLE");
    match source.item.kind.as_str() {
        "LABEL" => true,
        "SOURCE" | "DERIVED" => holds,
        _ => false,
    }
}

fn order(held: &MemberVersion) -> (&str, &str, &str, u64, &str) {
    let item = &held.item;
    (&item.namespace, &item.kind, &item.key, held.number, &held.id)
}

type MemberPaths = HashMap<(String, String), String>;

/// Assigns a path to every version with a payload, in every split that contains it.
fn laid_out(members: &[SetMember]) -> Result<(MemberPaths, Vec<PlannedFile>)> {
    let mut held: BTreeMap<(&str, &str), (&MemberVersion, Digest, u64)> = BTreeMap::new();
    for member in members {
        let all = std::iter::once(&member.version).chain(member.sources.iter().map(|(_, source)| source));
        for version in all {
            if let Some(payload) = &version.payload {
                held.insert((&member.split, &version.id), (version, payload.digest, payload.size));
            }
        }
    }
    // Some file systems ignore case in names.
    let mut same: HashMap<String, u32> = HashMap::new();
    let mut folders = BTreeSet::new();
    for ((split, _), (version, ..)) in &held {
        let path = plain(split, version, "").to_ascii_lowercase();
        folders.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
        *same.entry(path).or_default() += 1;
    }
    let (mut paths, mut files) = (MemberPaths::new(), Vec::with_capacity(held.len()));
    for ((split, id), (version, digest, size)) in held {
        let mut path = plain(split, version, "");
        let folded = path.to_ascii_lowercase();
        if same.get(&folded) != Some(&1) || folders.contains(&folded) {
            path = plain(split, version, &names::mark(id));
        }
        files.push(PlannedFile { path: path.clone(), digest, size });
        paths.insert((split.to_owned(), id.to_owned()), path);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    match files.windows(2).find(|pair| pair[0].path.eq_ignore_ascii_case(&pair[1].path)) {
        Some(pair) => Err(Failure::new(format!("two files would have the path {}", pair[0].path))),
        None => Ok((paths, files)),
    }
}

/// Returns `<split>/<namespace>/<KIND>/<key>`, a mark, and the ending of the media type unless the
/// key has it already.
fn plain(split: &str, version: &MemberVersion, mark: &str) -> String {
    let item = &version.item;
    let mut split = names::name(split);
    if [TABLE, SUMMARY].iter().any(|taken| split.eq_ignore_ascii_case(taken)) {
        split.replace_range(..1, "%6D");
    }
    let key = names::path(&item.key);
    let mut path = format!("{split}/{}/{}/{key}{mark}", names::name(&item.namespace), item.kind);
    if let Some(ending) = version.media_type.as_deref().and_then(names::ending) {
        let ending = format!(".{ending}");
        let has = path.len() > ending.len()
            && path.get(path.len() - ending.len()..).is_some_and(|end| end.eq_ignore_ascii_case(&ending));
        if !has {
            path.push_str(&ending);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::super::set::MemberPayload;
    use super::*;
    use crate::cli::shared::version::NamedItem;

    fn held(name: &str, number: u64, media_type: Option<&str>) -> MemberVersion {
        let mut parts = name.splitn(3, '/').map(str::to_owned);
        let mut part = || parts.next().unwrap();
        MemberVersion {
            id: format!("version:{name}#{number}"),
            number,
            media_type: media_type.map(str::to_owned),
            attributes: serde_json::json!({}),
            payload: Some(MemberPayload {
                digest: Digest::of(format!("{name}#{number}").as_bytes()),
                sha256: String::new(),
                size: 1,
            }),
            item: NamedItem { namespace: part(), kind: part(), key: part() },
        }
    }

    fn member(version: MemberVersion, sources: Vec<MemberVersion>) -> SetMember {
        let sources = sources.into_iter().map(|source| ("LABELS".to_owned(), source)).collect();
        SetMember { split: "TRAIN".to_owned(), weight: None, version, sources }
    }

    fn paths(members: Vec<SetMember>) -> Vec<String> {
        CheckoutPlan::new(members).unwrap().files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn labels_bring_their_images_and_images_bring_no_sources() {
        let image = || held("a/SOURCE/1", 1, Some("image/png"));
        let label = held("a/LABEL/1", 1, Some("application/json"));
        assert_eq!(
            paths(vec![member(label, vec![image(), held("a/MODEL/m", 1, None)])]),
            ["TRAIN/a/LABEL/1.json", "TRAIN/a/SOURCE/1.png"]
        );
        assert_eq!(paths(vec![member(held("a/DERIVED/1", 1, None), vec![image()])]), ["TRAIN/a/DERIVED/1"]);
    }

    #[test]
    fn two_files_never_share_a_path() {
        let png = Some("image/png");
        let versions = [
            held("a/SOURCE/x", 1, png),
            held("a/SOURCE/x", 2, png),
            held("a/SOURCE/y", 1, png),
            held("a/SOURCE/Y", 1, png),
            held("a/SOURCE/y.png", 1, png),
            held("a/SOURCE/z", 1, None),
            held("a/SOURCE/z/under", 1, None),
            held("a/SOURCE/free", 1, png),
        ];
        let paths = paths(versions.into_iter().map(|version| member(version, vec![])).collect());
        let marked = paths.iter().filter(|path| path.contains('~')).count();
        assert_eq!((paths.len(), marked), (8, 6), "{paths:?}");
        assert!(paths.contains(&"TRAIN/a/SOURCE/free.png".to_owned()), "{paths:?}");
        assert!(paths.contains(&"TRAIN/a/SOURCE/z/under".to_owned()), "{paths:?}");
        assert!(
            paths.iter().all(|path| !path.contains('~') || path.ends_with(".png") || path.contains("/z~"))
        );
    }
}
