//! Who answers for a database or table, on their pages: holders, what is proposed, and the forms to change it.

use crate::address::{Address, encoded};
use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::parts::{Field, Submit, badge, icon_small, panel};
use crate::shell::Ctx;
use crate::text::Texts;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::{DatabaseSummary, TableSummary};
use reeve_model::owner::{
    Evidence, Holder, HolderKind, Owner, OwnerProposal, OwnerRole, OwnerSource, OwnerState, Owners,
};
use reeve_model::search::{SearchRequest, Sort};

/// What the panel shows, and what its reader may do.
#[derive(Clone, Debug)]
pub struct OwnersPanel {
    pub owners: Owners,
    /// What was typed into the form that assigns somebody.
    pub form: Form,
    pub may_assign: bool,
    /// There is nobody, and he may say that it is his.
    pub may_claim: bool,
    /// He watches it.
    pub is_watched: bool,
    /// He may: he is signed in.
    pub may_watch: bool,
}

/// Fields of the forms; each form sends its act.
pub const ACT: &str = "act";
pub const ASSIGN: &str = "assign";
pub const CLAIM: &str = "claim";
/// Takes away the holder of the role from the asset itself.
pub const TAKE: &str = "take";
pub const ACCEPT: &str = "accept";
pub const DECLINE: &str = "decline";
pub const ROLE: &str = "role";
pub const HOLDER: &str = "holder";
/// Number of the proposal.
pub const PROPOSAL: &str = "proposal";

/// Whether to watch it: `yes` or `no`.
pub const WATCH: &str = "watch";
/// The part of a search's address after `?`.
pub const QUERY: &str = "query";
/// The page that the form stands on, where it is `home`.
pub const WATCH_FROM: &str = "from";

/// The address of a table's page.
pub fn table_page(table: &TableSummary) -> String {
    link::table(table).page()
}

/// The address of a database's page.
pub fn database_page(database: &DatabaseSummary) -> String {
    link::database(database).page()
}

/// What a search asks for, as the part of its address after `?`: the same for searches that find the same.
pub fn saved_search(request: &SearchRequest) -> String {
    let mut filters: Vec<(&str, &str)> =
        request.filters.iter().map(|(field, value)| (field.as_str(), value.as_str())).collect();
    filters.sort_unstable();
    filters.dedup();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", &request.q).extend_pairs(filters);
    if request.sort != Sort::default() {
        query.append_pair("sort", request.sort.as_str());
    }
    query.finish()
}

impl Ctx<'_> {
    /// A person, service account or team as a link, with what is wrong with it.
    pub(crate) fn holder(self, holder: &Holder) -> Html {
        let (href, icon_name) = match holder.kind {
            HolderKind::Person => (format!("/people/{}", encoded(&holder.name)), "user"),
            HolderKind::ServiceAccount => (format!("/people/{}", encoded(&holder.name)), "settings"),
            HolderKind::Team => (format!("/teams/{}", encoded(&holder.name)), "users"),
        };
        let state = self.holder_state(holder.state);
        view! {
            <a class="person" href=href title=holder.word()>{icon_small(icon_name)} {holder.title.clone()}</a>
            {state.map(|state| view! { " " {state} })}
        }
        .html()
    }

    /// Nothing where all is well.
    fn holder_state(self, state: OwnerState) -> Option<Html> {
        let t = self.t;
        match state {
            OwnerState::Active | OwnerState::None => None,
            OwnerState::OnLeave => Some(badge("tone-info", "clock", t.owner_on_leave())),
            OwnerState::Suspected => Some(badge("tone-warn", "alert", t.owner_suspected())),
            OwnerState::Departed => Some(badge("tone-bad", "user-gone", t.owner_departed())),
        }
    }

    /// How it stands with who decides, as a badge; nothing where he is there.
    pub(crate) fn owner_state(self, state: OwnerState) -> Html {
        match state {
            OwnerState::None => badge("tone-warn", "user-gone", self.t.no_owner()),
            other => self.holder_state(other).unwrap_or_else(blank),
        }
    }

    pub(crate) fn owner_state_name(self, state: OwnerState) -> String {
        match state {
            OwnerState::Active => self.t.owner_active(),
            OwnerState::OnLeave => self.t.owner_on_leave(),
            OwnerState::Suspected => self.t.owner_suspected(),
            OwnerState::Departed => self.t.owner_departed(),
            OwnerState::None => self.t.no_owner(),
        }
    }

    pub(crate) fn owner_role(self, role: OwnerRole) -> String {
        role_name(self.t, role)
    }

    /// Who decides, in a line: the data owners, or that there are none.
    pub(crate) fn deciders(self, owners: &Owners) -> Html {
        let mut deciders = owners.of_role(OwnerRole::DataOwner).peekable();
        if deciders.peek().is_none() {
            return self.owner_state(OwnerState::None);
        }
        deciders.map(|owner| self.holder(&owner.holder)).collect::<Vec<_>>().html()
    }
}

