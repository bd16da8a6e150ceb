//! The whole way from a metastore's database into the catalog and the index, as an operator goes it:
//! `cargo bench -p reeve --bench crawl -- --tables 100000 --columns 20 --partitions 100000 [--reeve FILE]`.
//!
//! The program crawls the demo company at that size into a new SQLite catalog, and then a second time, when nothing has
//! changed. With `--reeve` that program is measured instead of this one: an older build, for comparison.

use reeve_demo::Scale;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --all-targets` runs benches without `--bench`: there it is enough that they compile.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let given =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, usual: u64| given(name).map_or(Ok(usual), |number| number.parse());
    let tables = number("--tables", 20_000)?;
    let columns = number("--columns", 20)?;
    let partitions = number("--partitions", tables)?;
    let reeve = given("--reeve").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_reeve")), PathBuf::from);

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let metastore = folder.join(format!("metastore-{tables}-{columns}-{partitions}.db"));
    if !metastore.exists() {
        let scale = Scale { tables, columns: Some(usize::try_from(columns)?), partitions, ..Scale::default() };
        tokio::runtime::Runtime::new()?.block_on(reeve_demo::write(&metastore, scale, |_| ()))?;
    }
    let catalog = tempfile::tempdir_in(folder)?;
    let database = format!("sqlite://{}", metastore.display());
    let config = format!(
        "[server]\ndata_dir = \"catalog\"\n\n[log]\nfilter = \"warn\"\n\n[[sources]]\nname = \"warehouse\"\n\
         kind = \"hive\"\ndatabase = {database:?}\n"
    );
    let config_file = catalog.path().join("reeve.toml");
    std::fs::write(&config_file, config)?;

    writeln!(out, "{tables} tables of {columns} columns, {partitions} partitions, {}", reeve.display())?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&reeve);
        command.arg("--config").arg(&config_file).args(arguments);
        command
    };
    measured(command(&["migrate"]))?;
    for name in ["first crawl", "nothing has changed"] {
        let Measured { took, usage } = measured(command(&["crawl", "warehouse", "--progress", "none"]))?;
        let Usage { processor, memory } = usage;
        let (took, processor) = (took.as_secs_f64(), processor.as_secs_f64());
        writeln!(out, "{name}: {took:.2} s, {processor:.2} s of the processors, {memory} MiB at most")?;
    }
    Ok(())
}

struct Measured {
    took: Duration,
    usage: Usage,
}

#[derive(Clone, Copy, Default)]
struct Usage {
    processor: Duration,
    /// MiB.
    memory: u64,
}

/// Runs a program to its end, and looks at it every few milliseconds, since nothing is left of it afterwards.
fn measured(mut command: Command) -> Result<Measured, Box<dyn Error>> {
    let started = Instant::now();
    let mut child = command.spawn()?;
    let mut usage = Usage::default();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        usage = usage_of(&child).unwrap_or(usage);
        #[expect(clippy::disallowed_methods, reason = "nothing else runs on this thread")]
        std::thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        return Err(format!("{command:?}: {status}").into());
    }
    Ok(Measured { took: started.elapsed(), usage })
}

/// `None` once it has ended.
fn usage_of(child: &Child) -> Option<Usage> {
    /// Ticks of a second in `/proc`, on every Linux.
    const TICKS: u64 = 100;
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    // The name in brackets may hold blanks; the times of user and system are the 12th and 13th field after it.
    let ticks =
        stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2).map_while(|field| field.parse::<u64>().ok());
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let memory =
        status.lines().find(|line| line.starts_with("VmHWM"))?.split_whitespace().nth(1)?.parse::<u64>().ok()?;
    Some(Usage { processor: Duration::from_millis(ticks.sum::<u64>() * 1_000 / TICKS), memory: memory / 1_024 })
}
