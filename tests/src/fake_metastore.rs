//! A Hive metastore that a test fills, changes, swaps and breaks: Thrift's binary protocol, unframed, for the calls
//! that a crawl makes. It answers what its [`World`] holds, unless a [`Fault`] says otherwise.

use reeve_crawlers::hive::sql::SQLITE_SCHEMA;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a metastore holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// What it calls its own database, from Hive 3 on.
    pub uuid: Option<String>,
    pub warehouse: String,
    pub databases: BTreeMap<String, BTreeMap<String, Table>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Seconds since 1970.
    pub created_at: i32,
    pub columns: Vec<String>,
    /// Values of its one partition key, `dt`; `None` for a table that has no key.
    pub partitions: Option<Vec<String>>,
}

/// What goes wrong, counted in calls since it was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// No answer to the calls in this range.
    Hang(std::ops::Range<u64>),
    /// The connection is cut in the middle of the answers to the calls in this range.
    Cut(std::ops::Range<u64>),
    /// Of the objects that the calls in this range ask for together, every second one is answered.
    Half(std::ops::Range<u64>),
    /// Of the names that the calls in this range list, every second one is answered.
    Short(std::ops::Range<u64>),
    /// The calls in this range are refused with an exception of the server.
    Refuse(std::ops::Range<u64>),
    /// From this call on the server is away for a while: all connections end, and none is taken.
    Restart { at: u64, away: Duration },
    /// With this call the world becomes another.
    Turn { at: u64, to: Box<World> },
    /// Listings name this part only; who asks for what they leave out is answered well.
    Unlisted { listed: Box<World> },
}

/// A running one. It ends with the value.
pub struct FakeMetastore {
    /// `thrift://127.0.0.1:PORT`
    pub uri: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    world: Mutex<World>,
    fault: Mutex<Fault>,
    /// Since the fault was set.
    calls: AtomicU64,
    /// Counts restarts: a connection of an earlier one ends.
    generation: watch::Sender<u64>,
    away_until: Mutex<Option<tokio::time::Instant>>,
}

impl FakeMetastore {
    /// # Panics
    /// When there is no free port.
    pub async fn start(world: World) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let uri = format!("thrift://{}", listener.local_addr().expect("a bound port"));
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            fault: Mutex::default(),
            calls: AtomicU64::new(0),
            generation: watch::Sender::new(0),
            away_until: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Who asks while it is away is sent off, as by a port that nobody listens on.
                if !serving.is_away() {
                    tokio::spawn(serve(stream, Arc::clone(&serving)));
                }
            }
        });
        Self { uri, shared, accepting }
    }

    /// What it holds now.
    pub fn world(&self) -> World {
        lock(&self.shared.world).clone()
    }

    /// What it holds from now on, and how it misbehaves. Connections from before go on, as behind a load balancer.
    pub fn set(&self, world: World, fault: Fault) {
        *lock(&self.shared.world) = world;
        *lock(&self.shared.fault) = fault;
        *lock(&self.shared.away_until) = None;
        self.shared.calls.store(0, Ordering::SeqCst);
    }

    /// The calls since the last [`FakeMetastore::set`].
    pub fn calls(&self) -> u64 {
        self.shared.calls.load(Ordering::SeqCst)
    }
}

impl Drop for FakeMetastore {
    fn drop(&mut self) {
        self.accepting.abort();
        // Connections that wait would wait for ever.
        self.shared.generation.send_modify(|generation| *generation += 1);
    }
}

