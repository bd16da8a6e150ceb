//! Running other programs, and ending those that are left when this one ends.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The checkout this program was built from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the checkout")
}

/// `name` in the user's cache folder: what is installed once and outlives a checkout.
pub(crate) fn cache(name: &str) -> Result<PathBuf> {
    let base = match (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME")) {
        (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home)) => PathBuf::from(home).join(".cache"),
        _ => bail!("neither XDG_CACHE_HOME nor HOME is set: no place for what the tests need"),
    };
    let path = base.join(name);
    std::fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
    Ok(path)
}

/// Does one step of a task, saying what it is and how long it took.
pub(crate) fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("== {title}");
    let begun = Instant::now();
    let done = work().with_context(|| format!("failed: {title}"))?;
    println!("== {title}: {:.1} s", begun.elapsed().as_secs_f64());
    Ok(done)
}

/// `cargo` in the checkout, never changing `Cargo.lock`.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).arg(subcommand).arg("--locked");
    // Set for this program by the cargo that ran it; they would make the inner cargo rebuild things.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end with our own input and output.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if status.success() { Ok(()) } else { bail!("{} ended with {status}", shown(command)) }
}

/// The same, whatever it ends with.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    let shown = shown(command);
    let mut child = command.spawn().with_context(|| format!("cannot start {shown}"))?;
    let kept = Leftover::process(&shown, child.id());
    let status = child.wait().with_context(|| format!("lost sight of {shown}"))?;
    kept.forget();
    Ok(status)
}

/// Runs a command and gives what it wrote to standard output; `None` when it failed or is not there.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program of that name in `PATH`.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// What must not outlive this program: processes it started and folders it made, newest last.
static LEFTOVERS: Mutex<Vec<(u64, Left)>> = Mutex::new(Vec::new());

enum Left {
    Process { name: String, pid: u32 },
    Folder(PathBuf),
}

/// An entry among the things to clear away at the end.
pub(crate) struct Leftover(u64);

impl Leftover {
    /// A process to end at the end, and only that one.
    pub(crate) fn process(name: &str, pid: u32) -> Self {
        Self::add(Left::Process { name: name.to_owned(), pid })
    }

    /// A folder to delete at the end.
    pub(crate) fn folder(path: &Path) -> Self {
        Self::add(Left::Folder(path.to_owned()))
    }

    /// It ended by itself.
    pub(crate) fn forget(self) {
        leftovers().retain(|(id, _)| *id != self.0);
    }

    fn add(left: Left) -> Self {
        let mut leftovers = leftovers();
        let id = leftovers.iter().map(|(id, _)| id + 1).max().unwrap_or(0);
        leftovers.push((id, left));
        Self(id)
    }
}

/// Clears away at the end of the scope, whichever way it is left, and on Ctrl-C or SIGTERM.
pub(crate) struct ClearAway;

impl ClearAway {
    /// # Errors
    /// When the signal handler cannot be set.
    pub(crate) fn at_the_end() -> Result<Self> {
        ctrlc::set_handler(|| {
            clear_away();
            #[expect(
                clippy::disallowed_methods,
                reason = "interrupted: everything is cleared away, and main may be waiting"
            )]
            std::process::exit(130);
        })
        .context("cannot watch for Ctrl-C")?;
        Ok(Self)
    }
}

impl Drop for ClearAway {
    fn drop(&mut self) {
        clear_away();
    }
}

fn clear_away() {
    let left = std::mem::take(&mut *leftovers());
    for (_, left) in left.into_iter().rev() {
        match left {
            Left::Process { name, pid } => end(&name, pid),
            Left::Folder(path) => {
                if let Err(error) = std::fs::remove_dir_all(&path) {
                    eprintln!("xtask: cannot delete {}: {error}", path.display());
                }
            }
        }
    }
}

/// Asks a process to end, and ends it after ten seconds if it does not listen.
fn end(name: &str, pid: u32) {
    let there = Path::new("/proc").join(pid.to_string());
    for signal in ["-TERM", "-KILL"] {
        let asked = Instant::now();
        // `kill` instead of a crate for signals: this runs twice in the life of the program.
        let _ = Command::new("kill").args([signal, &pid.to_string()]).stderr(Stdio::null()).status();
        while asked.elapsed() < Duration::from_secs(10) {
            // A child of ours that ended stays as a zombie until it is waited for.
            let zombie = std::fs::read_to_string(there.join("stat")).is_ok_and(|stat| stat.contains(") Z "));
            if !there.exists() || zombie {
                return;
            }
            #[expect(clippy::disallowed_methods, reason = "nothing here is async")]
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    eprintln!("xtask: {name} (process {pid}) does not end");
}

fn leftovers() -> MutexGuard<'static, Vec<(u64, Left)>> {
    LEFTOVERS.lock().unwrap_or_else(PoisonError::into_inner)
}
