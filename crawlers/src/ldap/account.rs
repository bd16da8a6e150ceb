//! What a directory says about whether an account may be used. A locked account or an old password is no departure.

use super::config::{Flavour, PeopleConfig};
use super::entry::Entry;
use chrono::{DateTime, NaiveDateTime, Utc};

/// How it stands with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    Enabled,
    /// Enabled until then.
    EnabledUntil(DateTime<Utc>),
    Disabled,
    /// Since then.
    Expired(DateTime<Utc>),
    /// The directory did not show what would tell: nobody is taken for enabled, and nobody for gone.
    Unknown,
}

/// Reads what the flavour and the configuration say of it.
pub fn account(entry: &Entry, people: &PeopleConfig, flavour: Flavour, now: DateTime<Utc>) -> Account {
    if let Some(disabled) = &people.disabled {
        let says = |value: String| disabled.values.iter().any(|word| word.to_lowercase() == value.to_lowercase());
        if entry.texts(&disabled.attribute).any(says) {
            return Account::Disabled;
        }
    }
    match flavour {
        Flavour::ActiveDirectory => active_directory(entry, now),
        Flavour::Standard => standard(entry, now),
        Flavour::FreeIpa => free_ipa(entry, now),
    }
}

/// `userAccountControl`: the account is disabled (MS-ADTS 2.2.16). LOCKOUT (0x10) and PASSWORD_EXPIRED (0x800000) are not kept
/// there, and would be no departure.
const ACCOUNTDISABLE: i64 = 0x2;

fn active_directory(entry: &Entry, now: DateTime<Utc>) -> Account {
    let Some(control) = entry.text("userAccountControl").and_then(|text| text.parse::<i64>().ok()) else {
        return Account::Unknown;
    };
    if control & ACCOUNTDISABLE != 0 {
        return Account::Disabled;
    }
    // Absent where it was never set.
    let expires = entry.text("accountExpires").and_then(|text| text.parse::<i64>().ok()).and_then(filetime);
    until(expires, now)
}

/// A time of Windows: 100 ns since 1601 (MS-DTYP 2.3.3). 0, 2^63-1 and whatever lies beyond the year 9000 mean never.
fn filetime(value: i64) -> Option<DateTime<Utc>> {
    const YEAR_9000: i64 = 221_845_392_000;
    let unix = value / 10_000_000 - 11_644_473_600;
    (value > 0 && unix < YEAR_9000).then(|| DateTime::from_timestamp(unix, 0)).flatten()
}

fn standard(entry: &Entry, now: DateTime<Utc>) -> Account {
    // "000001010000Z": locked for good by an administrator (draft-behera-ldap-password-policy 5.3.3); a time is a lock-out.
    if entry.text("pwdAccountLockedTime").as_deref() == Some("000001010000Z") {
        return Account::Disabled;
    }
    // Days since 1970 (RFC 2307); negative: never.
    let days = entry.text("shadowExpire").and_then(|text| text.parse::<i64>().ok()).filter(|days| *days >= 0);
    until(days.and_then(|days| DateTime::from_timestamp(days.checked_mul(86_400)?, 0)), now)
}

fn free_ipa(entry: &Entry, now: DateTime<Utc>) -> Account {
    if entry.text("nsAccountLock").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Account::Disabled;
    }
    until(entry.text("krbPrincipalExpiration").and_then(|text| generalized_time(&text)), now)
}

/// `20260101000000Z` and its kin with fractions (RFC 4517, 3.3.13), in UTC only.
fn generalized_time(text: &str) -> Option<DateTime<Utc>> {
    let digits = text.strip_suffix('Z')?.split(['.', ',']).next()?;
    NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok().map(|time| time.and_utc())
}

fn until(expires: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Account {
    match expires {
        None => Account::Enabled,
        Some(at) if at <= now => Account::Expired(at),
        Some(at) => Account::EnabledUntil(at),
    }
}

/// Why Active Directory refused a bind, from the text behind code 49: `80090308: LdapErr: ..., data 52e, v4563`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindRefusal {
    UnknownAccount,
    WrongPassword,
    Disabled,
    Expired,
    PasswordExpired,
    MustChangePassword,
    LockedOut,
    NotNow,
}

