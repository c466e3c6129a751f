//! Moments in the caches of clients: Apollo Client with its default cache, graphcache of urql, and
//! Relay, run by Node.

use std::process::Command;

use super::audits::installed;
use crate::http::server::Server;

const SCRIPTS: &[&str] = &["moments.mjs", "events.mjs", "apollo.mjs", "urql.mjs", "relay.mjs"];

#[test]
fn no_client_mixes_two_moments() {
    let Some(folder) = installed("clients/caches", SCRIPTS, "relay-runtime") else { return };
    for client in ["apollo", "urql", "relay"] {
        let data = tempfile::tempdir().expect("a temporary folder");
        let server = Server::start(&data.path().join("store"));
        let mut going = Command::new("node");
        going.args(["moments.mjs", &format!("{}/graphql", server.url), client]).current_dir(&folder);
        let output = going.output().expect("node starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains(&format!("{client} ok")), "{said}");
    }
}
