//! What the search promises, on a small shop.

use super::*;
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use reeve_model::owner::OwnerState;
use reeve_model::search::{FacetField, Hit, QueryProblemCode, Sort, WhyRule};
use std::path::PathBuf;

/// A table of `db.name`, its description, owner and columns (`name:comment`).
pub(super) fn table(id: i64, name: &str, description: &str, owner: &str, columns: &[&str]) -> IndexDoc {
    let (database, name) = name.split_once('.').expect("db.table");
    let mut doc = IndexDoc::new(id, AssetKind::Table, "hive", database, name);
    doc.description = (!description.is_empty()).then(|| description.into());
    doc.owner = (!owner.is_empty()).then(|| owner.into());
    if doc.owner.is_some() {
        doc.owner_state = OwnerState::Active;
    }
    for column in columns {
        let (name, comment) = column.split_once(':').unwrap_or((column, ""));
        doc.columns.push(name, Some(comment));
    }
    doc.format = Some("orc".into());
    doc.created_at = DateTime::from_timestamp(1_780_000_000 + id * 86_400, 0);
    doc.size_bytes = Some(id * 1_000_000_000);
    doc
}

fn shop() -> Vec<IndexDoc> {
    let mut docs = vec![
        IndexDoc::new(1, AssetKind::Database, "hive", "mart", "mart"),
        IndexDoc::new(2, AssetKind::Database, "hive", "ods", "ods"),
        table(
            1,
            "mart.order",
            "주문",
            "kim.minsu",
            &["order_id:주문 번호", "cust_id:고객 번호", "total_amt:주문 금액"],
        ),
        table(
            2,
            "mart.order_detail",
            "주문상세내역을 날짜별로 모은 표",
            "kim.minsu",
            &["order_id:주문 번호", "prd_id:상품 번호", "qty:수량"],
        ),
        table(3, "ods.order_detail_hist", "주문 상세 이력", "lee", &["order_id", "changed_at:변경 일시"]),
        table(
            4,
            "mart.customer",
            "고객 기본 정보",
            "park",
            &["cust_id:고객 번호", "email:이메일", "birth_dt:생년월일"],
        ),
        table(5, "ods.cust_addr", "", "", &["addr:주소", "zip:우편번호"]),
        table(
            6,
            "mart.fact_delivery",
            "배송 실적. orderDetail 과 함께 쓴다",
            "lee",
            &["dlv_no:송장 번호", "dlv_dt:배송일"],
        ),
        table(7, "ods.orderdetail", "", "", &["id"]),
        table(8, "tmp.work_order_tmp", "임시", "", &["x"]),
        table(9, "mart.주문상세", "한글 이름", "", &["금액:원"]),
        table(10, "mart.prd_review", "상품평 원본", "park", &["review_txt:리뷰 본문", "rating:평점"]),
        table(11, "ods.ord_mst", "", "", &["ord_no"]),
        table(
            12,
            "mart.daily_settlement",
            "일별 정산 결과",
            "kim.minsu",
            &["settle_amt:정산 금액", "seller_id:판매자 번호"],
        ),
    ];
    docs[2].columns.push("dt", Some("기준일"));
    docs[2].partitioned = true;
    docs[2].usage = 500;
    docs[5].tags = vec!["pii".into(), "core".into()];
    docs[4].format = Some("parquet".into());
    docs[9].deprecated = true;
    docs[13].kind = AssetKind::View;
    docs[13].format = None;
    docs
}

pub(super) struct Shop {
    pub(super) _folder: tempfile::TempDir,
    pub(super) index: SearchIndex,
}

pub(super) fn built(data_dir: &Path, docs: &[IndexDoc], seq: i64) {
    let rebuild = Rebuild::begin(data_dir, 2, 30_000_000).expect("a new version");
    for doc in docs {
        rebuild.add(doc).expect("added");
    }
    rebuild.finish(seq).expect("finished");
}

pub(super) fn opened(data_dir: &Path) -> SearchIndex {
    match SearchIndex::open(data_dir, Synonyms::built_in()).expect("readable") {
        Opened::Ready(index) => index,
        Opened::NeedsRebuild { reason } => panic!("{reason}"),
    }
}

