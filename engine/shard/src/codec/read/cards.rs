//! Wire to domain: membership cards, their commands, facts and rows.

use super::fields::*;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{
    self as domain, Body, Card, CardState, CardTemplate, CardTerms, Currency, DefineCard, Fact, Id,
    LegSource, Money, PointsLot, PointsTerms,
};
use groat_proto::v1::{self, command, event};

pub(in crate::codec) fn define(w: &v1::DefineCard) -> Field<DefineCard> {
    let stored_in = currency(w.ccy, "ccy")?;
    let terms = CardTerms {
        merchant: optional_id(w.merchant),
        currency: stored_in,
        balance_cap: part_of(w.balance_cap, stored_in, "balance_cap")?,
        points: w.points.as_ref().map(|w| points_terms(w, stored_in)).transpose()?,
    };
    Ok(DefineCard { template: id(w.template, "template")?, terms })
}

fn points_terms(w: &v1::PointsTerms, stored_in: Currency) -> Field<PointsTerms> {
    let per = part_of(w.per, stored_in, "per")?.unwrap_or(0);
    let v1::PointsTerms { value_micros, valid_days, decimals, .. } = *w;
    Ok(PointsTerms { per, value_micros, valid_days, decimals })
}

fn until(wire: u64) -> Option<u64> {
    (wire > 0).then_some(wire)
}

fn open(w: &v1::OpenCard) -> Field<domain::OpenCard> {
    Ok(domain::OpenCard {
        card: id(w.card, "card")?,
        user: id(w.user, "user")?,
        template: id(w.template, "template")?,
        level: w.level,
        valid_until: until(w.valid_until),
    })
}

/// The commands of this subject; an error for those of others.
pub(super) fn command(wire: &command::Body) -> Field<Body> {
    use command::Body as W;
    Ok(match wire {
        W::DefineCard(w) => Body::DefineCard(define(w)?),
        W::OpenCard(w) => Body::OpenCard(open(w)?),
        W::UpdateCard(w) => Body::UpdateCard(domain::UpdateCard {
            card: id(w.card, "card")?,
            user: id(w.user, "user")?,
            level: w.level,
            suspended: w.suspended,
            valid_until: until(w.valid_until),
        }),
        W::CloseCard(w) => {
            let (card, user) = (id(w.card, "card")?, id(w.user, "user")?);
            Body::CloseCard(domain::CloseCard { card, user })
        }
        W::LoadCard(w) => {
            let (card, user) = (id(w.card, "card")?, id(w.user, "user")?);
            Body::LoadCard(domain::LoadCard { card, user, amount: money(w.amt, "amt")? })
        }
        W::UnloadCard(w) => {
            let (card, user) = (id(w.card, "card")?, id(w.user, "user")?);
            Body::UnloadCard(domain::UnloadCard { card, user, amount: money(w.amt, "amt")? })
        }
        W::EarnPoints(w) => Body::EarnPoints(domain::EarnPoints {
            card: id(w.card, "card")?,
            user: id(w.user, "user")?,
            payment: optional_id(w.payment),
            points: w.points,
        }),
        W::RedeemPoints(w) => Body::RedeemPoints(domain::RedeemPoints {
            card: id(w.card, "card")?,
            user: id(w.user, "user")?,
            points: w.points,
        }),
        W::AdjustPoints(w) => Body::AdjustPoints(domain::AdjustPoints {
            card: id(w.card, "card")?,
            user: id(w.user, "user")?,
            points: w.points,
            less: w.less,
            reason: reference(&w.reason, "reason")?,
        }),
        _ => return Err("body"),
    })
}

pub(super) fn leg(w: &v1::CardLeg, of: fn(Id) -> LegSource) -> Field<(LegSource, Money)> {
    Ok((of(id(w.card, "legs")?), money(w.amt, "legs")?))
}

