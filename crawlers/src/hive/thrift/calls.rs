//! The metastore's calls that Reeve makes, by hand over the protocol: ten calls, and only the fields that are
//! needed. Field numbers are those of Hive's `hive_metastore.thrift`, where they never change; fields that a newer
//! server adds are skipped. A partition repeats all columns of its table, which are skipped without being stored.

use super::connection::{
    CallError, Connection, Input, Output, read_list, read_noted, read_struct, read_text, unreadable,
};
use crate::ObservedDatabase;
use crate::hive::table::{StoredPartition, StoredTable};
use reeve_model::asset::{Column, Remark};
use reeve_model::partition_name;
use std::collections::{BTreeMap, HashMap, HashSet};
use thrift::protocol::{TFieldIdentifier, TInputProtocol, TListIdentifier, TOutputProtocol, TType};

impl Connection {
    /// `getVersion` of fb303: what the server says it is, which need not be Hive's version.
    pub(super) fn version(&mut self) -> Result<String, CallError> {
        self.call("getVersion", |_| Ok(()), text)
    }

    pub(super) fn database_names(&mut self) -> Result<Vec<String>, CallError> {
        self.call("get_all_databases", |_| Ok(()), texts)
    }

    /// `None` when there is no such database.
    pub(super) fn database(&mut self, name: &str) -> Result<Option<ObservedDatabase>, CallError> {
        let read = self.call("get_database", |output| write_text(output, 1, name), read_database);
        match read {
            Ok(database) => Ok(Some(database)),
            Err(CallError::Refused { exception: 1, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the metastore calls its own database, from Hive 3 on.
    pub(super) fn database_uuid(&mut self) -> Result<String, CallError> {
        self.call("get_metastore_db_uuid", |_| Ok(()), text)
    }

    /// Empty where it is not set.
    pub(super) fn config_value(&mut self, name: &str) -> Result<String, CallError> {
        let arguments = |output: &mut Output| {
            write_text(output, 1, name)?;
            write_text(output, 2, "")
        };
        self.call("get_config_value", arguments, text)
    }

    /// `None` when there is no such table, or no such database.
    pub(super) fn table(&mut self, database: &str, name: &str) -> Result<Option<StoredTable>, CallError> {
        let arguments = |output: &mut Output| {
            write_text(output, 1, database)?;
            write_text(output, 2, name)
        };
        let read = self.call("get_table", arguments, |input, kind| match kind {
            TType::Struct => read_table(input),
            kind => Err(unreadable(format!("{kind:?} instead of a table"))),
        });
        match read {
            Ok(table) => Ok(Some(table)),
            Err(CallError::Refused { exception: 2, .. }) => Ok(None),
            // A metastore that does not know the call has answered the other one.
            Err(CallError::Refused { exception: 0, .. }) => {
                Ok(self.tables(database, &[name.to_owned()])?.into_iter().next())
            }
            Err(error) => Err(error),
        }
    }

    /// Tables and views.
    pub(super) fn table_names(&mut self, database: &str) -> Result<Vec<String>, CallError> {
        self.call("get_all_tables", |output| write_text(output, 1, database), texts)
    }

    /// Those of the named tables that exist; none when the database does not.
    pub(super) fn tables(&mut self, database: &str, names: &[String]) -> Result<Vec<StoredTable>, CallError> {
        let read = self.call_for(
            names.len(),
            "get_table_objects_by_name",
            |output| {
                write_text(output, 1, database)?;
                write_texts(output, 2, names)
            },
            |input, kind| read_list(input, kind, TType::Struct, read_table),
        );
        match read {
            Err(CallError::Refused { exception: 3, .. }) => Ok(Vec::new()),
            read => matched(read?, names),
        }
    }

    pub(super) fn partition_names(&mut self, database: &str, table: &str) -> Result<Vec<String>, CallError> {
        self.call(
            "get_partition_names",
            |output| {
                write_text(output, 1, database)?;
                write_text(output, 2, table)?;
                output.write_field_begin(&TFieldIdentifier::new("", TType::I16, 3))?;
                output.write_i16(-1)
            },
            texts,
        )
    }

    /// Those of the named partitions that exist; none when the table does not. `keys` are the partition keys' names.
    pub(super) fn partitions(
        &mut self,
        database: &str,
        table: &str,
        keys: &[String],
        names: &[String],
    ) -> Result<Vec<StoredPartition>, CallError> {
        // The answer has values but no names, and how a name was spelled is not always how Hive spells it now.
        let by_values: HashMap<Vec<String>, &String> =
            names.iter().map(|name| (partition_name::values(name), name)).collect();
        let read = self.call_for(
            names.len(),
            "get_partitions_by_names",
            |output| {
                write_text(output, 1, database)?;
                write_text(output, 2, table)?;
                write_texts(output, 3, names)
            },
            |input, kind| read_list(input, kind, TType::Struct, read_partition),
        );
        let stored = match read {
            Err(CallError::Refused { exception: 2, .. }) => Vec::new(),
            read => read?,
        };
        let mut partitions = Vec::with_capacity(stored.len());
        let mut seen = HashSet::new();
        for (values, mut partition) in stored {
            let name = by_values.get(&values).copied().or_else(|| {
                let name = partition_name::build(keys.iter().map(String::as_str), values.iter().map(String::as_str));
                names.iter().find(|asked| **asked == name)
            });
            partition.name = match (name, names) {
                (Some(name), _) | (None, [name]) => name.clone(),
                (None, _) => return Err(not_asked_for(&values.join("/"))),
            };
            if seen.insert(partition.name.clone()) {
                partitions.push(partition);
            }
        }
        Ok(partitions)
    }
}

/// Each table once, under the name it was asked for by. A single one is the one that was asked for, whatever name it
/// has or has not.
fn matched(tables: Vec<StoredTable>, names: &[String]) -> Result<Vec<StoredTable>, CallError> {
    let mut left: HashMap<String, &String> = names.iter().map(|name| (name.to_lowercase(), name)).collect();
    let mut seen = HashSet::new();
    let mut found = Vec::with_capacity(tables.len());
    for mut table in tables {
        let lower = table.name.to_lowercase();
        match (left.remove(&lower), names) {
            (Some(name), _) => table.name.clone_from(name),
            (None, _) if seen.contains(&lower) => continue,
            (None, [name]) if found.is_empty() => table.name.clone_from(name),
            (None, [_]) => continue,
            (None, _) => return Err(not_asked_for(&table.name)),
        }
        seen.insert(lower);
        found.push(table);
    }
    Ok(found)
}

/// As a refusal: the connection is good, and fewer may be asked for.
fn not_asked_for(name: &str) -> CallError {
    CallError::Refused { exception: 0, reason: format!("the answer has {name:?}, which was not asked for") }
}

fn read_database(input: &mut Input, kind: TType) -> thrift::Result<ObservedDatabase> {
    if kind != TType::Struct {
        return Err(unreadable(format!("{kind:?} instead of a database")));
    }
    let mut database = ObservedDatabase::default();
    read_struct(input, |input, id, kind| {
        match (id, kind) {
            (1, TType::String) => database.name = read_text(input)?,
            (2, TType::String) => database.description = some(read_text(input)?),
            (3, TType::String) => database.location = some(read_text(input)?),
            (4, TType::Map) => database.parameters = read_map(input, &mut Vec::new())?,
            (6, TType::String) => database.owner = some(read_text(input)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(database)
}

fn read_table(input: &mut Input) -> thrift::Result<StoredTable> {
    let mut table = StoredTable::default();
    let mut remarks = Vec::new();
    read_struct(input, |input, id, kind| {
        let mut text = |input: &mut Input, field: &str| read_noted(input, field, &mut remarks);
        match (id, kind) {
            (1, TType::String) => table.name = text(input, "name")?,
            (2, TType::String) => table.database = text(input, "database")?,
            (3, TType::String) => table.owner = Some(text(input, "owner")?),
            (4, TType::I32) => table.create_time = input.read_i32()?.into(),
            (7, TType::Struct) => read_storage(input, &mut table, &mut remarks)?,
            (8, TType::List) => table.partition_keys = read_columns(input, kind, &mut remarks)?,
            (9, TType::Map) => table.parameters = read_map(input, &mut remarks)?,
            (10, TType::String) => table.view_original_text = Some(text(input, "view_original_text")?),
            (11, TType::String) => table.view_expanded_text = Some(text(input, "view_expanded_text")?),
            (12, TType::String) => table.table_type = text(input, "table_type")?,
            // From Hive 4 on.
            (25, TType::I64) => {
                table.source_key = Some(input.read_i64()?).filter(|id| *id > 0).map(|id| id.to_string());
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    table.remarks = remarks;
    Ok(table)
}

fn read_storage(input: &mut Input, table: &mut StoredTable, remarks: &mut Vec<Remark>) -> thrift::Result<()> {
    read_struct(input, |input, id, kind| {
        match (id, kind) {
            (1, TType::List) => table.columns = read_columns(input, kind, remarks)?,
            (2, TType::String) => table.location = Some(read_noted(input, "location", remarks)?),
            (3, TType::String) => table.input_format = Some(read_noted(input, "input_format", remarks)?),
            (7, TType::Struct) => read_struct(input, |input, id, kind| {
                match (id, kind) {
                    (2, TType::String) => table.serde = Some(read_noted(input, "serde", remarks)?),
                    (3, TType::Map) => table.serde_parameters = read_map(input, remarks)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })
}

fn read_columns(input: &mut Input, kind: TType, remarks: &mut Vec<Remark>) -> thrift::Result<Vec<Column>> {
    read_list(input, kind, TType::Struct, |input| read_column(input, remarks))
}

fn read_column(input: &mut Input, remarks: &mut Vec<Remark>) -> thrift::Result<Column> {
    let mut column = Column { name: String::new(), data_type: String::new(), comment: None };
    read_struct(input, |input, id, kind| {
        match (id, kind) {
            (1, TType::String) => column.name = read_noted(input, "columns", remarks)?,
            (2, TType::String) => column.data_type = read_noted(input, &column.name, remarks)?,
            (3, TType::String) => column.comment = Some(read_noted(input, &column.name, remarks)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(column)
}

/// The values, and the partition without its name.
fn read_partition(input: &mut Input) -> thrift::Result<(Vec<String>, StoredPartition)> {
    let mut values = Vec::new();
    let mut partition = StoredPartition::default();
    read_struct(input, |input, id, kind| {
        match (id, kind) {
            (1, TType::List) => values = texts(input, kind)?,
            (4, TType::I32) => partition.create_time = input.read_i32()?.into(),
            (6, TType::Struct) => read_struct(input, |input, id, kind| {
                if (id, kind) != (2, TType::String) {
                    return Ok(false);
                }
                partition.location = Some(read_text(input)?);
                Ok(true)
            })?,
            (7, TType::Map) => partition.parameters = read_map(input, &mut Vec::new())?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((values, partition))
}

/// Parameters; what is no text is left out.
fn read_map(input: &mut Input, remarks: &mut Vec<Remark>) -> thrift::Result<BTreeMap<String, String>> {
    let map = input.read_map_begin()?;
    let mut entries = BTreeMap::new();
    for _ in 0..map.size {
        match (map.key_type, map.value_type) {
            (Some(TType::String), Some(TType::String)) => {
                let key = read_noted(input, "parameters", remarks)?;
                let value = read_noted(input, &key, remarks)?;
                entries.insert(key, value);
            }
            (Some(key), Some(value)) => {
                input.skip(key)?;
                input.skip(value)?;
            }
            _ => return Err(unreadable("a map without types".to_owned())),
        }
    }
    input.read_map_end()?;
    Ok(entries)
}

fn text(input: &mut Input, kind: TType) -> thrift::Result<String> {
    if kind != TType::String {
        return Err(unreadable(format!("{kind:?} instead of a string")));
    }
    read_text(input)
}

fn texts(input: &mut Input, kind: TType) -> thrift::Result<Vec<String>> {
    read_list(input, kind, TType::String, read_text)
}

fn write_text(output: &mut Output, id: i16, text: &str) -> thrift::Result<()> {
    output.write_field_begin(&TFieldIdentifier::new("", TType::String, id))?;
    output.write_string(text)
}

fn write_texts(output: &mut Output, id: i16, texts: &[String]) -> thrift::Result<()> {
    output.write_field_begin(&TFieldIdentifier::new("", TType::List, id))?;
    let size = i32::try_from(texts.len()).map_err(|_| unreadable("too many names for one call".to_owned()))?;
    output.write_list_begin(&TListIdentifier::new(TType::String, size))?;
    texts.iter().try_for_each(|text| output.write_string(text))
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
