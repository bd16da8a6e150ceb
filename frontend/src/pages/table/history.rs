use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::parts::{empty, icon};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::{Change, ChangeKind, Paged};
use reeve_model::owner::OwnerRole;

pub(super) fn panel(ctx: Ctx<'_>, changes: &Paged<Change>, is_first: bool) -> Html {
    let t = ctx.t;
    let shown = i64::try_from(changes.items.len()).unwrap_or(i64::MAX);
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{t.history()}</h2>
            </header>
            {list(ctx, &changes.items)}
            <footer class="panel-foot">
                {t.of_shown(shown, changes.total)} {ctx.pager(changes.next_cursor.as_deref(), is_first)}
            </footer>
        </section>
    }
    .html()
}

pub(super) fn list(ctx: Ctx<'_>, changes: &[Change]) -> Html {
    if changes.is_empty() {
        let advice = view! { <p>{ctx.t.history_none_advice()}</p> }.html();
        return empty("clock", ctx.t.history_none(), advice);
    }
    view! {
        <div class="panel-body">
            <ol class="timeline" role="list">
                {changes.iter().map(|change| entry(ctx, change, None)).collect::<Vec<_>>()}
            </ol>
        </div>
    }
    .html()
}

/// One line of a history; `of` names the asset where the list is not of one alone.
pub(in crate::pages) fn entry(ctx: Ctx<'_>, change: &Change, of: Option<Html>) -> Html {
    let t = ctx.t;
    let (tone, icon_name, text) = match change.kind {
        ChangeKind::Created => ("tone-good", "plus", t.change_created()),
        ChangeKind::Deleted => ("tone-bad", "trash", t.change_deleted()),
        ChangeKind::Restored => ("tone-good", "undo", t.change_restored()),
        ChangeKind::Recreated => ("tone-warn", "swap", t.change_recreated()),
        ChangeKind::ColumnAdded => ("tone-info", "plus", t.change_column_added()),
        ChangeKind::ColumnDropped => ("tone-warn", "minus", t.change_column_dropped()),
        ChangeKind::ColumnRetyped => ("tone-warn", "swap", t.change_column_retyped()),
        ChangeKind::ColumnRecommented => ("tone-neutral", "comment", t.change_column_recommented()),
        ChangeKind::ColumnsReordered => ("tone-neutral", "sort", t.change_columns_reordered()),
        ChangeKind::ParameterSet => ("tone-neutral", "settings", t.change_parameter_set()),
        ChangeKind::ParameterRemoved => ("tone-neutral", "settings", t.change_parameter_removed()),
        ChangeKind::OwnerChanged => ("tone-info", "user", t.change_owner()),
        ChangeKind::OwnersAssigned => ("tone-info", "user", t.change_owners_assigned()),
        ChangeKind::LocationChanged => ("tone-warn", "folder", t.change_location()),
        ChangeKind::DescriptionChanged => ("tone-neutral", "comment", t.change_description()),
        ChangeKind::DefinitionChanged => ("tone-info", "sql", t.change_definition()),
        ChangeKind::CommentChanged => ("tone-neutral", "comment", t.change_comment()),
        ChangeKind::TagsChanged => ("tone-neutral", "tag", t.change_tags()),
        ChangeKind::ClassChanged => ("tone-info", "pii", t.change_class()),
        ChangeKind::CertificationChanged => ("tone-good", "certified", t.change_certification()),
        ChangeKind::DeprecationChanged => ("tone-warn", "ban", t.change_deprecation()),
        ChangeKind::PartitionsChanged => ("tone-neutral", "shape", t.change_partitions()),
    };
    let role = change.field.as_deref().filter(|_| change.kind == ChangeKind::OwnersAssigned).and_then(OwnerRole::parse);
    let field = role.map_or_else(|| change.field.clone(), |role| Some(ctx.owner_role(role)));
    let field = field.map(|field| view! { " " <code>{field}</code> });
    let of = of.map(|name| view! { {name} ": " });
    let crawl = change.crawl_id.map(|id| view! { ", " <a href=link::crawl(id)>{t.crawl_number(id.to_string())}</a> });
    let actor = change.actor.clone().map(|actor| view! { ", " {actor} });
    view! {
        <li class=tone>
            {icon(icon_name)} {of} {text} {field} {values(ctx, change)} <small>{ctx.time(change.at)} {actor} {crawl}</small>
        </li>
    }
    .html()
}

/// Old and new value; long ones fold.
fn values(ctx: Ctx<'_>, change: &Change) -> Html {
    let t = ctx.t;
    let value = |label: String, text: &str| view! { <dt>{label}</dt> <dd><code>{text.to_owned()}</code></dd> }.html();
    let (old, new) = match (&change.old, &change.new) {
        (None, None) => return blank(),
        (old, new) => (old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default()),
    };
    let is_short = old.chars().count() + new.chars().count() <= 80 && !old.contains('\n') && !new.contains('\n');
    if is_short {
        let arrow = (!old.is_empty() && !new.is_empty()).then(|| {
            view! {
                <span aria-hidden="true">" → "</span>
                <span class="visually-hidden">{t.change_becomes()}</span>
            }
        });
        let old = (!old.is_empty()).then(|| view! { <code class="faint">{old.to_owned()}</code> });
        let new = (!new.is_empty()).then(|| view! { <code>{new.to_owned()}</code> });
        return view! { <span class="change">{old} {arrow} {new}</span> }.html();
    }
    view! {
        <details class="disclosure">
            <summary>{crate::parts::icon_small("down")} {t.change_values()}</summary>
            <dl class="fact-list">
                {(!old.is_empty()).then(|| value(t.change_before(), old))}
                {(!new.is_empty()).then(|| value(t.change_after(), new))}
            </dl>
        </details>
    }
    .html()
}
