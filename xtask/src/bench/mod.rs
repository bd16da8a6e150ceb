//! `cargo xtask bench`: a catalog of a given size, asked as people and programs ask, and what was measured.

mod crawl;
mod guesses;
pub(crate) mod http;
mod load;
mod lucene;
mod questions;

use crate::demo_portal::{build, wait_until_it_listens};
use crate::generate;
use crate::shell::{self, Leftover, root, shown};
use anyhow::{Context, Result, anyhow, ensure};
use clap::ValueEnum;
use http::{Client, sign_in};
use load::{Percentiles, Pressure, Request, Times};
use lucene::Lucene;
use questions::{Question, Sample};
use reeve_demo::Scale;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
    /// Measure Lucene too, with its Korean analyzer, over the same tables and questions; needs Maven and a JDK
    #[arg(long)]
    beside_lucene: bool,
    /// A program built before, instead of building a release
    #[arg(long, value_name = "FILE")]
    reeve: Option<PathBuf>,
    /// Another program that `crawl` measures in turn with it: an older build
    #[arg(long, value_name = "FILE")]
    beside: Option<PathBuf>,
    /// How often `crawl` measures each program
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// 1,000,000 tables with 20 columns: crawl, index, first page, search, suggestions, pages
    Search,
    /// 100,000 tables with 10,000,000 partitions: crawl, first page, memory
    Memory,
    /// 100,000 tables with 20 columns by direct SQL: a first crawl, and a second one that finds nothing changed
    Crawl,
    /// 100,000 tables: what signed-in people notice while somebody sends 200 wrong sign-ins a second
    SignIn,
}

impl Name {
    fn scale(self) -> Scale {
        match self {
            Self::Search => Scale { tables: 1_000_000, columns: Some(20), partitions: 1_000_000, ..Scale::default() },
            Self::Memory => Scale { tables: 100_000, columns: Some(20), partitions: 10_000_000, ..Scale::default() },
            Self::Crawl | Self::SignIn => {
                Scale { tables: 100_000, columns: Some(20), partitions: 100_000, ..Scale::default() }
            }
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
        None => build("release")?,
    };
    let name = format!("bench/{}-{}-{}", scale.tables, scale.columns.unwrap_or(0), scale.partitions);
    let folder = options.data.clone().unwrap_or_else(|| root().join("target").join(name));
    if options.name == Name::Crawl {
        head(scale);
        return crawl::run(options, &folder, scale, &reeve);
    }
    let metastore = prepare(&folder, scale, options.port)?;
    let reeve = |command: &[&str]| {
        let mut reeve = Command::new(&reeve);
        reeve.arg("--config").arg(folder.join("reeve.toml")).args(command);
        reeve
    };
    head(scale);
    let rebuilt = fill(&folder, scale, &reeve)?;
    let lucene = if options.beside_lucene { Some(Lucene::fetch(&folder)?) } else { None };
    if let Some(lucene) = &lucene {
        let took = lucene.index(&folder.join("catalog/reeve.db").canonicalize()?)?;
        row("Lucene: index rebuild", &rate(scale.tables, "tables", took));
        row("Lucene / Reeve: index rebuild", &ratio(took.as_secs_f64(), rebuilt.as_secs_f64()));
    }

    let sample = Sample::read(&metastore, 2_000)?;
    let (mut server, first, cookie) = start(&mut reeve(&["serve"]), options.port)?;
    row("start to first page", &format!("{:.2} s", first.as_secs_f64()));
    row("resident after the first page", &memory(server.id())?);
    let measured = measure(options, &cookie, &sample, lucene.as_ref());
    row("resident after the load", &memory(server.id())?);
    server.kill()?;
    server.wait()?;
    measured
}

/// Wrong sign-ins a second.
const GUESSES: u32 = 200;

/// Who asks.
const LOGIN: &str = "bench";

/// Makes the metastore and the configuration where they are not there yet.
fn prepare(folder: &Path, scale: Scale, port: u16) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let metastore = folder.join("metastore.db");
    if !metastore.exists() {
        generate::write(&metastore, scale)?;
    }
    let config = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"catalog\"\n\n[log]\nfilter = \"warn\"\n\n[auth.demo]\npeople = [\"{LOGIN}\"]\n\n[[sources]]\n\
         name = \"warehouse\"\nkind = \"hive\"\ndatabase = {:?}\n",
        format!("sqlite://{}", metastore.display())
    );
    std::fs::write(folder.join("reeve.toml"), config).context("cannot write reeve.toml")?;
    Ok(metastore)
}

