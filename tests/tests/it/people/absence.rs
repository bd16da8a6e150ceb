use super::{HEADER, Hr, crawled, csv_source, events_of, row, state_of, states};
use chrono::TimeDelta;
use reeve_model::crawl::CrawlState::{Complete, Failed, Partial};
use reeve_model::crawl::Note;
use reeve_model::permission::Role;
use reeve_tests::{TestApp, on_both_databases, texts};
use reqwest::StatusCode;

on_both_databases! {
    async fn absence_becomes_departure_when_a_second_crawl_a_day_later_agrees(database: Database) {
        let hr = Hr::new();
        let app = TestApp::start(database, &hr.section("")).await;
        hr.list(1..=40);
        let first = crawled(&app, "hr", Complete).await.crawl;
        assert_eq!((first.counts.harvested, first.counts.listed, first.counts.added), (40, 40, 40));
        assert_eq!(states(&app).await, "active 40");

        hr.list((1..=40).filter(|number| *number != 7));
        crawled(&app, "hr", Complete).await;
        assert_eq!(states(&app).await, "active 39, suspected 1");
        app.advance(TimeDelta::hours(23));
        crawled(&app, "hr", Complete).await;
        assert_eq!(state_of(&app, "p7").await, "suspected", "however often it is read within a day");
        app.advance(TimeDelta::hours(1));
        let gone = crawled(&app, "hr", Complete).await.crawl;
        assert_eq!((state_of(&app, "p7").await.as_str(), gone.counts.deleted), ("departed", 1));

        // Hired again, with the same number: nothing of it was lost.
        hr.list(1..=40);
        crawled(&app, "hr", Complete).await;
        assert_eq!(states(&app).await, "active 40");
        assert_eq!(events_of(&app, "p7").await, ["suspected", "departed", "active"]);
        let unchanged = crawled(&app, "hr", Complete).await.crawl.counts;
        assert_eq!((unchanged.added, unchanged.changed, unchanged.deleted), (0, 0, 0));
        app.stop().await;
    }

    async fn a_listing_that_loses_too_many_counts_nothing(database: Database) {
        let hr = Hr::new();
        let marked = "end_marker = \"#END\"\n";
        let app = TestApp::start(database, &hr.section(marked)).await;
        let list = |numbers: std::ops::RangeInclusive<usize>| {
            let rows: String = numbers.clone().map(|number| row(number, "", "재직")).collect();
            hr.write(&format!("{HEADER}{rows}#END,{}\n", numbers.count()));
        };
        list(1..=200);
        crawled(&app, "hr", Complete).await;

        // Nobody in it, half of it, cut off, of another shape: no listing at all.
        for text in [
            format!("{HEADER}#END,0\n"),
            String::new(),
            format!("{HEADER}{}", row(1, "", "재직")),
            format!("{HEADER}{}#END,200\n", row(1, "", "재직")),
            "order_no,amount\n1,2\n#END,1\n".to_owned(),
        ] {
            hr.write(&text);
            let detail = app.crawl("hr").await;
            assert!(matches!(detail.crawl.state, Failed | Partial), "{detail:?}");
            assert_eq!(states(&app).await, "active 200", "{text}");
        }
        assert!(texts(&app.app.db, "SELECT cause FROM removal").await.is_empty(), "there is nothing to decide about these");

        // Whole as far as anyone can tell, and far too short; of another company.
        list(1..=100);
        let short = crawled(&app, "hr", Partial).await.crawl;
        let [Note::HeldBack { missing: 100, total: 200, allowed: 50, .. }] = &short.notes[..] else { panic!("{short:?}") };
        list(1001..=1200);
        crawled(&app, "hr", Partial).await;
        assert_eq!(states(&app).await, "active 200");
        app.advance(TimeDelta::hours(25));
        list(1..=100);
        crawled(&app, "hr", Partial).await;
        assert_eq!(states(&app).await, "active 200");

        // An operator says that they really went: that counts for this, and no more.
        let id = texts(&app.app.db, "SELECT CAST(id AS TEXT) FROM removal WHERE state = 'pending'").await;
        let analyst = app.seat("lee", &[]).await;
        let answer = [("decision", "accept"), ("reason", "분사로 이동")];
        let path = format!("/sources/hr/removals/{}", id[0]);
        assert_eq!(analyst.submit(&path, &answer).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.seat("op", &[Role::Operator]).await.submit(&path, &answer).await.status, StatusCode::SEE_OTHER);
        app.until("the crawl that follows", async |app| states(app).await == "active 100, suspected 100").await;
        app.until("it ends", async |app| {
            texts(&app.app.db, "SELECT state FROM crawl WHERE finished_at IS NULL").await.is_empty()
        })
        .await;
        app.advance(TimeDelta::hours(25));
        crawled(&app, "hr", Partial).await;
        assert_eq!(states(&app).await, "active 100, suspected 100", "the second listing is asked about too");
        let acts = texts(&app.app.db, "SELECT concat_ws(' ', actor, reason) FROM audit WHERE action = 'removal_decided'").await;
        assert_eq!(acts, ["op 분사로 이동"]);
        // They are here, says somebody: the rest of the listing counts, and they stay.
        list(1..=200);
        crawled(&app, "hr", Complete).await;
        assert_eq!(states(&app).await, "active 200");
        app.stop().await;
    }

    async fn what_hr_says_counts_at_once(database: Database) {
        let hr = Hr::new();
        let app = TestApp::start(database, &hr.section("")).await;
        hr.list(1..=20);
        crawled(&app, "hr", Complete).await;
        let leaver = app.seat("p2", &[]).await;
        assert_eq!(leaver.get("/").await.status, StatusCode::OK);

        let today = app.app.clock.now().date_naive();
        let rows = [
            row(2, "2026-01-31", "재직"),
            row(3, "9999-12-31", "퇴직"),
            row(4, "", "육아휴직"),
            row(5, &(today + TimeDelta::days(2)).to_string(), "재직"),
            row(6, "", "재직").replace("2020-01-01", &(today + TimeDelta::days(9)).to_string()),
            row(7, &today.to_string(), "재직"),
        ];
        let others: String = [1].into_iter().chain(8..=20).map(|number| row(number, "", "재직")).collect();
        hr.write(&format!("{HEADER}{}{others}", rows.concat()));
        crawled(&app, "hr", Complete).await;
        let mut told = Vec::new();
        for login in ["p2", "p3", "p4", "p5", "p6", "p7"] {
            told.push(state_of(&app, login).await);
        }
        assert_eq!(told, ["departed", "departed", "on_leave", "active", "planned", "active"]);
        assert_eq!(leaver.get("/").await.status, StatusCode::SEE_OTHER, "his session is over");

        // Nothing is read, and a day begins.
        app.advance(TimeDelta::days(3));
        app.until("the last days are over", async |app| state_of(app, "p5").await == "departed").await;
        assert_eq!(state_of(&app, "p7").await, "departed");
        // HR corrects itself.
        hr.list(1..=20);
        crawled(&app, "hr", Complete).await;
        assert_eq!(states(&app).await, "active 20");
        assert_eq!(events_of(&app, "p2").await, ["departed", "active"]);
        let acts = texts(&app.app.db, "SELECT action FROM audit WHERE object_name = 'p2' AND action LIKE 'person%' ORDER BY seq");
        assert_eq!(acts.await, ["person_departed", "person_returned"]);
        app.stop().await;
    }

    /// Teams, managers, people of two sources, and one login of two people.
    async fn sources_make_one_person(database: Database) {
        let (hr, wiki) = (Hr::new(), Hr::new());
        let people = "[people]\nsources = [\"hr\"]\nauthority = { mail = \"wiki\" }\n";
        let accounts = csv_source("wiki", &wiki.path(), "").replace("[sources.csv]", "form = \"account\"\n[sources.csv]");
        let sections = format!("{people}{}{accounts}", hr.section(""));
        let app = TestApp::start(database, &sections).await;
        // He signed in before any source knew him.
        app.seat("p9", &[Role::Operator]).await;
        hr.list(1..=9);
        wiki.write(
            "login,name,mail\np1,직원 1,one@wiki.test\np2,다른 이름,p2@example.test\np4,직원 4,\nwikibot,봇,bot@example.test\n",
        );
        crawled(&app, "wiki", Complete).await;
        crawled(&app, "hr", Complete).await;
        let db = &app.app.db;
        let count = texts(db, "SELECT concat_ws(' ', count(*)) FROM person WHERE login <> 'tester'").await;
        assert_eq!(count, ["10"], "nine of HR, one of whom signed in before, and one whom only the wiki has");
        assert_eq!(texts(db, "SELECT mail FROM person WHERE login = 'p1'").await, ["one@wiki.test"]);
        let conflict = texts(db, "SELECT conflicts FROM person WHERE login = 'p2'").await;
        assert!(conflict[0].contains("다른 이름") && conflict[0].contains("직원 2"), "{conflict:?}");
        let role = "SELECT r.role FROM role_assignment r JOIN person p ON p.id = r.person_id WHERE p.employee_number = 'E00009'";
        assert_eq!(texts(db, role).await, ["operator"]);
        let manager = "SELECT m.login FROM person p JOIN person m ON m.id = p.manager_id WHERE p.login = 'p4'";
        assert_eq!(texts(db, manager).await, ["p1"]);
        let teams = "SELECT concat_ws(' ', name, parent_missing) FROM team ORDER BY name";
        assert_eq!(texts(db, teams).await, ["팀-30 3", "팀-31 3", "팀-32 3"]);

        // Number 3 left; somebody new has his login. Neither is taken for the other.
        let status = |number| if number == 4 { "육아휴직" } else { "재직" };
        let rows: String = (1..=9).filter(|n| *n != 3).map(|number| row(number, "", status(number))).collect();
        let new = row(77, "", "재직").replace("p77", "p3");
        hr.write(&format!("{HEADER}{}{rows}{new}", row(3, "2026-01-31", "퇴직")));
        crawled(&app, "hr", Complete).await;
        assert_eq!(state_of(&app, "p4").await, "on_leave", "that he has an account says nothing against it");
        let both = "SELECT concat_ws(' ', login, employee_number, state) FROM person WHERE name LIKE '%3' ORDER BY login";
        let number = "SELECT concat_ws(' ', login, state) FROM person WHERE employee_number IN ('E00003', 'E00077') ORDER BY employee_number";
        assert_eq!(texts(db, number).await, ["p3~e00003 departed", "p3 active"], "{:?}", texts(db, both).await);
        let asked = "SELECT concat_ws(' ', key, value, reason) FROM person_question ORDER BY key";
        assert_eq!(texts(db, asked).await, ["login p3 left"]);
        app.stop().await;
    }
}