pub(super) fn shop_index() -> Shop {
    let folder = tempfile::tempdir().expect("a folder");
    built(folder.path(), &shop(), 7);
    Shop { index: opened(folder.path()), _folder: folder }
}

fn now() -> DateTime<Utc> {
    "2026-11-23T00:00:00Z".parse().expect("a time")
}

impl Shop {
    #[expect(clippy::needless_pass_by_value, reason = "tests make the request where they ask")]
    pub(super) fn ask(&self, request: SearchRequest) -> SearchResponse {
        self.index.search(&request, now()).expect("an answer")
    }

    pub(super) fn search(&self, q: &str) -> SearchResponse {
        self.ask(SearchRequest { q: q.into(), limit: 20, facets: true, ..SearchRequest::default() })
    }

    pub(super) fn names(&self, q: &str) -> Vec<String> {
        self.search(q).hits.into_iter().map(|hit| hit.qualified_name).collect()
    }

    #[track_caller]
    pub(super) fn first(&self, q: &str, name: &str) -> Hit {
        let answer = self.search(q);
        let names: Vec<_> = answer.hits.iter().map(|hit| hit.qualified_name.as_str()).collect();
        assert_eq!(names.first().copied(), Some(name), "{q:?} found {names:?}");
        answer.hits.into_iter().next().expect("a hit")
    }

    #[track_caller]
    pub(super) fn finds(&self, q: &str, name: &str) {
        let names = self.names(q);
        assert!(names.iter().any(|found| found == name), "{q:?} found {names:?}, not {name}");
    }

    #[track_caller]
    pub(super) fn finds_not(&self, q: &str, name: &str) {
        let names = self.names(q);
        assert!(names.iter().all(|found| found != name), "{q:?} found {name}");
    }
}

fn rules(hit: &Hit) -> Vec<WhyRule> {
    hit.why.iter().map(|why| why.rule).collect()
}

#[test]
fn exact_names_come_first_in_any_spelling() {
    let shop = shop_index();
    for q in ["mart.order_detail", "MART.Order_Detail", "mart order_detail", "mart/order_detail", "mart.orderdetail"] {
        let hit = shop.first(q, "mart.order_detail");
        assert_eq!(hit.why[0].rule, WhyRule::ExactQualifiedName, "{q}");
    }
    assert_eq!(shop.first("order", "mart.order").why[0].rule, WhyRule::ExactName);
    assert_eq!(shop.first("ORDER_DETAIL", "mart.order_detail").why[0].rule, WhyRule::ExactName);
    // To the letter before one that differs in its separators; both before what only begins so.
    assert_eq!(shop.names("orderdetail")[..2], ["ods.orderdetail", "mart.order_detail"]);
    assert_eq!(shop.names("order_detail")[..3], ["mart.order_detail", "ods.orderdetail", "ods.order_detail_hist"]);
    shop.first("mart", "mart");
    shop.first("주문상세", "mart.주문상세");
    assert!(rules(&shop.first("order_d", "mart.order_detail")).contains(&WhyRule::NamePrefix));
    assert!(rules(&shop.search("orderdet").hits[1]).contains(&WhyRule::NamePrefix));
    shop.first("mart.ord", "mart.order");
}

#[test]
fn tiers_do_not_cross_and_scores_fall() {
    let shop = shop_index();
    for q in ["order", "주문", "상세", "ord", "order detail", "mart"] {
        let answer = shop.search(q);
        let scores: Vec<f32> = answer.hits.iter().map(|hit| hit.score).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{q}: {scores:?}");
        assert!(answer.hits.iter().all(|hit| !hit.why.is_empty()), "{q}");
    }
    // A name that begins with the word stands before one that has it inside.
    let names = shop.names("order");
    let place = |name: &str| names.iter().position(|found| found == name).unwrap_or(99);
    assert!(place("ods.order_detail_hist") < place("tmp.work_order_tmp"), "{names:?}");
    // By the column alone comes after by the name.
    assert!(place("tmp.work_order_tmp") < 99);
}

