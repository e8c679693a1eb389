//! Who may receive of whom, told to all shards: what a merchant sells is shared where its payer is.

use super::is_bound;
use crate::event::{Decision, Fact};
use crate::ledger::Ledger;
use crate::remittance::{Purpose, RoyaltyWord, Standing};
use crate::rules::remittances::{hear_of_merchant, tell_all};
use crate::state::Merchant;

/// Tells every other shard whether a receiver is bound to a merchant of this one.
pub(super) fn tell(
    ledger: &Ledger,
    sharer: &Merchant,
    receiver: &Merchant,
    bound: bool,
    out: &mut Decision,
) {
    let account = ledger.tables().accounts.row(receiver.account);
    let word = RoyaltyWord {
        merchant: sharer.merchant,
        receiver: receiver.merchant,
        terms: receiver.terms,
        standing: Standing {
            debit_blocked: account.debit_blocked,
            credit_blocked: account.credit_blocked,
            closed: account.closed,
        },
        bound,
    };
    let currency = sharer.terms.settle_currency;
    tell_all(ledger, currency, out, || Purpose::RoyaltyWord(Box::new(word.clone())));
}

/// Takes such a word in. The sharer is known by an earlier word of the same shard; a receiver of
/// whom nothing has come from its own home is known by this one until that comes. What does not fit
/// is no word of a rule, and changes nothing.
pub(crate) fn hear(ledger: &Ledger, word: &RoyaltyWord, out: &mut Decision) {
    let tables = ledger.tables();
    let RoyaltyWord { merchant, receiver, terms, standing, bound } = *word;
    let Some(sharer) = tables.merchants.get(&merchant) else { return };
    let known = tables.merchants.get(&receiver);
    let agreed = known.map_or(terms, |row| row.terms);
    let same = agreed.settle_currency == sharer.terms.settle_currency;
    let of_here = known.is_none() && ledger.place().is_home(receiver);
    if !same || of_here || merchant == receiver || is_bound(tables, merchant, receiver) == bound {
        return;
    }
    if known.is_none() {
        hear_of_merchant(ledger, receiver, terms, standing, out);
    }
    out.record(match bound {
        true => Fact::RoyaltyBound { merchant, receiver },
        false => Fact::RoyaltyUnbound { merchant, receiver },
    });
}
