//! Sign-in at a real directory of 50,003 people.

use super::text;
use super::visitor::{Visitor, told};
use chrono::TimeDelta;
use reeve::auth::{Auth, person};
use reeve_crawlers::ldap::{Search, ServerConfig};
use reeve_model::permission::Role;
use reeve_tests::{Database, TestApp, execute, peers, texts};
use reqwest::StatusCode;
use std::time::{Duration, Instant};

const PEOPLE: &str = "dc=example,dc=test";
const WRONG: &str = "Name or password is wrong. Your account is not locked.";

/// `[[auth.ldap]]` of this address; the folder holds the password of Reeve's own account.
pub(super) fn section(name: &str, server: &str, password: &str, folder: &tempfile::TempDir) -> String {
    let file = folder.path().join(format!("{name}-password"));
    std::fs::write(&file, format!("{password}\n")).unwrap();
    format!(
        "[[auth.ldap]]\nname = \"{name}\"\n[auth.ldap.server]\n{server}\n\
         bind_dn = \"cn=catalog,ou=services,{PEOPLE}\"\npassword_file = {file:?}\n\
         [auth.ldap.people]\nbase = \"{PEOPLE}\"\ndisabled = {{ attribute = \"employeeType\", values = [\"disabled\"] }}\n\
         [auth.ldap.groups]\nbase = \"ou=groups,{PEOPLE}\"\n"
    )
}

const ROLES: &str = "[[auth.roles]]\nrole = \"administrator\"\ngroups = [\"catalog-admins\"]\n\
                     [[auth.roles]]\nrole = \"privacy_officer\"\ngroups = [\"data-stewards\"]\n";

pub(super) fn start_tls() -> String {
    format!("url = {:?}\nstart_tls = true\nca_file = {:?}", peers::ldap(), peers::certificate("ca.crt"))
}

async fn groups(app: &TestApp, login: &str) -> Vec<String> {
    let sql = "SELECT g.name FROM person_group g JOIN person p ON p.id = g.person_id WHERE p.login = '";
    texts(&app.app.db, &format!("{sql}{login}' ORDER BY g.name")).await
}

