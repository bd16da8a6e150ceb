//! What people type and paste, and what must come of it.

use super::tests::{Shop, built, opened, shop_index, table};
use super::*;
use reeve_model::asset::AssetKind;
use reeve_model::search::WhyRule;

/// A catalog of these tables, with ids in order.
fn catalog(tables: &[(&str, &str, &[&str])]) -> Shop {
    let folder = tempfile::tempdir().expect("a folder");
    let docs: Vec<_> =
        tables.iter().zip(1..).map(|((name, about, columns), id)| table(id, name, about, "", columns)).collect();
    built(folder.path(), &docs, 1);
    Shop { index: opened(folder.path()), _folder: folder }
}

#[test]
fn pasted_names_statements_and_paths_lead_to_their_table() {
    let shop = catalog(&[
        ("zoo.orders", "", &["id", "dt"]),
        ("zoo.items", "", &["id"]),
        ("hive.orders", "hive zoo", &[]),
        ("zoo.select_log", "select from where", &["id"]),
        ("lake.visits", "", &[]),
    ]);
    for q in [
        "hive.zoo.orders",
        "\"hive\".\"zoo\".\"orders\"",
        "`hive`.`zoo`.`orders`",
        "`zoo`.`orders`",
        "zoo.orders.id",
        "select * from zoo.orders where dt = '2026-01-01' and id > 3",
        "SELECT a.id FROM hive.zoo.orders a;",
        "desc zoo.orders",
        "describe formatted zoo.orders",
        "hdfs://nn:8020/warehouse/zoo.db/orders/dt=2026-01-01/part-0",
        "/warehouse/zoo/orders",
    ] {
        let hit = shop.first(q, "zoo.orders");
        assert_eq!(hit.why[0].rule, WhyRule::ExactQualifiedName, "{q}");
    }
    shop.first("s3://bucket/lake/visits", "lake.visits");
    // Both tables of a join; and what is not there is searched by its words.
    assert_eq!(
        shop.names("select 1 from zoo.orders o join zoo.items i on o.id = i.id")[..2],
        ["zoo.items", "zoo.orders"]
    );
    shop.first("select 1 from lost.visits", "lake.visits");
    shop.first("select log", "zoo.select_log");
    assert!(shop.search("desc zoo.orders").problems.is_empty());
}

#[test]
fn most_words_when_nothing_has_them_all() {
    let shop = shop_index();
    let answer = shop.search("주문 이력 테이블");
    assert_eq!(
        (answer.hits[0].qualified_name.as_str(), answer.left_out),
        ("ods.order_detail_hist", vec!["테이블".to_owned()])
    );
    // Words that are there, only not together: the commonest is left out.
    let answer = shop.search("review rating 주문");
    assert_eq!((answer.hits[0].qualified_name.as_str(), answer.left_out), ("mart.prd_review", vec!["주문".to_owned()]));
    assert!(shop.search("order detail").left_out.is_empty());
    // What is quoted or asked of columns stays, and half of the words is the least.
    assert_eq!(shop.search("\"qzx qzx\" order").total, 0);
    assert_eq!(shop.search("column:qzx order").total, 0);
    assert_eq!(shop.search("qzxa qzxb order").total, 0);
    // One name is not torn apart.
    assert_eq!(shop.search("qzx_order").total, 0);
    // Filters that leave nothing are not words.
    assert_eq!(shop.search("order detail owner:park").left_out, Vec::<String>::new());
    // Pages go on.
    let request = |cursor| SearchRequest { q: "order 테이블".into(), limit: 2, cursor, ..SearchRequest::default() };
    let first = shop.ask(request(None));
    let second = shop.ask(request(first.next_cursor.clone()));
    assert_eq!((first.hits.len(), first.total, second.left_out.len()), (2, second.total, 1));
    assert!(!second.hits.is_empty() && second.hits.iter().all(|hit| !first.hits.contains(hit)));
}

