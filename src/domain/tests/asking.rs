//! Converts commands to proposals: each version that a command picks by position is looked up in
//! the naive model.

use serde_json::json;

use super::commands::{RandomCommand, STORED, VersionPick};
use super::rules::naive::{NaiveStore, NaiveVersion};
use super::samples::{
    class, equals, key, local, mark, nowhere, payload, put, rollback, say, set, snapshot, sources,
};
use crate::domain::id::Seq;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::statement::StatementKind;
use crate::domain::write::proposal::{
    Assert, Change, Correct, Expected, Members, NewMember, Proposal, Put, Ref, Refresh, RemoveTag, Selection,
    SetTag,
};

/// The roles of sources and of asserted derivations.
const ROLES: [&str; 2] = ["INPUT", "MASK"];

/// Converts commands to a proposal, based on the state before it.
pub(super) struct ProposalBuilder<'a> {
    pub naive: &'a NaiveStore,
    /// Names given by the changes of this commit so far.
    named: Vec<String>,
}

impl<'a> ProposalBuilder<'a> {
    pub(super) fn proposal(
        naive: &'a NaiveStore,
        commands: &[RandomCommand],
        key: Option<String>,
    ) -> Proposal {
        let mut asking = Self { naive, named: Vec::new() };
        let changes = commands.iter().map(|command| asking.change(command)).collect();
        let repeat_statements = key.is_some();
        Proposal { author: "ann".into(), message: None, idempotency_key: key, repeat_statements, changes }
    }

    fn change(&mut self, command: &RandomCommand) -> Change {
        let change = self.unnamed(command);
        let name = format!("c{}", self.named.len());
        match change {
            Change::Put(put) => Put { name: self.give(name), ..put }.into(),
            Change::Correct(correct) => Correct { name: self.give(name), ..correct }.into(),
            Change::Snapshot(mut snapshot) => {
                snapshot.name = self.give(name);
                snapshot.into()
            }
            other => other,
        }
    }

    fn give(&mut self, name: String) -> Option<String> {
        self.named.push(name.clone());
        Some(name)
    }

