//! How fast the Thrift crawl is, next to a bare client that makes the same calls over as many connections and drops
//! what comes: `REEVE_BENCH_HMS=thrift://127.0.0.1:9083 cargo bench -p reeve-crawlers`.
//!
//! The metastore is a real one, filled with `tests/peers/run-seed.sh 2000 20000`. Rounds of both take turns, so that
//! what the metastore has cached serves both; the first round of each is not counted.

use reeve_crawlers::hive::HiveConfig;
use reeve_crawlers::{Observation, Run};
use std::collections::HashSet;
use std::error::Error;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TFieldIdentifier, TInputProtocol, TListIdentifier, TMessageIdentifier,
    TMessageType, TOutputProtocol, TType,
};
use tokio_util::sync::CancellationToken;

const CONNECTIONS: usize = 4;
const ROUNDS: usize = 5;
const TABLES_PER_CALL: usize = 200;
const PARTITIONS_PER_CALL: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    // `cargo test --all-targets` runs benches without `--bench`: there it is enough that they compile.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let uri = std::env::var("REEVE_BENCH_HMS")
        .map_err(|_| "REEVE_BENCH_HMS is not set: the URI of a metastore filled by tests/peers/run-seed.sh")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (first, found) = ours(&runtime, &uri)?;
    bare(&uri, &found.partitioned)?;
    writeln!(out, "{} tables, {} partitions, {CONNECTIONS} connections", found.tables, found.partitions)?;
    writeln!(out, "cold crawl {:.2} s\n\nround  crawl s  bare s  ratio", first.as_secs_f64())?;
    let (mut crawls, mut fetches) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let (crawl, _) = ours(&runtime, &uri)?;
        let fetch = bare(&uri, &found.partitioned)?;
        let ratio = crawl.as_secs_f64() / fetch.as_secs_f64();
        writeln!(out, "{round:5}  {:7.2}  {:6.2}  {ratio:5.2}", crawl.as_secs_f64(), fetch.as_secs_f64())?;
        crawls.push(crawl.as_secs_f64());
        fetches.push(fetch.as_secs_f64());
    }
    let (crawl, fetch) = (median(&mut crawls), median(&mut fetches));
    writeln!(out, "median {crawl:7.2}  {fetch:6.2}  {:5.2}   (goal: at most 1.3)", crawl / fetch)?;
    Ok(())
}

fn median(seconds: &mut [f64]) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

#[derive(Default)]
struct Found {
    tables: usize,
    partitions: usize,
    partitioned: HashSet<(String, String)>,
}

/// One crawl, its observations counted.
fn ours(runtime: &tokio::runtime::Runtime, uri: &str) -> Result<(Duration, Found), Box<dyn Error>> {
    let config = HiveConfig { uris: vec![uri.into()], database: None, connections: CONNECTIONS, timeout_seconds: 600 };
    let crawler = config.build()?;
    let started = Instant::now();
    let found = runtime.block_on(async {
        let (run, mut receiver) = Run::new(8 * 1_024, CancellationToken::new());
        let crawl = async {
            let result = crawler.crawl(&run).await;
            drop(run);
            result
        };
        let count = async {
            let mut found = Found::default();
            while let Some(observation) = receiver.recv().await {
                match observation {
                    Observation::Table(_) => found.tables += 1,
                    Observation::PartitionsListed { database, table, names } => {
                        found.partitions += names.len();
                        found.partitioned.insert((database, table));
                    }
                    _ => {}
                }
            }
            found
        };
        let (result, found) = tokio::join!(crawl, count);
        result.map(|()| found)
    })?;
    Ok((started.elapsed(), found))
}

enum Task {
    Database(String),
    Tables(String, Vec<String>),
    PartitionNames(String, String),
    Partitions(String, String, Vec<String>),
}

