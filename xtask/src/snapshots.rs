//! Snapshots that no test looks at any more.

use crate::shell::{output, root};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compares the snapshots in the checkout with those that a complete test run read, one path a line in
/// `references` (written by insta where `INSTA_SNAPSHOT_REFERENCES_FILE` names that file).
///
/// # Errors
/// Names the snapshots that nothing referred to.
pub(crate) fn refuse_unreferenced(references: &Path) -> Result<()> {
    let read = std::fs::read_to_string(references).unwrap_or_default();
    let read: BTreeSet<PathBuf> = read.lines().filter_map(|line| Path::new(line).canonicalize().ok()).collect();
    let listing = ["ls-files", "--cached", "--others", "--exclude-standard", "*.snap"];
    let listed =
        output(Command::new("git").args(listing).current_dir(root())).context("git cannot list the checkout")?;
    let unread: Vec<&str> = listed
        .lines()
        .filter(|path| root().join(path).canonicalize().is_ok_and(|path| !read.contains(&path)))
        .collect();
    if unread.is_empty() {
        println!("snapshots: {} files, each read by a test", listed.lines().count());
        return Ok(());
    }
    bail!("no test reads these snapshots; delete them:\n  {}", unread.join("\n  "))
}
