use crate::app::App;
use crate::catalog::crawls;
use crate::config::Config;
use crate::jobs::{self, Progress};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use reeve_model::Word;
use reeve_model::crawl::{CrawlDetail, CrawlState};
use reeve_model::visibility::Hidden;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Read a source into the catalog, now and in this process
///
/// Ends with 0 when everything the source listed was read, with 2 when something was not, and with 1
/// when the source could not be read at all.
#[derive(Debug, Args)]
pub(super) struct Crawl {
    /// The source's name in reeve.toml
    name: String,

    /// How to report: a bar on a terminal and plain lines otherwise, unless told
    #[arg(long, value_enum, default_value_t = Report::Auto)]
    progress: Report,

    /// Take what is missing from the listing for deleted whatever its share (each is still looked up directly)
    #[arg(long)]
    accept_removals: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Report {
    Auto,
    Plain,
    /// One JSON object a line; the last is the whole crawl
    Json,
    None,
}

impl Crawl {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        if config.source(&self.name).is_none() {
            let known: Vec<&str> = config.sources.iter().map(|source| source.name.as_str()).collect();
            bail!("no source is named `{}`; reeve.toml has: {}", self.name, known.join(", "));
        }
        let app = App::open(config).await?;
        let source = app.config.source(&self.name).context("looked up above")?;
        let (crawl_id, job) = jobs::claim_crawl(&app, source, self.accept_removals).await?;

        let cancel = CancellationToken::new();
        let on_signal = cancel.clone();
        let (sender, receiver) = watch::channel(Progress::default());
        let reporter = tokio::spawn(report(self.progress, receiver));
        tokio::select! {
            ended = jobs::run(&app, job, sender, cancel) => ended?,
            // The first asks the crawl to end, and its row then says `cancelled`; who cannot wait for that asks again.
            () = async {
                super::stop_signal().await;
                on_signal.cancel();
                super::stop_signal().await;
            } => bail!("stopped before the crawl had ended: the next one tells what became of it"),
        }
        reporter.await?;
        crate::indexer::catch_up(&app).await?;

        let mut tx = app.db.read().await?;
        let detail = crawls::detail(&mut tx, crawl_id, app.clock.now(), &Hidden::NOTHING)
            .await?
            .context("the crawl just made")?;
        drop(tx);
        match self.progress {
            Report::Json => say!("{}", serde_json::to_string(&detail)?),
            _ => super::print(summary(&detail)),
        }
        app.db.close().await;
        Ok(match detail.crawl.state {
            CrawlState::Complete => ExitCode::SUCCESS,
            CrawlState::Partial => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        })
    }
}

async fn report(how: Report, mut progress: watch::Receiver<Progress>) {
    let begun = Instant::now();
    let bar = match how {
        Report::Auto if std::io::stderr().is_terminal() => Some(bar()),
        _ => None,
    };
    while progress.changed().await.is_ok() {
        let now = progress.borrow_and_update().clone();
        let read = now.counts.harvested + now.counts.failed;
        match (&bar, how) {
            (Some(bar), _) => {
                bar.set_length(now.counts.listed.unsigned_abs());
                bar.set_position(read.unsigned_abs());
                bar.set_message(format!(
                    "databases {} of {}  partitions {}  {}",
                    now.databases_done,
                    now.databases_listed,
                    HumanCount(now.counts.partitions_harvested.unsigned_abs()),
                    now.database.unwrap_or_default(),
                ));
            }
            (None, Report::Json) => {
                let line = serde_json::json!({
                    "elapsed_ms": u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
                    "databases_listed": now.databases_listed, "databases_done": now.databases_done,
                    "counts": now.counts,
                });
                say!("{line}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            (None, Report::None) => {}
            (None, _) => {
                eprintln!("{}", plain(&now, begun.elapsed()));
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn bar() -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:24} {human_pos} of {human_len} tables  {per_sec}  {eta} left  {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

fn plain(now: &Progress, elapsed: Duration) -> String {
    let counts = &now.counts;
    let rate = f64::from(i32::try_from(counts.harvested).unwrap_or(i32::MAX)) / elapsed.as_secs_f64().max(0.001);
    format!(
        "databases {} of {}, tables {} of {} ({rate:.0}/s), partitions {}, failed {}, after {}",
        now.databases_done,
        now.databases_listed,
        HumanCount(counts.harvested.unsigned_abs()),
        HumanCount(counts.listed.unsigned_abs()),
        HumanCount(counts.partitions_harvested.unsigned_abs()),
        counts.failed,
        HumanDuration(elapsed),
    )
}

/// What a crawl found, for people.
fn summary(detail: &CrawlDetail) -> String {
    let crawl = &detail.crawl;
    let counts = &crawl.counts;
    let n = |count: i64| HumanCount(count.unsigned_abs());
    if crawl.source_kind == "people" {
        let mut text = format!(
            "{}: {} in {:.1} s\n  people      {} of {} ({} new, {} changed, {} gone)\n",
            crawl.source,
            crawl.state.as_str(),
            f64::from(i32::try_from(crawl.elapsed_ms).unwrap_or(i32::MAX)) / 1000.0,
            n(counts.harvested),
            n(counts.listed),
            n(counts.added),
            n(counts.changed),
            n(counts.deleted),
        );
        tell(&mut text, detail);
        return text;
    }
    let mut text = format!(
        "{}: {} in {:.1} s\n  databases   {} of {}\n  tables      {} of {} ({} new, {} changed, {} deleted)\n  partitions  {} of {}\n",
        crawl.source,
        crawl.state.as_str(),
        f64::from(i32::try_from(crawl.elapsed_ms).unwrap_or(i32::MAX)) / 1000.0,
        n(crawl.databases_done),
        n(crawl.databases_listed),
        n(counts.harvested),
        n(counts.listed),
        n(counts.added),
        n(counts.changed),
        n(counts.deleted),
        n(counts.partitions_harvested),
        n(counts.partitions_listed),
    );
    tell(&mut text, detail);
    text
}

/// What there is to say of how it ended.
fn tell(text: &mut String, detail: &CrawlDetail) {
    use std::fmt::Write;
    for note in &detail.crawl.notes {
        let _ = writeln!(text, "  {note}");
    }
    for failure in detail.failures.iter().take(20) {
        let place = match (&failure.database, &failure.object) {
            (Some(database), Some(object)) => format!("{database}.{object}"),
            (Some(database), None) => database.clone(),
            (None, object) => object.clone().unwrap_or_default(),
        };
        let _ = writeln!(text, "  failed: {place}: {}: {}", failure.part.as_str(), failure.reason);
    }
    if detail.failures.len() > 20 {
        let _ = writeln!(text, "  and {} more: see the crawl in the portal", detail.failures.len() - 20);
    }
}