#[test]
fn korean_compounds_particles_and_spaces() {
    let shop = shop_index();
    shop.finds("상세", "mart.order_detail");
    shop.finds("내역", "mart.order_detail");
    for q in ["주문을", "주문에서", "주문의", "주문"] {
        shop.finds(q, "mart.order");
        shop.finds(q, "mart.order_detail");
    }
    for q in ["주문상세", "주문 상세"] {
        shop.finds(q, "mart.order_detail");
        shop.finds(q, "ods.order_detail_hist");
        shop.first(q, "mart.주문상세");
    }
    shop.finds_not("상세", "mart.customer");
    let hit =
        shop.search("상세").hits.into_iter().find(|hit| hit.qualified_name == "mart.order_detail").expect("found");
    let description = hit.description.expect("described");
    assert_eq!(&description[hit.description_marks[0].start..hit.description_marks[0].end], "상세");
}

#[test]
fn initial_consonants_half_typed_and_the_wrong_keyboard() {
    let shop = shop_index();
    let hit = shop.first("ㅈㅁㅅㅅ", "mart.주문상세");
    assert!(rules(&hit).contains(&WhyRule::InitialConsonants));
    shop.finds("ㅈㅁㅅㅅ", "mart.order_detail");
    shop.finds("ㅈㅁㅅㅅ", "ods.order_detail_hist");
    for q in ["주무", "줌", "주ㅁ", "주"] {
        shop.finds(q, "mart.order_detail");
    }
    shop.finds("주문사", "mart.order_detail");
    let answer = shop.search("wnans");
    assert!(answer.hits.iter().any(|hit| hit.qualified_name == "mart.order"), "{answer:?}");
    assert!(answer.also_searched.contains(&"주문".to_owned()));
    assert!(rules(&answer.hits[0]).contains(&WhyRule::KeyboardLayout));
    shop.first("ㅐㄱㅇㄷㄱ", "mart.order");
    shop.finds("ㅊㅕㄴ새ㅡㄷㄱ", "mart.customer");
    shop.finds("tkdtp", "mart.order_detail");
}

#[test]
fn spaces_left_out_or_put_in_and_case() {
    let shop = shop_index();
    for q in ["orderdetail", "order detail", "orderDetail", "order_detail"] {
        for name in ["mart.order_detail", "ods.orderdetail", "ods.order_detail_hist", "mart.fact_delivery"] {
            shop.finds(q, name);
        }
    }
}

#[test]
fn synonyms_rank_below_the_word_itself() {
    let shop = shop_index();
    let names = shop.names("ord");
    assert_eq!(names[0], "ods.ord_mst");
    assert!(names.contains(&"tmp.work_order_tmp".to_owned()));
    // As typed in a description before only by a synonym in a name.
    let names = shop.names("주문");
    let place = |name: &str| names.iter().position(|found| found == name);
    assert!(place("mart.order") < place("ods.ord_mst") && place("ods.ord_mst").is_some(), "{names:?}");
    assert!(place("mart.order_detail") < place("ods.ord_mst"), "{names:?}");
    let hit = shop.search("고객").hits.into_iter().find(|hit| hit.qualified_name == "ods.cust_addr").expect("cust");
    assert!(rules(&hit).contains(&WhyRule::Synonym));
    shop.finds("배송", "mart.fact_delivery");
}

