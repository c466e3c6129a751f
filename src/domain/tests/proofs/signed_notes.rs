//! Signed notes: the published examples of Go's `sumdb/note` and of its checksum database, changed
//! notes, malformed notes.

use crate::domain::log::signed_note::{
    MAX_NOTE_BYTES, MAX_SIGNATURES, NoteError, NoteKeyError, NoteSigner, NoteVerifier, SignedNote,
};

/// The example of `golang.org/x/mod/sumdb/note`.
const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn key(text: &str) -> NoteVerifier {
    text.parse().unwrap()
}

fn note(lines: &[&str]) -> String {
    format!("{TEXT}\n{}", lines.concat())
}

/// Returns the text of a note if it can be trusted.
fn open(note: &str, keys: &[NoteVerifier]) -> Result<String, NoteError> {
    note.parse::<SignedNote>()?.verify(keys).map(str::to_owned)
}

#[test]
fn published_notes_are_signed_and_verified() {
    let peter: NoteSigner = SECRET.parse().unwrap();
    let signed = SignedNote::sign(TEXT, &[&peter]).unwrap();
    assert_eq!(signed.to_string(), note(&[PETER_LINE]));
    assert_eq!(open(&note(&[PETER_LINE]), &[key(PETER)]), Ok(TEXT.to_owned()));
    // The secret of the other example is 32 zeros.
    let enoch = NoteSigner::new("EnochRoot", &[0; 32]).unwrap();
    assert_eq!(enoch.verifier(), &key(ENOCH));
    let both = SignedNote::sign(TEXT, &[&peter, &enoch]).unwrap();
    assert_eq!(both.to_string(), note(&[PETER_LINE, ENOCH_LINE]));
    assert_eq!(both.to_string().parse(), Ok(both.clone()));
    let names: Vec<(&str, u32)> = both.signatures().iter().map(|line| (line.name(), line.key_id())).collect();
    assert_eq!(names, [("PeterNeumann", 0xc74f_20a3), ("EnochRoot", 0xaf0c_fe78)]);
    for keys in [vec![key(PETER)], vec![key(ENOCH)], vec![key(ENOCH), key(PETER)]] {
        assert_eq!(both.verify(&keys), Ok(TEXT));
    }
}

#[test]
fn keys_have_one_text_form() {
    let signer: NoteSigner = SECRET.parse().unwrap();
    assert_eq!(signer.secret_text(), SECRET);
    assert_eq!(signer.verifier().to_string(), PETER);
    assert_eq!((signer.name(), signer.key_id()), ("PeterNeumann", 0xc74f_20a3));
    // The parts, and each character replaced by the next one, as Go's tests do it.
    let mangled = |text: &str| -> Vec<String> {
        let parts = (0..text.len()).flat_map(|from| (from..=text.len()).map(move |to| from..to));
        let parts = parts.filter(|range| range.len() < text.len()).map(|range| text[range].to_owned());
        let replaced = (0..text.len()).map(|at| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] += 1;
            String::from_utf8(bytes).unwrap()
        });
        let ids = ["C74F20A3", "0c74f20a3", "+c74f20a3", "0xc74f20a3"];
        let ids = ids.into_iter().map(|id| text.replace("c74f20a3", id));
        parts.chain(replaced).chain(ids).chain([format!("{text}\n"), format!(" {text}")]).collect()
    };
    for text in mangled(PETER) {
        assert!(text.parse::<NoteVerifier>().is_err(), "{text}");
    }
    for text in mangled(SECRET) {
        assert!(text.parse::<NoteSigner>().is_err(), "{text}");
    }
}

#[test]
fn other_keys_are_refused() {
    let cases = [
        // From Go's tests: too long, and of another type, both with the right id.
        (
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
            "expected a verification key: a name, `+`, 8 lower-case hex digits, `+` and base64, found \"PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==\"",
        ),
        (
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "expected an Ed25519 key (type 1) for PeterNeumann, found type 101",
        ),
        (
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "expected the id c74f20a3 for this key of PeterNeumann, found c74f20a4; copy the complete key again",
        ),
        // The neutral element, with which every text would have a signature.
        (
            "log+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "expected the 32 bytes of an Ed25519 public key for log, found bytes that are none",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<NoteVerifier>().unwrap_err().to_string(), expected);
    }
    for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb", "a\u{1}b"] {
        let expected = format!(
            "expected the name of a key: text without spaces and `+`, such as `example.com/log`, found {name:?}"
        );
        assert_eq!(NoteSigner::new(name, &[1; 32]).unwrap_err().to_string(), expected);
        assert_eq!(NoteVerifier::new(name, &[1; 32]).unwrap_err().to_string(), expected);
    }
}

#[test]
fn secrets_are_not_shown() {
    let signer: NoteSigner = SECRET.parse().unwrap();
    let secret = &SECRET[SECRET.len() - 20..];
    assert!(!format!("{signer:?}").contains(secret));
    let refused = SECRET.replace("+AYEK", "+A+EK").parse::<NoteSigner>().unwrap_err();
    assert!(!refused.to_string().contains(secret) && !format!("{refused:?}").contains(secret), "{refused}");
    assert_eq!(SECRET[1..].parse::<NoteSigner>().unwrap_err(), NoteKeyError::SecretForm);
}

