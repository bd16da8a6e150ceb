//! Real directories and databases: 50,003 people in slapd, HR tables in PostgreSQL and MariaDB.

use super::{crawled, states};
use reeve::app::App;
use reeve::catalog::crawls;
use reeve::jobs::{self, Worker};
use reeve_model::crawl::CrawlDetail;
use reeve_model::crawl::CrawlState::{Complete, Failed, Partial};
use reeve_model::crawl::Note;
use reeve_model::visibility::Hidden;
use reeve_tests::{Database, TestApp, on_both_databases, peers, texts};
use sqlx::{Connection, MySqlConnection, PgConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A source named `directory`, read as one of the directory's accounts.
fn ldap(folder: &std::path::Path, url: &str, account: &str, base: &str) -> String {
    let password = folder.join(format!("{account}.password"));
    std::fs::write(&password, format!("{account}pw")).expect("a file for the password");
    format!(
        "[[sources]]\nname = \"directory\"\nkind = \"people\"\n[sources.ldap.server]\nurl = \"{url}\"\nallow_plain = true\n\
         bind_dn = \"cn={account},ou=services,dc=example,dc=test\"\npassword_file = \"{}\"\n\
         [sources.ldap.people]\nbase = \"{base}\"\ndisabled = {{ attribute = \"employeeType\", values = [\"disabled\"] }}\n",
        password.display()
    )
}

const ALL: &str = "dc=example,dc=test";

/// Where a proxy passes on so many bytes of answers in all and then breaks every connection, as a server does that restarts.
async fn breaking_after(bytes: usize) -> (String, Arc<AtomicUsize>) {
    let server = peers::ldap().trim_start_matches("ldap://").to_owned();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("ldap://{}", listener.local_addr().expect("a bound port"));
    let left = Arc::new(AtomicUsize::new(bytes));
    let budget = Arc::clone(&left);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (server, budget) = (server.clone(), Arc::clone(&budget));
            tokio::spawn(async move {
                let Ok(upstream) = TcpStream::connect(&server).await else { return };
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = upstream.into_split();
                let sending = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
                let mut buffer = vec![0; 16 * 1024];
                while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
                    let before = budget.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(read));
                    if before.is_err() || to_client.write_all(&buffer[..read]).await.is_err() {
                        break;
                    }
                }
                sending.abort();
            });
        }
    });
    (url, left)
}

on_both_databases! {
    /// And everything that has made others lose their people: limits, a server that restarts, another base.
    async fn a_directory_of_50_003_people(database: Database) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let app = TestApp::start(database, &ldap(folder.path(), &peers::ldap(), "catalog", ALL)).await;
        let begun = Instant::now();
        // In `ou=odd` are a few that are awkward to read.
        let detail = app.crawl("directory").await;
        let first = begun.elapsed();
        assert!(matches!(detail.crawl.state, Complete | Partial), "{detail:?}");
        assert_eq!(detail.crawl.counts.harvested + detail.crawl.counts.failed, detail.crawl.counts.listed);
        assert!(detail.crawl.counts.harvested >= 50_003, "{detail:?}");
        let before = states(&app).await;
        let departed = texts(&app.app.db, "SELECT concat_ws('', count(*)) FROM person WHERE state = 'departed'").await;
        assert_eq!(departed, ["1979"], "those whose `employeeType` says so: {before}");
        let begun = Instant::now();
        app.crawl("directory").await;
        println!("50,003 people: first {first:?}, again {:?}", begun.elapsed());
        assert_eq!(states(&app).await, before);
        for path in ["/api/v1/people?q=%EA%B9%80%EB%AF%BC%EC%A4%80", "/api/v1/people?q=p000777", "/people?lang=en"] {
            let begun = Instant::now();
            assert!(app.get(path).await.status.is_success());
            println!("{path} of 50,003 people: {:?}", begun.elapsed());
        }
        let chain = "SELECT m.login FROM person p JOIN person m ON m.id = p.manager_id WHERE p.login = 'kim'";
        assert_eq!(texts(&app.app.db, chain).await, ["p000001"]);

        // The same source as far as its name goes, and each answer is short in another way.
        let (breaking, left) = breaking_after(3_000_000).await;
        let again = async |section: String| crawled_as(&app, &section).await;
        let limited = again(ldap(folder.path(), &peers::ldap(), "limited", ALL)).await;
        assert_eq!(limited.crawl.state, Failed, "the size limit is reached: {limited:?}");
        let unpaged = again(ldap(folder.path(), &peers::ldap(), "unpaged", ALL)).await;
        assert_eq!(unpaged.crawl.state, Failed, "{unpaged:?}");
        let restarted = again(ldap(folder.path(), &breaking, "catalog", ALL)).await;
        assert_eq!((restarted.crawl.state, left.load(Ordering::SeqCst) < 3_000_000), (Failed, true), "{restarted:?}");
        let no_base = again(ldap(folder.path(), &peers::ldap(), "catalog", "ou=nowhere,dc=example,dc=test")).await;
        assert_eq!(no_base.crawl.state, Failed, "{no_base:?}");
        let other_base = again(ldap(folder.path(), &peers::ldap(), "catalog", "ou=left,dc=example,dc=test")).await;
        assert!(matches!(other_base.crawl.notes[..], [Note::AnotherSource { .. }]), "{other_base:?}");
        assert_eq!(states(&app).await, before);
        app.stop().await;
    }
}

