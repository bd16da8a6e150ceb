use super::{fixtures, render};
use reeve_model::Word;
use reeve_model::page::{Lang, Theme};

/// Every page in both languages, with a name that says which it is.
fn documents() -> Vec<(String, String)> {
    let mut documents = Vec::new();
    for &lang in Lang::ALL {
        for (name, uri, page) in fixtures::pages() {
            let chrome = fixtures::chrome(lang, (lang == Lang::Ko).then_some(Theme::Dark), uri);
            documents.push((format!("{name}.{}", lang.as_str()), render(&chrome, &page)));
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
    let mut crawl = fixtures::pages();
    let evil = "<script>alert(1)</script>\"' onload=x";
    for (_, _, page) in &mut crawl {
        if let reeve_model::page::Page::Database(page) = page {
            page.database.name = evil.to_owned();
            page.database.description = Some(evil.to_owned());
            page.filter = evil.to_owned();
            let html = render(
                &fixtures::chrome(Lang::En, None, "/databases/x?q=\"><script>"),
                &super::Page::Database(page.clone()),
            );
            assert!(!html.contains("<script>alert"), "{html}");
            assert!(!html.contains("\"><script>"));
        }
    }
}
