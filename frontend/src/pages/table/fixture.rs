use super::proposals::Curation;
use super::{TablePage, TableTab};
use crate::fixture::{at, changes, columns, paged, partition, summary};
use crate::pages::Fixture;
use reeve_model::Word;
use reeve_model::asset::{Column, Remark, RemarkKind, SchemaFrom, TableDetail, TableType};
use reeve_model::curation::{Certification, Edit, Proposal, ProposalState, Said};
use reeve_model::personal_data::Class;
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

pub(in crate::pages) fn curation() -> Curation {
    let proposal = |id, state| Proposal {
        id,
        change: Edit {
            description: Some(Some("주문 상품 <한 행>".to_owned())),
            tags: Some(vec!["gold".to_owned()]),
            ..Edit::default()
        },
        before: Edit { description: Some(None), tags: Some(Vec::new()), ..Edit::default() },
        note: "설명이 오래됨".to_owned(),
        state,
        made_by: "soyeon.kim".to_owned(),
        made_at: at(24, 9, 0),
        decided_by: None,
        decided_at: None,
        answer: None,
    };
    let declined = Proposal {
        decided_by: Some("jihoon.park".to_owned()),
        decided_at: Some(at(24, 10, 0)),
        answer: Some("이미 있음".to_owned()),
        ..proposal(4, ProposalState::Declined)
    };
    Curation {
        proposals: vec![proposal(5, ProposalState::Pending), declined],
        may_edit: true,
        may_edit_columns: true,
        may_propose: true,
        may_decide: true,
        login: "soyeon.kim".to_owned(),
    }
}

fn table(tab: TableTab) -> Box<TablePage> {
    Box::new(TablePage { table: detail(), tab, curation: curation(), owners: crate::fixture::owners() })
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
        said: Said {
            tags: vec!["gold".to_owned()],
            certification: Some(Certification { by: "jihoon.park".to_owned(), at: at(20, 9, 0) }),
            personal_data: Some(Class::Direct),
            revision: 3,
            ..Said::default()
        },
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