/// A crawl by another process on the same database, whose reeve.toml says something else of the source.
async fn crawled_as(app: &TestApp, section: &str) -> CrawlDetail {
    let mut config = reeve::config::parse(section, "another reeve.toml").unwrap_or_else(|error| panic!("{error}"));
    config.database = app.app.config.database.clone();
    config.server.data_dir.clone_from(&app.app.config.server.data_dir);
    let mut other: App = app.app.clone();
    other.config = Arc::new(config);
    other.worker = Worker::new();
    let source = other.config.source("directory").expect("it is configured").clone();
    let (crawl, claimed) = jobs::claim_crawl(&other, &source, false).await.expect("nobody else crawls it");
    let (progress, _) = watch::channel(jobs::Progress::default());
    jobs::run(&other, claimed, progress, CancellationToken::new()).await.expect("the crawl ends");
    let mut tx = app.app.db.read().await.expect("the database answers");
    crawls::detail(&mut tx, crawl, app.app.clock.now(), &Hidden::NOTHING)
        .await
        .expect("it can be read")
        .expect("it is there")
}

/// One query for each, with departments; numbers keep their zeros.
async fn hr_table_of(url: String, sql: &[&'static str]) {
    let departments = "SELECT code AS `key`, nm AS title, up AS parent, lead_no AS `lead` FROM dept";
    let departments = if url.starts_with("mysql") { departments.to_owned() } else { departments.replace('`', "\"") };
    if url.starts_with("mysql") {
        let mut connection = MySqlConnection::connect(&url).await.expect("MariaDB answers");
        for statement in sql {
            sqlx::query(*statement)
                .execute(&mut connection)
                .await
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    } else {
        let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL answers");
        for statement in sql {
            sqlx::query(*statement)
                .execute(&mut connection)
                .await
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }
    let section = format!(
        "[[sources]]\nname = \"hr\"\nkind = \"people\"\n[sources.sql]\nurl = \"{url}\"\nquery = \"SELECT * FROM emp\"\n\
         departments = '''{departments}'''\n[sources.columns]\nemployee_number = \"emp_no\"\nname = \"emp_nm\"\nlogin = \"id\"\n\
         department = \"dept_cd\"\nends_on = \"retire_dt\"\nkind = \"emp_kind\"\n"
    );
    let app = TestApp::start(Database::Sqlite, &section).await;
    let crawl = crawled(&app, "hr", Complete).await.crawl;
    assert_eq!((crawl.counts.harvested, crawl.counts.listed), (3, 3));
    let people = "SELECT concat_ws(' ', p.login, p.employee_number, p.state, p.kind, t.name) FROM person p
                  JOIN team t ON t.id = p.team_id ORDER BY p.login";
    assert_eq!(
        texts(&app.app.db, people).await,
        [
            "etl 90001 active service clickstream",
            "haeun 00018 departed employee clickstream",
            "jihoon 00017 active employee clickstream"
        ]
    );
    let tree = "SELECT concat_ws(' ', t.name, u.name, l.login) FROM team t LEFT JOIN team u ON u.id = t.parent_id
                LEFT JOIN person l ON l.id = t.lead_id ORDER BY t.name";
    assert_eq!(texts(&app.app.db, tree).await, ["clickstream 데이터 jihoon", "데이터"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hr_table_in_postgresql() {
    let server = peers::postgres();
    let mut connection = PgConnection::connect(&server).await.expect("PostgreSQL answers");
    for statement in ["DROP DATABASE IF EXISTS reeve_hr WITH (FORCE)", "CREATE DATABASE reeve_hr"] {
        sqlx::query(statement).execute(&mut connection).await.expect("a database for HR");
    }
    let (server, _) = server.rsplit_once('/').expect("a URL with a path");
    let sql = [
        "CREATE TABLE emp (emp_no TEXT, emp_nm TEXT, id TEXT, dept_cd INTEGER, retire_dt DATE, emp_kind TEXT, salary INTEGER)",
        "INSERT INTO emp VALUES ('00017', '박지훈', 'Jihoon', 31, '9999-12-31', NULL, 1),
         ('00018', '이하은', 'haeun', 31, '2026-01-31', NULL, 2), ('90001', 'ETL', 'etl', 31, NULL, '서비스', NULL)",
        "CREATE TABLE dept (code INTEGER, nm TEXT, up INTEGER, lead_no TEXT)",
        "INSERT INTO dept VALUES (3, '데이터', NULL, NULL), (31, 'Clickstream', 3, '00017')",
    ];
    hr_table_of(format!("{server}/reeve_hr"), &sql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hr_table_in_mariadb() {
    let sql = [
        "DROP TABLE IF EXISTS emp, dept",
        "CREATE TABLE emp (emp_no VARCHAR(20), emp_nm VARCHAR(100), id VARCHAR(50), dept_cd INT, retire_dt DATE, emp_kind VARCHAR(20), salary INT)",
        "INSERT INTO emp VALUES ('00017', '박지훈', 'Jihoon', 31, '9999-12-31', NULL, 1),
         ('00018', '이하은', 'haeun', 31, '2026-01-31', NULL, 2), ('90001', 'ETL', 'etl', 31, NULL, '서비스', NULL)",
        "CREATE TABLE dept (code INT, nm VARCHAR(100), up INT, lead_no VARCHAR(20))",
        "INSERT INTO dept VALUES (3, '데이터', NULL, NULL), (31, 'Clickstream', 3, '00017')",
    ];
    hr_table_of(peers::mariadb(), &sql).await;
}
