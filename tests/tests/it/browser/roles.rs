//! What each role comes for, from one link and form to the next: with script and without, in both languages.

use super::Portal;
use reeve_model::asset::TableDetail;
use reeve_model::owner::Owners;
use reeve_model::permission::Role;
use reeve_tests::browser::{Browser, Settings};
use reeve_tests::{Seat, texts};

#[tokio::test(flavor = "multi_thread")]
async fn english_with_script() {
    every_role(Settings::default(), "en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn english_without_script() {
    every_role(Settings::WITHOUT_SCRIPT, "en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn korean_with_script() {
    every_role(Settings::PHONE, "ko").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn korean_without_script() {
    every_role(Settings::WITHOUT_SCRIPT, "ko").await;
}

/// One browser in which one after the other sits down.
struct Desk<'a> {
    portal: &'a Portal,
    browser: Browser,
    lang: &'static str,
}

impl Desk<'_> {
    async fn sit(&self, seat: &Seat) {
        let (name, token) = seat.cookie();
        self.browser.set_cookie(name, token).await;
    }

    async fn open(&self, path: &str) {
        let with = if path.contains('?') { '&' } else { '?' };
        self.portal.open(&self.browser, &format!("{path}{with}lang={}", self.lang)).await;
        self.browser.element(&format!("html[lang={}]", self.lang)).await;
    }

    async fn says(&self, what: &str) {
        self.browser.until(&format!("the page says {what}"), async |b| b.text().await.contains(what)).await;
    }

    /// The page that a form leads to is not an error.
    async fn sent(&self, form: &str) {
        self.browser.click(form).await;
        let gone = format!("{} leads on", form);
        self.browser.until(&gone, async |b| b.elements("main").await.len() == 1).await;
        let wrong = self.browser.text_of("[aria-invalid], .error, .callout.tone-bad").await;
        assert_eq!(wrong, "", "{form}: {}", self.browser.text().await);
    }
}

async fn every_role(settings: Settings, lang: &'static str) {
    let portal = Portal::start().await;
    let app = &portal.app;
    let (database, table) = portal.richest_table().await;
    let at_table = format!("/tables/{database}/{table}");
    let desk = Desk { portal: &portal, browser: portal.browser(settings).await, lang };
    let detail = async || app.read::<TableDetail>(&format!("/api/v1{at_table}")).await;

    // An analyst proposes a description; the form says what it lacks and keeps what was typed.
    desk.sit(&app.seat("analyst", &[]).await).await;
    desk.open(&format!("{at_table}/edit")).await;
    desk.browser.element("#description").await.clear().await.expect("the field can be emptied");
    desk.browser.fill("#description", "주문 한 건이 한 줄").await;
    desk.browser.fill("#why", "원천 문서").await;
    desk.sent(&format!("form[action='{at_table}/edit'] button[type=submit]")).await;
    desk.says("주문 한 건이 한 줄").await;
    assert_ne!(detail().await.summary.description.as_deref(), Some("주문 한 건이 한 줄"));
    desk.sent(&format!("form[action='{at_table}/watch'] button[value=yes]")).await;
    desk.open("/").await;
    desk.says(&table).await;

    // Somebody says that he is its owner, takes the proposal and certifies the table.
    desk.sit(&app.seat("owner", &[]).await).await;
    desk.open(&at_table).await;
    desk.sent(&format!("form[action='{at_table}/owners']:has(input[name=act][value=claim]) button")).await;
    let owners: Owners = app.read(&format!("/api/v1{at_table}/owners")).await;
    assert_eq!(owners.owners.first().map(|owner| owner.holder.word()).as_deref(), Some("owner"), "{owners:?}");
    desk.open(&at_table).await;
    desk.sent("form[action^='/proposals/'] button[name=decision][value=accept]").await;
    assert_eq!(detail().await.summary.description.as_deref(), Some("주문 한 건이 한 줄"));
    desk.open(&format!("{at_table}/edit")).await;
    desk.browser.click("input[name=certified]").await;
    desk.sent(&format!("form[action='{at_table}/edit'] button[type=submit]")).await;
    assert!(detail().await.summary.certified);

    // The privacy officer confirms what the crawl suggested, and reads who did what.
    desk.sit(&app.seat("officer", &[Role::PrivacyOfficer]).await).await;
    desk.open("/personal-data").await;
    desk.browser.click("input[name=column]").await;
    desk.sent("button[name=decision][value=confirm]").await;
    let confirmed = texts(&app.app.db, "SELECT class_by FROM column_note WHERE class IS NOT NULL").await;
    assert_eq!(confirmed, ["officer"]);
    desk.open("/audit?actor=officer").await;
    desk.says("officer").await;

    // The administrator keeps the owner out: what was his is a case.
    desk.sit(&app.seat("root", &[Role::Administrator]).await).await;
    desk.open("/people/owner").await;
    desk.browser.fill("form[action='/people/owner/state'] [name=reason]", "퇴사 처리").await;
    desk.sent("form[action='/people/owner/state'] button[value=disable]").await;
    desk.open("/people/principals").await;
    desk.browser.fill("#rule-pattern", "^etl_.*$").await;
    desk.browser.fill("#rule-value", "analyst").await;
    desk.sent("form[action='/people/principals'] button[name=action][value=preview]").await;

    // The operator hands it over, and starts a crawl.
    desk.sit(&app.seat("operator", &[Role::Operator]).await).await;
    desk.open("/succession").await;
    desk.browser.click("main a[href^='/succession/']").await;
    desk.browser.fill("#heir-other", "analyst").await;
    desk.sent("form[action$='/handover'] button[name=scope][value=all]").await;
    let owners: Owners = app.read(&format!("/api/v1{at_table}/owners")).await;
    assert_eq!(owners.owners.first().map(|owner| owner.holder.word()).as_deref(), Some("analyst"), "{owners:?}");
    desk.open("/sources").await;
    desk.sent("form[action='/sources/prod/crawl'] button").await;
    app.until("the crawl is over", async |app| {
        texts(&app.app.db, "SELECT state FROM crawl WHERE finished_at IS NULL").await.is_empty()
    })
    .await;

    // And whoever is done goes.
    desk.open("/account").await;
    desk.browser.click("form[action='/sign-out'] button").await;
    desk.browser.element("#login").await;
    assert_eq!(desk.browser.complaints().await, [""; 0]);
    desk.browser.close().await;
    portal.app.stop().await;
}