impl Shared {
    fn is_away(&self) -> bool {
        lock(&self.away_until).is_some_and(|until| tokio::time::Instant::now() < until)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut generation = shared.generation.subscribe();
    tokio::select! {
        _ = generation.changed() => {}
        _ = converse(stream, &shared) => {}
    }
}

/// Answers call after call; `None` when the connection is to end.
async fn converse(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    let (read, mut write) = stream.split();
    let mut read = BufReader::new(read);
    loop {
        let call = Call::read(&mut read).await?;
        let number = shared.calls.fetch_add(1, Ordering::SeqCst);
        let fault = lock(&shared.fault).clone();
        match &fault {
            Fault::Hang(calls) if calls.contains(&number) => std::future::pending().await,
            Fault::Restart { at, away } if *at == number => {
                *lock(&shared.away_until) = Some(tokio::time::Instant::now() + *away);
                shared.generation.send_modify(|generation| *generation += 1);
                return None;
            }
            Fault::Turn { at, to } if *at == number => lock(&shared.world).clone_from(to),
            _ => {}
        }
        let refused = matches!(&fault, Fault::Refuse(calls) if calls.contains(&number));
        let part = Part {
            names: 1 + usize::from(matches!(&fault, Fault::Short(calls) if calls.contains(&number))),
            objects: 1 + usize::from(matches!(&fault, Fault::Half(calls) if calls.contains(&number))),
        };
        let listed = if let Fault::Unlisted { listed } = &fault { Some(&**listed) } else { None };
        let answer = match refused {
            true => Err(Refusal::Exception(call.meta_exception(), "Exception thrown when executing query".to_owned())),
            false => call.answer(&lock(&shared.world), listed, &part),
        };
        let bytes = call.reply(answer);
        if matches!(&fault, Fault::Cut(calls) if calls.contains(&number)) {
            let _ = write.write_all(&bytes[..bytes.len() / 2]).await;
            return None;
        }
        write.write_all(&bytes).await.ok()?;
    }
}

/// Of how many elements of a list one is answered.
struct Part {
    names: usize,
    objects: usize,
}

/// One call: its name, its number, and the texts among its arguments in order.
struct Call {
    name: String,
    sequence: i32,
    texts: Vec<String>,
}

enum Refusal {
    /// The exception in this field of the result.
    Exception(i16, String),
    UnknownMethod,
}

const STOP: u8 = 0;
const BOOL: u8 = 2;
const I16: u8 = 6;
const I32: u8 = 8;
const TEXT: u8 = 11;
const STRUCT: u8 = 12;
const MAP: u8 = 13;
const LIST: u8 = 15;

impl Call {
    async fn read(input: &mut (impl AsyncReadExt + Unpin)) -> Option<Self> {
        // Version and kind of the message: a client only ever calls.
        input.read_u32().await.ok()?;
        let name = text(input).await?;
        let sequence = input.read_i32().await.ok()?;
        let mut texts = Vec::new();
        loop {
            let kind = input.read_u8().await.ok()?;
            if kind == STOP {
                return Some(Self { name, sequence, texts });
            }
            input.read_i16().await.ok()?;
            match kind {
                TEXT => texts.push(text(input).await?),
                LIST => {
                    input.read_u8().await.ok()?;
                    for _ in 0..input.read_i32().await.ok()? {
                        texts.push(text(input).await?);
                    }
                }
                BOOL => drop(input.read_u8().await.ok()?),
                I16 => drop(input.read_i16().await.ok()?),
                I32 => drop(input.read_i32().await.ok()?),
                _ => return None,
            }
        }
    }

    /// Where a call's result has the exception that means trouble in the server, not an object that is missing.
    fn meta_exception(&self) -> i16 {
        match self.name.as_str() {
            "get_database" => 2,
            "get_partition_names" => 2,
            _ => 1,
        }
    }

    fn argument(&self, index: usize) -> &str {
        self.texts.get(index).map_or("", String::as_str)
    }

