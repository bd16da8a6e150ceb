//! Crawl after crawl of a metastore that misbehaves, or under a program that is not left alone: whatever goes wrong, no
//! object that is still there is taken for deleted, and no crawl calls itself complete without what it was shown.
//!
//! `REEVE_FAULTS_CRAWLS` and `REEVE_FAULTS_SEED` make it longer and another; `cargo xtask faults` sets them.

use reeve::db::Db;
use reeve_demo::random::Random;
use reeve_tests::{Database, FakeMetastore, Fault, Reeve, Table, World, end, on_both_databases};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Crawls that something goes wrong in, unless `REEVE_FAULTS_CRAWLS` says otherwise.
const CRAWLS: usize = 20;
/// Between two crawls that nothing disturbs, which must make good all that went wrong before.
const FAULTS_IN_A_ROW: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// An empty metastore stands at the address.
    SwappedForEmpty,
    /// Another company's metastore stands at the address.
    SwappedForOther,
    /// Most databases are hidden, and look-ups agree: what a lost grant looks like.
    Hidden,
    /// One database lists nothing, and look-ups agree.
    Emptied,
    /// Listings lack some or many names; look-ups still find them.
    Unlisted,
    /// For some calls, lists of names are halved.
    Short,
    /// For some calls, every second object is not in the answer.
    Half,
    Hang,
    Cut,
    Refuse,
    Restart,
    /// Tables are dropped and made while the crawl runs.
    Busy,
    /// `kill -9` of the program.
    Killed,
    DiskFull,
    /// The metastore's file is half of what it was.
    Broken,
    /// Somebody else has the metastore's file for himself.
    Locked,
}

/// A metastore that is asked over Thrift.
const OVER_THRIFT: &[Kind] = &[
    Kind::SwappedForEmpty,
    Kind::Killed,
    Kind::Hidden,
    Kind::Cut,
    Kind::Emptied,
    Kind::DiskFull,
    Kind::Half,
    Kind::SwappedForOther,
    Kind::Hang,
    Kind::Unlisted,
    Kind::Restart,
    Kind::Short,
    Kind::Busy,
    Kind::Refuse,
];

/// A metastore whose database is read.
const BY_SQL: &[Kind] = &[
    Kind::SwappedForEmpty,
    Kind::Killed,
    Kind::Hidden,
    Kind::Broken,
    Kind::Emptied,
    Kind::DiskFull,
    Kind::SwappedForOther,
    Kind::Locked,
    Kind::Busy,
];

on_both_databases! {
    /// Faults of every kind in turn, at moments left to chance, and after every few of them a crawl in peace.
    async fn no_fault_costs_the_catalog_anything(database: Database) {
        run_trial(database, OVER_THRIFT).await;
    }

    /// The same for a metastore whose database is read instead.
    async fn no_fault_of_a_file_costs_the_catalog_anything(database: Database) {
        run_trial(database, BY_SQL).await;
    }
}

async fn run_trial(database: Database, kinds: &[Kind]) {
    let number = |name: &str, usual| match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => usual,
    };
    let (crawls, seed) = (number("REEVE_FAULTS_CRAWLS", CRAWLS), number("REEVE_FAULTS_SEED", 1));
    let mut trial = Trial::begin(database, kinds == OVER_THRIFT, seed as u64).await;
    let mut wrong = String::new();
    for turn in 0..crawls {
        let kind = kinds[turn % kinds.len()];
        trial.grow();
        let seen = trial.disturbed(turn, kind).await;
        let _ = seen.judge(turn, kind, &mut wrong);
        trial.tally.entry(kind).or_default().push(seen.ending);
        if turn % FAULTS_IN_A_ROW == FAULTS_IN_A_ROW - 1 || turn == crawls - 1 {
            trial.shrink();
            trial.in_peace(turn, &mut wrong).await;
        }
    }
    println!("{}", trial.table(database, crawls, seed));
    assert!(wrong.is_empty(), "seed {seed}:\n{wrong}");
    trial.reeve.remove().await;
}

/// One catalog, one metastore, and what is true.
struct Trial {
    chance: Random,
    world: World,
    metastore: Metastore,
    reeve: Reeve,
    /// Of a crawl in peace.
    calls: u64,
    took: Duration,
    /// Counts what was made, so that no two things have one name.
    made: u32,
    tally: BTreeMap<Kind, Vec<Ending>>,
}

/// Where the metastore stands.
enum Metastore {
    Server(FakeMetastore),
    File { folder: tempfile::TempDir },
}

impl Metastore {
    async fn set(&self, world: World, fault: Fault) {
        match self {
            Self::Server(server) => server.set(world, fault),
            Self::File { folder } => world.write(&folder.path().join("metastore.db")).await,
        }
    }

