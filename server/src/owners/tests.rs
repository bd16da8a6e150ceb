use super::{Subject, Unresolved, Wanted, of_asset, relations, resolve, set};
use crate::audit::Origin;
use crate::auth::person;
use crate::config::{AuthConfig, Config};
use crate::db::{Db, WriteTx, on, open, run_migrations};
use chrono::{DateTime, Utc};
use reeve_model::audit::Event;
use reeve_model::owner::{OwnerRole, OwnerSource, OwnerState};
use reeve_model::permission::Relation;
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

async fn database() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = folder.path().to_owned();
    let db = open(&config).await.unwrap();
    run_migrations(&db).await.unwrap();
    (folder, db)
}

async fn run(tx: &mut WriteTx, sql: &'static str) {
    on!(&mut *tx, c => sqlx::query(sql).execute(c).await.map(drop)).unwrap();
}

/// Database 1 with tables 2 and 3; team 4 `order` in team 5; its lead is the first person made.
async fn catalog(tx: &mut WriteTx) {
    for sql in [
        "INSERT INTO source (id, name, kind, created_at) VALUES (1, 'prod', 'hive', '2026-01-01T00:00:00Z')",
        "INSERT INTO asset (id, kind, source_id) VALUES (1, 'database', 1), (2, 'table', 1), (3, 'table', 1), (4, 'team', NULL), (5, 'team', NULL)",
        "INSERT INTO catalog_database (id, source_id, name, parameters, first_seen_at) VALUES (1, 1, 'order', '{}', '2026-01-01T00:00:00Z')",
        "INSERT INTO catalog_table (id, database_id, name, story_id, table_type, is_view, column_count, columns, partition_keys, parameters, schema_from, remarks, fingerprint, first_seen_at)
         SELECT id, 1, 't' || id, id, 'MANAGED_TABLE', 0, 0, '[]', '[]', '{}', 'hive', '[]', 0, '2026-01-01T00:00:00Z' FROM asset WHERE kind = 'table'",
        "INSERT INTO team (id, name, title, parent_id) VALUES (5, 'commerce', '커머스', NULL), (4, 'order', '주문팀', 5)",
    ] {
        run(tx, sql).await;
    }
}

async fn assign(tx: &mut WriteTx, asset: i64, wanted: &[(OwnerRole, &str)]) {
    let mut all = Vec::new();
    for (role, name) in wanted {
        let holder = resolve(tx, name).await.unwrap().unwrap();
        all.push(Wanted { role: *role, holder, source: OwnerSource::Assigned, evidence: vec![] });
    }
    let subject = Subject { asset: AssetId(asset), is_database: asset == 1, name: "x".to_owned() };
    set(tx, &subject, &all, Event::OwnersChanged, &Origin::system("test"), None, now()).await.unwrap();
}

async fn told(tx: &mut WriteTx, asset: i64) -> String {
    let owners = of_asset(tx, AssetId(asset)).await.unwrap();
    let mut text = owners.owner_state.as_str().to_owned();
    for owner in owners.owners {
        let inherited = if owner.inherited { " inherited" } else { "" };
        text += &format!(", {} {}{inherited}", owner.role.as_str(), owner.holder.word());
    }
    text
}

