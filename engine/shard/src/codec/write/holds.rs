//! Domain to wire: events and settlements of authorizations, rentals and credit.

use super::{credit, some, text};
use groat_ledger::{
    Charge, ChargeKind, CreditBasis, CreditTerms, Currency, DayRule, Fact, FreezeReason, HoldOf,
    Id, Money, Reference, ReleaseReason, RentTerm, RentUnit, RentalOf, RentalTerms, Settlement,
};
use groat_proto::v1::{self, event, settlement};

fn in_currency(currency: Currency) -> impl Fn(u64) -> Option<v1::Money> {
    move |amount| Some(Money { amount, currency }.into())
}

pub(in crate::codec) fn rental(
    rental: Id,
    out_order_no: &Reference,
    merchant: Id,
    user: Id,
    terms: &RentalTerms,
) -> v1::CreateRental {
    let money = in_currency(terms.deposit.currency);
    let term = |term: &RentTerm| v1::RentTerm {
        due_at: term.due_at,
        amt: money(term.amount),
        buyout: term.buyout.and_then(&money),
    };
    v1::CreateRental {
        rental: some(rental),
        out_order_no: out_order_no.to_string(),
        merchant: some(merchant),
        user: some(user),
        item: some(terms.item),
        deposit: Some(terms.deposit.into()),
        rent: money(terms.rent),
        unit: match terms.unit {
            RentUnit::Hour => v1::RentUnit::Hour,
            RentUnit::Day => v1::RentUnit::Day,
            RentUnit::Fixed => v1::RentUnit::Fixed,
            RentUnit::Use => v1::RentUnit::Use,
        }
        .into(),
        day_rule: match terms.day_rule {
            DayRule::Elapsed => v1::DayRule::Elapsed,
            DayRule::Calendar => v1::DayRule::Calendar,
        }
        .into(),
        day_cap: terms.day_cap.and_then(&money),
        borrow_at: terms.borrow_at,
        expiry_at: terms.expiry_at,
        grace_s: terms.grace_s,
        late_ppm: Some(terms.late_ppm),
        late_price: terms.late_price.and_then(&money),
        plan: terms.plan.iter().map(term).collect(),
        deposit_fallback: terms.deposit_fallback,
        risk_amount: terms.risk_amount.and_then(&money),
        guaranteed: terms.guaranteed,
        credit_first: terms.credit_first,
        lost_after_days: Some(terms.lost_after_days),
    }
}

pub(in crate::codec) fn credit_line(
    user: Id,
    limit: Money,
    terms: &CreditTerms,
) -> v1::GrantCreditLine {
    v1::GrantCreditLine {
        user: some(user),
        limit: Some(limit.into()),
        statement_day: terms.statement_day,
        due_day: terms.due_day,
        min_bps: Some(terms.min_bps),
        day_ppm: Some(terms.day_ppm),
        late_fee_ppm: terms.late_fee_ppm,
        grace_d: Some(terms.grace_days),
        tolerance: in_currency(limit.currency)(terms.tolerance),
        billing: terms.billing.map(|billing| credit::billing_terms(&billing, limit.currency)),
    }
}

pub(in crate::codec) fn freeze_reason(reason: FreezeReason) -> i32 {
    match reason {
        FreezeReason::Manual => v1::FreezeReason::Manual,
        FreezeReason::Overdue => v1::FreezeReason::Overdue,
        FreezeReason::Risk => v1::FreezeReason::Risk,
    }
    .into()
}

pub(in crate::codec) fn credit_basis(basis: CreditBasis) -> i32 {
    match basis {
        CreditBasis::Line => v1::CreditBasis::Line,
        CreditBasis::Waiver => v1::CreditBasis::Waiver,
    }
    .into()
}

