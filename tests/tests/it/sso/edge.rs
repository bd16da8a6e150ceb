//! TLS by the portal itself, what stands before it, and the names it answers to.

use super::visitor::{Visitor, told};
use reeve_tests::{Answer, Database, Reeve, TestApp, http_client, peers, texts};
use reqwest::{Method, StatusCode};
use std::path::Path;
use std::time::Duration;

/// The common name in the certificate that the portal shows now.
async fn shown(port: u16) -> Vec<u8> {
    let tls = reeve_crawlers::tls::client_config(Some(&peers::certificate("ca.crt"))).unwrap();
    // Under the name that it has: the test looks at what is shown.
    // It may be changed between one look and the next.
    for name in ["localhost", "elsewhere.example", "localhost", "elsewhere.example"] {
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::clone(&tls));
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        if let Ok(stream) = connector.connect(name.try_into().unwrap(), stream).await {
            return stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
        }
    }
    panic!("no certificate that is to be trusted is shown")
}

fn der(name: &str) -> Vec<u8> {
    use base64::Engine;
    let pem = std::fs::read_to_string(peers::certificate(name)).unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::prelude::BASE64_STANDARD.decode(body).unwrap()
}

fn put(name: &str, to: &Path) {
    // As a new file in its place, which is how tools do it.
    let part = to.with_extension("part");
    std::fs::copy(peers::certificate(name), &part).unwrap();
    std::fs::rename(part, to).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_changed_while_the_portal_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("portal.crt"), folder.path().join("portal.key"));
    put("server.crt", &certificate);
    put("server.key", &key);
    let sections = format!("[server]\ntls = {{ certificate = {certificate:?}, key = {key:?} }}\n");
    let app = TestApp::start(Database::Sqlite, &sections).await;
    assert!(app.url.starts_with("https://"));
    let port = reqwest::Url::parse(&app.url).unwrap().port().unwrap();
    assert_eq!(shown(port).await, der("server.crt"));
    // Cookies are for https alone, and browsers stay with it.
    let mut kim = Visitor::new(&app);
    let page = kim.get("/sign-in").await;
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-reeve_") && cookie.contains("; Secure") && cookie.contains("; Path=/"),
        "{cookie}"
    );
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && !cookie.contains("Domain"),
        "{cookie}"
    );
    assert_eq!(app.get("/").await.status, StatusCode::OK, "and a session goes on by such a cookie");
    // Whoever connects and says nothing holds up nobody.
    let silent = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    // A new one is in use soon; what is no pair, out of date or no certificate is not.
    put("wrong.crt", &certificate);
    app.until("the new certificate is shown", async |_| shown(port).await == der("wrong.crt")).await;
    for bad in ["other-ca.crt", "expired.crt", "server.key"] {
        put(bad, &certificate);
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(shown(port).await, der("wrong.crt"), "{bad}");
    }
    put("server.crt", &certificate);
    app.until("the first is shown again", async |_| shown(port).await == der("server.crt")).await;
    drop(silent);
    app.stop().await;
}

