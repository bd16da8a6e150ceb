//! Snapshots that no test looks at any more.

use crate::shell::root;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What is not of the checkout itself.
const LEFT_OUT: [&str; 3] = [".git", "dist", "target"];

/// Compares the snapshots in the checkout with those that a complete test run read, one path a line in
/// `references` (written by insta where `INSTA_SNAPSHOT_REFERENCES_FILE` names that file). Asks the folders and not git,
/// which refuses a checkout that belongs to another user.
///
/// # Errors
/// Names the snapshots that nothing referred to.
pub(crate) fn refuse_unreferenced(references: &Path) -> Result<()> {
    let read = std::fs::read_to_string(references).unwrap_or_default();
    let read: BTreeSet<PathBuf> = read.lines().filter_map(|line| Path::new(line).canonicalize().ok()).collect();
    let mut all = Vec::new();
    collect(&root().canonicalize().context("the checkout is gone")?, &mut all)?;
    let unread: Vec<String> =
        all.iter().filter(|path| !read.contains(*path)).map(|path| path.display().to_string()).collect();
    if unread.is_empty() {
        println!("snapshots: {} files, each read by a test", all.len());
        return Ok(());
    }
    bail!("no test reads these snapshots; delete them:\n  {}", unread.join("\n  "))
}

fn collect(folder: &Path, snapshots: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let left_out = path.file_name().is_some_and(|name| LEFT_OUT.iter().any(|out| name == *out));
        if path.is_dir() && !path.is_symlink() && !left_out {
            collect(&path, snapshots)?;
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            snapshots.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_snapshot_of_the_checkout_is_listed() {
        let mut all = Vec::new();
        collect(root(), &mut all).expect("a checkout");
        let model = all.iter().filter(|path| path.to_string_lossy().contains("openapi"));
        assert_eq!(model.count(), 1, "{all:?}");
    }
}
