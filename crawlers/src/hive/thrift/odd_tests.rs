//! What the crawl makes of objects that are odd, large, twice there, or gone; and of other things behind the port.

use super::peer::{Answer, Peer, Value, start, value};
use super::tests::{crawl, crawler, healthy, names};
use crate::hive::HiveConfig;
use crate::{Landmark, Missing, Observation, ObservedTable};
use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

fn table(name: &str, more: Vec<(i16, Value)>) -> Value {
    Value::Struct([vec![(1, value(name)), (12, value("MANAGED_TABLE"))], more].concat())
}

fn parameters(pairs: &[(&str, &[u8])]) -> (i16, Value) {
    (9, Value::Map(pairs.iter().map(|(key, value)| ((*key).to_owned(), value.to_vec())).collect()))
}

async fn tables(peer: &Peer) -> Vec<ObservedTable> {
    let (observations, result) = crate::observe(&*crawler(peer, 1)).await;
    assert!(result.is_ok(), "{result:?}");
    let tables = observations.into_iter().filter_map(|observation| match observation {
        Observation::Table(table) => Some(*table),
        _ => None,
    });
    tables.collect()
}

#[tokio::test]
async fn odd_values_cost_no_table_its_place() {
    let euc_kr: &[u8] = b"\xc1\xd6\xb9\xae";
    let peer = start(move |call, texts| match call {
        "get_table_objects_by_name" => Answer::Value(Value::List(vec![
            table("bytes", vec![parameters(&[("comment", euc_kr), ("transient_lastDdlTime", b"1700000000000")])]),
            table("absurd", vec![parameters(&[("transient_lastDdlTime", b"253402300800"), ("totalSize", b"-5")])]),
            // No storage, no type, a map where a list belongs, a number where a text does, and Hive 4's id.
            Value::Struct(vec![(1, value("bare")), (3, Value::Int(7)), (8, Value::Map(vec![])), (25, Value::Long(42))]),
            table(
                "columns",
                vec![(7, Value::Struct(vec![(1, Value::List(vec![Value::Struct(vec![(2, value("int"))])]))]))],
            ),
        ])),
        _ => healthy(call, texts, &["bytes", "absurd", "bare", "columns"].map(str::to_owned)),
    });
    let tables = tables(&peer).await;
    let lines: Vec<String> = tables
        .iter()
        .map(|table| {
            let remarks =
                table.remarks.iter().map(|remark| format!("{:?} {}: {}", remark.kind, remark.field, remark.raw));
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            format!(
                "{} {:?} {:?} {:?} {columns:?} {:?}",
                table.name,
                table.description,
                table.changed_at.map(|time| time.timestamp()),
                table.source_key,
                remarks.collect::<Vec<_>>()
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn a_table_without_a_name_is_the_one_that_was_asked_for() {
    let peer = start(|call, texts| match call {
        "get_table_objects_by_name" => {
            let answered =
                texts[1..].iter().map(|name| if name == "t0001" { Value::Struct(vec![]) } else { table(name, vec![]) });
            Answer::Value(Value::List(answered.collect()))
        }
        _ => healthy(call, texts, &names("t", 5)),
    });
    let (lines, result) = crawl(&peer, 1).await;
    assert!(result.is_ok(), "{result:?}");
    let mut read: Vec<&String> = lines.iter().filter(|line| line.starts_with("table ")).collect();
    read.sort_unstable();
    assert_eq!(read, ["table d.t0000", "table d.t0001", "table d.t0002", "table d.t0003", "table d.t0004"]);
    assert!(!lines.iter().any(|line| line.starts_with("failed")), "{lines:?}");
}

#[tokio::test]
async fn what_is_dropped_in_between_is_gone_and_no_failure() {
    let peer = start(|call, texts| match call {
        "get_all_databases" => Answer::Names(vec!["d".to_owned(), "went".to_owned()]),
        "get_database" if texts[0] == "went" => Answer::Exception(1, "no such database"),
        "get_all_tables" if texts[0] == "went" => Answer::Names(vec![]),
        "get_table_objects_by_name" => {
            Answer::Tables(texts[1..].iter().filter(|name| *name != "t0").cloned().collect())
        }
        "get_partition_names" => Answer::Exception(1, "d.p table not found"),
        // By the second look it is there again.
        "get_table" if texts[1] == "t1" => Answer::Value(table("T1", vec![])),
        _ => healthy(call, texts, &["t0", "t1", "p"].map(str::to_owned)),
    });
    let (mut lines, result) = crawl(&peer, 1).await;
    assert!(result.is_ok(), "{result:?}");
    lines.sort();
    assert_eq!(
        lines,
        ["databases d went", "done d", "done went", "gone d.p", "gone d.t0", "listed d: 3", "table d.p", "table d.t1"]
    );
}

#[tokio::test]
async fn a_call_that_is_unknown_is_asked_another_way() {
    let peer = start(|call, texts| match call {
        "get_table" | "get_metastore_db_uuid" | "get_config_value" => Answer::Unknown,
        "get_table_objects_by_name" => {
            Answer::Tables(texts[1..].iter().filter(|name| *name != "t0").cloned().collect())
        }
        _ => healthy(call, texts, &["t0", "t1"].map(str::to_owned)),
    });
    let (mut lines, result) = crawl(&peer, 1).await;
    assert!(result.is_ok(), "{result:?}");
    lines.sort();
    assert_eq!(lines, ["databases d", "done d", "gone d.t0", "listed d: 2", "table d.t1"]);
    let identity = crawler(&peer, 1).identify(&[]).await.expect("an identity");
    assert_eq!(identity, crate::Identity::default());
}

#[tokio::test]
async fn each_object_once_in_the_spelling_of_the_listing() {
    let peer = start(|call, texts| match call {
        "get_all_databases" => Answer::Names(["d", "D", "@hive#d", "d"].map(str::to_owned).to_vec()),
        "get_table_objects_by_name" => {
            let upper = texts[1..].iter().map(|name| name.to_uppercase());
            Answer::Value(Value::List(
                upper
                    .map(|name| table(&name, vec![(8, Value::List(vec![Value::Struct(vec![(1, value("no"))])]))]))
                    .collect(),
            ))
        }
        "get_partition_names" => Answer::Names(["no=%41", "no=A", "NO=A", "no=b"].map(str::to_owned).to_vec()),
        "get_partitions_by_names" => Answer::Partitions(["A", "b", "b"].map(str::to_owned).to_vec()),
        _ => healthy(call, texts, &["Orders", "orders", "p", "p"].map(str::to_owned)),
    });
    for _ in 0..2 {
        let (mut lines, result) = crawl(&peer, 1).await;
        assert!(result.is_ok(), "{result:?}");
        lines.sort();
        assert_eq!(
            lines,
            [
                "databases d",
                "done d",
                "listed d: 2",
                "partitions listed of orders: 2",
                "partitions listed of p: 2",
                "partitions of orders: 2",
                "partitions of p: 2",
                "table d.orders",
                "table d.p",
            ]
        );
    }
    let tables = tables(&peer).await;
    let remarks: Vec<&str> = tables.iter().flat_map(|table| &table.remarks).map(|remark| remark.raw.as_str()).collect();
    assert_eq!(remarks, ["Orders", "p"]);
}

#[tokio::test]
async fn a_name_that_cannot_be_asked_for_is_told() {
    let peer = start(|call, texts| match call {
        "get_all_tables" => Answer::Value(Value::List(vec![value(b"\xc1\xd6\xb9\xae"), value("t")])),
        "get_table_objects_by_name" => Answer::Tables(vec!["t".to_owned()]),
        _ => healthy(call, texts, &[]),
    });
    let (lines, result) = crawl(&peer, 1).await;
    assert!(result.is_ok(), "{result:?}");
    assert!(lines.iter().any(|line| line.starts_with("failed object of d.\u{fffd}")), "{lines:?}");
    assert!(lines.contains(&"table d.t".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn large_tables_are_asked_for_one_by_one() {
    let peer = start(|call, texts| match call {
        "get_table_objects_by_name" => {
            let large = "x".repeat(15_000_000).into_bytes();
            let answered =
                texts[1..].iter().map(|name| table(name, vec![parameters(&[("avro.schema.literal", &large)])]));
            Answer::Value(Value::List(answered.collect()))
        }
        _ => healthy(call, texts, &names("t", 5)),
    });
    let crawler =
        HiveConfig { uris: vec![peer.uri.as_str().into()], database: None, connections: 2, timeout_seconds: 30 };
    let (observations, result) = crate::observe(&*crawler.build().expect("a crawler")).await;
    assert!(result.is_ok(), "{result:?}");
    let lengths = observations.iter().filter_map(|observation| match observation {
        Observation::Table(table) => Some(table.parameters["avro.schema.literal"].len()),
        _ => None,
    });
    assert_eq!(lengths.collect::<Vec<_>>(), [64 * 1024; 5]);
}

#[tokio::test]
async fn the_metastore_says_who_it_is() {
    let peer = start(|call, texts| match call {
        "get_metastore_db_uuid" => Answer::Value(value("1c2d-guid")),
        "get_config_value" if texts[0] == "hive.metastore.warehouse.dir" => Answer::Value(value("hdfs://nn/warehouse")),
        "get_config_value" => Answer::Value(value("")),
        "get_database" if texts[0] != "d" => Answer::Exception(1, "no such database"),
        "get_table_objects_by_name" => {
            let storage = Value::Struct(vec![(2, value("hdfs://nn/warehouse/d/t"))]);
            Answer::Value(Value::List(vec![table("t", vec![(4, Value::Int(1_700_000_000)), (7, storage)])]))
        }
        _ => healthy(call, texts, &[]),
    });
    let landmark = |database: &str, table: &str| Landmark {
        database: database.to_owned(),
        table: table.to_owned(),
        created_at: None,
        location: None,
    };
    let known = [landmark("d", "T"), landmark("d", "u"), landmark("went", "t")];
    let identity = crawler(&peer, 1).identify(&known).await.expect("an identity");
    insta::assert_debug_snapshot!(identity);
    let names = names("t", 1);
    let there = crawler(&peer, 1).still_there(&Missing::Tables { database: "went".to_owned(), names }).await;
    assert_eq!(there.expect("an answer"), Vec::<String>::new());
    let closed = start(|_, _| Answer::Cut(Box::new(Answer::Names(vec![])), 3));
    assert!(crawler(&closed, 1).identify(&known).await.is_err());
}

/// Listens, and answers whatever comes first with these bytes, then closes; or keeps silent.
#[expect(clippy::disallowed_methods, reason = "a thread of its own")]
fn stranger(bytes: Option<&'static [u8]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("thrift://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut call = [0; 64];
                let _ = std::io::Read::read(&mut stream, &mut call);
                match bytes {
                    Some(bytes) => drop(stream.write_all(bytes)),
                    None => std::thread::sleep(Duration::from_secs(30)),
                }
            });
        }
    });
    uri
}

#[tokio::test]
async fn the_next_endpoint_is_tried_whatever_stands_behind_the_first() {
    let good = start(|call, texts| healthy(call, texts, &names("t", 1)));
    let down = start(|_, _| Answer::Exception(1, "database is down"));
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let strangers: Vec<String> = [
        Some(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".as_slice()),
        Some(b"\x15\x03\x03\x00\x02\x02\x0a"),
        Some(b"\x04\x00\x00\x00\x13Invalid status -128"),
        Some(b""),
        None,
    ]
    .map(stranger)
    .into_iter()
    .chain([format!("thrift://{closed}"), down.uri.clone()])
    .collect();
    let with = |uris: Vec<String>| {
        let uris = uris.into_iter().map(Into::into).collect();
        HiveConfig { uris, database: None, connections: 1, timeout_seconds: 1 }.build().expect("a crawler")
    };
    for uri in &strangers {
        let crawler = with(vec![uri.clone(), good.uri.clone()]);
        let started = Instant::now();
        let (observations, result) = crate::observe(&*crawler).await;
        assert!(result.is_ok(), "{uri}: {result:?}");
        assert_eq!(observations.len(), 4, "{observations:?}");
        assert!(crawler.check().await.is_ok());
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
    let error = with(strangers[..5].to_vec()).check().await.expect_err("no metastore").to_string();
    let mut told = error;
    for (number, uri) in strangers.iter().enumerate() {
        told = told.replace(uri.trim_start_matches("thrift://"), &format!("host{number}"));
    }
    insta::assert_snapshot!(told.replace("; ", ";\n"));
}
