use super::Visit;
use crate::http::error::Result;
use axum::response::Html;
use reeve_frontend::pages::style_guide::StyleGuidePage;

pub(super) async fn style_guide(visit: Visit) -> Result<Html<String>> {
    visit.render(visit.read().await?, &StyleGuidePage).await
}
