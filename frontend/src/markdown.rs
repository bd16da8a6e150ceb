//! Markdown that people wrote: as HTML that can do nothing but be read, and as plain text for lists and for the search.
//!
//! Three nets: raw HTML in Markdown is shown as text and never passed on, headings, pictures and footnotes become what
//! a description may hold, and what then comes out is sanitised by `ammonia` with a list of our own.

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html::push_html};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Elements that a description may have; no picture is loaded from anywhere.
const ELEMENTS: [&str; 19] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.into_iter().collect())
        .tag_attributes(HashMap::from([("a", HashSet::from(["href", "title"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Custom(Box::new(own_page)))
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
});

/// Links within the portal; what could be another host (`//evil.example`) is no link.
fn own_page(url: &str) -> Option<std::borrow::Cow<'_, str>> {
    let is_path = url.starts_with('/') && !url[1..].starts_with(['/', '\\']);
    is_path.then(|| url.into())
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(text, options).filter_map(|event| {
        Some(match event {
            // A page has headings of its own.
            Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
            Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            // What it shows stays as text.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            other => other,
        })
    })
}

/// Markdown as sanitised HTML.
pub fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    push_html(&mut html, events(text));
    SANITIZER.clean(&html).to_string()
}

/// Markdown as one line of text, without its marks.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for event in events(text) {
        match event {
            Event::Text(text) | Event::Code(text) => plain.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::Rule => plain.push(' '),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link) => {}
            Event::End(_) => plain.push(' '),
            _ => {}
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markdown_reads_as_it_should() {
        let html =
            html("# 주문\n\nOne **row** per `order`, see [order](/tables/a/b).\n\n- a\n- b\n\n|x|y|\n|-|-|\n|1|2|\n");
        for expected in ["<p>주문</p>", "<strong>row</strong>", "<code>order</code>", "<li>a</li>", "<td>1</td>"] {
            assert!(html.contains(expected), "{expected} is not in {html}");
        }
        assert!(html.contains("<a href=\"/tables/a/b\" rel=\"noopener noreferrer nofollow\">order</a>"), "{html}");
        assert!(!html.contains("<h1"));
        assert_eq!(plain("# 주문\n\nOne **row**, per `order`.\n* a\n* b"), "주문 One row, per order. a b");
        assert_eq!(plain("a**b**c"), "abc");
    }

    #[test]
    fn nothing_that_people_write_runs() {
        for evil in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](javascript:alert(1))",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "[x](//evil.example/a)",
            "[x](/\\evil.example)",
            "[x](vbscript:x)",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<svg/onload=alert(1)>",
            "<style>*{display:none}</style>",
            "<iframe src=//evil.example></iframe>",
            "<form action=//evil.example><input name=password>",
            "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
            "`<script>alert(1)</script>`",
            "    <script>alert(1)</script>",
            "[a]: javascript:alert(1)\n\n[a]",
            "<javascript:alert(1)>",
            "| <script>alert(1)</script> |\n|-|\n| <b onclick=x> |",
        ] {
            let html = html(evil);
            let tags: Vec<&str> = html.split('<').skip(1).filter_map(|part| part.split('>').next()).collect();
            for tag in &tags {
                let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
                assert!(ELEMENTS.contains(&name), "{evil}: {html}");
                assert!(!tag.contains(" on") && !tag.to_lowercase().contains("script:"), "{evil}: {html}");
                assert!(!tag.contains("\"//") && !tag.contains("data:"), "{evil}: {html}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_only_known_elements_come_out(text in "[ -~\n가-힣]{0,200}") {
            let html = html(&text);
            for tag in html.split('<').skip(1).filter_map(|part| part.split('>').next()) {
                let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
                prop_assert!(ELEMENTS.contains(&name), "{text:?}: {html}");
            }
            plain(&text);
        }
    }
}
