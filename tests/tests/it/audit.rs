//! The audit log: what is changed, removed, put in, moved or cut off behind its back is found, and by what name.

use reeve::audit::chain::Fault;
use reeve::audit::{Act, Object, Origin, verify};
use reeve::db::Db;
use reeve_model::audit::{Event, ObjectKind};
use reeve_tests::{TestApp, execute, on_both_databases};

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