/// Crawls and indexes, with the time that each takes; a folder that an earlier run filled is only indexed again.
fn fill(folder: &Path, scale: Scale, reeve: &impl Fn(&[&str]) -> Command) -> Result<Duration> {
    let crawled = folder.join("crawled");
    if !crawled.exists() {
        shell::run(&mut reeve(&["migrate"]))?;
        shell::run(&mut reeve(&["user", "add", LOGIN]))?;
        let took = timed(&mut reeve(&["crawl", "warehouse", "--progress", "none"]))?;
        row("crawl, catalog and index together", &rate(scale.tables, "tables", took));
        row("partitions in the crawl", &rate(scale.partitions, "partitions", took));
        std::fs::write(&crawled, "")?;
    }
    let took = timed(&mut reeve(&["index", "rebuild"]))?;
    row("index rebuild", &rate(scale.tables, "tables", took));
    Ok(took)
}

fn measure(options: &Options, cookie: &str, sample: &Sample, lucene: Option<&Lucene>) -> Result<()> {
    let time = Duration::from_secs(options.seconds);
    let pressure = Pressure { clients: options.clients, time, rate: options.rate };
    // Not measured: what was never read comes from the disk once.
    let warm = Pressure { time: Duration::from_secs(5), rate: None, ..pressure };
    if options.name == Name::SignIn {
        let searches: Vec<Request> = sample.questions().iter().map(Question::request).collect();
        // A rate that one core serves, so that a wait is seen as one.
        let pressure = Pressure { rate: Some(options.rate.unwrap_or(100)), ..pressure };
        load::run(options.port, cookie, &searches, warm)?;
        let without = load::run(options.port, cookie, &searches, pressure)?;
        report("search, without guesses", &without);
        let stop = AtomicBool::new(false);
        let (with, answers) = std::thread::scope(|scope| {
            let guesser = scope.spawn(|| guesses::run(options.port, GUESSES, &stop));
            let with = load::run(options.port, cookie, &searches, pressure);
            stop.store(true, Ordering::Relaxed);
            (with, guesser.join())
        });
        let (with, answers) = (with?, answers.map_err(|_| anyhow!("the guesser panicked"))??);
        report("search, beside 200 guesses/s", &with);
        row("p99 beside guesses / without", &ratio(with.all.p99 as f64, without.all.p99.max(1) as f64));
        for (status, count) in answers {
            row(&format!("guesses answered {status}"), &count.to_string());
        }
        return Ok(());
    }
    if options.name == Name::Search {
        let questions = sample.questions();
        let new = distinct(questions.clone());
        // No answer is known yet: what a search costs that nobody asked before.
        let ours = one_by_one(options.port, cookie, new.iter().map(Question::request), false)?;
        report_each("new search", &ours);
        if let Some(lucene) = lucene {
            report_beside(&ours, &lucene.search(&new)?);
        }
        let searches: Vec<Request> = questions.iter().map(Question::request).collect();
        load::run(options.port, cookie, &searches, warm)?;
        report("search", &load::run(options.port, cookie, &searches, pressure)?);
        report("suggestions", &load::run(options.port, cookie, &sample.suggestions(), pressure)?);
    }
    report_each("page", &one_by_one(options.port, cookie, sample.pages(), true)?);
    Ok(())
}

/// What one client saw, by kind of request.
type ByKind = BTreeMap<&'static str, Measured>;

#[derive(Default)]
struct Measured {
    micros: Vec<u64>,
    /// Answers without a hit.
    without: usize,
    /// Bytes of the largest answer, as sent.
    largest: usize,
}

impl Measured {
    fn add(&mut self, micros: u64, without: bool) {
        self.micros.push(micros);
        self.without += usize::from(without);
    }
}

