//! The audit log: what is changed, removed, put in, moved or cut off behind its back is found, and by what name.

use reeve::audit::chain::Fault;
use reeve::audit::check;
use reeve::audit::{Act, Object, Origin, verify};
use reeve::db::Db;
use reeve_model::asset::Paged;
use reeve_model::audit::{Entry, Event, ObjectKind};
use reeve_tests::{Reeve, TestApp, end, execute, on_both_databases, texts};
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

/// The log's program of twenty lines, as docs/audit.md prints it.
fn python() -> String {
    let docs = include_str!("../../../docs/audit.md");
    let begin = docs.find("```python\n").expect("the program is in the docs") + 10;
    let rest = &docs[begin..];
    rest[..rest.find("```").expect("it ends")].to_owned()
}

on_both_databases! {
    /// What nobody but the database's owner can do is found by the command that anybody can run.
    async fn the_command_line_finds_what_was_tampered_with(database: Database) {
        let app = TestApp::start(database, "").await;
        write_acts(&app, 12).await;
        let reeve = Reeve::beside(&app);
        let whole = reeve.run(&["audit", "verify"]).await;
        assert_eq!(whole.code, Some(0), "{whole:?}");
        assert!(whole.stdout.starts_with("intact: 12 rows, 1 to 12\n{"), "{whole:?}");
        let kept = reeve.folder().join("kept.jsonl");
        std::fs::write(&kept, whole.stdout.lines().nth(1).unwrap()).unwrap();
        let compared = reeve.run(&["audit", "verify", "--checkpoint", kept.to_str().unwrap()]).await;
        assert_eq!(compared.code, Some(0), "{compared:?}");

        unguard(&app).await;
        for (change, undo, expected) in [
            (
                "UPDATE audit SET reason = 'other' WHERE seq = 7",
                "UPDATE audit SET reason = '정정' WHERE seq = 7",
                "broken at 7: changed",
            ),
            (
                "UPDATE audit SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4)",
                "UPDATE audit SET seq = CASE seq WHEN 4 THEN -3 ELSE -4 END WHERE seq IN (3, 4)",
                "broken at 3: order",
            ),
        ] {
            execute(&app.app.db, change).await;
            execute(&app.app.db, "UPDATE audit SET seq = -seq WHERE seq < 0").await;
            let ended = reeve.run(&["audit", "verify"]).await;
            assert!(ended.code == Some(1) && ended.stderr.contains(expected), "{ended:?}");
            execute(&app.app.db, undo).await;
            execute(&app.app.db, "UPDATE audit SET seq = -seq WHERE seq < 0").await;
            assert_eq!(reeve.run(&["audit", "verify"]).await.code, Some(0), "undone");
        }
        execute(&app.app.db, "DELETE FROM audit WHERE seq = 12").await;
        let cut = reeve.run(&["audit", "verify"]).await;
        assert!(cut.code == Some(1) && cut.stderr.contains("broken at 12: truncated"), "{cut:?}");
        // Who also sets back the head is found by what was kept elsewhere alone.
        execute(&app.app.db, "UPDATE audit_head SET seq = 11, hash = (SELECT hash FROM audit WHERE seq = 11)").await;
        assert_eq!(reeve.run(&["audit", "verify"]).await.code, Some(0));
        let cut = reeve.run(&["audit", "verify", "--checkpoint", kept.to_str().unwrap()]).await;
        assert!(cut.code == Some(1) && cut.stderr.contains("broken at 12: truncated"), "{cut:?}");
        execute(&app.app.db, "DELETE FROM audit WHERE seq = 5").await;
        let gap = reeve.run(&["audit", "verify"]).await;
        assert!(gap.code == Some(1) && gap.stderr.contains("broken at 5: gap"), "{gap:?}");
        let export = reeve.run(&["audit", "export"]).await;
        assert_eq!((export.code, export.stdout.lines().count()), (Some(1), 4), "{export:?}");
        app.stop().await;
    }

    /// Old rows go into a file, the rest still verifies, and a row's content can go without the chain.
    async fn checkpoints_archives_and_erasure(database: Database) {
        let app = TestApp::start(database, "").await;
        write_acts(&app, 20).await;
        let reeve = Reeve::beside(&app);
        let export = reeve.succeed(&["audit", "export"]).await;
        let file = reeve.folder().join("export.jsonl");
        std::fs::write(&file, &export.stdout).unwrap();
        let program = reeve.folder().join("verify.py");
        std::fs::write(&program, python()).unwrap();
        let alone = |file: std::path::PathBuf| {
            let program = program.clone();
            async move { end(tokio::process::Command::new("python3").arg(program).arg(file)).await }
        };
        let checked = alone(file.clone()).await;
        assert_eq!((checked.code, checked.stdout.trim()), (Some(0), "intact to 21"), "{checked:?}");
        std::fs::write(&file, export.stdout.replacen("주문_9", "주문_8", 1)).unwrap();
        let checked = alone(file.clone()).await;
        assert!(checked.code == Some(1) && checked.stderr.contains("broken at 10"), "{checked:?}");
        let checked = reeve.run(&["audit", "verify", "--file", file.to_str().unwrap()]).await;
        assert!(checked.code == Some(1) && checked.stderr.contains("broken at 10: changed"), "{checked:?}");

        let none = reeve.run(&["audit", "drop", "--before", "9", "--archive", "x"]).await;
        assert!(none.code == Some(1) && none.stderr.contains("no signed checkpoint of 9"), "{none:?}");
        let made = reeve.succeed(&["audit", "checkpoint"]).await;
        let checkpoint: serde_json::Value = serde_json::from_str(&made.stdout).unwrap();
        assert_eq!(checkpoint["seq"], 21);
        let kept = reeve.folder().join("kept.jsonl");
        std::fs::write(&kept, &made.stdout).unwrap();
        write_acts(&app, 5).await;
        let redacted = reeve.run(&["audit", "redact", "24", "--because", "삭제 요청 17"]).await;
        assert_eq!(redacted.code, Some(0), "{redacted:?}");
        assert_eq!(reeve.run(&["audit", "redact", "24", "--because", "x"]).await.code, Some(1), "it is gone already");
        assert_eq!(reeve.run(&["audit", "redact", "999", "--because", "x"]).await.code, Some(1));
        let erased: Entry = app.read("/api/v1/audit/24").await;
        assert_eq!((erased.object_name, erased.before, erased.after, erased.reason), (None, None, None, None));

        let archive = reeve.folder().join("old.jsonl");
        let archived = archive.to_str().unwrap();
        reeve.succeed(&["audit", "drop", "--before", "21", "--archive", archived]).await;
        let again = reeve.run(&["audit", "drop", "--before", "21", "--archive", archived]).await;
        assert!(again.code == Some(1) && again.stderr.contains("gone already"), "{again:?}");
        assert_eq!(texts(&app.app.db, "SELECT CAST(min(seq) AS TEXT) FROM audit").await, ["22"]);
        reeve.succeed(&["audit", "verify", "--file", archived]).await;
        assert_eq!(alone(archive.clone()).await.stdout.trim(), "intact to 21");
        let rest = reeve.succeed(&["audit", "verify", "--checkpoint", kept.to_str().unwrap()]).await;
        assert!(rest.stdout.contains("1 to 21 was archived") && rest.stdout.contains("22 to"), "{rest:?}");
        let key = checkpoint["key"].as_str().unwrap();
        reeve.succeed(&["audit", "verify", "--key", key]).await;
        let other = reeve.run(&["audit", "verify", "--key", "00"]).await;
        assert!(other.code == Some(1) && other.stderr.contains("another key"), "{other:?}");
        let page = app.send(Method::GET, "/audit", &[("accept-language", "en")]).await;
        assert!(page.status == 200 && page.body.contains("reeve audit checkpoint"), "{}", page.body);

        execute(&app.app.db, "UPDATE audit_checkpoint SET at = 'x' WHERE seq = 21").await;
        let forged = reeve.run(&["audit", "verify"]).await;
        assert!(forged.code == Some(1) && forged.stderr.contains("broken at 21: bad signature"), "{forged:?}");
        app.stop().await;
    }

    /// What is done to people and tokens on the command line is on record, by the operating system's name of who did it.
    async fn the_command_line_is_on_record(database: Database) {
        let app = TestApp::start(database, "").await;
        let reeve = Reeve::beside(&app);
        reeve.succeed(&["user", "add", "kim.hs", "--role", "operator"]).await;
        reeve.succeed(&["user", "role", "kim.hs", "operator", "--remove"]).await;
        reeve.succeed(&["user", "link", "kim.hs"]).await;
        reeve.succeed(&["user", "disable", "kim.hs"]).await;
        reeve.succeed(&["user", "disable", "kim.hs", "--undo"]).await;
        let token = reeve.succeed(&["token", "create", "kim.hs", "--name", "notebook"]).await;
        let id = texts(&app.app.db, "SELECT CAST(max(id) AS TEXT) FROM api_token").await.remove(0);
        reeve.succeed(&["token", "revoke", "kim.hs", &id]).await;
        let page: Paged<Entry> = app.read("/api/v1/audit?limit=100").await;
        let mut acts: Vec<&str> = page.items.iter().map(|entry| entry.action.as_str()).collect();
        acts.reverse();
        assert_eq!(acts, [
            "account_made", "role_given", "link_made", "role_taken", "link_made", "account_disabled", "account_enabled",
            "token_created", "token_revoked",
        ]);
        assert!(page.items.iter().all(|entry| entry.via == "command_line" && !entry.actor.is_empty()));
        let text = serde_json::to_string(&page).unwrap();
        assert!(!text.contains(token.stdout.trim()), "a token is in the log");
        app.stop().await;
    }
}
