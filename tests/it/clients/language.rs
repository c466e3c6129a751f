//! The GraphQL language, compared with a foreign implementation: graphql-js decides which documents
//! run and which shape their answers have.

use std::path::Path;
use std::process::Command;

use super::audits::installed;
use crate::http::server::Server;

/// About 4,500 documents: the shapes of the tests of graphql-js, and changes of the examples and of
/// the docs.
#[test]
fn verdicts_and_shapes_are_those_of_graphql_js() {
    let scripts = ["compare.mjs", "corpus.mjs", "mutate.mjs"];
    let Some(folder) = installed("clients/language", &scripts, "graphql") else { return };
    let data = tempfile::tempdir().expect("a temporary folder");
    let store = data.path().join("store");
    let loaded = Command::new(env!("CARGO_BIN_EXE_stemma"))
        .args(["demo", "--no-serve", "--data"])
        .arg(&store)
        .output()
        .expect("the binary starts");
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    let server = Server::start(&store);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("node")
        .args(["compare.mjs", &server.url])
        .arg(root.join("schema.graphql"))
        .arg(root.join("web/src/playground/examples"))
        .arg(root.join("docs"))
        .current_dir(folder)
        .output()
        .expect("node starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
