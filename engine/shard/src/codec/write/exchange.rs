//! Domain to wire: facts and settlements of quotes and conversions.

use super::some;
use groat_ledger::{ConversionOf, Fact, Id, Money, QuoteTerms, Settlement};
use groat_proto::v1::{self, event, settlement};

pub(in crate::codec) fn quote(quote: Id, t: &QuoteTerms) -> v1::PublishQuote {
    v1::PublishQuote {
        quote: some(quote),
        base_ccy: t.base.code().into(),
        quote_ccy: t.counter.code().into(),
        price: t.price.to_string(),
        valid_from: t.valid_from,
        valid_until: t.valid_until,
        guaranteed: t.guaranteed,
    }
}

/// The facts of this subject; `None` for those of others.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    let conversion = |payment: Id, sold: Money, bought: Money| v1::Conversion {
        payment: some(payment),
        sold: Some(sold.into()),
        bought: Some(bought.into()),
    };
    Some(match fact {
        Fact::QuotePublished { quote: id, terms } => W::QuotePublished(quote(*id, terms)),
        Fact::QuoteExpired { quote } => W::QuoteExpired(v1::QuoteExpired { quote: some(*quote) }),
        Fact::PaymentQuoted { payment, quote, amount } => W::PaymentQuoted(v1::PaymentQuoted {
            payment: some(*payment),
            quote: some(*quote),
            amount: Some((*amount).into()),
        }),
        Fact::FxConverted { payment, sold, bought } => {
            W::FxConverted(conversion(*payment, *sold, *bought))
        }
        Fact::FxReturned { payment, sold, bought } => {
            W::FxReturned(conversion(*payment, *sold, *bought))
        }
        _ => return None,
    })
}

fn told_conversion(of: &ConversionOf) -> v1::ToldConversion {
    v1::ToldConversion {
        payment: some(of.payment),
        out_trade_no: of.out_trade_no.to_string(),
        merchant: some(of.merchant),
        quote: some(of.quote),
        price: of.price.to_string(),
        sold: Some(of.sold.into()),
        bought: Some(of.bought.into()),
    }
}

/// The settlements of this subject; `None` for those of others.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::QuotePublished { quote: id, terms } => W::QuotePublished(quote(*id, terms)),
        Settlement::QuoteExpired { quote: id, terms } => W::QuoteExpired(quote(*id, terms)),
        Settlement::FxConverted { conversion } => W::FxConverted(told_conversion(conversion)),
        Settlement::FxReturned { conversion } => W::FxReturned(told_conversion(conversion)),
        _ => return None,
    })
}
