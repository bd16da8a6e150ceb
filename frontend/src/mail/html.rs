//! A letter as HTML. Mail programs read no style sheet: every style stands where it is used, and tables carry the layout.

use super::row::{Row, Weight};
use super::{Block, Sheet};
use crate::html::{Html, ToHtml};
use crate::pages::written;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::reader::Lang;

const BODY: &str = "margin:0;padding:0;background:#f0f2f5;color:#14171d;\
    font-family:Pretendard,'Apple SD Gothic Neo','Malgun Gothic',sans-serif;word-break:keep-all";
const SHEET: &str = "width:100%;max-width:600px;background:#ffffff;border:1px solid #e5e8ed;border-radius:10px;\
    font-family:Pretendard,'Apple SD Gothic Neo','Malgun Gothic',sans-serif;text-align:left";
const TITLE: &str = "margin:0;font-size:20px;line-height:28px;color:#14171d";
const HEAD: &str = "margin:0;font-size:14px;line-height:20px;color:#14171d";
const LINE: &str = "margin:0;font-size:14px;line-height:20px;color:#14171d;overflow-wrap:anywhere";
const DETAIL: &str = "margin:2px 0 8px;font-size:13px;line-height:19px;color:#4a515f;overflow-wrap:anywhere";
const DUE: &str = "color:#7f4f00;font-size:12px;white-space:nowrap";
const SMALL: &str = "margin:0;font-size:12px;line-height:18px;color:#626a78";
const LINK: &str = "color:#1b5cbf;text-decoration:underline";
const BUTTON: &str = "display:inline-block;margin:0 6px 6px 0;padding:8px 12px;border:1px solid #878f9d;border-radius:6px;\
    background:#ffffff;color:#14171d;font-size:13px;font-weight:600;line-height:18px;text-decoration:none";
const FIRST: &str = "display:inline-block;margin:0 6px 6px 0;padding:8px 12px;border:1px solid #1b5cbf;border-radius:6px;\
    background:#1b5cbf;color:#ffffff;font-size:13px;font-weight:600;line-height:18px;text-decoration:none";

/// The frame is text: it has attributes that only mail programs still want. What is said in it goes through a view, which escapes it.
pub(super) fn document(lang: Lang, sheet: &Sheet) -> String {
    let (title, rows) = written(|| {
        let title = view! { <title>{sheet.title.clone()}</title> }.to_html();
        let mut rows = vec![head(sheet)];
        rows.extend(sheet.parts.iter().map(block));
        rows.extend(sheet.note.as_ref().map(note));
        rows.push(foot(sheet));
        // Leptos marks where lists end. What people wrote is escaped: the mark is nothing else.
        (title, rows.into_iter().map(RenderHtml::to_html).collect::<String>().replace("<!>", ""))
    });
    let lang = lang.as_str();
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">{title}</head><body style=\"{BODY}\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
         <td align=\"center\" style=\"padding:24px 8px\">\
         <table role=\"presentation\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"{SHEET}\">{rows}</table>\
         </td></tr></table></body></html>"
    )
}

fn head(sheet: &Sheet) -> Html {
    view! {
        <tr>
            <td style="padding:20px 24px 16px">
                <p style=SMALL>{format!("Reeve {}", sheet.at)}</p>
                <h1 style=TITLE>{sheet.title.clone()}</h1>
                <p style=DETAIL>{sheet.greeting.clone()}</p>
            </td>
        </tr>
    }
    .html()
}

fn block(block: &Block) -> Html {
    let head = block.head.clone().map(|head| view! { <h2 style=HEAD>{head}</h2> }.html());
    let rows: Vec<Html> = block.rows.iter().map(row).collect();
    let more = block.more.clone().map(|more| view! { <p style=SMALL>{more}</p> }.html());
    view! {
        <tr>
            <td style="padding:16px 24px 8px;border-top:1px solid #e5e8ed">{head} {rows} {more}</td>
        </tr>
    }
    .html()
}

fn row(row: &Row) -> Html {
    let due = row.due.clone().map(|due| view! { <span style=DUE>{due}</span> }.html());
    let links: Vec<Html> = row
        .links()
        .map(|(name, url, weight)| {
            let style = if weight == Weight::First { FIRST } else { BUTTON };
            view! { <a href=url.to_owned() style=style>{name.to_owned()}</a> }.html()
        })
        .collect();
    view! {
        <div style="padding:10px 0">
            <p style=LINE><b>{row.head.clone()}</b> " " {due}</p>
            <p style=DETAIL>{row.detail.clone()}</p>
            {links}
        </div>
    }
    .html()
}

fn note((head, said): &(String, Vec<String>)) -> Html {
    let said: Vec<Html> = said.iter().map(|line| view! { <li>{line.clone()}</li> }.html()).collect();
    view! {
        <tr>
            <td style="padding:16px 24px;border-top:1px solid #e5e8ed;background:#f7f8fa">
                <h2 style=HEAD>{head.clone()}</h2>
                <ul style="margin:4px 0 0;padding-left:18px;font-size:12px;line-height:19px;color:#4a515f">{said}</ul>
            </td>
        </tr>
    }
    .html()
}

fn foot(sheet: &Sheet) -> Html {
    let line = |(text, url): &(String, Option<String>)| match url.clone() {
        Some(url) => view! { <p style=SMALL><a href=url style=LINK>{text.clone()}</a></p> }.html(),
        None => view! { <p style=SMALL>{text.clone()}</p> }.html(),
    };
    let lines: Vec<Html> = sheet.foot.iter().map(line).collect();
    view! {
        <tr>
            <td style="padding:14px 24px 20px;border-top:1px solid #e5e8ed">{lines}</td>
        </tr>
    }
    .html()
}
