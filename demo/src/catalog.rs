//! What the company's metastore holds, table after table, for any size: a sequence that a seed decides, made while it
//! is read, so that ten million partitions need no more memory than ten.

use super::columns::{self, Column};
use super::dictionary::{DatabaseWord, Dictionary, Kind, KnownTable};
use super::partitions::{Key, Partitions};
use super::random::Random;
use super::storage::{Format, Storage};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, HashSet};

/// The moment that the company is at, 2026-11-23T09:00:00Z in seconds since 1970: all times are relative to it.
pub const NOW: i64 = 1_795_424_400;
pub(super) const DAY: i64 = 86_400;

/// Which of the company's clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cluster {
    /// Where everyone works.
    #[default]
    Prod,
    /// The older one that some domains have not left yet. Some of its tables have the names that they have in `prod`.
    Legacy,
}

impl Cluster {
    pub(super) fn name_node(self) -> &'static str {
        match self {
            Self::Prod => "hdfs://nameservice1",
            Self::Legacy => "hdfs://legacy-nn.shop.example:8020",
        }
    }

    fn has_database(self, name: &str) -> bool {
        const LEGACY: &[&str] =
            &["order", "member", "product", "delivery", "payment", "settlement", "raw", "dw", "tmp_analytics"];
        self == Self::Prod || LEGACY.contains(&name)
    }

    /// The legacy cluster keeps the core of each domain and some of the rest.
    fn has_table(self, index: usize, table: &KnownTable) -> bool {
        let core = ["order_item", "order_base", "member_base", "product_base"];
        self == Self::Prod || core.contains(&table.name) || index.is_multiple_of(5)
    }
}

/// How much of the company to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    pub cluster: Cluster,
    pub seed: u64,
    /// Tables and views.
    pub tables: u64,
    /// Columns of each table or view without partition keys; `None` for as many as a table of its sort has.
    pub columns: Option<usize>,
    /// Partitions of all tables together.
    pub partitions: u64,
}

impl Default for Scale {
    /// The company of `cargo xtask demo`.
    fn default() -> Self {
        Self { cluster: Cluster::Prod, seed: 1, tables: 2_000, columns: None, partitions: 200_000 }
    }
}

impl Scale {
    /// The older cluster of `cargo xtask demo`.
    pub fn legacy() -> Self {
        Self { cluster: Cluster::Legacy, seed: 2, tables: 300, columns: None, partitions: 9_000 }
    }
}

/// A database of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Database {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) owner: String,
    pub(super) created_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Index into [`Company::databases`].
    pub(super) database: usize,
    pub(super) name: String,
    pub(super) owner: String,
    /// Hive's `TBL_TYPE`.
    pub(super) table_type: &'static str,
    pub(super) view_text: Option<String>,
    pub(super) storage: Storage,
    /// As the metastore keeps them, which for some Spark tables is not as Spark shows them.
    pub(super) columns: Vec<Column>,
    pub(super) partition_keys: Vec<Column>,
    pub(super) partitions: Partitions,
    pub(super) parameters: BTreeMap<String, String>,
    /// Seconds since 1970.
    pub(super) created_at: i64,
}

/// The databases of the company, and the way to all of its tables.
pub(super) struct Company {
    dictionary: Dictionary,
    pub(super) scale: Scale,
    pub(super) databases: Vec<Database>,
    plans: Vec<Plan>,
    shares: Shares,
}

/// Which words the tables of one database are made of, and how many of them there are.
struct Plan {
    /// Index into the dictionary's databases.
    word: usize,
    known: Vec<usize>,
    invented: u64,
}

/// How many partitions each weight of [`Sketch::weight`] gets.
struct Shares {
    known_are_exact: bool,
    weights: u64,
    partitions: u64,
}

/// A table before its columns and parameters are made: enough to count and to name.
struct Sketch {
    database: usize,
    name: String,
    /// Decides everything that is left to chance about this table.
    seed: u64,
    entities: Vec<&'static str>,
    kind: Kind,
    comment: Option<String>,
    owner: String,
    format: String,
    keys: Vec<Key>,
    /// For a table of the dictionary how many partitions it says, else its part of what is left.
    weight: u64,
    known: bool,
    view_of: Option<String>,
    notes: BTreeMap<&'static str, &'static str>,
}

