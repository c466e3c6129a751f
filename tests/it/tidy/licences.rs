//! Checks the licences, bans and sources of all dependencies against `deny.toml`, as `cargo deny check licenses bans sources`
//! does, without cargo-deny. Licences are those of the packages for this platform; bans and sources are those of all platforms.
//!
//! cargo-deny also compares the hashes of licence files, and knows security advisories: see CONTRIBUTING.md.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::process::Command;
use std::str::SplitWhitespace;

use serde::Deserialize;

use super::{none, root};

/// The tables of `deny.toml` that are compared here.
#[derive(Deserialize)]
struct DenyFile {
    licenses: LicenseRules,
    bans: BanRules,
    sources: SourceRules,
}

#[derive(Deserialize)]
struct LicenseRules {
    allow: Vec<String>,
    exceptions: Vec<LicenseException>,
    clarify: Vec<ClarifiedLicense>,
}

/// Further licences that one crate may have.
#[derive(Deserialize)]
struct LicenseException {
    allow: Vec<String>,
    #[serde(rename = "crate")]
    name: String,
}

/// The expression of a crate that names a licence file only.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ClarifiedLicense {
    #[serde(rename = "crate")]
    name: String,
    expression: String,
    license_files: Vec<LicenseFile>,
}

#[derive(Deserialize)]
struct LicenseFile {
    path: String,
}

#[derive(Deserialize)]
struct BanRules {
    deny: Vec<BannedCrate>,
}

/// A crate that may not be a dependency: `name`, or `name:<version` for releases before that one.
#[derive(Deserialize)]
struct BannedCrate {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SourceRules {
    allow_registry: Vec<String>,
}

/// The output of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<String>,
}

/// `Cargo.lock`.
#[derive(Deserialize)]
struct LockFile {
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: String,
    source: Option<String>,
}

#[test]
fn dependencies_have_allowed_licences() {
    let version = cargo(&["--version", "--verbose"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host");
    let metadata =
        cargo(&["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", host]);
    let metadata: Metadata = serde_json::from_str(&metadata).expect("cargo metadata prints JSON");
    assert!(metadata.packages.len() > 100, "cargo metadata lists {} packages", metadata.packages.len());
    none(bad_licences(&deny_file().licenses, &metadata.packages));
}

#[test]
fn dependencies_come_from_the_registry_and_none_is_banned() {
    let lock: LockFile = toml::from_str(&file("Cargo.lock")).expect("Cargo.lock is TOML");
    let deny = deny_file();
    none([bad_sources(&deny.sources, &lock.package), banned(&deny.bans, &lock.package)].concat());
}

fn deny_file() -> DenyFile {
    toml::from_str(&file("deny.toml")).expect("deny.toml has the tables of cargo-deny")
}

fn file(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("a file of the repository can be read")
}

/// Returns the output of the cargo that built this test.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output();
    let output = output.expect("cargo starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {}: {errors}", arguments.join(" "));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// Packages without a licence that is allowed for them.
fn bad_licences(rules: &LicenseRules, packages: &[MetadataPackage]) -> Vec<String> {
    let fault = |package: &MetadataPackage| {
        let MetadataPackage { name, version, license, license_file } = package;
        let clarified = rules.clarify.iter().find(|clarified| {
            let files = || clarified.license_files.iter().map(|file| &file.path);
            clarified.name == *name
                && license_file.as_ref().is_some_and(|file| files().any(|path| path == file))
        });
        let Some(expression) = license.as_ref().or(clarified.map(|clarified| &clarified.expression)) else {
            return Some(format!(
                "{name} {version}: expected a licence expression, found none; read its licence file {license_file:?} and add \
                 a [[licenses.clarify]] to deny.toml"
            ));
        };
        let exceptions = rules.exceptions.iter().filter(|exception| exception.name == *name);
        let allowed = rules.allow.iter().chain(exceptions.flat_map(|exception| &exception.allow));
        match is_satisfied(expression, &allowed.map(String::as_str).collect()) {
            Some(true) => None,
            Some(false) => Some(format!(
                "{name} {version}: expected a licence that deny.toml allows, found `{expression}`; use another crate, or \
                 allow the licence with a reason"
            )),
            None => Some(format!("{name} {version}: expected an SPDX expression, found `{expression}`")),
        }
    };
    packages.iter().filter_map(fault).collect()
}

/// Packages from elsewhere than an allowed registry; the only package without a source is stemma.
fn bad_sources(rules: &SourceRules, packages: &[LockedPackage]) -> Vec<String> {
    let is_allowed = |package: &&LockedPackage| match &package.source {
        None => package.name == env!("CARGO_PKG_NAME"),
        Some(source) => {
            let registry = source.strip_prefix("registry+");
            registry.is_some_and(|registry| rules.allow_registry.iter().any(|allowed| allowed == registry))
        }
    };
    let bad = packages.iter().filter(|package| !is_allowed(package));
    bad.map(|LockedPackage { name, version, source }| {
        let found = source.as_deref().unwrap_or("a path");
        format!("{name} {version}: expected a registry that deny.toml allows, found {found}")
    })
    .collect()
}

/// Packages that are banned, and bans that this test cannot read.
fn banned(rules: &BanRules, packages: &[LockedPackage]) -> Vec<String> {
    let mut faults = Vec::new();
    for BannedCrate { name: ban, reason } in &rules.deny {
        let (name, bound) =
            ban.split_once(":<").map_or((ban.as_str(), None), |(name, bound)| (name, Some(bound)));
        if name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_') {
            faults.push(format!("deny.toml: expected `name` or `name:<version` in bans.deny, found `{ban}`"));
        }
        let covers = |package: &&LockedPackage| {
            package.name == name && bound.is_none_or(|bound| numbers(&package.version) < numbers(bound))
        };
        faults.extend(
            packages
                .iter()
                .filter(covers)
                .map(|package| format!("{name} {}: banned: {reason}", package.version)),
        );
    }
    faults
}

/// The numbers of a version or of its beginning, which compare as versions do.
fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

/// Returns true if the licences in `allowed` satisfy an SPDX expression, `None` if it is malformed. `/` is an older
/// spelling of `OR`.
fn is_satisfied(expression: &str, allowed: &BTreeSet<&str>) -> Option<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut tokens = spaced.split_whitespace().peekable();
    let satisfied = any_of(&mut tokens, allowed)?;
    tokens.next().is_none().then_some(satisfied)
}

