use super::Visit;
use crate::app::App;
use crate::catalog::{databases, overview, removals, sources, tables};
use crate::http::api::search::{ask_as, parse};
use crate::http::error::Result;
use crate::owners::mine::{self as of_mine, At};
use crate::owners::watch;
use axum::extract::State;
use axum::response::Html;
use reeve_frontend::pages::home::{Care, Concern, HomePage, Mine, Place, Proposed, Watched};
use reeve_model::crawl::RemovalState;
use reeve_model::permission::{Action, Resource};
use reeve_model::search::SearchRequest;

/// How many lines each panel has.
const LINES: i64 = 8;
const CHANGES: usize = 8;

pub(super) async fn home(State(app): State<App>, visit: Visit) -> Result<Html<String>> {
    let mine = mine(&app, &visit).await?;
    let mut tx = visit.read().await?;
    let hidden = &visit.caller.hidden;
    let counts = overview::counts(&mut tx, hidden).await?;
    let page = HomePage {
        databases: counts.databases,
        tables: counts.tables,
        views: counts.views,
        size_bytes: counts.size_bytes,
        largest_databases: databases::largest(&mut tx, LINES, hidden).await?,
        recently_changed: tables::recently_changed(&mut tx, LINES, hidden).await?,
        changes: overview::newest_changes(&mut tx, CHANGES, hidden).await?,
        sources: sources::list(&mut tx, &app.config, app.clock.now()).await?,
        mine,
    };
    visit.render(tx, &page).await
}

/// What concerns whoever looks. Searches are asked before the page's own transaction begins: they may wait for their turn.
async fn mine(app: &App, visit: &Visit) -> Result<Option<Mine>> {
    let (actor, hidden) = (&visit.caller.actor, &visit.caller.hidden);
    let Some(person) = actor.person else { return Ok(None) };
    let mut tx = visit.read().await?;
    let watches = watch::list(&mut tx, person).await?;
    let at = |at: At| Place { source: at.source, ambiguous: at.ambiguous, database: at.database, table: at.table_name };
    let proposals = of_mine::proposals(&mut tx, actor, LINES, hidden).await?.into_iter();
    let proposals = proposals.map(|(place, role)| Proposed { place: at(place), role }).collect();
    let cases = of_mine::cases(&mut tx, actor, CHANGES, hidden).await?;
    let decides = actor.can(Action::DecideRemoval, &Resource::portal());
    let removals = if decides { removals::list(&mut tx, None, hidden).await? } else { vec![] };
    let waiting = removals.iter().filter(|removal| removal.state == RemovalState::Pending).count();
    let changes = overview::watched_changes(&mut tx, person, LINES, hidden).await?;
    let mut watched = Vec::with_capacity(watches.len());
    let mut searches = Vec::new();
    for one in watches {
        match (one.asset_id, one.query) {
            (Some(asset), _) => {
                watched.extend(of_mine::place(&mut tx, asset, hidden).await?.map(at).map(Watched::Asset));
            }
            (None, Some(query)) => searches.push((one.name, query)),
            (None, None) => {}
        }
    }
    drop(tx);
    let mut care = Vec::new();
    let mut concerns = vec![
        (Concern::Mine, "owner:me"),
        (Concern::Undescribed, "owner:me no:description"),
        (Concern::Deprecated, "owner:me is:deprecated"),
    ];
    if actor.can(Action::AssignOwner, &Resource::portal()) {
        concerns.extend([(Concern::Nobodys, "no:owner"), (Concern::OwnerLeft, "owner:departed")]);
    }
    for (what, query) in concerns {
        let request = SearchRequest { q: query.to_owned(), ..SearchRequest::default() };
        care.extend(count(app, visit, request).await?.map(|count| Care { what, query, count }));
    }
    for (at, (name, query)) in searches.into_iter().enumerate() {
        // Each costs a search; the others say how much they find when they are opened.
        let count = if at < CHANGES { count(app, visit, parse(&query)?).await? } else { None };
        watched.push(Watched::Search { name, query, count });
    }
    let removals = i64::try_from(waiting).unwrap_or(i64::MAX);
    Ok(Some(Mine { proposals, cases, removals, care, watched, changes }))
}

/// How much a search finds; nothing while the index is being built.
async fn count(app: &App, visit: &Visit, mut request: SearchRequest) -> Result<Option<u64>> {
    if app.index.ready().is_none() {
        return Ok(None);
    }
    request.limit = 1;
    ask_as(app, &visit.caller, &mut request).await?;
    Ok(Some(app.search(request, &visit.caller.hidden).await?.total))
}