impl Company {
    /// # Errors
    /// A file of `data/` cannot be read.
    pub(super) fn new(scale: Scale) -> Result<Self> {
        let dictionary = Dictionary::read()?;
        let (databases, plans) = plan(&dictionary, scale);
        let shares = Shares { known_are_exact: false, weights: 0, partitions: 0 };
        let mut company = Self { dictionary, scale, databases, plans, shares };
        company.shares = company.count()?;
        Ok(company)
    }

    /// Calls `each` for every table, database after database.
    ///
    /// # Errors
    /// What `each` answers, or a line of `data/tables.tsv` that cannot be understood.
    pub(super) async fn tables(&self, mut each: impl AsyncFnMut(Table) -> Result<()>) -> Result<()> {
        let mut weighed = 0;
        for database in 0..self.plans.len() {
            let mut names = HashSet::new();
            let mut base = None;
            for index in 0..self.tables_of(database) {
                let sketch = self.sketch(database, index, &mut names, base.as_ref())?;
                let partitions = self.shares.of(&sketch, &mut weighed);
                each(self.draw(&sketch, partitions)).await?;
                if sketch.view_of.is_none() {
                    base = Some(sketch);
                }
            }
        }
        Ok(())
    }

    fn tables_of(&self, database: usize) -> u64 {
        self.plans[database].known.len() as u64 + self.plans[database].invented
    }

    fn count(&self) -> Result<Shares> {
        let (mut known, mut weights) = (0, 0);
        for database in 0..self.plans.len() {
            let mut names = HashSet::new();
            let mut base = None;
            for index in 0..self.tables_of(database) {
                let sketch = self.sketch(database, index, &mut names, base.as_ref())?;
                *(if sketch.known { &mut known } else { &mut weights }) += sketch.weight;
                if sketch.view_of.is_none() {
                    base = Some(sketch);
                }
            }
        }
        let partitions = self.scale.partitions;
        let known_are_exact = known <= partitions / 2;
        Ok(Shares {
            known_are_exact,
            weights: if known_are_exact { weights } else { weights + known },
            partitions: if known_are_exact { partitions - known } else { partitions },
        })
    }

    fn sketch(
        &self,
        database: usize,
        index: u64,
        names: &mut HashSet<String>,
        base: Option<&Sketch>,
    ) -> Result<Sketch> {
        let plan = &self.plans[database];
        let seed = Random::nth(self.scale.seed, ((database as u64) << 32) | index).number();
        let Some(known) = plan.known.get(index as usize) else {
            return Ok(self.invent(database, seed, names, base));
        };
        let known = &self.dictionary.tables[*known];
        names.insert(known.name.to_owned());
        self.known(database, seed, known).with_context(|| format!("data/tables.tsv: {}.{}", known.database, known.name))
    }

    fn known(&self, database: usize, seed: u64, known: &KnownTable) -> Result<Sketch> {
        let (keys, weight) = known.partitions.split_once(':').unwrap_or(("", "0"));
        let notes = known.notes.split_whitespace().map(|note| note.split_once('=').unwrap_or((note, "true"))).collect();
        let (format, view_of) = known.format.split_once(':').unwrap_or((known.format, ""));
        let owner = known.owner.unwrap_or("");
        let person = self.dictionary.people.iter().any(|person| person.login == owner);
        Ok(Sketch {
            database,
            name: known.name.to_owned(),
            seed,
            entities: known.entities.clone(),
            kind: Kind::Base,
            comment: known.comment.map(str::to_owned),
            owner: if person || owner.is_empty() { owner.to_owned() } else { format!("svc_{owner}") },
            format: format.to_owned(),
            keys: Key::parse(keys)?,
            weight: weight.parse()?,
            known: true,
            view_of: (!view_of.is_empty()).then(|| view_of.to_owned()),
            notes,
        })
    }

    fn invent(&self, database: usize, seed: u64, names: &mut HashSet<String>, base: Option<&Sketch>) -> Sketch {
        let mut random = Random::new(seed);
        let word = &self.dictionary.databases[self.plans[database].word];
        if random.percent(12)
            && let Some(base) = base
            && let Some(view) = self.invent_view(database, base, &mut random, names)
        {
            return view;
        }
        let name = super::names::invent(&self.dictionary, word, &mut random, names);
        let owner = self.owner(word, name.kind, &mut random);
        let old = name.kind == Kind::Old;
        let format = Format::invent(word.name, name.kind, &mut random);
        // The partitions of an Iceberg table are in its own metadata: for Hive it has none.
        let keys = if format == "iceberg" { Vec::new() } else { Key::invent(name.kind, &mut random) };
        let weight = if keys.is_empty() { 0 } else { days(name.kind, &mut random) };
        Sketch {
            database,
            seed,
            entities: vec![name.entity],
            kind: name.kind,
            comment: name.comment,
            name: name.name,
            owner,
            format: format.to_owned(),
            keys,
            weight,
            known: false,
            view_of: None,
            notes: if old { BTreeMap::from([("deprecated", "true")]) } else { BTreeMap::new() },
        }
    }