pub(crate) fn role_name(t: Texts, role: OwnerRole) -> String {
    match role {
        OwnerRole::DataOwner => t.role_data_owner(),
        OwnerRole::DataSteward => t.role_data_steward(),
        OwnerRole::TechnicalOwner => t.role_technical_owner(),
    }
}

/// The panel of owners; `place` is where the database or table is, `database` the page of the database that a table is in.
pub(crate) fn owners_panel(ctx: Ctx<'_>, shown: &OwnersPanel, place: Address<'_>, database: Option<&str>) -> Html {
    let t = ctx.t;
    let action = place.tab("owners");
    let owners = &shown.owners;
    let rows = OwnerRole::ALL.iter().map(|&role| {
        let holders: Vec<Html> = owners.of_role(role).map(|owner| row(ctx, shown, owner, &action, database)).collect();
        match holders.is_empty() {
            true if role == OwnerRole::DataOwner => view! {
                <dt>{ctx.owner_role(role)}</dt>
                <dd>{ctx.owner_state(OwnerState::None)} {claim(ctx, shown, &action)}</dd>
            }
            .html(),
            true => blank(),
            false => view! {
                <dt>{ctx.owner_role(role)}</dt>
                <dd>{holders}</dd>
            }
            .html(),
        }
    });
    let content = view! {
        <div class="panel-body stack tight">
            <dl class="fact-list">{rows.collect::<Vec<_>>()}</dl>
            {proposals(ctx, shown, &action)} {assign(ctx, shown, &action, database.is_some())}
        </div>
    };
    panel(t.owners(), watch(ctx, shown, place), content.html())
}

fn row(ctx: Ctx<'_>, shown: &OwnersPanel, owner: &Owner, action: &str, database: Option<&str>) -> Html {
    let t = ctx.t;
    let source = match owner.source {
        OwnerSource::Assigned => t.owner_assigned_by(owner.by.clone()),
        OwnerSource::Claimed => t.owner_claimed(),
        OwnerSource::Metastore => t.owner_by_metastore(owner.by.clone()),
        OwnerSource::Inferred => t.owner_inferred(owner.by.clone()),
    };
    let inherited = owner.inherited.then(|| {
        view! { " · " <a class="inline" href=database.unwrap_or_default().to_owned()>{t.owner_inherited()}</a> }
    });
    let take = (shown.may_assign && !owner.inherited).then(|| {
        view! {
            <form method="post" action=action.to_owned()>
                {ctx.form_token()} {hidden(ROLE, owner.role.as_str())} {hidden(HOLDER, &owner.holder.word())}
                <button
                    class="button quiet small"
                    r#type="submit"
                    name=ACT
                    value=TAKE
                    aria-label=t.owner_take_label(owner.holder.title.clone(), ctx.owner_role(owner.role))
                >
                    {t.owner_take()}
                </button>
            </form>
        }
    });
    view! {
        <div class="row spread">
            <div>
                {ctx.holder(&owner.holder)}
                <div class="tiny faint">{t.since()} " " {ctx.date(owner.since)} ", " {source} {inherited}</div>
            </div>
            {take}
        </div>
    }
    .html()
}

fn claim(ctx: Ctx<'_>, shown: &OwnersPanel, action: &str) -> Option<Html> {
    shown.may_claim.then(|| {
        view! {
            <form method="post" action=action.to_owned()>
                {ctx.form_token()} {hidden(ACT, CLAIM)}
                <button class="button small" r#type="submit">
                    {icon_small("user")} {ctx.t.owner_claim()}
                </button>
            </form>
        }
        .html()
    })
}

