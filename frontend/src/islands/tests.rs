//! Every island as the server renders it.

use super::*;
use leptos::prelude::*;

fn kinds() -> KindTexts {
    KindTexts { database: "Database".into(), table: "Table".into(), view: "View".into(), column: "Column".into() }
}

fn every_island() -> Vec<String> {
    let search_box = SearchBoxTexts {
        label: "Search".into(),
        placeholder: "주문".into(),
        suggestions: "Suggestions".into(),
        kinds: kinds(),
    };
    let palette = PaletteTexts {
        label: "Jump to".into(),
        placeholder: "Table or page".into(),
        assets: "Catalog".into(),
        actions: "Pages".into(),
        kinds: kinds(),
    };
    let actions = vec![PaletteAction { label: "Sources".into(), href: "/sources".into(), kind: "Page".into() }];
    let columns = ColumnFilterTexts {
        label: "Filter columns".into(),
        placeholder: "Name, type or comment".into(),
        count: "{shown} of {total} columns".into(),
    };
    let text = |text: &str| text.to_owned();
    Owner::new().with(|| {
        vec![
            view! { <SearchBox id=text("top") value=text("\"a&b\"") icon=text("/i.svg#s") main=true texts=search_box/> }
                .to_html(),
            view! { <Palette icon=text("/i.svg#s") actions texts=palette/> }.to_html(),
            view! {
                <ColumnFilter
                    name=text("q")
                    value=text("")
                    rows=text("columns")
                    url=text("/api/v1/tables/a/b/columns")
                    shown=200
                    total=5000
                    texts=columns
                />
            }
            .to_html(),
            view! {
                <CrawlProgress
                    id=7
                    state=text("running")
                    done=1234
                    total=41032
                    label=text("Progress")
                    of=text("{total}개 중 {done}개")
                />
            }
            .to_html(),
            view! { <ThemeSwitch label=text("Theme") icon=text("/i.svg#m") next=text("dark") back=text("/search?q=a") /> }
                .to_html(),
            view! { <Keys label=text("Single keys")/> }.to_html(),
        ]
    })
}

#[test]
fn each_is_whole_html_before_any_script_runs() {
    let html = every_island().join("\n");
    for expected in [
        r#"name="q""#,
        r#"value="&quot;a&amp;b&quot;""#,
        r#"aria-expanded="false""#,
        r#"<a role="option" id="palette-list-0" href="/sources""#,
        "200 of 5,000 columns",
        "41,032개 중 1,234개",
        r#"value="1234" max="41032""#,
        r#"name="next" value="/search?q=a""#,
        r#"<form method="post" action="/preferences/theme">"#,
    ] {
        assert!(html.contains(expected), "{expected} is not in\n{html}");
    }
    assert!(!html.contains("style="), "the content-security policy forbids inline styles:\n{html}");
}

/// The names end in a hash that two compilers need not agree on; an island without its export never wakes.
#[test]
fn the_browser_bundle_has_each_of_them() {
    let Some(bundle) = crate::assets::bundle() else { return };
    let script = bundle.js_url.strip_prefix("/assets/").and_then(crate::assets::find).expect("the bundle's script");
    let script = std::str::from_utf8(script.bytes).expect("JavaScript");
    for html in every_island() {
        let (_, rest) = html.split_once("data-component=\"").expect("an island");
        let (name, _) = rest.split_once('"').expect("a closed attribute");
        assert!(script.contains(&format!("export function {name}(")), "{name} is not in the bundle: build it anew");
    }
}