    /// Where its file is, if that is what it is.
    fn file(&self) -> PathBuf {
        match self {
            Self::Server(_) => panic!("this fault is one of files"),
            Self::File { folder } => folder.path().join("metastore.db"),
        }
    }
}

/// A crawl as it is seen from outside.
struct Seen {
    /// What the catalog had before.
    before: BTreeSet<String>,
    after: BTreeSet<String>,
    /// What the metastore had from the beginning of the crawl to its end.
    throughout: BTreeSet<String>,
    /// What its listings named in that time.
    shown: BTreeSet<String>,
    /// What it had at any time: nothing else may get into the catalog.
    ever: BTreeSet<String>,
    ending: Ending,
    /// What the crawl says of itself.
    notes: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    Complete,
    /// Partial, failed, refused: the crawl says that something is missing.
    Told,
    /// Killed, or out of disk before it could say anything.
    Cut,
}

impl Seen {
    /// Writes what must not be.
    fn judge(&self, turn: usize, kind: impl std::fmt::Debug, wrong: &mut String) -> std::fmt::Result {
        let mut say = |what: &str, objects: Vec<&String>| match objects.as_slice() {
            [] => Ok(()),
            [first, ..] => {
                let (count, ending, notes) = (objects.len(), self.ending, &self.notes);
                writeln!(wrong, "crawl {turn}, {kind:?}, {ending:?}: {what}: {count}, first {first}; {notes}")
            }
        };
        let lost = self.before.intersection(&self.throughout).filter(|object| !self.after.contains(*object));
        say("taken for deleted though still there", lost.collect())?;
        say(
            "not of this metastore",
            self.after.difference(&self.before).filter(|one| !self.ever.contains(*one)).collect(),
        )?;
        if self.ending == Ending::Complete {
            let due = self.throughout.iter().filter(|one| self.shown.contains(*one) || self.before.contains(*one));
            say("complete without what was there", due.filter(|one| !self.after.contains(*one)).collect())?;
            if self.notes == "[]" {
                let hidden = self.before.intersection(&self.throughout).filter(|one| !self.shown.contains(*one));
                say("complete without a word of what was not listed", hidden.collect())?;
            }
        }
        Ok(())
    }
}

impl Trial {
    async fn begin(database: Database, over_thrift: bool, seed: u64) -> Self {
        let mut chance = Random::new(seed);
        let uuid = (over_thrift && chance.percent(50)).then(|| "c0ffee00-0000-4000-8000-000000000001".to_owned());
        let mut world = World { uuid, warehouse: "hdfs://shop/warehouse".to_owned(), ..World::default() };
        for (name, tables) in [
            ("order", 40),
            ("member", 25),
            ("mart", 30),
            ("raw", 20),
            ("tmp", 12),
            ("cs", 8),
            ("one", 1),
            ("nothing", 0),
        ] {
            let tables =
                (0..tables).map(|number| (format!("{name}_{number:02}"), table(&mut chance, number))).collect();
            world.databases.insert(name.to_owned(), tables);
        }
        let (metastore, address) = if over_thrift {
            let server = FakeMetastore::start(world.clone()).await;
            let address = format!("uris = [\"{}\"]\nconnections = 2", server.uri);
            (Metastore::Server(server), address)
        } else {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let address = format!("database = \"sqlite://{}/metastore.db\"", folder.path().display());
            (Metastore::File { folder }, address)
        };
        let source = format!("[[sources]]\nname = \"prod\"\nkind = \"hive\"\n{address}\ntimeout_seconds = 1\n");
        let reeve = Reeve::new(database, &source).await;
        reeve.succeed(&["migrate"]).await;
        let mut trial = Self {
            chance,
            world,
            metastore,
            reeve,
            calls: 0,
            took: Duration::ZERO,
            made: 1_000,
            tally: BTreeMap::new(),
        };
        let mut wrong = String::new();
        trial.in_peace(0, &mut wrong).await;
        assert!(wrong.is_empty(), "before anything went wrong: {wrong}");
        trial
    }

    /// Tables, columns and partitions come; none goes.
    fn grow(&mut self) {
        for _ in 0..=self.chance.below(3) {
            self.made += 1;
            let (name, new) = (format!("new_{}", self.made), table(&mut self.chance, self.made));
            let database = *self.chance.pick(&["order", "member", "mart", "raw"]);
            self.world.databases.entry(database.to_owned()).or_default().insert(name, new);
        }
        let Self { world, chance, made, .. } = self;
        for table in world.databases.values_mut().flat_map(BTreeMap::values_mut) {
            if chance.percent(15) {
                *made += 1;
                table.columns.push(format!("c{made}"));
            }
            if let Some(partitions) = &mut table.partitions
                && chance.percent(30)
            {
                *made += 1;
                partitions.push(format!("{made}"));
            }
        }
    }