fn proposals(ctx: Ctx<'_>, shown: &OwnersPanel, action: &str) -> Html {
    let t = ctx.t;
    if shown.owners.proposals.is_empty() {
        return blank();
    }
    let rows = shown.owners.proposals.iter().map(|proposal| {
        let decide = shown.may_assign.then(|| {
            view! {
                <form class="row" method="post" action=action.to_owned()>
                    {ctx.form_token()} {hidden(PROPOSAL, &proposal.id.to_string())}
                    <button class="button small" r#type="submit" name=ACT value=ACCEPT>
                        {icon_small("check")} {t.proposal_accept()}
                    </button>
                    <button class="button quiet small" r#type="submit" name=ACT value=DECLINE>
                        {t.proposal_decline()}
                    </button>
                </form>
            }
        });
        view! {
            <li>
                {ctx.holder(&proposal.holder)} " " <span class="small">{ctx.owner_role(proposal.role)}</span>
                <div class="tiny faint">{evidence(ctx, proposal)}</div>
                {decide}
            </li>
        }
    });
    view! {
        <div>
            <h3>{t.owners_proposed()}</h3>
            <ul class="stack tight" role="list">{rows.collect::<Vec<_>>()}</ul>
        </div>
    }
    .html()
}

/// What it was concluded from, in a sentence for each.
pub(crate) fn evidence(ctx: Ctx<'_>, proposal: &OwnerProposal) -> String {
    let t = ctx.t;
    let said = proposal.evidence.iter().map(|evidence| match evidence {
        Evidence::MetastoreOwner { owner } => t.evidence_metastore(owner.clone()),
        Evidence::ServiceAccountOf { account } => t.evidence_account(account.clone()),
        Evidence::Predecessor => t.evidence_predecessor(),
    });
    said.collect::<Vec<_>>().join(" ")
}

fn assign(ctx: Ctx<'_>, shown: &OwnersPanel, action: &str, is_table: bool) -> Html {
    let t = ctx.t;
    if !shown.may_assign {
        return blank();
    }
    let inherits = is_table && shown.owners.owners.iter().any(|owner| owner.inherited);
    let hint = if inherits { t.owner_holder_hint_override() } else { t.owner_holder_hint() };
    let holder = Field { id: "owner-holder".to_owned(), name: HOLDER, label: t.owner_holder(), hint, required: true };
    let role =
        Field { id: "owner-role".to_owned(), name: ROLE, label: t.owner_role(), hint: String::new(), required: true };
    let roles = OwnerRole::ALL.iter().map(|&role| (role.as_str(), ctx.owner_role(role))).collect();
    let submit = Submit { label: t.owner_assign(), tone: "", icon: "plus", sends: Some((ACT, ASSIGN)) };
    view! {
        <details class="disclosure" open=!shown.form.is_right()>
            <summary>{icon_small("down")} {t.owner_assign()}</summary>
            <form class="stack tight" method="post" action=action.to_owned()>
                {ctx.form_token()} {ctx.select(&shown.form, &role, roles)} {ctx.text_field(&shown.form, &holder)}
                <div>{ctx.submit(submit)}</div>
            </form>
        </details>
    }
    .html()
}

/// The button that watches the asset, or no longer.
fn watch(ctx: Ctx<'_>, shown: &OwnersPanel, place: Address<'_>) -> Html {
    let t = ctx.t;
    if !shown.may_watch {
        return blank();
    }
    let (label, icon_name, value) = match shown.is_watched {
        true => (t.watch_end(), "check", "no"),
        false => (t.watch(), "eye", "yes"),
    };
    view! {
        <form method="post" action=place.tab("watch")>
            {ctx.form_token()}
            <button class="button quiet small" r#type="submit" name=WATCH value=value>
                {icon_small(icon_name)} {label}
            </button>
        </form>
    }
    .html()
}

pub(crate) fn hidden(name: &'static str, value: &str) -> Html {
    view! { <input r#type="hidden" name=name value=value.to_owned()/> }.html()
}
