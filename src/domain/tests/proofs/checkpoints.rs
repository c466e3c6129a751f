//! Checkpoints: a published one, their text, refusals.

use super::hash;
use crate::domain::log::signed_note::{NoteError, NoteSigner, NoteVerifier, SignedNote};
use crate::domain::log::tree::{TreeHead, empty_root};
use crate::domain::log::tree_checkpoint::{CheckpointError, TreeCheckpoint};

/// The key of Go's checksum database, as the `go` command has it, and one of its checkpoints.
const SUM_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const SUM_NOTE: &str = "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

fn tree() -> TreeHead {
    let root = hash("4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4");
    TreeHead { size: 5, root }
}

fn signer() -> NoteSigner {
    NoteSigner::new("example.com/log", &[3; 32]).unwrap()
}

#[test]
fn a_checkpoint_of_the_checksum_database_is_read() {
    let note: SignedNote = SUM_NOTE.parse().unwrap();
    let key: NoteVerifier = SUM_KEY.parse().unwrap();
    let opened = TreeCheckpoint::open(&note, "go.sum database tree", std::slice::from_ref(&key)).unwrap();
    assert_eq!((opened.origin(), opened.tree().size), ("go.sum database tree", 20_852_163));
    assert_eq!(opened.tree().root, hash("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"));
    assert_eq!(
        TreeCheckpoint::open(&note, "sum.golang.org", &[key]).unwrap_err().to_string(),
        "expected a checkpoint of the log \"sum.golang.org\", found one of \"go.sum database tree\"; use the checkpoint and the key of one log"
    );
}

#[test]
fn checkpoints_are_signed_with_the_key_of_their_log() {
    let checkpoint = TreeCheckpoint::new("example.com/log", tree()).unwrap();
    let text = "example.com/log\n5\nTju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=\n";
    assert_eq!(checkpoint.to_string(), text);
    assert_eq!(text.parse(), Ok(checkpoint.clone()));
    let note = checkpoint.sign(&signer()).unwrap();
    assert!(note.to_string().starts_with(&format!("{text}\n— example.com/log ")), "{note}");
    let keys = [signer().verifier().clone()];
    assert_eq!(TreeCheckpoint::open(&note, "example.com/log", &keys), Ok(checkpoint.clone()));
    // The same bytes each time: nothing in it is random.
    assert_eq!(checkpoint.sign(&signer()).unwrap(), note);
    let other = NoteSigner::new("example.com/other", &[3; 32]).unwrap();
    assert_eq!(
        checkpoint.sign(&other).unwrap_err().to_string(),
        "expected a checkpoint of the log \"example.com/other\", found one of \"example.com/log\"; use the checkpoint and the key of one log"
    );
    let unknown = TreeCheckpoint::open(&note, "example.com/log", &[other.verifier().clone()]);
    assert!(matches!(unknown, Err(CheckpointError::Note(NoteError::UnknownKeys { .. }))));
}

#[test]
fn the_text_is_read_only_after_the_signature() {
    // A note of a known key that is no checkpoint, and a checkpoint that the key did not sign.
    let keys = [signer().verifier().clone()];
    let open = |note: &SignedNote| TreeCheckpoint::open(note, "example.com/log", &keys);
    let words = SignedNote::sign("example.com/log\nfive\nroot\n", &[&signer()]).unwrap();
    assert!(matches!(open(&words), Err(CheckpointError::Line { line: 2, .. })));
    let changed = words.to_string().replace("five", "5");
    assert!(matches!(
        open(&changed.parse().unwrap()),
        Err(CheckpointError::Note(NoteError::WrongSignature { .. }))
    ));
}

#[test]
fn malformed_checkpoints_are_refused() {
    let root = "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=";
    let size = |found: &str| {
        format!(
            "line 2 of the checkpoint: expected the size: a whole number without leading zeros, found {found:?}"
        )
    };
    let base64 = |found: &str| {
        format!("line 3 of the checkpoint: expected the root: base64 of 32 bytes, found {found:?}")
    };
    let origin = "line 1 of the checkpoint: expected the origin: text without control characters, found \"\"";
    let end =
        "expected a checkpoint that ends with a line feed, found none at its end; give the complete text";
    let cases = [
        (String::new(), end.to_owned()),
        (format!("log\n5\n{root}"), end.to_owned()),
        ("\n".to_owned(), size("")),
        ("log\n".to_owned(), size("")),
        (format!("\n5\n{root}\n"), origin.to_owned()),
        (format!("log\n05\n{root}\n"), size("05")),
        (format!("log\n+5\n{root}\n"), size("+5")),
        (format!("log\n-5\n{root}\n"), size("-5")),
        (format!("log\n18446744073709551616\n{root}\n"), size("18446744073709551616")),
        ("log\n5\n".to_owned(), base64("")),
        ("log\n5\nAAAA\n".to_owned(), base64("AAAA")),
        (format!("log\n5\n{}\n", root.replace("NQ=", "NR=")), base64(&root.replace("NQ=", "NR="))),
        (
            format!("log\n5\n{root}\n\n"),
            "line 4 of the checkpoint: expected an extension line that is not empty, found \"\"".to_owned(),
        ),
        (
            format!("log\n0\n{root}\n"),
            "expected the root of the empty tree for size 0, found 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4".to_owned(),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<TreeCheckpoint>().unwrap_err().to_string(), expected, "{text:?}");
    }
    for origin in ["", "a\nb", "a\rb"] {
        assert!(matches!(TreeCheckpoint::new(origin, tree()), Err(CheckpointError::Line { line: 1, .. })));
    }
    let empty = TreeHead { size: 0, root: empty_root() };
    let empty = TreeCheckpoint::new("example.com/log", empty).unwrap();
    assert_eq!(empty.to_string().parse(), Ok(empty));
}