type Tokens<'t> = Peekable<SplitWhitespace<'t>>;

fn any_of(tokens: &mut Tokens<'_>, allowed: &BTreeSet<&str>) -> Option<bool> {
    let mut satisfied = all_of(tokens, allowed)?;
    while tokens.next_if_eq(&"OR").is_some() {
        satisfied |= all_of(tokens, allowed)?;
    }
    Some(satisfied)
}

fn all_of(tokens: &mut Tokens<'_>, allowed: &BTreeSet<&str>) -> Option<bool> {
    let mut satisfied = one_of(tokens, allowed)?;
    while tokens.next_if_eq(&"AND").is_some() {
        satisfied &= one_of(tokens, allowed)?;
    }
    Some(satisfied)
}

/// A licence, one `WITH` an exception, or an expression in parentheses.
fn one_of(tokens: &mut Tokens<'_>, allowed: &BTreeSet<&str>) -> Option<bool> {
    let name = tokens.next()?;
    if name == "(" {
        let inner = any_of(tokens, allowed)?;
        return tokens.next_if_eq(&")").map(|_| inner);
    }
    if matches!(name, ")" | "AND" | "OR" | "WITH") {
        return None;
    }
    if tokens.next_if_eq(&"WITH").is_some() {
        let exception = tokens.next()?;
        return Some(allowed.contains(format!("{name} WITH {exception}").as_str()));
    }
    Some(allowed.contains(name))
}

/// The checks must be able to fail.
mod on_bad_dependencies {
    use super::*;

    fn rules() -> DenyFile {
        let text = r#"
            licenses.allow = ["MIT", "Apache-2.0 WITH LLVM-exception"]
            licenses.exceptions = [{ allow = ["BUSL-1.1"], crate = "database" }]
            licenses.clarify = [{ crate = "database", expression = "BUSL-1.1", license-files = [{ path = "LICENSE", hash = 1 }] }]
            bans.deny = [{ crate = "tls", reason = "two of them" }, { crate = "h2:<0.4", reason = "vulnerable" }]
            sources.allow-registry = ["https://registry.example/index"]
        "#;
        toml::from_str(text).expect("the rules are TOML")
    }

