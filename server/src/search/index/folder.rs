//! Where index versions live: `index/v3-7/` beside `index/v3-8/`, and `index/CURRENT` that names the live one.
//!
//! `CURRENT` is replaced by renaming, so there is always one live version or none. A version that is no longer named
//! is deleted at once: who still has it open keeps reading the files it has mapped.

use super::{Error, schema};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const FOLDER: &str = "index";
const CURRENT: &str = "CURRENT";

pub(super) fn root(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER)
}

/// The name of the live version, if there is one.
pub(super) fn current(data_dir: &Path) -> Option<String> {
    let name = fs::read_to_string(root(data_dir).join(CURRENT)).ok()?;
    let name = name.trim();
    // The pointer names a folder beside it and nothing else.
    (!name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.')).then(|| name.to_owned())
}

/// Whether a version was built with the fields and terms of this program.
pub(super) fn is_this_schema(name: &str) -> bool {
    name.strip_prefix('v').and_then(|rest| rest.split('-').next()?.parse().ok()) == Some(schema::VERSION)
}

/// Makes the folder of a new version.
pub(super) fn create_next(data_dir: &Path) -> Result<(String, PathBuf), Error> {
    let root = root(data_dir);
    fs::create_dir_all(&root).map_err(Error::io(&root))?;
    let highest = versions(&root).iter().filter_map(|name| name.rsplit('-').next()?.parse().ok()).max().unwrap_or(0u64);
    for number in highest + 1.. {
        let name = format!("v{}-{number}", schema::VERSION);
        let path = root.join(&name);
        match fs::create_dir(&path) {
            Ok(()) => return Ok((name, path)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io(&path)(error)),
        }
    }
    Err(Error::io(&root)(std::io::Error::other("no number left for a new version")))
}

/// Makes a finished version the live one, safely on disk, and deletes the one it replaces.
pub(super) fn make_current(data_dir: &Path, name: &str) -> Result<(), Error> {
    let root = root(data_dir);
    let before = current(data_dir);
    let temporary = root.join(format!("{CURRENT}.{name}"));
    let write = || {
        let mut file = fs::File::create(&temporary)?;
        writeln!(file, "{name}")?;
        file.sync_all()?;
        fs::rename(&temporary, root.join(CURRENT))?;
        fs::File::open(&root)?.sync_all()
    };
    write().map_err(Error::io(&root.join(CURRENT)))?;
    if let Some(before) = before.filter(|before| before != name) {
        remove(&root.join(before));
    }
    Ok(())
}

/// Deletes a version. What cannot be deleted is left for the next [`sweep`].
pub(super) fn remove(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "cannot delete an old index version; it only takes space");
    }
}

/// Deletes what is neither live nor being built: the leftovers of builds that were killed.
pub(super) fn sweep(data_dir: &Path) {
    let root = root(data_dir);
    let live = current(data_dir);
    for name in versions(&root) {
        let path = root.join(&name);
        if Some(&name) != live.as_ref() && !is_locked(&path) {
            remove(&path);
        }
    }
}

fn versions(root: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let names = entries.flatten().filter(|entry| entry.path().is_dir());
    names.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.starts_with('v')).collect()
}

/// Whether a writer is at work in this version.
fn is_locked(path: &Path) -> bool {
    use tantivy::Directory;
    use tantivy::directory::{INDEX_WRITER_LOCK, MmapDirectory};
    // A version that cannot even be opened has no writer.
    let Ok(directory) = MmapDirectory::open(path) else { return false };
    // Just created, and the writer about to take its lock.
    if !path.join("meta.json").exists() {
        return fs::metadata(path)
            .and_then(|meta| meta.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age < std::time::Duration::from_secs(60)));
    }
    directory.acquire_lock(&INDEX_WRITER_LOCK).is_err()
}
