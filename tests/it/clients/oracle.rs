//! Affected training sets, compared with a program that shares no code with this one:
//! `tests/clients/oracle.py`.

use std::path::Path;
use std::process::Command;

use crate::http::server::Server;

#[test]
fn random_histories_have_the_answers_of_plain_loops() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: the oracle needs Python");
        return;
    }
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(&data.path().join("store"));
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/oracle.py");
    let mut command = Command::new("python3");
    command.arg(oracle).arg(&server.url).args(["--worlds", "12", "--seed", "1"]);
    let output = command.output().expect("the oracle starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("12 worlds"), "{said}");
}
