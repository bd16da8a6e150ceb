//! Sign-in at a real OpenID provider, each test with one of its own.

use super::text;
use super::visitor::{Visitor, told};
use chrono::TimeDelta;
use reeve_model::permission::Role;
use reeve_tests::{Answer, Database, Setup, TestApp, execute, http_client, peers, texts};
use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A provider of the test's own.
struct Provider {
    issuer: String,
}

impl Provider {
    async fn start(portal: &str, name: &str, more: Value) -> Self {
        let mut asked = json!({
            "redirects": [format!("{portal}/sign-in/oidc/{name}/callback")],
            "logouts": [format!("{portal}/sign-in")],
        });
        for (key, value) in more.as_object().unwrap() {
            asked[key] = value.clone();
        }
        let answer = http_client().post(format!("{}/providers", peers::oidc())).json(&asked).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        Self { issuer: answer["issuer"].as_str().unwrap().to_owned() }
    }

    /// Changes how it behaves; answers what it says to that.
    async fn now(&self, told: Value) -> Value {
        http_client().post(format!("{}/_ctl", self.issuer)).json(&told).send().await.unwrap().json().await.unwrap()
    }

    async fn asked(&self, route: &str) -> i64 {
        let counts: Value =
            http_client().get(format!("{}/_ctl", self.issuer)).send().await.unwrap().json().await.unwrap();
        counts["counts"][route].as_i64().unwrap_or_default()
    }

    /// `[[auth.oidc]]` of it.
    fn section(&self, name: &str, more: &str) -> String {
        format!(
            "[[auth.oidc]]\nname = \"{name}\"\ntitle = \"Company {name}\"\nissuer = \"{}\"\nclient_id = \"catalog\"\n\
             client_secret = \"catalog-secret-catalog-secret-32b\"\n\
             scopes = [\"openid\", \"profile\", \"email\", \"groups\"]\n{more}\n",
            self.issuer
        )
    }
}

/// A portal and its provider.
struct Both {
    app: TestApp,
    provider: Provider,
}

impl Both {
    async fn start(database: Database, settings: &str, more: Value) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let portal = format!("http://{}", listener.local_addr().unwrap());
        let mut more = more;
        if more["backchannel"] == true {
            more["backchannel"] = json!(format!("{portal}/sign-in/oidc/corp/backchannel-logout"));
        }
        let provider = Provider::start(&portal, "corp", more).await;
        let sections = format!("[server]\nexternal_url = \"{portal}\"\n{ROLES}{}", provider.section("corp", settings));
        let setup = Setup { listener: Some(listener), ..Setup::default() };
        Self { app: TestApp::start_with(database, &sections, setup).await, provider }
    }

    fn visitor(&self) -> Visitor {
        Visitor::new(&self.app)
    }

    /// From our link to the address that the provider sends the browser back to.
    async fn sign_in_there(&self, visitor: &mut Visitor, login: &str, next: &str) -> Url {
        let path = format!("/sign-in/oidc/corp?next={}", reeve_tests::escaped(next));
        let begun = visitor.get(&path).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", told(&begun));
        self.enter_there(visitor, begun.header("location"), login).await
    }

    async fn enter_there(&self, visitor: &mut Visitor, to: &str, login: &str) -> Url {
        let mut at = visitor.url(to);
        for _ in 0..10 {
            if at.path().ends_with("/callback") {
                return at;
            }
            let answer = if at.path().starts_with("/login/") {
                let password = format!("{login}pw");
                visitor.send(Method::POST, at.as_str(), &[("login", login), ("password", &password)]).await
            } else {
                visitor.get(at.as_str()).await
            };
            assert!(answer.status.is_redirection(), "{at}: {} {}", answer.status, answer.body);
            at = at.join(answer.header("location")).unwrap();
        }
        panic!("it leads nowhere: {at}")
    }

    /// The whole of it, to the portal's answer to the callback.
    async fn sign_in(&self, visitor: &mut Visitor, login: &str) -> Answer {
        let back = self.sign_in_there(visitor, login, "/").await;
        visitor.get(back.as_str()).await
    }

    async fn stop(self) {
        self.app.stop().await;
    }
}

