//! What movements change on the accounts that stand on somebody's bill.

use groat_ledger::{AccountKey, AccountNo, Class, Id, Layer, Movement};

/// Signed minor units by account: what comes in for its owner is positive.
pub(crate) type Moved = Vec<(AccountKey, i128)>;

/// Whether an account is one whose movements stand on somebody's bill.
fn is_billed(key: &AccountKey) -> bool {
    matches!(
        key.class,
        Class::UserAvailable
            | Class::MerchantReceivable
            | Class::MerchantPending
            | Class::MerchantAvailable
            | Class::MerchantReserve
    )
}

/// What movements change on accounts that stand on bills.
pub(crate) fn moved(
    movements: &[Movement],
    key_of: impl Fn(AccountNo) -> Option<AccountKey>,
) -> Moved {
    let mut lines = Moved::new();
    for m in movements.iter().filter(|m| m.layer == Layer::Posted) {
        let amount = i128::from(m.amount);
        for (no, signed) in [(m.debit, -amount), (m.credit, amount)] {
            if let Some(key) = key_of(no).filter(is_billed) {
                add(&mut lines, key, signed);
            }
        }
    }
    lines
}

/// What movements take out of authorizations, by each.
pub(crate) fn frozen(
    movements: &[Movement],
    key_of: impl Fn(AccountNo) -> Option<AccountKey>,
) -> Vec<(Id, i128)> {
    let of = |m: &Movement| {
        let key = key_of(m.debit).filter(|key| key.class == Class::UserFrozen)?;
        Some((key.owner, i128::from(m.amount)))
    };
    movements.iter().filter_map(of).collect()
}

/// Adds an amount to an account's line.
pub(crate) fn add(lines: &mut Moved, key: AccountKey, amount: i128) {
    match lines.iter_mut().find(|line| line.0 == key) {
        Some(line) => line.1 += amount,
        None => lines.push((key, amount)),
    }
}
