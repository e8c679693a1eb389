//! Who may receive of whom, told to all shards: what a merchant sells is shared where its payer is.

use super::is_bound;
use crate::event::{Decision, Fact};
use crate::ledger::{ASKED_SINCE, Ledger, WORDS_SINCE};
use crate::remittance::{Purpose, RoyaltyWord, Standing};
use crate::rules::remittances::{hear_of_merchant, tell_all};
use crate::state::Merchant;

/// Whether a receiver is bound to a merchant of this shard, and nothing says that all others know.
/// Versions of before told nobody.
pub(crate) fn untold(ledger: &Ledger, no: u32) -> bool {
    let tables = ledger.tables();
    let Some(row) = tables.royalty_relations.try_row(no) else { return false };
    let sharer = tables.merchants.row(row.merchant).merchant;
    row.bound && !row.told && ledger.has_others_since(ASKED_SINCE) && ledger.place().is_home(sharer)
}

/// The clock tells a relation of before. Who knows it already leaves it at that.
pub(crate) fn tell_of(ledger: &Ledger, no: u32, out: &mut Decision) {
    let tables = ledger.tables();
    let row = tables.royalty_relations.row(no);
    let (sharer, receiver) =
        (tables.merchants.row(row.merchant), tables.merchants.row(row.receiver));
    note_told(ledger, sharer, receiver, out);
    tell(ledger, sharer, receiver, true, out);
}

/// Notes that all others are told now.
pub(super) fn note_told(
    ledger: &Ledger,
    sharer: &Merchant,
    receiver: &Merchant,
    out: &mut Decision,
) {
    if ledger.has_others_since(ASKED_SINCE) {
        let (merchant, receiver) = (sharer.merchant, receiver.merchant);
        out.record(Fact::RoyaltyTold { merchant, receiver });
    }
}

/// Tells every other shard whether a receiver is bound to a merchant of this one.
pub(super) fn tell(
    ledger: &Ledger,
    sharer: &Merchant,
    receiver: &Merchant,
    bound: bool,
    out: &mut Decision,
) {
    if !ledger.has_others_since(WORDS_SINCE) {
        return;
    }
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
