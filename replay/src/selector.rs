//! Whose statement is asked for, as text: `user:alice`, `merchant:shop`, `rental:car-1`,
//! `auth:hotel-1`, `account:till`, `class:user_hold`, `class:user_hold:alice`, or an id alone.

use crate::names::{Holder, holder};
use groat_ledger::{AccountKey, Class, Id};
use std::fmt;
use std::str::FromStr;

/// Whose accounts are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// A user's.
    User(Id),
    /// A merchant's.
    Merchant(Id),
    /// A rental's or an authorization's.
    Hold(Id),
    /// The one that `OpenLedgerAccount` opened.
    Account(Id),
    /// All of a class, or those of one owner.
    Class(Class, Option<Id>),
    /// The user's of this id if there is one, else the merchant's, else the rental or
    /// authorization, else the ledger account.
    Bare(Id),
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selector::User(id) => write!(f, "user:{id}"),
            Selector::Merchant(id) => write!(f, "merchant:{id}"),
            Selector::Hold(id) => write!(f, "rental:{id}"),
            Selector::Account(id) => write!(f, "account:{id}"),
            Selector::Class(class, None) => write!(f, "class:{}", class.name()),
            Selector::Class(class, Some(owner)) => write!(f, "class:{}:{owner}", class.name()),
            Selector::Bare(id) => write!(f, "{id}"),
        }
    }
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Selector, String> {
        let id = |text: &str| text.parse::<Id>().map_err(|e| format!("`{text}` is {e}"));
        let class = |name: &str| Class::ALL.iter().copied().find(|class| class.name() == name);
        match text.split_once(':') {
            Some(("user", user)) => Ok(Selector::User(id(user)?)),
            Some(("merchant", merchant)) => Ok(Selector::Merchant(id(merchant)?)),
            Some(("rental" | "auth", hold)) => Ok(Selector::Hold(id(hold)?)),
            Some(("account", account)) => Ok(Selector::Account(id(account)?)),
            Some(("class", rest)) => {
                let (name, owner) =
                    rest.split_once(':').map_or((rest, None), |(n, o)| (n, Some(o)));
                let names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
                let known = || format!("no class `{name}`; known are {}", names.join(", "));
                Ok(Selector::Class(class(name).ok_or_else(known)?, owner.map(id).transpose()?))
            }
            _ => match class(text) {
                Some(class) => Ok(Selector::Class(class, None)),
                None => id(text).map(Selector::Bare),
            },
        }
    }
}

impl Selector {
    pub(crate) fn takes(self, key: &AccountKey) -> bool {
        let of = |wanted: Holder, owner: Id| holder(key.class) == wanted && key.owner == owner;
        match self {
            Selector::User(id) => of(Holder::User, id),
            Selector::Merchant(id) => of(Holder::Merchant, id),
            Selector::Hold(id) => of(Holder::Hold, id),
            Selector::Account(id) => of(Holder::Ledger, id),
            Selector::Class(class, owner) => {
                key.class == class && owner.is_none_or(|owner| key.owner == owner)
            }
            Selector::Bare(id) => key.owner == id && holder(key.class) != Holder::Platform,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_selectors() {
        let id = |text: &str| text.parse::<Id>().unwrap();
        for (text, selector) in [
            ("user:alice", Selector::User(id("alice"))),
            ("merchant:a:b", Selector::Merchant(id("a:b"))),
            ("account:user:x", Selector::Account(id("user:x"))),
            ("class:service_fee", Selector::Class(Class::ServiceFee, None)),
            ("service_fee", Selector::Class(Class::ServiceFee, None)),
            ("class:user_hold:bob", Selector::Class(Class::UserHold, Some(id("bob")))),
            ("alice", Selector::Bare(id("alice"))),
        ] {
            assert_eq!(text.parse(), Ok(selector), "{text}");
        }
        assert!("class:nothing".parse::<Selector>().unwrap_err().contains("user_available"));
        assert!("user:".parse::<Selector>().is_err());
    }
}
