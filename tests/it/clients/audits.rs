//! GraphQL over HTTP, checked by a foreign tool: the 61 audits of the npm package `graphql-http`,
//! run by Node.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use crate::http::server::Server;

#[test]
fn all_audits_pass() {
    let Some(folder) = installed("clients/audits", &["audit.mjs"], "graphql-http") else { return };
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(&data.path().join("store"));
    let output =
        run(Command::new("node").arg("audit.mjs").arg(format!("{}/graphql", server.url)).current_dir(folder));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("61 passed, 0 failed"), "{said}");
}

/// Returns a folder with the scripts and packages of a folder of `tests/it`, next to the build;
/// `None` if Node is missing and not required.
pub(crate) fn installed(source: &str, scripts: &[&str], package: &str) -> Option<PathBuf> {
    let name = source.rsplit('/').next().unwrap_or(source);
    let node = Command::new("npm").arg("--version").output();
    if node.is_err() {
        let insists = option_env!("STEMMA_TEST_NODE") == Some("require");
        assert!(!insists, "STEMMA_TEST_NODE=require, and there is no npm");
        eprintln!("skipped: {name} needs Node and npm");
        return None;
    }
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(source);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // Several tests share a folder.
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    std::fs::create_dir_all(&folder).expect("a folder next to the build");
    for file in ["package.json", "package-lock.json", ".npmrc"].iter().chain(scripts) {
        std::fs::copy(sources.join(file), folder.join(file)).expect("the scripts are copied");
    }
    if !folder.join("node_modules").join(package).exists() {
        let output = run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder));
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    }
    Some(folder)
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}
