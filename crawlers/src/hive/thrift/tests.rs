//! What the crawl makes of a metastore that fails half-way.

use super::connection::Connection;
use super::peer::{Answer, Peer, start};
use crate::hive::HiveConfig;
use crate::{Crawler, FailedPart, Observation, SourceError};
use proptest::prelude::*;
use std::time::{Duration, Instant};

pub(super) fn crawler(peer: &Peer, connections: usize) -> Box<dyn Crawler> {
    let config = HiveConfig { uris: vec![peer.uri.as_str().into()], database: None, connections, timeout_seconds: 1 };
    config.build().expect("a crawler")
}

/// A whole crawl, in lines: what was said, and how it ended.
pub(super) async fn crawl(peer: &Peer, connections: usize) -> (Vec<String>, Result<(), SourceError>) {
    let crawler = crawler(peer, connections);
    let (observations, result) = crate::observe(&*crawler).await;
    (observations.into_iter().map(line).collect(), result)
}

fn line(observation: Observation) -> String {
    match observation {
        Observation::Databases { names } => format!("databases {}", names.join(" ")),
        Observation::DatabaseListed { database, tables } => format!("listed {}: {}", database.name, tables.len()),
        Observation::Table(table) => format!("table {}.{}", table.database, table.name),
        Observation::Gone { database, table } => format!("gone {database}.{table}"),
        Observation::Partitions { table, partitions, .. } => format!("partitions of {table}: {}", partitions.len()),
        Observation::PartitionsListed { table, names, .. } => format!("partitions listed of {table}: {}", names.len()),
        Observation::Failed { database, table, what, reason } => {
            let what = match what {
                FailedPart::Listing => "listing",
                FailedPart::Object => "object",
                FailedPart::Partitions => "partitions",
            };
            format!("failed {what} of {database}.{}: {reason}", table.unwrap_or_default())
        }
        Observation::DatabaseDone { database } => format!("done {database}"),
    }
}

pub(super) fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number:04}")).collect()
}

pub(super) fn one(name: &str) -> Answer {
    Answer::Names(vec![name.to_owned()])
}

