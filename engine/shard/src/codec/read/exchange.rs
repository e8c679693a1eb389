//! Wire to domain: quotes, and what payments convert.

use super::fields::*;
use groat_ledger::{self as domain, Fact, Price, PublishQuote, QuoteTerms};
use groat_proto::v1::{self, event};

pub(in crate::codec) fn publish(w: &v1::PublishQuote) -> Field<PublishQuote> {
    let terms = QuoteTerms {
        base: currency(w.base_ccy, "base_ccy")?,
        counter: currency(w.quote_ccy, "quote_ccy")?,
        price: Price::parse(&w.price).ok_or("price")?,
        valid_from: w.valid_from,
        valid_until: time(w.valid_until, "valid_until")?,
        guaranteed: w.guaranteed,
    };
    Ok(PublishQuote { quote: id(w.quote, "quote")?, terms })
}

/// The facts of this subject; an error for those of others.
pub(super) fn read_fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    let conversion = |w: &v1::Conversion| -> Field<(domain::Id, domain::Money, domain::Money)> {
        Ok((id(w.payment, "payment")?, money(w.sold, "sold")?, money(w.bought, "bought")?))
    };
    Ok(match wire {
        W::QuotePublished(w) => {
            let PublishQuote { quote, terms } = publish(w)?;
            Fact::QuotePublished { quote, terms }
        }
        W::QuoteExpired(w) => Fact::QuoteExpired { quote: id(w.quote, "quote")? },
        W::PaymentQuoted(w) => Fact::PaymentQuoted {
            payment: id(w.payment, "payment")?,
            quote: id(w.quote, "quote")?,
            amount: money(w.amount, "amount")?,
        },
        W::FxConverted(w) => {
            let (payment, sold, bought) = conversion(w)?;
            Fact::FxConverted { payment, sold, bought }
        }
        W::FxReturned(w) => {
            let (payment, sold, bought) = conversion(w)?;
            Fact::FxReturned { payment, sold, bought }
        }
        _ => return Err("fact"),
    })
}
