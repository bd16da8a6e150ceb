//! What people paste instead of typing: a name with its catalog, a statement, a path in the warehouse.

/// A text that names tables in another way than `db.table`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// What to search for in its place; nothing where the text itself says it.
    pub instead: Option<String>,
    /// Tables that it may name, as database and name, likeliest first.
    pub names: Vec<(String, String)>,
}

/// Names looked up for one text.
const MOST_NAMES: usize = 12;

/// Reads a text as something pasted; `None` for what one types.
pub fn pasted(text: &str) -> Option<Pasted> {
    let text = text.trim().trim_end_matches(';');
    let mut found = path(text).or_else(|| statement(text)).or_else(|| name(text))?;
    found.names.truncate(MOST_NAMES);
    Some(found)
}

/// `hdfs://nn/warehouse/zoo.db/orders/dt=2026-01-01`.
fn path(text: &str) -> Option<Pasted> {
    let local = match text.split_once("://") {
        // The host is no folder.
        Some((_, rest)) => rest.split_once('/')?.1,
        None => text.strip_prefix('/').filter(|rest| rest.contains('/'))?,
    };
    if text.contains(char::is_whitespace) {
        return None;
    }
    let folders: Vec<&str> = local.split('/').filter(|folder| !folder.is_empty() && !folder.contains('=')).collect();
    let database = folders.iter().rposition(|folder| folder.ends_with(".db") && folder.len() > 3);
    if let Some(at) = database {
        let database = folders[at].trim_end_matches(".db");
        return Some(match folders.get(at + 1) {
            Some(table) => Pasted {
                instead: Some(format!("{database}.{table}")),
                names: vec![(database.to_owned(), (*table).to_owned())],
            },
            None => Pasted { instead: Some(database.to_owned()), names: Vec::new() },
        });
    }
    let names = folders.windows(2).rev().map(|two| (two[0].to_owned(), two[1].to_owned())).collect();
    Some(Pasted { instead: None, names })
}

/// Words that begin a statement, and whether a name without a database is enough behind them.
const BEGINNINGS: [(&str, bool); 20] = [
    ("select", true),
    ("insert", true),
    ("with", true),
    ("explain", true),
    ("desc", true),
    ("describe", true),
    ("drop", true),
    ("alter", true),
    ("truncate", true),
    ("analyze", true),
    ("msck", true),
    ("show", true),
    ("create", false),
    ("update", false),
    ("delete", false),
    ("merge", false),
    ("refresh", false),
    ("invalidate", false),
    ("load", false),
    ("from", false),
];
/// Words before the name of a table.
const BEFORE: [&str; 9] = ["from", "join", "into", "table", "update", "overwrite", "desc", "describe", "partitions"];
/// Words that may stand between.
const BETWEEN: [&str; 9] = ["if", "not", "exists", "table", "only", "formatted", "extended", "lateral", "view"];
/// Words behind which no list of tables goes on.
const BEHIND: [&str; 10] = ["where", "group", "order", "having", "limit", "on", "union", "set", "values", "select"];

/// `select * from zoo.orders where ...`, `desc zoo.orders`.
fn statement(text: &str) -> Option<Pasted> {
    let parts = parts(text);
    let (_, bare) = BEGINNINGS.iter().find(|(word, _)| parts.first().is_some_and(|part| part.is_word(word)))?;
    let mut names: Vec<Vec<String>> = Vec::new();
    // Whether a name is expected, and whether a comma would bring another.
    let (mut expected, mut list) = (false, false);
    for part in &parts {
        match part {
            Part::Mark(',') => expected = list,
            Part::Mark(_) => expected = false,
            Part::Name { names: name, .. } => {
                let is_one_of = |words: &[&str]| words.iter().any(|word| part.is_word(word));
                if is_one_of(&BEFORE) {
                    (expected, list) = (true, part.is_word("from"));
                } else if is_one_of(&BEHIND) {
                    (expected, list) = (false, false);
                } else if expected && !is_one_of(&BETWEEN) {
                    expected = false;
                    if (name.len() > 1 || *bare) && !names.contains(name) {
                        names.push(name.clone());
                    }
                }
            }
        }
    }
    let first = names.first()?;
    let instead = Some(first[first.len().saturating_sub(2)..].join("."));
    Some(Pasted { instead, names: names.iter().flat_map(|parts| readings(parts)).collect() })
}

/// `hive.zoo.orders`, `"hive"."zoo"."orders"`, `[zoo].[orders]`.
fn name(text: &str) -> Option<Pasted> {
    let parts = parts(text);
    let [Part::Name { names, quoted }] = parts.as_slice() else { return None };
    if names.len() < 2 || (names.len() == 2 && !quoted) {
        return None;
    }
    Some(Pasted { instead: quoted.then(|| names.join(".")), names: readings(names) })
}

/// Database and table out of a name's parts: behind a catalog, before a column, or with dots of their own.
fn readings(parts: &[String]) -> Vec<(String, String)> {
    let [.., database, table] = parts else { return Vec::new() };
    let mut found: Vec<(String, String)> =
        (1..parts.len()).map(|at| (parts[..at].join("."), parts[at..].join("."))).collect();
    if parts.len() > 2 {
        found.push((database.clone(), table.clone()));
        found.push((parts[0].clone(), parts[1].clone()));
        found.push((parts[parts.len() - 3].clone(), database.clone()));
    }
    found
}

