//! People, teams, and what is not certain about them.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::form::Form;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{Field, Submit, badge, data_table, empty, icon_small, page_header, panel, stat_row};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::Paged;
use reeve_model::person::{
    AccountQuestion, MergeKey, PeopleCounts, PersonKind, PersonQuestion, PersonState, PersonSummary, QuestionReason,
    TeamSummary,
};

#[derive(Clone, Debug)]
pub struct PeoplePage {
    pub counts: PeopleCounts,
    pub people: Paged<PersonSummary>,
    pub teams: Vec<TeamSummary>,
    pub questions: Vec<PersonQuestion>,
    /// For who may manage people.
    pub accounts: Vec<AccountQuestion>,
    /// What was typed of the answer to one of them, by its number.
    pub answer: (i64, Form),
    pub filter: PeopleFilter,
    /// Who looks may answer the questions, and change the rules.
    pub may_manage: bool,
}

/// What the list shows, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    pub q: String,
    /// A state, `conflicts`, or empty.
    pub show: String,
    /// `service`, `person`, or empty.
    pub kind: String,
    pub cursor: Option<String>,
}

/// What `show` is for those of whom sources say different things.
pub const CONFLICTS: &str = "conflicts";
/// The field of the form that answers a question, and its words.
pub const ANSWER: &str = "answer";
pub const SAME: &str = "same";
pub const APART: &str = "apart";
/// The field of the form that says whose an account is, and the answers.
pub const LOGIN: &str = "login";
pub const KNOWN: &str = "known";
pub const NEW: &str = "new";

impl PageView for PeoplePage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let rules = view! {
            <a class="button" href="/people/principals">{icon_small("swap")} {t.principals_title()}</a>
        };
        let header =
            page_header(blank(), view! { <h1>{t.people_title()}</h1> }.html(), t.people_purpose().html(), rules.html());
        let main = view! {
            {header} {stats(ctx, self.counts)}
            <div class="columns main-side">
                <div class="stack">{list(ctx, self)}</div>
                <div class="stack">{accounts(ctx, self)} {questions(ctx, self)} {teams(ctx, self)}</div>
            </div>
        };
        Framed { title: t.people_title(), section: "/people", has_search: false, main: main.html() }
    }
}

fn stats(ctx: Ctx<'_>, counts: PeopleCounts) -> Html {
    let t = ctx.t;
    stat_row(
        t.key_facts(),
        vec![
            (t.person_here(), format::number(counts.here).html(), t.people_planned_too(counts.planned).html()),
            (t.person_on_leave(), format::number(counts.on_leave).html(), t.people_leave_context().html()),
            (t.person_suspected(), format::number(counts.suspected).html(), t.people_suspected_context().html()),
            (t.person_left(), format::number(counts.departed).html(), blank()),
            (t.people_services(), format::number(counts.services).html(), t.people_services_context().html()),
            (
                t.people_conflicts(),
                format::number(counts.conflicts).html(),
                t.people_questions_too(counts.questions).html(),
            ),
        ],
    )
}

fn list(ctx: Ctx<'_>, page: &PeoplePage) -> Html {
    let t = ctx.t;
    let shown = i64::try_from(page.people.items.len()).unwrap_or(i64::MAX);
    let content = if page.people.items.is_empty() {
        empty("users", t.people_none(), view! { <p>{t.people_none_advice()}</p> }.html())
    } else {
        let heads = vec![
            (t.person_name(), ""),
            (t.team(), "hide-narrow"),
            (t.person_title(), "hide-narrow"),
            (t.state(), ""),
            (t.person_mail(), "hide-narrow"),
        ];
        let rows = page.people.items.iter().map(|person| row(ctx, person)).collect::<Vec<_>>();
        data_table(&t.people(), heads, view! { <tbody>{rows}</tbody> }.html())
    };
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{t.people()} " " <span class="count">{format::number(page.people.total)}</span></h2>
                {filter(ctx, &page.filter)}
            </header>
            {content}
            <footer class="panel-foot">
                {t.of_shown(shown, page.people.total)}
                {ctx.pager(page.people.next_cursor.as_deref(), page.filter.cursor.is_none())}
            </footer>
        </section>
    }
    .html()
}

