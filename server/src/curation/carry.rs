//! What is said of a table goes on being said of the one that was made anew in its place: many jobs drop and make
//! their tables every night.

use crate::catalog::{Result, to_json};
use crate::db::{WriteTx, on};
use reeve_model::AssetId;
use serde::Serialize;

/// A table and the one that came in its place.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Successor {
    pub old: AssetId,
    pub new: AssetId,
    /// It has the same columns of the same types: what was vouched for still is.
    pub same: bool,
}

/// # Errors
/// When the database does not answer.
pub async fn over(tx: &mut WriteTx, pairs: &[Successor]) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let pairs = to_json(pairs);
    for sql in [
        "INSERT INTO curation (asset_id, revision, description, certified_by, certified_at, deprecated_by, deprecated_at,
             deprecation_note, replacement_id)
         SELECT CAST(p.value->>'new' AS BIGINT), k.revision + 1, k.description,
             CASE WHEN CAST(p.value->>'same' AS TEXT) IN ('true', '1') THEN k.certified_by END,
             CASE WHEN CAST(p.value->>'same' AS TEXT) IN ('true', '1') THEN k.certified_at END,
             k.deprecated_by, k.deprecated_at, k.deprecation_note, k.replacement_id
         FROM json_each($1) p JOIN curation k ON k.asset_id = CAST(p.value->>'old' AS BIGINT) WHERE true
         ON CONFLICT DO NOTHING",
        "INSERT INTO asset_tag (asset_id, tag_id, tagged_by, tagged_at)
         SELECT CAST(p.value->>'new' AS BIGINT), a.tag_id, a.tagged_by, a.tagged_at
         FROM json_each($1) p JOIN asset_tag a ON a.asset_id = CAST(p.value->>'old' AS BIGINT) WHERE true
         ON CONFLICT DO NOTHING",
        "INSERT INTO column_note (table_id, name, comment, class, class_by, class_at)
         SELECT CAST(p.value->>'new' AS BIGINT), n.name, n.comment, n.class, n.class_by, n.class_at
         FROM json_each($1) p JOIN column_note n ON n.table_id = CAST(p.value->>'old' AS BIGINT)
         WHERE n.comment IS NOT NULL OR n.class IS NOT NULL
         ON CONFLICT (table_id, name) DO UPDATE SET comment = excluded.comment, class = excluded.class,
             class_by = excluded.class_by, class_at = excluded.class_at",
        "UPDATE proposal SET asset_id = (SELECT CAST(p.value->>'new' AS BIGINT) FROM json_each($1) p
                                         WHERE CAST(p.value->>'old' AS BIGINT) = proposal.asset_id)
         WHERE state = 'pending' AND asset_id IN (SELECT CAST(value->>'old' AS BIGINT) FROM json_each($1))",
        "UPDATE curation SET replacement_id = (SELECT CAST(p.value->>'new' AS BIGINT) FROM json_each($1) p
                                               WHERE CAST(p.value->>'old' AS BIGINT) = curation.replacement_id)
         WHERE replacement_id IN (SELECT CAST(value->>'old' AS BIGINT) FROM json_each($1))",
    ] {
        on!(&mut *tx, c => sqlx::query(sql).bind(&pairs).execute(c).await.map(drop))?;
    }
    Ok(())
}