#[test]
fn columns_are_found_in_their_tables_and_by_themselves() {
    let shop = shop_index();
    let hit = shop.first("settle_amt", "mart.daily_settlement");
    assert_eq!(hit.columns[0].name, "settle_amt");
    assert!(rules(&hit).contains(&WhyRule::ColumnName));
    let hit = shop.search("생년월일").hits.remove(0);
    assert_eq!((hit.qualified_name.as_str(), hit.columns[0].name.as_str()), ("mart.customer", "birth_dt"));
    assert!(rules(&hit).contains(&WhyRule::ColumnComment));

    let answer = shop.search("type:column order_id");
    assert_eq!(answer.total, 3);
    assert!(answer.hits.iter().all(|hit| hit.kind == AssetKind::Column));
    assert_eq!(answer.hits[0].qualified_name, "mart.order.order_id");
    assert_eq!(answer.hits[0].table.as_deref(), Some("order"));
    assert_eq!(shop.names("column:order_id").len(), 3);
    assert_eq!(shop.names("column:ord_no"), ["ods.ord_mst"]);
    assert_eq!(shop.names("column:dlv"), ["mart.fact_delivery"]);
    // Two words of different columns are no column.
    assert!(shop.names("column:cust_amt").is_empty());
    let with = |q: &str, field: FacetField, value: &str| {
        let filters = vec![(field, value.to_owned())];
        shop.ask(SearchRequest { q: q.into(), filters, limit: 20, facets: true, ..SearchRequest::default() })
    };
    assert_eq!(with("order_id", FacetField::Type, "column").total, 3);
    let types = shop.search("order_id").facets.remove(0);
    assert_eq!(types.values.iter().find(|v| v.value == "column").map(|v| v.count), Some(3));
}

#[test]
fn the_query_language_narrows() {
    let shop = shop_index();
    assert_eq!(shop.names("order -detail db:mart").first().map(String::as_str), Some("mart.order"));
    shop.finds_not("order -detail", "mart.order_detail");
    shop.finds_not("주문 -상세", "mart.order_detail");
    assert_eq!(shop.names("owner:kim type:view"), ["mart.daily_settlement"]);
    assert_eq!(shop.names("owner:KIM.MINSU").len(), 3);
    assert_eq!(shop.names("tag:pii"), ["mart.customer"]);
    assert_eq!(shop.names("format:parquet"), ["ods.order_detail_hist"]);
    assert_eq!(shop.names("partitioned:yes"), ["mart.order"]);
    assert_eq!(shop.names("size:>11gb"), ["mart.daily_settlement"]);
    assert_eq!(shop.names("size:1gb..2gb").len(), 2);
    assert!(shop.names("no:owner type:table").contains(&"ods.ord_mst".to_owned()));
    shop.finds_not("no:owner", "mart.order");
    assert_eq!(shop.names("has:description db:ods"), ["ods.order_detail_hist"]);
    assert_eq!(shop.names("db:m* type:database"), ["mart"]);
    assert_eq!(shop.names("\"주문 상세\" db:ods"), ["ods.order_detail_hist"]);
    shop.finds("\"order detail\"", "mart.order_detail");
    shop.finds_not("\"detail order\"", "mart.order_detail");
    assert!(shop.names("created:>2030-01-01").is_empty());
    assert_eq!(shop.names("created:<20000d type:table").len(), 11);
    let answer = shop.search("onwer:kim order");
    assert_eq!(answer.problems[0].code, QueryProblemCode::UnknownField);
    assert_eq!(answer.problems[0].suggestion.as_deref(), Some("owner:"));
    let answer = shop.search("size:big order");
    assert_eq!(answer.hits[0].qualified_name, "mart.order");
    assert_eq!(shop.search("").total, 14);
}