/// The facts of this subject; `None` for those of others.
pub(in crate::codec) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::FundsAuthorized {
            auth,
            out_order_no,
            out_request_no,
            user,
            merchant,
            currency,
            fund,
            credit,
            basis,
            expires_at,
        } => W::FundsAuthorized(v1::FundsAuthorized {
            auth: some(*auth),
            out_order_no: out_order_no.to_string(),
            out_request_no: out_request_no.to_string(),
            user: some(*user),
            merchant: some(*merchant),
            currency: u32::from(currency.code()),
            fund: *fund,
            credit: *credit,
            basis: credit_basis(*basis),
            expires_at: *expires_at,
        }),
        Fact::AuthorizationCaptured { auth, payment, fund, credit } => {
            W::AuthorizationCaptured(v1::AuthorizationCaptured {
                auth: some(*auth),
                payment: some(*payment),
                fund: *fund,
                credit: *credit,
            })
        }
        Fact::FundsReleased { auth, fund, credit, out_request_no, biz_complete } => {
            W::FundsReleased(v1::FundsReleased {
                auth: some(*auth),
                fund: *fund,
                credit: *credit,
                out_request_no: text(out_request_no),
                biz_complete: *biz_complete,
            })
        }
        Fact::AuthorizationClosed { auth, fund, credit, expired } => {
            W::AuthorizationClosed(v1::AuthorizationClosed {
                auth: some(*auth),
                fund: *fund,
                credit: *credit,
                expired: *expired,
            })
        }
        Fact::RentalCreated { rental: id, out_order_no, merchant, user, terms } => {
            W::RentalCreated(rental(*id, out_order_no, *merchant, *user, terms))
        }
        Fact::RentalAssessed { rental, score, declined, waived } => {
            W::RentalAssessed(v1::RentalAssessed {
                rental: some(*rental),
                score: *score,
                declined: *declined,
                waived: *waived,
            })
        }
        Fact::DepositSecured { rental } => {
            W::DepositSecured(v1::DepositSecured { rental: some(*rental) })
        }
        Fact::RentalStarted { rental, at } => {
            W::RentalStarted(v1::StartRental { rental: some(*rental), started_at: *at })
        }
        Fact::RentalExtended { rental, new_expiry } => {
            W::RentalExtended(v1::ExtendRental { rental: some(*rental), new_expiry: *new_expiry })
        }
        Fact::RentalReturned { rental, restore_at, rent, late_rent } => {
            W::RentalReturned(v1::RentalReturned {
                rental: some(*rental),
                restore_at: *restore_at,
                rent: *rent,
                late_rent: *late_rent,
            })
        }
        Fact::RentTermDue { rental, term_no, amount } => W::RentTermDue(v1::RentTermDue {
            rental: some(*rental),
            term_no: *term_no,
            amount: *amount,
        }),
        Fact::DamageClaimed { rental, amount, evidence } => W::DamageClaimed(v1::DamageClaimed {
            rental: some(*rental),
            amount: *amount,
            evidence: evidence.to_string(),
        }),
        Fact::ChargeReduced { rental, item, amount, given_back } => {
            W::ChargeReduced(v1::ChargeReduced {
                rental: some(*rental),
                item: *item,
                amount: *amount,
                given_back: *given_back,
            })
        }
        Fact::RentalCharged { rental, payment, amount, fund, repaid } => {
            W::RentalCharged(v1::RentalCharged {
                rental: some(*rental),
                payment: some(*payment),
                amount: *amount,
                fund: *fund,
                repaid: *repaid,
            })
        }
        Fact::AdvanceRepaid { rental, amount, on_credit } => W::AdvanceRepaid(v1::AdvanceRepaid {
            rental: some(*rental),
            amount: *amount,
            on_credit: *on_credit,
        }),
        Fact::AdvanceReturned {
            rental,
            to_platform,
            to_credit,
            surplus,
            to_balance,
            from_own_batch,
            from_available,
            from_open_batch,
            open_batch,
        } => W::AdvanceReturned(v1::AdvanceReturned {
            rental: some(*rental),
            to_platform: *to_platform,
            to_credit: *to_credit,
            surplus: *surplus,
            to_balance: *to_balance,
            from_own_batch: *from_own_batch,
            from_available: *from_available,
            from_open_batch: *from_open_batch,
            open_batch: *open_batch,
        }),
        Fact::RentalSettled { rental } => {
            W::RentalSettled(v1::RentalSettled { rental: some(*rental) })
        }
        Fact::RentalPaymentPending { rental, outstanding, advanced, batch } => {
            W::RentalPaymentPending(v1::RentalPaymentPending {
                rental: some(*rental),
                outstanding: *outstanding,
                advanced: *advanced,
                batch: *batch,
            })
        }
        Fact::RentalCollected { rental, amount } => {
            W::RentalCollected(v1::RentalCollected { rental: some(*rental), amount: *amount })
        }
        Fact::CollectionFailed { rental, outstanding } => {
            let (rental, outstanding) = (some(*rental), *outstanding);
            W::CollectionFailed(v1::CollectionFailed { rental, outstanding })
        }
        Fact::RentalOverdue { rental } => {
            W::RentalOverdue(v1::RentalOverdue { rental: some(*rental) })
        }
        Fact::RentalBoughtOut { rental, term_no, price } => {
            W::RentalBoughtOut(v1::RentalBoughtOut {
                rental: some(*rental),
                term_no: *term_no,
                price: *price,
            })
        }
        Fact::RentalLost { rental, amount } => {
            W::RentalLost(v1::RentalLost { rental: some(*rental), amount: *amount })
        }
        Fact::RentalCancelled { rental, expired } => {
            W::RentalCancelled(v1::RentalCancelled { rental: some(*rental), expired: *expired })
        }
        Fact::CreditLineGranted { user, limit, terms } => {
            W::CreditLineGranted(credit_line(*user, *limit, terms))
        }
        Fact::LimitAdjusted { user, limit } => {
            W::LimitAdjusted(v1::AdjustLimit { user: some(*user), limit: Some((*limit).into()) })
        }
        Fact::CreditLineFrozen { user, reason } => W::CreditLineFrozen(v1::FreezeCreditLine {
            user: some(*user),
            reason: freeze_reason(*reason),
        }),
        Fact::CreditLineUnfrozen { user, reason } => {
            W::CreditLineUnfrozen(v1::UnfreezeCreditLine {
                user: some(*user),
                reason: reason.to_string(),
            })
        }
        Fact::CreditLineClosed { user, reason } => W::CreditLineClosed(v1::CloseCreditLine {
            user: some(*user),
            reason: reason.to_string(),
        }),
        Fact::ReserveReleased { merchant, amount, recovered, batch } => {
            W::ReserveReleased(v1::ReserveReleased {
                merchant: some(*merchant),
                amount: *amount,
                batch: *batch,
                recovered: *recovered,
            })
        }
        _ => return None,
    })
}

