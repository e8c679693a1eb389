//! Domain to wire: membership cards, their facts, rows and settlements.

use super::some;
use groat_ledger::{
    Card, CardOf, CardState, CardTerms, Fact, Id, Money, PointsLot, PointsOf, PointsTerms,
    Settlement,
};
use groat_proto::v1::{self, event, settlement};

pub(in crate::codec) fn define(template: Id, t: &CardTerms) -> v1::DefineCard {
    let points = |of: PointsTerms| v1::PointsTerms {
        per: (of.per > 0).then(|| Money { amount: of.per, currency: t.currency }.into()),
        value_micros: of.value_micros,
        valid_days: of.valid_days,
        decimals: of.decimals,
    };
    v1::DefineCard {
        template: some(template),
        merchant: some(t.merchant),
        ccy: t.currency.code().into(),
        balance_cap: t.balance_cap.map(|amount| Money { amount, currency: t.currency }.into()),
        points: t.points.map(points),
    }
}

fn state(state: CardState) -> i32 {
    match state {
        CardState::Active => v1::CardState::Active,
        CardState::Suspended => v1::CardState::Suspended,
        CardState::Expired => v1::CardState::Expired,
        CardState::Closed => v1::CardState::Closed,
    }
    .into()
}

/// The facts of this subject; `None` for those of others.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    let loaded = |card: Id, user: Id, amount: u64| v1::CardLoaded {
        card: some(card),
        user: some(user),
        amount,
    };
    let part = |card: Id, payment: Id, amount: u64| v1::CardPart {
        card: some(card),
        payment: some(payment),
        amount,
    };
    Some(match fact {
        Fact::CardDefined { template, terms } => W::CardDefined(define(*template, terms)),
        Fact::CardOpened { card, user, template, level, valid_until } => {
            W::CardOpened(v1::OpenCard {
                card: some(*card),
                user: some(*user),
                template: some(*template),
                level: *level,
                valid_until: valid_until.unwrap_or(0),
            })
        }
        Fact::CardUpdated { card, level, state: of, valid_until } => {
            W::CardUpdated(v1::CardUpdated {
                card: some(*card),
                level: *level,
                state: state(*of),
                valid_until: valid_until.unwrap_or(0),
            })
        }
        Fact::CardClosed { card, points } => {
            W::CardClosed(v1::CardEnded { card: some(*card), points: *points })
        }
        Fact::CardExpired { card } => {
            W::CardExpired(v1::CardEnded { card: some(*card), points: 0 })
        }
        Fact::CardLoaded { card, user, amount } => W::CardLoaded(loaded(*card, *user, *amount)),
        Fact::CardUnloaded { card, user, amount } => W::CardUnloaded(loaded(*card, *user, *amount)),
        Fact::CardCharged { card, payment, amount } => {
            W::CardCharged(part(*card, *payment, *amount))
        }
        Fact::CardReturned { card, payment, amount } => {
            W::CardReturned(part(*card, *payment, *amount))
        }
        other => return points_fact(other),
    })
}

fn points_fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::PointsEarned { card, payment, points, of, until, repaid } => {
            W::PointsEarned(v1::PointsEarned {
                card: some(*card),
                payment: some(*payment),
                points: *points,
                of: *of,
                until: *until,
                repaid: *repaid,
            })
        }
        Fact::PointsRedeemed { card, user, points, amount, payment } => {
            W::PointsRedeemed(v1::PointsRedeemed {
                card: some(*card),
                user: some(*user),
                points: *points,
                amount: *amount,
                payment: some(*payment),
            })
        }
        Fact::PointsReturned { card, payment, points, amount, until, repaid } => {
            W::PointsReturned(v1::PointsReturned {
                card: some(*card),
                payment: some(*payment),
                points: *points,
                amount: *amount,
                until: *until,
                repaid: *repaid,
            })
        }
        Fact::PointsAdjusted { card, points, less, reason, until, repaid } => {
            W::PointsAdjusted(v1::PointsAdjusted {
                card: some(*card),
                points: *points,
                less: *less,
                reason: reason.to_string(),
                until: *until,
                repaid: *repaid,
            })
        }
        Fact::PointsReversed { card, payment, points, owed } => {
            W::PointsReversed(v1::PointsReversed {
                card: some(*card),
                payment: some(*payment),
                points: *points,
                owed: *owed,
            })
        }
        Fact::PointsExpired { card, points } => {
            W::PointsExpired(v1::PointsExpired { card: some(*card), points: *points })
        }
        _ => return None,
    })
}

pub(in crate::codec) fn row(r: &Card) -> v1::CardRow {
    v1::CardRow {
        card: some(r.card),
        template: r.template,
        user: r.user,
        level: r.level,
        state: state(r.state),
        valid_until: r.valid_until.unwrap_or(0),
        lots: r.lots.iter().map(lot).collect(),
        owes: r.owes,
    }
}

fn lot(r: &PointsLot) -> v1::PointsLot {
    v1::PointsLot { until: r.until, points: r.points }
}

fn told_points(of: &PointsOf, less: bool) -> v1::ToldPoints {
    v1::ToldPoints {
        card: some(of.card),
        template: some(of.template),
        user: some(of.user),
        points: of.points,
        left: of.left,
        amount: (of.amount.amount > 0).then(|| of.amount.into()),
        payment: some(of.payment),
        until: of.until,
        less,
        decimals: of.decimals,
        owes: of.owes,
    }
}

fn told(of: &CardOf) -> v1::ToldCard {
    v1::ToldCard {
        card: some(of.card),
        template: some(of.template),
        user: some(of.user),
        level: of.level,
        state: state(of.state),
        valid_until: of.valid_until.unwrap_or(0),
        amount: (of.amount.amount > 0).then(|| of.amount.into()),
        payment: some(of.payment),
    }
}

/// The settlements of this subject; `None` for those of others.
pub(super) fn settlement(of: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match of {
        Settlement::CardOpened { card } => W::CardOpened(told(card)),
        Settlement::CardChanged { card } => W::CardChanged(told(card)),
        Settlement::CardLoaded { card } => W::CardLoaded(told(card)),
        Settlement::CardUnloaded { card } => W::CardUnloaded(told(card)),
        Settlement::CardCharged { card } => W::CardCharged(told(card)),
        Settlement::CardReturned { card } => W::CardReturned(told(card)),
        Settlement::PointsEarned { points } => W::PointsEarned(told_points(points, false)),
        Settlement::PointsRedeemed { points } => W::PointsRedeemed(told_points(points, false)),
        Settlement::PointsAdjusted { points, less } => {
            W::PointsAdjusted(told_points(points, *less))
        }
        Settlement::PointsReversed { points } => W::PointsReversed(told_points(points, false)),
        Settlement::PointsExpired { points } => W::PointsExpired(told_points(points, false)),
        Settlement::PointsReturned { points } => W::PointsReturned(told_points(points, false)),
        _ => return None,
    })
}
