//! Domain to wire: membership cards, their facts, rows and settlements.

use super::some;
use groat_ledger::{Card, CardOf, CardState, CardTerms, Fact, Id, Money, Settlement};
use groat_proto::v1::{self, event, settlement};

pub(in crate::codec) fn define(template: Id, t: &CardTerms) -> v1::DefineCard {
    v1::DefineCard {
        template: some(template),
        merchant: some(t.merchant),
        ccy: t.currency.code().into(),
        balance_cap: t.balance_cap.map(|amount| Money { amount, currency: t.currency }.into()),
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
        Fact::CardClosed { card } => W::CardClosed(v1::CardEnded { card: some(*card) }),
        Fact::CardExpired { card } => W::CardExpired(v1::CardEnded { card: some(*card) }),
        Fact::CardLoaded { card, user, amount } => W::CardLoaded(loaded(*card, *user, *amount)),
        Fact::CardUnloaded { card, user, amount } => W::CardUnloaded(loaded(*card, *user, *amount)),
        Fact::CardCharged { card, payment, amount } => {
            W::CardCharged(part(*card, *payment, *amount))
        }
        Fact::CardReturned { card, payment, amount } => {
            W::CardReturned(part(*card, *payment, *amount))
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
        _ => return None,
    })
}
