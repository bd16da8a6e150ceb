use super::{database, fixtures, render, search, table};
use crate::fixture::chrome;
use crate::shell::Chrome;
use reeve_model::Word;
use reeve_model::reader::{Lang, Theme};

/// Every page in both languages, with a name that says which it is.
fn documents() -> Vec<(String, String)> {
    let mut documents = Vec::new();
    for &lang in Lang::ALL {
        for (name, uri, page) in fixtures() {
            let chrome = chrome(lang, (lang == Lang::Ko).then_some(Theme::Dark), uri);
            documents.push((format!("{name}.{}", lang.as_str()), render(&chrome, &*page)));
        }
    }
    documents
}

/// What stands in `<main>`, one element to a line; names of islands without the hash of their code, addresses of
/// assets without that of their content.
fn main_of(html: &str) -> String {
    let from = html.find("<main").unwrap_or_default();
    let to = html.find("</main>").unwrap_or(html.len());
    let html =
        html[from..to].replace("<!>", "").replace("><", ">\n<").replace(&crate::assets::url("icons.svg"), "icons.svg");
    let mut parts = html.split(" data-component=\"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (name, rest) in parts.filter_map(|part| part.split_once('_')) {
        text += " data-component=\"";
        text += name;
        text += rest.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    text
}

/// The tags of a document, without the text between them.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|part| part.split('>').next()).collect()
}

#[test]
fn every_page_reads_as_it_should() {
    for (name, html) in documents() {
        insta::assert_snapshot!(name, main_of(&html));
    }
}

#[test]
fn nothing_inline_that_the_policy_forbids() {
    for (name, html) in documents() {
        for tag in tags(&html) {
            let attributes = tag.split('"').step_by(2).flat_map(str::split_whitespace).skip(1);
            for attribute in attributes.filter(|attribute| attribute.ends_with('=')) {
                assert!(attribute != "style=" && !attribute.starts_with("on"), "{name}: <{tag}>");
            }
            assert!(!tag.starts_with("style") && !tag.contains("javascript:"), "{name}: <{tag}>");
            assert!(!tag.starts_with("script") || tag.contains("nonce=\"bm9uY2U\""), "{name}: <{tag}>");
        }
    }
}

/// Whoever adds a form that is posted has the session's token in it.
#[test]
fn every_posted_form_carries_the_token() {
    let mut forms = 0;
    for (name, uri, page) in fixtures() {
        let chrome = Chrome { form_token: "the-token".to_owned(), ..chrome(Lang::En, None, uri) };
        let html = render(&chrome, &*page);
        for form in html.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next()) {
            let tag = form.split('>').next().unwrap_or_default();
            // The theme is nobody's secret.
            if tag.contains("method=\"post\"") && !tag.contains("/preferences/theme") {
                assert!(form.contains("name=\"form_token\" value=\"the-token\""), "{name}: <form{tag}>");
                forms += 1;
            }
        }
    }
    assert!(forms > 10, "{forms}");
}

#[test]
fn headings_start_at_one_and_skip_none() {
    for (name, html) in documents() {
        let main = main_of(&html);
        let levels: Vec<u8> = tags(&main)
            .into_iter()
            .filter_map(|tag| tag.strip_prefix('h')?.bytes().next().filter(u8::is_ascii_digit))
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == b'1').count(), 1, "{name}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
    }
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = String::from_utf8_lossy(
        crate::assets::find(crate::assets::url("icons.svg").trim_start_matches("/assets/")).unwrap().bytes,
    );
    for (name, html) in documents() {
        for icon in html.split("#i-").skip(1).filter_map(|rest| rest.split(['"', '&']).next()) {
            assert!(sprite.contains(&format!("id=\"i-{icon}\"")), "{name}: {icon}");
        }
    }
}

#[test]
fn identifiers_are_unique_on_a_page() {
    for (name, html) in documents() {
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}");
    }
}

#[test]
fn what_the_source_says_is_text_and_never_markup() {
    let evil = "<script>alert(1)</script>\"' onload=x";
    let mut page = database::fixture::database();
    page.database.name = evil.to_owned();
    page.database.description = Some(evil.to_owned());
    page.filter = evil.to_owned();
    let html = render(&chrome(Lang::En, None, "/databases/x?q=\"><script>"), &page);
    assert!(!html.contains("<script>alert"), "{html}");
    assert!(!html.contains("\"><script>"));
}

/// Addresses of a document's links, forms and islands that lead to a database or a table, with what a form adds.
fn asset_addresses(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in ["href=\"", "action=\"", "&quot;url&quot;:&quot;"] {
        for rest in html.split(attribute).skip(1) {
            let address = rest.split(['"', '&']).next().unwrap_or_default();
            let whole = rest.split('"').next().unwrap_or_default();
            if ["/tables/", "/databases/", "/api/v1/"].iter().any(|start| address.starts_with(start)) {
                let form = if attribute.starts_with("action") { rest.split("</form>").next() } else { None };
                found.push(form.unwrap_or(whole).to_owned());
            }
        }
    }
    found
}

#[test]
fn the_source_stays_in_every_address_of_a_name_that_two_sources_have() {
    let names = |html: &str, which: &str| {
        let addresses = asset_addresses(html);
        assert!(addresses.len() >= 2, "{which}: {addresses:?}");
        for address in addresses {
            assert!(
                address.contains("source=prod") || address.contains("name=\"source\" value=\"prod\""),
                "{which}: {address}"
            );
        }
    };
    let here = "/tables/order/order_item?source=prod";
    for tab in [table::fixture::overview(), table::fixture::columns_tab(), table::fixture::partitions()] {
        let mut detail = table::fixture::detail();
        detail.summary.ambiguous = true;
        let html = render(
            &chrome(Lang::En, None, here),
            &table::TablePage {
                table: detail,
                tab,
                curation: table::fixture::curation(),
                owners: crate::fixture::owners(),
            },
        );
        names(&html, "table");
        assert!(!html.contains("/columns?q="), "{html}");
    }
    let mut page = database::fixture::database();
    page.database.ambiguous = true;
    page.tables.items.iter_mut().for_each(|table| table.ambiguous = true);
    let html = render(&chrome(Lang::En, None, "/databases/order?source=prod"), &page);
    names(&html, "database");
    assert!(html.contains("/search?q=&amp;db=order&amp;source=prod"), "{html}");
    assert!(html.contains("/databases/order?source=prod&amp;cursor=next"), "the pager: {html}");
    let mut page = search::fixture::found(search::fixture::response());
    if let search::SearchOutcome::Found(response) = &mut page.outcome {
        response.hits.iter_mut().for_each(|hit| hit.ambiguous = true);
    }
    names(&render(&chrome(Lang::En, None, "/search?q=order"), &*page), "search");
}

#[test]
fn times_are_told_where_the_reader_is() {
    let html = render(
        &chrome(Lang::Ko, None, "/crawls/7"),
        &super::crawl::CrawlPage { detail: crate::fixture::crawl(reeve_model::crawl::CrawlState::Complete) },
    );
    assert!(html.contains(">23:00</time>") && html.contains("2026-11-24 23:00:00 +09:00"), "{html}");
    for (name, html) in documents().into_iter().filter(|(name, _)| name.ends_with(".ko")) {
        assert!(!html.contains("UTC"), "{name}");
    }
}
