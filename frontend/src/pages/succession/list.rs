use super::{SUCCESSION, case_page, state};
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{data_table, empty, page_header};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::asset::Paged;
use reeve_model::succession::Case;

/// All cases, those that are open first.
#[derive(Clone, Debug)]
pub struct SuccessionsPage {
    pub cases: Paged<Case>,
    pub is_first: bool,
}

impl PageView for SuccessionsPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let shown = i64::try_from(self.cases.items.len()).unwrap_or(i64::MAX);
        let content = if self.cases.items.is_empty() {
            empty("user-gone", t.successions_none(), view! { <p>{t.successions_none_advice()}</p> }.html())
        } else {
            let rows = self.cases.items.iter().map(|case| row(ctx, case)).collect::<Vec<_>>();
            let heads = vec![
                (t.succession_who(), ""),
                (t.team(), "hide-narrow"),
                (t.succession_decided_head(), "num"),
                (t.state(), ""),
                (t.succession_opened_head(), "num hide-narrow"),
            ];
            data_table(&t.successions(), heads, view! { <tbody>{rows}</tbody> }.html())
        };
        let header =
            page_header(blank(), view! { <h1>{t.successions()}</h1> }.html(), t.successions_purpose().html(), blank());
        let main = view! {
            {header}
            <section class="panel" aria-label=t.successions()>
                {content}
                <footer class="panel-foot">
                    {t.of_shown(shown, self.cases.total)}
                    {ctx.pager(self.cases.next_cursor.as_deref(), self.is_first)}
                </footer>
            </section>
        };
        Framed { title: t.successions(), section: SUCCESSION, has_search: false, main: main.html() }
    }
}

fn row(ctx: Ctx<'_>, case: &Case) -> Html {
    view! {
        <tr>
            <th scope="row">
                <a href=case_page(case.id)>{case.person.title.clone()}</a>
                <div class="tiny faint">{case.person.name.clone()}</div>
            </th>
            <td class="hide-narrow">{case.team.as_ref().map(|team| ctx.holder(team))}</td>
            <td class="num">{ctx.t.done_of(case.decided, case.items)}</td>
            <td>{state(ctx, case)}</td>
            <td class="num hide-narrow">{ctx.date(case.opened_at)}</td>
        </tr>
    }
    .html()
}
