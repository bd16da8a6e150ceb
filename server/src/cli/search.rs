use crate::app::App;
use crate::config::Config;
use anyhow::{Context, bail};
use clap::Args;
use reeve_model::Word;
use reeve_model::search::{QueryProblemCode, SearchRequest, SearchResponse};
use std::fmt::Write;
use std::process::ExitCode;

/// Search the catalog from the command line
///
/// The query language is that of the portal: words, "phrases", -not, db:, column:, owner:, tag:, type:,
/// format:, partitioned:, created:, size:, has:, no:.
#[derive(Debug, Args)]
pub(super) struct Search {
    /// The query
    #[arg(required = true, num_args = 1..)]
    query: Vec<String>,

    /// How many hits at most, 1 to 100
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
    limit: u8,

    /// Print what GET /api/v1/search answers
    #[arg(long)]
    json: bool,

    /// Say what each reason added to the score
    #[arg(long)]
    explain: bool,
}

impl Search {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let app = App::open(config).await?;
        // Where a portal runs on this data it keeps the index up to date; else we do, before we look.
        crate::indexer::catch_up(&app).await?;
        let Some(index) = app.index.ready() else { bail!("there is no search index: run `reeve index rebuild`") };
        let request = SearchRequest {
            q: self.query.join(" "),
            limit: usize::from(self.limit),
            facets: self.json,
            explain: self.explain,
            ..SearchRequest::default()
        };
        let now = app.clock.now();
        let response =
            tokio::task::spawn_blocking(move || index.search(&request, now)).await.context("the search")??;
        if self.json {
            say!("{}", serde_json::to_string_pretty(&response)?);
        } else {
            super::print(text(&response));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn text(response: &SearchResponse) -> String {
    let mut text = String::new();
    for problem in &response.problems {
        let _ = match (problem.code, problem.limit) {
            (QueryProblemCode::TooLong, Some(limit)) => {
                writeln!(text, "only the first {limit} characters were searched")
            }
            (_, Some(limit)) => writeln!(text, "only the first {limit} different words were searched"),
            (QueryProblemCode::Unfinished, None) => writeln!(text, "it took too long; this was found until then"),
            _ => writeln!(text, "at {}: `{}` was not searched as written", problem.start + 1, problem.text),
        };
    }
    if !response.left_out.is_empty() {
        let _ = writeln!(text, "nothing has all of the words; left out: {}", response.left_out.join(", "));
    }
    if let Some(meant) = &response.did_you_mean {
        let _ = writeln!(text, "nothing matched as written; showing {meant}");
    }
    for hit in &response.hits {
        let _ = writeln!(text, "{:<8} {}", hit.kind.as_str(), hit.qualified_name);
        if let Some(description) = &hit.description {
            let _ = writeln!(text, "         {description}");
        }
        for why in &hit.why {
            if let Some(contribution) = why.contribution {
                let detail = why.detail.as_deref().unwrap_or_default();
                let _ = writeln!(text, "         {contribution:+.2} {:?} {detail}", why.rule);
            }
        }
    }
    let _ = writeln!(text, "{} of {} in {:.1} ms", response.hits.len(), response.total, response.took_ms);
    text
}
