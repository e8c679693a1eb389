//! Rows of authorizations, lines of credit, rentals and things rented, both ways.

use crate::codec::read::fields::{self as read, Field};
use crate::codec::read::{credit as read_credit, holds as read_holds};
use crate::codec::write::some;
use crate::codec::write::{credit as write_credit, holds as write_holds};
use groat_ledger::{
    AdvanceRepaid, Authorization, AuthorizationState, Charge, ChargeKind, CreditLine,
    CreditLineState, EventRange, Item, Release, Rental, RentalState, Tables,
};
use groat_proto::v1;

pub(super) fn authorization(r: &Authorization, tables: &Tables) -> v1::AuthorizationRow {
    let release = |r: &Release| v1::RefundRow {
        out_request_no: r.out_request_no.to_string(),
        amount: r.amount,
        first_event: r.events.first,
        events: r.events.count,
    };
    v1::AuthorizationRow {
        placed: Some(v1::FundsAuthorized {
            auth: some(r.auth),
            out_order_no: r.out_order_no.to_string(),
            out_request_no: r.out_request_no.to_string(),
            user: some(tables.users.row(r.user).user),
            merchant: some(tables.merchants.row(r.merchant).merchant),
            currency: u32::from(r.currency.code()),
            fund: r.fund_total,
            credit: r.credit_total,
            basis: write_holds::credit_basis(r.basis),
            expires_at: r.expires_at,
        }),
        user: r.user,
        merchant: r.merchant,
        fund_rest: r.fund_rest,
        credit_rest: r.credit_rest,
        fund_captured: r.fund_captured,
        credit_captured: r.credit_captured,
        state: r.state as u32,
        releases: r.releases.iter().map(release).collect(),
    }
}

pub(super) fn read_authorization(w: &v1::AuthorizationRow) -> Field<Authorization> {
    let release = |w: &v1::RefundRow| -> Field<Release> {
        Ok(Release {
            out_request_no: read::reference(&w.out_request_no, "out_request_no")?,
            amount: w.amount,
            events: EventRange { first: w.first_event, count: w.events },
        })
    };
    let placed = w.placed.as_ref().ok_or("placed")?;
    Ok(Authorization {
        auth: read::id(placed.auth, "auth")?,
        out_order_no: read::reference(&placed.out_order_no, "out_order_no")?,
        out_request_no: read::reference(&placed.out_request_no, "out_request_no")?,
        user: w.user,
        merchant: w.merchant,
        currency: read::currency(placed.currency, "currency")?,
        basis: read_holds::credit_basis(placed.basis)?,
        fund_total: placed.fund,
        credit_total: placed.credit,
        fund_rest: w.fund_rest,
        credit_rest: w.credit_rest,
        fund_captured: w.fund_captured,
        credit_captured: w.credit_captured,
        expires_at: placed.expires_at,
        state: match w.state {
            0 => AuthorizationState::Authorized,
            1 => AuthorizationState::Finished,
            2 => AuthorizationState::Closed,
            3 => AuthorizationState::Expired,
            _ => return Err("state"),
        },
        releases: w.releases.iter().map(release).collect::<Field<_>>()?,
    })
}

pub(super) fn credit_line(r: &CreditLine, tables: &Tables) -> v1::CreditLineRow {
    let user = tables.users.row(r.user).user;
    let (state, reason) = match r.state {
        CreditLineState::Active => (0, 0),
        CreditLineState::Closed => (1, 0),
        CreditLineState::WrittenOff => (3, 0),
        CreditLineState::Frozen(reason) => (2, write_holds::freeze_reason(reason)),
    };
    let line = Some(write_holds::credit_line(user, r.limit, &r.terms));
    let billing = r.billing.as_deref().map(write_credit::billing);
    v1::CreditLineRow { line, user: r.user, state, reason, billing }
}

