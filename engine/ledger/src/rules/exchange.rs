//! Quotes, and payments whose payer pays in another currency than the merchant's (DOMAIN §1.8,
//! §4.6).
//!
//! An order is priced in its merchant's currency of settlement, and may name a quote for its
//! payer's. What the payer pays is fixed when the order is made; it is paid while the quote holds.
//! What the payer gives goes to the platform's position in the payer's currency, what the merchant
//! gets comes from that in its own: the platform settles its positions with its banks by
//! adjustments. What goes back, by refunds and lost disputes, goes at the payment's own price
//! whatever it is by then: the part of what was paid that belongs to all that went back, less what
//! came back before.
//!
//! The house gives one price to all: a quote holds on every shard. One that is not guaranteed is
//! only told, as an order fixes what its payer pays. A coupon is in its user's currency, so it does
//! not fit an order in another one.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{CreatePayment, PublishQuote, QuoteTerms};
use crate::event::{Decision, Fact};
use crate::exchange::cumulative;
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, payable, post};
use crate::limits::{AMOUNT_MAX, TIME_MS_MAX};
use crate::money::{Currency, Money};
use crate::rejection::Rejection;
use crate::remittance::Purpose;
use crate::rules::remittances::tell_all;
use crate::rules::{in_currency, paid, pair, refuse_if};
use crate::state::{Exchange, Payment, PaymentState, Quote, Tables};

pub(crate) fn publish(
    ledger: &Ledger,
    c: &PublishQuote,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let PublishQuote { quote, terms } = *c;
    refuse_if(ledger.tables().quotes.find(&quote).is_some(), Rejection::Duplicate)?;
    refuse_if(terms.base == terms.counter, Rejection::SchemaInvalid)?;
    let backwards = terms.valid_from >= terms.valid_until || terms.valid_until >= TIME_MS_MAX;
    refuse_if(backwards, Rejection::SchemaInvalid)?;
    refuse_if(now > terms.valid_until, Rejection::QuoteExpired)?;
    // From here on nothing may fail.
    out.record(Fact::QuotePublished { quote, terms });
    tell_all(ledger, terms.base, out, || Purpose::Quote(Box::new(*c)));
    Ok(())
}

/// Another shard has published a quote.
pub(crate) fn hear(ledger: &Ledger, c: &PublishQuote, out: &mut Decision) {
    let PublishQuote { quote, terms } = *c;
    if ledger.tables().quotes.find(&quote).is_none() {
        out.record(Fact::QuotePublished { quote, terms });
    }
}

/// The clock ends the time of a quote.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    out.record(Fact::QuoteExpired { quote: ledger.tables().quotes.row(no).quote });
}

/// When the clock ends the time of a quote: right behind its last millisecond.
pub(crate) fn expires_at(row: &Quote) -> Option<u64> {
    (!row.expired).then(|| row.terms.valid_until.saturating_add(1))
}

/// The fact of what the payer of an order will pay, if the order names a quote: one that is known,
/// guaranteed, of the order's currency and not of the past. It may begin to hold later.
pub(crate) fn quoted(
    ledger: &Ledger,
    c: &CreatePayment,
    now: u64,
) -> Result<Option<Fact>, Rejection> {
    if c.quote.is_none() {
        return Ok(None);
    }
    let row = ledger.tables().quotes.get(&c.quote).ok_or(Rejection::UnknownAccount)?;
    let QuoteTerms { base, counter, price, .. } = row.terms;
    refuse_if(!row.terms.guaranteed, Rejection::QuoteNotGuaranteed)?;
    in_currency(c.amount, base)?;
    refuse_if(now > row.terms.valid_until, Rejection::QuoteExpired)?;
    let amount = price.worth(c.amount, counter).ok_or(Rejection::AmountOutOfRange)?;
    let amount = Money { amount, currency: counter };
    payable(amount)?;
    Ok(Some(Fact::PaymentQuoted { payment: c.payment, quote: c.quote, amount }))
}

/// Refuses to pay at a quote before or after its time.
pub(crate) fn holds(ledger: &Ledger, payment: &Payment, now: u64) -> Result<(), Rejection> {
    let Some(exchange) = payment.exchange() else { return Ok(()) };
    let row = ledger.tables().quotes.get(&exchange.quote).ok_or(Rejection::UnknownAccount)?;
    refuse_if(now > row.terms.valid_until, Rejection::QuoteExpired)?;
    refuse_if(now < row.terms.valid_from, Rejection::QuoteNotStarted)
}

/// Where what a payer gives goes, in place of the merchant's batch: to the position in its
/// currency. The merchant's position gives the merchant the order's amount. Accounts that the same
/// decision opens must be open by now.
pub(crate) fn convert(
    ledger: &Ledger,
    payment: Id,
    exchange: &Exchange,
    order: Money,
    pending: AccountNo,
    out: &mut Decision,
) -> AccountNo {
    let given = position(ledger, exchange.currency, out);
    let got = position(ledger, order.currency, out);
    let sold = Money { amount: exchange.amount, currency: exchange.currency };
    out.record(Fact::FxConverted { payment, sold, bought: order });
    post(out, got, pending, order.amount);
    given
}