fn state(value: i32) -> Field<CardState> {
    Ok(match known::<v1::CardState>(value, "state")? {
        v1::CardState::Active => CardState::Active,
        v1::CardState::Suspended => CardState::Suspended,
        v1::CardState::Expired => CardState::Expired,
        v1::CardState::Closed => CardState::Closed,
    })
}

/// The facts of this subject; an error for those of others.
pub(super) fn read_fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::CardDefined(w) => {
            let DefineCard { template, terms } = define(w)?;
            Fact::CardDefined { template, terms }
        }
        W::CardOpened(w) => {
            let domain::OpenCard { card, user, template, level, valid_until } = open(w)?;
            Fact::CardOpened { card, user, template, level, valid_until }
        }
        W::CardUpdated(w) => Fact::CardUpdated {
            card: id(w.card, "card")?,
            level: w.level,
            state: state(w.state)?,
            valid_until: until(w.valid_until),
        },
        W::CardClosed(w) => Fact::CardClosed { card: id(w.card, "card")?, points: w.points },
        W::CardExpired(w) => Fact::CardExpired { card: id(w.card, "card")? },
        W::CardLoaded(w) => {
            let (card, user) = (id(w.card, "card")?, id(w.user, "user")?);
            Fact::CardLoaded { card, user, amount: w.amount }
        }
        W::CardUnloaded(w) => {
            let (card, user) = (id(w.card, "card")?, id(w.user, "user")?);
            Fact::CardUnloaded { card, user, amount: w.amount }
        }
        W::CardCharged(w) => {
            let (card, payment) = (id(w.card, "card")?, id(w.payment, "payment")?);
            Fact::CardCharged { card, payment, amount: w.amount }
        }
        W::CardReturned(w) => {
            let (card, payment) = (id(w.card, "card")?, id(w.payment, "payment")?);
            Fact::CardReturned { card, payment, amount: w.amount }
        }
        W::PointsEarned(w) => Fact::PointsEarned {
            card: id(w.card, "card")?,
            payment: optional_id(w.payment),
            points: w.points,
            of: w.of,
            until: w.until,
            repaid: w.repaid,
        },
        W::PointsRedeemed(w) => Fact::PointsRedeemed {
            card: id(w.card, "card")?,
            user: id(w.user, "user")?,
            points: w.points,
            amount: w.amount,
            payment: optional_id(w.payment),
        },
        W::PointsReturned(w) => Fact::PointsReturned {
            card: id(w.card, "card")?,
            payment: id(w.payment, "payment")?,
            points: w.points,
            amount: w.amount,
            until: w.until,
            repaid: w.repaid,
        },
        W::PointsAdjusted(w) => Fact::PointsAdjusted {
            card: id(w.card, "card")?,
            points: w.points,
            less: w.less,
            reason: reference(&w.reason, "reason")?,
            until: w.until,
            repaid: w.repaid,
        },
        W::PointsReversed(w) => Fact::PointsReversed {
            card: id(w.card, "card")?,
            payment: id(w.payment, "payment")?,
            points: w.points,
            owed: w.owed,
        },
        W::PointsExpired(w) => Fact::PointsExpired { card: id(w.card, "card")?, points: w.points },
        _ => return Err("fact"),
    })
}

pub(in crate::codec) fn template_row(w: &v1::DefineCard) -> Field<CardTemplate> {
    let DefineCard { template, terms } = define(w)?;
    // Its points are those of its cards.
    Ok(CardTemplate { template, terms, points: 0 })
}

pub(in crate::codec) fn row(w: &v1::CardRow) -> Field<Card> {
    Ok(Card {
        card: id(w.card, "card")?,
        template: w.template,
        user: w.user,
        level: w.level,
        state: state(w.state)?,
        valid_until: until(w.valid_until),
        lots: w.lots.iter().map(lot).collect::<Field<_>>()?,
        owes: w.owes,
    })
}

fn lot(w: &v1::PointsLot) -> Field<PointsLot> {
    ensure((1..=AMOUNT_MAX).contains(&w.points), "lots")?;
    Ok(PointsLot { until: w.until, points: w.points })
}
