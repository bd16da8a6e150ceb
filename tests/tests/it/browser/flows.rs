//! What people do, with script, without it, and by keyboard alone. Elements are found by what they are to a
//! reader (roles, names, addresses), not by how they are styled.

use super::Portal;
use fantoccini::key::Key;
use reeve_tests::browser::{Browser, Settings};
use reeve_tests::escaped;
use std::time::Duration;

/// The search field of the pages that are a search.
const SEARCH: &str = "input[data-search=main]";
const CRAWL_NOW: &str = "form[action='/sources/prod/crawl'] button";

/// How many hits or rows a page announces, as a number.
async fn announced(browser: &Browser) -> u64 {
    let text = browser.element("main p[role=status] b").await.text().await.expect("a count");
    let digits: String =
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.replace(',', "").parse().unwrap_or_else(|_| panic!("no number in {text:?}"))
}

/// Presses Ctrl-K until the palette, once awake, opens.
async fn open_palette(browser: &Browser) {
    browser
        .until("Ctrl-K opens the palette", async |b| {
            b.chord(Key::Control, 'k').await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            !b.elements("dialog[open]").await.is_empty()
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_while_typing() {
    let portal = Portal::start().await;
    let browser = portal.browser(Settings::default()).await;
    let (database, table) = portal.richest_table().await;
    portal.open(&browser, "/?lang=en").await;
    let name = format!("{database}.{table}");
    // What is typed before the island is awake goes unnoticed, so it is typed until it is noticed.
    browser
        .until("the table is suggested", async |b| {
            b.element(SEARCH).await.clear().await.expect("the field can be emptied");
            b.fill(SEARCH, &name).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            b.text_of("[role=option]").await.contains(&table)
        })
        .await;
    browser.press(&String::from(char::from(Key::Down))).await;
    browser.press(&String::from(char::from(Key::Enter))).await;
    let address = format!("/tables/{database}/{table}");
    browser.until("the chosen table is open", async |b| b.address().await.contains(&address)).await;
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
    portal.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_palette_opens_by_its_keys() {
    let portal = Portal::start().await;
    let browser = portal.browser(Settings::default()).await;
    let (database, table) = portal.richest_table().await;
    portal.open(&browser, "/sources?lang=en").await;
    open_palette(&browser).await;
    browser.press(&format!("{database}.{table}")).await;
    browser
        .until("the palette finds the table", async |b| b.text_of("dialog[open] [role=option]").await.contains(&table))
        .await;
    browser.press(&String::from(char::from(Key::Enter))).await;
    let address = format!("/tables/{database}/{table}");
    browser.until("the chosen table is open", async |b| b.address().await.contains(&address)).await;

    open_palette(&browser).await;
    browser.press(&String::from(char::from(Key::Escape))).await;
    browser.until("Escape closes the palette", async |b| b.elements("dialog[open]").await.is_empty()).await;
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
    portal.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_is_watched_to_its_end() {
    let portal = Portal::start().await;
    let browser = portal.browser(Settings::default()).await;
    portal.open(&browser, "/sources/prod?lang=en").await;
    browser.click(CRAWL_NOW).await;
    browser.until("the crawl has run", async |b| b.text().await.contains("300 of 300")).await;
    let crawls: serde_json::Value = portal.app.read("/api/v1/crawls?source=prod").await;
    assert_eq!(crawls["total"], 2, "{crawls}");
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
    portal.app.stop().await;
}

/// Language, theme, search, facets, the columns of a table and a crawl: the same with script and without.
async fn everything_by_links_and_forms(settings: Settings) {
    let portal = Portal::start().await;
    let browser = portal.browser(settings).await;
    let (database, table) = portal.richest_table().await;
    portal.open(&browser, "/?lang=en").await;

    browser.click("a[hreflang=ko]").await;
    browser.element("html[lang=ko]").await;
    browser.click("a[hreflang=en]").await;
    browser.element("html[lang=en]").await;
    browser.click("form[action='/preferences/theme'] button").await;
    browser.element("html[data-theme=dark]").await;
    browser
        .until("the next page is dark too", async |browser| {
            portal.open(browser, "/databases").await;
            !browser.elements("html[data-theme=dark][lang=en]").await.is_empty()
        })
        .await;

    portal.open(&browser, "/").await;
    browser.fill(SEARCH, "주문").await;
    browser.press(&String::from(char::from(Key::Enter))).await;
    browser.until("results are shown", async |b| b.address().await.contains("/search?")).await;
    let all = announced(&browser).await;
    assert!(all > 3, "{all} hits for 주문");
    assert_eq!(all, portal.app.search("주문").await.total);

    browser.click("#filters input[name=type][value=view]").await;
    browser.click("#filters button[type=submit]").await;
    browser.until("the filter is in the address", async |b| b.address().await.contains("type=view")).await;
    browser.until("fewer hits are left", async |b| announced(b).await < all).await;
    browser.back().await.expect("back works");
    browser.until("all hits are back", async |b| announced(b).await == all).await;

    portal.open(&browser, &format!("/search?q={}", escaped(&format!("{database}.{table}")))).await;
    browser.click(&format!("main a[href^='/tables/{database}/{table}']")).await;
    browser
        .until("the table is open", async |b| b.address().await.contains(&format!("/tables/{database}/{table}")))
        .await;
    browser.click(&format!("a[href^='/tables/{database}/{table}/columns']")).await;
    let detail: reeve_model::asset::TableDetail = portal.app.read(&format!("/api/v1/tables/{database}/{table}")).await;
    let wanted = &detail.columns_list.last().expect("columns").name;
    browser.fill("form[action$='/columns'] input[name=q]", wanted).await;
    browser.press(&String::from(char::from(Key::Enter))).await;
    browser
        .until("only what matches is listed", async |b| {
            let rows = b.elements("#columns tr:not([hidden])").await;
            let matching = detail.columns_list.iter().chain(&detail.partition_keys).filter(|column| {
                [Some(&column.name), Some(&column.data_type), column.comment.as_ref()]
                    .into_iter()
                    .flatten()
                    .any(|text| text.to_lowercase().contains(&wanted.to_lowercase()))
            });
            !rows.is_empty() && rows.len() <= matching.count()
        })
        .await;
    assert!(browser.text().await.contains(wanted.as_str()));

    portal.open(&browser, "/sources").await;
    browser.click(CRAWL_NOW).await;
    portal
        .app
        .until("the crawl is over", async |app| {
            let crawls: reeve_model::asset::Paged<reeve_model::crawl::Crawl> =
                app.read("/api/v1/crawls?source=prod").await;
            crawls.total == 2 && crawls.items.iter().all(|crawl| crawl.state.is_over())
        })
        .await;
    portal.open(&browser, "/sources").await;
    assert!(browser.text().await.contains("300 of 300"), "{}", browser.text().await);
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
    portal.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_with_script() {
    everything_by_links_and_forms(Settings::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_without_script() {
    everything_by_links_and_forms(Settings::WITHOUT_SCRIPT).await;
}

/// From the first Tab to an open table without a pointer.
#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough() {
    let portal = Portal::start().await;
    let browser = portal.browser(Settings::default()).await;
    let (database, table) = portal.richest_table().await;
    portal.open(&browser, &format!("/search?lang=en&q={}", escaped(&format!("{database}.{table}")))).await;
    browser.press(&String::from(char::from(Key::Tab))).await;
    let first = browser.active_element().await.unwrap();
    assert_eq!(first.attr("href").await.unwrap().as_deref(), Some("#main"), "the first stop skips to the content");
    browser.press(&String::from(char::from(Key::Enter))).await;
    let mut stops = Vec::new();
    for _ in 0..300 {
        browser.press(&String::from(char::from(Key::Tab))).await;
        let focused = browser.active_element().await.unwrap();
        let href = focused.attr("href").await.unwrap().unwrap_or_default();
        if href.starts_with(&format!("/tables/{database}/{table}")) {
            browser.press(&String::from(char::from(Key::Enter))).await;
            let address = format!("/tables/{database}/{table}");
            browser.until("the table is open", async |b| b.address().await.contains(&address)).await;
            browser
                .until("the slash leads to the search field", async |b| {
                    let focused = b.active_element().await.expect("something has the focus");
                    if focused.attr("name").await.expect("it can be asked").as_deref() == Some("q") {
                        return true;
                    }
                    b.press("/").await;
                    false
                })
                .await;
            browser.close().await;
            portal.app.stop().await;
            return;
        }
        stops.push(href);
    }
    panic!("300 times Tab do not reach the first hit: {stops:?}");
}