/// The same calls, with all that is not needed for the next call skipped.
fn bare(uri: &str, partitioned: &HashSet<(String, String)>) -> Result<Duration, Box<dyn Error>> {
    let host = uri.trim_start_matches("thrift://");
    let started = Instant::now();
    let databases = Bare::connect(host)?.names("get_all_databases", &[])?;
    let (left, failed) = (AtomicUsize::new(databases.len()), AtomicBool::new(false));
    let tasks = Mutex::new(databases.into_iter().map(Task::Database).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        let work = || -> Result<(), thrift::Error> {
            let mut client = Bare::connect(host)?;
            while left.load(Ordering::Acquire) > 0 && !failed.load(Ordering::Acquire) {
                let Some(task) = tasks.lock().expect("not poisoned").pop() else {
                    std::thread::yield_now();
                    continue;
                };
                let more = client.work(task, partitioned).inspect_err(|_| failed.store(true, Ordering::Release))?;
                left.fetch_add(more.len(), Ordering::AcqRel);
                tasks.lock().expect("not poisoned").extend(more);
                left.fetch_sub(1, Ordering::AcqRel);
            }
            Ok(())
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    Ok(started.elapsed())
}

struct Bare {
    input: TBinaryInputProtocol<BufReader<TcpStream>>,
    stream: TcpStream,
}

/// An argument of a call.
enum Argument<'a> {
    Text(&'a str),
    Texts(&'a [String]),
    All,
}

impl Bare {
    fn connect(host: &str) -> Result<Self, thrift::Error> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        let reader = BufReader::with_capacity(256 * 1024, stream.try_clone()?);
        Ok(Self { input: TBinaryInputProtocol::new(reader, true), stream })
    }

    fn work(&mut self, task: Task, partitioned: &HashSet<(String, String)>) -> Result<Vec<Task>, thrift::Error> {
        match task {
            Task::Database(database) => {
                let tables = self.names("get_all_tables", &[Argument::Text(&database)])?;
                self.drop_answer("get_database", &[Argument::Text(&database)])?;
                let batches = tables.chunks(TABLES_PER_CALL);
                Ok(batches.map(|names| Task::Tables(database.clone(), names.to_vec())).collect())
            }
            Task::Tables(database, names) => {
                self.drop_answer("get_table_objects_by_name", &[Argument::Text(&database), Argument::Texts(&names)])?;
                let tables = names.into_iter().map(|name| (database.clone(), name));
                let tables = tables.filter(|table| partitioned.contains(table));
                Ok(tables.map(|(database, name)| Task::PartitionNames(database, name)).collect())
            }
            Task::PartitionNames(database, table) => {
                let arguments = [Argument::Text(&database), Argument::Text(&table), Argument::All];
                let names = self.names("get_partition_names", &arguments)?;
                let batches = names.chunks(PARTITIONS_PER_CALL);
                Ok(batches.map(|names| Task::Partitions(database.clone(), table.clone(), names.to_vec())).collect())
            }
            Task::Partitions(database, table, names) => {
                let arguments = [Argument::Text(&database), Argument::Text(&table), Argument::Texts(&names)];
                self.drop_answer("get_partitions_by_names", &arguments)?;
                Ok(Vec::new())
            }
        }
    }

    fn names(&mut self, call: &str, arguments: &[Argument<'_>]) -> Result<Vec<String>, thrift::Error> {
        self.send(call, arguments)?;
        self.input.read_field_begin()?;
        let size = self.input.read_list_begin()?.size;
        let names = (0..size).map(|_| self.input.read_string()).collect::<Result<_, _>>()?;
        self.input.read_field_begin()?;
        Ok(names)
    }

    fn drop_answer(&mut self, call: &str, arguments: &[Argument<'_>]) -> Result<(), thrift::Error> {
        self.send(call, arguments)?;
        self.input.skip(TType::Struct)
    }

    /// Sends the call and reads the head of its answer.
    fn send(&mut self, call: &str, arguments: &[Argument<'_>]) -> Result<(), thrift::Error> {
        let mut output = TBinaryOutputProtocol::new(Vec::new(), true);
        output.write_message_begin(&TMessageIdentifier::new(call, TMessageType::Call, 1))?;
        for (argument, id) in arguments.iter().zip(1..) {
            match argument {
                Argument::Text(text) => {
                    output.write_field_begin(&TFieldIdentifier::new("", TType::String, id))?;
                    output.write_string(text)?;
                }
                Argument::Texts(texts) => {
                    output.write_field_begin(&TFieldIdentifier::new("", TType::List, id))?;
                    let size = i32::try_from(texts.len()).expect("a batch");
                    output.write_list_begin(&TListIdentifier::new(TType::String, size))?;
                    texts.iter().try_for_each(|text| output.write_string(text))?;
                }
                Argument::All => {
                    output.write_field_begin(&TFieldIdentifier::new("", TType::I16, id))?;
                    output.write_i16(-1)?;
                }
            }
        }
        output.write_field_stop()?;
        self.stream.write_all(&output.transport)?;
        let answer = self.input.read_message_begin()?;
        assert_eq!(answer.message_type, TMessageType::Reply, "{call}");
        Ok(())
    }
}
