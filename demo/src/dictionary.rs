//! The words of the company: the files of `data/`, read once. They are part of the program, so a mistake in one is a
//! mistake in the program; it is named by file and line all the same.

use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;

/// A domain word as tables and columns use it.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) name: &'static str,
    pub(super) korean: &'static str,
    pub(super) english: &'static str,
}

/// What sort of table a suffix such as `_hist` makes of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Base,
    Hist,
    Log,
    Daily,
    Monthly,
    Hourly,
    Map,
    Code,
    Tmp,
    Old,
}

#[derive(Debug)]
pub(super) struct Variant {
    pub(super) word: Word,
    pub(super) kind: Kind,
    pub(super) weight: u64,
}

#[derive(Debug)]
pub(super) struct Person {
    pub(super) login: &'static str,
    pub(super) team: &'static str,
    pub(super) departed: bool,
}

/// A column as the dictionary knows it.
#[derive(Debug)]
pub(super) struct ColumnWord {
    pub(super) name: &'static str,
    pub(super) data_type: &'static str,
    pub(super) korean: &'static str,
    pub(super) english: Option<&'static str>,
    pub(super) personal: bool,
}

/// An entity of the business (`order_item`), or a group of columns that entities share (`audit`).
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) word: Word,
    pub(super) columns: Vec<ColumnLine>,
}

#[derive(Debug)]
pub(super) enum ColumnLine {
    Column(ColumnWord),
    Group(&'static str),
}

/// A database that every size of catalog has.
#[derive(Debug)]
pub(super) struct DatabaseWord {
    pub(super) name: &'static str,
    pub(super) tables: u64,
    pub(super) team: &'static str,
    pub(super) abbreviates: bool,
    pub(super) prefixes: Vec<&'static str>,
    pub(super) korean: Option<&'static str>,
    pub(super) english: Option<&'static str>,
    pub(super) entities: Vec<&'static str>,
}

/// A table written down by hand in `tables.tsv`.
#[derive(Debug)]
pub(super) struct KnownTable {
    pub(super) database: &'static str,
    pub(super) name: &'static str,
    pub(super) entities: Vec<&'static str>,
    pub(super) format: &'static str,
    pub(super) partitions: &'static str,
    pub(super) owner: Option<&'static str>,
    pub(super) comment: Option<&'static str>,
    pub(super) notes: &'static str,
}

#[derive(Debug)]
pub(super) struct Dictionary {
    abbreviations: HashMap<&'static str, &'static str>,
    pub(super) modifiers: Vec<Word>,
    pub(super) variants: Vec<Variant>,
    pub(super) people: Vec<Person>,
    pub(super) databases: Vec<DatabaseWord>,
    pub(super) tables: Vec<KnownTable>,
    entities: HashMap<&'static str, Entity>,
}

impl Dictionary {
    /// # Errors
    /// A line of `data/` cannot be read, or names an entity that is not there.
    pub(super) fn read() -> Result<Self> {
        let dictionary = Self {
            abbreviations: rows("words.tsv", include_str!("data/words.tsv"), |[word, abbreviation, _]| {
                Ok((word, abbreviation))
            })?
            .into_iter()
            .collect(),
            modifiers: rows("modifiers.tsv", include_str!("data/modifiers.tsv"), |[name, korean, english]| {
                Ok(Word { name, korean, english })
            })?,
            variants: rows("variants.tsv", include_str!("data/variants.tsv"), variant)?,
            people: rows("people.tsv", include_str!("data/people.tsv"), |[login, _, team, state]| {
                Ok(Person { login, team, departed: state == "departed" })
            })?,
            databases: rows("databases.tsv", include_str!("data/databases.tsv"), database)?,
            tables: rows("tables.tsv", include_str!("data/tables.tsv"), known_table)?,
            entities: entities(include_str!("data/columns.txt"))?,
        };
        let used = dictionary.databases.iter().flat_map(|database| &database.entities);
        for name in used.chain(dictionary.tables.iter().flat_map(|table| &table.entities)) {
            ensure!(dictionary.entities.contains_key(name), "data/columns.txt has no entity {name:?}");
        }
        Ok(dictionary)
    }