/// A metastore with one database `d` that holds the tables `names`, each with 3 partitions when it begins with `p`.
pub(super) fn healthy(call: &str, texts: &[String], tables: &[String]) -> Answer {
    match call {
        "get_all_databases" => one("d"),
        "get_table" => Answer::Exception(2, "no such table"),
        "get_database" => Answer::Database,
        "get_all_tables" => Answer::Names(tables.to_vec()),
        "get_table_objects_by_name" => Answer::Tables(texts[1..].to_vec()),
        "get_partition_names" => Answer::Names((0..3).map(|no| format!("no={no}")).collect()),
        "get_partitions_by_names" => Answer::Partitions(texts[2..].iter().map(|name| name[3..].to_owned()).collect()),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_listing_that_breaks_off_is_no_listing() {
    for cut in [0, 20, 200] {
        let peer = start(move |call, texts| match call {
            "get_all_databases" => Answer::Names(vec!["bad".to_owned(), "good".to_owned()]),
            "get_all_tables" if texts[0] == "bad" => Answer::Cut(Box::new(Answer::Names(names("t", 100))), cut),
            _ => healthy(call, texts, &names("t", 2)),
        });
        let (lines, result) = crawl(&peer, 1).await;
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(
            lines,
            [
                "databases bad good",
                "failed listing of bad.: get_all_tables: the connection broke: the server closed it",
                "done bad",
                "listed good: 2",
                "table good.t0000",
                "table good.t0001",
                "done good",
            ]
        );
        let asked = peer.calls.lock().expect("not poisoned").iter().filter(|(_, texts)| texts == &["bad"]).count();
        assert_eq!(asked, 3, "asked again, a bounded number of times");
    }
}

#[tokio::test]
async fn partition_names_that_stop_half_way_are_no_listing() {
    let peer = start(|call, texts| match call {
        "get_partition_names" if texts[1] == "p1" => {
            Answer::Hang(Box::new(Answer::Names(vec!["no=1".to_owned(), "no=2".to_owned()])), 50)
        }
        _ => healthy(call, texts, &["p1".to_owned(), "p2".to_owned()]),
    });
    let started = Instant::now();
    let (mut lines, result) = crawl(&peer, 1).await;
    assert!(result.is_ok(), "{result:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    lines.sort();
    assert_eq!(
        lines,
        [
            "databases d",
            "done d",
            "failed partitions of d.p1: get_partition_names: no answer in time",
            "listed d: 2",
            "partitions listed of p2: 3",
            "partitions of p2: 3",
            "table d.p1",
            "table d.p2",
        ]
    );
}

#[tokio::test]
async fn an_answer_that_only_trickles_is_too_late() {
    let peer = start(|call, texts| match call {
        "get_all_tables" => Answer::Trickle(Box::new(Answer::Names(names("t", 10)))),
        _ => healthy(call, texts, &[]),
    });
    let started = Instant::now();
    let (lines, result) = crawl(&peer, 1).await;
    assert!(result.is_ok(), "{result:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(lines, ["databases d", "failed listing of d.: get_all_tables: no answer in time", "done d"]);
}

#[tokio::test]
async fn one_bad_table_is_found_among_many() {
    for connections in [1, 4] {
        let peer = start(|call, texts| match call {
            "get_table_objects_by_name" if texts.contains(&"t0077".to_owned()) => {
                Answer::Exception(1, "MetaException(message:no storage)")
            }
            // The server leaves the connection when it cannot write an answer.
            "get_table_objects_by_name" if texts.contains(&"t0333".to_owned()) => {
                Answer::Cut(Box::new(Answer::Tables(texts[1..].to_vec())), 50)
            }
            _ => healthy(call, texts, &names("t", 500)),
        });
        let (lines, result) = crawl(&peer, connections).await;
        assert!(result.is_ok(), "{result:?}");
        let mut failed: Vec<&str> =
            lines.iter().map(String::as_str).filter(|line| line.starts_with("failed")).collect();
        failed.sort_unstable();
        assert_eq!(
            failed,
            [
                "failed object of d.t0077: MetaException(message:no storage)",
                "failed object of d.t0333: the connection broke: the server closed it",
            ]
        );
        assert_eq!(lines.iter().filter(|line| line.starts_with("table ")).count(), 498);
        assert_eq!(lines.last().map(String::as_str), Some("done d"));
        let calls = peer.calls.lock().expect("not poisoned");
        let asked = calls.iter().filter(|(call, _)| call == "get_table_objects_by_name").count();
        assert!(asked < 50, "{asked} calls for 500 tables");
    }
}

#[tokio::test]
async fn one_bad_partition_is_found_and_one_gone_is_not_listed() {
    let peer = start(|call, texts| match call {
        "get_partition_names" => Answer::Names((0..2500).map(|no| format!("no={no}")).collect()),
        "get_partitions_by_names" if texts.contains(&"no=1234".to_owned()) => Answer::Exception(1, "no values"),
        "get_partitions_by_names" => {
            let values = texts[2..].iter().map(|name| name[3..].to_owned());
            Answer::Partitions(values.filter(|value| value != "99").collect())
        }
        _ => healthy(call, texts, &["p".to_owned()]),
    });
    let (lines, result) = crawl(&peer, 1).await;
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(
        lines,
        [
            "databases d",
            "listed d: 1",
            "table d.p",
            // Each answer as it came.
            "partitions of p: 250",
            "partitions of p: 7",
            "partitions of p: 4",
            "partitions of p: 2",
            "partitions of p: 1",
            "partitions of p: 16",
            "partitions of p: 31",
            "partitions of p: 63",
            "partitions of p: 125",
            "partitions of p: 500",
            "failed partitions of d.p: 1 of 1000 could not be read, first no=1234: no values",
            "partitions of p: 1000",
            "partitions of p: 499",
            "partitions listed of p: 2499",
            "done d",
        ]
    );
}

#[tokio::test]
async fn a_metastore_that_goes_away_ends_the_crawl() {
    let peer = start(|call, texts| match call {
        "get_partition_names" => Answer::Gone,
        _ => healthy(call, texts, &["p".to_owned()]),
    });
    let (lines, result) = crawl(&peer, 2).await;
    assert!(matches!(&result, Err(SourceError::Unreachable { .. })), "{result:?}");
    assert_eq!(lines, ["databases d", "listed d: 1", "table d.p"], "nothing is said to be done");
}

#[tokio::test]
async fn refusals_are_told_in_the_servers_words() {
    let peer = start(|_, _| Answer::Exception(1, "database is down"));
    let (lines, result) = crawl(&peer, 1).await;
    assert_eq!(lines, Vec::<String>::new());
    let told = result.expect_err("refused").to_string();
    assert_eq!(told, format!("{}: get_all_databases: database is down", peer.uri));
    assert_eq!(peer.calls.lock().expect("not poisoned").len(), 1, "what the server refuses is not asked again");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Garbage, and garbage after a good header: read or refused, but no panic and no allocation by its word.
    #[test]
    fn no_answer_makes_it_panic(mut garbage in proptest::collection::vec(any::<u8>(), 0..200), header in any::<bool>()) {
        if header {
            let mut bytes = vec![0x80, 1, 0, 2, 0, 0, 0, 17];
            bytes.extend(b"get_all_databases");
            bytes.extend([0, 0, 0, 1, 15, 0, 0, 11]);
            bytes.append(&mut garbage);
            garbage = bytes;
        }
        let count = garbage.len();
        let peer = start(move |_, _| Answer::Cut(Box::new(Answer::Bytes(garbage.clone())), count));
        let second = Duration::from_secs(1);
        let opened = Connection::open(peer.uri.trim_start_matches("thrift://"), second, second);
        let read = opened.expect("a connection").database_names();
        prop_assert!(header || read.is_err(), "{:?}", read);
    }
}