impl BindRefusal {
    pub fn of(text: &str) -> Option<Self> {
        let code = text.split("data ").nth(1)?.split(|c: char| !c.is_ascii_hexdigit()).next()?;
        Some(match code.to_ascii_lowercase().as_str() {
            "525" => Self::UnknownAccount,
            "52e" => Self::WrongPassword,
            "530" | "531" => Self::NotNow,
            "532" => Self::PasswordExpired,
            "533" => Self::Disabled,
            "701" => Self::Expired,
            "773" => Self::MustChangePassword,
            "775" => Self::LockedOut,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> DateTime<Utc> {
        format!("{day}T00:00:00Z").parse().expect("a day")
    }

    fn of(flavour: Flavour, values: &[(&str, &[&str])]) -> Account {
        let people: PeopleConfig = serde_json::from_value(serde_json::json!({
            "base": "dc=c", "disabled": {"attribute": "employeeType", "values": ["disabled", "퇴직"]}
        }))
        .expect("settings");
        account(&Entry::with("cn=a", values), &people, flavour, at("2026-06-01"))
    }

    #[test]
    fn active_directory_says_who_may() {
        let of = |values: &[(&str, &[&str])]| of(Flavour::ActiveDirectory, values);
        let normal: (&str, &[&str]) = ("userAccountControl", &["512"]);
        assert_eq!(of(&[normal]), Account::Enabled);
        assert_eq!(of(&[("userAccountControl", &["514"])]), Account::Disabled);
        assert_eq!(of(&[("userAccountControl", &["66050"])]), Account::Disabled, "with a password that never expires");
        assert_eq!(of(&[]), Account::Unknown, "an attribute that our account may not see");
        for never in ["0", "9223372036854775807", "9223372032559808511", "2650467743999999999"] {
            assert_eq!(of(&[normal, ("accountExpires", &[never])]), Account::Enabled, "{never}");
        }
        assert_eq!(of(&[normal, ("accountExpires", &["133485408000000000"])]), Account::Expired(at("2024-01-01")));
        assert_eq!(of(&[normal, ("accountExpires", &["134433216000000000"])]), Account::EnabledUntil(at("2027-01-02")));
        assert_eq!(of(&[normal, ("employeeType", &["퇴직"])]), Account::Disabled);
    }

    #[test]
    fn other_directories_say_it_their_way() {
        let openldap = |values: &[(&str, &[&str])]| of(Flavour::Standard, values);
        assert_eq!(openldap(&[]), Account::Enabled);
        assert_eq!(openldap(&[("pwdAccountLockedTime", &["000001010000Z"])]), Account::Disabled);
        assert_eq!(
            openldap(&[("pwdAccountLockedTime", &["20260101000000Z"])]),
            Account::Enabled,
            "locked out, not gone"
        );
        assert_eq!(openldap(&[("shadowExpire", &["-1"])]), Account::Enabled);
        assert_eq!(openldap(&[("shadowExpire", &["19723"])]), Account::Expired(at("2024-01-01")));
        assert_eq!(openldap(&[("employeeType", &["Disabled"])]), Account::Disabled);
        let ipa = |values: &[(&str, &[&str])]| of(Flavour::FreeIpa, values);
        assert_eq!(ipa(&[("nsAccountLock", &["TRUE"])]), Account::Disabled);
        assert_eq!(ipa(&[("nsAccountLock", &["FALSE"])]), Account::Enabled);
        assert_eq!(ipa(&[("krbPrincipalExpiration", &["20240101000000Z"])]), Account::Expired(at("2024-01-01")));
    }

    #[test]
    fn the_reason_of_a_refused_bind_is_in_its_text() {
        let text = |code: &str| {
            format!("80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data {code}, v4563")
        };
        assert_eq!(BindRefusal::of(&text("52e")), Some(BindRefusal::WrongPassword));
        assert_eq!(BindRefusal::of(&text("533")), Some(BindRefusal::Disabled));
        assert_eq!(BindRefusal::of(&text("775")), Some(BindRefusal::LockedOut));
        assert_eq!(BindRefusal::of(&text("0")), None);
        assert_eq!(BindRefusal::of("Invalid credentials"), None);
    }
}
