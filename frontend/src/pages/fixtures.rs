//! A small shop's catalog, for the snapshots and the gallery.

use chrono::{DateTime, TimeZone, Utc};
use reeve_model::asset::{
    AssetKind, Change, ChangeKind, Column, DatabaseSummary, Paged, Partition, SchemaFrom, TableDetail, TableSummary,
    TableType,
};
use reeve_model::crawl::{
    Counts, Crawl, CrawlDatabase, CrawlDetail, CrawlFailure, CrawlState, FailedPart, Listing, Note, RemovalCause,
    SourceStatus,
};
use reeve_model::page::{
    ApiOperation, ApiPage, ApiParameter, AssetChange, Chrome, DatabasePage, DatabasesPage, ErrorPage, Happening,
    HomePage, Lang, Page, SearchOutcome, SearchPage, SourcePage, SourcesPage, TablePage, TableTab, Theme,
};
use reeve_model::search::{
    Facet, FacetField, FacetValue, Hit, Mark, MatchedColumn, QueryProblem, QueryProblemCode, SearchRequest,
    SearchResponse, Why, WhyRule,
};
use reeve_model::{AssetId, CrawlId, Word};
use std::collections::BTreeMap;

fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).single().unwrap_or_default()
}

fn paged<T>(items: Vec<T>, total: i64, next: Option<&str>) -> Paged<T> {
    Paged { items, total, next_cursor: next.map(str::to_owned) }
}

pub(crate) fn chrome(lang: Lang, theme: Option<Theme>, uri: &str) -> Chrome {
    Chrome {
        lang,
        theme,
        uri: uri.to_owned(),
        version: "0.1.0".to_owned(),
        fresh_at: Some(at(24, 14, 5)),
        now: at(24, 14, 6),
        nonce: "bm9uY2U".to_owned(),
    }
}

/// Every page with a name for its file and the address it stands at.
pub(crate) fn pages() -> Vec<(&'static str, &'static str, Page)> {
    let table = |tab| Page::Table(Box::new(TablePage { table: detail(), tab }));
    let columns = || paged(columns(), 8, None);
    let partitions = || paged(vec![partition(24), partition(23)], 200_000, Some("dt=2026-11-23"));
    let changes = || paged(changes(), 41, Some("17"));
    vec![
        ("home", "/", Page::Home(home())),
        (
            "home-empty",
            "/",
            Page::Home(HomePage {
                databases: 0,
                tables: 0,
                views: 0,
                size_bytes: 0,
                largest_databases: vec![],
                recently_changed: vec![],
                changes: vec![],
                sources: vec![],
            }),
        ),
        ("search", "/search?q=%EC%A3%BC%EB%AC%B8+ownr%3Akim&type=table", search(response())),
        (
            "search-nothing",
            "/search?q=setlement&type=table",
            search(SearchResponse { hits: vec![], total: 0, problems: vec![], ..response() }),
        ),
        (
            "search-building",
            "/search?q=x",
            Page::Search(Box::new(SearchPage { request: request(), outcome: SearchOutcome::NotReady, first: 1 })),
        ),
        (
            "databases",
            "/databases",
            Page::Databases(DatabasesPage { databases: paged(databases(), 2, None), cursor: None }),
        ),
        (
            "database",
            "/databases/order",
            Page::Database(DatabasePage {
                database: databases().remove(0),
                tables: paged(tables(), 214, Some("next")),
                filter: String::new(),
                cursor: None,
            }),
        ),
        (
            "table",
            "/tables/order/order_item",
            table(TableTab::Overview { columns: columns(), changes: changes(), partitions: partitions() }),
        ),
        (
            "table-columns",
            "/tables/order/order_item/columns?q=order",
            table(TableTab::Columns { columns: columns(), filter: "order".to_owned(), cursor: None }),
        ),
        (
            "table-partitions",
            "/tables/order/order_item/partitions",
            table(TableTab::Partitions { partitions: partitions(), filter: String::new(), cursor: None }),
        ),
        (
            "table-history",
            "/tables/order/order_item/history?cursor=9",
            table(TableTab::History { changes: changes(), cursor: Some("9".to_owned()) }),
        ),
        (
            "sources",
            "/sources",
            Page::Sources(SourcesPage {
                sources: sources(),
                latest: vec![crawl(CrawlState::Partial), crawl(CrawlState::Running)],
            }),
        ),
        (
            "source",
            "/sources/prod",
            Page::Source(SourcePage {
                source: sources().remove(0),
                crawls: paged(vec![crawl(CrawlState::Complete).crawl], 1, None),
                latest: Some(crawl(CrawlState::Complete)),
            }),
        ),
        ("crawl", "/crawls/7", Page::Crawl(crawl(CrawlState::Partial))),
        ("style-guide", "/style-guide", Page::StyleGuide),
        ("api", "/docs/api", Page::Api(api())),
        (
            "error",
            "/tables/order/nothing",
            Page::Error(ErrorPage {
                status: 404,
                title: "Not found".to_owned(),
                detail: "There is no table order.nothing.".to_owned(),
                advice: "Check the name, or search for it.".to_owned(),
            }),
        ),
    ]
}