    /// A table goes, another is dropped and made again, partitions go: little enough to be believed.
    fn shrink(&mut self) {
        let Self { world, chance, made, .. } = self;
        let tables = world.databases.entry((*chance.pick(&["order", "member", "mart"])).to_owned()).or_default();
        let names: Vec<String> = tables.keys().cloned().collect();
        tables.remove(chance.pick(&names));
        if let Some(table) = tables.get_mut(chance.pick(&names)) {
            *made += 1;
            *table = self::table(chance, *made);
        }
        for table in world.databases.values_mut().flat_map(BTreeMap::values_mut) {
            if let Some(partitions) = &mut table.partitions
                && partitions.len() > 4
                && chance.percent(20)
            {
                partitions.remove(0);
            }
        }
    }

    /// A crawl that nothing disturbs ends complete, and then the catalog has what the metastore has, and nothing else.
    async fn in_peace(&mut self, turn: usize, wrong: &mut String) {
        self.metastore.set(self.world.clone(), Fault::None).await;
        let seen = self.crawl(turn, None).await;
        if let Metastore::Server(server) = &self.metastore {
            self.calls = server.calls();
        }
        let _ = seen.judge(turn, "in peace", wrong);
        let truth = everything(&self.world);
        let (more, less) = (seen.after.difference(&truth).count(), truth.difference(&seen.after).count());
        if seen.ending != Ending::Complete || (more, less) != (0, 0) {
            let (ending, notes) = (seen.ending, seen.notes);
            let _ = writeln!(wrong, "crawl {turn}, in peace, {ending:?}: {more} too many, {less} missing; {notes}");
        }
    }

    async fn disturbed(&mut self, turn: usize, kind: Kind) -> Seen {
        let calls = self.some_calls();
        let (served, fault) = match kind {
            Kind::SwappedForEmpty => {
                // Wiped where it stood, or another installation.
                let uuid = self.world.uuid.clone().filter(|_| self.chance.percent(50));
                (World { uuid, warehouse: self.world.warehouse.clone(), ..World::default() }, Fault::None)
            }
            Kind::SwappedForOther => (self.other_company(), Fault::None),
            Kind::Hidden => (self.hidden(), Fault::None),
            Kind::Emptied => {
                let mut served = self.world.clone();
                let database = *self.chance.pick(&["order", "member", "mart", "cs", "tmp", "one"]);
                served.databases.insert(database.to_owned(), BTreeMap::new());
                (served, Fault::None)
            }
            Kind::Unlisted => {
                let mut listed = self.world.clone();
                let percent = *self.chance.pick(&[3, 20, 60, 100]);
                for tables in listed.databases.values_mut() {
                    tables.retain(|_, _| !self.chance.percent(percent));
                }
                (self.world.clone(), Fault::Unlisted { listed: Box::new(listed) })
            }
            Kind::Short => (self.world.clone(), Fault::Short(calls)),
            Kind::Half => (self.world.clone(), Fault::Half(calls)),
            Kind::Hang => (self.world.clone(), Fault::Hang(calls.start..calls.start + 1 + self.chance.below(6))),
            Kind::Cut => (self.world.clone(), Fault::Cut(calls)),
            Kind::Refuse => (self.world.clone(), Fault::Refuse(calls)),
            Kind::Restart => {
                let away = Duration::from_millis(self.chance.below(1_500));
                (self.world.clone(), Fault::Restart { at: calls.start, away })
            }
            Kind::Busy => {
                let served = self.world.clone();
                self.grow();
                self.shrink();
                (served, Fault::Turn { at: calls.start, to: Box::new(self.world.clone()) })
            }
            Kind::Killed | Kind::DiskFull | Kind::Broken | Kind::Locked => (self.world.clone(), Fault::None),
        };
        let shown = match &fault {
            Fault::Unlisted { listed } => everything(listed),
            _ => everything(&served),
        };
        let truth = everything(&self.world);
        let throughout = match kind {
            Kind::Busy => everything(&served).intersection(&truth).cloned().collect(),
            _ => truth.clone(),
        };
        let ever = match kind {
            Kind::Busy => everything(&served).union(&truth).cloned().collect(),
            _ => truth,
        };
        self.metastore.set(served, fault).await;
        if kind == Kind::Broken {
            let file = std::fs::File::options().write(true).open(self.metastore.file()).expect("the metastore's file");
            let size = file.metadata().expect("its size").len();
            file.set_len(self.chance.below(size)).expect("a shorter file");
        }
        let mut seen = self.crawl(turn, Some(kind)).await;
        (seen.throughout, seen.shown, seen.ever) = (throughout, shown, ever);
        if kind == Kind::Short {
            // Which names were left out, if any, depends on the calls: only what is lost is judged.
            seen.shown.clone_from(&seen.before);
        }
        seen
    }