    /// The result, with the type of its field. `listed` is what listings name, where that is not all there is.
    fn answer(&self, world: &World, listed: Option<&World>, part: &Part) -> Result<(u8, Vec<u8>), Refusal> {
        let listed = listed.unwrap_or(world);
        let missing = |field, what: &str| Refusal::Exception(field, format!("{what} not found"));
        let names = |names: Vec<&str>| (LIST, list(TEXT, names.into_iter().step_by(part.names).map(string)));
        let database = self.argument(0);
        let tables = world.databases.get(database);
        match self.name.as_str() {
            "getVersion" => Ok((TEXT, string("3.1.3"))),
            "get_metastore_db_uuid" => {
                world.uuid.as_deref().map(|uuid| (TEXT, string(uuid))).ok_or(Refusal::UnknownMethod)
            }
            "get_config_value" if database == "hive.metastore.warehouse.dir" => Ok((TEXT, string(&world.warehouse))),
            "get_config_value" => Ok((TEXT, string(self.argument(1)))),
            "get_all_databases" => Ok(names(listed.databases.keys().map(String::as_str).collect())),
            "get_database" => tables.map(|_| (STRUCT, world.database(database))).ok_or_else(|| missing(1, database)),
            // Hive answers an unknown database with no tables.
            "get_all_tables" => {
                let tables = listed.databases.get(database);
                Ok(names(tables.into_iter().flat_map(BTreeMap::keys).map(String::as_str).collect()))
            }
            "get_table" => {
                let name = self.argument(1);
                let table = tables.and_then(|tables| tables.get(name)).ok_or_else(|| missing(2, name))?;
                Ok((STRUCT, world.table(database, name, table)))
            }
            "get_table_objects_by_name" => {
                let tables = tables.ok_or_else(|| missing(3, database))?;
                let asked = self.texts[1..].iter().filter_map(|name| Some((name, tables.get(name)?)));
                Ok((
                    LIST,
                    list(STRUCT, asked.step_by(part.objects).map(|(name, table)| world.table(database, name, table))),
                ))
            }
            "get_partition_names" => {
                let table = tables.and_then(|tables| tables.get(self.argument(1)));
                let table = table.ok_or_else(|| missing(1, self.argument(1)))?;
                let partitions: Vec<_> = table.partitions.iter().flatten().map(|dt| format!("dt={dt}")).collect();
                Ok(names(partitions.iter().map(String::as_str).collect()))
            }
            "get_partitions_by_names" => {
                let table = tables.and_then(|tables| tables.get(self.argument(1)));
                let table = table.ok_or_else(|| missing(2, self.argument(1)))?;
                let there = |dt: &&str| table.partitions.iter().flatten().any(|one| one == dt);
                let asked = self.texts[2..].iter().filter_map(|name| name.strip_prefix("dt=")).filter(there);
                Ok((LIST, list(STRUCT, asked.step_by(part.objects).map(|dt| partition(dt, table.created_at)))))
            }
            _ => Err(Refusal::UnknownMethod),
        }
    }

    /// The whole message.
    fn reply(&self, answer: Result<(u8, Vec<u8>), Refusal>) -> Vec<u8> {
        const REPLY: u32 = 0x8001_0002;
        const EXCEPTION: u32 = 0x8001_0003;
        const UNKNOWN_METHOD: i32 = 1;
        let (kind, body) = match answer {
            Ok((kind, body)) => (REPLY, field(kind, 0, &body)),
            Err(Refusal::Exception(id, message)) => {
                (REPLY, field(STRUCT, id, &ended(field(TEXT, 1, &string(&message)))))
            }
            Err(Refusal::UnknownMethod) => {
                let message = field(TEXT, 1, &string(&format!("Invalid method name: '{}'", self.name)));
                (EXCEPTION, [message, field(I32, 2, &UNKNOWN_METHOD.to_be_bytes())].concat())
            }
        };
        [kind.to_be_bytes().to_vec(), string(&self.name), self.sequence.to_be_bytes().to_vec(), ended(body)].concat()
    }
}

impl World {
    /// Puts it, as a metastore's own database, in the place of the file that was there: at once, as a whole. Who reads
    /// the old one goes on reading it.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub async fn write(&self, file: &Path) {
        let part = file.with_extension("part");
        let _ = std::fs::remove_file(&part);
        let options = SqliteConnectOptions::new().filename(&part).create_if_missing(true).foreign_keys(false);
        let mut connection = options.connect().await.expect("a new database");
        let sql = format!("BEGIN; {SQLITE_SCHEMA}\n{}; COMMIT", self.rows());
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("rows for Hive's schema");
        connection.close().await.expect("the database closes");
        std::fs::rename(&part, file).expect("the database takes its place");
    }

