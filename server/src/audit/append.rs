use super::{Act, chain, clean, moment, word};
use crate::auth::secret::hexadecimal;
use crate::catalog::to_json;
use crate::db::{Tx, on};
use reeve_model::audit::Entry;

/// Bytes of chance in a row, so that nobody can guess what an erased content was.
const SALT: usize = 16;

/// Puts acts at the end of the chain. Whoever does so holds it until he commits, so this is the last but one thing a
/// transaction does.
pub(crate) async fn append(tx: &mut Tx, acts: &[Act]) -> sqlx::Result<()> {
    if acts.is_empty() {
        return Ok(());
    }
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT seq, hash FROM audit_head",
        Tx::Postgres(_) => "SELECT seq, hash FROM audit_head FOR UPDATE",
    };
    let (mut seq, mut hash): (i64, String) = on!(&mut *tx, c => sqlx::query_as(sql).fetch_one(c).await)?;
    let mut rows = Vec::with_capacity(acts.len());
    for act in acts {
        seq += 1;
        let row = row(act, seq, hash)?;
        hash = row.hash.clone();
        rows.push(row);
    }
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO audit (seq, version, at, actor, actor_id, on_behalf_of, via, address, request, action, object_kind,
             object_id, object_name, old_value, new_value, reason, salt, content, prev, hash)
         SELECT CAST(value->>'seq' AS BIGINT), CAST(value->>'version' AS BIGINT), value->>'at', value->>'actor',
             CAST(value->>'actor_id' AS BIGINT), value->>'on_behalf_of', value->>'via', value->>'address',
             value->>'request', value->>'action', value->>'object_kind', value->>'object_id', value->>'object_name',
             value->>'before', value->>'after', value->>'reason', value->>'salt', value->>'content', value->>'prev',
             value->>'hash'
         FROM json_each($1)",
    ).bind(to_json(&rows)).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE audit_head SET seq = $1, hash = $2").bind(seq).bind(hash).execute(c).await.map(drop))
}

fn row(act: &Act, seq: i64, prev: String) -> sqlx::Result<Entry> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|error| sqlx::Error::Io(error.into()))?;
    let origin = &act.origin;
    let mut entry = Entry {
        seq,
        version: chain::VERSION,
        at: moment(act.at),
        actor: clean(&origin.actor),
        actor_id: origin.person.map(|person| person.0),
        on_behalf_of: origin.on_behalf_of.as_deref().map(clean),
        via: word(origin.via),
        address: origin.address.map(|address| address.to_string()),
        request: origin.request.as_deref().map(clean),
        action: word(act.event),
        object_kind: word(act.object.kind),
        object_id: clean(&act.object.id),
        object_name: Some(clean(&act.object.name)),
        before: act.before.as_deref().map(clean),
        after: act.after.as_deref().map(clean),
        reason: act.reason.as_deref().map(clean),
        salt: Some(hexadecimal(&salt)),
        content: String::new(),
        prev,
        hash: String::new(),
    };
    entry.content = chain::content(&entry);
    entry.hash = chain::hash(&entry);
    Ok(entry)
}
