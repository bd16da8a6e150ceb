//! The words of the log in the reader's language. What a newer version wrote stands as it is.

use crate::text::Texts;
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::audit::{Entry, Event, FaultKind, ObjectKind, Via};

pub(super) fn what(t: Texts, entry: &Entry) -> String {
    Event::parse(&entry.action).map_or_else(|| entry.action.clone(), |known| event(t, known))
}

pub(super) fn on(t: Texts, entry: &Entry) -> String {
    ObjectKind::parse(&entry.object_kind).map_or_else(|| entry.object_kind.clone(), |known| object(t, known))
}

pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

pub(super) fn via(t: Texts, entry: &Entry) -> String {
    let Some(known) = Via::parse(&entry.via) else { return entry.via.clone() };
    match known {
        Via::Session => t.audit_via_session(),
        Via::Token => t.audit_via_token(),
        Via::CommandLine => t.audit_via_command_line(),
        Via::System => t.audit_via_system(),
        Via::SignIn => t.audit_via_sign_in(),
    }
}

pub(super) fn event(t: Texts, event: Event) -> String {
    match event {
        Event::CrawlStarted => t.audit_event_crawl_started(),
        Event::RemovalDecided => t.audit_event_removal_decided(),
        Event::SignedIn => t.audit_event_signed_in(),
        Event::SignInRefused => t.audit_event_sign_in_refused(),
        Event::SignedOut => t.audit_event_signed_out(),
        Event::SessionRevoked => t.audit_event_session_revoked(),
        Event::LinkMade => t.audit_event_link_made(),
        Event::PasswordChanged => t.audit_event_password_changed(),
        Event::TokenCreated => t.audit_event_token_created(),
        Event::TokenRevoked => t.audit_event_token_revoked(),
        Event::AccessRefused => t.audit_event_access_refused(),
        Event::Overflow => t.audit_event_overflow(),
        Event::AccountMade => t.audit_event_account_made(),
        Event::AccountDisabled => t.audit_event_account_disabled(),
        Event::AccountEnabled => t.audit_event_account_enabled(),
        Event::IdentityJoined => t.audit_event_identity_joined(),
        Event::RoleGiven => t.audit_event_role_given(),
        Event::RoleTaken => t.audit_event_role_taken(),
        Event::PersonDeparted => t.audit_event_person_departed(),
        Event::PersonReturned => t.audit_event_person_returned(),
        Event::PeopleMerged => t.audit_event_people_merged(),
        Event::PeopleParted => t.audit_event_people_parted(),
        Event::RulesChanged => t.audit_event_rules_changed(),
        Event::OwnersChanged => t.audit_event_owners_changed(),
        Event::OwnerClaimed => t.audit_event_owner_claimed(),
        Event::OwnershipDeclined => t.audit_event_ownership_declined(),
        Event::CaseOpened => t.audit_event_case_opened(),
        Event::CaseClosed => t.audit_event_case_closed(),
        Event::HandedOver => t.audit_event_handed_over(),
        Event::HoldPlaced => t.audit_event_hold_placed(),
        Event::HoldLifted => t.audit_event_hold_lifted(),
        Event::DescriptionChanged => t.audit_event_description_changed(),
        Event::CommentChanged => t.audit_event_comment_changed(),
        Event::TagsChanged => t.audit_event_tags_changed(),
        Event::ClassChanged => t.audit_event_class_changed(),
        Event::CertificationChanged => t.audit_event_certification_changed(),
        Event::DeprecationChanged => t.audit_event_deprecation_changed(),
        Event::ProposalMade => t.audit_event_proposal_made(),
        Event::ProposalAccepted => t.audit_event_proposal_accepted(),
        Event::ProposalDeclined => t.audit_event_proposal_declined(),
        Event::BulkEdited => t.audit_event_bulk_edited(),
        Event::BulkUndone => t.audit_event_bulk_undone(),
        Event::TagDefined => t.audit_event_tag_defined(),
        Event::TagRemoved => t.audit_event_tag_removed(),
        Event::RequestMade => t.audit_event_request_made(),
        Event::RequestDecided => t.audit_event_request_decided(),
        Event::DelegationMade => t.audit_event_delegation_made(),
        Event::DelegationEnded => t.audit_event_delegation_ended(),
        Event::PolicyChanged => t.audit_event_policy_changed(),
        Event::ExemptionMade => t.audit_event_exemption_made(),
        Event::ExemptionEnded => t.audit_event_exemption_ended(),
        Event::AuditExported => t.audit_event_audit_exported(),
        Event::AuditCheckpoint => t.audit_event_audit_checkpoint(),
        Event::AuditDropped => t.audit_event_audit_dropped(),
        Event::AuditErased => t.audit_event_audit_erased(),
        Event::SettingChanged => t.audit_event_setting_changed(),
    }
}

pub(super) fn object(t: Texts, kind: ObjectKind) -> String {
    match kind {
        ObjectKind::Source => t.audit_object_source(),
        ObjectKind::Crawl => t.audit_object_crawl(),
        ObjectKind::Removal => t.audit_object_removal(),
        ObjectKind::Database => t.audit_object_database(),
        ObjectKind::Table => t.audit_object_table(),
        ObjectKind::Column => t.audit_object_column(),
        ObjectKind::Person => t.audit_object_person(),
        ObjectKind::Team => t.audit_object_team(),
        ObjectKind::ServiceAccount => t.audit_object_service_account(),
        ObjectKind::Session => t.audit_object_session(),
        ObjectKind::Token => t.audit_object_token(),
        ObjectKind::Role => t.audit_object_role(),
        ObjectKind::PrincipalRules => t.audit_object_principal_rules(),
        ObjectKind::Case => t.audit_object_case(),
        ObjectKind::Tag => t.audit_object_tag(),
        ObjectKind::Proposal => t.audit_object_proposal(),
        ObjectKind::BulkEdit => t.audit_object_bulk_edit(),
        ObjectKind::Request => t.audit_object_request(),
        ObjectKind::Policy => t.audit_object_policy(),
        ObjectKind::Hold => t.audit_object_hold(),
        ObjectKind::Exemption => t.audit_object_exemption(),
        ObjectKind::Delegation => t.audit_object_delegation(),
        ObjectKind::Audit => t.audit_object_audit(),
        ObjectKind::Setting => t.audit_object_setting(),
    }
}

pub(super) fn fault(t: Texts, fault: FaultKind) -> String {
    match fault {
        FaultKind::Changed => t.audit_fault_changed(),
        FaultKind::BrokenLink => t.audit_fault_broken_link(),
        FaultKind::Gap => t.audit_fault_gap(),
        FaultKind::Duplicate => t.audit_fault_duplicate(),
        FaultKind::Order => t.audit_fault_order(),
        FaultKind::Truncated => t.audit_fault_truncated(),
        FaultKind::Inserted => t.audit_fault_inserted(),
        FaultKind::Erased => t.audit_fault_erased(),
        FaultKind::Rewritten => t.audit_fault_rewritten(),
        FaultKind::BadSignature => t.audit_fault_bad_signature(),
        FaultKind::UnknownVersion => t.audit_fault_unknown_version(),
    }
}
