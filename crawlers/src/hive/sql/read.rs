//! The queries. A table or a database comes as one row with all that belongs to it, partitions as one row for many:
//! a row for each column would cost more on its way here than everything that is done with it.

use super::value::{Reader, Value};
use crate::ObservedDatabase;
use crate::hive::table::{StoredPartition, StoredTable};
use futures::stream::{Stream, StreamExt};
use reeve_model::asset::{Column, Remark};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::collections::{BTreeMap, HashSet};

/// The catalog that a metastore has always had, and of which people name the databases without it.
const USUAL_CATALOG: &str = "hive";

/// Values of one row of Hive's tables.
type Values<'a, const N: usize> = [Option<Value<'a>>; N];
type Parameters<'a> = Vec<Values<'a, 2>>;
type Columns<'a> = Vec<Values<'a, 4>>;

/// The schema's version, `2.3.0`, and what its row says of itself; `None` where the database has no such row.
pub(super) async fn version(
    connection: &mut SqliteConnection,
) -> sqlx::Result<Option<(Option<String>, Option<String>)>> {
    const SQL: &str = concat!(
        "SELECT ",
        bytes!(array!(r#""SCHEMA_VERSION""#, r#""VERSION_COMMENT""#)),
        r#" FROM "VERSION" ORDER BY "VER_ID" LIMIT 1"#
    );
    let Some(row) = sqlx::query_scalar::<_, Vec<u8>>(SQL).fetch_optional(connection).await? else { return Ok(None) };
    let [version, comment]: Values<'_, 2> = parse(&row)?;
    Ok(Some((version.map(|value| value.text().0), comment.map(|value| value.text().0))))
}

/// What the metastore calls its own database; from Hive 3 on.
pub(super) async fn uuid(connection: &mut SqliteConnection) -> sqlx::Result<Option<String>> {
    const SQL: &str = concat!(
        "SELECT ",
        bytes!(text!(r#""PROPERTY_VALUE""#)),
        r#" FROM "METASTORE_DB_PROPERTIES" WHERE "PROPERTY_KEY" = 'guid'"#
    );
    let columns: Vec<String> =
        sqlx::query_scalar(columns_of!("METASTORE_DB_PROPERTIES")).fetch_all(&mut *connection).await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let uuid: Option<Option<Vec<u8>>> = sqlx::query_scalar(SQL).fetch_optional(connection).await?;
    Ok(uuid.flatten().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// A database and the keys of its rows: more than one where the metastore has it twice.
pub(super) struct Database {
    pub(super) keys: Vec<i64>,
    pub(super) observed: ObservedDatabase,
}

/// The databases, with the catalog that each is in.
macro_rules! databases {
    ($catalog:literal) => {
        concat!(
            "SELECT ",
            bytes!(array_of_json!(joined!(
                array!(
                    r#""D"."DB_ID""#,
                    $catalog,
                    r#""D"."NAME""#,
                    r#""D"."DESC""#,
                    r#""D"."DB_LOCATION_URI""#,
                    r#""D"."OWNER_NAME""#
                ),
                concat!(
                    "(SELECT ",
                    array_of!(array!(r#""PARAM_KEY""#, r#""PARAM_VALUE""#)),
                    r#" FROM "DATABASE_PARAMS" "P" WHERE "P"."DB_ID" = "D"."DB_ID")"#
                )
            ))),
            r#" FROM "DBS" "D" WHERE "D"."NAME" IS NOT NULL"#
        )
    };
}

/// All databases by name. Those of the usual catalog have their plain name, those of another one (Hive 3 has more than
/// one) that catalog's before theirs: `iceberg.sales`.
pub(super) async fn databases(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Database>> {
    let columns: Vec<String> = sqlx::query_scalar(columns_of!("DBS")).fetch_all(&mut *connection).await?;
    let with_catalogs = columns.iter().any(|column| column == "CTLG_NAME");
    let sql = if with_catalogs { databases!(r#""D"."CTLG_NAME""#) } else { databases!("NULL") };
    let json: Vec<u8> = sqlx::query_scalar(sql).fetch_one(connection).await?;
    let mut rows = Vec::new();
    for (values, parameters) in parse::<Vec<(Values<'_, 6>, Parameters<'_>)>>(&json)? {
        let [key, catalog, name, description, location, owner] = values.map(|value| value.map(|value| value.text().0));
        let Some(key) = key.and_then(|key| key.parse::<i64>().ok()) else { continue };
        let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
        let other = catalog.filter(|catalog| !catalog.is_empty() && catalog != USUAL_CATALOG);
        let not_empty = |text: &String| !text.is_empty();
        let observed = ObservedDatabase {
            name: other.as_ref().map_or_else(|| name.clone(), |catalog| format!("{catalog}.{name}")),
            description: description.filter(not_empty),
            location: location.filter(not_empty),
            owner: owner.filter(not_empty),
            parameters: read_parameters(&mut Reader::default(), parameters),
        };
        rows.push((other, key, observed));
    }
    // The usual catalog's first, so that no other one takes a name from it; of what is there twice, the older row's.
    rows.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let mut databases: BTreeMap<String, Database> = BTreeMap::new();
    for (_, key, observed) in rows {
        let known = databases.entry(observed.name.clone());
        known.or_insert_with(|| Database { keys: Vec::new(), observed }).keys.push(key);
    }
    Ok(databases.into_values().collect())
}

/// Key, name and name as it is stored of each table and view in the databases with these keys, in no order; of those
/// with these names alone where names are given.
pub(super) async fn table_names(
    connection: &mut SqliteConnection,
    databases: &[i64],
    named: Option<&HashSet<&str>>,
) -> sqlx::Result<Vec<(i64, String, String)>> {
    const ALL: &str = concat!(
        "SELECT ",
        bytes!(array_of!(array!(r#""TBL_ID""#, r#""TBL_NAME""#))),
        r#" FROM "TBLS" WHERE "DB_ID" IN "#,
        keys!("$1")
    );
    const NAMED: &str = concat!(
        "SELECT ",
        bytes!(array_of!(array!(r#""TBL_ID""#, r#""TBL_NAME""#))),
        r#" FROM "TBLS" WHERE "DB_ID" IN "#,
        keys!("$1"),
        r#" AND "TBL_NAME" IN "#,
        keys!("$2")
    );
    let databases = to_json(databases);
    let json: Vec<u8> = match named {
        Some(names) if are_as_stored(names) => {
            sqlx::query_scalar(NAMED).bind(databases).bind(to_json(names)).fetch_one(connection).await?
        }
        _ => sqlx::query_scalar(ALL).bind(databases).fetch_one(connection).await?,
    };
    let rows = parse::<Vec<Values<'_, 2>>>(&json)?.into_iter().filter_map(|[key, name]| {
        let (key, name) = (key?.number()?, name?);
        Some((key, name.text().0, name.raw()))
    });
    Ok(rows.filter(|(_, name, _)| !name.is_empty() && named.is_none_or(|names| names.contains(&**name))).collect())
}

/// The tables with these keys, by key, each with what is to be told of it.
pub(super) fn tables<'c>(
    connection: &'c mut SqliteConnection,
    database: &'c str,
    keys: &[i64],
) -> impl Stream<Item = sqlx::Result<(i64, StoredTable, Vec<Remark>)>> + use<'c> {
    const SQL: &str = concat!(
        r#"SELECT "T"."TBL_ID", "#,
        bytes!(joined!(
            array!(
                r#""T"."TBL_NAME""#,
                r#""T"."OWNER""#,
                r#""T"."CREATE_TIME""#,
                r#""T"."TBL_TYPE""#,
                r#""T"."VIEW_ORIGINAL_TEXT""#,
                r#""T"."VIEW_EXPANDED_TEXT""#,
                r#""S"."LOCATION""#,
                r#""S"."INPUT_FORMAT""#,
                r#""E"."SLIB""#
            ),
            concat!(
                "(SELECT ",
                array_of!(array!(r#""INTEGER_IDX""#, r#""COLUMN_NAME""#, r#""TYPE_NAME""#, r#""COMMENT""#)),
                r#" FROM "COLUMNS_V2" "C" WHERE "C"."CD_ID" = "S"."CD_ID")"#
            ),
            concat!(
                "(SELECT ",
                array_of!(array!(r#""INTEGER_IDX""#, r#""PKEY_NAME""#, r#""PKEY_TYPE""#, r#""PKEY_COMMENT""#)),
                r#" FROM "PARTITION_KEYS" "K" WHERE "K"."TBL_ID" = "T"."TBL_ID")"#
            ),
            concat!(
                "(SELECT ",
                array_of!(array!(r#""PARAM_KEY""#, r#""PARAM_VALUE""#)),
                r#" FROM "TABLE_PARAMS" "P" WHERE "P"."TBL_ID" = "T"."TBL_ID")"#
            ),
            concat!(
                "(SELECT ",
                array_of!(array!(r#""PARAM_KEY""#, r#""PARAM_VALUE""#)),
                r#" FROM "SERDE_PARAMS" "Q" WHERE "Q"."SERDE_ID" = "S"."SERDE_ID")"#
            ),
        )),
        r#" FROM "TBLS" "T"
            LEFT JOIN "SDS" "S" ON "S"."SD_ID" = "T"."SD_ID" LEFT JOIN "SERDES" "E" ON "E"."SERDE_ID" = "S"."SERDE_ID"
            WHERE "T"."TBL_ID" IN "#,
        keys!("$1"),
        r#" ORDER BY "T"."TBL_ID""#
    );
    let rows = sqlx::query(SQL).bind(to_json(keys)).fetch(connection);
    rows.map(move |row: sqlx::Result<SqliteRow>| {
        let row = row?;
        let (table, remarks) = table(database, row.try_get(1)?)?;
        Ok((row.try_get(0)?, table, remarks))
    })
}

fn table(database: &str, json: &[u8]) -> sqlx::Result<(StoredTable, Vec<Remark>)> {
    let (values, columns, partition_keys, parameters, serde_parameters): (
        Values<'_, 9>,
        Columns<'_>,
        Columns<'_>,
        Parameters<'_>,
        Parameters<'_>,
    ) = parse(json)?;
    let [name, owner, create_time, table_type, original_text, expanded_text, location, input_format, serde] = values;
    let mut reader = Reader::default();
    let mut text = |value: Option<Value<'_>>, field: &str| reader.optional(value.as_ref(), || field.to_owned());
    let table = StoredTable {
        database: database.to_owned(),
        name: text(name, "name").unwrap_or_default(),
        owner: text(owner, "owner"),
        table_type: text(table_type, "table_type").unwrap_or_default(),
        view_original_text: text(original_text, "view_original_text"),
        view_expanded_text: text(expanded_text, "view_expanded_text"),
        location: text(location, "location"),
        input_format: text(input_format, "input_format"),
        serde: text(serde, "serde"),
        create_time: reader.time(create_time.as_ref(), "create_time"),
        columns: read_columns(&mut reader, columns),
        partition_keys: read_columns(&mut reader, partition_keys),
        parameters: read_parameters(&mut reader, parameters),
        serde_parameters: read_parameters(&mut reader, serde_parameters),
        ..StoredTable::default()
    };
    Ok((table, reader.remarks))
}

/// Many partitions, as the database answered them.
pub(super) struct PartitionPage(Vec<u8>);

impl PartitionPage {
    pub(super) fn bytes(&self) -> usize {
        self.0.len()
    }

    /// Key of the table, key of the partition, and the partition: `None` where it has no name.
    pub(super) fn rows(&self) -> sqlx::Result<Vec<(i64, i64, Option<StoredPartition>)>> {
        let mut reader = Reader::default();
        let rows = parse::<Vec<(Values<'_, 5>, Parameters<'_>)>>(&self.0)?.into_iter().filter_map(|row| {
            let ([table, key, name, create_time, location], parameters) = row;
            let mut text = |value: Option<Value<'_>>| value.map(|value| reader.text(&value, String::new));
            let (name, location) = (text(name), text(location));
            let stored = |name| StoredPartition {
                name,
                create_time: reader.time(create_time.as_ref(), "create_time"),
                location,
                parameters: read_parameters(&mut reader, parameters),
            };
            Some((table?.number()?, key?.number()?, name.filter(|name| !name.is_empty()).map(stored)))
        });
        Ok(rows.collect())
    }
}

/// At most `limit` partitions of the tables with these keys, whose own keys are above `after`; by table, then by key.
pub(super) async fn partitions(
    connection: &mut SqliteConnection,
    tables: &[i64],
    after: i64,
    limit: i64,
) -> sqlx::Result<PartitionPage> {
    const SQL: &str = concat!(
        "SELECT ",
        bytes!(array_of_json!("item")),
        " FROM (SELECT ",
        joined!(
            array!(
                r#""P"."TBL_ID""#,
                r#""P"."PART_ID""#,
                r#""P"."PART_NAME""#,
                r#""P"."CREATE_TIME""#,
                r#""S"."LOCATION""#
            ),
            concat!(
                "(SELECT ",
                array_of!(array!(r#""PARAM_KEY""#, r#""PARAM_VALUE""#)),
                r#" FROM "PARTITION_PARAMS" "Q" WHERE "Q"."PART_ID" = "P"."PART_ID")"#
            )
        ),
        r#" AS item FROM "PARTITIONS" "P" LEFT JOIN "SDS" "S" ON "S"."SD_ID" = "P"."SD_ID"
            WHERE "P"."PART_ID" > $2 AND "P"."TBL_ID" IN "#,
        keys!("$1"),
        r#" ORDER BY "P"."TBL_ID", "P"."PART_ID" LIMIT $3) AS page"#
    );
    let page = sqlx::query_scalar(SQL).bind(to_json(tables)).bind(after).bind(limit).fetch_one(connection).await?;
    Ok(PartitionPage(page))
}

/// Those of the named partitions that the table with this key has.
pub(super) async fn existing_partitions(
    connection: &mut SqliteConnection,
    table: i64,
    named: &HashSet<&str>,
) -> sqlx::Result<Vec<String>> {
    const ALL: &str =
        concat!("SELECT ", bytes!(array_of!(array!(r#""PART_NAME""#))), r#" FROM "PARTITIONS" WHERE "TBL_ID" = $1"#);
    const NAMED: &str = concat!(
        "SELECT ",
        bytes!(array_of!(array!(r#""PART_NAME""#))),
        r#" FROM "PARTITIONS" WHERE "TBL_ID" = $1 AND "PART_NAME" IN "#,
        keys!("$2")
    );
    let json: Vec<u8> = if are_as_stored(named) {
        sqlx::query_scalar(NAMED).bind(table).bind(to_json(named)).fetch_one(connection).await?
    } else {
        sqlx::query_scalar(ALL).bind(table).fetch_one(connection).await?
    };
    let rows = parse::<Vec<Values<'_, 1>>>(&json)?.into_iter().filter_map(|[name]| Some(name?.text().0));
    Ok(rows.filter(|name| named.contains(&**name)).collect())
}

/// Whether the database can be asked for these names: it does not know the marks that stand for other bytes here.
fn are_as_stored(names: &HashSet<&str>) -> bool {
    !names.iter().any(|name| name.contains('\u{fffd}'))
}

fn read_parameters(reader: &mut Reader, rows: Parameters<'_>) -> BTreeMap<String, String> {
    let parameter = |[key, value]: Values<'_, 2>| {
        let key = reader.text(&key?, || "parameters".to_owned());
        let value = reader.text(&value?, || key.clone());
        Some((key, value))
    };
    rows.into_iter().filter_map(parameter).collect()
}

/// Columns in their order; those without a readable position come last, as the database has them.
fn read_columns(reader: &mut Reader, mut rows: Columns<'_>) -> Vec<Column> {
    rows.sort_by_key(|[position, ..]| position.as_ref().and_then(Value::number).unwrap_or(i64::MAX));
    let column = |[_, name, data_type, comment]: Values<'_, 4>| {
        let name = reader.text(&name?, || "column".to_owned());
        let data_type = reader.optional(data_type.as_ref(), || format!("{name}.type")).unwrap_or_default();
        let comment = reader.optional(comment.as_ref(), || format!("{name}.comment"));
        Some(Column { name, data_type, comment })
    };
    rows.into_iter().filter_map(column).collect()
}

fn parse<'a, T: serde::Deserialize<'a>>(json: &'a [u8]) -> sqlx::Result<T> {
    serde_json::from_slice(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn to_json(keys: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(keys).expect("numbers and texts are JSON")
}