const ROLES: &str = "[[auth.roles]]\nrole = \"administrator\"\ngroups = [\"catalog-admins\"]\n";

/// The same address with one parameter otherwise.
fn with(url: &Url, name: &str, value: Option<&str>) -> String {
    let mut changed = url.clone();
    let pairs: Vec<(String, String)> =
        url.query_pairs().filter(|(key, _)| key != name).map(|(k, v)| (k.into(), v.into())).collect();
    changed.query_pairs_mut().clear().extend_pairs(pairs).extend_pairs(value.map(|value| (name, value)));
    changed.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_comes_in_by_the_company_account_and_goes_out_there_too() {
    for database in [Database::Sqlite, Database::Postgres] {
        let both = Both::start(
            database,
            "trust_mail = true\n[auth.oidc.claims]\nemployee_number = \"employee_number\"",
            json!({}),
        )
        .await;
        let mut park = both.visitor();
        let page = park.get("/sign-in?next=%2Fsearch%3Fq%3Da").await.body;
        assert!(page.contains("href=\"/sign-in/oidc/corp?next=%2Fsearch%3Fq%3Da\""), "{page}");
        assert!(page.contains("Continue with Company corp"));
        let back = both.sign_in_there(&mut park, "park", "/search?q=a").await;
        let entered = park.get(back.as_str()).await;
        assert_eq!(
            (entered.status, entered.header("location")),
            (StatusCode::SEE_OTHER, "/search?q=a"),
            "{}",
            told(&entered)
        );
        assert_eq!((entered.header("referrer-policy"), entered.header("cache-control")), ("no-referrer", "no-store"));
        assert!(park.is_in().await);
        let who = "SELECT concat_ws(' ', p.login, p.name, p.mail, i.subject, i.employee_number, s.provider, g.name)
                   FROM session s JOIN person p ON p.id = s.person_id JOIN identity i ON i.person_id = p.id
                   JOIN person_group g ON g.person_id = p.id ORDER BY g.name";
        assert_eq!(
            texts(&both.app.app.db, who).await,
            [
                "park 박민수 park@example.test park 900003 corp catalog-admins",
                "park 박민수 park@example.test park 900003 corp everyone"
            ]
        );
        // Back again, or in a second tab: no error, and no second use.
        let again = park.get(back.as_str()).await;
        assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, "/"));
        // Out: our session first, then there, with the token that the provider gave.
        let out = park.submit("/", "/sign-out", &[]).await;
        let refresh = out.header("refresh").to_owned();
        assert_eq!(out.status, StatusCode::OK, "{refresh}");
        assert!(refresh.starts_with(&format!("0; url={}/session/end?", both.provider.issuer)), "{refresh}");
        assert!(refresh.contains("id_token_hint=ey") && refresh.contains("client_id=catalog"), "{refresh}");
        assert!(!park.is_in().await);
        let there = park.get(refresh.trim_start_matches("0; url=")).await;
        assert_eq!(there.status, StatusCode::OK, "{}", there.body);
        let acts = "SELECT concat_ws(' ', actor, action, new_value) FROM audit WHERE action = 'signed_in'";
        assert_eq!(text(&both.app, acts).await, "park signed_in corp");
        // Nothing that proves anything is kept as it is, but the token that ends the session there.
        let kept = texts(&both.app.app.db, "SELECT state_hash FROM oidc_flow").await;
        assert!(kept.iter().all(|hash| hash.len() == 64));
        both.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_and_in_the_browser_that_asked() {
    for database in [Database::Sqlite, Database::Postgres] {
        let both = Both::start(database, "", json!({})).await;
        let expired = "This sign-in has expired, was used before, or began in another browser. Start again here.";
        // The attacker's answer in the victim's browser: signed in as the attacker, were it taken.
        let mut attacker = both.visitor();
        let planted = both.sign_in_there(&mut attacker, "park", "/").await;
        let mut victim = both.visitor();
        victim.get("/sign-in").await;
        let answer = victim.get(planted.as_str()).await;
        assert_eq!((answer.status, told(&answer).as_str()), (StatusCode::BAD_REQUEST, expired));
        assert!(!victim.is_in().await);
        // With a state that is nobody's, none, or that of the victim's own sign-in with the attacker's code.
        for state in [Some("0"), None, Some("")] {
            assert_eq!(told(&victim.get(&with(&planted, "state", state)).await), expired);
        }
        let own = victim.get("/sign-in/oidc/corp").await;
        let own = Url::parse(own.header("location")).unwrap();
        let state = own.query_pairs().find(|(name, _)| name == "state").unwrap().1.to_string();
        let injected = victim.get(&with(&planted, "state", Some(&state))).await;
        assert_eq!(injected.status, StatusCode::FORBIDDEN, "PKCE and nonce bind the code: {}", told(&injected));
        assert!(!victim.is_in().await);
        // The victim used nothing up; the attacker comes in by it, once.
        assert_eq!(attacker.get(planted.as_str()).await.status, StatusCode::SEE_OTHER);
        attacker.submit("/", "/sign-out", &[]).await;
        attacker.get("/sign-in").await;
        assert_eq!(told(&attacker.get(planted.as_str()).await), expired);
        // Another provider's answer, and one that does not say whose it is although that was announced.
        let mut kim = both.visitor();
        for iss in [Some("https://evil.example"), None] {
            let back = both.sign_in_there(&mut kim, "kim", "/").await;
            let answer = kim.get(&with(&back, "iss", iss)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{iss:?}");
            assert!(!kim.is_in().await);
        }
        // Too late.
        let back = both.sign_in_there(&mut kim, "kim", "/").await;
        both.app.advance(TimeDelta::minutes(11));
        assert_eq!(told(&kim.get(back.as_str()).await), expired);
        // Turned away there; what the address says is not repeated.
        let begun = kim.get("/sign-in/oidc/corp").await;
        let begun = Url::parse(begun.header("location")).unwrap();
        let state = begun.query_pairs().find(|(name, _)| name == "state").unwrap().1.to_string();
        let iss = reeve_tests::escaped(&both.provider.issuer);
        let denied = format!(
            "/sign-in/oidc/corp/callback?state={state}&iss={iss}&error=%3Cscript%3E&error_description=%3Cscript%3E"
        );
        let answer = kim.get(&denied).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(
            told(&answer).starts_with("You did not sign in with the provider") && !answer.body.contains("%3Cscript")
        );
        both.stop().await;
    }
}

/// What a provider that is broken, or somebody in its place, might send.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_forged_old_or_for_others_is_not_believed() {
    let both = Both::start(Database::Sqlite, "", json!({})).await;
    let hour = 3600;
    let now = chrono::DateTime::timestamp(&both.app.app.clock.now());
    for forged in [
        json!({"claims": {"nonce": "another"}}),
        json!({"claims": {"nonce": null}}),
        json!({"claims": {"iss": "http://127.0.0.1:1"}}),
        json!({"claims": {"iss": format!("{}/", both.provider.issuer)}}),
        json!({"claims": {"aud": "another"}}),
        json!({"claims": {"aud": ["catalog", "another"]}}),
        json!({"claims": {"azp": "another"}}),
        json!({"claims": {"exp": now - 120}}),
        json!({"claims": {"iat": now - hour}}),
        json!({"claims": {"iat": now + 300, "exp": now + hour}}),
        json!({"claims": {"sub": ""}}),
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "foreign"}),
        json!({"header": {"typ": "logout+jwt"}}),
    ] {
        both.provider.now(json!({"forge": forged})).await;
        let mut kim = both.visitor();
        let answer = both.sign_in(&mut kim, "kim").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{forged}: {}", told(&answer));
        assert!(told(&answer).starts_with("What the provider said of you could not be verified"), "{forged}");
        assert!(!kim.is_in().await);
    }
    both.provider.now(json!({"forge": null})).await;
    assert!(texts(&both.app.app.db, "SELECT login FROM person WHERE login <> 'tester'").await.is_empty());
    both.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_fetched_once_and_a_silent_provider_keeps_nobody_else_out() {
    let both = Both::start(Database::Sqlite, "", json!({})).await;
    let mut kim = both.visitor();
    assert_eq!(both.sign_in(&mut kim, "kim").await.status, StatusCode::SEE_OTHER);
    let fetched = both.provider.asked("jwks").await;
    for rotate in [json!(true), json!("drop")] {
        both.provider.now(json!({"rotate": rotate})).await;
        both.app.advance(TimeDelta::seconds(61));
        let mut lee = both.visitor();
        let entered = both.sign_in(&mut lee, "lee").await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{rotate}: {}", told(&entered));
    }
    assert_eq!(both.provider.asked("jwks").await, fetched + 2);
    // A key that never was: fetched once a minute, not for every token.
    both.provider.now(json!({"forge": {"header": {"kid": "never"}}})).await;
    for _ in 0..3 {
        let mut choi = both.visitor();
        assert_eq!(both.sign_in(&mut choi, "choi").await.status, StatusCode::FORBIDDEN);
    }
    assert!(both.provider.asked("jwks").await <= fetched + 3);
    both.provider.now(json!({"forge": null})).await;
    // The exchange fails, or hangs up: no answer, and not a wrong password.
    for fail in [json!({"token": 503}), json!({"token": "drop"})] {
        both.provider.now(json!({"fail": fail})).await;
        let mut lee = both.visitor();
        let answer = both.sign_in(&mut lee, "lee").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{fail}: {}", told(&answer));
    }
    both.provider.now(json!({})).await;
    // Down for hours: what is known is used for a day, then the page says who is silent.
    both.provider.now(json!({"fail": {"discovery": 503}})).await;
    both.app.advance(TimeDelta::hours(2));
    assert_eq!(both.visitor().get("/sign-in/oidc/corp").await.status, StatusCode::SEE_OTHER);
    both.app.advance(TimeDelta::hours(25));
    let silent = both.visitor().get("/sign-in/oidc/corp").await;
    assert_eq!(silent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(both.visitor().get("/sign-in").await.body.contains("Company corp did not answer when it was last asked."));
    both.provider.now(json!({})).await;
    both.app.advance(TimeDelta::seconds(11));
    assert_eq!(both.visitor().get("/sign-in/oidc/corp").await.status, StatusCode::SEE_OTHER);
    assert!(!both.visitor().get("/sign-in").await.body.contains("did not answer"));
    both.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_at_the_start_is_asked_when_somebody_comes() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let portal = format!("http://{}", listener.local_addr().unwrap());
    let provider = Provider::start(&portal, "corp", json!({})).await;
    let away = Provider { issuer: "http://127.0.0.1:1".to_owned() };
    provider.now(json!({"fail": {"discovery": "drop"}})).await;
    let sections = format!(
        "[server]\nexternal_url = \"{portal}\"\n{}{}",
        provider.section("corp", "timeout_seconds = 2"),
        away.section("away", "timeout_seconds = 2")
    );
    let setup = Setup { listener: Some(listener), ..Setup::default() };
    let both = Both { app: TestApp::start_with(Database::Sqlite, &sections, setup).await, provider };
    for name in ["corp", "away"] {
        let answer = both.visitor().get(&format!("/sign-in/oidc/{name}")).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(both.visitor().get("/sign-in/oidc/nowhere").await.status, StatusCode::NOT_FOUND);
    // An answer to one is none to the other.
    both.provider.now(json!({})).await;
    both.app.advance(TimeDelta::seconds(11));
    let mut kim = both.visitor();
    let back = both.sign_in_there(&mut kim, "kim", "/").await;
    let elsewhere = back.as_str().replace("/oidc/corp/", "/oidc/away/");
    assert_eq!(kim.get(&elsewhere).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(kim.get(back.as_str()).await.status, StatusCode::SEE_OTHER);
    both.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_come_in_every_shape_and_go_when_they_go() {
    let settings = "required_groups = [\"everyone\"]";
    let both = Both::start(Database::Sqlite, settings, json!({})).await;
    let groups =
        "SELECT g.name FROM person_group g JOIN person p ON p.id = g.person_id WHERE p.login = 'park' ORDER BY g.name";
    for (said, expected) in [
        (json!(["catalog-admins", "everyone"]), vec!["catalog-admins", "everyone"]),
        (json!("everyone,catalog-admins"), vec!["catalog-admins", "everyone"]),
        (json!(["everyone"]), vec!["everyone"]),
    ] {
        both.provider.now(json!({"user": {"sub": "park", "groups": said}})).await;
        let mut park = both.visitor();
        let entered = both.sign_in(&mut park, "park").await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{said}: {}", told(&entered));
        assert_eq!(texts(&both.app.app.db, groups).await, expected, "{said}");
    }
    // The gate fails closed: none of them, the claim absent, or an address in its place.
    for (said, more) in
        [(json!(["others"]), json!({})), (json!([]), json!({})), (json!(null), json!({"groups": "src1"}))]
    {
        both.provider.now(json!({"user": {"sub": "lee", "groups": said, "_claim_names": more}})).await;
        let mut lee = both.visitor();
        let answer = both.sign_in(&mut lee, "lee").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{said}");
        assert_eq!(told(&answer), "This account may not sign in here. If that is a mistake, ask your administrator.");
        assert!(!lee.is_in().await);
    }
    both.stop().await;
    // Claims only at userinfo, which must be about the same person and must answer.
    let both = Both::start(Database::Sqlite, settings, json!({"sparse": true})).await;
    let mut kim = both.visitor();
    let entered = both.sign_in(&mut kim, "kim").await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", told(&entered));
    let kim_is = "SELECT concat_ws(' ', login, name, mail) FROM person WHERE login = 'kim'";
    assert_eq!(text(&both.app, kim_is).await, "kim 김철수 kim@example.test");
    both.provider.now(json!({"userinfo": {"sub": "park"}})).await;
    let mut lee = both.visitor();
    assert_eq!(both.sign_in(&mut lee, "lee").await.status, StatusCode::FORBIDDEN);
    both.provider.now(json!({"userinfo": null, "fail": {"userinfo": 503}})).await;
    let mut lee = both.visitor();
    assert_eq!(both.sign_in(&mut lee, "lee").await.status, StatusCode::SERVICE_UNAVAILABLE);
    both.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_account_it_is_may_be_a_question_and_who_left_stays_outside() {
    for trust in [true, false] {
        let both = Both::start(Database::Sqlite, &format!("trust_mail = {trust}"), json!({})).await;
        let db = &both.app.app.db;
        execute(db, "UPDATE person SET mail = 'KIM@example.test', login = 'c.kim' WHERE login = 'tester'").await;
        let mut kim = both.visitor();
        assert_eq!(both.sign_in(&mut kim, "kim").await.status, StatusCode::SEE_OTHER);
        let of = "SELECT p.login FROM session s JOIN person p ON p.id = s.person_id WHERE s.provider = 'corp'";
        assert_eq!(
            text(&both.app, of).await,
            if trust { "c.kim" } else { "kim" },
            "by a verified mail of a trusted provider only"
        );
        // His mail with another subject of the same issuer: somebody asks an administrator.
        both.provider.now(json!({"user": {"sub": "kim2", "password": "kim2pw", "email": "kim@example.test", "email_verified": true, "preferred_username": "kim"}})).await;
        let mut other = both.visitor();
        let question = both.sign_in(&mut other, "kim2").await;
        assert_eq!(question.status, StatusCode::FORBIDDEN);
        assert!(told(&question).starts_with("Your sign-in is right, but nobody can tell yet"), "{}", told(&question));
        assert!(!other.is_in().await);
        let asked = "SELECT concat_ws(' ', object_name, reason) FROM audit WHERE action = 'sign_in_refused'";
        assert_eq!(text(&both.app, asked).await, "kim question");
        // He says whose it is: not somebody's who has the login already, nor nobody's.
        let admin = both.app.seat("root", &[Role::Administrator]).await;
        let page = admin.get("/people").await;
        assert!(page.body.contains("Whose account is it?"), "{}", page.body);
        let account = format!(
            "/people/accounts/{}",
            text(&both.app, "SELECT CAST(id AS TEXT) FROM identity WHERE person_id IS NULL").await
        );
        for (answer, login, mistake) in [
            ("known", "nobody.here", "Nobody is called so"),
            ("new", "root", "Somebody has this login"),
            ("known", " ", "Enter something here"),
        ] {
            let back = admin.submit(&account, &[("answer", answer), ("login", login)]).await;
            assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
            assert!(back.body.contains(mistake), "{login}: {}", back.body);
        }
        let right = admin.submit(&account, &[("answer", "new"), ("login", "Kim.Second")]).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER);
        assert!(!admin.get("/people").await.body.contains("Whose account is it?"));
        assert_eq!(both.sign_in(&mut other, "kim2").await.status, StatusCode::SEE_OTHER);
        let joined = "SELECT concat_ws(' ', actor, object_name, new_value) FROM audit WHERE action = 'identity_joined'";
        assert_eq!(text(&both.app, joined).await, "root kim.second corp: kim");
        // Not verified, or not said to be: mail joins nobody.
        for verified in [json!(false), json!("false"), json!(null)] {
            let sub = format!("x{verified}").replace('"', "x");
            both.provider.now(json!({"user": {"sub": sub, "password": format!("{sub}pw"), "email": "kim@example.test", "email_verified": verified, "preferred_username": sub}})).await;
            let mut stranger = both.visitor();
            assert_eq!(both.sign_in(&mut stranger, &sub).await.status, StatusCode::SEE_OTHER, "{sub}");
        }
        // Departed: out at the next request, and no way in.
        assert!(kim.is_in().await);
        execute(db, "UPDATE person SET state = 'departed' WHERE login IN ('kim', 'c.kim')").await;
        assert!(!kim.is_in().await);
        kim.cookies.clear();
        let refused = both.sign_in(&mut kim, "kim").await;
        assert_eq!(
            (refused.status, told(&refused).starts_with("This account may not sign in here")),
            (StatusCode::FORBIDDEN, true)
        );
        both.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_there_is_out_here() {
    for database in [Database::Sqlite, Database::Postgres] {
        let both = Both::start(database, "", json!({"backchannel": true})).await;
        let path = "/sign-in/oidc/corp/backchannel-logout";
        let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
        let mut kim = both.visitor();
        assert_eq!(both.sign_in(&mut kim, "kim").await.status, StatusCode::SEE_OTHER);
        let sid = text(&both.app, "SELECT sid FROM session WHERE provider = 'corp'").await;
        assert!(!sid.is_empty());
        // What is no logout token ends nothing.
        let wrong = [
            json!({"claims": {"sub": "kim", "sid": sid, "events": event, "iss": "https://evil.example"}}),
            json!({"claims": {"sub": "kim", "sid": sid, "events": event, "aud": "another"}}),
            json!({"claims": {"sub": "kim", "sid": sid, "events": event, "nonce": "n"}}),
            json!({"claims": {"sub": "kim", "sid": sid, "events": event, "iat": 1_000_000_000}}),
            json!({"claims": {"sub": "kim", "sid": sid, "events": event, "jti": null}}),
            json!({"claims": {"sub": "kim", "sid": sid, "events": {"http://schemas.openid.net/event/backchannel-logout": null}}}),
            json!({"claims": {"sub": "kim", "sid": sid, "events": null}}),
            json!({"claims": {"events": event}}),
            json!({"claims": {"sub": "kim", "sid": sid, "events": event}, "header": {"typ": "at+jwt"}}),
        ];
        for sign in wrong {
            let token = both.provider.now(json!({"sign": sign})).await["token"].as_str().unwrap().to_owned();
            let answer = Visitor::new(&both.app).send(Method::POST, path, &[("logout_token", &token)]).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{sign}");
        }
        for token in ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
            let answer = Visitor::new(&both.app).send(Method::POST, path, &[("logout_token", token)]).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{token}");
        }
        assert!(kim.is_in().await);
        // One that is: without `exp`, for a session that is not ours, and so for the person.
        let sign = json!({"claims": {"sub": "kim", "sid": "unknown", "events": event, "exp": null}});
        let token = both.provider.now(json!({"sign": sign})).await["token"].as_str().unwrap().to_owned();
        let tampered = format!("{}x", &token[..token.len() - 1]);
        let answer = Visitor::new(&both.app).send(Method::POST, path, &[("logout_token", &tampered)]).await;
        assert_eq!((answer.status, kim.is_in().await), (StatusCode::BAD_REQUEST, true));
        let answer = Visitor::new(&both.app).send(Method::POST, path, &[("logout_token", &token)]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"), "{}", answer.body);
        assert!(!kim.is_in().await);
        // Twice the same ends nobody who came back meanwhile.
        kim.cookies.retain(|(place, _), _| !both.app.url.ends_with(place.as_str()));
        assert_eq!(both.sign_in(&mut kim, "kim").await.status, StatusCode::SEE_OTHER);
        let again = Visitor::new(&both.app).send(Method::POST, path, &[("logout_token", &token)]).await;
        assert_eq!((again.status, kim.is_in().await), (StatusCode::BAD_REQUEST, true));
        // By the provider itself: he signs out there, by its page.
        let end = kim.get(&format!("{}/session/end", both.provider.issuer)).await.body;
        let secret =
            end.split("name=\"xsrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let confirm = format!("{}/session/end/confirm", both.provider.issuer);
        let ended = kim.send(Method::POST, &confirm, &[("xsrf", &secret), ("logout", "yes")]).await;
        assert!(ended.status.is_success() || ended.status.is_redirection(), "{}", ended.body);
        let mut out = false;
        for _ in 0..100 {
            out = !kim.is_in().await;
            if out {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(out, "the provider told us that he left");
        let revoked = texts(&both.app.app.db, "SELECT reason FROM audit WHERE action = 'session_revoked'").await;
        assert_eq!(revoked, ["signed_out_at_provider", "signed_out_at_provider"]);
        both.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_elsewhere() {
    let both = Both::start(Database::Sqlite, "", json!({})).await;
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/a\\b",
        "javascript:alert(1)",
        "/\tevil",
        "/%5c/x\\",
    ] {
        let mut kim = both.visitor();
        let back = both.sign_in_there(&mut kim, "kim", next).await;
        assert_eq!(kim.get(back.as_str()).await.header("location"), "/", "{next}");
    }
    // Where the provider sends the browser back to follows from the settings, whatever the request says.
    let mut kim = both.visitor();
    kim.headers = vec![("x-forwarded-host", "evil.example".to_owned()), ("forwarded", "host=evil.example".to_owned())];
    let begun = kim.get("/sign-in/oidc/corp").await;
    let begun = Url::parse(begun.header("location")).unwrap();
    let redirect = begun.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.to_string();
    assert_eq!(redirect, format!("{}/sign-in/oidc/corp/callback", both.app.url));
    let told: Vec<String> = begun.query_pairs().map(|(name, _)| name.to_string()).collect();
    for parameter in ["state", "nonce", "code_challenge", "code_challenge_method", "response_mode"] {
        assert!(told.iter().any(|name| name == parameter), "{parameter} is not in {begun}");
    }
    both.stop().await;
}
