//! `cargo xtask bench`: a catalog of a given size, asked as people and programs ask, and what was measured.

mod http;
mod load;
mod questions;

use crate::demo_portal::{build, wait_until_it_listens};
use crate::generate;
use crate::shell::{self, Leftover, root, shown};
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use http::Client;
use load::{Percentiles, Pressure, Request, Times};
use questions::Sample;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use xtask::demo::Scale;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What to measure
    name: Name,
    /// Tables and views; the size for the bench unless told
    #[arg(long)]
    tables: Option<u64>,
    /// Columns of each table
    #[arg(long)]
    columns: Option<usize>,
    /// Partitions of all tables
    #[arg(long)]
    partitions: Option<u64>,
    /// Clients that ask at once
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// Seconds for each load
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Requests a second of all clients together; without it each asks again as soon as it has its answer
    #[arg(long)]
    rate: Option<u32>,
    /// Where the data lies; what is there already is used again
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The port for the server
    #[arg(long, default_value_t = 18_080)]
    port: u16,
    /// A program built before, instead of building a release
    #[arg(long, value_name = "FILE")]
    reeve: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// 1,000,000 tables with 20 columns: crawl, index, first page, search, suggestions, pages
    Search,
    /// 100,000 tables with 10,000,000 partitions: crawl, first page, memory
    Memory,
}

impl Name {
    fn scale(self) -> Scale {
        match self {
            Self::Search => Scale { tables: 1_000_000, columns: Some(20), partitions: 1_000_000, ..Scale::default() },
            Self::Memory => Scale { tables: 100_000, columns: Some(20), partitions: 10_000_000, ..Scale::default() },
        }
    }
}

/// # Errors
/// When a part cannot be built, filled, started or asked.
pub(crate) fn run(options: &Options) -> Result<()> {
    let _clear_away = shell::ClearAway::at_the_end()?;
    let usual = options.name.scale();
    let scale = Scale {
        tables: options.tables.unwrap_or(usual.tables),
        columns: options.columns.or(usual.columns),
        partitions: options.partitions.unwrap_or(usual.partitions),
        ..usual
    };
    let reeve = match &options.reeve {
        Some(reeve) => reeve.clone(),
        None => build(true)?,
    };
    let name = format!("bench/{}-{}-{}", scale.tables, scale.columns.unwrap_or(0), scale.partitions);
    let folder = options.data.clone().unwrap_or_else(|| root().join("target").join(name));
    let metastore = prepare(&folder, scale, options.port)?;
    let reeve = |command: &[&str]| {
        let mut reeve = Command::new(&reeve);
        reeve.arg("--config").arg(folder.join("reeve.toml")).args(command);
        reeve
    };
    println!("| what | figure |");
    println!("|---|---|");
    row("tables, columns each, partitions", &format!("{}, {:?}, {}", scale.tables, scale.columns, scale.partitions));
    fill(&folder, scale, &reeve)?;

    let sample = Sample::read(&metastore, 2_000)?;
    let (mut server, first) = start(&mut reeve(&["serve"]), options.port)?;
    row("start to first page", &format!("{:.2} s", first.as_secs_f64()));
    row("resident after the first page", &memory(server.id())?);
    let measured = measure(options, &sample);
    row("resident after the load", &memory(server.id())?);
    server.kill()?;
    server.wait()?;
    measured
}

/// Makes the metastore and the configuration where they are not there yet.
fn prepare(folder: &Path, scale: Scale, port: u16) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let metastore = folder.join("metastore.db");
    if !metastore.exists() {
        generate::write(&metastore, scale)?;
    }
    let config = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"catalog\"\n\n[log]\nfilter = \"warn\"\n\n[[sources]]\n\
         name = \"warehouse\"\nkind = \"hive\"\ndatabase = {:?}\n",
        format!("sqlite://{}", metastore.display())
    );
    std::fs::write(folder.join("reeve.toml"), config).context("cannot write reeve.toml")?;
    Ok(metastore)
}

/// Crawls and indexes, with the time that each takes; a folder that an earlier run filled is only indexed again.
fn fill(folder: &Path, scale: Scale, reeve: &impl Fn(&[&str]) -> Command) -> Result<()> {
    let crawled = folder.join("crawled");
    if !crawled.exists() {
        shell::run(&mut reeve(&["migrate"]))?;
        let took = timed(&mut reeve(&["crawl", "warehouse", "--progress", "none"]))?;
        row("crawl, catalog and index together", &rate(scale.tables, "tables", took));
        row("partitions in the crawl", &rate(scale.partitions, "partitions", took));
        std::fs::write(&crawled, "")?;
    }
    let took = timed(&mut reeve(&["index", "rebuild"]))?;
    row("index rebuild", &rate(scale.tables, "tables", took));
    Ok(())
}