#[tokio::test]
async fn a_table_has_its_databases_owners_where_it_has_none_of_its_own() {
    let (_folder, db) = database().await;
    let mut tx = db.write().await.unwrap();
    catalog(&mut tx).await;
    for (login, name) in [("kim", "김하나"), ("lee", "이하은"), ("park", "박지훈")] {
        person::create(&mut tx, "person", login, name, None, now()).await.unwrap();
    }
    assert_eq!(told(&mut tx, 2).await, "none");
    assign(&mut tx, 1, &[(OwnerRole::DataOwner, "kim"), (OwnerRole::DataSteward, "team/order")]).await;
    assert_eq!(told(&mut tx, 2).await, "active, data_owner kim inherited, data_steward team/order inherited");
    assign(&mut tx, 2, &[(OwnerRole::DataOwner, "이하은")]).await;
    assert_eq!(told(&mut tx, 2).await, "active, data_owner lee, data_steward team/order inherited");
    assert_eq!(told(&mut tx, 3).await, "active, data_owner kim inherited, data_steward team/order inherited");
    run(&mut tx, "UPDATE person SET state = 'departed' WHERE login = 'lee'").await;
    run(&mut tx, "UPDATE person SET disabled_at = created_at WHERE login = 'kim'").await;
    assert!(told(&mut tx, 2).await.starts_with("departed, ") && told(&mut tx, 3).await.starts_with("departed, "));
    assign(&mut tx, 2, &[]).await;
    run(&mut tx, "UPDATE person SET disabled_at = NULL, state = 'on_leave' WHERE login = 'kim'").await;
    assert!(told(&mut tx, 2).await.starts_with("on_leave, data_owner kim inherited"));
    assert_eq!(of_asset(&mut tx, AssetId(2)).await.unwrap().owner_state, OwnerState::OnLeave);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn how_one_stands_to_an_asset_follows_from_who_holds_it() {
    let (_folder, db) = database().await;
    let mut tx = db.write().await.unwrap();
    catalog(&mut tx).await;
    for login in ["lead", "member", "lee", "other"] {
        person::create(&mut tx, "person", login, login, None, now()).await.unwrap();
    }
    run(&mut tx, "UPDATE person SET team_id = 4 WHERE login IN ('lead', 'member')").await;
    run(&mut tx, "UPDATE team SET lead_id = (SELECT id FROM person WHERE login = 'lead') WHERE id = 4").await;
    assign(&mut tx, 1, &[(OwnerRole::DataOwner, "team/order"), (OwnerRole::TechnicalOwner, "other")]).await;
    assign(&mut tx, 2, &[(OwnerRole::DataOwner, "lee"), (OwnerRole::DataSteward, "team/commerce")]).await;
    let mut of = async |login: &str, asset: i64| {
        let id = person::find(&mut tx, login).await.unwrap().unwrap();
        let actor = person::actor(&mut tx, &AuthConfig::default(), id).await.unwrap().unwrap();
        relations(&mut tx, &actor, AssetId(asset)).await.unwrap()
    };
    let set = |relations: &[Relation]| relations.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(of("lead", 1).await, set(&[Relation::Owner]));
    assert_eq!(of("member", 1).await, set(&[Relation::Member]));
    assert_eq!(of("lead", 3).await, set(&[Relation::Owner]), "inherited");
    // The table has an owner of its own; the steward is the department above theirs.
    assert_eq!(of("lead", 2).await, set(&[Relation::DatabaseOwner, Relation::Member]));
    assert_eq!(of("member", 2).await, set(&[Relation::Member]));
    assert_eq!(of("lee", 2).await, set(&[Relation::Owner]));
    assert_eq!(of("lee", 3).await, set(&[]));
    assert_eq!(of("other", 2).await, set(&[Relation::TechnicalOwner]));
}

#[tokio::test]
async fn a_name_that_two_have_names_nobody() {
    let (_folder, db) = database().await;
    let mut tx = db.write().await.unwrap();
    catalog(&mut tx).await;
    for (login, name, mail) in
        [("order", "주문 배치", None), ("kim1", "김하나", None), ("kim2", "김하나", Some("Kim@corp.kr"))]
    {
        person::create(&mut tx, "person", login, name, mail, now()).await.unwrap();
    }
    let mut of = async |text: &str| resolve(&mut tx, text).await.unwrap().map(|holder| holder.word());
    assert_eq!(of("김하나").await, Err(Unresolved::Several));
    assert_eq!(of("kim@corp.kr").await.as_deref(), Ok("kim2"));
    assert_eq!(of(" KIM1 ").await.as_deref(), Ok("kim1"));
    assert_eq!(of("order").await.as_deref(), Ok("order"));
    assert_eq!(of("team/order").await.as_deref(), Ok("team/order"));
    assert_eq!(of("주문팀").await.as_deref(), Ok("team/order"));
    assert_eq!(of("team/kim1").await, Err(Unresolved::Nobody));
    assert_eq!(of("").await, Err(Unresolved::Nobody));
}
