use super::{TablePage, TableTab};
use crate::fixture::{at, changes, columns, paged, partition, summary};
use crate::pages::Fixture;
use reeve_model::Word;
use reeve_model::asset::{Column, Remark, RemarkKind, SchemaFrom, TableDetail, TableType};
use reeve_model::curation::Said;
use std::collections::BTreeMap;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![
        ("table", "/tables/order/order_item", table(overview())),
        ("table-columns", "/tables/order/order_item/columns?q=order", table(columns_tab())),
        ("table-partitions", "/tables/order/order_item/partitions", table(partitions())),
        (
            "table-history",
            "/tables/order/order_item/history?cursor=9",
            table(TableTab::History { changes: paged(changes(), 41, Some("17")), cursor: Some("9".to_owned()) }),
        ),
    ]
}

fn table(tab: TableTab) -> Box<TablePage> {
    Box::new(TablePage { table: detail(), tab })
}

pub(in crate::pages) fn overview() -> TableTab {
    let partitions = paged(vec![partition(24), partition(23)], 200_000, Some("dt=2026-11-23"));
    TableTab::Overview { columns: paged(columns(), 8, None), changes: paged(changes(), 41, Some("17")), partitions }
}

pub(in crate::pages) fn columns_tab() -> TableTab {
    TableTab::Columns { columns: paged(columns(), 8, None), filter: "order".to_owned(), cursor: None }
}

pub(in crate::pages) fn partitions() -> TableTab {
    let partitions = paged(vec![partition(24), partition(23)], 200_000, Some("dt=2026-11-23"));
    TableTab::Partitions { partitions, filter: String::new(), cursor: None }
}

pub(in crate::pages) fn detail() -> TableDetail {
    TableDetail {
        summary: summary(),
        said: Said::default(),
        qualified_name: "order.order_item".to_owned(),
        table_type: TableType::External,
        columns_list: columns(),
        partition_keys: vec![
            Column { name: "dt".to_owned(), data_type: "string".to_owned(), comment: Some("적재 일자".to_owned()) }
                .into(),
        ],
        schema_from: SchemaFrom::Spark,
        remarks: RemarkKind::ALL.iter().map(|&kind| remark(kind)).collect(),
        location: Some("hdfs://nn/warehouse/order.db/order_item".to_owned()),
        input_format: Some("org.apache.hadoop.hive.ql.io.orc.OrcInputFormat".to_owned()),
        serde: Some("org.apache.hadoop.hive.ql.io.orc.OrcSerde".to_owned()),
        file_count: Some(151_204),
        row_count: Some(2_100_000_000),
        view_text: Some("SELECT *\nFROM order.order_item\nWHERE gift_yn = 'N'".to_owned()),
        parameters: BTreeMap::from([
            ("orc.compress".to_owned(), "ZSTD".to_owned()),
            ("retention".to_owned(), "30".to_owned()),
        ]),
        first_seen_at: at(3, 1, 0),
        checked_at: Some(at(24, 14, 5)),
    }
}

fn remark(kind: RemarkKind) -> Remark {
    Remark { kind, field: "transient_lastDdlTime".to_owned(), raw: "-9223372036854775808".to_owned() }
}