/// What its payer gets of a payment when so much of its amount goes back, in minor units of the
/// payer's currency.
pub(crate) fn payers_part(payment: &Payment, amount: u64) -> u64 {
    let Some(exchange) = payment.exchange() else { return amount };
    let back = exchange.returned_for.saturating_add(amount);
    let part = cumulative(exchange.amount, back, payment.amount.amount, exchange.currency);
    part.saturating_sub(exchange.returned)
}

/// Notes what goes back of a payment: from the merchant's side, `from`, to the payer's, `to`. Where
/// they are of two currencies, through the positions, which [`payers_part`] divided. What was noted
/// before belongs to a fact by now.
pub(crate) fn move_back<const N: usize>(
    ledger: &Ledger,
    payment: &Payment,
    from: [(AccountNo, u64); N],
    to: impl Iterator<Item = (AccountNo, u64)>,
    out: &mut Decision,
) {
    let Some(exchange) = payment.exchange() else { return pair(out, from, to) };
    let currency = payment.amount.currency;
    let got = position(ledger, currency, out);
    let given = position(ledger, exchange.currency, out);
    let to: Vec<_> = to.collect();
    let sum = |parts: &[(AccountNo, u64)]| parts.iter().map(|part| part.1).sum();
    let (sold, bought) = (sum(&from), sum(&to));
    out.record(Fact::FxReturned {
        payment: payment.payment,
        sold: Money { amount: sold, currency },
        bought: Money { amount: bought, currency: exchange.currency },
    });
    pair(out, from, [(got, sold)]);
    pair(out, [(given, bought)], to);
}

/// The platform's position in a currency.
fn position(ledger: &Ledger, currency: Currency, out: &mut Decision) -> AccountNo {
    ledger.account_or_open(AccountKey::house(Class::FxPosition, currency), currency, out)
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::QuotePublished { quote, terms } => {
            let row = Quote { quote: *quote, terms: *terms, expired: false };
            let at = expires_at(&row);
            let no = ledger.tables_mut().quotes.insert(row);
            if let Some(at) = at {
                ledger.owe(Due { at, kind: DueKind::QuoteExpiry, no });
            }
        }
        Fact::QuoteExpired { quote } => {
            if let Some(row) = ledger.tables_mut().quotes.get_mut(quote) {
                row.expired = true;
            }
        }
        Fact::PaymentQuoted { payment, quote, amount } => {
            let (quote, Money { amount, currency }) = (*quote, *amount);
            if let Some(row) = ledger.payment_mut(payment) {
                let exchange = Exchange { quote, currency, amount, returned: 0, returned_for: 0 };
                row.parts.get_or_insert_default().exchange = Some(exchange);
            }
        }
        Fact::FxReturned { payment, sold, bought } => {
            let row = ledger.payment_mut(payment).and_then(|row| row.parts.as_mut());
            if let Some(exchange) = row.and_then(|parts| parts.exchange.as_mut()) {
                exchange.returned = exchange.returned.saturating_add(bought.amount);
                exchange.returned_for = exchange.returned_for.saturating_add(sold.amount);
            }
        }
        _ => {}
    }
}

/// Whether a foreign fact of quotes and conversions names what is there, in a state that fits.
pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    match fact {
        Fact::QuotePublished { quote, .. } => {
            known(tables.quotes.find(quote).is_none(), "a quote is published twice")
        }
        Fact::QuoteExpired { quote } => {
            let open = tables.quotes.get(quote).is_some_and(|row| !row.expired);
            known(open, "a quote is unknown or has expired")
        }
        Fact::PaymentQuoted { payment, quote, amount } => {
            let row = tables.payments.get(payment).ok_or("a payment is unknown")?;
            let open = row.state == PaymentState::Created && row.exchange().is_none();
            known(open, "a payment is quoted twice or late")?;
            known(tables.quotes.find(quote).is_some(), "a quote is unknown")?;
            let fits = (1..=AMOUNT_MAX).contains(&amount.amount);
            known(fits, "a payment is quoted at no amount")
        }
        Fact::FxConverted { payment, sold, bought } => {
            let row = tables.payments.get(payment).ok_or("a payment is unknown")?;
            let unpaid = row.batch.is_none() && row.exchange().is_some();
            known(unpaid, "a payment is converted that has no quote, or twice")?;
            let fits = row.exchange().is_some_and(|of| of.amount == sold.amount);
            known(fits && *bought == row.amount, "a payment is converted at another amount")
        }
        Fact::FxReturned { payment, sold, bought } => {
            let row = paid(tables, payment)?;
            let of = row.exchange().ok_or("a payment is converted back that has no quote")?;
            let left = (
                row.amount.amount.saturating_sub(of.returned_for),
                of.amount.saturating_sub(of.returned),
            );
            let fits = sold.amount <= left.0 && bought.amount <= left.1;
            known(fits, "more is converted back than was converted")
        }
        _ => Ok(()),
    }
}