/// A request in the name of a host, as whoever reaches our address can write it.
async fn named(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let client = http_client();
    let mut request = client.request(method, format!("{}{path}", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_answers_to_its_own_names_only() {
    let sections = "[server]\nexternal_url = \"https://catalog.example.com\"\n";
    let app = TestApp::start(Database::Sqlite, sections).await;
    let get = async |path: &str, host: &str| named(&app, Method::GET, path, &[("host", host)]).await;
    for good in ["catalog.example.com", "CATALOG.example.com:443", "127.0.0.1:1", "localhost"] {
        let page = get("/sign-in", good).await;
        assert_eq!(page.status, StatusCode::OK, "{good}");
        assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
        assert!(page.headers["set-cookie"].to_str().unwrap().starts_with("__Host-reeve_"));
    }
    for bad in [
        "evil.example",
        "catalog.example.com:8443",
        "catalog.example.com.evil.example",
        "evil@catalog.example.com",
        "catalog.example.com@evil.example",
        "xcatalog.example.com",
        "10.0.0.1",
    ] {
        let page = get("/sign-in", bad).await;
        assert!(
            page.status == StatusCode::FORBIDDEN || page.status == StatusCode::BAD_REQUEST,
            "{bad}: {}",
            page.status
        );
        assert!(page.headers.get("set-cookie").is_none() && !page.body.contains("form_token"), "{bad}");
    }
    // Probes come by address.
    assert_eq!(get("/healthz", "10.1.2.3:8080").await.status, StatusCode::OK);
    // What a proxy says of the host is not asked for, and nothing that we say repeats it.
    let headers =
        [("host", "catalog.example.com"), ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "http")];
    let page = named(&app, Method::GET, "/sources", &headers).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fsources"));
    // A form from another scheme, port or sibling is another site's.
    let post = async |origin: &str| {
        let headers = [("host", "catalog.example.com"), ("origin", origin), ("accept-language", "en")];
        named(&app, Method::POST, "/sign-in", &headers).await.body
    };
    for foreign in
        ["http://catalog.example.com", "https://catalog.example.com:8443", "https://evil.example.com", "null"]
    {
        assert!(post(foreign).await.contains("another site"), "{foreign}");
    }
    assert!(!post("https://catalog.example.com").await.contains("another site"), "only its form token is missing");
    app.stop().await;
}

/// How many of these are asked to slow down: each says that it comes from elsewhere.
async fn slowed(trusted: &str, header: &'static str) -> usize {
    let sections = format!("[server]\ntrusted_proxies = [{trusted}]\n");
    let app = TestApp::start(Database::Sqlite, &sections).await;
    let mut slowed = 0;
    for n in 0..20 {
        let mut out = Visitor::new(&app);
        let value =
            if header == "forwarded" { format!("for=198.51.100.{n}") } else { format!("203.0.113.1, 198.51.100.{n}") };
        out.headers = vec![(header, value)];
        let answer = out.sign_in(&format!("nobody{n}"), "wrong horse battery").await;
        assert!(!told(&answer).is_empty());
        slowed += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    if trusted.is_empty() {
        let seen = "SELECT DISTINCT address FROM audit WHERE action = 'sign_in_refused'";
        app.until("refusals are written down", async |app| !texts(&app.app.db, seen).await.is_empty()).await;
        assert_eq!(texts(&app.app.db, seen).await, ["127.0.0.1"]);
    }
    app.stop().await;
    slowed
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_believed_of_a_trusted_proxy_only() {
    assert!(slowed("", "x-forwarded-for").await >= 3, "whoever is no proxy makes himself no new addresses");
    assert_eq!(slowed("\"127.0.0.0/8\"", "x-forwarded-for").await, 0, "people behind a proxy have an address each");
    assert!(slowed("\"127.0.0.0/8\"", "forwarded").await >= 3, "by one header, and no other");
    assert!(slowed("\"10.0.0.0/8\"", "x-forwarded-for").await >= 3, "another proxy is none of ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_this_machine_only_with_tls_or_where_that_is_said() {
    let refused = |server: &str| {
        let config = reeve::config::parse(&format!("[server]\n{server}\n"), "reeve.toml");
        config.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let told = refused("listen = \"0.0.0.0:8080\"");
    assert!(told.contains("reeve.toml:2") && told.contains("[server.tls]") && told.contains("external_url"), "{told}");
    assert!(!refused("listen = \"0.0.0.0:8080\"\nexternal_url = \"http://catalog.example.com\"").is_empty());
    for safe in [
        "listen = \"0.0.0.0:8080\"\nexternal_url = \"https://catalog.example.com\"",
        "listen = \"[::]:8080\"\ntls = { certificate = \"a\", key = \"b\" }",
        "listen = \"0.0.0.0:8080\"\nallow_plain_http = true",
        "listen = \"127.0.0.1:8080\"",
    ] {
        assert_eq!(refused(safe), "", "{safe}");
    }
    for wrong in
        ["catalog.example.com", "https://catalog.example.com/reeve", "ftp://x", "https://a:b@c", "https://c?x=1"]
    {
        assert!(refused(&format!("external_url = \"{wrong}\"")).contains("is not an address of the portal"), "{wrong}");
    }
    assert!(refused("trusted_proxies = [\"10.0.0.0/33\"]").contains("is not a network"));
    // A pair that is none keeps the portal from starting, and says which files.
    let (certificate, key) = (peers::certificate("other-ca.crt"), peers::certificate("server.key"));
    let sections = format!("[server.tls]\ncertificate = {certificate:?}\nkey = {key:?}\n");
    let reeve = Reeve::new(Database::Sqlite, &sections).await;
    let ended = reeve.run(&["serve"]).await;
    assert!(ended.code == Some(1) && ended.stderr.contains("server.key is not the key of"), "{ended:?}");
}