    fn licence_faults(name: &str, license: Option<&str>, license_file: Option<&str>) -> Vec<String> {
        let package = MetadataPackage {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
            license_file: license_file.map(str::to_owned),
        };
        bad_licences(&rules().licenses, &[package])
    }

    fn locked(name: &str, version: &str, source: Option<&str>) -> Vec<LockedPackage> {
        let (name, version) = (name.to_owned(), version.to_owned());
        vec![LockedPackage { name, version, source: source.map(str::to_owned) }]
    }

    fn has_one(faults: &[String], part: &str) {
        assert!(faults.len() == 1 && faults[0].contains(part), "{faults:?} must be one fault with {part:?}");
    }

    #[test]
    fn expressions_are_satisfied_by_allowed_licences() {
        let allowed = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
        let cases = [
            ("MIT", Some(true)),
            ("GPL-3.0", Some(false)),
            ("GPL-3.0 OR MIT", Some(true)),
            ("GPL-3.0/MIT", Some(true)),
            ("GPL-3.0 AND MIT", Some(false)),
            ("GPL-3.0 AND MIT OR ISC", Some(true)),
            ("GPL-3.0 AND (MIT OR ISC)", Some(false)),
            ("(GPL-3.0 OR MIT) AND ISC", Some(true)),
            ("Apache-2.0", Some(false)),
            ("Apache-2.0 WITH LLVM-exception", Some(true)),
            ("Apache-2.0 WITH LLVM-exception AND GPL-3.0", Some(false)),
            ("", None),
            ("MIT OR", None),
            ("MIT ISC", None),
            ("(MIT", None),
            ("MIT)", None),
            ("AND MIT", None),
            ("Apache-2.0 WITH", None),
        ];
        for (expression, expected) in cases {
            assert_eq!(is_satisfied(expression, &allowed), expected, "{expression}");
        }
    }

    #[test]
    fn a_licence_that_is_not_allowed() {
        assert!(licence_faults("serde", Some("MIT"), None).is_empty());
        has_one(&licence_faults("serde", Some("GPL-3.0"), None), "`GPL-3.0`");
        has_one(&licence_faults("serde", Some("MIT ISC"), None), "an SPDX expression");
        has_one(&licence_faults("serde", None, Some("LICENSE")), "found none");
        assert!(licence_faults("database", None, Some("LICENSE")).is_empty());
        has_one(&licence_faults("database", None, Some("LICENSE.txt")), "found none");
        has_one(&licence_faults("database", None, None), "found none");
        has_one(&licence_faults("serde", Some("BUSL-1.1"), None), "`BUSL-1.1`");
        assert!(licence_faults("database", Some("BUSL-1.1"), None).is_empty());
    }

    #[test]
    fn a_source_that_is_not_the_registry() {
        let faults = |name, source| bad_sources(&rules().sources, &locked(name, "1.0.0", source));
        assert!(faults("serde", Some("registry+https://registry.example/index")).is_empty());
        has_one(&faults("serde", Some("registry+https://other.example/index")), "other.example");
        has_one(&faults("serde", Some("git+https://registry.example/index")), "git+");
        has_one(&faults("serde", None), "a path");
        assert!(faults("stemma", None).is_empty());
    }

    #[test]
    fn a_banned_crate() {
        let faults = |name, version| banned(&rules().bans, &locked(name, version, None));
        assert!(faults("serde", "1.0.0").is_empty());
        has_one(&faults("tls", "1.0.0"), "two of them");
        has_one(&faults("h2", "0.3.27"), "vulnerable");
        assert!(faults("h2", "0.4.0").is_empty() && faults("h2", "0.10.0").is_empty());
        let ban = BannedCrate { name: "h2:=0.3".to_owned(), reason: "vulnerable".to_owned() };
        has_one(&banned(&BanRules { deny: vec![ban] }, &[]), "`h2:=0.3`");
    }
}
