//! The program on the command line.

use crate::metastore_at;
use reeve_model::search::SearchResponse;
use reeve_tests::{Metastore, Reeve, TestApp, end, escaped, on_both_databases, peers, program};
use serde_json::Value;
use std::path::Path;

/// What each subcommand says of itself.
#[tokio::test]
async fn help_is_as_agreed() {
    for (name, arguments) in [
        ("reeve", &["--help"][..]),
        ("serve", &["serve", "--help"]),
        ("crawl", &["crawl", "--help"]),
        ("search", &["search", "--help"]),
        ("index", &["index", "--help"]),
        ("index_rebuild", &["index", "rebuild", "--help"]),
        ("index_status", &["index", "status", "--help"]),
        ("migrate", &["migrate", "--help"]),
        ("doctor", &["doctor", "--help"]),
        ("config", &["config", "--help"]),
    ] {
        let ended = end(program().args(arguments).env("COLUMNS", "100")).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{name}");
        insta::assert_snapshot!(format!("help_{name}"), ended.stdout);
    }
}

/// The committed schema of `reeve.toml` is the one the program reads by.
#[tokio::test]
async fn the_committed_schema_is_the_programs_own() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reeve.schema.json");
    let ended = end(program().args(["config", "--schema"])).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == ended.stdout,
        "docs/reeve.schema.json is out of date: reeve config --schema > docs/reeve.schema.json"
    );
}

/// A mistake in `reeve.toml` is pointed at with file, line and what to write, by every command.
#[tokio::test]
async fn mistakes_in_the_configuration_are_pointed_at() {
    let reeve = Reeve::new(reeve_tests::Database::Sqlite, "").await;
    let file = reeve.folder().join("reeve.toml");
    for (text, line, suggestion) in [
        ("[server]\nlisten = \"127.0.0.1:0\"\ndata_dri = \"x\"\n", 3, "data_dir"),
        ("\n\n[datbase]\nurl = \"postgres://h/d\"\n", 3, "database"),
        ("[[sources]]\nname = \"prod\"\nkind = \"hive\"\nuri = [\"thrift://h:9083\"]\n", 4, "uris"),
        ("[[sources]]\nname = \"prod\"\nkind = \"hvie\"\n", 3, "hive"),
    ] {
        std::fs::write(&file, text).unwrap();
        for command in [&["serve"][..], &["config"], &["search", "x"], &["doctor"]] {
            let ended = reeve.run(command).await;
            assert_eq!(ended.code, Some(1), "{command:?}: {ended:?}");
            let place = format!("reeve.toml:{line}");
            assert!(ended.stderr.contains(&place) && ended.stderr.contains(suggestion), "{text}{}", ended.stderr);
        }
    }
}

/// Passwords are in no output.
#[tokio::test]
async fn secrets_are_not_shown() {
    let reeve = Reeve::new(reeve_tests::Database::Sqlite, "").await;
    let server = peers::postgres();
    let (_, address) = server.split_once('@').expect("postgres://user@host:port/name");
    let address = address.split('/').next().unwrap_or_default();
    for url in [
        format!("postgres://reeve:hunter2@{address}/none"),
        format!("postgres://reeve:hunter2/hunter2@{address}/none"),
        format!("postgres://reeve:12/hunter2@{address}/none"),
        format!("postgres://reeve@{address}/none?password=hunter2"),
        format!("postgres://reeve@{address}/none?pass%77ord=hunter2"),
        format!("postgres://reeve@{address}/none?sslpassword=hunter2"),
        format!("postgres://reeve@{address}/hunter2?pasword=hunter2").replace("/hunter2", "/none"),
        "postgres://reeve:hunter2".to_owned(),
        "mysql://reeve:hunter2@db/none".to_owned(),
    ] {
        let source = "[[sources]]\nname = \"prod\"\nkind = \"hive\"\ndatabase = \"mysql://hive:hunter2@db/hive?password=hunter2\"\n";
        let text = format!("[database]\nurl = \"{url}\"\n{source}");
        std::fs::write(reeve.folder().join("reeve.toml"), text).unwrap();
        for command in [&["config"][..], &["migrate"], &["doctor"], &["crawl", "prod"]] {
            let ended = end(reeve.command(command).env("RUST_LOG", "debug")).await;
            assert!(!format!("{ended:?}").contains("hunter2"), "{command:?}: {ended:?}");
        }
        assert!(reeve.run(&["config"]).await.stdout.contains("://reeve"), "{url}");
    }
}