fn told_hold(hold: &HoldOf) -> v1::ToldHold {
    let money = in_currency(hold.amount.currency);
    v1::ToldHold {
        auth: some(hold.auth),
        out_order_no: hold.out_order_no.to_string(),
        merchant: some(hold.merchant),
        user: some(hold.user),
        amount: Some(hold.amount.into()),
        fund: money(hold.fund),
        credit: money(hold.credit),
        fund_rest: money(hold.fund_rest),
        credit_rest: money(hold.credit_rest),
        ..v1::ToldHold::default()
    }
}

fn told_rental(rental: &RentalOf) -> v1::ToldRental {
    let money = in_currency(rental.deposit.currency);
    let charge = |(item, c): (u32, &Charge)| v1::ToldCharge {
        item,
        kind: match c.kind {
            ChargeKind::Rent => v1::ChargeKind::Rent,
            ChargeKind::LateRent => v1::ChargeKind::LateRent,
            ChargeKind::Damage => v1::ChargeKind::Damage,
            ChargeKind::Lost => v1::ChargeKind::Lost,
        }
        .into(),
        amount: money(c.amount),
        reduced: money(c.reduced),
        paid: money(c.paid),
    };
    v1::ToldRental {
        rental: some(rental.rental),
        out_order_no: rental.out_order_no.to_string(),
        merchant: some(rental.merchant),
        user: some(rental.user),
        deposit: Some(rental.deposit.into()),
        total: money(rental.total),
        paid: money(rental.paid),
        outstanding: money(rental.outstanding),
        charges: (0..).zip(&rental.charges).map(charge).collect(),
        ..v1::ToldRental::default()
    }
}

/// The settlements of this subject; `None` for those of others.
pub(in crate::codec) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::HoldPlaced { hold, expires_at } => {
            W::HoldPlaced(v1::ToldHold { expires_at: *expires_at, ..told_hold(hold) })
        }
        Settlement::HoldCaptured { hold, payment } => {
            W::HoldCaptured(v1::ToldHold { payment: some(*payment), ..told_hold(hold) })
        }
        Settlement::HoldReleased { hold, reason } => {
            let reason = match reason {
                ReleaseReason::Released => v1::ReleaseReason::Released,
                ReleaseReason::Cancelled => v1::ReleaseReason::Cancelled,
                ReleaseReason::Expired => v1::ReleaseReason::Expired,
            };
            W::HoldReleased(v1::ToldHold { reason: reason.into(), ..told_hold(hold) })
        }
        Settlement::RentalSecured { rental, frozen, waived } => {
            let money = in_currency(rental.deposit.currency);
            W::RentalSecured(v1::ToldRental {
                frozen: money(*frozen),
                waived: money(*waived),
                ..told_rental(rental)
            })
        }
        Settlement::RentalSettled { rental, bought_for } => {
            let price = in_currency(rental.deposit.currency)(*bought_for);
            let bought_for = price.filter(|_| *bought_for > 0);
            W::RentalSettled(v1::ToldRental { bought_for, ..told_rental(rental) })
        }
        Settlement::RentalCollectionFailed { rental } => {
            W::RentalCollectionFailed(told_rental(rental))
        }
        Settlement::RentalOverdue { rental } => W::RentalOverdue(told_rental(rental)),
        Settlement::RentalCancelled { rental, expired } => {
            W::RentalCancelled(v1::ToldRental { expired: *expired, ..told_rental(rental) })
        }
        Settlement::RentalPaymentPending { rental, advanced } => {
            let advanced = in_currency(rental.deposit.currency)(*advanced);
            W::RentalPaymentPending(v1::ToldRental { advanced, ..told_rental(rental) })
        }
        Settlement::RentalAdvanceReturned { rental, to_platform, to_user } => {
            let money = in_currency(rental.deposit.currency);
            W::RentalAdvanceReturned(v1::ToldRental {
                to_platform: money(*to_platform),
                to_user: money(*to_user),
                ..told_rental(rental)
            })
        }
        Settlement::RentalCollected { rental, amount } => {
            let collected = in_currency(rental.deposit.currency)(*amount);
            W::RentalCollected(v1::ToldRental { collected, ..told_rental(rental) })
        }
        Settlement::ReserveReleased { merchant, amount, recovered } => {
            W::ReserveReleased(v1::ToldReserve {
                merchant: some(*merchant),
                amount: Some((*amount).into()),
                recovered: (recovered.amount > 0).then(|| (*recovered).into()),
            })
        }
        _ => return None,
    })
}
