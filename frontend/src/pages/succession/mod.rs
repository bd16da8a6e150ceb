//! Who takes over what somebody left: the cases, and one of them with its items.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;
mod items;
mod list;

pub use list::SuccessionsPage;

use crate::form::Form;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{badge, breadcrumb, icon, page_header, panel, stat_row, status};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::owner::Holder;
use reeve_model::person::Why;
use reeve_model::succession::{Case, CaseDetail, CaseState, Heir, HeirReason, ItemState};
use std::collections::BTreeMap;

/// Where the cases are.
pub const SUCCESSION: &str = "/succession";

/// Fields of the form that hands over: each chosen item is [`ITEM`] and its number.
pub const ITEM: &str = "item-";
/// A ranked heir, by his word.
pub const HEIR: &str = "heir";
/// Somebody else, as typed; he goes before the ranked one.
pub const OTHER: &str = "other";
/// `all` hands over everything that is open, whatever is chosen.
pub const SCOPE: &str = "scope";
pub const ALL: &str = "all";

/// One case.
#[derive(Clone, Debug)]
pub struct SuccessionPage {
    pub case: CaseDetail,
    pub may_settle: bool,
    pub form: Form,
}

pub(crate) fn case_page(id: i64) -> String {
    format!("{SUCCESSION}/{id}")
}

impl PageView for SuccessionPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let case = &self.case.case;
        let title = t.succession_of(case.person.title.clone());
        let main = view! {
            {header(ctx, case)} {callout(ctx, case)} {stats(ctx, &self.case)}
            <div class="columns main-side">
                <div class="stack">{items::panel(ctx, self)}</div>
                <div class="stack">
                    {heirs(ctx, &self.case.heirs)} {items::ended(ctx, &self.case.items_list)} {history(ctx, &self.case)}
                </div>
            </div>
        };
        Framed { title, section: SUCCESSION, has_search: false, main: main.html() }
    }
}

fn header(ctx: Ctx<'_>, case: &Case) -> Html {
    let t = ctx.t;
    let title = view! {
        <h1>{t.succession_of(case.person.title.clone())}</h1>
        {state(ctx, case)}
        {badge("tone-info", "check", t.succession_decided(case.decided, case.items))}
    };
    let way = vec![(t.successions(), SUCCESSION.to_owned())];
    page_header(
        breadcrumb(t.breadcrumb(), way, case.person.title.clone()),
        title.html(),
        t.succession_purpose().html(),
        blank(),
    )
}

/// How it stands with a case, and how long it still has.
fn state(ctx: Ctx<'_>, case: &Case) -> Html {
    let t = ctx.t;
    match case.state {
        CaseState::Open => {
            let days = (case.due_at - ctx.chrome.now).num_days();
            match case.due_at > ctx.chrome.now {
                true => badge("tone-warn", "hourglass", t.succession_days_left(days)),
                false => badge("tone-bad", "alert", t.succession_overdue(-days)),
            }
        }
        CaseState::Settled => badge("tone-good", "check", t.succession_settled()),
        CaseState::Returned => badge("tone-info", "undo", t.succession_returned()),
    }
}

fn callout(ctx: Ctx<'_>, case: &Case) -> Html {
    let t = ctx.t;
    match case.state {
        CaseState::Open => {
            view! {
                <div class="callout tone-warn" role="note">
                    {icon("hold")}
                    <div>
                        <strong>{t.succession_until()} " " {ctx.date(case.due_at)}</strong>
                        <p>{t.succession_held()}</p>
                    </div>
                </div>
            }
            .html()
        }
        CaseState::Returned => {
            view! {
                <div class="callout tone-info" role="note">
                    {icon("undo")} <div><strong>{t.succession_returned()}</strong> <p>{t.succession_returned_means()}</p></div>
                </div>
            }
            .html()
        }
        CaseState::Settled => blank(),
    }
}

