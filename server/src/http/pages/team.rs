use super::Visit;
use crate::http::error::{Error, Result};
use crate::http::extract::Path;
use crate::people::show;
use axum::response::Html;
use reeve_frontend::pages::team::TeamPage;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Thing;

pub(super) async fn team(Path(name): Path<String>, visit: Visit) -> Result<Html<String>> {
    visit.caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let mut tx = visit.read().await?;
    let team =
        show::team(&mut tx, &name, &visit.caller.hidden).await?.ok_or_else(|| Error::not_found(Thing::Team, &name))?;
    visit.render(tx, &TeamPage { team }).await
}