    /// A range of calls that begins during a crawl, and may never end.
    fn some_calls(&mut self) -> std::ops::Range<u64> {
        let from = self.chance.below(self.calls.max(1));
        from..match self.chance.below(3) {
            0 => from + 1,
            1 => from + 1 + self.chance.below(self.calls.max(1)),
            _ => u64::MAX,
        }
    }

    /// What somebody sees who was left few grants.
    fn hidden(&mut self) -> World {
        let mut seen = self.world.clone();
        let left = *self.chance.pick(&["nothing", "one", "cs", "order"]);
        seen.databases.retain(|name, _| name == left);
        seen
    }

    /// Some of the same names, made at other times in another place.
    fn other_company(&mut self) -> World {
        let uuid = self.world.uuid.as_ref().map(|_| "c0ffee00-0000-4000-8000-000000000002".to_owned());
        let mut other = World { uuid, warehouse: "hdfs://elsewhere/warehouse".to_owned(), ..World::default() };
        for (name, tables) in &self.world.databases {
            let name = if self.chance.percent(50) { name.clone() } else { format!("other_{name}") };
            let same = self.chance.below(100);
            let tables = tables.keys().map(|table| {
                self.made += 1;
                let name = if self.chance.percent(same) { table.clone() } else { format!("other_{table}") };
                (name, self::table(&mut self.chance, self.made))
            });
            let tables = tables.collect();
            other.databases.insert(name, tables);
        }
        other
    }

    /// Runs `reeve crawl` on what the metastore serves now, as the kind of fault has it.
    async fn crawl(&mut self, turn: usize, kind: Option<Kind>) -> Seen {
        let before = Catalog::read(&self.reeve).await;
        let arguments = ["crawl", "prod", "--progress", "none"];
        let some_time = self.took.mul_f64(self.chance.below(1_000) as f64 / 1_000.0);
        let ending = async {
            match kind {
                Some(Kind::Killed) => {
                    let mut crawl = self.reeve.start(&arguments);
                    tokio::time::sleep(some_time).await;
                    crawl.kill().await.expect("reeve can be killed");
                    None
                }
                Some(Kind::DiskFull) => {
                    let file = self.reeve.folder().join("data/reeve.db");
                    let size = std::fs::metadata(file).map_or(0, |file| file.len());
                    let limit = 4_096 + self.chance.below(size.max(64 << 10));
                    end(&mut crowded(self.reeve.command(&arguments), limit)).await.code
                }
                // The server turns by itself, at one of its calls.
                Some(Kind::Busy) if matches!(self.metastore, Metastore::File { .. }) => {
                    let turn = async {
                        tokio::time::sleep(some_time).await;
                        self.world.write(&self.metastore.file()).await;
                    };
                    tokio::join!(self.reeve.run(&arguments), turn).0.code
                }
                Some(Kind::Locked) => {
                    let options = SqliteConnectOptions::new().filename(self.metastore.file());
                    let mut other = options.connect().await.expect("the metastore's file");
                    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut other).await.expect("nobody else has it");
                    let time = Duration::from_millis(self.chance.below(3_000));
                    let held = async {
                        tokio::time::sleep(time).await;
                        other.close().await.expect("the connection closes");
                    };
                    tokio::join!(self.reeve.run(&arguments), held).0.code
                }
                Some(_) => self.reeve.run(&arguments).await.code,
                None => {
                    let begun = Instant::now();
                    let code = self.reeve.run(&arguments).await.code;
                    self.took = begun.elapsed();
                    code
                }
            }
        };
        let code = tokio::time::timeout(Duration::from_secs(180), ending)
            .await
            .unwrap_or_else(|_| panic!("crawl {turn}, {kind:?}: no end after 180 s"));
        let after = Catalog::read(&self.reeve).await;
        let id = |catalog: &Catalog| catalog.crawl.as_ref().map(|(id, ..)| *id);
        let newest = after.crawl.as_ref().filter(|_| id(&before) != id(&after));
        let ending = match (newest.map(|(_, state, _)| state.as_str()), code) {
            (Some("complete"), _) | (_, Some(0)) => Ending::Complete,
            (Some("queued" | "running") | None, _) => Ending::Cut,
            _ => Ending::Told,
        };
        let notes = newest.map_or_else(|| "[]".to_owned(), |(_, _, notes)| notes.clone());
        let truth = everything(&self.world);
        Seen {
            before: before.live,
            after: after.live,
            throughout: truth.clone(),
            shown: truth.clone(),
            ever: truth,
            ending,
            notes,
        }
    }

    /// What happened, as a table for `docs/faults.md`.
    fn table(&self, database: Database, crawls: usize, seed: usize) -> String {
        let mut table = format!(
            "{crawls} crawls on {database:?}, seed {seed}\n\n| fault | crawls | complete | told | cut short |\n|---|---|---|---|---|\n"
        );
        for (kind, endings) in &self.tally {
            let count = |ending| endings.iter().filter(|one| **one == ending).count();
            let (all, complete, told, cut) =
                (endings.len(), count(Ending::Complete), count(Ending::Told), count(Ending::Cut));
            let _ = writeln!(table, "| {kind:?} | {all} | {complete} | {told} | {cut} |");
        }
        table
    }
}