fn stats(ctx: Ctx<'_>, detail: &CaseDetail) -> Html {
    let t = ctx.t;
    let case = &detail.case;
    // Of an asset in several roles the size counts once.
    let sizes: BTreeMap<_, i64> = detail
        .items_list
        .iter()
        .filter(|item| item.role.is_some())
        .filter_map(|item| item.asset.as_ref())
        .map(|asset| (asset.id, asset.size_bytes.unwrap_or_default()))
        .collect();
    let size = sizes.values().copied().fold(0, i64::saturating_add);
    let team = case.team.as_ref().map_or_else(blank, |team| ctx.holder(team));
    let manager = case.manager.as_ref().map(|manager| view! { {t.succession_reported()} " " {ctx.holder(manager)} });
    stat_row(
        t.key_facts(),
        vec![
            (t.succession_left(), ctx.date(case.opened_at), cause(ctx, case).html()),
            (t.succession_items(), format::number(case.items).html(), t.before_copies_size(format::bytes(size)).html()),
            (t.succession_open(), format::number(case.items - case.decided).html(), blank()),
            (t.team(), team, manager.html()),
        ],
    )
}

/// Why he counts as having left.
fn cause(ctx: Ctx<'_>, case: &Case) -> String {
    let t = ctx.t;
    match &case.cause {
        Some(Why::Ended { source, on }) => t.left_ended(on.to_string(), source.clone()),
        Some(_) => t.left_by_sources(),
        None => t.left_disabled(),
    }
}

fn heirs(ctx: Ctx<'_>, heirs: &[Heir]) -> Html {
    let t = ctx.t;
    if heirs.is_empty() {
        return blank();
    }
    let rows = heirs.iter().map(|heir| {
        let reasons = heir.reasons.iter().map(|one| reason(ctx, one)).collect::<Vec<_>>().join(", ");
        view! {
            <li>
                <div>
                    {ctx.holder(&heir.holder)}
                    <small>{reasons}</small>
                </div>
            </li>
        }
    });
    let list = view! {
        <ol class="panel-list rank" role="list">{rows.collect::<Vec<_>>()}</ol>
        <footer class="panel-foot">
            <span>{t.heirs_how()}</span>
        </footer>
    };
    panel(t.heirs(), blank(), list.html())
}

fn reason(ctx: Ctx<'_>, reason: &HeirReason) -> String {
    let t = ctx.t;
    match *reason {
        HeirReason::Manager => t.heir_manager(),
        HeirReason::Team => t.heir_team(),
        HeirReason::LeadsTeam => t.heir_leads(),
        HeirReason::SameTeam => t.heir_same_team(),
        HeirReason::AlsoOwns { assets } => t.heir_owns(assets),
        HeirReason::Edited { times } => t.heir_edited(times),
    }
}

/// What happened in the case, the newest first.
fn history(ctx: Ctx<'_>, detail: &CaseDetail) -> Html {
    let t = ctx.t;
    let case = &detail.case;
    let mut handed: BTreeMap<(_, String), (Vec<String>, Option<&Holder>)> = BTreeMap::new();
    for item in detail.items_list.iter().filter(|item| item.state == ItemState::HandedOver) {
        if let (Some(at), Some(by)) = (item.decided_at, &item.decided_by) {
            let entry = handed.entry((at, by.clone())).or_default();
            entry.0.push(item.name.clone());
            entry.1 = item.heir.as_ref();
        }
    }
    let handed = handed.into_iter().rev().map(|((at, by), (names, heir))| {
        let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
        let what = if count <= 2 { names.join(", ") } else { t.succession_count(count) };
        let heir = heir.map(|heir| view! { " → " {ctx.holder(heir)} });
        view! {
            <li class="tone-good">
                {icon("check")} <code>{what}</code> {heir} <small>{ctx.time(at)} ", " {by}</small>
            </li>
        }
    });
    let closed = case.closed_at.map(|at| {
        let text = match case.state {
            CaseState::Returned => t.succession_returned(),
            CaseState::Settled | CaseState::Open => t.succession_settled(),
        };
        view! {
            <li class="tone-info">
                {icon("check")} {text} <small>{ctx.time(at)}</small>
            </li>
        }
    });
    let list = view! {
        <div class="panel-body">
            <ol class="timeline" role="list">
                {closed} {handed.collect::<Vec<_>>()}
                <li class="tone-warn">
                    {icon("user-gone")} {t.succession_opened()} <small>{ctx.time(case.opened_at)}</small>
                </li>
            </ol>
        </div>
    };
    panel(t.history(), blank(), list.html())
}

/// The state of an item as a word.
fn item_state(ctx: Ctx<'_>, state: ItemState) -> Html {
    match state {
        ItemState::Open => status("tone-neutral", "hourglass", ctx.t.item_open()),
        ItemState::HandedOver => status("tone-good", "check", ctx.t.item_handed_over()),
        ItemState::Ended => status("tone-neutral", "ban", ctx.t.item_ended()),
    }
}