    /// A view over `base`; `None` where its name is taken.
    fn invent_view(
        &self,
        database: usize,
        base: &Sketch,
        random: &mut Random,
        names: &mut HashSet<String>,
    ) -> Option<Sketch> {
        let (name, comment) = super::names::of_view(&base.name, base.comment.as_deref(), random);
        if !names.insert(name.clone()) {
            return None;
        }
        let word = &self.dictionary.databases[self.plans[database].word];
        Some(Sketch {
            database,
            name,
            // The columns of a view are those of its table.
            seed: base.seed,
            entities: base.entities.clone(),
            kind: base.kind,
            comment,
            owner: self.owner(word, base.kind, random),
            format: "view".to_owned(),
            keys: Vec::new(),
            weight: 0,
            known: base.known,
            view_of: Some(format!("{}.{}", self.databases[database].name, base.name)),
            notes: BTreeMap::new(),
        })
    }

    fn owner(&self, word: &DatabaseWord, kind: Kind, random: &mut Random) -> String {
        let old = matches!(kind, Kind::Old | Kind::Tmp);
        if !old && random.percent(55) {
            return format!("svc_{}", word.team);
        }
        if random.percent(3) {
            return String::new();
        }
        let team = random.percent(75);
        let fits = |person: &&super::dictionary::Person| {
            (!team || person.team == word.team) && (!person.departed || old || !team)
        };
        let people: Vec<_> = self.dictionary.people.iter().filter(fits).collect();
        if people.is_empty() { format!("svc_{}", word.team) } else { random.pick(&people).login.to_owned() }
    }

    fn draw(&self, sketch: &Sketch, partitions: u64) -> Table {
        let mut random = Random::nth(sketch.seed, 7);
        let word = &self.dictionary.databases[self.plans[sketch.database].word];
        let wide = sketch.notes.get("wide").and_then(|width| width.parse().ok());
        let made = columns::make(
            &self.dictionary,
            &columns::Wish {
                entities: &sketch.entities,
                kind: sketch.kind,
                abbreviates: word.abbreviates,
                commented: sketch.known || !matches!(sketch.kind, Kind::Tmp | Kind::Old),
                whole: sketch.known,
                count: self.scale.columns.or(wide),
            },
            &mut random,
        );
        let deprecated = sketch.notes.contains_key("deprecated");
        let age_days = 40 + random.below(if sketch.known { 2_600 } else { 2_200 }) as i64;
        let ended_days = if deprecated { (age_days / 2).min(400 + random.below(300) as i64) } else { 0 };
        let partition_keys: Vec<_> = sketch.keys.iter().map(Key::column).collect();
        let partitions = Partitions::new(&sketch.keys, partitions, NOW - ended_days * DAY, sketch.seed);
        let created_at = (NOW - age_days * DAY + random.below(DAY as u64) as i64).min(partitions.first_created_at());
        let mut table = Table {
            database: sketch.database,
            name: sketch.name.clone(),
            owner: sketch.owner.clone(),
            table_type: "MANAGED_TABLE",
            view_text: None,
            storage: Storage::none(),
            columns: made.columns,
            partition_keys,
            partitions,
            parameters: BTreeMap::new(),
            created_at,
        };
        let mut parameter = |key: &str, value: String| table.parameters.insert(key.to_owned(), value);
        if let Some(comment) = &sketch.comment {
            parameter("comment", comment.clone());
        }
        if made.personal && (sketch.known || random.percent(80)) {
            parameter("pii", "true".to_owned());
        }
        if deprecated && random.percent(60) {
            parameter("deprecated", "true".to_owned());
        }
        if !sketch.owner.is_empty() && random.percent(60) {
            parameter("owner_email", format!("{}@shop.example", sketch.owner));
        }
        let retention = sketch.notes.get("retention").map(|days| (*days).to_owned());
        let guessed =
            || (sketch.weight > 0 && !sketch.known && sketch.seed.is_multiple_of(3)).then(|| sketch.weight.to_string());
        if let Some(days) = retention.or_else(guessed) {
            parameter("retention", days);
        }
        let database = &self.databases[sketch.database].name;
        match &sketch.view_of {
            Some(base) => {
                if self.scale.columns.is_none() {
                    table.columns.truncate(16);
                }
                super::storage::view(&mut table, base, sketch.format == "mview");
            }
            None => {
                let place = (self.scale.cluster.name_node(), database.as_str());
                super::storage::store(&mut table, place, &sketch.format, NOW - ended_days * DAY, &mut random);
            }
        }
        table
    }
}

