use super::{Admitted, Auth, From, Verified, admit, local, person, session, token};
use crate::config::{AuthConfig, Config};
use crate::db::{Db, WriteTx, on, open, run_migrations};
use chrono::{DateTime, TimeDelta, Utc};
use reeve_model::AssetId;
use reeve_model::permission::{Role, Scope};
use reeve_model::problem::AuthRefusal;
use std::collections::BTreeSet;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

async fn database() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = folder.path().to_owned();
    let db = open(&config).await.unwrap();
    run_migrations(&db).await.unwrap();
    (folder, db)
}

async fn set(tx: &mut WriteTx, sql: &'static str, person: AssetId) {
    on!(&mut *tx, c => sqlx::query(sql).bind(person).execute(c).await.map(drop)).unwrap();
}

#[tokio::test]
async fn a_session_ends_by_disuse_and_by_age_and_is_kept_as_a_hash() {
    let (_folder, db) = database().await;
    let config = AuthConfig::default();
    let mut tx = db.write().await.unwrap();
    let kim = person::create(&mut tx, "person", "Kim", "김", None, at(0)).await.unwrap();
    let first = session::begin(&mut tx, &config, kim, &session::SignIn::default(), at(0)).await.unwrap();
    let second = session::begin(&mut tx, &config, kim, &session::SignIn::default(), at(0)).await.unwrap();
    assert_ne!(first, second);
    let kept: Vec<String> =
        on!(&mut tx, c => sqlx::query_scalar("SELECT token_hash FROM session").fetch_all(c).await).unwrap();
    assert!(kept.len() == 2 && !kept.contains(&first));
    let hours = |hours: i64| at(hours * 3600);
    assert_eq!(session::find(&mut tx, &config, &first, hours(7)).await.unwrap().map(|s| s.person), Some(kim));
    assert_eq!(session::find(&mut tx, &config, &first, hours(8)).await.unwrap(), None);
    assert_eq!(session::find(&mut tx, &config, &kept[0], at(1)).await.unwrap(), None);
    on!(&mut tx, c => sqlx::query("UPDATE session SET last_seen_at = expires_at").execute(c).await.map(drop)).unwrap();
    assert!(session::find(&mut tx, &config, &first, hours(23)).await.unwrap().is_some());
    assert_eq!(session::find(&mut tx, &config, &first, hours(24)).await.unwrap(), None);
    local::set_password(&mut tx, kim, "x", at(1)).await.unwrap();
    assert_eq!(session::find(&mut tx, &config, &second, at(1)).await.unwrap(), None);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn roles_come_from_assignment_and_groups_and_go_with_the_person() {
    let (_folder, db) = database().await;
    let mut config = AuthConfig::default();
    config.roles = vec![crate::config::GroupRole { role: Role::PrivacyOfficer, groups: vec!["cn=privacy".to_owned()] }];
    let mut tx = db.write().await.unwrap();
    let kim = person::create(&mut tx, "person", "kim", "김", None, at(0)).await.unwrap();
    person::assign(&mut tx, kim, Role::Operator, true, "test", at(0)).await.unwrap();
    set(&mut tx, "INSERT INTO person_group (person_id, issuer, name) VALUES ($1, 'ldap', 'cn=privacy')", kim).await;
    let actor = person::actor(&mut tx, &config, kim).await.unwrap().unwrap();
    assert_eq!(actor.roles, BTreeSet::from([Role::Analyst, Role::PrivacyOfficer, Role::Operator]));
    person::assign(&mut tx, kim, Role::Operator, false, "test", at(1)).await.unwrap();
    let actor = person::actor(&mut tx, &config, kim).await.unwrap().unwrap();
    assert_eq!(actor.roles, BTreeSet::from([Role::Analyst, Role::PrivacyOfficer]));
    set(&mut tx, "UPDATE person SET state = 'departed' WHERE id = $1", kim).await;
    assert_eq!(person::actor(&mut tx, &config, kim).await.unwrap(), None);
    let robot = person::create(&mut tx, "service_account", "etl", "ETL", None, at(0)).await.unwrap();
    let actor = person::actor(&mut tx, &config, robot).await.unwrap().unwrap();
    assert_eq!(actor.roles, BTreeSet::from([Role::Service]));
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_token_acts_until_it_expires_or_is_revoked() {
    let (_folder, db) = database().await;
    let mut tx = db.write().await.unwrap();
    let kim = person::create(&mut tx, "person", "kim", "김", None, at(0)).await.unwrap();
    let lee = person::create(&mut tx, "person", "lee", "이", None, at(0)).await.unwrap();
    let scopes = BTreeSet::from([Scope::CatalogRead]);
    let (id, shown) = token::create(&mut tx, kim, "dag", &scopes, TimeDelta::days(1), "kim", at(0)).await.unwrap();
    let used = token::find(&mut tx, &shown, at(1)).await.unwrap().unwrap();
    assert_eq!((used.person, used.scopes), (kim, scopes));
    assert!(token::find(&mut tx, &shown, at(86_400)).await.unwrap().is_none());
    assert!(!token::revoke(&mut tx, lee, id, at(1)).await.unwrap(), "it is not his");
    assert!(token::revoke(&mut tx, kim, id, at(1)).await.unwrap());
    assert!(token::find(&mut tx, &shown, at(2)).await.unwrap().is_none());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_identity_is_issuer_and_subject_and_never_the_mail() {
    let (_folder, db) = database().await;
    let mut tx = db.write().await.unwrap();
    let kim = person::create(&mut tx, "person", "kim", "김", Some("Kim@corp.example"), at(0)).await.unwrap();
    let from = |issuer: &str, subject: &str, login: &str, mail_verified: bool| Verified {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        login: login.to_owned(),
        name: login.to_owned(),
        mail: Some("kim@corp.example".to_owned()),
        mail_verified,
        groups: Some(vec!["a".to_owned()]),
        ..Verified::default()
    };
    // Unproven mail joins nobody: with a free login a new person, with a taken one a question.
    let stranger = admit(&mut tx, &from("idp", "9", "mallory", false), at(0)).await.unwrap();
    assert!(matches!(stranger, Admitted::Person(id) if id != kim));
    let namesake = admit(&mut tx, &from("idp", "8", "kim", false), at(0)).await.unwrap();
    assert!(matches!(namesake, Admitted::Question { .. }));
    // Two have this mail by now: proven or not, it is a question.
    assert!(matches!(admit(&mut tx, &from("idp", "7", "k", true), at(0)).await.unwrap(), Admitted::Question { .. }));
    set(&mut tx, "UPDATE person SET mail = NULL WHERE id <> $1", kim).await;
    assert_eq!(admit(&mut tx, &from("idp", "1", "kim", true), at(0)).await.unwrap(), Admitted::Person(kim));
    // The same mail with another subject of the same issuer is somebody else, until someone says otherwise.
    assert!(matches!(admit(&mut tx, &from("idp", "2", "kim2", true), at(0)).await.unwrap(), Admitted::Question { .. }));
    let mut later = from("idp", "1", "renamed", false);
    later.groups = None;
    assert_eq!(admit(&mut tx, &later, at(1)).await.unwrap(), Admitted::Person(kim));
    let actor = person::actor(&mut tx, &AuthConfig::default(), kim).await.unwrap().unwrap();
    assert_eq!(actor.groups, BTreeSet::from(["a".to_owned()]), "no claim leaves the groups as they were");
    set(&mut tx, "UPDATE person SET disabled_at = created_at WHERE id = $1", kim).await;
    assert_eq!(admit(&mut tx, &later, at(2)).await.unwrap(), Admitted::Refused(kim));
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn who_does_not_exist_is_answered_as_who_is_wrong_and_a_link_is_good_once() {
    let (_folder, db) = database().await;
    let auth = Auth::default();
    let mut tx = db.write().await.unwrap();
    let kim = person::create(&mut tx, "person", "kim", "김", None, at(0)).await.unwrap();
    let link = local::make_link(&mut tx, kim, at(0)).await.unwrap();
    assert_eq!(local::find_link(&mut tx, &link, at(1)).await.unwrap(), Some((kim, "kim".to_owned())));
    assert_eq!(local::find_link(&mut tx, &link, at(86_400)).await.unwrap(), None);
    assert!(local::use_link(&mut tx, &link).await.unwrap() && !local::use_link(&mut tx, &link).await.unwrap());
    let hash = auth.passwords.make("correct horse battery".to_owned()).await.unwrap();
    local::set_password(&mut tx, kim, &hash, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let tried = async |login: &str, password: &str, second| {
        local::verify(&auth, &db, login, password.to_owned(), &From::Address(None), at(second)).await.unwrap()
    };
    assert_eq!(tried("KIM ", "correct horse battery", 2).await, Ok(Some(kim)));
    for (login, password) in [("kim", "wrong horse battery"), ("nobody", "correct horse battery"), ("kim", "")] {
        assert_eq!(tried(login, password, 2).await, Ok(None), "{login}");
    }
    for _ in 0..40 {
        let _ = auth.throttle.attempt("kim", &From::Address(None), at(2));
    }
    assert_eq!(tried("kim", "correct horse battery", 2).await, Err(AuthRefusal::SlowDown { seconds: 2 }));
    assert_eq!(tried("kim", "correct horse battery", 5).await, Ok(Some(kim)));
}
