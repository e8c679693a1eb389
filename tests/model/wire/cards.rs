//! Commands on membership cards as a producer writes them.

use super::{Wire, money, part, some, text};
use groat_ledger::Body;
use groat_proto::v1;

pub(super) fn body(body: &Body) -> Wire {
    let loaded = |card, user, amount| v1::LoadCard {
        card: some(card),
        user: some(user),
        amt: money(amount),
    };
    match body.clone() {
        Body::DefineCard(c) => Wire::DefineCard(v1::DefineCard {
            template: some(c.template),
            merchant: some(c.terms.merchant),
            ccy: c.terms.currency.code().into(),
            balance_cap: c.terms.balance_cap.and_then(|cap| part(cap, c.terms.currency)),
            points: c.terms.points.map(|of| v1::PointsTerms {
                per: part(of.per, c.terms.currency).filter(|_| of.per > 0),
                value_micros: of.value_micros,
                valid_days: of.valid_days,
                decimals: of.decimals,
            }),
        }),
        Body::OpenCard(c) => Wire::OpenCard(v1::OpenCard {
            card: some(c.card),
            user: some(c.user),
            template: some(c.template),
            level: c.level,
            valid_until: c.valid_until.unwrap_or(0),
        }),
        Body::UpdateCard(c) => Wire::UpdateCard(v1::UpdateCard {
            card: some(c.card),
            user: some(c.user),
            level: c.level,
            suspended: c.suspended,
            valid_until: c.valid_until.unwrap_or(0),
        }),
        Body::CloseCard(c) => {
            Wire::CloseCard(v1::CloseCard { card: some(c.card), user: some(c.user) })
        }
        Body::LoadCard(c) => Wire::LoadCard(loaded(c.card, c.user, c.amount)),
        Body::UnloadCard(c) => Wire::UnloadCard(loaded(c.card, c.user, c.amount)),
        Body::EarnPoints(c) => Wire::EarnPoints(v1::EarnPoints {
            card: some(c.card),
            user: some(c.user),
            payment: some(c.payment),
            points: c.points,
        }),
        Body::RedeemPoints(c) => Wire::RedeemPoints(v1::RedeemPoints {
            card: some(c.card),
            user: some(c.user),
            points: c.points,
        }),
        Body::AdjustPoints(c) => Wire::AdjustPoints(v1::AdjustPoints {
            card: some(c.card),
            user: some(c.user),
            points: c.points,
            less: c.less,
            reason: text(&c.reason),
        }),
        other => unreachable!("{other:?} is no command of cards"),
    }
}