fn home() -> HomePage {
    let changes = changes().into_iter().take(6).map(|change| {
        Happening::Asset(AssetChange {
            source: "prod".to_owned(),
            ambiguous: false,
            database: "order".to_owned(),
            table: Some("order_item".to_owned()),
            change,
        })
    });
    HomePage {
        databases: 1_846,
        tables: 203_418,
        views: 1_204,
        size_bytes: 4_000_000_000_000_000,
        largest_databases: databases(),
        recently_changed: tables(),
        changes: changes.collect(),
        sources: sources(),
    }
}

fn databases() -> Vec<DatabaseSummary> {
    let database = |name: &str, description: Option<&str>, tables, size_bytes| DatabaseSummary {
        id: AssetId(1),
        source: "prod".to_owned(),
        ambiguous: false,
        name: name.to_owned(),
        description: description.map(str::to_owned),
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

fn tables() -> Vec<TableSummary> {
    let deprecated = TableSummary {
        name: "order_log_2023".to_owned(),
        description: None,
        owner: None,
        deprecated: true,
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

fn summary() -> TableSummary {
    TableSummary {
        id: AssetId(2),
        source: "prod".to_owned(),
        ambiguous: false,
        database: "order".to_owned(),
        name: "order_item".to_owned(),
        kind: AssetKind::Table,
        description: Some("주문 상세. 한 행이 주문 상품 하나".to_owned()),
        owner: Some("order-platform".to_owned()),
        format: Some("orc".to_owned()),
        columns: 8,
        partitions: 200_000,
        partitioned: true,
        size_bytes: Some(40_900_000_000_000),
        created_at: Some(at(4, 9, 30)),
        changed_at: Some(at(24, 13, 54)),
        deprecated: false,
        deleted_at: None,
    }
}

fn detail() -> TableDetail {
    TableDetail {
        summary: summary(),
        qualified_name: "order.order_item".to_owned(),
        table_type: TableType::External,
        columns_list: columns(),
        schema_from: SchemaFrom::Hive,
        remarks: vec![],
        partition_keys: vec![Column {
            name: "dt".to_owned(),
            data_type: "string".to_owned(),
            comment: Some("적재 일자".to_owned()),
        }],
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

fn columns() -> Vec<Column> {
    let column = |name: &str, data_type: &str, comment: Option<&str>| Column {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        comment: comment.map(str::to_owned),
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

fn partition(day: u32) -> Partition {
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

fn changes() -> Vec<Change> {
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

fn crawl(state: CrawlState) -> CrawlDetail {
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

fn sources() -> Vec<SourceStatus> {
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

fn request() -> SearchRequest {
    SearchRequest {
        q: "주문 ownr:kim".to_owned(),
        filters: vec![(FacetField::Type, "table".to_owned())],
        limit: 20,
        facets: true,
        explain: true,
        ..SearchRequest::default()
    }
}

fn search(response: SearchResponse) -> Page {
    Page::Search(Box::new(SearchPage { request: request(), outcome: SearchOutcome::Found(response), first: 1 }))
}

fn response() -> SearchResponse {
    let value = |value: &str, count, selected| FacetValue { value: value.to_owned(), count, selected };
    let facet = |field, values, distinct| Facet { field, values, distinct };
    SearchResponse {
        total: 46,
        took_ms: 2.4,
        hits: hits(),
        facets: vec![
            facet(FacetField::Type, vec![value("table", 46, true), value("view", 8, false)], 4),
            facet(FacetField::Db, vec![value("order", 21, false)], 14),
            facet(FacetField::Owner, vec![value("order-platform", 18, false)], 1),
            facet(FacetField::Tag, vec![], 0),
            facet(FacetField::Partitioned, vec![value("yes", 40, false), value("no", 6, false)], 2),
        ],
        did_you_mean: Some("주문".to_owned()),
        next_cursor: Some("20".to_owned()),
        problems: vec![QueryProblem {
            code: QueryProblemCode::UnknownField,
            start: 7,
            end: 11,
            text: "ownr".to_owned(),
            suggestion: Some("owner:kim".to_owned()),
            limit: None,
        }],
        left_out: vec!["테이블".to_owned()],
        also_searched: vec!["order".to_owned(), "ord".to_owned()],
    }
}

fn hits() -> Vec<Hit> {
    let hit = Hit {
        kind: AssetKind::Table,
        qualified_name: "order.order_item".to_owned(),
        source: "prod".to_owned(),
        ambiguous: false,
        database: "order".to_owned(),
        table: Some("order_item".to_owned()),
        description: Some("주문 상세. 한 행이 주문 상품 하나".to_owned()),
        score: 12.5,
        why: vec![
            Why { rule: WhyRule::NameWord, detail: Some("order".to_owned()), contribution: Some(8.25) },
            Why { rule: WhyRule::HasOwner, detail: None, contribution: Some(-0.5) },
        ],
        columns: vec![MatchedColumn {
            name: "order_id".to_owned(),
            comment: Some("주문번호".to_owned()),
            name_marks: vec![Mark { start: 0, end: 5 }],
            comment_marks: vec![Mark { start: 0, end: 6 }],
        }],
        name_marks: vec![Mark { start: 0, end: 5 }, Mark { start: 6, end: 11 }],
        description_marks: vec![Mark { start: 0, end: 6 }],
        owner: Some("order-platform".to_owned()),
        format: Some("orc".to_owned()),
        size_bytes: Some(40_900_000_000_000),
        partitioned: true,
        created_at: Some(at(4, 9, 30)),
        changed_at: Some(at(24, 13, 54)),
        tags: vec!["매출".to_owned()],
        deprecated: false,
    };
    let column = Hit {
        kind: AssetKind::Column,
        qualified_name: "order.order_item.order_id".to_owned(),
        description: Some("주문번호".to_owned()),
        why: vec![],
        columns: vec![],
        tags: vec![],
        ..hit.clone()
    };
    let old = Hit {
        qualified_name: "order.order_log_2023".to_owned(),
        table: Some("order_log_2023".to_owned()),
        description: None,
        description_marks: vec![],
        columns: vec![],
        owner: None,
        deprecated: true,
        tags: vec![],
        ..hit.clone()
    };
    vec![hit, column, old]
}

fn api() -> ApiPage {
    ApiPage {
        operations: vec![ApiOperation {
            method: "GET".to_owned(),
            path: "/api/v1/tables/{database}/{table}".to_owned(),
            summary: "One table".to_owned(),
            tag: "catalog".to_owned(),
            parameters: vec![ApiParameter {
                name: "database".to_owned(),
                place: "path".to_owned(),
                description: "Its name".to_owned(),
                required: true,
            }],
            responses: vec![("200".to_owned(), "The table".to_owned())],
        }],
    }
}
