//! Every page in both languages and themes, wide and on a phone: accessible, quiet and complete.

use super::Portal;
use reeve_tests::browser::{Browser, Settings};
use reeve_tests::{escaped, peers};

#[tokio::test(flavor = "multi_thread")]
async fn english_light() {
    every_page("en", "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn english_dark() {
    every_page("en", "dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn korean_light() {
    every_page("ko", "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn korean_dark() {
    every_page("ko", "dark").await;
}

async fn every_page(lang: &str, theme: &str) {
    let portal = Portal::start().await;
    let (database, table) = portal.richest_table().await;
    let at_table = format!("/tables/{database}/{table}");
    let nothing = "zzzqqqxyz";
    let pages = [
        "/".to_owned(),
        "/search".to_owned(),
        format!("/search?q={}", escaped("주문")),
        format!("/search?q={}&explain=true", escaped("order db:")),
        format!("/search?q={nothing}"),
        "/databases".to_owned(),
        format!("/databases/{database}"),
        at_table.clone(),
        format!("{at_table}/columns"),
        format!("{at_table}/partitions"),
        format!("{at_table}/history"),
        "/sources".to_owned(),
        "/sources/prod".to_owned(),
        "/crawls/1".to_owned(),
        format!("{at_table}/edit"),
        format!("{at_table}/columns/edit"),
        "/tags".to_owned(),
        "/personal-data".to_owned(),
        format!("/search/edit?q={}", escaped("주문")),
        "/people".to_owned(),
        "/people/tester".to_owned(),
        "/people/principals?try=hive%2Fh1%40PROD".to_owned(),
        "/audit".to_owned(),
        "/audit?row=1".to_owned(),
        "/account".to_owned(),
        "/inbox".to_owned(),
        "/requests".to_owned(),
        format!("/requests/new/retention?table={database}.{table}"),
        "/audit".to_owned(),
        "/style-guide".to_owned(),
        "/notices/end/1.1.none".to_owned(),
        "/docs/api".to_owned(),
        "/tables/nowhere/nothing".to_owned(),
    ];
    let axe = peers::axe();
    let mut wrong = Vec::new();
    for settings in [Settings::default(), Settings::PHONE] {
        let browser = portal.browser(settings).await;
        for (name, value) in [("lang", lang), ("theme", theme)] {
            browser.set_cookie(name, value).await;
        }
        browser.complaints().await;
        for page in &pages {
            portal.open(&browser, page).await;
            let mut found = browser.accessibility_violations(&axe).await;
            found.extend(unlike(&browser, lang, theme, settings.width).await);
            // The page of a missing table is itself a 404, which Chromium notes.
            found.extend(
                browser.complaints().await.into_iter().filter(|c| !(page.contains("nowhere") && c.contains("404"))),
            );
            wrong.extend(found.into_iter().map(|found| format!("{page} at {} px: {found}", settings.width)));
        }
        browser.close().await;
    }
    portal.app.stop().await;
    assert!(wrong.is_empty(), "{} faults in {lang}, {theme}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What of language, theme and width the page does not keep to.
async fn unlike(browser: &Browser, lang: &str, theme: &str, width: u32) -> Vec<String> {
    let facts = "const root = document.documentElement; return {
        lang: root.lang, theme: root.dataset.theme, title: document.title, h1: document.querySelectorAll('h1').length,
        wide: root.scrollWidth - root.clientWidth,
        foreign: [...document.querySelectorAll('[src],link[href]')].map(e => e.src || e.href).filter(u => new URL(u).origin !== location.origin && !u.startsWith('data:')),
        unresolved: document.body.innerText.match(/\\{\\s*\\$[a-z-]+\\s*\\}/g) || [] }";
    let facts = browser.execute(facts, Vec::new()).await.expect("the page can be looked at");
    let mut unlike = Vec::new();
    let mut expect = |holds: bool, what: String| {
        if !holds {
            unlike.push(what);
        }
    };
    expect(facts["lang"] == lang, format!("lang is {}", facts["lang"]));
    expect(facts["theme"] == theme, format!("theme is {}", facts["theme"]));
    expect(facts["h1"] == 1, format!("{} h1", facts["h1"]));
    expect(
        facts["title"].as_str().is_some_and(|title| title.contains("Reeve")),
        format!("title is {}", facts["title"]),
    );
    expect(facts["wide"].as_i64() <= Some(0), format!("scrolls sideways by {} px at {width} px", facts["wide"]));
    expect(facts["foreign"].as_array().is_some_and(Vec::is_empty), format!("loads from outside: {}", facts["foreign"]));
    expect(
        facts["unresolved"].as_array().is_some_and(Vec::is_empty),
        format!("texts missing: {}", facts["unresolved"]),
    );
    unlike
}

/// Everything that the first visit loads, with an empty cache: the promise is 200 KB.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_is_light() {
    const PROMISED: f64 = 200_000.0;
    let portal = Portal::start().await;
    let browser = portal.browser(Settings::default()).await;
    portal.open(&browser, "/search?q=order").await;
    let loaded = async |b: &Browser| {
        let sum = "const of = kind => performance.getEntriesByType(kind).map(e => [e.name, e.transferSize]);
                   return [...of('navigation'), ...of('resource')]";
        let answer = b.execute(sum, Vec::new()).await.expect("sizes");
        serde_json::from_value::<Vec<(String, f64)>>(answer).expect("names with sizes")
    };
    browser
        .until("the bundle is loaded", async |b| loaded(b).await.iter().any(|(name, _)| name.contains(".wasm")))
        .await;
    let files = loaded(&browser).await;
    let bytes: f64 = files.iter().map(|(_, bytes)| bytes).sum();
    assert!(bytes > 1_000.0 && bytes < PROMISED, "{bytes} bytes: {files:?}");
    browser.close().await;
    portal.app.stop().await;
}