    /// An entity that a database or table of this dictionary names; [`Dictionary::read`] saw that it is there.
    pub(super) fn entity(&self, name: &str) -> &Entity {
        &self.entities[name]
    }

    /// The columns of an entity with the groups that it takes in, in order.
    pub(super) fn columns(&self, name: &str) -> Vec<&ColumnWord> {
        let mut columns = Vec::new();
        for line in &self.entity(name).columns {
            match line {
                ColumnLine::Column(column) => columns.push(column),
                ColumnLine::Group(group) => columns.extend(self.columns(group)),
            }
        }
        columns
    }

    /// `order_item_qty` as the older systems write it: `ord_item_qty`.
    pub(super) fn abbreviate(&self, name: &str) -> String {
        let words: Vec<_> = name.split('_').map(|word| self.abbreviations.get(word).copied().unwrap_or(word)).collect();
        words.join("_")
    }
}

/// The lines of a file of `N` columns divided by tabs; a missing one at the end of the line is empty, `-` too.
fn rows<const N: usize, T>(
    file: &str,
    text: &'static str,
    read: impl Fn([&'static str; N]) -> Result<T>,
) -> Result<Vec<T>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|(number, line)| {
            let mut fields = [""; N];
            for (index, field) in line.split('\t').enumerate() {
                ensure!(index < N, "data/{file} line {}: more than {N} fields", number + 1);
                fields[index] = if field == "-" { "" } else { field };
            }
            read(fields).with_context(|| format!("data/{file} line {}", number + 1))
        })
        .collect()
}

fn variant([name, korean, english, kind, weight]: [&'static str; 5]) -> Result<Variant> {
    let kind = match kind {
        "base" => Kind::Base,
        "hist" => Kind::Hist,
        "log" => Kind::Log,
        "daily" => Kind::Daily,
        "monthly" => Kind::Monthly,
        "hourly" => Kind::Hourly,
        "map" => Kind::Map,
        "code" => Kind::Code,
        "tmp" => Kind::Tmp,
        "old" => Kind::Old,
        _ => bail!("no kind {kind:?}"),
    };
    Ok(Variant { word: Word { name, korean, english }, kind, weight: weight.parse()? })
}

fn database([name, tables, team, style, korean, english, entities]: [&'static str; 7]) -> Result<DatabaseWord> {
    let (style, prefixes) = style.split_once(':').unwrap_or((style, ""));
    Ok(DatabaseWord {
        name,
        tables: tables.parse()?,
        team,
        abbreviates: style == "abbr",
        prefixes: prefixes.split(',').collect(),
        korean: filled(korean),
        english: filled(english),
        entities: entities.split(',').collect(),
    })
}

fn known_table([table, entities, format, partitions, owner, comment, notes]: [&'static str; 7]) -> Result<KnownTable> {
    let (database, name) = table.split_once('.').context("no database")?;
    Ok(KnownTable {
        database,
        name,
        entities: entities.split('+').collect(),
        format,
        partitions,
        owner: filled(owner),
        comment: filled(comment),
        notes,
    })
}

fn filled(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

fn entities(text: &'static str) -> Result<HashMap<&'static str, Entity>> {
    let mut entities = HashMap::new();
    let mut name = "";
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let at = || format!("data/columns.txt line {}", number + 1);
        let mut words = line.splitn(3, ' ');
        let (first, second, rest) = (words.next().unwrap_or(""), words.next(), words.next());
        let (korean, english) = rest.unwrap_or("").split_once(" | ").unwrap_or((rest.unwrap_or(""), ""));
        if matches!(first, "=" | "%") {
            name = second.with_context(at)?;
            entities.insert(name, Entity { word: Word { name, korean, english }, columns: Vec::new() });
            continue;
        }
        let entity = entities.get_mut(name).with_context(at)?;
        entity.columns.push(match first.strip_prefix('@') {
            Some(group) => ColumnLine::Group(group),
            None => ColumnLine::Column(ColumnWord {
                name: first,
                data_type: second.with_context(at)?,
                korean: korean.trim_start_matches('!'),
                english: filled(english),
                personal: korean.starts_with('!'),
            }),
        });
    }
    Ok(entities)
}
