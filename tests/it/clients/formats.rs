//! Imports and exports of formats, compared with the readers that people use. Built with
//! `STEMMA_TEST_PYTHON=require` only, because they are many megabytes.

use std::path::Path;
use std::process::Command;

#[test]
fn formats_are_read_and_written_as_their_tools_do() {
    if option_env!("STEMMA_TEST_PYTHON") != Some("require") {
        eprintln!("skipped: build with STEMMA_TEST_PYTHON=require to fetch the readers of formats");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/formats/run.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(env!("CARGO_BIN_EXE_stemma")).args(["--sets", "3", "--seed", "1"]);
    let output = command.output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("13 scripts, all equal"), "{said}");
}
