//! A small shop's catalog, for the snapshots and the gallery; each page's own data stands beside it.

use crate::form::Form;
use crate::owners::OwnersPanel;
use crate::shell::Chrome;
use chrono::{DateTime, TimeZone, Utc};
use reeve_model::asset::{
    AssetKind, Change, ChangeKind, Column, ColumnDetail, DatabaseSummary, Paged, Partition, TableSummary,
};
use reeve_model::crawl::{
    Counts, Crawl, CrawlDatabase, CrawlDetail, CrawlFailure, CrawlState, FailedPart, Listing, Note, RemovalCause,
    SourceStatus,
};
use reeve_model::curation::{Author, Deprecation, Tag};
use reeve_model::owner::{
    Evidence, Holder, HolderKind, Owner, OwnerProposal, OwnerRole, OwnerSource, OwnerState, Owners,
};
use reeve_model::permission::Action;
use reeve_model::reader::{Lang, Theme};
use reeve_model::{AssetId, CrawlId, Word};
use std::collections::BTreeMap;

pub fn chrome(lang: Lang, theme: Option<Theme>, uri: &str) -> Chrome {
    Chrome {
        lang,
        theme,
        uri: uri.to_owned(),
        version: "0.1.0".to_owned(),
        fresh_at: Some(at(24, 14, 5)),
        now: at(24, 14, 6),
        zone: chrono_tz::Asia::Seoul,
        nonce: "bm9uY2U".to_owned(),
        form_token: String::new(),
        may: Action::ALL.to_vec(),
        who: None,
        is_demo: false,
    }
}

pub(crate) fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).single().unwrap_or_default()
}

pub(crate) fn paged<T>(items: Vec<T>, total: i64, next: Option<&str>) -> Paged<T> {
    Paged { items, total, next_cursor: next.map(str::to_owned) }
}

pub(crate) fn databases() -> Vec<DatabaseSummary> {
    let database = |name: &str, description: Option<&str>, tables, size_bytes| DatabaseSummary {
        id: AssetId(1),
        source: "prod".to_owned(),
        ambiguous: false,
        name: name.to_owned(),
        description: description.map(str::to_owned),
        description_from: description.map(|_| Author::Source),
        source_description: None,
        revision: 0,
        location: Some(format!("hdfs://nn/warehouse/{name}.db")),
        owner: Some("order-platform".to_owned()),
        tables,
        views: 3,
        size_bytes,
        parameters: BTreeMap::from([("team".to_owned(), "order".to_owned())]),
        first_seen_at: at(3, 1, 0),
        deleted_at: None,
    };
    vec![
        database("order", Some("주문과 결제 원천 데이터"), 214, Some(81_300_000_000_000)),
        database("tmp_growth", None, 12, None),
    ]
}

pub(crate) fn tables() -> Vec<TableSummary> {
    let deprecated = TableSummary {
        name: "order_log_2023".to_owned(),
        description: None,
        description_from: None,
        owner: None,
        deprecated: Some(Deprecation::default()),
        size_bytes: None,
        ..summary()
    };
    let view = TableSummary {
        name: "order_v".to_owned(),
        kind: AssetKind::View,
        description: Some("Orders without test members".to_owned()),
        format: None,
        partitioned: false,
        partitions: 0,
        ..summary()
    };
    vec![summary(), deprecated, view]
}

pub(crate) fn summary() -> TableSummary {
    TableSummary {
        id: AssetId(2),
        source: "prod".to_owned(),
        ambiguous: false,
        database: "order".to_owned(),
        name: "order_item".to_owned(),
        kind: AssetKind::Table,
        description: Some("주문 상세. 한 행이 주문 상품 하나".to_owned()),
        description_from: Some(Author::Source),
        owner: Some("order-platform".to_owned()),
        format: Some("orc".to_owned()),
        columns: 8,
        partitions: 200_000,
        partitioned: true,
        size_bytes: Some(40_900_000_000_000),
        created_at: Some(at(4, 9, 30)),
        changed_at: Some(at(24, 13, 54)),
        certified: false,
        deprecated: None,
        deleted_at: None,
    }
}

pub(crate) fn columns() -> Vec<ColumnDetail> {
    let column = |name: &str, data_type: &str, comment: Option<&str>| {
        ColumnDetail::from(Column {
            name: name.to_owned(),
            data_type: data_type.to_owned(),
            comment: comment.map(str::to_owned),
        })
    };
    vec![
        column("order_id", "bigint", Some("주문번호")),
        column(
            "items",
            "array<struct<sku:string,qty:int,price:struct<amount:decimal(18,2),currency:string>>>",
            Some("주문 상품 <목록>"),
        ),
        column("note", "string", None),
        column("ordered_at", "timestamp", Some("When the order was placed")),
        column("broken", "struct<a:", None),
        column("dt", "string", Some("적재 일자")),
    ]
}

