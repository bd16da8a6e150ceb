//! Jobs: claimed once, fenced, in lanes, tried again; schedules; and the parts of the server that must always run.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use reeve::app::App;
use reeve::clock::Clock;
use reeve::config::SourceConfig;
use reeve::db::Db;
use reeve::jobs::{self, Claimed, EnqueueError, JobError, Lane, Place, Progress, Work};
use reeve::lease::LeaseError;
use reeve_crawlers::{Crawler, Health, Identity, Landmark, Missing, Observation, ObservedDatabase, Run, SourceError};
use reeve_model::crawl::{CrawlDetail, CrawlState, Note};
use reeve_tests::{Database, Metastore, Reeve, Setup, TestApp, execute, on_both_databases, texts};
use reqwest::StatusCode;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

/// Crawlers that wait in the middle until they are let through.
#[derive(Clone)]
struct Gate {
    open: Arc<Semaphore>,
    /// How many are waiting now.
    inside: Arc<AtomicUsize>,
    /// How many crawls began in all.
    begun: Arc<AtomicUsize>,
}

impl Gate {
    fn closed() -> Self {
        Self { open: Arc::new(Semaphore::new(0)), inside: Arc::default(), begun: Arc::default() }
    }

    fn open(&self) {
        self.open.add_permits(1_000);
    }

    fn inside(&self) -> usize {
        self.inside.load(Ordering::SeqCst)
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    fn crawlers(&self) -> reeve::app::Crawlers {
        let gate = self.clone();
        Arc::new(move |_: &SourceConfig| Ok(Box::new(gate.clone())))
    }

    fn setup(&self) -> Setup {
        Setup { crawlers: Some(self.crawlers()), ..Setup::default() }
    }
}

#[async_trait]
impl Crawler for Gate {
    async fn check(&self) -> Result<Health, SourceError> {
        Ok(Health { version: None, summary: "a gate".to_owned(), clock_skew_ms: None })
    }

    async fn identify(&self, _: &[Landmark]) -> Result<Identity, SourceError> {
        Ok(Identity::default())
    }

    /// One database, the gate, another database.
    async fn crawl(&self, run: &Run) -> Result<(), SourceError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let listed = |name: &str| Observation::DatabaseListed {
            database: ObservedDatabase { name: name.to_owned(), ..ObservedDatabase::default() },
            tables: Vec::new(),
        };
        run.emit(Observation::Databases { names: vec!["before".to_owned(), "behind".to_owned()] }).await?;
        run.emit(listed("before")).await?;
        run.emit(Observation::DatabaseDone { database: "before".to_owned() }).await?;
        self.inside.fetch_add(1, Ordering::SeqCst);
        let stopped = async {
            while !run.cancelled() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        let through = tokio::select! {
            through = self.open.acquire() => through.is_ok(),
            () = stopped => false,
        };
        self.inside.fetch_sub(1, Ordering::SeqCst);
        if !through {
            return Err(SourceError::Cancelled);
        }
        run.emit(listed("behind")).await?;
        run.emit(Observation::DatabaseDone { database: "behind".to_owned() }).await
    }

    async fn still_there(&self, _: &Missing) -> Result<Vec<String>, SourceError> {
        Ok(Vec::new())
    }
}

/// A crawler that panics the first time.
struct PanicsOnce(Arc<AtomicUsize>);

#[async_trait]
impl Crawler for PanicsOnce {
    async fn check(&self) -> Result<Health, SourceError> {
        Ok(Health { version: None, summary: String::new(), clock_skew_ms: None })
    }

    async fn identify(&self, _: &[Landmark]) -> Result<Identity, SourceError> {
        Ok(Identity::default())
    }

    async fn crawl(&self, run: &Run) -> Result<(), SourceError> {
        assert!(self.0.fetch_add(1, Ordering::SeqCst) > 0, "out of luck{}", "!".repeat(5_000));
        run.emit(Observation::Databases { names: Vec::new() }).await
    }