/// One client, one request after the other: how long each takes, and what goes over the wire.
fn one_by_one(
    port: u16,
    cookie: &str,
    requests: impl IntoIterator<Item = Request>,
    compressed: bool,
) -> Result<ByKind> {
    let mut client = Client::with(port, cookie)?;
    let mut by_kind = ByKind::new();
    for request in requests {
        let begun = Instant::now();
        let answer = client.get(&request.target, compressed)?;
        let micros = begun.elapsed().as_micros() as u64;
        ensure!(answer.status == 200, "{} answers {}", request.target, answer.status);
        let nothing = !compressed && client.body().windows(10).any(|part| part == b"\"total\":0,");
        let measured = by_kind.entry(request.kind).or_default();
        measured.add(micros, nothing);
        measured.largest = answer.bytes.max(measured.largest);
    }
    Ok(by_kind)
}

/// Each once.
fn distinct<T: Clone + Eq + std::hash::Hash>(mut all: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.retain(|one| seen.insert(one.clone()));
    all
}

/// Starts the server and answers how long its first page took, from the start of the process.
fn start(command: &mut Command, port: u16) -> Result<(Child, Duration, String)> {
    let begun = Instant::now();
    let name = shown(command);
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    // Ended by `run`, or by the clearing away when something fails first.
    let _ = Leftover::process(&name, child.id());
    wait_until_it_listens(&mut child, port)?;
    let cookie = sign_in(port, LOGIN)?;
    let answer = Client::with(port, &cookie)?.get("/search?q=order", true)?;
    ensure!(answer.status == 200, "the first page answers {}", answer.status);
    Ok((child, begun.elapsed(), cookie))
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

fn report_each(what: &str, by_kind: &ByKind) {
    row(what, &shape(&all(by_kind)));
    for (kind, measured) in by_kind {
        let Measured { micros, without, largest } = measured;
        let mut figure = shape(&load::percentiles(micros.clone()));
        if *without > 0 {
            figure += &format!(", {without} without a hit");
        }
        if *largest > 0 {
            figure += &format!(", at most {} KiB", largest.div_ceil(1024));
        }
        row(&format!("{what}: {kind}"), &figure);
    }
}

fn all(by_kind: &ByKind) -> Percentiles {
    load::percentiles(by_kind.values().flat_map(|measured| &measured.micros).copied().collect())
}

/// Lucene's times, and how many times Reeve's they are. Reeve's go over HTTP and are of a first time asked.
fn report_beside(ours: &ByKind, lucene: &ByKind) {
    report_each("Lucene: search", lucene);
    let times = |ours: &Percentiles, other: &Percentiles| {
        let ratio = |ours: u64, other: u64| ratio(other as f64, ours.max(1) as f64);
        format!("p50 {}, p99 {}", ratio(ours.p50, other.p50), ratio(ours.p99, other.p99))
    };
    row("Lucene / Reeve: search", &times(&all(ours), &all(lucene)));
    for (kind, measured) in ours {
        let Some(other) = lucene.get(kind) else { continue };
        let (ours, other) = (load::percentiles(measured.micros.clone()), load::percentiles(other.micros.clone()));
        row(&format!("Lucene / Reeve: search: {kind}"), &times(&ours, &other));
    }
}

fn ratio(other: f64, ours: f64) -> String {
    format!("{:.1} times as long", other / ours)
}

fn shape(times: &Percentiles) -> String {
    let ms = |micros: u64| micros as f64 / 1_000.0;
    let Percentiles { count, p50, p90, p99, max } = *times;
    format!("p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.1} ms of {count}", ms(p50), ms(p90), ms(p99), ms(max))
}

fn rate(count: u64, what: &str, took: Duration) -> String {
    format!("{:.1} s ({:.0} {what}/s)", took.as_secs_f64(), count as f64 / took.as_secs_f64())
}

fn head(scale: Scale) {
    println!("| what | figure |");
    println!("|---|---|");
    let columns = scale.columns.map_or_else(|| "as usual".to_owned(), |columns| columns.to_string());
    row("tables, columns each, partitions", &format!("{}, {columns}, {}", scale.tables, scale.partitions));
}

fn row(what: &str, figure: &str) {
    println!("| {what} | {figure} |");
}