pub(crate) fn tags() -> Vec<Tag> {
    let tag = |id, name: &str, title_ko: &str, title_en: &str, uses| Tag {
        id,
        name: name.to_owned(),
        title_ko: title_ko.to_owned(),
        title_en: title_en.to_owned(),
        created_by: "jihoon.park".to_owned(),
        created_at: at(3, 1, 0),
        uses,
    };
    vec![tag(1, "gold", "핵심 데이터", "Gold data", 12), tag(2, "매출", "매출 집계", "Revenue", 3)]
}

pub(crate) fn partition(day: u32) -> Partition {
    Partition {
        name: format!("dt=2026-11-{day}"),
        values: vec![format!("2026-11-{day}")],
        location: Some(format!("hdfs://nn/warehouse/order.db/order_item/dt=2026-11-{day}")),
        created_at: Some(at(day, 0, 20)),
        changed_at: None,
        size_bytes: Some(271_000_000),
        file_count: Some(24),
        row_count: None,
        parameters: BTreeMap::new(),
    }
}

pub(crate) fn changes() -> Vec<Change> {
    let change = |id, kind, field: Option<&str>, old: Option<&str>, new: Option<&str>| Change {
        id,
        at: at(24, 13, 54),
        kind,
        field: field.map(str::to_owned),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
        crawl_id: Some(CrawlId(7)),
        actor: None,
    };
    let mut all = vec![
        change(9, ChangeKind::ColumnAdded, Some("gift_yn"), None, Some("string")),
        change(8, ChangeKind::ColumnRetyped, Some("order_id"), Some("int"), Some("bigint")),
        change(7, ChangeKind::DefinitionChanged, None, Some("SELECT 1\nFROM a"), Some("SELECT 2\nFROM a")),
    ];
    all.extend(ChangeKind::ALL.iter().map(|&kind| change(1, kind, None, None, None)));
    all
}

pub(crate) fn holder(kind: HolderKind, name: &str, title: &str, state: OwnerState) -> Holder {
    Holder { id: AssetId(11), kind, name: name.to_owned(), title: title.to_owned(), state }
}

/// One who left, one inherited, one proposed, and all that may be done.
pub(crate) fn owners() -> OwnersPanel {
    let owner = |role, source, holder, inherited| Owner {
        holder,
        role,
        source,
        since: at(3, 1, 0),
        by: "minseo.oh".to_owned(),
        inherited,
        evidence: vec![],
    };
    let kang = || holder(HolderKind::Person, "minseok.kang", "강민석", OwnerState::Departed);
    let team = || holder(HolderKind::Team, "order", "주문팀", OwnerState::Active);
    let account = || holder(HolderKind::ServiceAccount, "etl_order", "주문 배치", OwnerState::Active);
    let proposals = vec![OwnerProposal {
        id: 4,
        holder: team(),
        role: OwnerRole::DataOwner,
        evidence: vec![
            Evidence::MetastoreOwner { owner: "etl_order@PROD".to_owned() },
            Evidence::ServiceAccountOf { account: "etl_order".to_owned() },
            Evidence::Predecessor,
        ],
        made_at: at(24, 14, 0),
    }];
    let owners = vec![
        owner(OwnerRole::DataOwner, OwnerSource::Assigned, kang(), false),
        owner(OwnerRole::DataSteward, OwnerSource::Claimed, team(), true),
        owner(OwnerRole::TechnicalOwner, OwnerSource::Metastore, account(), true),
        owner(OwnerRole::TechnicalOwner, OwnerSource::Inferred, team(), true),
    ];
    OwnersPanel {
        owners: Owners { owner_state: OwnerState::Departed, owners, proposals },
        form: Form::default(),
        may_assign: true,
        may_claim: false,
        is_watched: false,
        may_watch: true,
    }
}

/// Nobody answers for it, and whoever looks may say that he does.
pub(crate) fn nobodys() -> OwnersPanel {
    OwnersPanel {
        owners: Owners { owner_state: OwnerState::None, owners: vec![], proposals: vec![] },
        may_assign: false,
        may_claim: true,
        is_watched: true,
        ..owners()
    }
}

