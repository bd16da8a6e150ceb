//! An analyst asks for more days, the owner offers fewer, the analyst accepts: by forms, with script and without.

use super::Portal;
use reeve_model::request::RequestDetail;
use reeve_tests::Seat;
use reeve_tests::browser::{Browser, Settings};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn days_are_agreed_without_script_in_korean() {
    agreed(Settings::WITHOUT_SCRIPT, "ko").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_agreed_on_a_phone() {
    agreed(Settings::PHONE, "en").await;
}

async fn sit(browser: &Browser, seat: &Seat) {
    let (name, token) = seat.cookie();
    browser.set_cookie(name, token).await;
}

/// Chooses one of the acts of the form and sends it.
async fn act(browser: &Browser, act: &str) {
    browser.click(&format!("input[name=action][value={act}]")).await;
    browser.click("form[action$='/decisions'] button[type=submit]").await;
}

async fn agreed(settings: Settings, lang: &str) {
    let portal = Portal::start().await;
    let app = &portal.app;
    let (database, table) = portal.richest_table().await;
    let (analyst, owner) = (app.seat("analyst", &[]).await, app.seat("owner", &[]).await);
    let policy = json!({ "reason": "the story begins with it", "policy": {
        "name": "week", "scope": { "kind": "database", "name": database }, "period": "7d",
        "clock": { "kind": "partition_value", "zone": "Asia/Seoul" }, "basis": "the platform keeps what it can in a week",
        "valid_from": "2026-01-01"
    } });
    assert_eq!(app.send_json(Method::PUT, "/api/v1/policies/week", &policy).await.status, StatusCode::OK);
    let owners = json!({ "owners": [{ "holder": "owner" }] });
    let path = format!("/api/v1/tables/{database}/{table}/owners");
    assert_eq!(app.send_json(Method::PUT, &path, &owners).await.status, StatusCode::OK);
    // What is large or personal needs others besides; this story is the owner's.
    reeve_tests::execute(&app.app.db, "UPDATE column_note SET class = 'none'").await;
    reeve_tests::execute(&app.app.db, "UPDATE catalog_table SET size_bytes = 1000000000").await;

    let browser = portal.browser(settings).await;
    sit(&browser, &analyst).await;
    portal.open(&browser, &format!("/tables/{database}/{table}?lang={lang}")).await;
    browser.click("a[href^='/requests/new/retention']").await;
    for (field, text) in [("#extend-days", "90"), ("#extend-reason", "재방문 코호트 분석")] {
        browser.element(field).await.clear().await.expect("the field can be emptied");
        browser.fill(field, text).await;
    }
    browser.click("form[action='/requests/new/retention'] button[value=look]").await;
    browser.until("it says who decides", async |b| b.text().await.contains("owner")).await;
    browser.click("form[action='/requests/new/retention'] button[value=send]").await;
    browser.until("it is filed", async |b| b.address().await.contains("/requests/1")).await;

    sit(&browser, &owner).await;
    portal.open(&browser, "/inbox").await;
    browser.click("main a[href*='open=1']").await;
    browser.element("#request-days").await.clear().await.expect("the field can be emptied");
    browser.fill("#request-days", "30").await;
    act(&browser, "counter").await;
    let state = async || app.read::<RequestDetail>("/api/v1/requests/1").await.summary.state;
    browser.until("it is offered", async |_| state().await == reeve_model::request::StateWord::Offered).await;

    sit(&browser, &analyst).await;
    portal.open(&browser, "/requests/1").await;
    act(&browser, "accept").await;
    browser.until("it is agreed", async |_| state().await == reeve_model::request::StateWord::Verified).await;
    let now: Value = app.read(&format!("/api/v1/retention/{database}/{table}")).await;
    assert_eq!((now["days"].as_i64(), now["agreement"].as_i64()), (Some(30), Some(1)), "{now}");
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
    portal.app.stop().await;
}
