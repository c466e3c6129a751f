//! Apollo's link for automatic persisted queries against the real server: it sends a hash, gets the
//! error that it expects, sends the complete query, and sends no hash again.

use std::process::Command;

use super::audits::installed;
use crate::http::server::Server;

#[test]
fn clients_of_persisted_queries_send_the_complete_query() {
    let Some(folder) = installed("http/feed", &["persisted.mjs"], "@apollo/client") else { return };
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(&data.path().join("store"));
    let output = Command::new("node").args(["persisted.mjs", &server.url]).current_dir(folder).output();
    let output = output.expect("node starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let expected = r#"{"answers":["0","0"],"sent":["hash","complete","complete"]}"#;
    assert_eq!(said.lines().collect::<Vec<_>>(), [expected; 4]);
}