fn counts() -> Counts {
    Counts {
        listed: 41_032,
        harvested: 41_030,
        added: 214,
        changed: 1_902,
        failed: 2,
        gone: 1,
        remarked: 7,
        deleted: 88,
        held_back: 40,
        partitions_listed: 10_000_000,
        partitions_harvested: 10_000_000,
        partitions_changed: 12,
        partitions_deleted: 3,
    }
}

pub(crate) fn crawl(state: CrawlState) -> CrawlDetail {
    let counts = if state == CrawlState::Complete {
        Counts { failed: 0, held_back: 0, harvested: 41_032, ..counts() }
    } else {
        counts()
    };
    let failure = |database: Option<&str>, object: Option<&str>, part, reason: &str| CrawlFailure {
        database: database.map(str::to_owned),
        object: object.map(str::to_owned),
        part,
        reason: reason.to_owned(),
    };
    let failures = match state {
        CrawlState::Partial => vec![
            failure(
                Some("order"),
                Some("order_broken"),
                FailedPart::Object,
                "get_table: the answer broke off after 12 bytes",
            ),
            failure(Some("tmp_growth"), None, FailedPart::Listing, "get_all_tables: timed out after 30 s"),
            failure(None, None, FailedPart::Listing, "get_all_databases: connection refused"),
        ],
        _ => vec![],
    };
    CrawlDetail {
        crawl: Crawl {
            id: CrawlId(7),
            source: "prod".to_owned(),
            source_kind: "hive".to_owned(),
            state,
            started_at: at(24, 14, 0),
            finished_at: state.is_over().then(|| at(24, 14, 5)),
            elapsed_ms: 130_000,
            counts,
            databases_listed: 1_846,
            databases_done: 1_845,
            notes: if state == CrawlState::Partial { notes() } else { Vec::new() },
        },
        databases: vec![
            CrawlDatabase { name: "order".to_owned(), complete: true, elapsed_ms: 2_400, counts },
            CrawlDatabase {
                name: "tmp_growth".to_owned(),
                complete: false,
                elapsed_ms: 30_000,
                counts: Counts::default(),
            },
        ],
        failures,
    }
}

pub(crate) fn sources() -> Vec<SourceStatus> {
    let source = |name: &str, latest: Option<Crawl>| SourceStatus {
        name: name.to_owned(),
        kind: "hive".to_owned(),
        address: "thrift://127.0.0.1:9083".to_owned(),
        every_seconds: latest.is_some().then_some(300),
        next_run_at: latest.is_some().then(|| at(24, 14, 10)),
        complete_at: latest.is_some().then(|| at(24, 14, 5)),
        databases: 1_846,
        tables: 203_418,
        run_times_ms: if latest.is_some() { vec![130_000, 128_000, 150_000, 120_000] } else { vec![] },
        latest,
    };
    vec![
        source("prod", Some(crawl(CrawlState::Complete).crawl)),
        source("live", Some(crawl(CrawlState::Running).crawl)),
        source("old", Some(crawl(CrawlState::Partial).crawl)),
        source("new", None),
    ]
}

/// One of each.
fn notes() -> Vec<Note> {
    let (address, call) = (|| "thrift://hms1:9083".to_owned(), || "get_all_tables".to_owned());
    let (place, reason) = ("order".to_owned(), || "Connection refused (os error 111)".to_owned());
    vec![
        Note::Unreachable { address: address(), reason: reason() },
        Note::Timeout { address: address(), call: call(), seconds: 30 },
        Note::Refused { address: address(), call: call(), reason: "MetaException: out of memory".to_owned() },
        Note::Unreadable { address: address(), call: call(), reason: "the answer broke off after 12 bytes".to_owned() },
        Note::HeldBack { cause: RemovalCause::TooManyMissing, place, missing: 820, total: 1_000, allowed: 100 },
        Note::HeldBack {
            cause: RemovalCause::TooManyMissing,
            place: String::new(),
            missing: 90,
            total: 214,
            allowed: 21,
        },
        Note::AnotherSource { detail: "uuid 6f1c -> 90ab".to_owned() },
        Note::More { count: 12 },
        Note::StillThere {
            of: Listing::Partitions,
            place: "order.order_item".to_owned(),
            count: 2,
            names: vec!["dt=2026-01-01".to_owned(), "dt=2026-01-02".to_owned()],
        },
        Note::Unconfirmed { of: Listing::Tables, place: "mart".to_owned(), count: 3, reason: reason() },
        Note::WorkerGone { worker: "reeve-1/4711".to_owned() },
        Note::Broken { reason: "database: disk full".to_owned() },
    ]
}