/// What stands in Reeve's own database.
struct Catalog {
    /// Databases, tables with their place, and partitions.
    live: BTreeSet<String>,
    /// The newest crawl: its id, state and notes.
    crawl: Option<(i64, String, String)>,
}

impl Catalog {
    async fn read(reeve: &Reeve) -> Self {
        let config = reeve::config::load(&reeve.folder().join("reeve.toml")).unwrap_or_else(|error| panic!("{error}"));
        let db = reeve::db::open(&config).await.unwrap_or_else(|error| panic!("{error:#}"));
        let live = "SELECT name FROM catalog_database WHERE deleted_at IS NULL
            UNION ALL SELECT d.name || '.' || t.name || ' ' || t.location
            FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id
            WHERE t.deleted_at IS NULL AND d.deleted_at IS NULL
            UNION ALL SELECT d.name || '.' || t.name || '/' || p.name
            FROM catalog_partition p JOIN catalog_table t ON t.id = p.table_id JOIN catalog_database d ON d.id = t.database_id
            WHERE p.deleted_at IS NULL AND t.deleted_at IS NULL AND d.deleted_at IS NULL";
        let crawl = "SELECT id, state, CAST(notes AS TEXT) FROM crawl ORDER BY id DESC LIMIT 1";
        let (live, crawl): (Vec<String>, _) = match &db {
            Db::Sqlite { read, .. } => (
                sqlx::query_scalar(live).fetch_all(read).await.expect("the catalog"),
                sqlx::query_as(crawl).fetch_optional(read).await.expect("the crawls"),
            ),
            Db::Postgres(pool) => (
                sqlx::query_scalar(live).fetch_all(pool).await.expect("the catalog"),
                sqlx::query_as(crawl).fetch_optional(pool).await.expect("the crawls"),
            ),
        };
        db.close().await;
        Self { live: live.into_iter().collect(), crawl }
    }
}

/// All objects of a world, named as [`Catalog::live`] names them.
fn everything(world: &World) -> BTreeSet<String> {
    let mut objects = BTreeSet::new();
    for (database, tables) in &world.databases {
        objects.insert(database.clone());
        for (name, table) in tables {
            objects.insert(format!("{database}.{name} {}/{database}.db/{name}", world.warehouse));
            objects.extend(table.partitions.iter().flatten().map(|dt| format!("{database}.{name}/dt={dt}")));
        }
    }
    objects
}

fn table(chance: &mut Random, number: u32) -> Table {
    Table {
        created_at: 1_600_000_000 + i32::try_from(number).expect("a small number") * 1_000,
        columns: (0..=chance.below(5)).map(|column| format!("column_{column}")).collect(),
        partitions: chance.percent(40).then(|| (0..chance.below(9)).map(|day| format!("2026-11-{day:02}")).collect()),
    }
}

/// The same command where no file may grow beyond `bytes`: a write fails as on a full disk, without a disk to fill and
/// without rights. The signal that would come with it is ignored, as a full disk sends none.
fn crowded(command: tokio::process::Command, bytes: u64) -> tokio::process::Command {
    let command = command.into_std();
    let mut crowded = std::process::Command::new("sh");
    crowded.args(["-c", "trap '' XFSZ; exec prlimit --fsize=\"$0\" -- \"$@\"", &bytes.to_string()]);
    crowded.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => crowded.env(name, value),
            None => crowded.env_remove(name),
        };
    }
    crowded.stdin(std::process::Stdio::null());
    let mut crowded = tokio::process::Command::from(crowded);
    crowded.kill_on_drop(true);
    crowded
}
