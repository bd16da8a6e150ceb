//! Who acts, and what he may do: decided here and nowhere else, for pages, API and command line alike.
//!
//! A right comes from a role, which is had towards everything, or from a relation, which is had towards one resource. Rights
//! add up; a token's scopes only take away. The whole of it is one snapshot: `reeve_model__permission__tests__matrix.snap`.

use crate::AssetId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What somebody is for the platform as a whole. Owner and steward are no roles: they are had towards an asset.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Everyone signed in.
    Analyst,
    PrivacyOfficer,
    Operator,
    Administrator,
    /// A machine's account.
    Service,
}

/// What an API token may be used for; it never gives more than its owner has.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// Search, tables, people, crawls.
    #[serde(rename = "catalog:read")]
    #[strum(serialize = "catalog:read")]
    CatalogRead,
    /// Descriptions, tags, owners: what its owner may change.
    #[serde(rename = "catalog:write")]
    #[strum(serialize = "catalog:write")]
    CatalogWrite,
    /// Start crawls.
    #[serde(rename = "crawls:run")]
    #[strum(serialize = "crawls:run")]
    CrawlsRun,
    /// Ask for something, and decide what others ask for.
    #[serde(rename = "requests:write")]
    #[strum(serialize = "requests:write")]
    RequestsWrite,
    #[serde(rename = "audit:read")]
    #[strum(serialize = "audit:read")]
    AuditRead,
    /// People, roles, rules, sessions and tokens.
    #[serde(rename = "people:manage")]
    #[strum(serialize = "people:manage")]
    PeopleManage,
}

/// Somebody who acts: a person, a service account, or whoever runs the command line on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `None` for the command line.
    pub person: Option<AssetId>,
    pub login: String,
    pub name: String,
    pub roles: BTreeSet<Role>,
    /// His department and those above it, and the teams he is a member of: assets.
    pub teams: BTreeSet<AssetId>,
    /// Of the directory or the OIDC provider, as they name them.
    pub groups: BTreeSet<String>,
    /// Of the token he acts by; `None` where he acts himself.
    pub scopes: Option<BTreeSet<Scope>>,
}

/// How somebody stands to the resource that he acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Relation {
    /// Of a person: it is himself. Of a token or session: it is his.
    Oneself,
    /// Of a person: he leads him. Of a succession: he led the one who left.
    Manager,
    Owner,
    Steward,
    TechnicalOwner,
    /// Owner of the database that the table is in, where the table has an owner of its own.
    DatabaseOwner,
    /// Member of the team that owns it. Who leads that team is its owner.
    Member,
    /// Proposed or appointed to take over what somebody left.
    Heir,
}

/// What can be done. What issues of later chapters need is added with its rights in the two tables below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// Know that it exists, read it, find it.
    See,
    Watch,
    /// Say what an owner might change: description, tags, class.
    Propose,
    /// Say that one is its owner, where it has none.
    Claim,
    EditDescription,
    EditTags,
    /// Set, confirm or reject the personal-data class of columns.
    Classify,
    /// Take or decline what others proposed.
    DecideProposal,
    Certify,
    Deprecate,
    AssignOwner,
    /// Hand over what somebody who left answered for.
    SettleSuccession,
    /// Ask for something: more days, an owner, access.
    Request,
    /// Take part in a request. Who decides on which is the rules' of `request`.
    Decide,
    /// Say that nothing of it may go, and that it may again.
    PlaceHold,
    /// Retention policies, exemptions, prices.
    ManagePolicies,
    /// Who has to agree to what.
    ManageApprovals,
    RunCrawl,
    /// Say whether what a source no longer lists is gone.
    DecideRemoval,
    /// The pages of people and teams.
    SeePeople,
    /// Merge people, answer whose account it is, disable and enable.
    ManagePeople,
    ManageRoles,
    /// Rules from principals to people, the governed list of tags.
    ManageRules,
    ReadAudit,
    SeeSessions,
    RevokeSession,
    ChangePassword,
    CreateToken,
    /// A token for a machine's account.
    CreateServiceToken,
    SeeTokens,
    RevokeToken,
}

/// What is acted on, as far as the decision needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// How the actor stands to it.
    pub relations: BTreeSet<Relation>,
    /// It lies in a database that is hidden from the actor.
    pub is_hidden: bool,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// He may not even know that it exists: answered as if it did not.
    NotFound,
    Forbidden,
}

impl Resource {
    /// Reeve as a whole: its sources, people, rules and logs. What is towards no one in particular.
    pub fn portal() -> Self {
        Self::default()
    }