on_both_databases! {
    /// The names that others rely on: migrate, crawl, search, doctor on a real metastore.
    async fn a_real_metastore_from_the_command_line(database: Database) {
        let reeve = Reeve::new(database, &metastore_at(&peers::metastore())).await;
        let migrated = reeve.succeed(&["migrate"]).await;
        assert!(!migrated.stdout.is_empty());
        let again = reeve.succeed(&["migrate"]).await;
        assert!(again.stdout.contains("up to date"), "{again:?}");
        let crawled = reeve.succeed(&["crawl", "prod"]).await;
        assert!(crawled.stdout.contains("complete"), "{crawled:?}");
        let found = reeve.succeed(&["search", "주문"]).await;
        assert!(found.stdout.contains("sales.orders"), "{found:?}");
        let json = reeve.succeed(&["search", "sales.orders", "--json", "--limit", "3"]).await;
        let response: Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(response["hits"][0]["qualified_name"], "sales.orders");
        for name in ["total", "took_ms", "hits", "facets", "did_you_mean", "next_cursor"] {
            assert!(response.get(name).is_some(), "no {name} in {response}");
        }
        for name in ["kind", "qualified_name", "source", "description", "score", "why"] {
            assert!(response["hits"][0].get(name).is_some(), "no {name} in {}", response["hits"][0]);
        }
        let doctor = reeve.succeed(&["doctor"]).await;
        assert!(doctor.stdout.contains("prod") && !doctor.stdout.contains("FAIL"), "{doctor:?}");
        reeve.remove().await;
    }

    /// `reeve crawl --progress json` is JSON to its last line, which is the whole crawl.
    async fn crawl_progress_as_json(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 200, 1_000).await;
        let reeve = Reeve::new(database, &metastore.source()).await;
        reeve.succeed(&["migrate"]).await;
        let crawl = reeve.succeed(&["crawl", "prod", "--progress", "json"]).await;
        let lines: Vec<Value> = crawl.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
        let last = lines.last().expect("at least one line");
        let tables = metastore.number("SELECT count(*) FROM TBLS").await;
        assert_eq!((&last["state"], last["listed"].as_i64(), last["harvested"].as_i64()), (&Value::from("complete"), Some(tables), Some(tables)));
        let partitions = metastore.number("SELECT count(*) FROM PARTITIONS").await;
        assert_eq!(last["partitions_harvested"].as_i64(), Some(partitions));
        reeve.remove().await;
    }

    /// `reeve search --json` says what the API says.
    async fn search_on_the_command_line_equals_the_api(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 200, 400).await;
        let app = TestApp::start(database, &metastore.source()).await;
        app.crawl("prod").await;
        app.until_indexed().await;
        let reeve = Reeve::beside(&app);
        for q in ["주문", "order", "type:view", "db:nowhere x", "\"unclosed", "ㅈㅁ", "wnans", "-", "has:description format:orc"] {
            let ended = reeve.succeed(&["search", "--json", "--limit", "7", "--", q]).await;
            let mut cli: SearchResponse = serde_json::from_str(&ended.stdout).unwrap();
            let mut api: SearchResponse = app.read(&format!("/api/v1/search?limit=7&facets=true&q={}", escaped(q))).await;
            (cli.took_ms, api.took_ms) = (0.0, 0.0);
            assert_eq!(cli, api, "{q}");
        }
        app.stop().await;
    }
}

/// A list of columns is judged without a catalog, or refused with the line that is wrong.
#[tokio::test]
async fn columns_of_a_file_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("columns.tsv");
    let check = async |content: &[u8], arguments: &[&str]| {
        std::fs::write(&file, content).unwrap();
        end(program().args(["personal-data", "check"]).arg(&file).args(arguments)).await
    };
    let list = "\u{feff}table\tcolumn\ttype\tcomment\r\ncustomer\tRRNO\tchar(13)\t주민등록번호\r\nshop\tshop_addr\tstring\t\r\ncustomer\thp\r\n";
    let text = check(list.as_bytes(), &[]).await;
    assert_eq!(text.code, Some(0), "{text:?}");
    let classes: Vec<&str> = text.stdout.lines().filter_map(|line| line.split('\t').nth(2)).collect();
    assert_eq!(classes, ["class", "sensitive", "none", "direct"]);
    let json = check(list.as_bytes(), &["--json"]).await;
    let rows: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows.len(), &rows[0]["class"], &rows[0]["column"]), (3, &"sensitive".into(), &"RRNO".into()));
    assert!(rows.iter().all(|row| row["reason"].as_str().is_some_and(|reason| !reason.is_empty())));
    for (content, line, word) in [
        (&b"customer\tRRNO\tchar(13)\tx\n"[..], 1, "`table`"),
        (b"table\tcolumn\ttype\tcomment\nt\tc\n\xc8\xb8\xbf\xf8\tc\n", 3, "cp949"),
        (b"table\tcolumn\ttype\tcomment\nt\n", 2, "1 cells"),
        (b"", 1, "header"),
    ] {
        let ended = check(content, &[]).await;
        let place = format!("columns.tsv:{line}: ");
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
        assert!(ended.stderr.contains(&place) && ended.stderr.contains(word), "{ended:?}");
    }
    let missing = end(program().args(["personal-data", "check", "/nowhere/columns.tsv"])).await;
    assert!(missing.code == Some(1) && missing.stderr.contains("cannot read /nowhere/columns.tsv"), "{missing:?}");
    let mut many = "table\tcolumn\ttype\tcomment\n".to_owned();
    for number in 0..20_000 {
        many += &format!("customer_{number}\tcust_hp_no_{number}\tvarchar(20)\t고객 휴대전화 번호 {number}\n");
    }
    let begun = std::time::Instant::now();
    let ended = check(many.as_bytes(), &[]).await;
    assert_eq!(ended.stdout.lines().filter(|line| line.contains("\tdirect\t")).count(), 20_000, "{}", ended.stderr);
    // Unoptimised, on a machine that others use too: a release build takes a hundredth of it.
    assert!(begun.elapsed() < std::time::Duration::from_secs(40), "20,000 columns took {:?}", begun.elapsed());
}

