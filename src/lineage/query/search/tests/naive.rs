//! A naive model of what was committed, and filters evaluated by scanning all of it.

use std::collections::BTreeSet;

use super::worlds::{Filter, KEYS, SETS, WorldCommit, WorldStep};
use super::*;

#[derive(Debug, Clone)]
struct ScannedVersion {
    seq: Seq,
    item: usize,
    attributes: Value,
    sources: Vec<usize>,
    members: Vec<usize>,
}

/// The properties of an item that is found, with one of its tags.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub item: usize,
    pub kind: Kind,
    pub namespace: String,
    pub tag: Option<String>,
    pub author: String,
    pub class: Option<Value>,
}

#[derive(Debug, Default)]
pub(super) struct Naive {
    authors: Vec<String>,
    items: Vec<ItemKey>,
    versions: Vec<ScannedVersion>,
    said: Vec<(Seq, usize, StatementKind)>,
    /// Seq, name, true for an alias, version, true if put.
    tags: Vec<(Seq, String, bool, usize, bool)>,
}

impl Naive {
    pub(super) fn seq(&self) -> Seq {
        Seq(self.authors.len() as u64)
    }

    pub(super) fn time(&self) -> i64 {
        i64::try_from(self.authors.len()).unwrap() * 10
    }

    /// Records a commit, and returns its facts.
    pub(super) fn commit(&mut self, commit: &WorldCommit) -> Facts {
        self.authors.push(commit.author.clone());
        let mut facts = Facts::default();
        commit.steps.iter().for_each(|step| self.step(step, &mut facts));
        facts
    }

    fn step(&mut self, step: &WorldStep, facts: &mut Facts) {
        let seq = self.seq();
        let known = self.versions.len();
        let pick = |number: u8| (known > 0).then(|| usize::from(number) % known);
        match step {
            WorldStep::Put { item, attributes, sources } => {
                let item = self.item(KEYS[usize::from(*item) % KEYS.len()], facts);
                let sources: BTreeSet<usize> = sources.iter().filter_map(|number| pick(*number)).collect();
                self.version(item, attributes.clone(), sources.into_iter().collect(), facts);
            }
            WorldStep::Pin { set, members, complete } => {
                let item = self.item(SETS[usize::from(*set) % SETS.len()], facts);
                let before = self.versions.iter().rfind(|version| version.item == item);
                let before = before.map_or_else(Vec::new, |version| version.members.clone());
                let members: BTreeSet<usize> = members.iter().filter_map(|number| pick(*number)).collect();
                let numbers = |some: Vec<&usize>| some.into_iter().map(|one| no(*one)).collect::<Vec<_>>();
                let pin = |version| Pin { version, split: "TRAIN".into(), weight: None };
                let added = numbers(members.iter().filter(|one| !before.contains(one)).collect());
                self.version(item, json!({}), Vec::new(), facts);
                facts.memberships.push(MembershipFact {
                    set: no(known),
                    complete: *complete,
                    removed: numbers(before.iter().filter(|one| !members.contains(one)).collect()),
                    added: added.into_iter().map(pin).collect(),
                });
                self.versions[known].members = members.into_iter().collect();
            }
            WorldStep::Say { version, kind } => {
                if let Some(version) = pick(*version) {
                    self.said.push((seq, version, *kind));
                    facts.statements.push(StatementFact {
                        kind: *kind,
                        version: no(version),
                        by: None,
                        reason: [0; 32],
                    });
                }
            }
            WorldStep::Tag { name, alias, version, set } => {
                if let Some(version) = pick(*version) {
                    let name = format!("tag-{}", if *alias { name + 2 } else { *name });
                    self.tags.push((seq, name.clone(), *alias, version, *set));
                    facts.tags.push(TagFact { name, alias: *alias, version: no(version), set: *set });
                }
            }
        }
    }