#[test]
fn each_changed_bit_of_a_note_is_refused() {
    let note = note(&[PETER_LINE]);
    let keys = [key(PETER)];
    assert!(open(&note, &keys).is_ok());
    for bit in 0..note.len() * 8 {
        let mut bytes = note.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(open(&changed, &keys).is_err(), "bit {bit}: {changed}");
        }
    }
    for end in 0..note.len() {
        if let Some(start) = note.get(..end) {
            assert!(open(start, &keys).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn only_known_keys_count() {
    let both = note(&[PETER_LINE, ENOCH_LINE]);
    let unknown = open(&both, &[key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]);
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "expected a signature of sum.golang.org+033de0ae, found those of PeterNeumann+c74f20a3 and EnochRoot+af0cfe78; give the key of this log"
    );
    // Another key of the same name.
    let namesake = NoteSigner::new("PeterNeumann", &[5; 32]).unwrap();
    assert!(matches!(open(&both, &[namesake.verifier().clone()]), Err(NoteError::UnknownKeys { .. })));
    // A wrong signature of an unknown key is ignored. One of a known key is not, although another
    // signature matches.
    let wrong = note(&[PETER_LINE, &ENOCH_LINE.replace("rwz+eBzm", "rwz+eBzn")]);
    assert_eq!(open(&wrong, &[key(PETER)]), Ok(TEXT.to_owned()));
    let refused = open(&wrong, &[key(PETER), key(ENOCH)]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the signature of EnochRoot+af0cfe78 does not match the text; the text, the signature or the key is not the original"
    );
    // A signature of another length, as other types have.
    let other = note(&[PETER_LINE, "— other AAAAAQI=\n"]);
    assert_eq!(open(&other, &[key(PETER)]), Ok(TEXT.to_owned()));
    let short = note(&["— PeterNeumann x08gowI=\n"]);
    assert!(matches!(open(&short, &[key(PETER)]), Err(NoteError::WrongSignature { .. })));
}

#[test]
fn malformed_notes_are_refused() {
    let line = |text: &str| {
        format!(
            "signature 1: expected a signature: an em dash, a key name, and the base64 of key id and signature, found {text:?}"
        )
    };
    let no_signatures =
        "expected an empty line and signatures after the text, found none; give the complete note";
    let cases = [
        (String::new(), no_signatures.to_owned()),
        (TEXT.to_owned(), no_signatures.to_owned()),
        (format!("{TEXT}\n"), no_signatures.to_owned()),
        (
            format!("{TEXT}\n{}", PETER_LINE.trim_end()),
            "expected a text that ends with a line feed, found none at its end".to_owned(),
        ),
        (
            note(&[PETER_LINE]).replace(",\n", ",\r\n"),
            "expected a note without control characters, found '\\r' at byte 56; get the note again"
                .to_owned(),
        ),
        (format!("{TEXT}\nPeterNeumann x08goA==\n"), line("PeterNeumann x08goA==")),
        (format!("{TEXT}\n- PeterNeumann x08goA==\n"), line("- PeterNeumann x08goA==")),
        (format!("{TEXT}\n— PeterNeumann\n"), line("— PeterNeumann")),
        (format!("{TEXT}\n—  x08go/ZJ\n"), line("—  x08go/ZJ")),
        (format!("{TEXT}\n— Peter+Neumann x08go/ZJ\n"), line("— Peter+Neumann x08go/ZJ")),
        (format!("{TEXT}\n— PeterNeumann x08g\n"), line("— PeterNeumann x08g")),
        // A key id without a signature.
        (format!("{TEXT}\n— PeterNeumann x08gow==\n"), line("— PeterNeumann x08gow==")),
        (format!("{TEXT}\n— PeterNeumann x08go/ZJ \n"), line("— PeterNeumann x08go/ZJ ")),
        // Base64 with bits that no byte has, and without padding.
        (format!("{TEXT}\n— PeterNeumann x08gowJ=\n"), line("— PeterNeumann x08gowJ=")),
        (format!("{TEXT}\n— PeterNeumann x08gowI\n"), line("— PeterNeumann x08gowI")),
        (
            format!("{TEXT}\n{}", PETER_LINE.repeat(MAX_SIGNATURES + 1)),
            "expected at most 100 signatures, found 101".to_owned(),
        ),
        (
            "a".repeat(MAX_NOTE_BYTES + 1),
            "expected a note of at most 1000000 bytes, found 1000001".to_owned(),
        ),
    ];
    for (note, expected) in cases {
        assert_eq!(note.parse::<SignedNote>().unwrap_err().to_string(), expected);
    }
    let signer: NoteSigner = SECRET.parse().unwrap();
    assert_eq!(SignedNote::sign("no line feed", &[&signer]), Err(NoteError::Unterminated));
    assert_eq!(SignedNote::sign("", &[&signer]), Err(NoteError::Unterminated));
    assert_eq!(SignedNote::sign(TEXT, &[]), Err(NoteError::NoSignatures));
    let tab = SignedNote::sign("a\tb\n", &[&signer]);
    assert_eq!(tab, Err(NoteError::Control { character: '\t', at: 1 }));
}

#[test]
fn texts_may_have_empty_lines() {
    let signer: NoteSigner = SECRET.parse().unwrap();
    for text in ["\n", "a\n\n", "a\n\nb\n", "\n\n\n", "a\n\n— not a signature\n"] {
        let signed = SignedNote::sign(text, &[&signer]).unwrap().to_string();
        assert_eq!(open(&signed, &[key(PETER)]), Ok(text.to_owned()), "{text:?}");
    }
}
