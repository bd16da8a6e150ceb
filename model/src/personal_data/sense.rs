//! What a word of a name or a comment stands for.

use super::Class::{Direct, Indirect, Sensitive};
use super::{Finding, why};

/// How a word that says what is measured of something changes what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Yes or no.
    Flag,
    /// How many, how much, how often.
    Amount,
    When,
    /// One of several: a code, a type, a grade.
    Choice,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// Somebody who is known by a key: a customer.
    User,
    /// Somebody who is known by his name where nothing else is said: a recipient.
    Named,
    /// What is nobody: a product, a shop, a file.
    Thing,

    Unique,
    Account,
    Card,
    Password,
    Ci,
    Biometric,
    /// Sensitive in law, in whatever form it is kept.
    Law,
    /// Height, weight: of a patient they are about his health.
    Body,
    /// The name of a person, whatever stands around it.
    FullName,
    /// A name, of a person or a thing.
    Name,
    Phone,
    Mail,
    Address,
    Location,
    Login,
    Customs,
    Photo,
    /// A picture, of a person or a thing.
    Picture,
    Ip,
    Device,
    Birth,
    Age,
    Trait,
    Income,
    Area,
    Plate,
    Tracking,
    Nick,
    /// What people write.
    Text,
    /// A text, by whomever.
    AnyText,
    /// Key of a person, whatever stands around it.
    Key,

    /// Masked by its own word: the last four digits of a card.
    Masked,
    Number,
    Id,
    Mask,
    Ending(Ending),
    /// Taken over several: an average tells nothing of one.
    Statistic,
    /// Changes nothing of what stands beside it: `home`, `first`, `value`.
    Modifier,
}

impl Sense {
    pub(super) fn is_person(self) -> bool {
        matches!(self, Self::User | Self::Named)
    }

    /// Says what is known of somebody or something.
    pub(super) fn is_attribute(self) -> bool {
        self.finding().is_some() || matches!(self, Self::Name | Self::Picture | Self::AnyText)
    }

    /// What a column of it is, where it is a person's.
    pub(super) fn finding(self) -> Option<Finding> {
        Some(match self {
            Self::Unique => why(Sensitive, "고유식별정보", "unique identifier in law"),
            Self::Account => why(Sensitive, "계좌번호", "account number"),
            Self::Card => why(Sensitive, "카드번호", "card number"),
            Self::Password => why(Sensitive, "비밀번호", "password"),
            Self::Ci => why(Sensitive, "CI/DI", "CI or DI"),
            Self::Biometric => why(Sensitive, "생체정보", "biometrics"),
            Self::Law => why(Sensitive, "민감정보", "sensitive in law"),
            Self::FullName => why(Direct, "사람 이름", "name of a person"),
            Self::Phone => why(Direct, "전화번호", "phone number"),
            Self::Mail => why(Direct, "이메일", "mail address"),
            Self::Address => why(Direct, "주소", "address"),
            Self::Location => why(Direct, "위치", "location"),
            Self::Login => why(Direct, "스스로 고른 ID", "a login he chose"),
            Self::Customs => why(Direct, "개인통관고유부호", "personal customs code"),
            Self::Photo => why(Direct, "사진·서명", "photo or signature"),
            Self::Ip | Self::Device => why(Indirect, "기기·접속 식별자", "device or network identifier"),
            Self::Birth => why(Indirect, "생년월일", "birth date"),
            Self::Age | Self::Trait | Self::Income | Self::Body => why(Indirect, "준식별자", "quasi-identifier"),
            Self::Area => why(Indirect, "작은 지역", "a small area"),
            Self::Plate | Self::Tracking => why(Indirect, "사람과 이어지는 번호", "a number that leads to a person"),
            Self::Nick => why(Indirect, "별명", "nickname"),
            Self::Text => why(Indirect, "사람이 쓴 글", "free text by or about people"),
            Self::Masked => why(Indirect, "가려지거나 해시된 값", "masked or hashed"),
            Self::Key => why(Indirect, "사람의 키", "key of a person"),
            _ => return None,
        })
    }

    /// Whether it is still told by a column whose last word is this ending.
    pub(super) fn survives(self, ending: Ending) -> bool {
        match self {
            Self::Law | Self::Unique => true,
            Self::Birth => matches!(ending, Ending::When | Ending::Choice),
            Self::Trait => matches!(ending, Ending::Choice | Ending::Flag),
            Self::Area | Self::Age => matches!(ending, Ending::Choice),
            Self::Income => matches!(ending, Ending::Amount | Ending::Choice),
            _ => false,
        }
    }
}