#[test]
fn facets_count_what_the_other_facets_leave() {
    let shop = shop_index();
    let ask = |filters: &[(FacetField, &str)]| {
        let filters = filters.iter().map(|(field, value)| (*field, (*value).to_owned())).collect();
        shop.ask(SearchRequest { filters, limit: 20, facets: true, ..SearchRequest::default() })
    };
    let count = |answer: &SearchResponse, field: FacetField, value: &str| {
        let facet = answer.facets.iter().find(|facet| facet.field == field).expect("every facet");
        facet.values.iter().find(|v| v.value == value).map(|v| (v.count, v.selected))
    };
    let all = ask(&[]);
    assert_eq!(all.total, 14);
    assert_eq!(count(&all, FacetField::Db, "mart"), Some((8, false)));
    assert_eq!(count(&all, FacetField::Type, "view"), Some((1, false)));
    let mart = ask(&[(FacetField::Db, "mart")]);
    assert_eq!(mart.total, 8);
    // Its own field counts on as if it were not chosen, the others follow it.
    assert_eq!(count(&mart, FacetField::Db, "ods"), Some((5, false)));
    assert_eq!(count(&mart, FacetField::Db, "mart"), Some((8, true)));
    assert_eq!(count(&mart, FacetField::Type, "table"), Some((6, false)));
    assert_eq!(count(&mart, FacetField::Tag, "pii"), Some((1, false)));
    let both = ask(&[(FacetField::Db, "mart"), (FacetField::Db, "ods"), (FacetField::Type, "table")]);
    assert_eq!(both.total, 10);
    let none = ask(&[(FacetField::Owner, "nobody")]);
    assert_eq!(none.total, 0);
    assert_eq!(count(&none, FacetField::Owner, "nobody"), Some((0, true)));
    // Whatever is counted is found.
    for facet in &all.facets {
        for value in &facet.values {
            let found = ask(&[(facet.field, &value.value)]);
            assert_eq!(found.total, value.count, "{:?} {}", facet.field, value.value);
        }
    }
}

#[test]
fn pages_join_without_gap_or_repetition_in_every_order() {
    let shop = shop_index();
    for (sort, q) in Sort::ALL.iter().flat_map(|&sort| [(sort, ""), (sort, "order")]) {
        let request = SearchRequest { q: q.into(), sort, limit: 100, ..SearchRequest::default() };
        let whole: Vec<String> = shop.ask(request.clone()).hits.into_iter().map(|h| h.qualified_name).collect();
        let mut paged = Vec::new();
        let mut cursor = None;
        loop {
            let answer = shop.ask(SearchRequest { limit: 3, cursor, ..request.clone() });
            assert_eq!(answer.total as usize, whole.len());
            paged.extend(answer.hits.into_iter().map(|h| h.qualified_name));
            cursor = answer.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(paged, whole, "{sort:?} {q:?}");
    }
    let sizes: Vec<_> =
        shop.ask(SearchRequest { sort: Sort::Size, limit: 3, ..SearchRequest::default() }).hits.into_iter().collect();
    assert_eq!(sizes[0].qualified_name, "mart.daily_settlement");
    let names = shop.ask(SearchRequest { sort: Sort::Name, limit: 100, ..SearchRequest::default() }).hits;
    assert!(names.is_sorted_by(|a, b| a.qualified_name <= b.qualified_name));
}

#[test]
fn a_near_spelling_only_when_nothing_else_answers() {
    let shop = shop_index();
    let answer = shop.search("delivary");
    assert_eq!(answer.did_you_mean.as_deref(), Some("delivery"));
    assert_eq!(answer.hits[0].qualified_name, "mart.fact_delivery");
    assert_eq!(answer.hits[0].why[0].rule, WhyRule::Fuzzy);
    assert_eq!(shop.search("custmoer").did_you_mean.as_deref(), Some("customer"));
    let answer = shop.search("쥬문");
    assert_eq!(answer.did_you_mean.as_deref(), Some("주문"), "{answer:?}");
    assert_eq!(shop.search("order").did_you_mean, None);
    let nothing = shop.search("qzxqzxqzx");
    assert_eq!((nothing.total, nothing.did_you_mean), (0, None));
}

#[test]
fn use_and_deprecation_move_within_a_tier() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut docs: Vec<_> = ["a.fact_sales", "b.fact_sales", "c.fact_sales"]
        .iter()
        .enumerate()
        .map(|(id, name)| table(id as i64, name, "", "", &["id"]))
        .collect();
    docs[0].deprecated = true;
    docs[2].usage = 1_000;
    built(folder.path(), &docs, 1);
    let shop = Shop { index: opened(folder.path()), _folder: folder };
    assert_eq!(shop.names("sales"), ["c.fact_sales", "b.fact_sales", "a.fact_sales"]);
    let request = SearchRequest { q: "sales".into(), limit: 3, explain: true, ..SearchRequest::default() };
    for hit in shop.ask(request).hits {
        let sum: f32 = hit.why.iter().filter_map(|why| why.contribution).sum();
        assert!((sum - hit.score).abs() < 0.2, "{} is explained by {sum}: {:?}", hit.score, hit.why);
    }
}

