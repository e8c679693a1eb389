//! The command of quotes as a producer writes it.

use super::some;
use groat_ledger::PublishQuote;
use groat_proto::v1;

pub(super) fn publish(c: &PublishQuote) -> v1::PublishQuote {
    v1::PublishQuote {
        quote: some(c.quote),
        base_ccy: c.terms.base.code().into(),
        quote_ccy: c.terms.counter.code().into(),
        price: c.terms.price.to_string(),
        valid_from: c.terms.valid_from,
        valid_until: c.terms.valid_until,
        guaranteed: c.terms.guaranteed,
    }
}
