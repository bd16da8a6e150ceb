//! What leaves the house: nothing is lost, and nothing comes twice but where the far side left open whether it has it.

use crate::metastore_at;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use reeve::auth::person;
use reeve::clock::Clock;
use reeve::notify::answer::{self, Asked, Refusal};
use reeve::notify::outbox::{Put, To, Told, put};
use reeve::notify::preference::{self, Preference};
use reeve_model::AssetId;
use reeve_model::notice::{Choice, Notice, NoticeKind, Verdict};
use reeve_model::permission::Role;
use reeve_tests::{
    Act, FakeMetastore, MailServer, Receiver, Reply, Setup, Step, Table, TestApp, World, on_both_databases, texts,
};
use reqwest::StatusCode;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn waits(request: i64) -> Notice {
    let title = "order.order_item 90일 보관".to_owned();
    Notice::RequestWaits { request, title, asker: "이하은".to_owned(), due_at: None }
}

/// Somebody with a mail address.
pub(crate) async fn somebody(app: &reeve::app::App, login: &str) -> AssetId {
    let mut tx = app.db.write().await.unwrap();
    let mail = format!("{login}@example.com");
    let id = person::create(&mut tx, "person", login, "김하나", Some(&mail), app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Tells one person, once.
pub(crate) async fn tell(app: &reeve::app::App, person: AssetId, notice: &Notice) -> Put {
    let mut tx = app.db.write().await.unwrap();
    let once = notice.reference();
    let told = Told { to: To::Person(person), notice, once: &once, answers: None };
    let put = put(&mut tx, &app.post, &told, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.job_bell.notify_one();
    put
}

/// Everything in the outbox: `sent 1 0`, state, attempts and doubts, with a `.` behind what has ended.
pub(crate) async fn outbox(app: &reeve::app::App) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', state, attempts, doubts) || CASE WHEN ended_at IS NULL THEN '' ELSE '.' END
               FROM outbox ORDER BY id";
    texts(&app.db, sql).await
}

async fn until(app: &TestApp, expected: &str) {
    app.until(&format!("the outbox is {expected}"), async |app| outbox(&app.app).await == [expected]).await;
}

/// A time as told in Seoul.
fn seoul(text: &str) -> DateTime<Utc> {
    format!("{text}+09:00").parse().unwrap()
}

on_both_databases! {
    async fn a_mail_comes_once_and_says_who_it_is(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &format!("{}[server]\ntime_zone = \"Asia/Seoul\"\n", mail.section())).await;
        let kim = somebody(&app.app, "kim").await;
        let preference = Preference { lang: Some(reeve_model::reader::Lang::Ko), ..Preference::default() };
        let mut tx = app.app.db.write().await.unwrap();
        preference::set(&mut tx, kim, &preference, app.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();

        // What is not committed is not told.
        let mut tx = app.app.db.write().await.unwrap();
        let notice = waits(12);
        let told = Told { to: To::Person(kim), notice: &notice, once: "request/12", answers: None };
        put(&mut tx, &app.app.post, &told, app.app.clock.now()).await.unwrap();
        drop(tx);
        assert!(outbox(&app.app).await.is_empty());

        let Put::Queued(ids) = tell(&app.app, kim, &notice).await else { panic!("it is queued") };
        until(&app, "sent 1 0.").await;
        assert_eq!(tell(&app.app, kim, &notice).await, Put::Known);
        assert_eq!(mail.count(), (1, 1));
        let taken = mail.taken().remove(0);
        assert_eq!((taken.from.as_str(), taken.to.as_str()), ("reeve@example.com", "kim@example.com"));
        let header = |name: &str| taken.header(name).unwrap_or_else(|| panic!("{name}: {}", taken.text));
        assert_eq!(header("Message-ID"), format!("<outbox-{}@example.com>", ids[0]));
        assert_eq!(header("References"), "<request-12@example.com>");
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        assert_eq!(header("X-Auto-Response-Suppress"), "All");
        assert!(header("Content-Type").starts_with("multipart/alternative"));
        assert!(header("Subject").starts_with("[Reeve] =?utf-8?b?"), "{}", header("Subject"));
        let plain = taken.text.find("text/plain").unwrap();
        assert!(plain < taken.text.find("text/html").unwrap());
        assert!(taken.text.lines().all(|line| line.len() < 998));
        assert_eq!(taken.header("List-Unsubscribe"), None, "a duty is not to be unsubscribed from");
        app.stop().await;
    }

    async fn what_was_surely_not_taken_is_tried_again(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &mail.section()).await;
        let kim = somebody(&app.app, "kim").await;
        // Refused for now, cut, silent: each at another step, and each before the message was there.
        mail.fail(Step::Connect, Act::Drop);
        mail.fail(Step::Rcpt, Act::Refuse(451));
        mail.fail(Step::Data, Act::Hang);
        mail.fail(Step::Dot, Act::Refuse(452));
        tell(&app.app, kim, &waits(1)).await;
        for (failed, minutes) in [(1, 2), (2, 7), (3, 19), (4, 73)] {
            until(&app, &format!("queued {failed} 0")).await;
            app.advance(TimeDelta::minutes(minutes));
        }
        until(&app, "sent 5 0.").await;
        assert_eq!(mail.count(), (1, 1));
        app.stop().await;
    }

    async fn what_is_refused_for_good_is_given_up_and_so_is_what_takes_a_day(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &mail.section()).await;
        let kim = somebody(&app.app, "kim").await;
        mail.fail(Step::Rcpt, Act::Refuse(550));
        tell(&app.app, kim, &waits(1)).await;
        until(&app, "failed 1 0.").await;
        let reason = texts(&app.app.db, "SELECT last_error FROM outbox").await;
        assert!(reason[0].contains("550"), "{reason:?}");

        // Not about the message but about the server: that may be mended.
        for _ in 0..20 {
            mail.fail(Step::Connect, Act::Refuse(554));
        }
        tell(&app.app, kim, &waits(2)).await;
        let attempts = async |app: &TestApp| outbox(&app.app).await[1].clone();
        for attempt in 1..=4 {
            app.until("it was tried", async |app| attempts(app).await == format!("queued {attempt} 0")).await;
            app.advance(TimeDelta::hours(5));
        }
        // Twenty hours are over, and the next attempt would be after a day.
        app.until("it is given up", async |app| attempts(app).await == "failed 5 0.").await;
        assert_eq!(mail.count(), (0, 0));
        app.stop().await;
    }

    /// After the final dot nobody knows: once more, with the same bytes, and that is written down.
    async fn what_may_have_been_taken_is_sent_once_more_with_the_same_bytes(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &mail.section()).await;
        let kim = somebody(&app.app, "kim").await;
        mail.fail(Step::Dot, Act::KeepAndDrop);
        tell(&app.app, kim, &waits(1)).await;
        until(&app, "doubt 1 1").await;
        app.advance(TimeDelta::minutes(2));
        until(&app, "sent 2 1.").await;
        assert_eq!(mail.count(), (2, 1), "twice, and known for one by its number");
        let taken = mail.taken();
        assert_eq!(taken[0], taken[1]);
        app.stop().await;
    }

    async fn a_second_doubt_is_the_last(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &mail.section()).await;
        let kim = somebody(&app.app, "kim").await;
        mail.fail(Step::Dot, Act::Drop);
        mail.fail(Step::Dot, Act::Hang);
        tell(&app.app, kim, &waits(1)).await;
        until(&app, "doubt 1 1").await;
        app.advance(TimeDelta::minutes(2));
        until(&app, "doubt 2 2.").await;
        app.advance(TimeDelta::days(2));
        assert_eq!(mail.count(), (1, 1), "the one that it kept before it fell silent");
        app.stop().await;
    }

    /// A worker that died on its way: its job is found lost, and the row says that it was on its way.
    async fn what_a_dead_worker_had_in_hand_is_in_doubt(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &mail.section()).await;
        let kim = somebody(&app.app, "kim").await;
        let mut tx = app.app.db.write().await.unwrap();
        let notice = waits(1);
        let told = Told { to: To::Person(kim), notice: &notice, once: "request/1", answers: None };
        // Due in an hour, so that nobody takes it meanwhile.
        put(&mut tx, &app.app.post, &told, app.app.clock.now() + TimeDelta::hours(1)).await.unwrap();
        tx.commit().await.unwrap();
        reeve_tests::execute(&app.app.db, "UPDATE outbox SET state = 'sending', attempts = 1").await;
        reeve_tests::execute(
            &app.app.db,
            "UPDATE job SET state = 'running', attempt = 1, worker = 'elsewhere/1/0.0/0.0', heartbeat_at = created_at
             WHERE kind = 'deliver'",
        )
        .await;
        app.advance(TimeDelta::minutes(70));
        app.until("the job is put back", async |app| {
            texts(&app.app.db, "SELECT state FROM job WHERE kind = 'deliver'").await != ["running"]
        })
        .await;
        app.advance(TimeDelta::minutes(2));
        until(&app, "sent 2 1.").await;
        assert_eq!(mail.count(), (1, 1));
        app.stop().await;
    }

    async fn who_has_left_is_not_written_to(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &mail.section()).await;
        let kim = somebody(&app.app, "kim").await;
        mail.fail(Step::Connect, Act::Drop);
        tell(&app.app, kim, &waits(1)).await;
        until(&app, "queued 1 0").await;
        reeve_tests::execute(&app.app.db, "UPDATE person SET state = 'departed' WHERE login = 'kim'").await;
        app.advance(TimeDelta::minutes(2));
        until(&app, "failed 1 0.").await;
        assert_eq!(tell(&app.app, kim, &waits(2)).await, Put::Nowhere);
        assert_eq!(mail.count(), (0, 0));
        app.stop().await;
    }

    async fn a_channel_is_told_once_though_it_failed_before(database: Database) {
        let receiver = Receiver::start().await;
        let key = BASE64_STANDARD.encode("the key of this test");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        std::fs::write(&file, format!("whsec_{key}\n")).unwrap();
        let sections = format!(
            "[notify]\nquiet_hours = \"off\"\n[[notify.webhook]]\nname = \"events\"\nkind = \"generic\"\nurl = \"{0}/hook\"\n\
             secret_file = \"{1}\"\n[[notify.webhook]]\nname = \"ops\"\nkind = \"slack\"\nurl = \"{0}/slack\"\n\
             notices = [\"escalated\"]\n",
            receiver.url,
            file.display(),
        );
        let app = TestApp::start(database, &sections).await;
        receiver.reply(Reply::Status(500, vec![]));
        receiver.reply(Reply::Status(429, vec![("retry-after", "600".to_owned())]));
        receiver.reply(Reply::Drop);
        let due_at = app.app.clock.now();
        let notice = Notice::SuccessionOpened { case: 7, person: "김하나".to_owned(), items: 3, due_at };
        let mut tx = app.app.db.write().await.unwrap();
        let told = Told { to: To::Channels, notice: &notice, once: "case/7/opened", answers: None };
        let queued = put(&mut tx, &app.app.post, &told, app.app.clock.now()).await.unwrap();
        assert!(matches!(&queued, Put::Queued(ids) if ids.len() == 1), "Slack wants other notices: {queued:?}");
        tx.commit().await.unwrap();
        for (expected, minutes) in [("queued 1 0", 2), ("queued 2 0", 8), ("doubt 3 1", 20)] {
            until(&app, expected).await;
            app.advance(TimeDelta::minutes(minutes));
            if minutes == 8 {
                assert_eq!(receiver.got().len(), 2, "it asked for ten minutes");
                app.advance(TimeDelta::minutes(4));
            }
        }
        until(&app, "sent 4 1.").await;
        let got = receiver.got();
        assert_eq!(got.iter().map(|one| one.status).collect::<Vec<_>>(), [500, 429, 0, 200]);
        let ids: BTreeSet<_> = got.iter().map(|one| (&one.headers["webhook-id"], &one.body)).collect();
        assert_eq!(ids.len(), 1, "the same number and the same bytes");
        let times: BTreeSet<_> = got.iter().map(|one| &one.headers["webhook-timestamp"]).collect();
        assert_eq!(times.len(), 4, "signed anew each time");
        for one in &got {
            let content = format!("{}.{}.{}", one.headers["webhook-id"], one.headers["webhook-timestamp"], one.body);
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"the key of this test");
            let signature = one.headers["webhook-signature"].strip_prefix("v1,").unwrap();
            let signature = BASE64_STANDARD.decode(signature).unwrap();
            ring::hmac::verify(&key, content.as_bytes(), &signature).expect("it verifies");
        }
        assert!(got[0].body.contains("\"reference\":\"case/7\""), "{}", got[0].body);
        app.stop().await;
    }

    async fn a_webhook_that_sends_elsewhere_is_not_followed(database: Database) {
        let receiver = Receiver::start().await;
        let section = format!(
            "[notify]\nquiet_hours = \"off\"\n[[notify.webhook]]\nname = \"ops\"\nkind = \"slack\"\nurl = \"{}/services/hunter2\"\n",
            receiver.url
        );
        let app = TestApp::start(database, &section).await;
        receiver.reply(Reply::Status(302, vec![("location", format!("{}/elsewhere", receiver.url))]));
        let notice = Notice::Escalated { request: 1, title: "t".to_owned(), asker: "a".to_owned(), waiting_days: 2 };
        let mut tx = app.app.db.write().await.unwrap();
        let told = Told { to: To::Channels, notice: &notice, once: "request/1", answers: None };
        put(&mut tx, &app.app.post, &told, app.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        until(&app, "failed 1 0.").await;
        assert_eq!(receiver.got().len(), 1);
        let kept = texts(&app.app.db, "SELECT coalesce(last_error, '') || channel FROM outbox").await;
        assert!(!kept[0].contains("hunter2"), "its address is a secret: {kept:?}");
        app.stop().await;
    }

    async fn nights_and_weekends_are_quiet_unless_it_would_be_too_late(database: Database) {
        let mail = MailServer::start().await;
        // Friday evening.
        let clock = Clock::stopped(seoul("2026-12-04T21:00:00"));
        let setup = Setup { clock: Some(clock), ..Setup::default() };
        let sections = format!("{}[server]\ntime_zone = \"Asia/Seoul\"\n", mail.smtp());
        let app = TestApp::start_with(database, &sections, setup).await;
        let kim = somebody(&app.app, "kim").await;
        let mut tx = app.app.db.write().await.unwrap();
        let mut preference = Preference::default();
        preference.at_once.insert(NoticeKind::ExpiresSoon);
        preference::set(&mut tx, kim, &preference, app.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let ends = |request, day: &str| Notice::ExpiresSoon {
            request,
            title: "t".to_owned(),
            days_left: 1,
            last_day: day.parse().unwrap(),
            bytes: None,
        };
        tell(&app.app, kim, &waits(1)).await;
        tell(&app.app, kim, &ends(2, "2026-12-05")).await;
        tell(&app.app, kim, &ends(3, "2026-12-11")).await;
        app.until("the urgent one is sent", async |app| outbox(&app.app).await[1] == "sent 1 0.").await;
        assert_eq!(outbox(&app.app).await, ["queued 0 0", "sent 1 0.", "queued 0 0"]);
        // Sunday noon, then Monday morning.
        app.advance(TimeDelta::hours(39));
        assert_eq!(mail.count(), (1, 1));
        app.advance(TimeDelta::hours(20) + TimeDelta::minutes(1));
        app.until("the others are sent", async |app| outbox(&app.app).await == ["sent 1 0."; 3]).await;
        app.stop().await;
    }

    /// One digest a day with what waits, and none where nothing does.
    async fn a_digest_says_what_waits_once_a_day(database: Database) {
        let mail = MailServer::start().await;
        let table = || Table { created_at: 1_700_000_000, columns: vec!["id".to_owned()], partitions: None };
        let tables = BTreeMap::from([("order_item".to_owned(), table())]);
        let databases = BTreeMap::from([("order".to_owned(), tables)]);
        let metastore = FakeMetastore::start(World { warehouse: "hdfs://nn/w".to_owned(), databases, uuid: None }).await;
        // Tuesday, before the hour of digests.
        let clock = Clock::stopped(seoul("2026-12-01T07:00:00"));
        let setup = Setup { clock: Some(clock), ..Setup::default() };
        let sections =
            format!("{}[server]\ntime_zone = \"Asia/Seoul\"\n{}", mail.smtp(), metastore_at(&metastore.uri));
        let app = TestApp::start_with(database, &sections, setup).await;
        app.crawl("prod").await;
        let kim = somebody(&app.app, "kim").await;
        somebody(&app.app, "lee").await;
        let seat = app.seat("kim", &[]).await;
        let watch = seat.submit("/tables/order/order_item/watch", &[("watch", "yes")]).await;
        assert!(watch.status.is_redirection(), "{}", watch.body);
        let mut tx = app.app.db.write().await.unwrap();
        preference::set(&mut tx, kim, &Preference { at_once: BTreeSet::new(), ..Preference::default() }, app.app.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let decided =
            Notice::Decided { request: 5, title: "t".to_owned(), verdict: Verdict::Approved, by: None, comment: None };
        assert_eq!(tell(&app.app, kim, &decided).await, Put::Waits);
        assert_eq!(tell(&app.app, kim, &decided).await, Put::Known);
        assert!(outbox(&app.app).await.is_empty(), "it waits for the digest");

        app.advance(TimeDelta::minutes(91));
        until(&app, "sent 1 0.").await;
        let first = mail.taken().remove(0);
        assert_eq!(first.to, "kim@example.com", "lee has nothing to hear");
        assert_eq!(first.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        // The same day brings no other, the next only what is new: nothing.
        app.advance(TimeDelta::hours(3));
        tell(&app.app, kim, &Notice::Offered { request: 6, title: "t".to_owned(), by: "b".to_owned(), days: 30 }).await;
        app.advance(TimeDelta::hours(3));
        assert_eq!(mail.count(), (1, 1));
        app.advance(TimeDelta::hours(20));
        app.until("the next is sent", async |app| outbox(&app.app).await == ["sent 1 0."; 2]).await;

        // The link does nothing when it is opened, and ends digests when it is posted to, by whomever.
        let end = first.header("List-Unsubscribe").unwrap();
        let end = end.trim_matches(['<', '>']);
        let path = &end[end.find("/notices/").unwrap()..];
        let stranger = app.stranger();
        assert_eq!(stranger.get(path).await.status, StatusCode::OK);
        let digest = "SELECT digest FROM notice_preference";
        assert_eq!(texts(&app.app.db, digest).await, ["daily"]);
        assert_eq!(stranger.submit(path, &[("List-Unsubscribe", "One-Click")]).await.status, StatusCode::OK);
        assert_eq!(texts(&app.app.db, digest).await, ["off"]);
        let forged = path.replacen("/end/1.", "/end/1.9", 1);
        stranger.submit(&forged, &[("List-Unsubscribe", "One-Click")]).await;
        assert_eq!(texts(&app.app.db, "SELECT count(*) || '' FROM notice_preference").await, ["1"]);
        app.stop().await;
    }

    /// Somebody leaves: whom he reported to is told at once, and once.
    async fn a_succession_is_told_to_who_can_settle_it(database: Database) {
        let mail = MailServer::start().await;
        let receiver = Receiver::start().await;
        let table = || Table { created_at: 1_700_000_000, columns: vec!["id".to_owned()], partitions: None };
        let databases = BTreeMap::from([("order".to_owned(), BTreeMap::from([("order_item".to_owned(), table())]))]);
        let metastore = FakeMetastore::start(World { warehouse: "hdfs://nn/w".to_owned(), databases, uuid: None }).await;
        let hook = format!("[[notify.webhook]]\nname = \"ops\"\nkind = \"mattermost\"\nurl = \"{}\"\n", receiver.url);
        let sections = format!("{}{hook}{}", mail.section(), metastore_at(&metastore.uri));
        let app = TestApp::start(database, &sections).await;
        app.crawl("prod").await;
        somebody(&app.app, "kim").await;
        somebody(&app.app, "park").await;
        let park = "(SELECT id FROM person WHERE login = 'park')";
        reeve_tests::execute(&app.app.db, &format!("UPDATE person SET manager_id = {park} WHERE login = 'kim'")).await;
        let owners = serde_json::json!({ "owners": [{ "role": "data_owner", "holder": "kim" }] });
        let put = app.send_json(reqwest::Method::PUT, "/api/v1/tables/order/order_item/owners", &owners).await;
        assert!(put.status.is_success(), "{}", put.body);
        let administrator = app.seat("root", &[Role::Administrator]).await;
        let form = [("state", "disable"), ("reason", "he left today")];
        let disabled = administrator.submit("/people/kim/state", &form).await;
        assert!(disabled.status.is_redirection(), "{} {}", disabled.status, disabled.body);
        app.until("both are sent", async |app| outbox(&app.app).await == ["sent 1 0."; 2]).await;
        let taken = mail.taken();
        assert_eq!(taken.iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), ["park@example.com"]);
        assert_eq!(receiver.got().len(), 1);
        app.advance(TimeDelta::minutes(11));
        app.until("owners are reviewed", async |app| {
            texts(&app.app.db, "SELECT 'x' FROM job WHERE kind = 'owners' AND state <> 'done'").await.is_empty()
        })
        .await;
        assert_eq!(mail.count(), (1, 1), "the case was told");
        app.stop().await;
    }

    async fn a_link_answers_once_and_for_what_it_showed(database: Database) {
        let mail = MailServer::start().await;
        let app = TestApp::start(database, &mail.section()).await;
        let kim = somebody(&app.app, "kim").await;
        let now = app.app.clock.now();
        let choices = [Choice::Approve, Choice::Offer { days: 60 }];
        let expires_at = now + TimeDelta::days(30);
        let asked = Asked { request: 12, choices: &choices, content_hash: "c0ffee", version: 3, expires_at };
        let notice = waits(12);
        let told = Told { to: To::Person(kim), notice: &notice, once: "request/12", answers: Some(asked) };
        let mut tx = app.app.db.write().await.unwrap();
        let Put::Queued(ids) = put(&mut tx, &app.app.post, &told, now).await.unwrap() else { panic!("it is queued") };
        let token = answer::make(&mut tx, ids[0], kim, &asked, now).await.unwrap();
        let other = answer::make(&mut tx, ids[0], kim, &Asked { version: 4, ..asked }, now).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = app.app.db.write().await.unwrap();
        for _ in 0..3 {
            let answer = answer::read(&mut tx, &token, now).await.unwrap().expect("looking at it uses nothing up");
            assert_eq!((answer.person, answer.request, answer.version), (kim, 12, 3));
            assert_eq!((answer.content_hash.as_str(), &answer.choices[..]), ("c0ffee", &choices[..]));
            assert_eq!(answer.expires_at, now + TimeDelta::days(7), "no link is good for longer");
        }
        let answer = answer::read(&mut tx, &token, now).await.unwrap().unwrap();
        let nonce = answer::nonce(&mut tx, &answer, now).await.unwrap();
        assert!(answer::is_of_page(&mut tx, &answer, &nonce, now + TimeDelta::minutes(59)).await.unwrap());
        assert!(!answer::is_of_page(&mut tx, &answer, &nonce, now + TimeDelta::minutes(61)).await.unwrap());
        assert!(!answer::is_of_page(&mut tx, &answer, "1.abc", now).await.unwrap());
        let of_other = answer::read(&mut tx, &other, now).await.unwrap().unwrap();
        assert!(!answer::is_of_page(&mut tx, &of_other, &nonce, now).await.unwrap(), "it is of another page");

        // A flipped letter, another's signature, half of it.
        let (payload, signature) = token.split_once('.').unwrap();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let (_, others) = other.split_once('.').unwrap();
        let forged =
            [format!("{payload}.{flipped}{}", &signature[1..]), format!("{payload}.{others}"), payload.to_owned(), String::new()];
        for forged in forged {
            assert_eq!(answer::read(&mut tx, &forged, now).await.unwrap(), Err(Refusal::Unknown), "{forged}");
        }
        let late = now + TimeDelta::days(8);
        assert!(matches!(answer::read(&mut tx, &token, late).await.unwrap(), Err(Refusal::Expired { .. })));
        assert!(!answer::use_up(&mut tx, &answer, late).await.unwrap());
        assert!(answer::use_up(&mut tx, &answer, now).await.unwrap());
        assert!(!answer::use_up(&mut tx, &answer, now).await.unwrap(), "once");
        assert_eq!(answer::read(&mut tx, &token, now).await.unwrap(), Err(Refusal::Used { at: now }));
        // That of the mail is the one that was used.
        assert_eq!(answer::void_for(&mut tx, 12, now).await.unwrap(), 1);
        assert_eq!(answer::read(&mut tx, &other, now).await.unwrap(), Err(Refusal::Void { at: now }));
        assert!(!answer::use_up(&mut tx, &of_other, now).await.unwrap());
        tx.commit().await.unwrap();
        let tokens = texts(&app.app.db, "SELECT token_hash FROM answer_token").await;
        assert!(!tokens.contains(&token), "what is kept is no link");
        until(&app, "sent 1 0.").await;
        app.stop().await;
    }
}
