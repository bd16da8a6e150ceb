//! What is said of a table or database, edited in a form, or proposed by who may not edit.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::catalog::databases;
use crate::curation::edit::{Editor, apply};
use crate::curation::{CurationError, may, proposals, tags};
use crate::db::Tx;
use crate::http::api::tables::find;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::link::{database_page, table_page};
use reeve_frontend::pages::edit::{
    CERTIFIED, Conflict, DEPRECATED, DEPRECATION_NOTE, DESCRIPTION, EditPage, May, REPLACEMENT, REVISION, TAG, WHY,
};
use reeve_model::AssetId;
use reeve_model::curation::{Author, Deprecate, Edit, Tag};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{CurationRefusal, Reason, Thing};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Of {
    source: Option<String>,
}

/// What is edited, as it is said now.
struct Target {
    id: AssetId,
    name: String,
    home: String,
    action: String,
    is_table: bool,
    description: String,
    source_description: Option<String>,
    revision: i64,
    tags: Vec<String>,
    certified: bool,
    deprecated: Option<Deprecate>,
}

impl Target {
    async fn table(tx: &mut Tx, visit: &Visit, database: &str, table: &str, of: &Of) -> Result<Self> {
        let found = find(tx, &visit.caller.hidden, database, table, of.source.as_deref()).await?;
        let summary = found.summary;
        // What only the source says cannot be taken back here.
        let deprecated = summary.deprecated.clone().filter(|deprecated| deprecated.at.is_some());
        let own = summary.description_from == Some(Author::Portal);
        Ok(Self {
            id: summary.id,
            home: table_page(&summary, ""),
            action: table_page(&summary, "edit"),
            name: found.qualified_name,
            is_table: true,
            source_description: if own { found.said.source_description } else { summary.description.clone() },
            description: summary.description.unwrap_or_default(),
            revision: found.said.revision,
            tags: found.said.tags,
            certified: summary.certified,
            deprecated: deprecated
                .map(|now| Deprecate { note: now.note.unwrap_or_default(), replacement: now.replacement }),
        })
    }

    async fn database(tx: &mut Tx, visit: &Visit, name: &str, of: &Of) -> Result<Self> {
        let found = databases::find(tx, name, of.source.as_deref(), &visit.caller.hidden).await?;
        let found = found.ok_or_else(|| Error::not_found(Thing::Database, name))?;
        let own = found.description_from == Some(Author::Portal);
        Ok(Self {
            id: found.id,
            home: database_page(&found, ""),
            action: database_page(&found, "edit"),
            is_table: false,
            source_description: if own { found.source_description } else { found.description.clone() },
            description: found.description.unwrap_or_default(),
            revision: found.revision,
            name: found.name,
            tags: Vec::new(),
            certified: false,
            deprecated: None,
        })
    }

    /// The form as it is when nothing was typed yet.
    fn form(&self) -> Typed {
        let mut fields = vec![(DESCRIPTION.to_owned(), self.description.clone())];
        fields.extend(self.tags.iter().map(|tag| (format!("{TAG}{tag}"), "on".to_owned())));
        if self.certified {
            fields.push((CERTIFIED.to_owned(), "on".to_owned()));
        }
        if let Some(deprecated) = &self.deprecated {
            fields.push((DEPRECATED.to_owned(), "on".to_owned()));
            fields.push((DEPRECATION_NOTE.to_owned(), deprecated.note.clone()));
            fields.push((REPLACEMENT.to_owned(), deprecated.replacement.clone().unwrap_or_default()));
        }
        Typed::new(fields)
    }

    fn page(self, tags: Vec<Tag>, may: May, form: Typed) -> EditPage {
        EditPage {
            name: self.name,
            home: self.home,
            action: self.action,
            is_table: self.is_table,
            form,
            revision: self.revision,
            tags,
            may,
            source_description: self.source_description,
            conflict: None,
            refused: None,
        }
    }
}

/// What he may change himself of an asset.
pub(super) fn may_of(visit: &Visit, resource: &Resource) -> May {
    let actor = &visit.caller.actor;
    May {
        edit: actor.can(Action::EditDescription, resource) && actor.can(Action::EditTags, resource),
        certify: actor.can(Action::Certify, resource),
        deprecate: actor.can(Action::Deprecate, resource),
    }
}

/// `GET /tables/{database}/{table}/edit`
pub(super) async fn table(
    Path((database, table)): Path<(String, String)>,
    Query(of): Query<Of>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let target = Target::table(&mut tx, &visit, &database, &table, &of).await?;
    show(tx, visit, target).await
}

