//! Who may change what is said of an asset.

use crate::catalog::Result;
use crate::db::{Tx, on};
use crate::owners;
use reeve_model::AssetId;
use reeve_model::curation::Edit;
use reeve_model::permission::{Action, Actor, Denied, Resource};
use reeve_model::visibility::Hidden;

/// How the actor stands to an asset.
pub async fn resource(tx: &mut Tx, actor: &Actor, asset: AssetId) -> Result<Resource> {
    owners::relation(tx, actor, asset).await
}

/// The same of an asset that was named by its number: one that is hidden from him does not exist.
pub async fn known(tx: &mut Tx, actor: &Actor, hidden: &Hidden, asset: AssetId) -> Result<Resource> {
    let place: Option<(String, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT s.name, d.name FROM catalog_database d JOIN source s ON s.id = d.source_id
         WHERE d.id = coalesce((SELECT database_id FROM catalog_table WHERE id = $1), $1)",
    ).bind(asset).fetch_optional(c).await)?;
    let is_hidden = place.is_none_or(|(source, database)| hidden.hides(&source, &database));
    Ok(resource(tx, actor, asset).await?.hidden(is_hidden))
}

/// What an edit does, as the matrix of permissions calls it.
pub fn actions(edit: &Edit) -> Vec<Action> {
    let comments = edit.columns.values().any(|column| column.comment.is_some());
    let classes = edit.columns.values().any(|column| column.personal_data.is_some());
    [
        (edit.description.is_some() || comments, Action::EditDescription),
        (edit.tags.is_some(), Action::EditTags),
        (classes, Action::Classify),
        (edit.certified.is_some(), Action::Certify),
        (edit.deprecated.is_some(), Action::Deprecate),
    ]
    .into_iter()
    .filter_map(|(does, action)| does.then_some(action))
    .collect()
}

/// Whether he may do all that an edit does.
///
/// # Errors
/// [`Denied`], for the first of it that he may not do.
pub fn check(actor: &Actor, resource: &Resource, edit: &Edit) -> std::result::Result<(), Denied> {
    actions(edit).into_iter().try_for_each(|action| actor.may(action, resource))
}