    fn unnamed(&self, command: &RandomCommand) -> Change {
        match command {
            RandomCommand::Put { item, parent, expect, says, sources, marks } => {
                let item = item_at(*item);
                let of_item = |pick: &VersionPick| self.among(*pick, |version| version.item == item);
                Put {
                    parent: parent.as_ref().and_then(of_item),
                    expect_head: self.expected(*expect, |version| version.item == item),
                    payload: bytes(*says),
                    attributes: class(&format!("class {}", says % 3)),
                    ontology: Some(VersionPick::Old(*says))
                        .filter(|_| says % 4 == 0)
                        .and_then(|pick| self.among(pick, |version| version.item.kind == Kind::Ontology)),
                    sources: self.made_from(sources),
                    tags: (0..2)
                        .filter(|bit| marks >> bit & 7 == 1)
                        .map(|bit| format!("label-{bit}"))
                        .collect(),
                    ..put(item.clone())
                }
                .into()
            }
            RandomCommand::Correct { of, says, sources, expect } => Correct {
                name: None,
                version: self.any(*of),
                expect_head: self.expected_of(*expect, &self.any(*of)),
                attributes: (says % 5 > 0).then(|| class(&format!("class {}", says % 3))),
                payload: bytes(*says),
                media_type: None,
                record_image_size: false,
                ontology: None,
                sources: sources.as_ref().map(|sources| self.made_from(sources)),
                reason: format!("reason {}", says % 2),
                activity: None,
                message: None,
            }
            .into(),
            RandomCommand::Say { kind, of, reason, expect } => {
                let mut said = say(self.any(*of));
                said.expect_head = self.expected_of(*expect, &said.version);
                said.reason = format!("reason {}", reason % 2);
                if kind % 2 == 0 { Change::Retract(said) } else { Change::Reinstate(said) }
            }
            RandomCommand::Rollback { to, item, expect } => {
                let to = self.any(*to);
                let item = item.map_or_else(|| self.item_of(&to), item_at);
                let mut rollback = rollback(item, to);
                rollback.expect_head = self.expected(*expect, |version| version.item == rollback.item);
                rollback.into()
            }
            RandomCommand::All { set, members, expect } => {
                let mut snapshot = snapshot(set_at(*set), Members::All(self.members(members)));
                snapshot.expect_head = self.expected(*expect, |version| version.item == snapshot.item);
                snapshot.complete = set % 5 > 0;
                snapshot.into()
            }
            RandomCommand::Change { set: at, base, add, remove, onto_head } => {
                let of_set = |version: &NaiveVersion| version.item == set(set_at(*at));
                let base = self.among(*base, of_set).unwrap_or_else(|| self.any(*base));
                let pinned = match &base {
                    Ref::Id(id) => self
                        .naive
                        .find(*id)
                        .map_or_else(Vec::new, |set| set.members.keys().copied().collect()),
                    Ref::Local(_) | Ref::Named(_) => Vec::new(),
                };
                let remove =
                    remove.iter().filter_map(|at| pinned.get(usize::from(*at) % pinned.len().max(1)));
                let remove = remove.map(|id| Ref::Id(*id)).collect();
                let onto_head = *onto_head;
                snapshot(set_at(*at), Members::Change { base, add: self.members(add), remove, onto_head })
                    .into()
            }
            RandomCommand::Select { set, filter, at } => {
                let newest = self.naive.versions.last().map_or(0, |version| version.seq.0);
                let at = at.map(|at| Seq(u64::from(at) % (newest + 2)));
                snapshot(
                    set_at(*set),
                    Members::Select {
                        filter: Box::new(Selection { at, ..filter_at(*filter) }),
                        split: "TEST".into(),
                    },
                )
                .into()
            }
            RandomCommand::Refresh { set: at, causes } => Refresh {
                expect_head: None,
                item: set(set_at(*at)),
                causes: [StatementKind::Corrects, StatementKind::Retracts][usize::from(causes % 3 == 0)..]
                    .to_vec(),
            }
            .into(),
            RandomCommand::Tag { name, version, alias, expect } => SetTag {
                alias: *alias,
                expect: expect.filter(|_| *alias).and_then(|pick| self.expected(Some(pick), |_| true)),
                ..mark(&tag_at(*name, *alias), self.any(*version))
            }
            .into(),
            RandomCommand::Untag { name, version, expect } => RemoveTag {
                name: tag_at(*name, name % 2 == 0),
                version: self.any(*version),
                expect: self.expected(*expect, |_| true),
            }
            .into(),
            RandomCommand::Assert { derived, source, role } => Assert {
                derived: self.any(*derived),
                source: self.any(*source),
                role: ROLES[usize::from(role % 2)].into(),
                reason: "in the paper".into(),
            }
            .into(),
        }
    }

    /// Returns the expectation of a change: sometimes none.
    fn expected(&self, pick: Option<VersionPick>, meant: impl Fn(&NaiveVersion) -> bool) -> Option<Expected> {
        match pick? {
            VersionPick::Old(at) if at % 8 == 7 => Some(Expected::Nothing),
            VersionPick::Named(at) if !self.named.is_empty() => {
                Some(local(&self.named[usize::from(at) % self.named.len()]).into())
            }
            pick => self.among(pick, meant).map(Expected::from),
        }
    }

    /// Returns the expectation about the item of a version.
    fn expected_of(&self, pick: Option<VersionPick>, version: &Ref) -> Option<Expected> {
        let item = self.item_of(version);
        self.expected(pick, |version| version.item == item)
    }