async fn roles(app: &TestApp, login: &str) -> Vec<Role> {
    let mut tx = app.app.db.read().await.unwrap();
    let id = person::find(&mut tx, login).await.unwrap().unwrap();
    person::actor(&mut tx, &app.app.config.auth, id).await.unwrap().unwrap().roles.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_in_by_every_way_to_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    let ca = peers::certificate("ca.crt");
    let plain = format!("url = {:?}\nallow_plain = true", peers::ldap());
    let ldaps = format!("url = {:?}\nca_file = {ca:?}", peers::ldaps());
    for (database, server) in [(Database::Sqlite, plain), (Database::Postgres, start_tls()), (Database::Sqlite, ldaps)]
    {
        let app = TestApp::start(database, &format!("{ROLES}{}", section("corp", &server, "catalogpw", &folder))).await;
        let mut kim = Visitor::new(&app);
        let wrong = kim.sign_in("kim", "leepw").await;
        assert_eq!((wrong.status, told(&wrong).as_str()), (StatusCode::UNPROCESSABLE_ENTITY, WRONG), "{server}");
        let entered = kim.sign_in(" KIM", "kimpw").await;
        assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", entered.body);
        assert!(kim.is_in().await);
        let session = "SELECT concat_ws(' ', s.provider, p.login, p.name, p.mail) FROM session s
                       JOIN person p ON p.id = s.person_id WHERE p.login = 'kim'";
        assert_eq!(text(&app, session).await, "corp kim 김철수 kim@example.test");
        assert_eq!(groups(&app, "kim").await, ["data-stewards"]);
        assert_eq!(roles(&app, "kim").await, [Role::Analyst, Role::PrivacyOfficer]);
        // Groups in groups, four deep, and two that contain each other.
        assert_eq!(Visitor::new(&app).sign_in("p000001", "p000001pw").await.status, StatusCode::SEE_OTHER);
        let nested = ["data-stewards", "반도체기획1팀", "반도체기획부", "반도체사업부", "전체임직원"];
        assert_eq!(groups(&app, "p000001").await, nested);
        assert_eq!(Visitor::new(&app).sign_in("lee", "leepw").await.status, StatusCode::SEE_OTHER);
        assert_eq!(groups(&app, "lee").await, ["순환-가", "순환-나"]);
        assert_eq!(Visitor::new(&app).sign_in("park", "parkpw").await.status, StatusCode::SEE_OTHER);
        assert_eq!(roles(&app, "park").await, [Role::Analyst, Role::Administrator]);
        // Whose group it no longer is loses the role at his next sign-in, the same person as before.
        execute(&app.app.db, "UPDATE person_group SET name = 'catalog-admins' WHERE name = 'data-stewards'").await;
        kim.cookies.clear();
        assert_eq!(kim.sign_in("kim", "kimpw").await.status, StatusCode::SEE_OTHER);
        assert_eq!(roles(&app, "kim").await, [Role::Analyst, Role::PrivacyOfficer]);
        assert_eq!(texts(&app.app.db, "SELECT login FROM identity WHERE login = 'kim'").await.len(), 1);
        let acts =
            "SELECT concat_ws(' ', actor, via, new_value) FROM audit WHERE action = 'signed_in' AND actor = 'kim'";
        assert_eq!(texts(&app.app.db, acts).await[0], "kim sign_in corp");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_name_or_no_password_stays_outside() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start(Database::Sqlite, &section("corp", &start_tls(), "catalogpw", &folder)).await;
    let uid = disabled_person().await;
    let mut out = Visitor::new(&app);
    for (login, password) in [
        // Filters: each of these would find kim, were it not escaped.
        ("*", "kimpw"),
        ("ki*", "kimpw"),
        ("kim)(uid=kim", "kimpw"),
        ("*)(|(uid=kim)", "kimpw"),
        ("kim)(&)", "kimpw"),
        ("k\\69m", "kimpw"),
        ("kim\0", "kimpw"),
        // Names of entries are no logins.
        ("uid=kim,ou=people,dc=example,dc=test", "kimpw"),
        ("kim,ou=people", "kimpw"),
        // A bind without a password succeeds (RFC 4513, 5.1.2).
        ("kim", ""),
        ("kim", "\0"),
        ("", "kimpw"),
        // Two have this login, and this one left.
        ("twin", "twinpw"),
        (uid.as_str(), &format!("{uid}pw")),
        ("nobody", "kimpw"),
        ("reeve-nobody", ""),
        (&"k".repeat(10_000), "kimpw"),
    ] {
        app.advance(TimeDelta::minutes(10));
        let answer = out.sign_in(login, password).await;
        assert_eq!((answer.status, told(&answer).as_str()), (StatusCode::UNPROCESSABLE_ENTITY, WRONG), "{login}");
        assert!(!out.is_in().await);
    }
    assert!(texts(&app.app.db, "SELECT login FROM person WHERE login <> 'tester'").await.is_empty());
    // What has to be escaped in a name is escaped, once.
    let odd = out.sign_in("a,b+\"c\"", "oddpw").await;
    assert_eq!(odd.status, StatusCode::SEE_OTHER, "{}", told(&odd));
    assert_eq!(groups(&app, "a,b+\"c\"").await, ["이름(괄호)*"]);
    // Departed, by whatever source says so: out at the next request, and no way in.
    execute(&app.app.db, "UPDATE person SET state = 'departed' WHERE login = 'a,b+\"c\"'").await;
    assert!(!out.is_in().await);
    assert_eq!(told(&out.sign_in("a,b+\"c\"", "oddpw").await), WRONG);
    let refused = "SELECT concat_ws(' ', actor, object_name, reason) FROM audit WHERE action = 'sign_in_refused'
                   AND reason = 'departed_or_disabled'";
    assert_eq!(text(&app, refused).await, "nobody a,b+\"c\" departed_or_disabled");
    app.stop().await;
}

/// Somebody whom the directory has as disabled.
async fn disabled_person() -> String {
    let config: ServerConfig =
        serde_json::from_value(serde_json::json!({"url": peers::ldap(), "allow_plain": true})).unwrap();
    let mut connection = config.build().unwrap().connect().await.unwrap();
    connection.bind("cn=catalog,ou=services,dc=example,dc=test", "catalogpw").await.unwrap();
    let search = Search::below("ou=people,dc=example,dc=test", "(&(employeeType=disabled)(uid=p*))", &["uid"]);
    connection.find(&search, 1).await.unwrap()[0].text("uid").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cannot_be_trusted_or_reached_is_no_wrong_password() {
    let folder = tempfile::tempdir().unwrap();
    let untrusted = format!("url = {:?}", peers::ldaps());
    let nowhere = "url = \"ldaps://127.0.0.1:1\"\ntimeout_seconds = 2".to_owned();
    let no_tls = format!("url = {:?}\nstart_tls = true", peers::ldap());
    for (server, password) in
        [(untrusted, "catalogpw"), (nowhere, "catalogpw"), (no_tls, "catalogpw"), (start_tls(), "of somebody else")]
    {
        let app = TestApp::start(Database::Sqlite, &section("corp", &server, password, &folder)).await;
        let answer = Visitor::new(&app).sign_in("kim", "kimpw").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{server}: {}", told(&answer));
        assert!(told(&answer).contains("does not answer"), "{}", told(&answer));
        app.stop().await;
    }
    // Of two directories the second is asked when the first is silent.
    let both = section("away", "url = \"ldaps://127.0.0.1:1\"\ntimeout_seconds = 2", "catalogpw", &folder)
        + &section("corp", &start_tls(), "catalogpw", &folder);
    let app = TestApp::start(Database::Sqlite, &both).await;
    assert_eq!(Visitor::new(&app).sign_in("kim", "kimpw").await.status, StatusCode::SEE_OTHER);
    app.stop().await;
    // In clear only where that is said, and with a password that can be read.
    for server in [format!("url = {:?}", peers::ldap()), format!("url = {:?}\nstart_tls = true", peers::ldaps())] {
        let config = reeve::config::parse(&section("corp", &server, "catalogpw", &folder), "reeve.toml").unwrap();
        let wrong = Auth::new(&config).wrong.unwrap();
        assert!(wrong.contains("[[auth.ldap]] `corp`: url = "), "{wrong}");
    }
}

/// Who exists, who is disabled and who has a local account cannot be told from how long a refusal takes.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_take_as_long_whoever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start(Database::Sqlite, &section("corp", &start_tls(), "catalogpw", &folder)).await;
    let uid = disabled_person().await;
    let mut medians = Vec::new();
    for (login, password) in [("kim", "wrong"), ("nobody", "wrong"), (uid.as_str(), &format!("{uid}pw") as &str)] {
        let mut times = Vec::new();
        for _ in 0..9 {
            app.advance(TimeDelta::minutes(10));
            let mut out = Visitor::new(&app);
            let html = out.get("/sign-in").await.body;
            let token =
                html.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            let fields = [("login", login), ("password", password), ("form_token", token)];
            let begun = Instant::now();
            let answer = out.send(reqwest::Method::POST, "/sign-in", &fields).await;
            times.push(begun.elapsed());
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        times.sort();
        medians.push(times[4]);
    }
    let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
    assert!(*most < *least * 2 + Duration::from_millis(20), "wrong, nobody, disabled: {medians:?}");
    app.stop().await;
}