pub(super) fn read_credit_line(w: &v1::CreditLineRow) -> Field<CreditLine> {
    let granted = read_holds::grant(w.line.as_ref().ok_or("line")?)?;
    Ok(CreditLine {
        user: w.user,
        limit: granted.limit,
        terms: granted.terms,
        state: match w.state {
            0 => CreditLineState::Active,
            1 => CreditLineState::Closed,
            3 => CreditLineState::WrittenOff,
            2 => CreditLineState::Frozen(read_holds::freeze_reason(w.reason)?),
            _ => return Err("state"),
        },
        billing: w.billing.as_ref().map(read_credit::billing).transpose()?.map(Box::new),
    })
}

pub(super) fn rental(r: &Rental, tables: &Tables) -> v1::RentalRow {
    let merchant = tables.merchants.row(r.merchant).merchant;
    let user = tables.users.row(r.user).user;
    let charge = |c: &Charge| v1::ChargeRow {
        kind: c.kind as u32,
        amount: c.amount,
        reduced: c.reduced,
        paid: c.paid,
    };
    v1::RentalRow {
        agreed: Some(write_holds::rental(r.rental, &r.out_order_no, merchant, user, &r.terms)),
        merchant: r.merchant,
        user: r.user,
        created_at: r.created_at,
        state: r.state as u32,
        score: r.score,
        waived: r.waived,
        returned_at: r.returned_at,
        pending_at: r.pending_at,
        overdue_at: r.overdue_at,
        terms_due: r.terms_due,
        charges: r.charges.iter().map(charge).collect(),
        advanced: r.advanced,
        payments: r.payments.iter().map(|id| (*id).into()).collect(),
        repaid: r.repaid.as_deref().map(|repaid| v1::AdvanceRepaidRow {
            amount: repaid.amount,
            on_credit: repaid.on_credit,
            at: repaid.at,
        }),
    }
}

const RENTAL_STATES: [RentalState; 13] = [
    RentalState::Created,
    RentalState::Assessed,
    RentalState::Declined,
    RentalState::Secured,
    RentalState::InUse,
    RentalState::Returned,
    RentalState::PaymentPending,
    RentalState::Overdue,
    RentalState::Lost,
    RentalState::Completed,
    RentalState::BoughtOut,
    RentalState::Cancelled,
    RentalState::Expired,
];

pub(super) fn read_rental(w: &v1::RentalRow) -> Field<Rental> {
    let agreed = w.agreed.as_ref().ok_or("agreed")?;
    let charge = |w: &v1::ChargeRow| -> Field<Charge> {
        Ok(Charge {
            kind: match w.kind {
                1 => ChargeKind::Rent,
                2 => ChargeKind::LateRent,
                3 => ChargeKind::Damage,
                4 => ChargeKind::Lost,
                _ => return Err("kind"),
            },
            amount: w.amount,
            reduced: w.reduced,
            paid: w.paid,
        })
    };
    let state = RENTAL_STATES.iter().find(|state| **state as u32 == w.state);
    Ok(Rental {
        rental: read::id(agreed.rental, "rental")?,
        out_order_no: read::reference(&agreed.out_order_no, "out_order_no")?,
        merchant: w.merchant,
        user: w.user,
        terms: read_holds::rental_terms(agreed)?,
        created_at: w.created_at,
        state: *state.ok_or("state")?,
        score: w.score,
        waived: w.waived,
        returned_at: w.returned_at,
        pending_at: w.pending_at,
        overdue_at: w.overdue_at,
        terms_due: w.terms_due,
        charges: w.charges.iter().map(charge).collect::<Field<_>>()?,
        advanced: w.advanced,
        payments: w
            .payments
            .iter()
            .map(|id| read::id(Some(*id), "payments"))
            .collect::<Field<_>>()?,
        repaid: w.repaid.map(|w| {
            let v1::AdvanceRepaidRow { amount, on_credit, at } = w;
            Box::new(AdvanceRepaid { amount, on_credit, at })
        }),
    })
}

pub(super) fn item(r: &Item) -> v1::ItemRow {
    v1::ItemRow { merchant: r.merchant, item: some(r.item), out_with: r.out_with }
}

pub(super) fn read_item(w: &v1::ItemRow) -> Field<Item> {
    let item = read::id(w.item, "item")?;
    Ok(Item { merchant: w.merchant, item, out_with: w.out_with })
}