#[test]
fn explanations_add_up() {
    let shop = shop_index();
    for q in
        ["order", "mart.order_detail", "ㅈㅁㅅㅅ", "wnans", "주문 상세", "ord", "order detail", "db:mart", "delivary"]
    {
        let answer = shop.ask(SearchRequest { q: q.into(), limit: 20, explain: true, ..SearchRequest::default() });
        for hit in answer.hits {
            let sum: f32 = hit.why.iter().filter_map(|why| why.contribution).sum();
            assert!(
                (sum - hit.score).abs() < 0.2,
                "{q}: {} is {} not {sum}: {:?}",
                hit.qualified_name,
                hit.score,
                hit.why
            );
        }
    }
}

#[test]
fn suggestions_follow_the_ranker() {
    let shop = shop_index();
    for q in ["ord", "주무", "mart.or", "wnan", "상ㅅ"] {
        let suggested: Vec<_> = shop
            .index
            .suggest(q, 5, &Hidden::NOTHING)
            .expect("suggestions")
            .into_iter()
            .map(|s| s.qualified_name)
            .collect();
        assert_eq!(suggested, shop.names(q)[..suggested.len()], "{q}");
        assert!(!suggested.is_empty(), "{q}");
    }
    assert!(shop.index.suggest("  ", 5, &Hidden::NOTHING).expect("nothing").is_empty());
}

#[test]
fn changes_are_seen_when_their_commit_returns() {
    let shop = shop_index();
    assert_eq!(shop.index.last_seq(), 7);
    let before = shop.index.generation();
    let mut writer = IndexWriter::open(&shop.index).expect("the lock");
    assert!(matches!(IndexWriter::open(&shop.index), Err(Error::LockBusy)));
    writer.upsert(&table(50, "lab.zebra", "얼룩말", "", &["stripes"])).expect("added");
    let mut renamed = table(1, "mart.purchase", "", "", &["order_id"]);
    renamed.kind = AssetKind::View;
    writer.upsert(&renamed).expect("replaced");
    writer.delete(AssetKind::Table, 4).expect("taken out");
    let mut gone = table(5, "ods.cust_addr", "", "", &[]);
    gone.deleted = true;
    writer.upsert(&gone).expect("taken out");
    writer.commit(9).expect("committed");
    assert_eq!(shop.index.last_seq(), 9);
    assert!(shop.index.generation() > before);
    shop.first("zebra", "lab.zebra");
    shop.first("purchase", "mart.purchase");
    shop.finds_not("order", "mart.order");
    assert!(shop.names("birth_dt").is_empty() && shop.names("cust_addr").is_empty());
    // Another process would see the same.
    let other = opened(shop._folder.path());
    assert_eq!((other.last_seq(), other.documents()), (9, 13));
    writer.upsert(&table(51, "lab.yak", "", "", &[])).expect("added");
    writer.commit(10).expect("committed");
    other.refresh().expect("seen");
    assert_eq!(other.last_seq(), 10);
}

#[test]
fn a_rebuild_is_swapped_in_under_running_searches() {
    let shop = shop_index();
    let data_dir = shop._folder.path();
    let mut writer = IndexWriter::open(&shop.index).expect("the lock");
    built(data_dir, &[table(1, "new.world", "", "", &["id"])], 20);
    shop.index.refresh().expect("switched");
    assert_eq!((shop.index.last_seq(), shop.index.documents()), (20, 1));
    shop.first("world", "new.world");
    writer.upsert(&table(2, "new.late", "", "", &[])).expect("taken in");
    assert!(matches!(writer.commit(21), Err(Error::Superseded)));
    drop(writer);
    let mut writer = IndexWriter::open(&shop.index).expect("the lock of the new one");
    writer.upsert(&table(2, "new.late", "", "", &[])).expect("taken in");
    writer.commit(21).expect("committed");
    shop.first("late", "new.late");
    // One version and the pointer are left.
    let left = std::fs::read_dir(data_dir.join("index")).expect("the folder").count();
    assert_eq!(left, 2);
    // A build given up leaves nothing.
    drop(Rebuild::begin(data_dir, 1, 15_000_000).expect("begun"));
    assert_eq!(std::fs::read_dir(data_dir.join("index")).expect("the folder").count(), 2);
}