    /// Its rows for Hive's own schema. A table keeps its number as long as it is the same table.
    fn rows(&self) -> String {
        let mut sql = String::from("INSERT INTO VERSION (VER_ID, SCHEMA_VERSION) VALUES (1, '2.3.0')");
        let mut part = 0_u64;
        for (index, (database, tables)) in self.databases.iter().enumerate() {
            let place = format!("{}/{database}.db", self.warehouse);
            let _ = write!(
                sql,
                "; INSERT INTO DBS (DB_ID, DB_LOCATION_URI, NAME) VALUES ({index}, '{place}', '{database}')"
            );
            for (name, table) in tables {
                let mut hasher = DefaultHasher::new();
                (&self.warehouse, database, name, table.created_at).hash(&mut hasher);
                let (id, created) = (hasher.finish() >> 24, table.created_at);
                let _ = write!(
                    sql,
                    "; INSERT INTO CDS (CD_ID) VALUES ({id}); INSERT INTO SERDES (SERDE_ID, SLIB) VALUES ({id}, 'OrcSerde');
                    INSERT INTO SDS (SD_ID, CD_ID, LOCATION, SERDE_ID) VALUES ({id}, {id}, '{place}/{name}', {id});
                    INSERT INTO TBLS (TBL_ID, CREATE_TIME, DB_ID, OWNER, SD_ID, TBL_NAME, TBL_TYPE)
                    VALUES ({id}, {created}, {index}, 'etl', {id}, '{name}', 'MANAGED_TABLE')"
                );
                for (column, name) in table.columns.iter().enumerate() {
                    let _ = write!(sql, "; INSERT INTO COLUMNS_V2 VALUES ({id}, NULL, '{name}', 'string', {column})");
                }
                if table.partitions.is_some() {
                    let _ = write!(sql, "; INSERT INTO PARTITION_KEYS VALUES ({id}, NULL, 'dt', 'string', 0)");
                }
                for dt in table.partitions.iter().flatten() {
                    part += 1;
                    let _ = write!(
                        sql,
                        "; INSERT INTO SDS (SD_ID, CD_ID, LOCATION, SERDE_ID) VALUES ({part}, {id}, '{place}/{name}/dt={dt}', {id});
                        INSERT INTO PARTITIONS (PART_ID, CREATE_TIME, PART_NAME, SD_ID, TBL_ID)
                        VALUES ({part}, {created}, 'dt={dt}', {part}, {id});
                        INSERT INTO PARTITION_KEY_VALS VALUES ({part}, '{dt}', 0)"
                    );
                }
            }
        }
        sql
    }

    fn database(&self, name: &str) -> Vec<u8> {
        let location = format!("{}/{name}.db", self.warehouse);
        ended([field(TEXT, 1, &string(name)), field(TEXT, 3, &string(&location))].concat())
    }

    fn table(&self, database: &str, name: &str, table: &Table) -> Vec<u8> {
        let column = |name: &str| ended([field(TEXT, 1, &string(name)), field(TEXT, 2, &string("string"))].concat());
        let location = format!("{}/{database}.db/{name}", self.warehouse);
        let storage = [
            field(LIST, 1, &list(STRUCT, table.columns.iter().map(|name| column(name)))),
            field(TEXT, 2, &string(&location)),
            field(TEXT, 3, &string("org.apache.hadoop.hive.ql.io.orc.OrcInputFormat")),
        ];
        let keys = table.partitions.iter().map(|_| column("dt"));
        ended(
            [
                field(TEXT, 1, &string(name)),
                field(TEXT, 2, &string(database)),
                field(TEXT, 3, &string("etl")),
                field(I32, 4, &table.created_at.to_be_bytes()),
                field(STRUCT, 7, &ended(storage.concat())),
                field(LIST, 8, &list(STRUCT, keys)),
                field(MAP, 9, &no_map()),
                field(TEXT, 12, &string("MANAGED_TABLE")),
            ]
            .concat(),
        )
    }
}

fn partition(dt: &str, created_at: i32) -> Vec<u8> {
    ended(
        [field(LIST, 1, &list(TEXT, [string(dt)])), field(I32, 4, &created_at.to_be_bytes()), field(MAP, 7, &no_map())]
            .concat(),
    )
}

async fn text(input: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut bytes = vec![0; usize::try_from(input.read_i32().await.ok()?).ok()?];
    input.read_exact(&mut bytes).await.ok()?;
    String::from_utf8(bytes).ok()
}

fn string(text: &str) -> Vec<u8> {
    [&length(text.len()), text.as_bytes()].concat()
}

fn list(kind: u8, items: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let items: Vec<_> = items.into_iter().collect();
    [&[kind][..], &length(items.len()), &items.concat()].concat()
}

fn no_map() -> Vec<u8> {
    [&[TEXT, TEXT][..], &length(0)].concat()
}

fn field(kind: u8, id: i16, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &id.to_be_bytes(), body].concat()
}

/// A struct's fields, and that there are no more.
fn ended(mut fields: Vec<u8>) -> Vec<u8> {
    fields.push(STOP);
    fields
}

fn length(length: usize) -> [u8; 4] {
    i32::try_from(length).expect("an answer of a test is small").to_be_bytes()
}
