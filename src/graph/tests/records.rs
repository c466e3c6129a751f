//! Rows and records: written records are read back, and changes are detected.

use super::*;
use crate::graph::rows;

#[tokio::test]
async fn every_record_is_read_as_it_was_written() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    assert_eq!(graph.head(), Head::default());
    let first = rich(graph.head());
    let mut second = entry(head_of(&first), "later");
    // The same payload and the same activity again.
    second.blobs = first.blobs.clone();
    second.versions[0].activity = first.versions[2].activity.clone();
    let second = sealed(second);
    graph.append(vec![first.clone(), second.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&second));

    for reopened in [false, true] {
        let graph = if reopened {
            graph.clone().close().await.unwrap();
            open(dir.path()).await
        } else {
            graph.clone()
        };
        let commits = graph.commits(Seq::ZERO, 10).await.unwrap();
        assert_eq!(commits, [first.commit.clone(), second.commit.clone()]);
        assert_eq!(graph.commits(Seq(1), 10).await.unwrap(), std::slice::from_ref(&second.commit));
        assert_eq!(graph.commits(Seq(0), 1).await.unwrap(), std::slice::from_ref(&first.commit));
        assert_eq!(graph.commits(Seq(2), 10).await.unwrap(), []);

        let all: Vec<_> = first.versions.iter().chain(&second.versions).cloned().collect();
        let ids: Vec<_> = all.iter().rev().map(|version| version.id).collect();
        let read: Vec<_> = graph.versions(&ids).await.unwrap().into_iter().map(Option::unwrap).collect();
        assert_eq!(read, all.into_iter().rev().collect::<Vec<_>>());

        let unknown = VersionId::from_bytes([1; 32]);
        let asked = [ids[0], unknown, ids[0]];
        let read = graph.versions(&asked).await.unwrap();
        assert_eq!(read.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(graph.versions(&[]).await.unwrap(), []);

        let ids = [
            StatementId { seq: Seq(1), place: 1 },
            StatementId { seq: Seq(9), place: 0 },
            StatementId { seq: Seq(1), place: 0 },
        ];
        let read = graph.statements(&ids).await.unwrap();
        assert_eq!(read, [Some(first.statements[1].clone()), None, Some(first.statements[0].clone())]);

        let read = graph.asserted(&[(Seq(1), 0), (Seq(1), 1)]).await.unwrap();
        assert_eq!(read, [Some(first.asserted[0].clone()), None]);

        let read = graph.blobs(&[Digest::of(b"other"), first.blobs[0].digest]).await.unwrap();
        assert_eq!(read, [None, Some(first.blobs[0])]);

        let notes = graph.commit_notes(&[Seq(2), Seq(3), Seq(1)]).await.unwrap();
        assert_eq!(notes[0].as_ref().unwrap().author, "ada");
        assert_eq!(notes[1], None);
        assert_eq!(notes[2].as_ref().unwrap().message, first.commit.message);
        if reopened {
            graph.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn links_can_be_followed_in_surrealql() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut entry = empty(graph.head());
    let a = plain(1, "a", &[]);
    let b = plain(1, "b", &[]);
    let c = plain(1, "c", &[a.id, b.id]);
    let d = plain(1, "d", &[c.id]);
    entry.asserted.push(AssertedRecord {
        seq: Seq(1),
        place: 0,
        derived: d.id,
        source: b.id,
        role: "INPUT".to_owned(),
        reason: "seen".to_owned(),
    });
    entry.versions = vec![a.clone(), b.clone(), c, d.clone()];
    graph.append(vec![sealed(entry)]).await.unwrap();

    let id = rows::named("version", d.id.hex());
    let up = graph.raw("SELECT VALUE sources.sources FROM $id", Some(id.clone())).await.unwrap();
    let text = format!("{up:?}");
    assert!(text.contains(&a.id.hex()) && text.contains(&b.id.hex()), "{text}");
    let up = graph.raw("SELECT VALUE ->derived_from->version FROM $id", Some(id)).await.unwrap();
    let text = format!("{up:?}");
    assert!(text.contains(&b.id.hex()) && !text.contains(&a.id.hex()), "{text}");
}

#[tokio::test]
async fn rows_cannot_be_changed_or_deleted() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.append(vec![rich(graph.head())]).await.unwrap();
    for query in [
        "UPDATE commit SET author = 'eve'",
        "UPDATE item SET key = 'other'",
        "UPDATE version SET message = 'other'",
        "UPSERT version:other SET message = 'other'; UPSERT version:other SET message = 'third'",
        "UPDATE activity SET name = 'other'",
        "UPDATE blob SET size = 0",
        "UPDATE derived_from SET reason = 'other'",
        "UPDATE member_chunk SET added = false",
        "UPDATE statement SET reason = 'other'",
        "UPDATE tag_move SET set = true",
        "DELETE commit",
        "DELETE item",
        "DELETE version",
        "DELETE activity",
        "DELETE blob",
        "DELETE derived_from",
        "DELETE member_chunk",
        "DELETE statement",
        "DELETE tag_move",
    ] {
        let error = graph.raw(query, None).await.unwrap_err();
        assert!(error.contains("immutable"), "{query}: {error}");
    }
}

#[tokio::test]
async fn a_changed_row_is_corrupt() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = rich(graph.head());
    graph.append(vec![first.clone()]).await.unwrap();
    let [source, _, full, lean] = [0, 1, 2, 3].map(|at| first.versions[at].id);
    let damaged = |error: GraphError, table: &str, why: &str| match error {
        GraphError::Corrupt { table: found, why: text, .. } => {
            assert!(found == table && text.contains(why), "{found} {text}");
        }
        other => panic!("{other}"),
    };
    let change = async |query, id: VersionId| {
        graph.raw("REMOVE EVENT IF EXISTS immutable ON version", None).await.unwrap();
        graph.raw(query, Some(rows::named("version", id.hex()))).await.unwrap();
        graph.versions(&[id]).await.unwrap_err()
    };
    damaged(
        change("UPDATE $id SET attributes = '{\"name\":\"x\"}'", source).await,
        "version",
        "is not its id",
    );
    damaged(change("UPDATE $id SET attributes = '{ \"name\":\"x\"}'", source).await, "version", "canonical");
    damaged(change("UPDATE $id SET message = 'x'", lean).await, "version", "is not its seal");
    damaged(change("UPDATE $id SET message = NONE, seal = NONE", lean).await, "version", "`seal`");
    damaged(change("UPDATE $id SET extra = 1", full).await, "version", "`extra`");

    graph.raw("REMOVE EVENT immutable ON statement; UPDATE statement SET reason = 'x'", None).await.unwrap();
    damaged(graph.statements(&[first.statements[0].id]).await.unwrap_err(), "statement", "seal");
    graph
        .raw("REMOVE EVENT immutable ON derived_from; UPDATE derived_from SET role = 'x'", None)
        .await
        .unwrap();
    damaged(graph.asserted(&[(Seq(1), 0)]).await.unwrap_err(), "derived_from", "seal");
    graph.raw("REMOVE EVENT immutable ON blob; UPDATE blob SET size = 'x'", None).await.unwrap();
    damaged(graph.blobs(&[first.blobs[0].digest]).await.unwrap_err(), "blob", "`size`");
    graph.raw("REMOVE EVENT immutable ON commit; UPDATE commit SET author = 1", None).await.unwrap();
    damaged(graph.commits(Seq::ZERO, 1).await.unwrap_err(), "commit", "`author`");
    graph.raw("DELETE commit", None).await.unwrap();
    damaged(graph.commits(Seq::ZERO, 1).await.unwrap_err(), "commit", "missing");
}