#[test]
fn widths_dots_parts_and_plurals() {
    let shop = catalog(&[
        ("a.orders", "", &["userIDs"]),
        ("a.tb_2023", "접수ㆍ처리 현황", &[]),
        ("a.stock", "입고·출고 집계", &[]),
        ("a.jp", "顧客注文明細表", &["c:商品マスタ"]),
        ("a.ｗｉｄｅ＿ｎａｍｅ", "ﾃﾞｰﾀ", &[]),
        ("a.category", "", &["box_id"]),
    ]);
    for (q, name) in [
        ("ｏｒｄｅｒｓ", "a.orders"),
        ("order", "a.orders"),
        ("ｔｂ＿２０２３", "a.tb_2023"),
        ("접수처리", "a.tb_2023"),
        ("접수ㆍ처리", "a.tb_2023"),
        ("입고ㆍ출고", "a.stock"),
        ("입고출고", "a.stock"),
        ("明細", "a.jp"),
        ("明细", "a.jp"),
        ("注文明細表", "a.jp"),
        ("表", "a.jp"),
        ("マスタ", "a.jp"),
        ("ﾏｽﾀ", "a.jp"),
        ("データ", "a.ｗｉｄｅ＿ｎａｍｅ"),
        ("wide_name", "a.ｗｉｄｅ＿ｎａｍｅ"),
        ("userid", "a.orders"),
        ("user_id", "a.orders"),
        ("userIDs", "a.orders"),
        ("user ids", "a.orders"),
        ("column:userids", "a.orders"),
        ("categories", "a.category"),
        ("boxes", "a.category"),
        ("db:Ａ orders", "a.orders"),
    ] {
        if q == "明细" {
            // Simplified characters are others than traditional ones.
            shop.finds_not(q, name);
        } else {
            shop.first(q, name);
        }
    }
    let hit = shop.first("明細", "a.jp");
    let description = hit.description.expect("described");
    assert_eq!(&description[hit.description_marks[0].start..hit.description_marks[0].end], "明細");
    shop.finds_not("細明", "a.jp");
}

#[test]
fn signs_alone_find_nothing() {
    let shop = shop_index();
    for q in ["🦄", "???", "... !!", "\"???\"", "column:???", "column:🦄 order", "*"] {
        assert_eq!(shop.search(q).total, 0, "{q}");
        assert!(shop.index.suggest(q, 5, &Hidden::NOTHING).expect("suggestions").is_empty(), "{q}");
    }
    // Beside words they are punctuation, and excluded they exclude nothing.
    shop.first("order ???", "mart.order");
    shop.first("-🦄 order", "mart.order");
    assert_eq!(shop.search("").total, 14);
}

#[test]
fn a_synonym_in_the_name_before_the_word_in_a_comment() {
    let shop = catalog(&[
        ("hr.employee", "", &["id"]),
        ("dlv.courier", "택배 기사", &["no:사원 번호"]),
        ("hr.attendance", "사원 근태", &["id"]),
    ]);
    assert_eq!(shop.names("사원"), ["hr.employee", "hr.attendance", "dlv.courier"]);
}

#[test]
fn the_same_name_in_two_sources_is_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut docs = vec![
        table(1, "sales.orders", "", "", &["id"]),
        table(2, "sales.orders", "", "", &["id"]),
        table(3, "dot.db.orders", "", "", &["id"]),
        table(4, "lone.a/b", "", "", &["id"]),
        IndexDoc::new(5, AssetKind::Table, "hive", "dot.db", "dot.name"),
        IndexDoc::new(6, AssetKind::Table, "hive", "Mixed", "CaseName"),
        IndexDoc::new(7, AssetKind::Database, "lake", "mixed", "mixed"),
    ];
    docs[1].source = "lake".into();
    built(folder.path(), &docs, 1);
    let shop = Shop { index: opened(folder.path()), _folder: folder };
    let hits = shop.search("sales.orders").hits;
    let found: Vec<_> = hits.iter().map(|h| (h.qualified_name.as_str(), h.source.as_str(), h.ambiguous)).collect();
    assert_eq!(found[..2], [("sales.orders", "hive", true), ("sales.orders", "lake", true)]);
    for (q, database, name, ambiguous) in [
        ("dot.db.dot.name", "dot.db", "dot.name", false),
        ("lone.a/b", "lone", "a/b", false),
        ("mixed.casename", "Mixed", "CaseName", true),
    ] {
        let hit = shop.search(q).hits.remove(0);
        assert_eq!(
            (hit.database.as_str(), hit.table.as_deref(), hit.ambiguous),
            (database, Some(name), ambiguous),
            "{q}"
        );
        let line = shop.index.suggest(q, 3, &Hidden::NOTHING).expect("suggestions").remove(0);
        assert_eq!((line.database.as_str(), line.table.as_deref(), line.ambiguous), (database, Some(name), ambiguous));
    }
    // Once the other source has it no more, it is one again.
    let mut writer = IndexWriter::open(&shop.index).expect("the lock");
    writer.delete_all([(AssetKind::Table, 2)]).expect("taken out");
    writer.upsert_all(&[table(8, "lone.c", "", "", &[])]).expect("taken in");
    assert!(matches!(writer.delete(AssetKind::Column, 1), Err(Error::NoDocument(AssetKind::Column))));
    writer.commit(2).expect("committed");
    let hits = shop.search("sales.orders").hits;
    assert_eq!((hits[0].source.as_str(), hits[0].ambiguous), ("hive", false));
}
