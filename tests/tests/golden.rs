//! The golden queries: what must come first over the demo's catalog. One that got worse fails, with a table of all of them.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use reeve::search::{IndexDoc, Opened, Rebuild, SearchIndex, Synonyms};
use reeve_crawlers::hive::HiveConfig;
use reeve_crawlers::{Observation, Run};
use reeve_demo as demo;
use reeve_model::asset::AssetKind;
use reeve_model::search::SearchRequest;
use serde::Deserialize;
use std::fmt::Write;
use std::path::Path;
use tokio_util::sync::CancellationToken;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    korean: Vec<Expected>,
    english: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    q: String,
    /// The qualified name of the first hit.
    first: String,
}

#[tokio::test]
async fn golden_queries_find_what_is_meant() -> Result<()> {
    let golden: Golden = toml::from_str(include_str!("../golden/queries.toml"))?;
    assert!(golden.korean.len() >= 60 && golden.english.len() >= 60, "too few golden queries");
    let folder = tempfile::tempdir()?;
    let metastore = folder.path().join("metastore.db");
    // Partitions are not searched; a few of them make the same tables.
    let scale = demo::Scale { partitions: 5_000, ..demo::Scale::default() };
    demo::write(&metastore, scale, |_| {}).await?;
    let index = index_of(&metastore, folder.path()).await?;

    let now = DateTime::from_timestamp(demo::NOW, 0).context("the demo's time")?;
    let mut worse = String::new();
    let expected: Vec<Expected> = golden.korean.into_iter().chain(golden.english).collect();
    for Expected { q, first } in &expected {
        let found = names(&index, q, now)?;
        if found.first() == Some(first) {
            continue;
        }
        let place = found.iter().position(|name| name == first);
        let place = place.map_or("not among 20".to_owned(), |at| format!("at place {}", at + 1));
        let instead = found.first().map_or("nothing", String::as_str);
        writeln!(worse, "  {q:<28} wants {first:<36} {place:<14} after {instead}")?;
    }
    let count = worse.lines().count();
    assert!(worse.is_empty(), "{count} of {} golden queries got worse:\n{worse}", expected.len());
    Ok(())
}

fn names(index: &SearchIndex, q: &str, now: DateTime<Utc>) -> Result<Vec<String>> {
    let request = SearchRequest { q: q.to_owned(), limit: 20, ..SearchRequest::default() };
    Ok(index.search(&request, now)?.hits.into_iter().map(|hit| hit.qualified_name).collect())
}

/// Crawls the metastore and indexes what the crawler observed.
async fn index_of(metastore: &Path, data_dir: &Path) -> Result<SearchIndex> {
    let database = Some(format!("sqlite://{}", metastore.display()).into());
    let config = HiveConfig { uris: Vec::new(), database, connections: 2, timeout_seconds: 60 };
    let crawler = config.build().map_err(anyhow::Error::msg)?;
    let (run, mut observations) = Run::new(1_000, CancellationToken::new());
    let crawl = tokio::spawn(async move { crawler.crawl(&run).await });
    let rebuild = Rebuild::begin(data_dir, 1, 64_000_000)?;
    let mut id = 0;
    while let Some(observation) = observations.recv().await {
        id += 1;
        match observation {
            Observation::DatabaseListed { database, .. } => {
                let mut doc = IndexDoc::new(id, AssetKind::Database, "demo", &database.name, &database.name);
                doc.description = database.description;
                doc.owner = database.owner;
                rebuild.add(&doc)?;
            }
            Observation::Table(table) => {
                let mut doc = IndexDoc::new(id, table.table_type.kind(), "demo", &table.database, &table.name);
                doc.deprecated = table.parameters.get("deprecated").is_some_and(|value| value == "true");
                doc.description = table.description;
                doc.owner = table.owner;
                doc.partitioned = !table.partition_keys.is_empty();
                for column in table.columns.iter().chain(&table.partition_keys) {
                    doc.columns.push(&column.name, column.comment.as_deref());
                }
                doc.format = table.format;
                doc.size_bytes = table.size_bytes;
                doc.created_at = table.created_at;
                doc.changed_at = table.changed_at;
                rebuild.add(&doc)?;
            }
            Observation::Failed { database, table, reason, .. } => {
                anyhow::bail!("{database} {table:?}: {reason}");
            }
            _ => {}
        }
    }
    crawl.await??;
    rebuild.finish(0)?;
    match SearchIndex::open(data_dir, Synonyms::built_in())? {
        Opened::Ready(index) => Ok(index),
        Opened::NeedsRebuild { reason } => anyhow::bail!("{reason}"),
    }
}
