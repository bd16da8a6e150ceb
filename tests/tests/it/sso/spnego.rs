//! Sign-in by the tickets of a real Kerberos KDC, with curl as the browser.

use super::ldap::{section, start_tls};
use super::text;
use super::visitor::Visitor;
use reeve_tests::{Database, TestApp, peers, texts};
use reqwest::StatusCode;
use std::path::Path;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

fn kerberos(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("KRB5_CONFIG", peers::kdc("krb5.conf"));
    command.env("KRB5CCNAME", format!("FILE:{}", folder.join("tickets").display()));
    command.env("KRB5_TRACE", "/dev/null").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn ticket(folder: &Path, principal: &str, password: &str) {
    let mut kinit = kerberos("kinit", folder).arg(principal).spawn().expect("kinit is installed (krb5-user)");
    kinit.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).await.unwrap();
    let ended = kinit.wait_with_output().await.unwrap();
    assert!(ended.status.success(), "{ended:?}");
}

/// What curl says of the whole exchange: headers that went and came.
async fn curl(app: &TestApp, folder: &Path) -> String {
    let port = reqwest::Url::parse(&app.url).unwrap().port().unwrap();
    let url = format!("http://localhost:{port}/sign-in/spnego?next=%2Fsources");
    let arguments = ["--negotiate", "-u", ":", "-sS", "-v", "-o", "/dev/null", "--max-time", "30", &url];
    let ended = kerberos("curl", folder).args(arguments).output().await.expect("curl is installed");
    String::from_utf8(ended.stderr).unwrap()
}

fn settings(keytab: &str, more: &str) -> String {
    let keytab = peers::kdc(keytab);
    format!("[auth.spnego]\nkeytab = {keytab:?}\nrealm = \"EXAMPLE.TEST\"\nservice = \"HTTP/localhost\"\n{more}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_the_portal_once() {
    let folder = tempfile::tempdir().unwrap();
    let directory = section("corp", &start_tls(), "catalogpw", &folder);
    let app = TestApp::start(Database::Sqlite, &(directory + &settings("http.keytab", "directory = \"corp\""))).await;
    let mut visitor = Visitor::new(&app);
    assert!(visitor.get("/sign-in?next=%2Fa").await.body.contains("href=\"/sign-in/spnego?next=%2Fa\""));
    assert!(visitor.get("/sign-in").await.headers.get("www-authenticate").is_none(), "only its own page asks");
    let asked = visitor.get("/sign-in/spnego").await;
    assert_eq!((asked.status, asked.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Negotiate"));
    assert!(asked.body.contains("name=\"password\""), "who has no ticket has the other ways in");
    ticket(folder.path(), "kim", "kimpw").await;
    let said = curl(&app, folder.path()).await;
    assert!(said.contains("< HTTP/1.1 303") && said.contains("< location: /sources"), "{said}");
    assert!(said.to_lowercase().contains("< www-authenticate: negotiate "), "the portal proves itself too: {said}");
    let who = "SELECT concat_ws(' ', s.provider, p.login, p.name, i.issuer, g.name) FROM session s
               JOIN person p ON p.id = s.person_id JOIN identity i ON i.person_id = p.id
               JOIN person_group g ON g.person_id = p.id WHERE p.login = 'kim'";
    assert_eq!(
        text(&app, who).await,
        "spnego kim 김철수 ldap:corp data-stewards",
        "the same person as by his password"
    );
    // What somebody overheard is no second ticket.
    let sent = said.lines().find_map(|line| line.strip_prefix("> Authorization: ")).expect("a ticket went").to_owned();
    let mut thief = Visitor::new(&app);
    thief.headers = vec![("authorization", sent)];
    let again = thief.get("/sign-in/spnego").await;
    thief.headers.clear();
    assert_eq!((again.status, thief.is_in().await), (StatusCode::FORBIDDEN, false));
    for token in ["TlRMTVNTUAABAAAAB4IIAA==", "", "%%%", "YII=", &"A".repeat(100_000)] {
        let mut other = Visitor::new(&app);
        other.headers = vec![("authorization", format!("Negotiate {token}"))];
        let answer = other.get("/sign-in/spnego").await;
        assert!(answer.status.is_client_error(), "{} {}", token.len(), answer.status);
        other.headers.clear();
        assert!(!other.is_in().await);
    }
    // An administrator's second name, and a password sent where a ticket belongs.
    ticket(folder.path(), "alice/admin", "alicepw").await;
    let said = curl(&app, folder.path()).await;
    assert!(said.contains("< HTTP/1.1 403"), "{said}");
    assert_eq!(texts(&app.app.db, "SELECT login FROM person WHERE login <> 'tester'").await, ["kim"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_for_another_service_or_realm_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    ticket(folder.path(), "kim", "kimpw").await;
    let keytab = peers::kdc("http.keytab");
    let realm = format!(
        "[auth.spnego]\nkeytab = {keytab:?}\nrealm = \"OTHER.TEST\"\nservice = \"HTTP/localhost@EXAMPLE.TEST\"\n"
    );
    for settings in [settings("other.keytab", ""), realm] {
        let app = TestApp::start(Database::Sqlite, &settings).await;
        let said = curl(&app, folder.path()).await;
        assert!(said.contains("< HTTP/1.1 403"), "{said}");
        app.stop().await;
    }
    // Without a directory he is who the realm says: a new person, or a question where the login is taken.
    for (login, status) in [("kim", "403"), ("somebody", "303")] {
        let app = TestApp::start(Database::Sqlite, &settings("http.keytab", "")).await;
        reeve_tests::execute(&app.app.db, &format!("UPDATE person SET login = '{login}'")).await;
        let said = curl(&app, folder.path()).await;
        assert!(said.contains(&format!("< HTTP/1.1 {status}")), "{login}: {said}");
        app.stop().await;
    }
    let nowhere = "[auth.spnego]\nkeytab = \"/nowhere\"\nrealm = \"EXAMPLE.TEST\"\n";
    let wrong = reeve::auth::Auth::new(&reeve::config::parse(nowhere, "reeve.toml").unwrap()).wrong.unwrap();
    assert!(wrong.contains("[auth.spnego] keytab: cannot read /nowhere"), "{wrong}");
}
