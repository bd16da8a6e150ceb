//! Every link of every page, followed as each role: nothing breaks, and no form is taken without its token.

use reeve_model::Word;
use reeve_model::permission::Role;
use reeve_tests::{Database, Metastore, Seat, TestApp};
use reqwest::{Method, StatusCode};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many pages of one kind are opened: a thousand tables have one page.
const OF_A_KIND: usize = 3;

/// What stands in an attribute, with its entities.
fn attributes<'a>(html: &'a str, attribute: &'a str) -> impl Iterator<Item = String> + 'a {
    html.split(attribute)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|value| value.replace("&amp;", "&").replace("&#x3D;", "="))
}

/// Addresses of one kind: names and numbers in it are the same.
fn kind_of(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let keys: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let parts: Vec<&str> =
        path.split('/').enumerate().map(|(at, part)| if at == 1 || at > 3 { part } else { "*" }).collect();
    format!("{}?{}", parts.join("/"), keys.join("&"))
}

/// Follows links from the home page. Answers the addresses that were opened, with their status, and the forms.
async fn follow(seat: &Seat) -> (BTreeMap<String, StatusCode>, BTreeSet<String>) {
    let (mut seen, mut forms, mut kinds) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::<String, usize>::new());
    let mut next = VecDeque::from(["/".to_owned()]);
    while let Some(address) = next.pop_front() {
        if seen.contains_key(&address) {
            continue;
        }
        let of_a_kind = kinds.entry(kind_of(&address)).or_default();
        *of_a_kind += 1;
        if *of_a_kind > OF_A_KIND {
            continue;
        }
        let answer = seat.get(&address).await;
        seen.insert(address.clone(), answer.status);
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        let page = address.split('#').next().unwrap_or_default();
        for link in attributes(&answer.body, "href=\"") {
            let link = link.split('#').next().unwrap_or_default().to_owned();
            if link.starts_with('/') && !link.starts_with("/assets/") {
                next.push_back(link);
            } else if link.starts_with('?') {
                next.push_back(format!("{}{link}", page.split('?').next().unwrap_or_default()));
            }
        }
        for form in answer.body.split("<form").skip(1).filter_map(|rest| rest.split('>').next()) {
            if form.contains("method=\"post\"") {
                forms.extend(attributes(form, "action=\"").filter(|action| action != "/preferences/theme"));
            }
        }
    }
    (seen, forms)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_leads_somewhere_and_every_form_wants_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let metastore = Metastore::generate(folder.path(), 60, 600).await;
    let app = TestApp::start(Database::Sqlite, &metastore.source()).await;
    app.crawl("prod").await;
    app.until_indexed().await;
    for role in [Role::Analyst, Role::PrivacyOfficer, Role::Operator, Role::Administrator] {
        let seat = app.seat(role.as_str(), &[role]).await;
        let (seen, forms) = follow(&seat).await;
        assert!(seen.len() > 20, "{}: {seen:?}", role.as_str());
        let broken: Vec<_> =
            seen.iter().filter(|(_, status)| !(status.is_success() || status.is_redirection())).collect();
        assert!(broken.is_empty(), "{}: links that lead nowhere: {broken:?}", role.as_str());
        assert!(forms.contains("/sign-out"), "{forms:?}");
        let (name, token) = seat.cookie();
        let cookie = format!("{name}={token}");
        for form in &forms {
            let headers = [("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
            let forged = app.stranger().send(Method::POST, form, &headers).await;
            assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}: {form}: {}", role.as_str(), forged.body);
        }
    }
    app.stop().await;
}
