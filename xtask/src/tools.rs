//! Programs and files from package registries that tests need, each of one pinned version, kept in the cache folder.

use crate::shell::{cache, cargo, output, run};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A cargo subcommand that is built from its source once.
pub(crate) struct Tool {
    package: &'static str,
    version: &'static str,
}

/// Checks licences, sources and duplicate versions of dependencies.
pub(crate) const DENY: Tool = Tool { package: "cargo-deny", version: "0.20.2" };
/// Finds dependencies that nothing uses.
pub(crate) const MACHETE: Tool = Tool { package: "cargo-machete", version: "0.9.2" };

const AXE_VERSION: &str = "4.14.1";

impl Tool {
    /// The program, built first where this version is not in the cache yet.
    ///
    /// # Errors
    /// When it cannot be built.
    pub(crate) fn get(&self) -> Result<PathBuf> {
        let folder = cache("reeve-tools")?.join(format!("{}-{}", self.package, self.version));
        let program = folder.join("bin").join(self.package);
        if !program.exists() {
            println!("building {} {} from source, once (some minutes)", self.package, self.version);
            // Without optimisation: it runs for seconds and would compile for many minutes.
            run(cargo("install")
                .args(["--quiet", "--debug", "--version", self.version, "--root"])
                .arg(&folder)
                .arg(self.package))?;
        }
        Ok(program)
    }
}

/// The path of `axe.min.js`, fetched from npm first where this version is not in the cache yet.
///
/// # Errors
/// When npm cannot fetch it.
pub(crate) fn axe() -> Result<PathBuf> {
    let folder = cache("reeve-tools")?.join(format!("axe-core-{AXE_VERSION}"));
    let script = folder.join("package/axe.min.js");
    if script.exists() {
        return Ok(script);
    }
    println!("fetching axe-core {AXE_VERSION} from npm");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let package = format!("axe-core@{AXE_VERSION}");
    let archive = output(Command::new("npm").args(["pack", "--silent", &package]).current_dir(&folder))
        .and_then(|names| names.lines().last().map(str::to_owned))
        .with_context(|| format!("npm could not fetch {package}: is there a registry to reach?"))?;
    run(Command::new("tar").arg("-xzf").arg(&archive).current_dir(&folder).stdin(Stdio::null()))?;
    if script.exists() { Ok(script) } else { bail!("{package} holds no axe.min.js") }
}
