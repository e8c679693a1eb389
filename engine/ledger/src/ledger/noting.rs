//! What rules share: looking up or opening accounts, noting movements into a decision, and the
//! bounds of amounts. No rule of a subject.

use crate::account::{AccountKey, AccountNo, Layer, Movement};
use crate::event::{Decision, Fact};
use crate::ledger::Ledger;
use crate::limits::{AMOUNT_MAX, PAYMENT_MAJOR_MAX};
use crate::money::{Currency, Money};
use crate::rejection::Rejection;

impl Ledger {
    /// The number of an account, opening it in this decision when it does not exist.
    pub(crate) fn account_or_open(
        &self,
        key: AccountKey,
        currency: Currency,
        out: &mut Decision,
    ) -> AccountNo {
        if let Some(no) = self.tables.accounts.find(&key) {
            return no;
        }
        let mut number = self.tables.accounts.next_no();
        for (fact, _) in out.events() {
            if let Fact::AccountOpened { number: opened, key: opened_key, .. } = fact {
                if *opened_key == key {
                    return *opened;
                }
                number = opened + 1;
            }
        }
        let sign_rule = key.class.sign_rule();
        out.record(Fact::AccountOpened { number, key, currency, sign_rule, history: false });
        number
    }
}

/// Refuses zero and what is too large for one payment.
pub(crate) fn payable(money: Money) -> Result<u64, Rejection> {
    let amount = in_range(money)?;
    let too_large = amount > money.currency.major(PAYMENT_MAJOR_MAX);
    if too_large { Err(Rejection::AmountOutOfRange) } else { Ok(amount) }
}

/// Refuses zero and amounts above the bound.
pub(crate) fn in_range(money: Money) -> Result<u64, Rejection> {
    if (1..=AMOUNT_MAX).contains(&money.amount) {
        Ok(money.amount)
    } else {
        Err(Rejection::AmountOutOfRange)
    }
}

/// Notes what is posted; an amount of zero moves nothing, a very large one takes several movements.
pub(crate) fn post(out: &mut Decision, debit: AccountNo, credit: AccountNo, amount: u64) {
    let mut rest = amount;
    while rest > 0 {
        let amount = rest.min(AMOUNT_MAX);
        out.note(Movement { debit, credit, amount, layer: Layer::Posted });
        rest -= amount;
    }
}
