//! Verbs of the tables that are commands on membership cards.

use crate::words::{Args, currency, id, reference, time};
use groat_ledger::{
    AdjustPoints, Body, CardTerms, CloseCard, DefineCard, EarnPoints, Id, LoadCard, OpenCard,
    PointsTerms, RedeemPoints, UnloadCard, UpdateCard,
};

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<Body> {
    Some(match verb {
        // `card_kind club CNY at=shop cap=200.00 per=1.00 worth=1000000 for=30 decimals=2`
        "card_kind" => Body::DefineCard(DefineCard {
            template: a.id(),
            terms: CardTerms {
                currency: currency(a.word()),
                merchant: a.id_option("at"),
                balance_cap: a.minor_option("cap"),
                points: a.option("worth").map(|micros| PointsTerms {
                    per: a.minor_option("per").unwrap_or(0),
                    value_micros: micros.parse().unwrap(),
                    valid_days: a.number("for", 0),
                    decimals: a.number("decimals", 0),
                }),
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
        // `earn c1 alice p1` or `earn c1 alice 50`
        "earn" => {
            let (card, user, of) = (a.id(), a.id(), a.word());
            let points = of.parse().ok();
            let payment = if points.is_some() { Id::NONE } else { id(of) };
            Body::EarnPoints(EarnPoints { card, user, payment, points: points.unwrap_or(0) })
        }
        "redeem" => Body::RedeemPoints(RedeemPoints {
            card: a.id(),
            user: a.id(),
            points: a.word().parse().unwrap(),
        }),
        // `adjust_points c1 alice 5` or `adjust_points c1 alice less=5`
        "adjust_points" => {
            let (card, user, less) = (a.id(), a.id(), a.option("less"));
            let points = less.unwrap_or_else(|| a.word()).parse().unwrap();
            let (less, reason) = (less.is_some(), reference("corrected"));
            Body::AdjustPoints(AdjustPoints { card, user, points, less, reason })
        }
        _ => return None,
    })
}
