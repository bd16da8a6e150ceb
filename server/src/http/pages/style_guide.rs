use super::Visit;
use crate::http::error::Result;
use axum::response::Html;
use reeve_model::page::Page;

pub(super) async fn style_guide(visit: Visit) -> Result<Html<String>> {
    visit.render(Page::StyleGuide).await
}