enum Part {
    /// Parts joined by dots, and whether any of them is quoted.
    Name {
        names: Vec<String>,
        quoted: bool,
    },
    Mark(char),
}

impl Part {
    fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Name { names, quoted: false } if names.len() == 1 && names[0].eq_ignore_ascii_case(word))
    }
}

/// Names and marks; what stands in single quotes is a value.
fn parts(text: &str) -> Vec<Part> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (mut names, mut quoted) = (Vec::new(), false);
        while let Some((name, is_quoted, after)) = one_name(rest) {
            names.push(name.to_owned());
            quoted |= is_quoted;
            rest = after;
            match after.trim_start().strip_prefix('.').map(str::trim_start) {
                Some(next) if one_name(next).is_some() => rest = next,
                _ => break,
            }
        }
        if !names.is_empty() {
            found.push(Part::Name { names, quoted });
        } else if first == '\'' {
            rest = rest[1..].split_once('\'').map_or("", |(_, after)| after);
        } else {
            found.push(Part::Mark(first));
            rest = &rest[first.len_utf8()..];
        }
        rest = rest.trim_start();
    }
    found
}

/// The name at the start, whether it is quoted, and what follows it.
fn one_name(text: &str) -> Option<(&str, bool, &str)> {
    let closing = match text.chars().next()? {
        '"' => Some('"'),
        '`' => Some('`'),
        '[' => Some(']'),
        _ => None,
    };
    if let Some(closing) = closing {
        let (name, after) = text[1..].split_once(closing)?;
        return (!name.trim().is_empty()).then_some((name, true, after));
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '{' | '}' | '@');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    (end > 0).then(|| (&text[..end], false, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> Option<(String, String)> {
        pasted(text)?.names.into_iter().next()
    }

    fn instead(text: &str) -> Option<String> {
        pasted(text)?.instead
    }

    fn has(text: &str, database: &str, table: &str) -> bool {
        pasted(text).is_some_and(|found| found.names.contains(&(database.into(), table.into())))
    }

    #[test]
    fn names_with_a_catalog_or_a_column() {
        for text in
            ["hive.zoo.orders", "\"hive\".\"zoo\".\"orders\"", "`hive`.`zoo`.`orders`", "[hive].[zoo].[orders];"]
        {
            assert!(has(text, "zoo", "orders"), "{text}");
        }
        assert!(has("zoo.orders.id", "zoo", "orders") && has("hive.zoo.orders.id", "zoo", "orders"));
        assert_eq!(instead("`zoo`.`orders`").as_deref(), Some("zoo.orders"));
        for typed in [
            "zoo.orders",
            "orders",
            "\"orders\"",
            "\"order detail\" mart",
            "order detail",
            "",
            "a . b",
            "db:mart a.b.c",
        ] {
            assert_eq!(pasted(typed).filter(|_| typed != "a . b"), None, "{typed}");
        }
    }

    #[test]
    fn statements() {
        let zoo = Some(("zoo".to_owned(), "orders".to_owned()));
        for text in [
            "select * from zoo.orders where dt = '2026-01-01'",
            "SELECT a, b FROM `zoo`.`orders` o WHERE x > 1;",
            "desc zoo.orders",
            "DESCRIBE FORMATTED zoo.orders",
            "insert overwrite table zoo.orders select 1",
            "show create table zoo.orders",
            "drop table if exists zoo.orders",
            "show partitions zoo.orders",
            "with x as (select 1 from zoo.orders) select * from x",
        ] {
            assert_eq!(first(text), zoo, "{text}");
            assert_eq!(instead(text).as_deref(), Some("zoo.orders"), "{text}");
        }
        let join = "select * from zoo.orders o, zoo.items i left join hive.zoo.people p on o.id = p.id";
        assert!(has(join, "zoo", "items") && has(join, "zoo", "people") && !has(join, "o", "id"));
        assert_eq!(instead("select count(*) from orders").as_deref(), Some("orders"));
        assert_eq!(instead("select 1 from hive.zoo.orders").as_deref(), Some("zoo.orders"));
        for typed in ["update date", "create table", "select item", "show room", "desc", "from seller", "delete log"] {
            assert_eq!(pasted(typed), None, "{typed}");
        }
    }

    #[test]
    fn paths() {
        assert_eq!(
            first("hdfs://nn:8020/warehouse/zoo.db/orders/dt=2026-01-01"),
            Some(("zoo".into(), "orders".into()))
        );
        assert_eq!(instead("/user/hive/warehouse/zoo.db/orders").as_deref(), Some("zoo.orders"));
        assert_eq!(instead("s3://bucket/warehouse/zoo.db").as_deref(), Some("zoo"));
        assert!(has("s3a://bucket/lake/zoo/orders", "zoo", "orders"));
        assert_eq!(pasted("mart/order_detail"), None);
    }

    proptest! {
        #[test]
        fn anything_is_read(text in ".{0,60}", sql in "(select|from|desc|[a-z]\\.|`|\"|'|\\[|,|;| |/|://){0,20}") {
            pasted(&text);
            pasted(&sql);
        }
    }
}