/// Names of partitions are read as days without a catalog: the format found, the day of each, and from when it may go.
#[tokio::test]
async fn partition_names_are_read_as_days() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("partitions.txt");
    let dates = async |names: &str, arguments: &[&str]| {
        std::fs::write(&file, names).unwrap();
        end(program().args(["retention", "dates", "--today", "2026-03-20"]).args(arguments).arg(&file)).await
    };
    let names = "\u{feff}dt=2026-03-01/hh=14\r\ndt=2026-03-01/hh=15\n\ndt=20260321/hh=00\ndt=__HIVE_DEFAULT_PARTITION__/hh=03\n\
                 dt=9999-12-31/hh=00\ndt=2026-03-02/hh=__HIVE_DEFAULT_PARTITION__\n";
    let keys = ["--keys", "dt:string,hh:int", "--zone", "Asia/Seoul", "--days", "7"];
    let text = dates(names, &keys).await;
    assert_eq!(text.code, Some(0), "{text:?}");
    let lines: Vec<&str> = text.stdout.lines().collect();
    assert_eq!(lines[0], "# format: dt yyyy-MM-dd|yyyyMMdd, hh HH");
    assert_eq!(lines[1], "# read: 4 of 6, 2 that stand for no day, 0 unread");
    assert_eq!(lines[2], "name\tday\tmay_go\treason");
    assert_eq!(lines[3], "dt=2026-03-01/hh=14\t2026-03-01\t2026-03-09\t");
    assert_eq!(lines[5], "dt=20260321/hh=00\tfuture\tnever\t");
    assert!(
        lines[6].starts_with("dt=__HIVE_DEFAULT_PARTITION__/hh=03\tunknown\tnever\tdt has no value (dt 값이 없음)"),
        "{}",
        lines[6]
    );
    let json = dates(names, &[&keys[..], &["--json", "--values-zone", "UTC"]].concat()).await;
    let rows: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| rows.iter().map(|row| row[name].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(of("day"), ["2026-03-01", "2026-03-02", "future", "unknown", "future", "unknown"]);
    assert_eq!(of("may_go"), ["2026-03-09", "2026-03-10", "never", "never", "never", "never"]);
    assert!(rows.iter().all(|row| row["format"] == "yyyy-MM-dd|yyyyMMdd/HH" && row["name"].is_string()), "{rows:?}");
    let unread = dates("dt=240815\n", &["--keys", "dt", "--zone", "Asia/Seoul", "--days", "0"]).await;
    assert!(
        unread.stdout.starts_with("# format: unknown: the values of dt could be read as yyMMdd, ddMMyy"),
        "{unread:?}"
    );
    assert!(unread.stdout.contains("dt=240815\tunknown\tnever\t"), "{unread:?}");
    for (arguments, word) in [
        (&["--keys", "dt,dt", "--zone", "Asia/Seoul", "--days", "7"][..], "stands twice"),
        (&["--keys", "dt", "--zone", "Asia/Soul", "--days", "7"], "Asia/Seoul"),
        (&["--keys", "dt", "--zone", "Asia/Seoul"], "--days"),
    ] {
        let ended = dates(names, arguments).await;
        assert!(ended.code == Some(2) && ended.stderr.contains(word), "{ended:?}");
    }
    std::fs::write(&file, b"dt=2026-03-01\ndt=\xc8\xb8\xbf\xf8\n").unwrap();
    let ended = end(program().args(["retention", "dates"]).args(keys).arg(&file)).await;
    assert!(ended.code == Some(1) && ended.stderr.contains("partitions.txt:2: "), "{ended:?}");
}
