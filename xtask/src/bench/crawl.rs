//! How long a crawl takes: the first one, and one that finds nothing changed. Of this tree's program and, where asked, of
//! another beside it, taking turns, so that both see the same weather on a shared machine.

use super::{Options, rate, ratio, row};
use crate::generate;
use crate::shell::{self, Leftover, shown};
use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use reeve_demo::Scale;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A crawl of each sort in each round.
const SORTS: [&str; 2] = ["first crawl", "second crawl, nothing changed"];

/// What one crawl took.
#[derive(Clone, Copy)]
struct Took {
    time: Duration,
    /// Times that a thread of it gave up its core to wait.
    waits: u64,
    /// Resident memory at its highest.
    peak_kib: u64,
}

/// # Errors
/// When a program does not crawl everything, or finds changes where there are none.
pub(super) fn run(options: &Options, folder: &Path, scale: Scale, program: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let metastore = folder.join("metastore.db");
    if !metastore.exists() {
        generate::write(&metastore, scale)?;
    }
    let mut programs = vec![("Reeve", program.to_owned())];
    programs.extend(options.beside.iter().map(|other| ("beside", other.clone())));
    let mut all: Vec<[Vec<Took>; 2]> = programs.iter().map(|_| Default::default()).collect();
    for round in 0..options.rounds.max(1) {
        for (index, (name, program)) in programs.iter().enumerate() {
            let config = config(&folder, &metastore, name)?;
            shell::run(reeve(program, &config).arg("migrate"))?;
            for (sort, seen) in all[index].iter_mut().enumerate() {
                let took = crawl(reeve(program, &config), scale, sort == 0)?;
                row(&format!("{name}, round {}: {}", round + 1, SORTS[sort]), &shape(scale, took));
                seen.push(took);
            }
        }
    }
    for (sort, what) in SORTS.iter().enumerate() {
        let ours = median(&all[0][sort]);
        row(&format!("{what}, median"), &shape(scale, ours));
        if let [_, other] = all.as_slice() {
            let other = median(&other[sort]);
            row(&format!("{what}, beside"), &shape(scale, other));
            row(&format!("{what}, beside / Reeve"), &ratio(other.time.as_secs_f64(), ours.time.as_secs_f64()));
        }
    }
    Ok(())
}

/// A configuration with an empty catalog.
fn config(folder: &Path, metastore: &Path, name: &str) -> Result<PathBuf> {
    let catalog = folder.join(format!("catalog-{name}"));
    if catalog.exists() {
        std::fs::remove_dir_all(&catalog).with_context(|| format!("cannot delete {}", catalog.display()))?;
    }
    let config = folder.join(format!("{name}.toml"));
    let text = format!(
        "[server]\ndata_dir = {catalog:?}\n\n[log]\nfilter = \"warn\"\n\n[[sources]]\nname = \"warehouse\"\n\
         kind = \"hive\"\ndatabase = {:?}\n",
        format!("sqlite://{}", metastore.display())
    );
    std::fs::write(&config, text).with_context(|| format!("cannot write {}", config.display()))?;
    Ok(config)
}

fn reeve(program: &Path, config: &Path) -> Command {
    let mut reeve = Command::new(program);
    reeve.arg("--config").arg(config);
    reeve
}

/// Crawls and looks at the process meanwhile.
fn crawl(mut command: Command, scale: Scale, first: bool) -> Result<Took> {
    command.args(["crawl", "warehouse", "--progress", "json"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let shown = shown(&command);
    let (begun, waits) = (Instant::now(), waits()?);
    let mut child = command.spawn().with_context(|| format!("cannot start {shown}"))?;
    let kept = Leftover::process(&shown, child.id());
    let output = BufReader::new(child.stdout.take().context("its output is piped")?);
    let last = std::thread::spawn(move || output.lines().map_while(Result::ok).last());
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak(child.id()).unwrap_or(peak_kib).max(peak_kib);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        #[expect(clippy::disallowed_methods, reason = "nothing here is async")]
        std::thread::sleep(Duration::from_millis(10));
    };
    kept.forget();
    let took = Took { time: begun.elapsed(), waits: self::waits()? - waits, peak_kib };
    ensure!(status.success(), "{shown} ended with {status}");
    let last = last.join().ok().flatten().with_context(|| format!("{shown} says nothing"))?;
    let counts: serde_json::Value = serde_json::from_str(&last).with_context(|| format!("{shown} says {last}"))?;
    let count = |name: &str| counts[name].as_u64();
    ensure!(count("harvested") == Some(scale.tables), "{shown} did not read everything: {last}");
    let new = if first { scale.tables } else { 0 };
    ensure!((count("added"), count("changed")) == (Some(new), Some(0)), "{shown} counts otherwise: {last}");
    Ok(took)
}

/// Of all programs that this one has started and seen end, with all their threads.
fn waits() -> Result<u64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot tell what other programs used")?;
    Ok(usage.voluntary_context_switches().unsigned_abs())
}

/// `None` when the process has ended.
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find(|line| line.starts_with("VmHWM"))?.split_whitespace().nth(1)?.parse().ok()
}

fn median(all: &[Took]) -> Took {
    let mut all = all.to_vec();
    all.sort_by_key(|took| took.time);
    all[all.len() / 2]
}

fn shape(scale: Scale, took: Took) -> String {
    let Took { time, waits, peak_kib } = took;
    format!("{}, {waits} waits, at most {} MiB", rate(scale.tables, "tables", time), peak_kib / 1_024)
}