    async fn still_there(&self, _: &Missing) -> Result<Vec<String>, SourceError> {
        Ok(Vec::new())
    }
}

fn sources(names: &[&str], every: &str) -> String {
    let every = if every.is_empty() { String::new() } else { format!("crawl_every = \"{every}\"\n") };
    let source = |name: &&str| {
        format!("[[sources]]\nname = \"{name}\"\nkind = \"hive\"\nuris = [\"thrift://127.0.0.1:1\"]\n{every}")
    };
    names.iter().map(source).collect()
}

fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

/// Two workers on one database, with one clock that stands still, and no server: the test is who claims and runs.
async fn two(database: Database, sections: &str, gate: &Gate) -> (Reeve, App, App) {
    let reeve = Reeve::new(database, sections).await;
    let (mut a, mut b) = (reeve.open().await, reeve.open().await);
    reeve::db::run_migrations(&a.db).await.unwrap();
    a.clock = Clock::stopped(noon());
    b.clock = a.clock.clone();
    for app in [&mut a, &mut b] {
        app.crawlers = gate.crawlers();
    }
    (reeve, a, b)
}

async fn close(reeve: Reeve, a: App, b: App) {
    a.db.close().await;
    b.db.close().await;
    reeve.remove().await;
}

async fn work_off(app: &App, claimed: Claimed) -> anyhow::Result<()> {
    let (progress, _) = watch::channel(Progress::default());
    jobs::run(app, claimed, progress, CancellationToken::new()).await
}

async fn enqueue(app: &App, source: &str) -> Result<(reeve_model::CrawlId, i64), EnqueueError> {
    let source = app.config.source(source).unwrap();
    let mut tx = app.db.write().await.unwrap();
    let ids = jobs::enqueue_crawl(&mut tx, source, false, app.clock.now()).await?;
    tx.commit().await.unwrap();
    Ok(ids)
}

async fn claim(app: &App, lane: Lane) -> Option<Claimed> {
    let mut tx = app.db.write().await.unwrap();
    let claimed = jobs::claim(&mut tx, lane, app.clock.now(), &app.worker).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn prune(app: &App) {
    let mut tx = app.db.write().await.unwrap();
    jobs::enqueue(&mut tx, &Work::Prune, app.clock.now(), app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// `kind state attempt`, with how many seconds from now it is due.
async fn queue(app: &App) -> Vec<String> {
    let rows =
        texts(&app.db, "SELECT concat_ws('|', kind, state, attempt, CAST(run_at AS TEXT)) FROM job ORDER BY id").await;
    let now = app.clock.now();
    rows.iter()
        .map(|row| {
            let (rest, at) = row.rsplit_once('|').unwrap();
            let at = at.replacen(' ', "T", 1);
            let at = if at.ends_with("+00") { format!("{at}:00") } else { at };
            let at: DateTime<Utc> = at.parse().unwrap_or_else(|error| panic!("{error}: {at}"));
            format!("{} in {} s", rest.replace('|', " "), (at - now).num_seconds())
        })
        .collect()
}

async fn crawls(app: &App) -> Vec<String> {
    texts(&app.db, "SELECT state FROM crawl ORDER BY id").await
}

async fn next_run(app: &App, source: &str) -> DateTime<Utc> {
    let sql = "SELECT next_run_at FROM schedule WHERE subject = $1";
    match &app.db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(sql).bind(source).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(sql).bind(source).fetch_one(pool).await,
    }
    .unwrap()
}

on_both_databases! {
    /// Of many that ask at the same moment, in two processes, one gets the job, and the others the same answer.
    async fn of_many_that_ask_one_gets_the_job(database: Database) {
        let (reeve, a, b) = two(database, &sources(&["prod"], ""), &Gate::closed()).await;
        let asking: Vec<_> = (0..12)
            .map(|n| {
                let app = if n % 2 == 0 { a.clone() } else { b.clone() };
                tokio::spawn(async move { enqueue(&app, "prod").await })
            })
            .collect();
        let mut won = 0;
        for asked in asking {
            match asked.await.unwrap() {
                Ok(_) => won += 1,
                Err(EnqueueError::Job(JobError::AlreadyActive { kind, subject, state, worker })) => {
                    assert_eq!((kind.as_str(), subject.as_str(), state.as_str(), worker), ("crawl", "prod", "queued", None));
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(crawls(&a).await, ["queued"], "who came too late left no crawl behind");
        assert_eq!(queue(&a).await, ["crawl queued 0 in 0 s"]);
        close(reeve, a, b).await;
    }

    /// Many that claim at the same moment, in two processes, never get the same job.
    async fn no_job_is_claimed_twice(database: Database) {
        let (reeve, a, b) = two(database, "", &Gate::closed()).await;
        let place = Place { kind: "prune", subject: String::new(), lane: Lane::People, only_one: None };
        let mut tx = a.db.write().await.unwrap();
        for _ in 0..40 {
            jobs::enqueue_at(&mut tx, &place, &Work::Prune, noon(), noon()).await.unwrap();
        }
        let later = noon() + TimeDelta::seconds(1);
        jobs::enqueue_at(&mut tx, &place, &Work::Prune, later, noon()).await.unwrap();
        tx.commit().await.unwrap();
        let claiming: Vec<_> = (0..8)
            .map(|n| {
                let app = if n % 2 == 0 { a.clone() } else { b.clone() };
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    while let Some(claimed) = claim(&app, Lane::People).await {
                        mine.push(claimed);
                    }
                    mine
                })
            })
            .collect();
        let mut all = Vec::new();
        for claimer in claiming {
            all.extend(claimer.await.unwrap());
        }
        let ids: BTreeSet<i64> = all.iter().map(|claimed| claimed.job.id).collect();
        assert_eq!((all.len(), ids.len()), (40, 40), "each once, and none before its time");
        assert!(all.iter().all(|claimed| claimed.job.attempt == 1));
        close(reeve, a, b).await;
    }

    /// A worker is believed as long as it says that it lives; then its crawl is told as interrupted, and the source is free.
    async fn a_silent_worker_is_taken_for_dead(database: Database) {
        let (reeve, a, b) = two(database, &sources(&["prod"], ""), &Gate::closed()).await;
        enqueue(&a, "prod").await.unwrap();
        let claimed = claim(&a, Lane::Crawl).await.unwrap();
        a.clock.advance(TimeDelta::seconds(50));
        let mut tx = a.db.write().await.unwrap();
        jobs::heartbeat(&mut tx, claimed.job.lease(), a.clock.now()).await.unwrap();
        tx.commit().await.unwrap();

        a.clock.advance(TimeDelta::seconds(60));
        jobs::reclaim(&b).await.unwrap();
        assert_eq!(crawls(&b).await, ["queued"], "60 s of silence are borne");
        let Err(EnqueueError::Job(JobError::AlreadyActive { state, worker, .. })) = enqueue(&b, "prod").await else { panic!("it is active") };
        assert_eq!(state, "running");
        assert!(worker.is_some_and(|worker| worker.split('/').count() == 2), "people are told host and process");

        a.clock.advance(TimeDelta::seconds(1));
        jobs::reclaim(&a).await.unwrap();
        assert_eq!(crawls(&a).await, ["queued"], "it does not take itself for dead");
        jobs::reclaim(&b).await.unwrap();
        assert_eq!(crawls(&b).await, ["interrupted"]);
        assert_eq!(texts(&b.db, "SELECT state FROM job").await, ["failed"]);
        enqueue(&b, "prod").await.expect("the source is free");
        drop(claimed);
        close(reeve, a, b).await;
    }

    /// One that was taken for dead and comes back writes nothing: not what it found, not how it ended, and its successor
    /// is left alone.
    async fn who_was_taken_for_dead_cannot_write(database: Database) {
        let gate = Gate::closed();
        let (reeve, a, b) = two(database, &sources(&["prod"], ""), &gate).await;
        enqueue(&a, "prod").await.unwrap();
        let claimed = claim(&a, Lane::Crawl).await.unwrap();
        let lease = claimed.job.lease();
        let zombie = tokio::spawn({
            let a = a.clone();
            async move { work_off(&a, claimed).await }
        });
        while texts(&a.db, "SELECT state FROM crawl WHERE databases_done = 1").await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        a.clock.advance(TimeDelta::seconds(61));
        jobs::reclaim(&b).await.unwrap();
        let (_, successor) = jobs::claim_crawl(&b, b.config.source("prod").unwrap(), false).await.unwrap();
        let before = texts(&b.db, "SELECT concat_ws(' ', state, finished_at, notes, counts) FROM crawl WHERE state = 'interrupted'").await;
        assert_eq!(before.len(), 1);

        gate.open();
        let ended = zombie.await.unwrap().expect_err("it is told");
        assert!(format!("{ended:#}").contains("was taken from this worker"), "{ended:#}");
        assert_eq!(texts(&b.db, "SELECT name FROM catalog_database").await, ["before"], "nothing of what it found since");
        let after = texts(&b.db, "SELECT concat_ws(' ', state, finished_at, notes, counts) FROM crawl WHERE state = 'interrupted'").await;
        assert_eq!(after, before);
        assert_eq!(texts(&b.db, "SELECT state FROM job ORDER BY id").await, ["failed", "running"]);
        let mut tx = a.db.write().await.unwrap();
        assert!(matches!(jobs::heartbeat(&mut tx, lease, noon()).await, Err(LeaseError::Lost(_))));
        assert!(matches!(lease.hold(&mut tx).await, Err(LeaseError::Lost(_))));
        assert!(matches!(lease.finish(&mut tx, noon()).await, Err(LeaseError::Lost(_))));
        drop(tx);

        work_off(&b, successor).await.unwrap();
        assert_eq!(crawls(&b).await, ["interrupted", "complete"]);
        assert_eq!(texts(&b.db, "SELECT name FROM catalog_database ORDER BY name").await, ["before", "behind"]);
        close(reeve, a, b).await;
    }

    /// The same job claimed again has another lease: the first claim is over though the job runs.
    async fn each_claim_has_a_lease_of_its_own(database: Database) {
        let (reeve, a, b) = two(database, "", &Gate::closed()).await;
        prune(&a).await;
        let first = claim(&a, Lane::Upkeep).await.unwrap();
        a.clock.advance(TimeDelta::seconds(61));
        jobs::reclaim(&b).await.unwrap();
        a.clock.advance(TimeDelta::hours(1));
        let second = claim(&b, Lane::Upkeep).await.unwrap();
        assert_eq!((second.job.id, first.job.attempt, second.job.attempt), (first.job.id, 1, 2));
        let error = work_off(&a, first).await.expect_err("its claim is over");
        assert!(format!("{error:#}").contains("was taken from this worker"), "{error:#}");
        assert_eq!(texts(&b.db, "SELECT concat_ws(' ', state, attempt) FROM job").await, ["running 2"]);
        work_off(&b, second).await.unwrap();
        assert_eq!(texts(&b.db, "SELECT concat_ws(' ', state, attempt) FROM job").await, ["done 2"]);
        close(reeve, a, b).await;
    }

    /// Work that can be done twice is tried again, ever later, and given up in the end; why is told, and not at any length.
    async fn what_fails_is_tried_again_later(database: Database) {
        let (reeve, a, b) = two(database, "", &Gate::closed()).await;
        prune(&a).await;
        // Its worker dies.
        drop(claim(&a, Lane::Upkeep).await.unwrap());
        jobs::reclaim(&a).await.unwrap();
        let due = |row: &[String], attempt: i64| -> i64 {
            let [row] = row else { panic!("{row:?}") };
            let rest = row.strip_prefix(&format!("prune queued {attempt} in ")).unwrap_or_else(|| panic!("{row}"));
            rest.trim_end_matches(" s").parse().unwrap()
        };
        let wait = due(&queue(&a).await, 1);
        assert!((30..=60).contains(&wait), "after the first attempt: {wait} s");
        a.clock.advance(TimeDelta::seconds(29));
        assert!(claim(&a, Lane::Upkeep).await.is_none(), "not before its time");
        a.clock.advance(TimeDelta::seconds(31));

        // It fails by itself.
        execute(&a.db, "ALTER TABLE crawl_failure RENAME TO away").await;
        let error = work_off(&a, claim(&a, Lane::Upkeep).await.unwrap()).await.expect_err("a table is away");
        assert!(format!("{error:#}").contains("crawl_failure"), "{error:#}");
        let wait = due(&queue(&a).await, 2);
        assert!((60..=120).contains(&wait), "after the second attempt: {wait} s");
        let message = texts(&a.db, "SELECT message FROM job").await;
        assert!(message[0].contains("crawl_failure"), "{message:?}");

        a.clock.advance(TimeDelta::seconds(120));
        work_off(&a, claim(&a, Lane::Upkeep).await.unwrap()).await.expect_err("a table is away");
        assert_eq!(texts(&a.db, "SELECT concat_ws(' ', state, attempt) FROM job").await, ["failed 3"]);
        execute(&a.db, "ALTER TABLE away RENAME TO crawl_failure").await;
        prune(&a).await;
        work_off(&a, claim(&a, Lane::Upkeep).await.unwrap()).await.unwrap();
        assert_eq!(texts(&a.db, "SELECT state FROM job ORDER BY id").await, ["failed", "done"]);
        close(reeve, a, b).await;
    }

    /// A crawler that panics ends its crawl with a note, and the source can be crawled again at once.
    async fn a_panic_ends_the_job(database: Database) {
        let begun = Arc::new(AtomicUsize::new(0));
        let crawlers: reeve::app::Crawlers = Arc::new(move |_: &SourceConfig| Ok(Box::new(PanicsOnce(Arc::clone(&begun)))));
        let app = TestApp::start_with(database, &sources(&["prod"], ""), Setup { crawlers: Some(crawlers), ..Setup::default() }).await;
        let broken = app.crawl("prod").await;
        assert_eq!(broken.crawl.state, CrawlState::Failed);
        let [Note::Broken { reason }] = &broken.crawl.notes[..] else { panic!("{:?}", broken.crawl.notes) };
        assert!(reason.contains("panic") && reason.contains("out of luck"), "{reason}");
        assert!(reason.chars().count() <= 2_001, "{} letters", reason.chars().count());
        let message = texts(&app.app.db, "SELECT message FROM job WHERE state = 'failed'").await;
        assert!(message[0].contains("out of luck") && message[0].chars().count() <= 2_001);
        assert_eq!(app.crawl("prod").await.crawl.state, CrawlState::Complete);
        app.stop().await;
    }

    /// Two crawls run at once and a third waits; what people wait for does not.
    async fn crawls_do_not_hold_up_people(database: Database) {
        let gate = Gate::closed();
        let app = TestApp::start_with(database, &sources(&["a", "b", "c"], ""), gate.setup()).await;
        for source in ["a", "b", "c"] {
            assert_eq!(app.post(&format!("/api/v1/sources/{source}/crawls")).await.status, StatusCode::ACCEPTED);
        }
        app.until("two crawls run", async |_| gate.inside() == 2).await;
        let place = Place { kind: "prune", subject: "asked for".to_owned(), lane: Lane::People, only_one: None };
        let now = app.app.clock.now();
        let mut tx = app.app.db.write().await.unwrap();
        for _ in 0..10 {
            jobs::enqueue_at(&mut tx, &place, &Work::Prune, now, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        app.app.job_bell.notify_one();
        app.until("people have what they waited for", async |app| {
            texts(&app.app.db, "SELECT state FROM job WHERE lane = 'people' AND state = 'done'").await.len() == 10
        })
        .await;
        let crawls = "SELECT state FROM job WHERE lane = 'crawl' ORDER BY state";
        assert_eq!(texts(&app.app.db, crawls).await, ["queued", "running", "running"]);
        assert_eq!((gate.inside(), gate.begun()), (2, 2));
        gate.open();
        app.until("all crawls are over", async |app| texts(&app.app.db, crawls).await == ["done", "done", "done"]).await;
        app.stop().await;
    }

    /// Two replicas, many at once: a due schedule becomes one job, and keeps its rhythm; rounds that were missed are not
    /// made up for, and one that finds the last still running leaves no crawl behind.
    async fn a_schedule_is_done_once(database: Database) {
        let gate = Gate::closed();
        gate.open();
        let (reeve, a, b) = two(database, &sources(&["prod"], "1h"), &gate).await;
        let (planted_a, planted_b) = tokio::join!(jobs::plant(&a), jobs::plant(&b));
        planted_a.unwrap();
        planted_b.unwrap();
        let round = async || {
            let looking: Vec<_> = (0..8)
                .map(|n| {
                    let app = if n % 2 == 0 { a.clone() } else { b.clone() };
                    tokio::spawn(async move { jobs::enqueue_due(&app).await })
                })
                .collect();
            let mut did = 0;
            for looked in looking {
                did += usize::from(looked.await.unwrap().unwrap());
            }
            did
        };
        assert_eq!(round().await, 1);
        assert_eq!(queue(&a).await, ["crawl queued 0 in 0 s"]);
        assert_eq!(next_run(&a, "prod").await, noon() + TimeDelta::hours(1));
        assert_eq!(round().await, 0, "not due again");

        // The crawl is late: the next round passes it by.
        a.clock.advance(TimeDelta::minutes(60));
        jobs::plant(&a).await.unwrap();
        assert_eq!(round().await, 4, "the crawl's, the housekeeping's, the owners' and the requests'");
        assert_eq!(crawls(&a).await, ["queued"]);
        assert_eq!(next_run(&a, "prod").await, noon() + TimeDelta::hours(2));

        // Five rounds are missed, and the server was a little late too.
        work_off(&a, claim(&a, Lane::Crawl).await.unwrap()).await.unwrap();
        work_off(&a, claim(&a, Lane::Upkeep).await.unwrap()).await.unwrap();
        a.clock.advance(TimeDelta::seconds(5 * 3_600 + 7));
        assert_eq!(round().await, 4);
        assert_eq!(crawls(&a).await, ["complete", "queued"]);
        assert_eq!(next_run(&a, "prod").await, noon() + TimeDelta::hours(7), "on the hour, as ever");
        close(reeve, a, b).await;
    }

    /// What cannot be queued has not moved on either.
    async fn a_schedule_moves_on_with_its_job_or_not_at_all(database: Database) {
        let (reeve, a, b) = two(database, &sources(&["prod"], "1h"), &Gate::closed()).await;
        jobs::plant(&a).await.unwrap();
        execute(&a.db, "ALTER TABLE crawl RENAME TO away").await;
        jobs::enqueue_due(&a).await.expect_err("a crawl cannot be written");
        execute(&a.db, "ALTER TABLE away RENAME TO crawl").await;
        assert_eq!(next_run(&a, "prod").await, noon());
        assert!(queue(&a).await.is_empty());
        assert!(jobs::enqueue_due(&b).await.unwrap());
        assert_eq!(queue(&b).await, ["crawl queued 0 in 0 s"]);
        close(reeve, a, b).await;
    }

    /// The rows follow the configuration: what was taken out of it goes, and a shorter period is felt at once.
    async fn schedules_follow_the_configuration(database: Database) {
        let (reeve, mut a, b) = two(database, &sources(&["prod", "other"], "1d"), &Gate::closed()).await;
        jobs::plant(&a).await.unwrap();
        while jobs::enqueue_due(&a).await.unwrap() {}
        let all = "SELECT kind || ' ' || subject || ' ' || every_seconds FROM schedule ORDER BY kind, subject";
        assert_eq!(texts(&a.db, all).await, ["audit_check  86400", "crawl other 86400", "crawl prod 86400", "owners  600", "prune  3600", "requests  60"]);
        assert_eq!(next_run(&a, "prod").await, noon() + TimeDelta::days(1));
        let mut config = reeve::config::Config::clone(&a.config);
        config.sources.retain(|source| source.name == "prod");
        config.sources[0].crawl_every = Some("2h".to_owned().try_into().unwrap());
        a.config = Arc::new(config);
        jobs::plant(&a).await.unwrap();
        assert_eq!(texts(&a.db, all).await, ["audit_check  86400", "crawl prod 7200", "owners  600", "prune  3600", "requests  60"]);
        assert_eq!(next_run(&a, "prod").await, noon() + TimeDelta::hours(2));
        close(reeve, a, b).await;
    }

    /// The server itself does all that, with two replicas and a clock that is moved.
    async fn a_server_crawls_by_the_clock(database: Database) {
        let gate = Gate::closed();
        gate.open();
        let app = TestApp::start_with(database, &sources(&["prod"], "1h"), gate.setup()).await;
        let replica = app.replica().await;
        let complete = async |n: usize| {
            app.until("the crawls are complete", async |app| crawls(&app.app).await == vec!["complete"; n]).await;
        };
        complete(1).await;
        for n in 2..5 {
            app.advance(TimeDelta::minutes(61));
            complete(n).await;
        }
        assert_eq!(gate.begun(), 4, "each once");
        replica.stop().await;
        app.stop().await;
    }

    /// A part that is down is told by `/readyz`, counted, and started again.
    async fn a_part_that_is_down_is_told_and_started_again(database: Database) {
        let app = TestApp::start(database, "").await;
        let ready: serde_json::Value = app.read("/readyz").await;
        for part in ["database", "index", "worker", "scheduler", "indexer"] {
            assert_eq!(ready[part]["state"], "ok", "{ready}");
        }
        execute(&app.app.db, "ALTER TABLE schedule RENAME TO away").await;
        app.advance(TimeDelta::seconds(1));
        app.until("the scheduler is down", async |app| app.get("/readyz").await.status == StatusCode::SERVICE_UNAVAILABLE).await;
        let answer = app.get("/readyz").await;
        let ready: serde_json::Value = answer.json();
        if ready["ready"] == false {
            assert_eq!(ready["scheduler"]["state"], "restarting", "{ready}");
            assert!(ready["scheduler"]["since"].is_string(), "{ready}");
        }
        assert!(ready["scheduler"]["last_error"].as_str().is_some_and(|error| error.contains("schedule")), "{ready}");
        assert_eq!(ready["worker"]["state"], "ok", "the others go on: {ready}");
        execute(&app.app.db, "ALTER TABLE away RENAME TO schedule").await;
        app.until("the scheduler runs again", async |app| {
            let answer = app.get("/readyz").await;
            let restarts = answer.json::<serde_json::Value>()["scheduler"]["restarts"].as_u64();
            answer.status == StatusCode::OK && restarts.is_some_and(|restarts| restarts > 0)
        })
        .await;
        let metrics = app.get("/metrics").await.body;
        assert!(metrics.contains("reeve_part_restarts_total{part=\"scheduler\"}"), "{metrics}");
        app.stop().await;
    }

    /// Ctrl-C ends `reeve crawl` well: the crawl is told as cancelled and the source is free.
    async fn ctrl_c_ends_a_crawl_well(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let metastore = Metastore::generate(folder.path(), 3_000, 30_000).await;
        let reeve = Reeve::new(database, &metastore.source()).await;
        reeve.succeed(&["migrate"]).await;
        let crawl = reeve.start(&["crawl", "prod", "--progress", "none"]);
        let app = reeve.open().await;
        while texts(&app.db, "SELECT name FROM catalog_table LIMIT 1").await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let pid = crawl.id().expect("it still runs").to_string();
        let told = tokio::process::Command::new("kill").args(["-INT", &pid]).status().await.unwrap();
        assert!(told.success());
        let ended = tokio::time::timeout(std::time::Duration::from_secs(30), crawl.wait_with_output()).await.expect("it ends").unwrap();
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        assert!(String::from_utf8_lossy(&ended.stdout).contains("cancelled"), "{ended:?}");
        assert_eq!(crawls(&app).await, ["cancelled"]);
        assert_eq!(texts(&app.db, "SELECT state FROM job WHERE kind = 'crawl'").await, ["done"]);
        app.db.close().await;
        reeve.succeed(&["crawl", "prod"]).await;
        reeve.remove().await;
    }
}

/// A test that leaves a crawl running fails, whatever else it checked.
#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "left over when the test ended: [\"crawl prod running\", \"crawl 1 running\"]")]
async fn a_crawl_left_over_fails_the_test() {
    let gate = Gate::closed();
    let app = TestApp::start_with(Database::Sqlite, &sources(&["prod"], ""), gate.setup()).await;
    app.post("/api/v1/sources/prod/crawls").await;
    app.until("the crawl runs", async |_| gate.inside() == 1).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "a transaction was left open")]
async fn an_open_transaction_fails_the_test() {
    let app = TestApp::start(Database::Sqlite, "").await;
    let _open = app.app.db.read().await.unwrap();
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "dropped without stop()")]
async fn a_forgotten_app_fails_the_test() {
    TestApp::start(Database::Sqlite, "").await;
}

/// Until the crawl is over nobody else may begin one, and over the API that is a conflict for all but one.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_one_starts_a_crawl() {
    for database in [Database::Sqlite, Database::Postgres] {
        let gate = Gate::closed();
        let app = TestApp::start_with(database, &sources(&["prod"], ""), gate.setup()).await;
        let post = || app.post("/api/v1/sources/prod/crawls");
        let (a, b, c, d, e, f) = tokio::join!(post(), post(), post(), post(), post(), post());
        let mut answers: Vec<u16> = [&a, &b, &c, &d, &e, &f].iter().map(|answer| answer.status.as_u16()).collect();
        answers.sort_unstable();
        assert_eq!(answers, [202, 409, 409, 409, 409, 409], "{database:?}");
        gate.open();
        let accepted = [a, b, c, d, e, f].into_iter().find(|answer| answer.status == StatusCode::ACCEPTED).unwrap();
        let id = accepted.json::<reeve_model::crawl::Crawl>().id;
        app.until("the crawl is over", async |app| {
            app.read::<CrawlDetail>(&format!("/api/v1/crawls/{id}")).await.crawl.state.is_over()
        })
        .await;
        app.stop().await;
    }
}