fn measure(options: &Options, sample: &Sample) -> Result<()> {
    let time = Duration::from_secs(options.seconds);
    let pressure = Pressure { clients: options.clients, time, rate: options.rate };
    // Not measured: what was never read comes from the disk once.
    let warm = Pressure { time: Duration::from_secs(5), rate: None, ..pressure };
    if options.name == Name::Search {
        // No answer is known yet: what a search costs that nobody asked before.
        one_by_one("new search", options.port, &distinct(sample.searches()), false)?;
        load::run(options.port, &sample.searches(), warm)?;
        report("search", &load::run(options.port, &sample.searches(), pressure)?);
        report("suggestions", &load::run(options.port, &sample.suggestions(), pressure)?);
    }
    one_by_one("page", options.port, &sample.pages(), true)
}

/// One client, one request after the other, by kind: how long each takes, and what goes over the wire.
fn one_by_one(what: &str, port: u16, requests: &[Request], compressed: bool) -> Result<()> {
    let mut client = Client::connect(port)?;
    let mut by_kind = BTreeMap::<_, (Vec<u64>, usize)>::new();
    for request in requests {
        let begun = Instant::now();
        let answer = client.get(&request.target, compressed)?;
        ensure!(answer.status == 200, "{} answers {}", request.target, answer.status);
        let (times, largest) = by_kind.entry(request.kind).or_default();
        times.push(begun.elapsed().as_micros() as u64);
        *largest = answer.bytes.max(*largest);
    }
    let all: Vec<u64> = by_kind.values().flat_map(|(times, _)| times).copied().collect();
    row(what, &shape(&load::percentiles(all)));
    for (kind, (times, largest)) in by_kind {
        let figure = format!("{}, at most {} KiB", shape(&load::percentiles(times)), largest.div_ceil(1024));
        row(&format!("{what}: {kind}"), &figure);
    }
    Ok(())
}

/// Each request once.
fn distinct(mut requests: Vec<Request>) -> Vec<Request> {
    let mut seen = HashSet::new();
    requests.retain(|request| seen.insert(request.target.clone()));
    requests
}

/// Starts the server and answers how long its first page took, from the start of the process.
fn start(command: &mut Command, port: u16) -> Result<(Child, Duration)> {
    let begun = Instant::now();
    let name = shown(command);
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    // Ended by `run`, or by the clearing away when something fails first.
    let _ = Leftover::process(&name, child.id());
    wait_until_it_listens(&mut child, port)?;
    let answer = Client::connect(port)?.get("/search?q=order", true)?;
    ensure!(answer.status == 200, "the first page answers {}", answer.status);
    Ok((child, begun.elapsed()))
}

/// Resident memory by `/proc`; `anonymous` leaves out pages of mapped files, which the system may take back.
fn memory(pid: u32) -> Result<String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server is gone")?;
    let mib = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
    };
    let mib = |key: &str| mib(key).map_or_else(|| "?".to_owned(), |mib| mib.to_string());
    Ok(format!("{} MiB (anonymous {} MiB, peak {} MiB)", mib("VmRSS"), mib("RssAnon"), mib("VmHWM")))
}

fn timed(command: &mut Command) -> Result<Duration> {
    let begun = Instant::now();
    shell::run(command)?;
    Ok(begun.elapsed())
}

fn report(what: &str, times: &Times) {
    row(what, &format!("{}, {:.0} requests/s", shape(&times.all), times.per_second));
    for (kind, percentiles) in times.by_kind.iter().filter(|_| times.by_kind.len() > 1) {
        row(&format!("{what}: {kind}"), &shape(percentiles));
    }
}

fn shape(times: &Percentiles) -> String {
    let ms = |micros: u64| micros as f64 / 1_000.0;
    let Percentiles { count, p50, p90, p99, max } = *times;
    format!("p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.1} ms of {count}", ms(p50), ms(p90), ms(p99), ms(max))
}

fn rate(count: u64, what: &str, took: Duration) -> String {
    format!("{:.1} s ({:.0} {what}/s)", took.as_secs_f64(), count as f64 / took.as_secs_f64())
}

fn row(what: &str, figure: &str) {
    println!("| {what} | {figure} |");
}