#[test]
fn what_cannot_be_used_asks_for_a_rebuild() {
    let folder = tempfile::tempdir().expect("a folder");
    let reason = |data_dir: &Path| match SearchIndex::open(data_dir, Synonyms::built_in()).expect("readable") {
        Opened::Ready(_) => None,
        Opened::NeedsRebuild { reason } => Some(reason),
    };
    assert_eq!(reason(folder.path()), Some(RebuildReason::Missing));
    built(folder.path(), &shop(), 1);
    assert_eq!(reason(folder.path()), None);
    let version = std::fs::read_to_string(folder.path().join("index/CURRENT")).expect("the pointer");
    let path = folder.path().join("index").join(version.trim());
    let files: Vec<PathBuf> = std::fs::read_dir(&path)
        .expect("the version")
        .map(|entry| entry.expect("an entry").path())
        .filter(|file| file.extension().is_some_and(|e| e != "lock") || file.ends_with("meta.json"))
        .filter(|file| !file.ends_with(".managed.json") && !file.to_string_lossy().ends_with(".lock"))
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in &files {
        let whole = std::fs::read(file).expect("readable");
        if whole.is_empty() {
            continue;
        }
        for broken in [None, Some(Vec::new()), Some(whole[..whole.len() / 2].to_vec())] {
            match &broken {
                Some(bytes) => std::fs::write(file, bytes).expect("written"),
                None => std::fs::remove_file(file).expect("removed"),
            }
            assert!(matches!(reason(folder.path()), Some(RebuildReason::Damaged(_))), "{}", file.display());
        }
        std::fs::write(file, whole).expect("mended");
    }
    assert_eq!(reason(folder.path()), None);
    // A flipped byte in the middle is found by reading everything.
    let store = files.iter().find(|file| file.extension().is_some_and(|e| e == "store")).expect("a store");
    let mut bytes = std::fs::read(store).expect("readable");
    bytes[3] ^= 0xff;
    let index = opened(folder.path());
    index.verify().expect("sound");
    std::fs::remove_file(store).expect("removed");
    std::fs::write(store, bytes).expect("written");
    assert!(matches!(opened(folder.path()).verify(), Err(Error::Damaged(_))));
    std::fs::write(folder.path().join("index/CURRENT"), "v0-1\n").expect("written");
    assert_eq!(reason(folder.path()), Some(RebuildReason::OldSchema { found: "v0-1".into() }));
    std::fs::write(folder.path().join("index/CURRENT"), "../../etc\n").expect("written");
    assert_eq!(reason(folder.path()), Some(RebuildReason::Missing));
    built(folder.path(), &shop(), 1);
    assert_eq!(reason(folder.path()), None);
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn is_answered(
            queries in prop::collection::vec("(-?(db|size|created|type|column|owner)?:?[\"*a-zA-Z0-9가-힣ㄱ-ㅣ._/<>-]{0,9} ?){0,4}|.{0,30}", 1..20)
        ) {
            thread_local!(static SHOP: Shop = shop_index());
            SHOP.with(|shop| {
                for q in &queries {
                    let answer = shop.search(q);
                    assert!(answer.total >= answer.hits.len() as u64);
                    for hit in &answer.hits {
                        for mark in &hit.name_marks {
                            assert!(hit.qualified_name.get(mark.start..mark.end).is_some());
                        }
                        for mark in &hit.description_marks {
                            assert!(hit.description.as_deref().unwrap_or("").get(mark.start..mark.end).is_some());
                        }
                    }
                    shop.index.suggest(q, 5, &Hidden::NOTHING).expect("suggestions");
                }
            });
        }
    }
}
