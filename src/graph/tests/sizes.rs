//! The engine's sizes: the largest commit fits into a memtable, and so into a log that can be read
//! again.

use std::sync::Arc;

use super::*;
use crate::domain::invalid::MAX_COMMIT_BYTES;
use crate::graph::Projection;
use crate::graph::connection::MEMTABLE;

/// Commits of the largest weight, each with rows of one shape.
fn largest(head: Head) -> Vec<(&'static str, Entry)> {
    let rows = |shape: &dyn Fn(&mut Entry, usize)| {
        let mut entry = empty(head);
        let none = entry.weight();
        shape(&mut entry, 0);
        let one = entry.weight() - none;
        // A little less than the limit, because the sizes of numbers vary.
        for place in 1..(MAX_COMMIT_BYTES - (1 << 20)) / one {
            shape(&mut entry, place);
        }
        sealed(entry)
    };
    let source = plain(1, "source", &[]).id;
    let of = |place: usize, content: Content| version(1, &format!("{place}"), None, content);
    vec![
        (
            "facts",
            rows(&|entry, _| {
                let facts = &entry.commit.facts;
                let texts = [facts.texts(), &[7; 16_384]].concat();
                entry.commit.facts = PackedFacts::Current { covered: facts.covered().to_vec(), texts };
            }),
        ),
        (
            "attributes",
            rows(&|entry, place| {
                let mut content = Content::empty();
                content.attributes = attributes(json!({ "place": place, "text": "a".repeat(9_000) }));
                entry.versions.push(of(place, content));
            }),
        ),
        (
            "members",
            rows(&|entry, place| {
                entry.chunks.push(MemberChunk {
                    set: source,
                    place: u32::try_from(place).unwrap(),
                    split: "TRAIN".to_owned(),
                    weight: None,
                    added: true,
                    versions: vec![source; 4_096],
                });
            }),
        ),
    ]
}

#[tokio::test]
async fn the_largest_commits_can_be_read_again_after_a_kill() {
    for (shape, entry) in largest(Head::default()) {
        let dir = TempDir::new().unwrap();
        let graph = open(dir.path()).await;
        graph.append(vec![entry.clone()]).await.unwrap();
        let killed = TempDir::new().unwrap();
        copy_dir(dir.path(), killed.path());
        graph.close().await.unwrap();
        let bytes = log(killed.path()).metadata().unwrap().len();
        let weight = entry.weight() as u64;
        assert!(
            weight > MAX_COMMIT_BYTES as u64 - (4 << 20),
            "{shape}: {weight} bytes are not the largest commit"
        );
        assert!(bytes < MEMTABLE as u64 - (16 << 20), "{shape}: {bytes} bytes for a weight of {weight}");
        let graph = open(killed.path()).await;
        assert_eq!(graph.head(), head_of(&entry), "{shape}");
        graph.close().await.unwrap();
    }
}

/// The memtable of a projection holds the largest commits too. With one of 32 MiB, none of these
/// can be written.
#[tokio::test]
async fn the_largest_commits_are_continued_after_a_kill_of_the_projector() {
    for (shape, entry) in largest(Head::default()) {
        let dir = TempDir::new().unwrap();
        let (graph, _) = Projection::open(dir.path(), &Engine::SurrealKv).await.unwrap();
        let head = head_of(&entry);
        graph.write(Arc::new(vec![entry])).await.unwrap_or_else(|error| panic!("{shape}: {error}"));
        let killed = TempDir::new().unwrap();
        copy_dir(dir.path(), killed.path());
        graph.close().await.unwrap();
        let (graph, at) = Projection::open(killed.path(), &Engine::SurrealKv).await.unwrap();
        assert_eq!(at, head, "{shape}");
        assert!(!killed.path().join("graph.aside").exists(), "{shape}");
        graph.close().await.unwrap();
    }
}