    fn item(&mut self, (namespace, kind, key): (&str, Kind, &str), facts: &mut Facts) -> usize {
        let key = ItemKey::new(namespace.parse().unwrap(), kind, key).unwrap();
        self.items.iter().position(|item| *item == key).unwrap_or_else(|| {
            self.items.push(key.clone());
            facts.items.push(key);
            self.items.len() - 1
        })
    }

    fn version(&mut self, item: usize, attributes: Value, sources: Vec<usize>, facts: &mut Facts) {
        let number = self.versions.len();
        let mut id = [0; 32];
        id[..8].copy_from_slice(&number.to_le_bytes());
        let canonical = Attributes::new(&attributes).unwrap();
        facts.versions.push(VersionFact {
            id: VersionId::from_bytes(id),
            item: ItemNo(u32::try_from(item).unwrap()),
            parent: self.versions.iter().rposition(|version| version.item == item).map(no),
            content: id,
            payload: None,
            sources: sources.iter().map(|source| ("INPUT".into(), no(*source))).collect(),
            ontology: None,
            attributes: canonical.placed(),
            words: canonical.further_words(),
            classes: Vec::new(),
            stale_classes: Vec::new(),
        });
        self.versions.push(ScannedVersion {
            seq: self.seq(),
            item,
            attributes,
            sources,
            members: Vec::new(),
        });
    }

    pub(super) fn select(&self, filter: &Filter, at: Seq) -> Vec<ItemNo> {
        let found = self.heads(filter, at);
        found.map(|head| ItemNo(u32::try_from(self.versions[head].item).unwrap())).collect()
    }

    /// Returns true if a version has words in the key of its item or in its attributes.
    pub(super) fn has_words(&self, version: usize, words: &str) -> bool {
        let ScannedVersion { item, attributes, .. } = &self.versions[version];
        has_words(self.items[*item].key(), attributes, words)
    }

    fn heads(&self, filter: &Filter, at: Seq) -> impl Iterator<Item = usize> {
        let heads = (0..self.items.len()).filter_map(move |item| {
            self.versions.iter().rposition(|version| version.item == item && version.seq <= at)
        });
        heads.filter(move |head| self.finds(filter, *head, at))
    }

    /// The properties of each item that a filter finds, once for each of its tags.
    pub(super) fn described(&self, filter: &Filter, at: Seq) -> Vec<Described> {
        let mut described = Vec::new();
        for head in self.heads(filter, at) {
            let version = &self.versions[head];
            let tags: Vec<String> =
                (0..8).map(|n| format!("tag-{n}")).filter(|tag| self.carries(head, tag, at)).collect();
            let tags: Vec<Option<String>> =
                if tags.is_empty() { vec![None] } else { tags.into_iter().map(Some).collect() };
            described.extend(tags.into_iter().map(|tag| Described {
                item: version.item,
                kind: self.items[version.item].kind,
                namespace: self.items[version.item].namespace.to_string(),
                tag,
                author: self.authors[usize::try_from(version.seq.0).unwrap() - 1].clone(),
                class: get(&version.attributes, "class").cloned(),
            }));
        }
        described
    }

    fn finds(&self, filter: &Filter, head: usize, at: Seq) -> bool {
        let version = &self.versions[head];
        let key = &self.items[version.item];
        let first = self.versions.iter().find(|other| other.item == version.item).unwrap();
        let author = &self.authors[usize::try_from(version.seq.0).unwrap() - 1];
        filter.namespaces.as_ref().is_none_or(|all| all.contains(&key.namespace.to_string()))
            && filter.kinds.as_ref().is_none_or(|all| all.contains(&key.kind))
            && filter.key_prefix.as_ref().is_none_or(|prefix| key.key().starts_with(prefix))
            && filter.tags.as_ref().is_none_or(|all| all.iter().any(|tag| self.carries(head, tag, at)))
            && filter.attributes.as_ref().is_none_or(|all| {
                !all.is_empty() && all.iter().all(|(path, one)| passes(one, get(&version.attributes, path)))
            })
            && inside(filter.committed, version.seq)
            && inside(filter.created, first.seq)
            && filter.authors.as_ref().is_none_or(|all| all.contains(author))
            && filter.wrong.is_none_or(|wrong| self.wrong(head, at) == wrong)
            && filter.stale.is_none_or(|stale| self.stale(head, at) == stale)
            && filter.words.as_ref().is_none_or(|words| has_words(key.key(), &version.attributes, words))
    }