    /// A thing, and how the actor stands to it.
    pub fn with(relations: impl IntoIterator<Item = Relation>) -> Self {
        Self { relations: relations.into_iter().collect(), is_hidden: false }
    }

    pub fn hidden(self, is_hidden: bool) -> Self {
        Self { is_hidden, ..self }
    }

    /// What belongs to a person: his sessions, tokens, password.
    pub fn of_person(actor: &Actor, person: AssetId) -> Self {
        Self::with((actor.person == Some(person)).then_some(Relation::Oneself))
    }
}

impl Actor {
    /// Whoever runs `reeve` on this machine: he can read the database's file anyway.
    pub fn command_line() -> Self {
        Self {
            person: None,
            login: "command-line".to_owned(),
            name: "Command line".to_owned(),
            roles: Role::VARIANTS.iter().copied().filter(|role| *role != Role::Service).collect(),
            teams: BTreeSet::new(),
            groups: BTreeSet::new(),
            scopes: None,
        }
    }

    /// Whether he may do this to that.
    ///
    /// # Errors
    /// [`Denied`]: what may not be seen is answered as what does not exist.
    pub fn may(&self, action: Action, resource: &Resource) -> Result<(), Denied> {
        if resource.is_hidden && self.person.is_some() {
            return Err(Denied::NotFound);
        }
        let by_role = self.roles.iter().any(|role| action.roles().contains(role));
        let by_relation = resource.relations.iter().any(|relation| action.relations().contains(relation));
        let in_scope = self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&action.scope()));
        if (by_role || by_relation) && in_scope { Ok(()) } else { Err(Denied::Forbidden) }
    }

    /// [`Actor::may`] as a condition: whether a page shows the button.
    pub fn can(&self, action: Action, resource: &Resource) -> bool {
        self.may(action, resource).is_ok()
    }

    /// How he stands to something that a person or team holds.
    pub fn holds(&self, holder: AssetId) -> Option<Holding> {
        if self.person == Some(holder) {
            Some(Holding::Himself)
        } else {
            self.teams.contains(&holder).then_some(Holding::AsMember)
        }
    }
}

/// Whether a holder of something is the actor himself, or a team that he is a member of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    Himself,
    AsMember,
}

/// Everyone who is a person.
const PEOPLE: &[Role] = &[Role::Analyst, Role::PrivacyOfficer, Role::Operator, Role::Administrator];

