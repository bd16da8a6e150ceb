//! The audit log: what is changed, removed, put in, moved or cut off behind its back is found, and by what name.

use reeve::audit::chain::Fault;
use reeve::audit::check;
use reeve::audit::{Act, Object, Origin, verify};
use reeve::db::Db;
use reeve_model::asset::Paged;
use reeve_model::audit::{Entry, Event, ObjectKind};
use reeve_tests::{TestApp, execute, on_both_databases};
use reqwest::Method;

/// Writes so many acts, several to a transaction.
async fn write_acts(app: &TestApp, count: i64) {
    let origin = Origin::command_line();
    for first in (0..count).step_by(7) {
        let mut tx = app.app.db.write().await.unwrap();
        for number in first..(first + 7).min(count) {
            let object = Object::new(ObjectKind::Table, number, format!("sales.주문_{number}"));
            let act = Act::new(&origin, app.app.clock.now(), Event::DescriptionChanged, object);
            tx.record(act.change(None::<&str>, Some("설명 \"새\"\n둘째 줄")).because("정정"));
        }
        tx.commit().await.unwrap();
    }
}

/// What guards against accidents does not stop who owns the database.
async fn unguard(app: &TestApp) {
    let triggers: &[&str] = match &app.app.db {
        Db::Sqlite { .. } => &["DROP TRIGGER audit_stays", "DROP TRIGGER audit_is_kept"],
        Db::Postgres(_) => &["ALTER TABLE audit DISABLE TRIGGER ALL"],
    };
    for trigger in triggers {
        execute(&app.app.db, trigger).await;
    }
}

/// The first fault after these changes; they are undone again by the others.
async fn fault_after(app: &TestApp, changes: &[&str]) -> (i64, Fault) {
    for change in changes {
        execute(&app.app.db, change).await;
    }
    let broken = verify(&app.app.db, &[], |_| {}).await.unwrap().expect_err("the log is broken");
    (broken.seq, broken.fault)
}

on_both_databases! {
    async fn a_log_that_was_tampered_with_is_found_by_name(database: Database) {
        let app = TestApp::start(database, "").await;
        write_acts(&app, 40).await;
        let whole = verify(&app.app.db, &[], |_| {}).await.unwrap().expect("it is whole");
        assert_eq!((whole.from, whole.last, whole.rows), (0, 40, 40));

        for refused in ["UPDATE audit SET actor = 'x', salt = salt WHERE seq = 3", "DELETE FROM audit WHERE seq = 3"] {
            let done = match &app.app.db {
                Db::Sqlite { write, .. } => sqlx::query(refused).execute(write).await.map(drop),
                Db::Postgres(pool) => sqlx::query(refused).execute(pool).await.map(drop),
            };
            assert!(done.unwrap_err().to_string().contains("append-only"), "{refused}");
        }
        unguard(&app).await;
        let changed = ["UPDATE audit SET new_value = 'other' WHERE seq = 21"];
        assert_eq!(fault_after(&app, &changed).await, (21, Fault::Changed));
        let moved = [
            "UPDATE audit SET seq = 100 WHERE seq = 12",
            "UPDATE audit SET seq = 12 WHERE seq = 13",
            "UPDATE audit SET seq = 13 WHERE seq = 100",
        ];
        assert_eq!(fault_after(&app, &moved).await, (12, Fault::Order { belongs: 13 }));
        let removed = ["DELETE FROM audit WHERE seq = 9"];
        assert_eq!(fault_after(&app, &removed).await, (9, Fault::Gap { next: 10 }));
        let inserted = [
            "UPDATE audit SET seq = seq + 1000 WHERE seq > 5",
            "UPDATE audit SET seq = seq - 999 WHERE seq > 1000",
            "INSERT INTO audit (seq, version, at, actor, via, action, object_kind, object_id, content, prev, hash)
             SELECT 6, version, at, 'nobody', via, action, object_kind, object_id, content, 'x', 'y' FROM audit WHERE seq = 5",
        ];
        assert_eq!(fault_after(&app, &inserted).await, (6, Fault::Changed));
        let cut = ["DELETE FROM audit WHERE seq > 4"];
        assert_eq!(fault_after(&app, &cut).await, (5, Fault::Truncated { at_least: 40 }));
        app.stop().await;
    }

    /// Two that write at once follow one another in the chain.
    async fn writers_at_once_make_one_chain(database: Database) {
        let app = TestApp::start(database, "").await;
        write_at_once(&app).await;
        let whole = verify(&app.app.db, &[], |_| {}).await.unwrap().expect("it is whole");
        assert_eq!(whole.rows, 8 * 20);
        app.stop().await;
    }
}

