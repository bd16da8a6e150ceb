//! The first administrator: by a link that `reeve serve` prints while nobody could let anyone else in.

use super::{local, person};
use crate::app::App;
use crate::db::on;
use reeve_model::permission::Role;

/// What the first administrator is called until there are others.
const LOGIN: &str = "admin";

/// A one-time link for the first administrator; nothing while there is one who can sign in.
///
/// # Errors
/// When the database does not answer, or there is no randomness.
pub async fn link(app: &App) -> anyhow::Result<Option<String>> {
    if app.config.auth.demo.is_some() || !app.config.auth.local.enabled || exists(app).await? {
        return Ok(None);
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let id = match person::find(&mut tx, LOGIN).await? {
        Some(id) => id,
        None => person::create(&mut tx, "person", LOGIN, "Administrator", None, now).await?,
    };
    person::assign(&mut tx, id, Role::Administrator, true, "reeve serve", now).await?;
    let link = local::make_link(&mut tx, id, now).await?;
    tx.commit().await?;
    Ok(Some(local::link_address(&app.config, &link)))
}

/// Whether an administrator, by assignment or by a group, can sign in.
async fn exists(app: &App) -> anyhow::Result<bool> {
    let rules = app.config.auth.roles.iter().filter(|rule| rule.role == Role::Administrator);
    let groups: Vec<[&String; 1]> = rules.flat_map(|rule| &rule.groups).map(|group| [group]).collect();
    let groups = serde_json::to_string(&groups)?;
    let mut tx = app.db.read().await?;
    let count: i64 = on!(&mut tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM person p
         WHERE p.disabled_at IS NULL AND p.state <> 'departed'
           AND (EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id)
                OR EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id))
           AND (EXISTS (SELECT 1 FROM role_assignment r WHERE r.person_id = p.id AND r.role = 'administrator')
                OR EXISTS (SELECT 1 FROM person_group g
                           WHERE g.person_id = p.id AND g.name IN (SELECT value->>0 FROM json_each($1))))",
    ).bind(&groups).fetch_one(c).await)?;
    Ok(count > 0)
}
