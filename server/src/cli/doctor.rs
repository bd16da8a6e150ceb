use crate::app::App;
use crate::catalog::{changes, crawls, databases};
use crate::config::{Config, SourceKind};
use crate::db::on;
use crate::{db, jobs};
use chrono::{DateTime, Utc};
use clap::Args;
use std::process::ExitCode;
use std::time::Duration;

/// Check database, index, sources, clock and disk, and say what to do
///
/// Ends with 0 when everything is well, with 1 when something needs doing.
#[derive(Debug, Args)]
pub(super) struct Doctor {}

/// Below this the disk is called short: an index rebuild needs room beside the live index.
const SHORT_OF_DISK: u64 = 2 << 30;
/// How far two clocks may be apart before the order of events becomes doubtful, in milliseconds.
const SKEW: i64 = 5_000;

enum Finding {
    Good(String),
    Bad { what: String, do_this: String },
}

impl Doctor {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let mut well = true;
        let mut show = |subject: &str, finding: Finding| match finding {
            Finding::Good(what) => say!("ok    {subject:<12} {what}"),
            Finding::Bad { what, do_this } => {
                well = false;
                say!("FAIL  {subject:<12} {what}\n      {:<12} {do_this}", "->");
            }
        };
        show("disk", disk(&config));
        match App::open(config.clone()).await {
            Err(error) => show(
                "database",
                Finding::Bad {
                    what: format!("{error:#}"),
                    do_this: "check [database] in reeve.toml and that the server runs".to_owned(),
                },
            ),
            Ok(app) => {
                show("database", database(&app).await);
                show("clock", clock(&app).await);
                show("index", index(&app).await);
                for (name, finding) in ways_in(&app).await {
                    show(&name, finding);
                }
                // Where the tables are missing, "database" has said so.
                for (name, finding) in forgotten(&app, &config).await.unwrap_or_default() {
                    show(&name, finding);
                }
            }
        }
        if config.sources.is_empty() {
            show(
                "sources",
                Finding::Bad {
                    what: "none is configured".to_owned(),
                    do_this: "add [[sources]] with name, kind and uris to reeve.toml".to_owned(),
                },
            );
        }
        for source in &config.sources {
            show(&source.name, check_source(source).await);
        }
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Directories and providers that people sign in at.
async fn ways_in(app: &App) -> Vec<(String, Finding)> {
    let found = |answer: Result<(), String>| match answer {
        Ok(()) => Finding::Good("answers; people can sign in there".to_owned()),
        Err(what) => {
            Finding::Bad { what, do_this: "check its section in reeve.toml, and the firewall between".to_owned() }
        }
    };
    let mut ways = Vec::new();
    for directory in &app.auth.directories {
        let answer = directory.check().await.map_err(|failure| failure.to_string());
        ways.push((directory.name().to_owned(), found(answer)));
    }
    for provider in &app.auth.providers {
        let answer = provider.look(app.clock.now()).await.map_err(|failure| failure.to_string());
        ways.push((provider.config.name.clone(), found(answer)));
    }
    if let Some(what) = &app.auth.wrong {
        let do_this = "correct it in reeve.toml: the portal does not start with it".to_owned();
        ways.push(("sign-in".to_owned(), Finding::Bad { what: what.clone(), do_this }));
    }
    ways
}

fn disk(config: &Config) -> Finding {
    let folder = config.data_dir();
    let probe = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    match fs4::available_space(probe) {
        Ok(free) if free >= SHORT_OF_DISK => {
            Finding::Good(format!("{:.1} GB free in {}", gigabytes(free), folder.display()))
        }
        Ok(free) => Finding::Bad {
            what: format!("only {:.1} GB free in {}", gigabytes(free), folder.display()),
            do_this: "free some space, or move [server] data_dir to a larger disk".to_owned(),
        },
        Err(error) => Finding::Bad {
            what: format!("{}: {error}", folder.display()),
            do_this: "check [server] data_dir and its permissions".to_owned(),
        },
    }
}

#[expect(clippy::cast_precision_loss, reason = "one decimal of gigabytes is shown")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

async fn database(app: &App) -> Finding {
    match db::pending_migrations(&app.db).await {
        Ok(0) => Finding::Good(format!("{}, up to date", app.db.kind())),
        Ok(n) => Finding::Bad {
            what: format!("{}: {n} migrations are missing", app.db.kind()),
            do_this: "run `reeve migrate`".to_owned(),
        },
        Err(error) => Finding::Bad { what: error.to_string(), do_this: "check [database] in reeve.toml".to_owned() },
    }
}

/// Our clock against the database server's; SQLite has none of its own.
async fn clock(app: &App) -> Finding {
    let now = app.clock.now();
    let there: Result<DateTime<Utc>, String> = match &app.db {
        db::Db::Sqlite { .. } => Ok(now),
        db::Db::Postgres(pool) => {
            sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(pool).await.map_err(|error| error.to_string())
        }
    };
    match there {
        Ok(there) if (there - now).num_milliseconds().abs() <= SKEW => {
            Finding::Good(now.format("%Y-%m-%d %H:%M:%S UTC").to_string())
        }
        Ok(there) => Finding::Bad {
            what: format!("{} ms apart from the database's", (there - now).num_milliseconds()),
            do_this: "set both machines' clocks by NTP".to_owned(),
        },
        Err(what) => Finding::Bad { what, do_this: "check the database".to_owned() },
    }
}

async fn index(app: &App) -> Finding {
    let newest = async {
        let mut tx = app.db.read().await?;
        changes::last_seq(&mut tx).await
    };
    let rebuild = "run `reeve index rebuild`, or start `reeve serve`, which does it by itself".to_owned();
    match (app.index.ready(), newest.await) {
        (None, _) => Finding::Bad { what: app.index.reason(), do_this: rebuild },
        (Some(_), Err(error)) => Finding::Bad { what: error.to_string(), do_this: "run `reeve migrate`".to_owned() },
        (Some(index), Ok(newest)) => {
            let behind = newest - index.last_seq();
            Finding::Good(format!("{} assets, {behind} changes behind", index.documents()))
        }
    }
}

/// Sources that the catalog knows and the configuration no longer names.
async fn forgotten(app: &App, config: &Config) -> anyhow::Result<Vec<(String, Finding)>> {
    let mut tx = app.db.read().await?;
    let known: Vec<String> =
        on!(&mut tx, c => sqlx::query_scalar("SELECT name FROM source ORDER BY name").fetch_all(c).await)?;
    let mut findings = Vec::new();
    for name in known.into_iter().filter(|name| config.source(name).is_none()) {
        let databases =
            databases::list(&mut tx, Some(&name), "", None, 1, &reeve_model::visibility::Hidden::NOTHING).await?.total;
        let crawls = crawls::list(&mut tx, Some(&name), None, 1, app.clock.now()).await?.items;
        let finding = match crawls.into_iter().find(|crawl| !crawl.state.is_over()) {
            Some(crawl) => Finding::Bad {
                what: format!("no longer in reeve.toml, but its crawl {} has not ended", crawl.id),
                do_this: "start `reeve serve`, which ends it, or put the source back".to_owned(),
            },
            None => Finding::Good(format!("no longer in reeve.toml: its {databases} databases stay as last read")),
        };
        findings.push((name, finding));
    }
    Ok(findings)
}

async fn check_source(source: &crate::config::SourceConfig) -> Finding {
    let checked = async {
        match &source.kind {
            SourceKind::Hive(_) => Ok(jobs::build(source)?.check().await),
            SourceKind::People(people) => Ok(people.build().map_err(anyhow::Error::msg)?.check().await),
        }
    };
    let checked: Result<anyhow::Result<_>, _> = tokio::time::timeout(Duration::from_secs(30), checked).await;
    let checked = match checked {
        Ok(Err(error)) => {
            return Finding::Bad { what: format!("{error:#}"), do_this: "correct it in reeve.toml".to_owned() };
        }
        Ok(Ok(checked)) => Ok(checked),
        Err(late) => Err(late),
    };
    match checked {
        Ok(Ok(health)) if health.clock_skew_ms.is_some_and(|skew| skew.abs() > SKEW) => Finding::Bad {
            what: format!("its clock is {} ms apart from ours", health.clock_skew_ms.unwrap_or_default()),
            do_this: "set both machines' clocks by NTP".to_owned(),
        },
        Ok(Ok(health)) => {
            let version = health.version.map(|version| format!("{version}, ")).unwrap_or_default();
            Finding::Good(format!("{version}{}", health.summary))
        }
        Ok(Err(error)) => Finding::Bad {
            what: error.to_string(),
            do_this: "check the address in reeve.toml, that the service runs, and the firewall between".to_owned(),
        },
        Err(_) => Finding::Bad {
            what: "no answer within 30 s".to_owned(),
            do_this: "check that the service runs and the firewall between".to_owned(),
        },
    }
}
