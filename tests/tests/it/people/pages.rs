//! What people see of people, and what administrators do.

use super::{HEADER, Hr, crawled, csv_source, row, state_of};
use reeve_model::asset::Paged;
use reeve_model::crawl::CrawlState::Complete;
use reeve_model::permission::Role;
use reeve_model::person::{Attribute, PersonDetail, PersonState, PersonSummary, TeamDetail};
use reeve_tests::{TestApp, execute, on_both_databases, texts};
use reqwest::StatusCode;

on_both_databases! {
    async fn people_are_found_and_shown_with_what_each_source_says(database: Database) {
        let (hr, wiki) = (Hr::new(), Hr::new());
        let sections = format!("{}{}", hr.section(""), csv_source("wiki", &wiki.path(), ""));
        let app = TestApp::start(database, &sections).await;
        let evil = "<script>alert(1)</script>";
        let rows: String = (1..=30).map(|number| row(number, "", "재직")).collect();
        hr.write(&format!("{HEADER}{}", rows.replace("직원 5,", &format!("{evil},"))));
        wiki.write("login,name,mail\np2,직원 2,two@wiki.test\n");
        crawled(&app, "hr", Complete).await;
        crawled(&app, "wiki", Complete).await;
        hr.write(&format!("{HEADER}{}", rows.replace(&row(7, "", "재직"), &row(7, "2026-01-31", "재직"))));
        crawled(&app, "hr", Complete).await;

        for (q, found) in [("p30", 1), ("직원 3", 2), ("P3@EXAMPLE", 1), ("e00012", 1), ("%", 0), ("", 31), ("팀 31", 10)] {
            let people: Paged<PersonSummary> = app.read(&format!("/api/v1/people?q={}", reeve_tests::escaped(q))).await;
            assert_eq!(people.total, found, "{q}: {people:?}");
        }
        let left: Paged<PersonSummary> = app.read("/api/v1/people?state=departed").await;
        assert_eq!(left.items.iter().map(|one| one.login.as_str()).collect::<Vec<_>>(), ["p7"]);
        assert_eq!(app.get("/api/v1/people?state=gone").await.status, StatusCode::BAD_REQUEST);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Paged<PersonSummary> = app.read(&format!("/api/v1/people?limit=7&cursor={cursor}")).await;
            seen.extend(page.items.into_iter().map(|one| one.login));
            match page.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 31);

        let person: PersonDetail = app.read("/api/v1/people/p2").await;
        assert_eq!((person.summary.state, person.records.len()), (PersonState::Active, 2));
        assert_eq!(person.differences.iter().map(|one| one.attribute).collect::<Vec<_>>(), [Attribute::Mail]);
        assert_eq!(person.manager.map(|manager| manager.login).as_deref(), Some("p1"));
        let team: TeamDetail = app.read("/api/v1/teams/%ED%8C%80-32").await;
        assert_eq!((team.summary.people, team.summary.parent_missing.as_deref()), (10, Some("3")));
        assert_eq!(app.get("/api/v1/people/nobody").await.status, StatusCode::NOT_FOUND);
        for (path, expected) in [
            ("/people?lang=en", "31"),
            ("/people?show=departed&lang=en", "2026"),
            ("/people/p7?lang=en", "the last day was"),
            ("/people/p2?lang=en", "two@wiki.test"),
            ("/people/p5?lang=ko", "재직"),
            ("/teams/%ED%8C%80-32?lang=en", "is not there"),
        ] {
            let page = app.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
            assert!(page.body.contains(expected), "{path}: {}", page.body);
            assert!(!page.body.contains(evil), "{path}");
        }
        assert_eq!(app.get("/people/nobody").await.status, StatusCode::NOT_FOUND);
        app.stop().await;
    }

    async fn administrators_give_roles_keep_people_out_and_answer_questions(database: Database) {
        let hr = Hr::new();
        let app = TestApp::start(database, &hr.section("")).await;
        hr.write(&format!("{HEADER}{}{}", row(1, "", "재직"), row(2, "2026-01-31", "퇴직")));
        crawled(&app, "hr", Complete).await;
        let kim = app.seat("p1", &[]).await;
        let admin = app.seat("root", &[Role::Administrator]).await;
        let give = [("role", "operator"), ("has", "give")];
        for (path, form) in [
            ("/people/p1/roles", &give[..]),
            ("/people/p1/state", &[("state", "disable"), ("reason", "me")]),
            ("/people/principals", &[("action", "remove"), ("place", "1"), ("version", "0")]),
            ("/people/questions/1", &[("answer", "same")]),
            ("/people/accounts/1", &[("answer", "new"), ("login", "me")]),
        ] {
            assert_eq!(kim.submit(path, form).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert!(!kim.get("/people/p1").await.body.contains("/people/p1/roles"));
        assert!(admin.get("/people/p1").await.body.contains("/people/p1/roles"));
        assert_eq!(admin.submit("/people/p1/roles", &[("role", "analyst"), ("has", "give")]).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(admin.submit("/people/p1/roles", &give).await.status, StatusCode::SEE_OTHER);
        assert_eq!(kim.get("/people").await.status, StatusCode::SEE_OTHER, "what was begun with other rights ends");
        let kim = app.seat("p1", &[]).await;
        let without = admin.submit("/people/p1/state", &[("state", "disable"), ("reason", "")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        let off = [("state", "disable"), ("reason", "분실 신고")];
        assert_eq!(admin.submit("/people/p1/state", &off).await.status, StatusCode::SEE_OTHER);
        assert_eq!(kim.get("/people").await.status, StatusCode::SEE_OTHER);
        crawled(&app, "hr", Complete).await;
        let disabled = "SELECT login FROM person WHERE disabled_at IS NOT NULL";
        assert_eq!(texts(&app.app.db, disabled).await, ["p1"], "no crawl lets him in again");
        let on = [("state", "enable"), ("reason", "단말을 찾음")];
        assert_eq!(admin.submit("/people/p1/state", &on).await.status, StatusCode::SEE_OTHER);
        let acts = "SELECT action FROM audit WHERE object_name = 'p1' AND actor = 'root' ORDER BY seq";
        assert_eq!(texts(&app.app.db, acts).await, ["role_given", "account_disabled", "account_enabled"]);

        // Hired again under a new number, with the old login: somebody says that it is the same person.
        hr.write(&format!(
            "{HEADER}{}{}{}",
            row(1, "", "재직"),
            row(2, "2026-01-31", "퇴직"),
            row(9, "", "재직").replace("p9", "p2")
        ));
        crawled(&app, "hr", Complete).await;
        let question = texts(&app.app.db, "SELECT CAST(id AS TEXT) FROM person_question").await;
        assert!(admin.get("/people").await.body.contains("/people/questions/"), "{question:?}");
        let path = format!("/people/questions/{}", question[0]);
        assert_eq!(admin.submit(&path, &[("answer", "same")]).await.status, StatusCode::SEE_OTHER);
        app.until("they are one", async |app| {
            texts(&app.app.db, "SELECT employee_number FROM person WHERE login = 'p2' AND merged_into_id IS NULL").await == ["E00009"]
        })
        .await;
        assert_eq!(state_of(&app, "p2").await, "active");
        let records = "SELECT CAST(count(DISTINCT person_id) AS TEXT) FROM person_record WHERE key IN ('E00002', 'E00009')";
        app.until("both rows are his", async |app| texts(&app.app.db, records).await == ["1"]).await;
        assert!(texts(&app.app.db, "SELECT key FROM person_question").await.is_empty());
        // Or it is not, says somebody who knows better.
        let record = texts(&app.app.db, "SELECT CAST(id AS TEXT) FROM person_record WHERE key = 'E00002'").await;
        let part = admin.submit(&format!("/people/p2/records/{}", record[0]), &[]).await;
        assert_eq!(part.status, StatusCode::SEE_OTHER);
        app.until("they are two again", async |app| texts(&app.app.db, records).await == ["2"]).await;
        app.stop().await;
    }

    async fn names_of_other_systems_are_whose_the_rules_say(database: Database) {
        let hr = Hr::new();
        let app = TestApp::start(database, &hr.section("")).await;
        hr.list(1..=9);
        // What a metastore's crawl would have brought.
        for sql in [
            "INSERT INTO source (name, kind, created_at) VALUES ('prod', 'hive', '2026-01-01T00:00:00Z')",
            "INSERT INTO asset (kind, source_id) SELECT 'database', id FROM source WHERE name = 'prod'",
            "INSERT INTO catalog_database (id, source_id, name, parameters, first_seen_at)
             SELECT a.id, s.id, 'sales', '{}', '2026-01-01T00:00:00Z' FROM asset a JOIN source s ON s.id = a.source_id",
        ] {
            execute(&app.app.db, sql).await;
        }
        for (name, owner) in [("a", "p2"), ("b", "etl_30@PROD"), ("c", "etl_30@PROD"), ("d", "tmp_batch"), ("e", "hive")] {
            for sql in [
                "INSERT INTO asset (kind, source_id) SELECT 'table', id FROM source WHERE name = 'prod'".to_owned(),
                format!(
                    "INSERT INTO catalog_table (id, database_id, name, story_id, table_type, is_view, owner, column_count, columns,
                         partition_keys, parameters, schema_from, remarks, fingerprint, first_seen_at)
                     SELECT max(a.id), (SELECT id FROM catalog_database), '{name}', max(a.id), 'managed', false, '{owner}', 0, '[]',
                         '[]', '{{}}', 'metastore', '[]', 0, '2026-01-01T00:00:00Z' FROM asset a WHERE a.kind = 'table'"
                ),
            ] {
                execute(&app.app.db, &sql).await;
            }
        }
        crawled(&app, "hr", Complete).await;
        let principals = "SELECT concat_ws(' ', name, outcome, rule) FROM principal ORDER BY name";
        assert_eq!(texts(&app.app.db, principals).await, ["etl_30@PROD unknown", "hive nobody 1", "p2 person 2", "tmp_batch unknown"]);
        let page = app.get("/people/principals?lang=en&try=etl_30%40PROD").await;
        assert!(page.body.contains("no rule knows it") && page.body.contains("tmp_batch"), "{}", page.body);

        let rule = |action: &'static str, version: &'static str, pattern: &'static str| {
            [
                ("action", action),
                ("version", version),
                ("replaces", ""),
                ("kind", "regex"),
                ("pattern", pattern),
                ("target", "service_of_team"),
                ("value", "팀 $team"),
                ("place", "1"),
                ("reason", "ETL accounts"),
            ]
        };
        let pattern = "^etl_(?<team>[0-9]+)@PROD";
        let preview = app.submit("/people/principals?lang=en", &rule("preview", "0", pattern)).await;
        assert!(preview.body.contains("1 newly mapped"), "{}", preview.body);
        assert_eq!(texts(&app.app.db, "SELECT rules FROM principal_rule").await.len(), 0, "nothing is saved by looking");
        let wrong = app.submit("/people/principals?lang=en", &rule("save", "0", "(")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("not a regular expression"), "{}", wrong.body);
        assert_eq!(app.submit("/people/principals", &rule("save", "0", pattern)).await.status, StatusCode::SEE_OTHER);
        let stale = app.submit("/people/principals?lang=en", &rule("save", "0", pattern)).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "two editors never overwrite each other");
        app.until("the names follow", async |app| {
            texts(&app.app.db, principals).await[0] == "etl_30@PROD service_of_team 1"
        })
        .await;
        let tried = app.get("/people/principals?lang=en&try=etl_30%40PROD").await;
        assert!(tried.body.contains("service account of team") && tried.body.contains("rule 1"), "{}", tried.body);
        let team: TeamDetail = app.read("/api/v1/teams/%ED%8C%80-30").await;
        assert_eq!(team.owned.iter().map(|one| (one.name.as_str(), one.tables)).collect::<Vec<_>>(), [("etl_30@PROD", 2)]);
        let person: PersonDetail = app.read("/api/v1/people/p2").await;
        assert_eq!(person.owned.len(), 1);
        let changed = "SELECT concat_ws(' ', actor, reason) FROM audit WHERE action = 'rules_changed'";
        assert_eq!(texts(&app.app.db, changed).await, ["tester ETL accounts"]);
        app.stop().await;
    }
}