impl Action {
    /// Who may do it to everything.
    fn roles(self) -> &'static [Role] {
        use Role::{Administrator, Operator, PrivacyOfficer};
        match self {
            Self::See | Self::Propose | Self::SeePeople | Self::Request => Role::VARIANTS,
            Self::Watch | Self::Claim | Self::Decide => PEOPLE,
            Self::PlaceHold => &[PrivacyOfficer],
            Self::ManagePolicies => &[PrivacyOfficer, Operator, Administrator],
            Self::ManageApprovals => &[Administrator],
            Self::Classify => &[PrivacyOfficer, Administrator],
            Self::EditDescription | Self::EditTags | Self::DecideProposal => &[Administrator],
            // The word of whoever answers for it: nobody has it by office.
            Self::Certify | Self::ChangePassword | Self::CreateToken => &[],
            Self::Deprecate => &[Operator],
            Self::AssignOwner | Self::SettleSuccession => &[Operator, Administrator],
            Self::RunCrawl | Self::DecideRemoval => &[Operator, Administrator],
            Self::ReadAudit => &[PrivacyOfficer, Administrator],
            Self::ManagePeople | Self::ManageRoles | Self::ManageRules | Self::CreateServiceToken => &[Administrator],
            Self::SeeSessions | Self::RevokeSession | Self::SeeTokens | Self::RevokeToken => &[Administrator],
        }
    }

    /// Who may do it to what he stands to in this way.
    fn relations(self) -> &'static [Relation] {
        use Relation::{DatabaseOwner, Heir, Manager, Member, Oneself, Owner, Steward, TechnicalOwner};
        match self {
            Self::EditDescription | Self::EditTags | Self::Classify => {
                &[Owner, Steward, TechnicalOwner, DatabaseOwner, Member]
            }
            Self::DecideProposal => &[Owner, Steward, DatabaseOwner, Member],
            Self::Certify => &[Owner, Steward],
            Self::Deprecate | Self::AssignOwner => &[Owner, DatabaseOwner],
            Self::SettleSuccession => &[Manager, Heir],
            Self::SeeSessions
            | Self::RevokeSession
            | Self::ChangePassword
            | Self::CreateToken
            | Self::SeeTokens
            | Self::RevokeToken => &[Oneself],
            Self::See
            | Self::Watch
            | Self::Propose
            | Self::Claim
            | Self::Request
            | Self::Decide
            | Self::PlaceHold
            | Self::ManagePolicies
            | Self::ManageApprovals
            | Self::RunCrawl
            | Self::DecideRemoval
            | Self::SeePeople
            | Self::ManagePeople
            | Self::ManageRoles
            | Self::ManageRules
            | Self::ReadAudit
            | Self::CreateServiceToken => &[],
        }
    }

    /// What a token needs for it.
    pub fn scope(self) -> Scope {
        match self {
            Self::See | Self::SeePeople => Scope::CatalogRead,
            Self::Watch
            | Self::Propose
            | Self::Claim
            | Self::EditDescription
            | Self::EditTags
            | Self::Classify
            | Self::DecideProposal
            | Self::Certify
            | Self::Deprecate
            | Self::AssignOwner
            | Self::SettleSuccession => Scope::CatalogWrite,
            Self::Request | Self::Decide | Self::PlaceHold | Self::ManagePolicies | Self::ManageApprovals => {
                Scope::RequestsWrite
            }
            Self::RunCrawl | Self::DecideRemoval => Scope::CrawlsRun,
            Self::ReadAudit => Scope::AuditRead,
            Self::ManagePeople
            | Self::ManageRoles
            | Self::ManageRules
            | Self::SeeSessions
            | Self::RevokeSession
            | Self::ChangePassword
            | Self::CreateToken
            | Self::CreateServiceToken
            | Self::SeeTokens
            | Self::RevokeToken => Scope::PeopleManage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Word;

    fn actor(role: Role) -> Actor {
        Actor { person: Some(AssetId(1)), roles: BTreeSet::from([role]), ..Actor::command_line() }
    }

    /// A line for each role and action; a column for each relation. `x` allowed, `.` forbidden.
    #[test]
    fn the_matrix_is_as_agreed() {
        let relations: Vec<Resource> = std::iter::once(Resource::portal())
            .chain(Relation::ALL.iter().map(|relation| Resource::with([*relation])))
            .collect();
        let mut text = format!("{:<18} {:<16} {:<10}", "action", "role", "anything");
        for relation in Relation::ALL {
            text += &format!(" {}", relation.as_str());
        }
        for action in Action::ALL {
            text += &format!("\n{} ({})\n", action.as_str(), action.scope().as_str());
            for role in Role::ALL {
                text += &format!("{:<18} {:<16}", "", role.as_str());
                for (at, resource) in relations.iter().enumerate() {
                    let mark = if actor(*role).can(*action, resource) { "x" } else { "." };
                    let width = if at == 0 { 10 } else { Relation::ALL[at - 1].as_str().len() };
                    text += &format!(" {mark:<width$}");
                }
                text = text.trim_end().to_owned() + "\n";
            }
        }
        insta::assert_snapshot!("matrix", text);
    }

    /// Nothing may be done to what is hidden, and nobody is told that it is there.
    #[test]
    fn what_is_hidden_does_not_exist_for_anyone() {
        for role in Role::ALL {
            for action in Action::ALL {
                for relation in Relation::ALL {
                    let resource = Resource::with([*relation]).hidden(true);
                    assert_eq!(actor(*role).may(*action, &resource), Err(Denied::NotFound));
                }
            }
        }
        assert_eq!(Actor::command_line().may(Action::See, &Resource::portal().hidden(true)), Ok(()));
    }

    #[test]
    fn scopes_only_take_away() {
        for role in Role::ALL {
            for action in Action::ALL {
                let whole = actor(*role);
                for scope in Scope::ALL {
                    let narrow = Actor { scopes: Some(BTreeSet::from([*scope])), ..whole.clone() };
                    let expected = whole.can(*action, &Resource::portal()) && action.scope() == *scope;
                    assert_eq!(narrow.can(*action, &Resource::portal()), expected);
                }
                let none = Actor { scopes: Some(BTreeSet::new()), ..whole };
                assert!(!none.can(*action, &Resource::portal()));
            }
        }
    }

    #[test]
    fn one_stands_to_a_thing_oneself_or_by_a_team() {
        let kim = Actor { teams: BTreeSet::from([AssetId(7)]), ..actor(Role::Analyst) };
        assert_eq!(kim.holds(AssetId(1)), Some(Holding::Himself));
        assert_eq!(kim.holds(AssetId(7)), Some(Holding::AsMember));
        assert_eq!(kim.holds(AssetId(2)), None);
        assert_eq!(Resource::of_person(&kim, AssetId(1)).relations, BTreeSet::from([Relation::Oneself]));
        assert!(Resource::of_person(&Actor::command_line(), AssetId(1)).relations.is_empty());
    }
}
