//! `cargo xtask test`: everything that must hold before a change lands, in one command.

use crate::peers::Peers;
use crate::shell::{self, Leftover, cargo, output, root, run, shown, step};
use crate::{bundle, packages, snapshots, tools};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only formatting, lints and the tests beside the code: installs nothing, starts nothing
    #[arg(long)]
    quick: bool,
}

/// # Errors
/// At the first check that fails; the tests themselves run to their end first.
pub(crate) fn run_all(options: &Options) -> Result<()> {
    let _clear_away = shell::ClearAway::at_the_end()?;
    if options.quick {
        step("formatting", formatting)?;
        step("lints", lints)?;
        return step("tests beside the code", || {
            test(cargo("test").args(["--workspace", "--exclude", "reeve-tests", "--lib", "--bins"])).map(drop)
        });
    }

    step("Debian packages", packages::install_for_tests)?;
    step("formatting", formatting)?;
    let deny = step("cargo-deny", || tools::DENY.get())?;
    let machete = step("cargo-machete", || tools::MACHETE.get())?;
    step("dependencies: licences, sources, duplicates", || dependencies(&mut Command::new(deny)))?;
    step("dependencies: unused ones", || run(Command::new(machete).current_dir(root()).stdin(Stdio::null())))?;
    step("browser bundle", || bundle::run(&bundle::Options::default()))?;
    step("lints", lints)?;
    step("documentation", documentation)?;
    let peers = step("peers: PostgreSQL, Hive metastore, LDAP, OpenID, Kerberos, chromedriver", Peers::start)?;

    let references = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let in_place = |mut command: Command| {
        command.envs(peers.environment());
        command.env("INSTA_UPDATE", "no").env("INSTA_SNAPSHOT_REFERENCES_FILE", references.path());
        command
    };
    let mut examples = cargo("test");
    examples.args(["--workspace", "--doc"]);
    let examples = step("examples in the documentation", || test(&mut in_place(examples)))?;
    let mut tests = cargo("test");
    tests.args(["--workspace", "--all-targets", "--no-fail-fast"]);
    let tests = step("tests", || test(&mut in_place(tests)))?;
    step("snapshots", || snapshots::refuse_unreferenced(references.path()))?;
    println!("{} passed, {} failed, {} skipped", examples.passed + tests.passed, 0, examples.ignored + tests.ignored);
    Ok(())
}

fn formatting() -> Result<()> {
    run(Command::new("cargo").args(["fmt", "--all", "--check"]).current_dir(root()))
}

fn lints() -> Result<()> {
    run(cargo("clippy").args(["--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn documentation() -> Result<()> {
    run(cargo("doc").args(["--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "--deny warnings"))
}

/// Advisories only where their database can be fetched: a machine without the internet says so and goes on.
fn dependencies(deny: &mut Command) -> Result<()> {
    deny.current_dir(root()).stdin(Stdio::null());
    let again = || {
        let mut command = Command::new(deny.get_program());
        command.current_dir(root()).stdin(Stdio::null());
        command
    };
    run(again().args(["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;
    if output(Command::new("timeout").arg("60").arg(deny.get_program()).args(["fetch", "db"]).current_dir(root()))
        .is_none()
    {
        println!("advisories: NOT checked, their database cannot be fetched from here");
        return Ok(());
    }
    run(again().args(["--locked", "check", "advisories"]))
}

/// What a test runner counted, over all its `test result:` lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Count {
    /// Adds what a line says, if it is one of the runner's results:
    /// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
    fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for part in counts.split("; ") {
            let Some((number, word)) = part.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

/// Runs `cargo test`, showing its output and counting.
fn test(command: &mut Command) -> Result<Count> {
    let shown = shown(command);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {shown}"))?;
    let kept = Leftover::process(&shown, child.id());
    let output = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut count = Count::default();
    for line in output.split(b'\n') {
        let line = line.with_context(|| format!("cannot read what {shown} says"))?;
        let line = String::from_utf8_lossy(&line);
        count.add_line(&line);
        writeln!(std::io::stdout(), "{line}").context("cannot write to standard output")?;
    }
    let status = child.wait().with_context(|| format!("lost sight of {shown}"))?;
    kept.forget();
    if !status.success() {
        println!("{} passed, {} failed, {} skipped", count.passed, count.failed, count.ignored);
        bail!("{shown} ended with {status}");
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_over_test_binaries_and_other_lines_count_nothing() {
        let mut count = Count::default();
        for line in [
            "running 3 tests",
            "test it::works ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.20s",
            "99 passed; 99 failed",
        ] {
            count.add_line(line);
        }
        assert_eq!(count, Count { passed: 15, failed: 2, ignored: 1 });
    }
}
