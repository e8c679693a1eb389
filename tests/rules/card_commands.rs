//! Verbs of the tables that are commands on membership cards.

use crate::words::{Args, currency, time};
use groat_ledger::{
    Body, CardTerms, CloseCard, DefineCard, LoadCard, OpenCard, UnloadCard, UpdateCard,
};

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<Body> {
    Some(match verb {
        // `card_kind club CNY at=shop cap=200.00`
        "card_kind" => Body::DefineCard(DefineCard {
            template: a.id(),
            terms: CardTerms {
                currency: currency(a.word()),
                merchant: a.id_option("at"),
                balance_cap: a.minor_option("cap"),
            },
        }),
        // `card c1 alice club level=2 until=+1d`
        "card" => Body::OpenCard(OpenCard {
            card: a.id(),
            user: a.id(),
            template: a.id(),
            level: a.number("level", 0),
            valid_until: a.option("until").map(|text| time(text, now)),
        }),
        // `card_update c1 alice level=2 suspended=no until=+1d`
        "card_update" => Body::UpdateCard(UpdateCard {
            card: a.id(),
            user: a.id(),
            level: a.option("level").map(|text| text.parse().unwrap()),
            suspended: a.option("suspended").map(|text| match text {
                "yes" => true,
                "no" => false,
                other => panic!("suspended or not: {other}"),
            }),
            valid_until: a.option("until").map(|text| time(text, now)),
        }),
        "card_close" => Body::CloseCard(CloseCard { card: a.id(), user: a.id() }),
        "load" => Body::LoadCard(LoadCard { card: a.id(), user: a.id(), amount: a.money() }),
        "unload" => Body::UnloadCard(UnloadCard { card: a.id(), user: a.id(), amount: a.money() }),
        _ => return None,
    })
}