/// `GET /databases/{database}/edit`
pub(super) async fn database(Path(name): Path<String>, Query(of): Query<Of>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let target = Target::database(&mut tx, &visit, &name, &of).await?;
    show(tx, visit, target).await
}

async fn show(mut tx: Tx, visit: Visit, target: Target) -> Result<Html<String>> {
    let resource = may::resource(&mut tx, &visit.caller.actor, target.id).await?;
    visit.caller.actor.may(Action::Propose, &resource)?;
    let tags = tags::list(&mut tx).await?;
    let form = target.form();
    let page = target.page(tags, may_of(&visit, &resource), form);
    visit.render(tx, &page).await
}

/// `POST /tables/{database}/{table}/edit`
pub(super) async fn save_table(
    State(app): State<App>,
    Path((database, table)): Path<(String, String)>,
    Query(of): Query<Of>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let target = Target::table(&mut visit.read().await?, &visit, &database, &table, &of).await?;
    save(&app, &visit, &origin, target, Typed::new(pairs)).await
}

/// `POST /databases/{database}/edit`
pub(super) async fn save_database(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(of): Query<Of>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let target = Target::database(&mut visit.read().await?, &visit, &name, &of).await?;
    save(&app, &visit, &origin, target, Typed::new(pairs)).await
}

async fn save(app: &App, visit: &Visit, origin: &Origin, target: Target, form: Typed) -> Result<Response> {
    let actor = &visit.caller.actor;
    let mut tx = app.db.write().await?;
    let resource = may::resource(&mut tx, actor, target.id).await?;
    let tags = tags::list(&mut tx).await?;
    let may = may_of(visit, &resource);
    let edit = edit_of(&form, &target, &tags, may);
    let by = Editor { login: &actor.login, origin, now: app.clock.now() };
    let done = if may.edit {
        may::check(actor, &resource, &edit)?;
        // What cannot be read is older than everything.
        let seen = form.value(REVISION).parse().unwrap_or(-1);
        apply(&mut tx, by, target.id, Some(seen), &edit).await.map(drop)
    } else {
        actor.may(Action::Propose, &resource)?;
        // An operator deprecates what he may not describe: that is done, and the rest proposed.
        let own = Edit { certified: edit.certified, deprecated: edit.deprecated.clone(), ..Edit::default() };
        let rest = Edit { certified: None, deprecated: None, ..edit };
        let seen = form.value(REVISION).parse().unwrap_or(-1);
        match apply(&mut tx, by, target.id, Some(seen), &own).await {
            Ok(_) => proposals::make(&mut tx, by, target.id, &rest, form.value(WHY)).await.map(drop),
            Err(refused) => Err(refused),
        }
    };
    match done {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&target.home).into_response())
        }
        Err(CurationError::Refused(refusal)) => {
            drop(tx);
            let is_stale = matches!(refusal, CurationRefusal::Stale { .. });
            let conflict =
                is_stale.then(|| Conflict { description: target.description.clone(), tags: target.tags.clone() });
            let status = if is_stale { StatusCode::PRECONDITION_FAILED } else { StatusCode::UNPROCESSABLE_ENTITY };
            let mut page = target.page(tags, may, form);
            page.refused = (!is_stale).then(|| Reason::from(refusal));
            page.conflict = conflict;
            Ok((status, visit.render(visit.read().await?, &page).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// What a form says, of what whoever sent it was shown.
fn edit_of(form: &Typed, target: &Target, tags: &[Tag], may: May) -> Edit {
    let text = |name: &str| form.value(name).trim().to_owned();
    let description = text(DESCRIPTION);
    let chosen = |tag: &&Tag| !form.value(&format!("{TAG}{}", tag.name)).is_empty();
    let deprecated = (!form.value(DEPRECATED).is_empty()).then(|| Deprecate {
        note: text(DEPRECATION_NOTE),
        replacement: Some(text(REPLACEMENT)).filter(|name| !name.is_empty()),
    });
    Edit {
        description: Some(Some(description).filter(|text| !text.is_empty())),
        tags: (target.is_table && !tags.is_empty())
            .then(|| tags.iter().filter(chosen).map(|tag| tag.name.clone()).collect()),
        certified: (target.is_table && may.certify).then_some(!form.value(CERTIFIED).is_empty()),
        deprecated: (target.is_table && may.deprecate).then_some(deprecated),
        ..Edit::default()
    }
}