    fn any(&self, pick: VersionPick) -> Ref {
        match pick {
            VersionPick::Named(at) if !self.named.is_empty() => {
                local(&self.named[usize::from(at) % self.named.len()])
            }
            VersionPick::Named(0) => local("nothing"),
            VersionPick::Reference(at) => Ref::Named(reference_at(at)),
            _ => self.among(pick, |_| true).unwrap_or_else(|| nowhere().into()),
        }
    }

    /// Returns a version from before this commit; every other time the newest.
    fn among(&self, pick: VersionPick, meant: impl Fn(&NaiveVersion) -> bool) -> Option<Ref> {
        let (VersionPick::Old(at) | VersionPick::Named(at) | VersionPick::Reference(at)) = pick else {
            return Some(nowhere().into());
        };
        let meant: Vec<_> = self.naive.versions.iter().rev().filter(|version| meant(version)).collect();
        let place = if at % 2 == 0 { 0 } else { usize::from(at / 2) % meant.len().max(1) };
        meant.get(place).map(|version| version.id.into())
    }

    fn item_of(&self, version: &Ref) -> ItemKey {
        match version {
            Ref::Id(id) => self.naive.find(*id).map_or_else(|| item_at(0), |version| version.item.clone()),
            Ref::Local(_) | Ref::Named(_) => item_at(0),
        }
    }

    fn made_from(&self, picks: &[VersionPick]) -> Vec<(String, Ref)> {
        let roles = ROLES.into_iter().cycle();
        roles.zip(picks).flat_map(|(role, pick)| sources(&[(role, self.any(*pick))])).collect()
    }

    fn members(&self, picks: &[(VersionPick, u8)]) -> Vec<NewMember> {
        let member = |(pick, how): &(VersionPick, u8)| NewMember {
            version: self.any(*pick),
            split: ["TRAIN", "TEST"][usize::from(how % 2)].into(),
            weight: (how % 3 == 0).then(|| f64::from(*how) / 8.0),
        };
        picks.iter().map(member).collect()
    }
}

fn item_at(at: u8) -> ItemKey {
    match at % 12 {
        0 => ItemKey::new("elsewhere".parse().unwrap(), Kind::Source, "1").unwrap(),
        1 => key(Kind::Ontology, "classes"),
        2 if at > 240 => set("1"),
        at @ 2..=5 => key(Kind::Label, &at.to_string()),
        at @ 6..=8 => key(Kind::Derived, &at.to_string()),
        at => key(Kind::Source, &at.to_string()),
    }
}

fn reference_at(at: u8) -> String {
    let item = item_at(at / 4);
    match at % 4 {
        0 => format!("{item}#{}", at / 64),
        1 => format!("{item}@{}", tag_at(at / 8, at % 8 == 1)),
        _ => item.to_string(),
    }
}

fn set_at(at: u8) -> &'static str {
    ["1", "2"][usize::from(at % 2)]
}

fn bytes(at: u8) -> Option<crate::domain::id::Digest> {
    match at {
        0..=3 => payload("not stored"),
        at if at % 3 == 0 => payload(STORED[usize::from(at) % STORED.len()]),
        _ => None,
    }
}

/// Aliases and label tags have different names; sometimes one is used as the other.
fn tag_at(at: u8, alias: bool) -> String {
    format!("{}-{}", if alias ^ (at > 245) { "alias" } else { "label" }, at % 2)
}

fn filter_at(at: u8) -> Selection {
    let all = Selection { kinds: Some(vec![Kind::Label, Kind::Source]), ..Selection::default() };
    match at % 7 {
        0 => all,
        1 => Selection { tags: Some(vec!["label-0".into(), "alias-1".into()]), ..all },
        2 => Selection { attributes: equals("class", json!("class 1")), ..all },
        3 => Selection { key_prefix: Some("1".into()), ..all },
        4 => Selection { namespaces: Some(vec!["elsewhere".parse().unwrap()]), ..all },
        5 => Selection { kinds: Some(Vec::new()), ..all },
        _ => Selection { tags: Some(Vec::new()), attributes: equals("a", json!(1)), ..all },
    }
}
