use super::{SuccessionPage, SuccessionsPage};
use crate::fixture::{at, holder, paged};
use crate::form::{Form, Mistake};
use crate::pages::Fixture;
use chrono::TimeDelta;
use reeve_model::AssetId;
use reeve_model::asset::AssetKind;
use reeve_model::owner::{Holder, HolderKind, OwnerRole, OwnerState};
use reeve_model::person::Why;
use reeve_model::succession::{
    Case, CaseDetail, CaseItem, CaseState, Heir, HeirReason, ItemAsset, ItemKind, ItemState,
};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let mut wrong = Form::new([(super::OTHER.to_owned(), "누구".to_owned()), ("item-1".to_owned(), "yes".to_owned())]);
    wrong.refuse(super::OTHER, Mistake::Nobody);
    let list = |cases, total| SuccessionsPage { cases: paged(cases, total, None), is_first: true };
    vec![
        (
            "successions",
            "/succession",
            Box::new(list(vec![case(CaseState::Open), case(CaseState::Settled), case(CaseState::Returned)], 3)),
        ),
        ("successions-none", "/succession", Box::new(list(vec![], 0))),
        ("succession", "/succession/118", Box::new(page(CaseState::Open, true, wrong))),
        ("succession-returned", "/succession/118", Box::new(page(CaseState::Returned, false, Form::default()))),
    ]
}

fn team() -> Holder {
    holder(HolderKind::Team, "growth", "Growth Analytics", OwnerState::Active)
}

fn lee() -> Holder {
    holder(HolderKind::Person, "haeun.lee", "이하은", OwnerState::Active)
}

pub(in crate::pages) fn case(state: CaseState) -> Case {
    let is_over = state != CaseState::Open;
    Case {
        id: 118,
        person: holder(HolderKind::Person, "minseok.kang", "강민석", OwnerState::Departed),
        team: Some(team()),
        manager: Some(lee()),
        state,
        cause: Some(Why::Ended { source: "hr".to_owned(), on: "2026-10-31".parse().unwrap_or_default() }),
        opened_at: at(1, 6, 0),
        due_at: at(1, 6, 0) + TimeDelta::days(30),
        closed_at: is_over.then(|| at(20, 9, 0)),
        closed_by: is_over.then(|| "haeun.lee".to_owned()),
        items: 3,
        decided: 1,
    }
}

fn page(state: CaseState, may_settle: bool, form: Form) -> SuccessionPage {
    let asset = |table: Option<&str>, size_bytes| {
        let table = table.map(str::to_owned);
        let kind = if table.is_some() { AssetKind::Table } else { AssetKind::Database };
        Some(ItemAsset {
            id: AssetId(size_bytes),
            kind,
            source: "prod".to_owned(),
            ambiguous: false,
            database: "growth".to_owned(),
            table,
            size_bytes: Some(size_bytes),
            is_gone: kind == AssetKind::Table,
        })
    };
    let item = |id, kind, name: &str, role, state, asset| CaseItem {
        id,
        kind,
        name: name.to_owned(),
        role,
        state,
        heir: None,
        decided_at: None,
        decided_by: None,
        asset,
    };
    let owner = Some(OwnerRole::DataOwner);
    let items_list = vec![
        item(1, ItemKind::Database, "growth", owner, ItemState::Open, asset(None, 96_400_000_000_000)),
        item(2, ItemKind::Table, "growth.funnel", owner, ItemState::Open, asset(Some("funnel"), 2_800_000_000_000)),
        CaseItem {
            heir: Some(lee()),
            decided_at: Some(at(20, 8, 30)),
            decided_by: Some("haeun.lee".to_owned()),
            ..item(3, ItemKind::Table, "growth.uplift", owner, ItemState::HandedOver, None)
        },
        item(4, ItemKind::Token, "notebook", None, ItemState::Ended, None),
        item(5, ItemKind::Watch, "order.order_item", None, ItemState::Ended, None),
    ];
    let heirs = vec![
        Heir { holder: team(), reasons: vec![HeirReason::Team, HeirReason::AlsoOwns { assets: 2 }] },
        Heir {
            holder: lee(),
            reasons: vec![
                HeirReason::Manager,
                HeirReason::LeadsTeam,
                HeirReason::SameTeam,
                HeirReason::Edited { times: 4 },
            ],
        },
    ];
    SuccessionPage { case: CaseDetail { case: case(state), items_list, heirs }, may_settle, form }
}