#[tokio::test]
async fn a_changed_or_missing_activity_is_corrupt() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = rich(graph.head());
    graph.append(vec![first.clone()]).await.unwrap();
    let asked = [first.versions[2].id];
    graph.raw("REMOVE EVENT immutable ON activity; UPDATE activity SET name = 'x'", None).await.unwrap();
    let error = graph.versions(&asked).await.unwrap_err();
    assert!(matches!(error, GraphError::Corrupt { table: "activity", .. }), "{error}");
    graph.raw("DELETE activity", None).await.unwrap();
    let error = graph.versions(&asked).await.unwrap_err();
    assert!(matches!(error, GraphError::Corrupt { table: "version", .. }), "{error}");
}

#[tokio::test]
async fn a_chain_of_5000_can_be_read() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut ids: Vec<VersionId> = Vec::new();
    let mut entries = Vec::new();
    let mut head = graph.head();
    for start in (0..5_000).step_by(1_000) {
        let mut entry = empty(head);
        for n in start..start + 1_000 {
            let version =
                plain(entry.commit.seq.0, &format!("link {n}"), ids.last().map_or(&[], std::slice::from_ref));
            ids.push(version.id);
            entry.versions.push(version);
        }
        let entry = sealed(entry);
        head = head_of(&entry);
        entries.push(entry);
    }
    graph.append(entries).await.unwrap();
    let read = graph.versions(&ids).await.unwrap();
    for (n, version) in read.iter().enumerate() {
        let version = version.as_ref().unwrap();
        let sources: Vec<_> = version.content.sources.iter().map(|source| source.version).collect();
        assert_eq!(sources, ids[n.saturating_sub(1)..n]);
    }
}

#[tokio::test]
async fn commits_are_read_in_order_page_by_page() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut entries = Vec::new();
    let mut head = graph.head();
    for _ in 0..600 {
        let entry = empty(head);
        head = head_of(&entry);
        entries.push(entry);
    }
    graph.append(entries.clone()).await.unwrap();
    let mut read = Vec::new();
    loop {
        let page = graph.commits(Seq(read.len() as u64), 250).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    assert_eq!(read, entries.into_iter().map(|entry| entry.commit).collect::<Vec<_>>());
    graph.close().await.unwrap();
    // Without a checkpoint, the complete log is read to find its end.
    fs::remove_file(dir.path().join("HEAD")).unwrap();
    assert_eq!(open(dir.path()).await.head(), head);
}

#[tokio::test]
async fn ids_in_rows_are_those_of_the_domain() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.append(vec![rich(graph.head())]).await.unwrap();
    let item: ItemId = key("full").id();
    let found = graph.raw("SELECT VALUE key FROM $id", Some(rows::named("item", item.hex()))).await.unwrap();
    assert_eq!(format!("{found:?}"), "Array(Array([String(\"full\")]))");
}