    fn carries(&self, version: usize, tag: &str, at: Seq) -> bool {
        let item = self.versions[version].item;
        let meant = |moved: &&(Seq, String, bool, usize, bool)| {
            let same = if moved.2 { self.versions[moved.3].item == item } else { moved.3 == version };
            moved.0 <= at && moved.1 == tag && same
        };
        self.tags.iter().rfind(meant).is_some_and(|last| last.4 && last.3 == version)
    }

    fn wrong(&self, version: usize, at: Seq) -> bool {
        let about = self.said.iter().filter(|(seq, of, _)| *seq <= at && *of == version);
        about.fold(false, |_, (_, _, kind)| *kind != StatementKind::Reinstates)
    }

    /// Returns true if the version was made from something wrong, or is a set that pins it or
    /// something made from it.
    fn stale(&self, version: usize, at: Seq) -> bool {
        let ScannedVersion { sources, members, .. } = &self.versions[version];
        let upstream = sources.iter().chain(members);
        upstream.into_iter().any(|one| self.wrong(*one, at) || self.stale(*one, at))
    }
}

fn no(version: usize) -> VersionNo {
    VersionNo(u32::try_from(version).unwrap())
}

fn get<'a>(attributes: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(attributes, |value, name| value.as_object()?.get(name))
}

/// Integers and other numbers are one type.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.as_f64().is_some_and(|a| b.as_f64() == Some(a))
}

fn passes(asked: &Conditions, value: Option<&Value>) -> bool {
    let is = |wanted: &Value| value.is_some_and(|value| same(value, wanted));
    let compared = |bound: &Value| match (value?, bound) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    };
    asked.equals.as_ref().is_none_or(is)
        && asked.one_of.as_ref().is_none_or(|all| all.iter().any(is))
        && asked.at_least.as_ref().is_none_or(|bound| compared(bound).is_some_and(|order| order.is_ge()))
        && asked.above.as_ref().is_none_or(|bound| compared(bound).is_some_and(|order| order.is_gt()))
        && asked.at_most.as_ref().is_none_or(|bound| compared(bound).is_some_and(|order| order.is_le()))
        && asked.below.as_ref().is_none_or(|bound| compared(bound).is_some_and(|order| order.is_lt()))
        && asked.exists.is_none_or(|exists| value.is_some() == exists)
}

fn inside(span: Span, seq: Seq) -> bool {
    let time = i64::try_from(seq.0).unwrap() * 10;
    span.from.is_none_or(|from| from <= seq)
        && span.to.is_none_or(|to| seq <= to)
        && span.since.is_none_or(|since| since <= time)
        && span.until.is_none_or(|until| time <= until)
}

fn has_words(key: &str, attributes: &Value, sought: &str) -> bool {
    let mut texts = vec![key.to_owned()];
    strings(attributes, &mut texts);
    let small = texts.join(" ").to_lowercase();
    let words: Vec<&str> = small.split(|c: char| !c.is_alphanumeric()).collect();
    let sought = sought.to_lowercase();
    let mut asked: Vec<&str> = sought.split(' ').collect();
    let begun = asked.pop().unwrap();
    asked.iter().all(|word| words.contains(word)) && words.iter().any(|word| word.starts_with(begun))
}

fn strings(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| strings(one, texts)),
        Value::Object(all) => all.values().for_each(|one| strings(one, texts)),
        _ => {}
    }
}
