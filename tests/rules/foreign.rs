//! Events from outside: what does not fit the books is refused by `check`, and so never applied.

use groat_ledger::{
    AccountKey, AccountNo, Calendar, Currency, Fact, Id, Layer, Ledger, Movement, SignRule,
};

fn opened(number: AccountNo, name: &str, currency: Currency) -> Fact {
    let key = AccountKey::ledger(Id::from_name(name).unwrap());
    let sign_rule = SignRule::Either;
    Fact::AccountOpened { number, key, currency, sign_rule, history: false }
}

fn moved(debit: AccountNo, credit: AccountNo, amount: u64, layer: Layer) -> Movement {
    Movement { debit, credit, amount, layer }
}

/// Accounts 0 and 1 of CNY with 5 reserved from one to the other, and 2 of USD.
fn books() -> Ledger {
    let mut ledger = Ledger::new(Calendar::default());
    let usd: Currency = "USD".parse().unwrap();
    let pended = Fact::TransferPended { transfer: Id(1), expires_at: None };
    for (fact, movements) in [
        (opened(0, "a", Currency::CNY), vec![]),
        (opened(1, "b", Currency::CNY), vec![]),
        (opened(2, "u", usd), vec![]),
        (pended, vec![moved(0, 1, 5, Layer::Pending)]),
    ] {
        assert_eq!(ledger.check(&fact, &movements), Ok(()), "{fact:?}");
        ledger.apply(&fact, &movements, 0);
    }
    ledger
}

#[test]
fn accounts_are_opened_in_order_and_once() {
    let ledger = books();
    assert_eq!(ledger.check(&opened(3, "c", Currency::CNY), &[]), Ok(()));
    for fact in [opened(4, "c", Currency::CNY), opened(3, "a", Currency::CNY)] {
        assert!(ledger.check(&fact, &[]).is_err(), "{fact:?}");
    }
}

#[test]
fn movements_stay_within_the_books() {
    let ledger = books();
    let fits = |m: &[Movement]| ledger.check(&Fact::TransferPosted, m).is_ok();
    assert!(fits(&[moved(0, 1, 5, Layer::Posted)]));
    assert!(!fits(&[moved(0, 3, 5, Layer::Posted)]), "no such account");
    assert!(!fits(&[moved(0, 2, 5, Layer::Posted)]), "two currencies");
    assert!(!fits(&[moved(0, 1, 0, Layer::Posted)]), "zero");
    assert!(!fits(&[moved(0, 1, u64::MAX, Layer::Posted)]), "beyond the largest amount");
}

/// Counters below zero would be a wrap, also when each movement by itself would fit.
#[test]
fn no_more_is_released_than_is_pending() {
    let ledger = books();
    let voided = Fact::TransferVoided { pending: Id(1) };
    let fits = |amounts: &[u64]| {
        let released: Vec<_> = amounts.iter().map(|x| moved(0, 1, *x, Layer::Released)).collect();
        ledger.check(&voided, &released).is_ok()
    };
    assert!(fits(&[5]));
    assert!(!fits(&[6]) && !fits(&[4]) && !fits(&[2, 3]) && !fits(&[]));
    let other_way = [moved(1, 0, 5, Layer::Released)];
    assert!(ledger.check(&voided, &other_way).is_err(), "nothing is pending that way");
}

#[test]
fn facts_name_what_is_there() {
    let ledger = books();
    let nobody = Id::from_name("nobody").unwrap();
    for fact in [
        Fact::TransferPended { transfer: Id(1), expires_at: None },
        Fact::TransferVoided { pending: nobody },
        Fact::UserOpened { user: nobody, kyc_class: 1, currency: Currency::CNY, account: 9 },
        Fact::HoldReleased { hold: nobody, amount: 1 },
        Fact::Transferred { from: nobody, to: nobody, amount: 1 },
        Fact::PayoutConfirmed { payout: nobody },
        Fact::FeeCharged { payment: nobody, amount: 1 },
        Fact::PaymentFinished { payment: nobody },
        Fact::BatchCut { batch: 0 },
    ] {
        assert!(ledger.check(&fact, &[]).is_err(), "{fact:?}");
    }
}
