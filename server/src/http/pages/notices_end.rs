//! The link in a digest that ends digests: a page that asks, and one POST that does it (RFC 8058).

use super::Visit;
use crate::app::App;
use crate::http::error::Result;
use crate::http::extract::Path;
use crate::notify::unsubscribe;
use axum::extract::State;
use axum::response::Html;
use reeve_frontend::pages::notices_end::NoticesEndPage;

pub(super) async fn ask(Path(token): Path<String>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let page = match unsubscribe::read(&mut tx, &token).await? {
        Some(_) => NoticesEndPage::Asked,
        None => NoticesEndPage::Unknown,
    };
    visit.render(tx, &page).await
}

/// `POST /notices/end/{token}`
pub(super) async fn end(State(app): State<App>, Path(token): Path<String>, visit: Visit) -> Result<Html<String>> {
    let mut tx = app.db.write().await?;
    let person = unsubscribe::read(&mut tx, &token).await?;
    if let Some(person) = person {
        unsubscribe::end(&mut tx, person, app.clock.now()).await?;
        tx.commit().await?;
    } else {
        drop(tx);
    }
    let page = if person.is_some() { NoticesEndPage::Ended } else { NoticesEndPage::Unknown };
    visit.render(visit.read().await?, &page).await
}
