use super::{ALL, HEIR, ITEM, OTHER, SCOPE, SuccessionPage, case_page, item_state};
use crate::address::Address;
use crate::html::{Html, ToHtml, blank};
use crate::parts::{Field, Submit, badge, data_table, icon_small, kind_icon};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::succession::{CaseItem, CaseState, ItemKind, ItemState};

/// What he answered for, with the form that hands it over to somebody.
pub(super) fn panel(ctx: Ctx<'_>, page: &SuccessionPage) -> Html {
    let t = ctx.t;
    let case = &page.case.case;
    let is_open = case.state == CaseState::Open && page.may_settle;
    let owned = page.case.items_list.iter().filter(|item| item.role.is_some());
    let rows = owned.map(|item| row(ctx, page, item, is_open)).collect::<Vec<_>>();
    let heads = vec![
        (t.item(), ""),
        (t.owner_role(), "hide-narrow"),
        (t.size(), "num hide-narrow"),
        (t.state(), ""),
        (t.item_heir(), ""),
    ];
    let table = data_table(&t.succession_items(), heads, view! { <tbody>{rows}</tbody> }.html());
    let content = if is_open {
        view! {
            <form method="post" action=format!("{}/handover", case_page(case.id))>
                {ctx.form_token()} {table} {hand_over(ctx, page)}
            </form>
        }
        .html()
    } else {
        table
    };
    crate::parts::panel(t.succession_hand_over(), blank(), content)
}

fn row(ctx: Ctx<'_>, page: &SuccessionPage, item: &CaseItem, is_open: bool) -> Html {
    let field = format!("{ITEM}{}", item.id);
    let choose = (is_open && item.state == ItemState::Open).then(|| {
        let chosen = !page.form.value(&field).is_empty();
        view! {
            <input
                r#type="checkbox"
                name=field.clone()
                value="yes"
                checked=chosen
                aria-label=ctx.t.item_choose(item.name.clone())
            />
            " "
        }
    });
    let name = match &item.asset {
        Some(asset) => {
            let address = Address::new(&asset.database, asset.table.as_deref(), &asset.source, asset.ambiguous);
            view! {
                {icon_small(kind_icon(asset.kind))} " " <a class="mono" href=address.page()>{item.name.clone()}</a>
                {asset.is_gone.then(|| badge("tone-bad", "trash", ctx.t.gone()))}
            }
            .html()
        }
        None => view! { <span class="mono">{item.name.clone()}</span> }.html(),
    };
    let size = item.asset.as_ref().map(|asset| ctx.size(asset.size_bytes));
    view! {
        <tr>
            <th scope="row">{choose} {name}</th>
            <td class="hide-narrow">{item.role.map(|role| ctx.owner_role(role))}</td>
            <td class="num hide-narrow">{size}</td>
            <td>{item_state(ctx, item.state)}</td>
            <td>{item.heir.as_ref().map(|heir| ctx.holder(heir))}</td>
        </tr>
    }
    .html()
}

fn hand_over(ctx: Ctx<'_>, page: &SuccessionPage) -> Html {
    let t = ctx.t;
    let chosen = page.form.value(HEIR);
    let choices = page.case.heirs.iter().map(|heir| {
        let word = heir.holder.word();
        let is_chosen = word == chosen;
        view! {
            <option value=word selected=is_chosen>
                {heir.holder.title.clone()}
            </option>
        }
    });
    let other = Field {
        id: "heir-other".to_owned(),
        name: OTHER,
        label: t.heir_other(),
        hint: t.owner_holder_hint(),
        required: false,
    };
    let chosen = Submit { label: t.hand_over_chosen(), tone: "primary", icon: "check", sends: None };
    let all = Submit { label: t.hand_over_all(), tone: "", icon: "users", sends: Some((SCOPE, ALL)) };
    view! {
        <div class="panel-body stack tight">
            <div class="field">
                <label r#for="heir">{t.heir_choose()}</label>
                <select class="input" id="heir" name=HEIR>
                    <option value="">{t.choose()}</option>
                    {choices.collect::<Vec<_>>()}
                </select>
            </div>
            {ctx.text_field(&page.form, &other)}
            <div class="row">{ctx.submit(chosen)} {ctx.submit(all)}</div>
        </div>
    }
    .html()
}

/// What cannot be handed over.
pub(super) fn ended(ctx: Ctx<'_>, items: &[CaseItem]) -> Html {
    let t = ctx.t;
    let mut rows = Vec::new();
    for item in items.iter().filter(|item| item.role.is_none()) {
        let kind = match item.kind {
            ItemKind::Token => t.item_token(),
            ItemKind::Watch => t.item_watch(),
            ItemKind::Database => t.kind_database(),
            ItemKind::Table => t.kind_table(),
        };
        rows.push((kind, Some(view! { <code>{item.name.clone()}</code> }.html())));
    }
    if rows.is_empty() {
        return blank();
    }
    let list = view! { <div class="panel-body">{crate::parts::fact_list(rows)}</div> };
    crate::parts::panel(t.succession_ended(), blank(), list.html())
}
