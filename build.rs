//! Builds the pages of `web/` with Node and leaves it in `$OUT_DIR/ui`, from where `src/http/ui.rs` embeds it.
//!
//! Nothing is written into the source tree. The sources are copied into a workshop in the target directory, where the
//! packages stay between builds: npm is asked for them again only when the lock file has changed.
//!
//! The pages are a convenience. Where Node or the network is missing, the build goes on with `web/missing.html`,
//! a page that says what to do. `STEMMA_UI=skip` leaves it out on purpose; `STEMMA_UI=require` makes a failure an error.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through the environment")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// What Vite needs, relative to `web/`. A new file at the top of `web/` must be named here.
const SOURCES: [&str; 10] = [
    ".npmrc",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
    "gzip-only.ts",
    "own-parts.ts",
    "index.html",
    "playground.html",
    "src",
];

/// The page that stands in for the pages, relative to `web/`.
const MISSING: &str = "missing.html";

/// How many lines of a failed program's output are worth showing.
const SHOWN_LINES: usize = 12;

/// Why there are no pages: a line for everyone, then what a program said, for the one who builds.
type Reason = String;

fn main() {
    let paths = match Paths::from_cargo() {
        Ok(paths) => paths,
        Err(reason) => return println!("cargo::error={reason}"),
    };
    paths.watch();
    let built = match env::var("STEMMA_UI").unwrap_or_default().as_str() {
        "skip" => paths.write_missing_page("It was left out on purpose (STEMMA_UI=skip)."),
        "require" => paths.build(),
        "" => paths.build().or_else(|reason| {
            println!("cargo::warning=building without the pages: STEMMA_UI=require makes this an error");
            reason.lines().for_each(|line| println!("cargo::warning={line}"));
            paths.write_missing_page(&reason)
        }),
        other => Err(format!("STEMMA_UI is skip, require or not set, but not {other:?}")),
    };
    if let Err(reason) = built {
        reason.lines().for_each(|line| println!("cargo::error={line}"));
    }
}

/// The three places this script works with.
struct Paths {
    /// `web/` in the source tree: only read.
    web: PathBuf,
    /// The copy in which npm and Vite work.
    workshop: PathBuf,
    /// The finished files.
    ui: PathBuf,
}

impl Paths {
    fn from_cargo() -> Result<Self, Reason> {
        let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(format!("cargo did not set {name}"));
        let (root, out) = (variable("CARGO_MANIFEST_DIR")?, variable("OUT_DIR")?);
        // `target/<profile>/build/stemma-<hash>/out`: one workshop a profile, because cargo locks by profile.
        let build = out.ancestors().find(|path| path.file_name() == Some(OsStr::new("build")));
        let workshop = build.and_then(Path::parent).unwrap_or(&out).join("stemma-web");
        Ok(Self { web: root.join("web"), workshop, ui: out.join("ui") })
    }

    /// Tells cargo when to run this script again; naming anything ends its default, which watches every file.
    fn watch(&self) {
        println!("cargo::rerun-if-env-changed=STEMMA_UI");
        println!("cargo::rerun-if-changed=build.rs");
        for source in SOURCES.iter().chain([&MISSING]) {
            println!("cargo::rerun-if-changed={}", self.web.join(source).display());
        }
    }

    fn build(&self) -> Result<(), Reason> {
        check_node()?;
        self.copy_sources()
            .map_err(|error| format!("Copying web/ into the target directory failed.\n{error}"))?;
        self.install_packages()?;
        let mut vite = self.npm();
        vite.args(["run", "--silent", "build", "--", "--emptyOutDir", "--logLevel", "error", "--outDir"]);
        run(vite.arg(&self.ui), "Building the pages (npm run build)")
    }

    /// Copies afresh, so that a file deleted in `web/src` is gone here too.
    fn copy_sources(&self) -> io::Result<()> {
        remove_folder(&self.workshop.join("src"))?;
        fs::create_dir_all(&self.workshop)?;
        SOURCES.iter().try_for_each(|source| copy(&self.web.join(source), &self.workshop.join(source)))
    }

    /// `npm ci`, unless the packages of this very lock file are there already.
    fn install_packages(&self) -> Result<(), Reason> {
        let lock = self.workshop.join("package-lock.json");
        let installed = self.workshop.join("node_modules").join(".stemma-lock.json");
        let same = matches!((fs::read(&lock), fs::read(&installed)), (Ok(a), Ok(b)) if a == b);
        if same {
            return Ok(());
        }
        let mut ci = self.npm();
        run(ci.args(["ci", "--omit=dev", "--no-progress"]), "Fetching the packages of the pages (npm ci)")?;
        fs::copy(lock, installed)
            .map(drop)
            .map_err(|error| format!("Noting what npm installed failed.\n{error}"))
    }

    fn npm(&self) -> Command {
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.current_dir(&self.workshop).env("NODE_ENV", "production").env("NO_COLOR", "1");
        npm
    }

    /// Writes the page that says why there are no pages, by the first line of the reason.
    fn write_missing_page(&self, reason: &str) -> Result<(), Reason> {
        let reason = reason.lines().next().unwrap_or_default().replace('&', "&amp;").replace('<', "&lt;");
        let write = || {
            remove_folder(&self.ui)?;
            fs::create_dir_all(&self.ui)?;
            let template = fs::read_to_string(self.web.join(MISSING))?;
            fs::write(self.ui.join("index.html"), template.replace("{{reason}}", &reason))
        };
        write().map_err(|error| format!("Writing the page without the others failed.\n{error}"))
    }
}

/// Vite's own demand: Node 20.19, 22.12, or anything newer.
fn check_node() -> Result<(), Reason> {
    let output = Command::new("node").arg("--version").output().map_err(|_| "Node was not found.")?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20u32), Some(19u32..)) | (Some(22), Some(12..)) | (Some(23..), _) => Ok(()),
        _ => Err(format!("Node {version} is too old: 20.19, 22.12 or newer is needed.")),
    }
}

/// Runs quietly; a failure brings the end of what the program said.
fn run(command: &mut Command, what: &str) -> Result<(), Reason> {
    let output = command.output().map_err(|error| format!("{what} could not start.\n{error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let end = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
    Err(format!("{what} failed.\n{end}"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    fs::read_dir(from)?.try_for_each(|entry| {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))
    })
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