/// What a whole page of the list says: number of rows in all, and the numbers of those shown.
fn rows(page: &Paged<Entry>) -> (i64, Vec<i64>) {
    (page.total, page.items.iter().map(|entry| entry.seq).collect())
}

on_both_databases! {
    async fn the_log_is_read_by_who_what_whereon_and_when(database: Database) {
        let app = TestApp::start(database, "[server]\ntime_zone = \"Asia/Seoul\"\n").await;
        write_acts(&app, 12).await;
        let mut tx = app.app.db.write().await.unwrap();
        let object = Object::new(ObjectKind::Column, "7/email", "crm.customer <email>");
        let act = Act::new(&Origin::system("test"), app.app.clock.now(), Event::ClassChanged, object);
        tx.record(act.change(Some("none"), Some("100% direct")).because("기기 식별자"));
        tx.commit().await.unwrap();
        for (query, expected) in [
            ("limit=3", (13, vec![13, 12, 11])),
            ("limit=3&cursor=11", (13, vec![10, 9, 8])),
            ("action=class_changed", (1, vec![13])),
            ("object=table:3", (1, vec![4])),
            ("object=column", (1, vec![13])),
            ("object=column:7/email", (1, vec![13])),
            ("actor=reeve/test", (1, vec![13])),
            ("actor=nobody", (0, vec![])),
            ("q=%EA%B8%B0%EA%B8%B0", (1, vec![13])),
            ("q=100%25", (1, vec![13])),
            ("q=1%25d", (0, vec![])),
            ("since=2999-01-01", (0, vec![])),
            ("until=2001-01-01T00:00:00Z", (0, vec![])),
            ("since=2001-01-01&limit=1", (13, vec![13])),
        ] {
            let page: Paged<Entry> = app.read(&format!("/api/v1/audit?{query}")).await;
            assert_eq!(rows(&page), expected, "{query}");
        }
        for wrong in ["action=done", "object=thing:1", "since=yesterday", "cursor=x", "limit=0", "who=me"] {
            let answer = app.get(&format!("/api/v1/audit?{wrong}")).await;
            assert_eq!(answer.status, 400, "{wrong}: {}", answer.body);
        }
        let one: Entry = app.read("/api/v1/audit/13").await;
        assert_eq!(one.reason.as_deref(), Some("기기 식별자"));
        assert_eq!(app.get("/api/v1/audit/14").await.status, 404);

        let page = app.get("/audit?row=13").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("crm.customer &lt;email&gt;") && page.body.contains(&one.hash), "{}", page.body);
        assert_eq!(app.get("/audit?row=99").await.status, 404);
        assert_eq!(app.submit("/audit/verify", &[]).await.status, 303);
        let mut tx = app.app.db.read().await.unwrap();
        let check = check::latest(&mut tx).await.unwrap().expect("it was checked");
        drop(tx);
        assert_eq!((check.last, check.broken), (13, None));

        let export = app.submit("/audit/export", &[]).await;
        let lines: Vec<Entry> = export.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((lines.len(), lines[13].action.as_str()), (14, "audit_exported"));

        unguard(&app).await;
        execute(&app.app.db, "UPDATE audit SET new_value = 'other' WHERE seq = 5").await;
        assert_eq!(app.submit("/audit/verify", &[]).await.status, 303);
        let broken = app.send(Method::GET, "/audit", &[("cookie", "lang=en")]).await.body;
        assert!(broken.contains("Broken at 5"), "{broken}");
        app.stop().await;
    }
}

async fn write_at_once(app: &TestApp) {
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let app = app.app.clone();
        tasks.push(tokio::spawn(async move {
            for number in 0..20 {
                let mut tx = app.db.write().await.unwrap();
                let object = Object::new(ObjectKind::Table, number, "t");
                tx.record(Act::new(&Origin::system("test"), app.clock.now(), Event::TagsChanged, object));
                tx.commit().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}