fn filter(ctx: Ctx<'_>, filter: &PeopleFilter) -> Html {
    let t = ctx.t;
    let states = PersonState::ALL.iter().map(|state| {
        let text = match state {
            PersonState::Planned => t.person_planned(),
            PersonState::Active => t.person_here(),
            PersonState::OnLeave => t.person_on_leave(),
            PersonState::Suspected => t.person_suspected(),
            PersonState::Departed => t.person_left(),
        };
        (state.as_str(), text)
    });
    let shows = [("", t.people_all_states())].into_iter().chain(states).chain([(CONFLICTS, t.people_conflicts())]);
    let kinds = [("", t.people_all_kinds()), ("person", t.people_only()), ("service", t.people_services())];
    let options = |choices: Vec<(&'static str, String)>, chosen: &str| {
        let option = |(value, text): (&'static str, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        };
        choices.into_iter().map(option).collect::<Vec<_>>()
    };
    view! {
        <form class="row" role="search" action="/people" aria-label=t.people_find()>
            <label class="visually-hidden" r#for="people-q">{t.people_find()}</label>
            <input
                class="input compact"
                r#type="search"
                id="people-q"
                name="q"
                value=filter.q.clone()
                placeholder=t.people_find()
                autocomplete="off"
            />
            <label class="visually-hidden" r#for="people-show">{t.state()}</label>
            <select class="input compact" id="people-show" name="show">{options(shows.collect(), &filter.show)}</select>
            <label class="visually-hidden" r#for="people-kind">{t.people_kind()}</label>
            <select class="input compact" id="people-kind" name="kind">{options(kinds.into(), &filter.kind)}</select>
            <button class="button small" r#type="submit">{t.filter_apply()}</button>
        </form>
    }
    .html()
}

fn row(ctx: Ctx<'_>, person: &PersonSummary) -> Html {
    let t = ctx.t;
    let service = (person.kind == PersonKind::Service).then(|| badge("tone-neutral", "auto", t.person_service()));
    let conflict = (person.conflicts > 0).then(|| badge("tone-warn", "alert", t.people_disagree()));
    let disabled = person.disabled_at.map(|_| badge("tone-bad", "lock", t.person_disabled()));
    let why = person.why.as_ref().filter(|_| person.state != PersonState::Active);
    let why = why.map(|why| view! { <div class="tiny faint">{ctx.why(why)}</div> });
    view! {
        <tr>
            <th scope="row">
                {ctx.person_name(&person.login, &person.name, person.state == PersonState::Departed)} " " {service}
                <div class="tiny faint">{person.login.clone()}</div>
            </th>
            <td class="hide-narrow">{person.team.as_ref().map(|team| ctx.team(team))}</td>
            <td class="hide-narrow">{person.title.clone()}</td>
            <td>{ctx.person_state(person.state)} " " {conflict} " " {disabled} {why}</td>
            <td class="hide-narrow">{person.mail.clone()}</td>
        </tr>
    }
    .html()
}

fn teams(ctx: Ctx<'_>, page: &PeoplePage) -> Html {
    let t = ctx.t;
    if page.teams.is_empty() {
        return blank();
    }
    let rows = page.teams.iter().map(|team| {
        let orphan = team.parent_missing.clone().map(|parent| badge("tone-warn", "alert", t.team_orphan(parent)));
        let cut = team.is_cut.then(|| badge("tone-warn", "alert", t.team_cut()));
        let reference = reeve_model::person::TeamRef { name: team.name.clone(), title: team.title.clone() };
        view! {
            <tr>
                <th scope="row">{ctx.team(&reference)} " " {orphan} " " {cut}</th>
                <td class="hide-narrow">{team.lead.as_ref().map(|lead| ctx.person(lead))}</td>
                <td class="num">{format::number(team.people)}</td>
            </tr>
        }
    });
    let heads = vec![(t.team(), ""), (t.team_lead(), "hide-narrow"), (t.people(), "num")];
    let table = data_table(&t.teams(), heads, view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html());
    let shown = i64::try_from(page.teams.len()).unwrap_or(i64::MAX);
    view! {
        <section class="panel" id="teams">
            <header class="panel-header">
                <h2>{t.teams()} " " <span class="count">{format::number(page.counts.teams)}</span></h2>
            </header>
            {table}
            <footer class="panel-foot">{t.of_shown(shown, page.counts.teams)}</footer>
        </section>
    }
    .html()
}

/// What nobody guesses: records that could be one person's.
fn questions(ctx: Ctx<'_>, page: &PeoplePage) -> Html {
    let t = ctx.t;
    if page.questions.is_empty() {
        return blank();
    }
    let items = page.questions.iter().map(|question| {
        let key = match question.key {
            MergeKey::PersonKey => t.question_person_key(),
            MergeKey::EmployeeNumber => t.person_number(),
            MergeKey::Login => t.person_login(),
            MergeKey::Mail => t.person_mail(),
        };
        let reason = match question.reason {
            QuestionReason::Left => t.question_left(),
            QuestionReason::NumbersDiffer => t.question_numbers(),
            QuestionReason::Several => t.question_several(),
        };
        let records = question.records.iter().map(|record| {
            let person = record.person.as_ref().map(|person| ctx.person(person));
            view! { <li>{person} " " <span class="faint">{record.source.clone()} " " <code>{record.key.clone()}</code></span></li> }
        });
        let answers = page.may_manage.then(|| {
            view! {
                <form class="row" method="post" action=format!("/people/questions/{}", question.id)>
                    {ctx.form_token()}
                    <button class="button small" r#type="submit" name=ANSWER value=APART>{t.question_apart()}</button>
                    <button class="button small" r#type="submit" name=ANSWER value=SAME>{t.question_same()}</button>
                </form>
            }
        });
        view! {
            <li class="stack tight">
                <p><strong>{key} " " <code>{question.value.clone()}</code></strong> ": " {reason}</p>
                <ul role="list">{records.collect::<Vec<_>>()}</ul>
                {answers}
            </li>
        }
    });
    let items = view! { <ul class="panel-list small" role="list">{items.collect::<Vec<_>>()}</ul> };
    panel(t.questions_title(), badge("tone-warn", "help", format::number(page.counts.questions)), items.html())
}

/// Who came in by the right door and is nobody yet.
fn accounts(ctx: Ctx<'_>, page: &PeoplePage) -> Html {
    let t = ctx.t;
    if page.accounts.is_empty() {
        return blank();
    }
    let items = page.accounts.iter().map(|account| account_item(ctx, page, account)).collect::<Vec<_>>();
    let items = view! {
        <p class="panel-body small">{t.accounts_purpose()}</p>
        <ul class="panel-list small" role="list">{items}</ul>
    };
    let count = i64::try_from(page.accounts.len()).unwrap_or(i64::MAX);
    panel(t.accounts_title(), badge("tone-warn", "help", format::number(count)), items.html())
}

fn account_item(ctx: Ctx<'_>, page: &PeoplePage, account: &AccountQuestion) -> Html {
    let t = ctx.t;
    let facts = [account.mail.as_ref(), account.employee_number.as_ref()].into_iter().flatten().cloned();
    let facts = facts.collect::<Vec<_>>().join(", ");
    let could_be = account.candidates.iter().map(|person| {
        view! { <li>{ctx.person(person)} " " <code>{person.login.clone()}</code> " " {ctx.person_state(person.state)}</li> }
    });
    let could_be = (!account.candidates.is_empty()).then(|| {
        view! { <p>{t.account_could_be()}</p> <ul role="list">{could_be.collect::<Vec<_>>()}</ul> }
    });
    let of_this = (page.answer.0 == account.id).then_some(&page.answer.1);
    let suggested = account.candidates.first().map_or(&account.login, |person| &person.login);
    let suggested = Form::new([(LOGIN.to_owned(), suggested.clone())]);
    let field = Field {
        id: format!("account-{}", account.id),
        name: LOGIN,
        label: t.account_login(),
        hint: String::new(),
        required: true,
    };
    let button = |label, value| ctx.submit(Submit { label, tone: "small", icon: "user", sends: Some((ANSWER, value)) });
    view! {
        <li class="stack tight">
            <p>
                <strong>{account.name.clone()}</strong> ": " {t.account_at(account.login.clone(), account.provider.clone())}
                <span class="tiny faint">" " {facts} " " {t.account_tried(ctx.moment(account.last_seen_at))}</span>
            </p>
            {could_be}
            <form class="stack tight" method="post" action=format!("/people/accounts/{}", account.id)>
                {ctx.form_token()} {ctx.text_field(of_this.unwrap_or(&suggested), &field)}
                <div class="row">{button(t.account_known(), KNOWN)} {button(t.account_new(), NEW)}</div>
            </form>
        </li>
    }
    .html()
}
