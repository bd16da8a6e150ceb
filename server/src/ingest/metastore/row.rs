//! A table as a row: what is written of it, what is compared, and the print that tells whether anything differs at all.

use super::diff::Definition;
use crate::catalog::{CatalogError, json};
use crate::db::text_time;
use reeve_crawlers::ObservedTable;
use reeve_model::asset::{AssetKind, Column, Remark};
use reeve_model::{AssetId, Word};
use serde::Serialize;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is written of a table; the keys are those of the statement in `tables.rs`.
#[derive(Serialize)]
pub(super) struct TableRow<'a> {
    id: AssetId,
    name: &'a str,
    story: AssetId,
    predecessor: Option<AssetId>,
    source_key: Option<&'a str>,
    table_type: &'a str,
    is_view: bool,
    description: Option<&'a str>,
    owner: Option<&'a str>,
    format: Option<&'a str>,
    input_format: Option<&'a str>,
    serde: Option<&'a str>,
    location: Option<&'a str>,
    created_at: Option<String>,
    changed_at: Option<String>,
    size_bytes: Option<i64>,
    file_count: Option<i64>,
    row_count: Option<i64>,
    column_count: usize,
    columns: &'a [Column],
    partition_keys: &'a [Column],
    parameters: &'a BTreeMap<String, String>,
    schema_from: &'static str,
    remarks: &'a [Remark],
    view_text: Option<&'a str>,
    fingerprint: i64,
}

impl<'a> TableRow<'a> {
    pub(super) fn new(
        table: &'a ObservedTable,
        fingerprint: i64,
        id: AssetId,
        story: AssetId,
        predecessor: Option<AssetId>,
    ) -> Self {
        Self {
            id,
            name: &table.name,
            story,
            predecessor,
            source_key: table.source_key.as_deref(),
            table_type: table.table_type.as_str(),
            is_view: is_view(table),
            description: table.description.as_deref(),
            owner: table.owner.as_deref(),
            format: table.format.as_deref(),
            input_format: table.input_format.as_deref(),
            serde: table.serde.as_deref(),
            location: table.location.as_deref(),
            created_at: table.created_at.map(text_time),
            changed_at: table.changed_at.map(text_time),
            size_bytes: table.size_bytes,
            file_count: table.file_count,
            row_count: table.row_count,
            column_count: table.columns.len() + table.partition_keys.len(),
            columns: &table.columns,
            partition_keys: &table.partition_keys,
            parameters: &table.parameters,
            schema_from: table.schema_from.as_str(),
            remarks: &table.remarks,
            view_text: table.view_text.as_deref(),
            fingerprint,
        }
    }
}

pub(super) fn is_view(table: &ObservedTable) -> bool {
    table.table_type.kind() == AssetKind::View
}

/// Tells whether anything at all differs, without keeping it. It need not survive a new compiler:
/// a print that differs only makes Reeve compare field by field, and then find nothing.
pub(super) fn fingerprint(observed: &impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    observed.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// What the catalog has of a table, as far as history speaks of it.
#[derive(sqlx::FromRow)]
pub(super) struct KnownDefinition {
    pub(super) id: AssetId,
    table_type: String,
    description: Option<String>,
    owner: Option<String>,
    format: Option<String>,
    input_format: Option<String>,
    serde: Option<String>,
    location: Option<String>,
    view_text: Option<String>,
    columns: String,
    partition_keys: String,
    parameters: String,
}

impl KnownDefinition {
    pub(super) fn definition(self) -> Result<Definition, CatalogError> {
        const TABLE: &str = "catalog_table";
        Ok(Definition {
            columns: json::<Vec<Column>>(TABLE, "columns", self.id.0, &self.columns)?,
            partition_keys: json::<Vec<Column>>(TABLE, "partition_keys", self.id.0, &self.partition_keys)?,
            parameters: json(TABLE, "parameters", self.id.0, &self.parameters)?,
            owner: self.owner,
            location: self.location,
            description: self.description,
            attributes: attributes(Some(self.table_type), self.format, self.input_format, self.serde, self.view_text),
        })
    }
}

pub(super) fn definition(table: &ObservedTable) -> Definition {
    Definition {
        columns: table.columns.clone(),
        partition_keys: table.partition_keys.clone(),
        parameters: table.parameters.clone(),
        owner: table.owner.clone(),
        location: table.location.clone(),
        description: table.description.clone(),
        attributes: attributes(
            Some(table.table_type.as_str().to_owned()),
            table.format.clone(),
            table.input_format.clone(),
            table.serde.clone(),
            table.view_text.clone(),
        ),
    }
}

fn attributes(
    table_type: Option<String>,
    format: Option<String>,
    input_format: Option<String>,
    serde: Option<String>,
    view_text: Option<String>,
) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("type", table_type),
        ("format", format),
        ("input format", input_format),
        ("serde", serde),
        ("view text", view_text),
    ]
}

/// No database can hold NUL in a text, and Hive's can come with one.
pub(super) fn clean_text(text: &mut String) {
    if text.contains('\0') {
        *text = text.replace('\0', "\u{fffd}");
    }
}

/// Takes NUL out of every text of a table, keys of parameters too.
pub(super) fn clean(table: &mut ObservedTable) {
    let texts = [
        &mut table.description,
        &mut table.owner,
        &mut table.location,
        &mut table.view_text,
        &mut table.format,
        &mut table.input_format,
        &mut table.serde,
        &mut table.source_key,
    ];
    texts.into_iter().flatten().for_each(clean_text);
    clean_text(&mut table.name);
    clean_parameters(&mut table.parameters);
    for column in table.columns.iter_mut().chain(&mut table.partition_keys) {
        clean_text(&mut column.name);
        clean_text(&mut column.data_type);
        if let Some(comment) = &mut column.comment {
            clean_text(comment);
        }
    }
    for remark in &mut table.remarks {
        clean_text(&mut remark.field);
        clean_text(&mut remark.raw);
    }
}

pub(super) fn clean_parameters(parameters: &mut BTreeMap<String, String>) {
    parameters.values_mut().for_each(clean_text);
    if parameters.keys().any(|key| key.contains('\0')) {
        let taken = std::mem::take(parameters);
        parameters.extend(taken.into_iter().map(|(mut key, value)| {
            clean_text(&mut key);
            (key, value)
        }));
    }
}