impl Shares {
    /// The partitions of a table, so that all tables together have exactly as many as was asked for: each takes what
    /// the weights up to it are due and those before it did not take. `weighed` is the sum of those.
    fn of(&self, sketch: &Sketch, weighed: &mut u64) -> u64 {
        if sketch.known && self.known_are_exact {
            return sketch.weight;
        }
        if self.weights == 0 {
            return 0;
        }
        let due = |weight: u64| (u128::from(weight) * u128::from(self.partitions) / u128::from(self.weights)) as u64;
        let before = due(*weighed);
        *weighed += sketch.weight;
        due(*weighed) - before
    }
}

/// How many days a table of this sort usually holds.
fn days(kind: Kind, random: &mut Random) -> u64 {
    match kind {
        Kind::Monthly => *random.pick(&[12, 24, 36, 60]),
        Kind::Hourly | Kind::Log => *random.pick(&[7, 7, 14, 30, 30, 72, 90, 168]),
        Kind::Tmp => *random.pick(&[1, 3, 7]),
        _ => *random.pick(&[7, 7, 7, 14, 30, 30, 30, 30, 90, 90, 90, 180, 365, 365, 365, 730]),
    }
}

/// The databases, and how many tables of which words each has. A larger company has more databases, not only larger ones.
fn plan(dictionary: &Dictionary, scale: Scale) -> (Vec<Database>, Vec<Plan>) {
    let mut random = Random::nth(scale.seed, u64::MAX);
    let mut databases = Vec::new();
    let mut plans = Vec::new();
    let mut known_left = scale.tables as usize;
    let words = || dictionary.databases.iter().enumerate().filter(|(_, word)| scale.cluster.has_database(word.name));
    for (word, database) in words() {
        let of_it = dictionary.tables.iter().enumerate().filter(|(_, table)| table.database == database.name);
        let of_it = of_it.filter(|(index, table)| scale.cluster.has_table(*index, table));
        let known: Vec<_> = of_it.map(|(index, _)| index).take(known_left).collect();
        known_left -= known.len();
        let description = if random.percent(85) { database.korean.or(database.english) } else { database.english };
        databases.push(Database {
            name: database.name.to_owned(),
            description: description.map(str::to_owned),
            owner: format!("svc_{}", database.team),
            created_at: NOW - (2_700 + random.below(300) as i64) * DAY,
        });
        plans.push(Plan { word, known, invented: 0 });
    }
    for (suffix, korean) in MORE_DATABASES.iter().take((scale.tables / 30_000) as usize) {
        for (word, database) in words() {
            databases.push(Database {
                name: format!("{}_{suffix}", database.name),
                description: database.korean.map(|about| format!("{korean}. {about}")),
                owner: format!("svc_{}", database.team),
                created_at: NOW - (200 + random.below(2_400) as i64) * DAY,
            });
            plans.push(Plan { word, known: Vec::new(), invented: 0 });
        }
    }
    let weight = |plan: &Plan| dictionary.databases[plan.word].tables.saturating_sub(plan.known.len() as u64).max(5);
    let weights: u64 = plans.iter().map(weight).sum();
    let left = known_left as u64;
    let mut weighed = 0;
    for plan in &mut plans {
        let before = left * weighed / weights;
        weighed += weight(plan);
        plan.invented = left * weighed / weights - before;
    }
    (databases, plans)
}

const MORE_DATABASES: &[(&str, &str)] = &[
    ("mart", "데이터 마트"),
    ("stg", "적재 중간 영역"),
    ("hist", "이력 보관"),
    ("exp", "실험 영역"),
    ("global", "해외 서비스"),
    ("b2b", "기업고객 서비스"),
    ("archive", "장기 보관"),
    ("ml", "모델 학습용"),
    ("report", "보고서용"),
    ("share", "부서 공유용"),
];
