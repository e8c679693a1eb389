//! Money into, out of and between user balances; holds, payouts, receipts, adjustments, the clock
//! (DOMAIN §4.1).

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    AdvanceClock, CodeKind, ConfirmPayout, ConfirmTopUp, EntryLine, FailPayout, MatchReceipt,
    Owner, PlaceHold, PostAdjustment, ReleaseHold, RequestPayout, SeizeHold, Side, Transfer,
};
use crate::event::{Decision, Fact};
use crate::ledger::{Ledger, in_range, post};
use crate::limits::{ADJUSTMENT_ENTRIES_MAX, TIME_MS_MAX};
use crate::money::{Currency, Money};
use crate::rejection::Rejection;
use crate::rules::limits::{count, may_hold, may_spend};
use crate::rules::{
    account_of, bank_key, credit_room, in_currency, may_credit, may_debit, merchant, pair,
    refuse_if, remittances, user,
};
use crate::state::{Hold, Payout, PayoutState, Receipt};

pub(crate) fn place_hold(
    ledger: &Ledger,
    c: &PlaceHold,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.holds.find(&c.hold).is_some(), Rejection::Duplicate)?;
    let owner = user(tables, c.user)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    let available = tables.accounts.row(owner.account);
    refuse_if(available.closed, Rejection::AccountClosed)?;
    refuse_if(available.debit_room() < u128::from(amount), Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    let key = AccountKey::of(Class::UserHold, c.user, owner.currency);
    let held = ledger.account_or_open(key, owner.currency, out);
    post(out, owner.account, held, amount);
    out.record(Fact::HoldPlaced { hold: c.hold, user: c.user, amount });
    Ok(())
}

pub(crate) fn release_hold(
    ledger: &Ledger,
    c: &ReleaseHold,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let hold = tables.holds.get(&c.hold).ok_or(Rejection::UnknownAccount)?;
    refuse_if(hold.user != c.user, Rejection::NotHoldOfUser)?;
    let owner = user(tables, c.user)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(hold.rest < amount, Rejection::InsufficientFunds)?;
    let held = user_hold(ledger, hold)?;
    // From here on nothing may fail.
    post(out, held, owner.account, amount);
    out.record(Fact::HoldReleased { hold: c.hold, amount });
    Ok(())
}

pub(crate) fn seize_hold(
    ledger: &Ledger,
    c: &SeizeHold,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let hold = tables.holds.get(&c.hold).ok_or(Rejection::UnknownAccount)?;
    refuse_if(hold.rest == 0, Rejection::InvalidState)?;
    let bank = bank_key(c.bank, user(tables, hold.user)?.currency);
    let short = credit_room(tables, &bank) < u128::from(hold.rest);
    refuse_if(short, Rejection::SafeguardedBankInsufficient)?;
    let held = user_hold(ledger, hold)?;
    // From here on nothing may fail.
    let bank = ledger.account_or_open(bank, user(tables, hold.user)?.currency, out);
    post(out, held, bank, hold.rest);
    let order_ref = c.order_ref.clone();
    out.record(Fact::HoldSeized { hold: c.hold, amount: hold.rest, order_ref });
    Ok(())
}

fn user_hold(ledger: &Ledger, hold: &Hold) -> Result<AccountNo, Rejection> {
    let currency = user(ledger.tables(), hold.user)?.currency;
    let key = AccountKey::of(Class::UserHold, hold.user, currency);
    ledger.tables().accounts.find(&key).ok_or(Rejection::UnknownAccount)
}

pub(crate) fn confirm_top_up(
    ledger: &Ledger,
    c: &ConfirmTopUp,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(tables.receipts.find(&c.bank_ref).is_some(), Rejection::Duplicate)?;
    refuse_if(remittances::is_ours(ledger, &c.bank_ref), Rejection::SchemaInvalid)?;
    may_credit(tables, owner.account)?;
    may_hold(ledger, owner, amount)?;
    // From here on nothing may fail.
    let bank = ledger.account_or_open(bank_key(c.bank, owner.currency), owner.currency, out);
    post(out, bank, owner.account, amount);
    out.record(Fact::ToppedUp { user: c.user, bank_ref: c.bank_ref.clone(), amount });
    Ok(())
}

pub(crate) fn transfer(
    ledger: &Ledger,
    c: &Transfer,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(c.from == c.to, Rejection::AccountsMustDiffer)?;
    let from = user(tables, c.from)?;
    let home = ledger.place().home(c.to);
    if home != ledger.place().shard {
        return remittances::transfer_away(ledger, c, from, home, now, out);
    }
    let to = user(tables, c.to)?;
    in_currency(c.amount, from.currency)?;
    in_currency(c.amount, to.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(tables, from.account)?;
    may_credit(tables, to.account)?;
    let room = tables.accounts.row(from.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    may_spend(ledger, from, amount, CodeKind::None, now)?;
    may_hold(ledger, to, amount)?;
    // From here on nothing may fail.
    post(out, from.account, to.account, amount);
    out.record(Fact::Transferred { from: c.from, to: c.to, amount });
    Ok(())
}

pub(crate) fn request_payout(
    ledger: &Ledger,
    c: &RequestPayout,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(matches!(c.owner, Owner::Ledger(_)), Rejection::SchemaInvalid)?;
    refuse_if(tables.payouts.find(&c.payout).is_some(), Rejection::Duplicate)?;
    let (account, currency) = account_of(tables, c.owner)?;
    in_currency(c.amount, currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(
        c.fee > 0 && in_range(Money { amount: c.fee, currency }).is_err(),
        Rejection::AmountOutOfRange,
    )?;
    let row = tables.accounts.row(account);
    refuse_if(row.closed, Rejection::AccountClosed)?;
    refuse_if(row.debit_blocked, Rejection::PayoutBlocked)?;
    let needed = u128::from(amount) + u128::from(c.fee);
    refuse_if(row.debit_room() < needed, Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    let transit = ledger.account_or_open(transit_key(c.payout, currency), currency, out);
    let fees = (c.fee > 0).then(|| {
        ledger.account_or_open(AccountKey::house(Class::OtherFees, currency), currency, out)
    });
    post(out, account, transit, amount);
    if let Some(fees) = fees {
        post(out, account, fees, c.fee);
    }
    let RequestPayout { payout, owner, amount, fee } = *c;
    out.record(Fact::PayoutRequested { payout, owner, amount, fee });
    Ok(())
}

pub(crate) fn confirm_payout(
    ledger: &Ledger,
    c: &ConfirmPayout,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let payout = requested(ledger, c.payout)?;
    let currency = payout.amount.currency;
    let bank = bank_key(c.bank, currency);
    let short = credit_room(tables, &bank) < u128::from(payout.amount.amount);
    refuse_if(short, Rejection::SafeguardedBankInsufficient)?;
    // From here on nothing may fail.
    let transit = ledger.account_or_open(transit_key(c.payout, currency), currency, out);
    let bank = ledger.account_or_open(bank, currency, out);
    post(out, transit, bank, payout.amount.amount);
    out.record(Fact::PayoutConfirmed { payout: c.payout });
    Ok(())
}

pub(crate) fn fail_payout(
    ledger: &Ledger,
    c: &FailPayout,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let payout = requested(ledger, c.payout)?;
    let (account, currency) = account_of(ledger.tables(), payout.owner)?;
    // From here on nothing may fail.
    let transit = ledger.account_or_open(transit_key(c.payout, currency), currency, out);
    let fees = (payout.fee > 0).then(|| {
        ledger.account_or_open(AccountKey::house(Class::OtherFees, currency), currency, out)
    });
    post(out, transit, account, payout.amount.amount);
    if let Some(fees) = fees {
        post(out, fees, account, payout.fee);
    }
    out.record(Fact::PayoutFailed { payout: c.payout, reason: c.reason.clone() });
    Ok(())
}

fn requested(ledger: &Ledger, payout: crate::Id) -> Result<&Payout, Rejection> {
    let payout = ledger.tables().payouts.get(&payout).ok_or(Rejection::UnknownAccount)?;
    refuse_if(payout.state != PayoutState::Requested, Rejection::InvalidState)?;
    Ok(payout)
}

fn transit_key(payout: crate::Id, currency: Currency) -> AccountKey {
    AccountKey::of(Class::PayoutInTransit, payout, currency)
}

pub(crate) fn match_receipt(
    ledger: &Ledger,
    c: &MatchReceipt,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let amount = in_range(c.amount)?;
    let currency = c.amount.currency;
    let suspense = AccountKey::house(Class::Suspense, currency);
    let Some(target) = c.target else {
        refuse_if(tables.receipts.find(&c.bank_ref).is_some(), Rejection::Duplicate)?;
        refuse_if(remittances::is_ours(ledger, &c.bank_ref), Rejection::SchemaInvalid)?;
        // From here on nothing may fail.
        let bank = ledger.account_or_open(bank_key(c.bank, currency), currency, out);
        let suspense = ledger.account_or_open(suspense, currency, out);
        post(out, bank, suspense, amount);
        out.record(Fact::ReceiptRecorded { bank_ref: c.bank_ref.clone(), amount: c.amount });
        return Ok(());
    };
    refuse_if(matches!(target, Owner::Ledger(_)), Rejection::SchemaInvalid)?;
    let receipt = tables.receipts.get(&c.bank_ref).ok_or(Rejection::UnknownAccount)?;
    in_currency(c.amount, receipt.unmatched.currency)?;
    refuse_if(amount > receipt.unmatched.amount, Rejection::ReceiptExceeded)?;
    let (Owner::User(id) | Owner::Merchant(id) | Owner::Ledger(id)) = target;
    let home = ledger.place().home(id);
    if home != ledger.place().shard {
        return remittances::match_away(ledger, c, target, home, out);
    }
    let (account, account_currency) = account_of(tables, target)?;
    in_currency(c.amount, account_currency)?;
    may_credit(tables, account)?;
    if let Owner::User(id) = target {
        may_hold(ledger, user(tables, id)?, amount)?;
    }
    // From here on nothing may fail.
    let suspense = ledger.account_or_open(suspense, currency, out);
    post(out, suspense, account, amount);
    out.record(Fact::ReceiptMatched { bank_ref: c.bank_ref.clone(), target, amount });
    Ok(())
}

pub(crate) fn post_adjustment(
    ledger: &Ledger,
    c: &PostAdjustment,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(c.maker.is_none() || c.approver.is_none(), Rejection::SchemaInvalid)?;
    refuse_if(c.maker == c.approver, Rejection::FourEyes)?;
    let count_fits = (2..=ADJUSTMENT_ENTRIES_MAX).contains(&c.entries.len());
    refuse_if(!count_fits, Rejection::SchemaInvalid)?;
    for line in &c.entries {
        in_range(line.amount)?;
        adjustable(ledger, line)?;
    }
    let mut currencies: Vec<Currency> = c.entries.iter().map(|l| l.amount.currency).collect();
    currencies.sort();
    currencies.dedup();
    for currency in &currencies {
        let sum = |side: Side| -> u128 {
            let lines = c.entries.iter().filter(|l| l.side == side);
            lines
                .filter(|l| l.amount.currency == *currency)
                .map(|l| u128::from(l.amount.amount))
                .sum()
        };
        refuse_if(sum(Side::Debit) != sum(Side::Credit), Rejection::Unbalanced)?;
    }
    for line in c.entries.iter().filter(|l| l.side == Side::Debit) {
        let other_side = |l: &&EntryLine| l.side == Side::Credit && key_of(l) == key_of(line);
        refuse_if(c.entries.iter().any(|l| other_side(&l)), Rejection::AccountsMustDiffer)?;
        let key = key_of(line);
        if let Some(no) = tables.accounts.find(&key) {
            may_debit(tables, no)?;
        }
    }
    for line in c.entries.iter().filter(|l| l.side == Side::Credit) {
        if let Some(no) = tables.accounts.find(&key_of(line)) {
            may_credit(tables, no)?;
        }
    }
    opened_keep_sign(ledger, c)?;
    // From here on only the net under all rules may refuse: sums over several lines.
    let numbers: Vec<AccountNo> = c
        .entries
        .iter()
        .map(|l| ledger.account_or_open(key_of(l), l.amount.currency, out))
        .collect();
    for currency in currencies {
        let side = |side: Side| {
            let lines = c.entries.iter().zip(&numbers);
            let of_side = lines
                .filter(move |(l, _)| l.side == side && l.amount.currency == currency)
                .map(|(l, no)| (*no, l.amount.amount));
            of_side.collect::<Vec<_>>()
        };
        pair(out, side(Side::Debit), side(Side::Credit));
    }
    let PostAdjustment { reason, maker, approver, .. } = c.clone();
    out.record(Fact::AdjustmentPosted { reason, maker, approver });
    Ok(())
}

fn key_of(line: &EntryLine) -> AccountKey {
    match line.class {
        Class::Ledger => AccountKey::ledger(line.owner),
        class => AccountKey::of(class, line.owner, line.amount.currency),
    }
}

/// Which accounts an adjustment may touch: owners' main accounts that exist, and the house's.
fn adjustable(ledger: &Ledger, line: &EntryLine) -> Result<(), Rejection> {
    match line.class {
        Class::UserAvailable | Class::MerchantAvailable | Class::Ledger => {
            // A merchant of another shard has an account here too, which stays empty.
            refuse_if(!ledger.place().is_home(line.owner), Rejection::NotAcrossShards)?;
            let account = ledger.account(&key_of(line)).ok_or(Rejection::UnknownAccount)?;
            in_currency(line.amount, account.currency)
        }
        Class::MerchantReceivable => {
            refuse_if(!ledger.place().is_home(line.owner), Rejection::NotAcrossShards)?;
            let debtor = merchant(ledger.tables(), line.owner)?;
            in_currency(line.amount, debtor.terms.settle_currency)?;
            let closed = ledger.tables().accounts.row(debtor.account).closed;
            refuse_if(closed, Rejection::AccountClosed)
        }
        Class::SafeguardedBank
        | Class::ChannelReceivable
        | Class::Equity
        | Class::ServiceFee
        | Class::OtherFees
        | Class::Marketing
        | Class::FxPosition
        | Class::OtherWriteOff => Ok(()),
        Class::UserHold
        | Class::UserFrozen
        | Class::CreditUnbilled
        | Class::CreditBilled
        | Class::CreditInstalment
        | Class::CreditOverdue
        | Class::FeeReceivable
        | Class::InterestReceivable
        | Class::PenaltyReceivable
        | Class::InstalmentFee
        | Class::UnearnedFee
        | Class::InterestIncome
        | Class::PenaltyIncome
        | Class::CashLoan
        | Class::LoanInterest
        | Class::LoanFee
        | Class::LoanPenalty
        | Class::LossAllowance
        | Class::CreditLoss
        | Class::RentalAdvance
        | Class::LimitGranted
        | Class::LimitGrantedContra
        | Class::CreditHeld
        | Class::CreditHeldContra
        | Class::DepositWaived
        | Class::DepositWaivedContra
        | Class::RentObligation
        | Class::RentObligationContra
        | Class::CampaignFund
        | Class::RedPacket
        | Class::StoredValue
        | Class::PointsLiability
        | Class::Points
        | Class::PointsContra
        | Class::Breakage
        | Class::CouponFace
        | Class::CouponFaceContra
        | Class::MerchantPending
        | Class::MerchantReserve
        | Class::MerchantDisputed
        | Class::MerchantFrozen
        | Class::PayoutInTransit
        | Class::FundingPartner
        | Class::InTransit
        | Class::Suspense => Err(Rejection::AccountNotAdjustable),
    }
}

/// An account that does not exist yet has nothing to give.
fn opened_keep_sign(ledger: &Ledger, c: &PostAdjustment) -> Result<(), Rejection> {
    use crate::account::SignRule;
    for line in c.entries.iter().filter(|l| ledger.account(&key_of(l)).is_none()) {
        let breaks = match line.class.sign_rule() {
            SignRule::CreditBalance => line.side == Side::Debit,
            SignRule::DebitBalance => line.side == Side::Credit,
            SignRule::Either => false,
        };
        refuse_if(breaks, Rejection::InsufficientFunds)?;
    }
    Ok(())
}

pub(crate) fn advance_clock(
    c: &AdvanceClock,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    refuse_if(c.to > TIME_MS_MAX, Rejection::SchemaInvalid)?;
    refuse_if(c.to < now, Rejection::ClockBackwards)?;
    // From here on nothing may fail.
    out.record(Fact::ClockAdvanced { to: c.to });
    Ok(())
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let (now, calendar) = (ledger.now(), ledger.calendar());
    let tables = ledger.tables_mut();
    match fact {
        Fact::HoldPlaced { hold, user, amount } => {
            tables.holds.insert(Hold { hold: *hold, user: *user, rest: *amount });
        }
        Fact::HoldReleased { hold, amount } | Fact::HoldSeized { hold, amount, .. } => {
            if let Some(hold) = tables.holds.get_mut(hold) {
                hold.rest = hold.rest.saturating_sub(*amount);
            }
        }
        Fact::ToppedUp { user, bank_ref, .. } => {
            let currency = tables.users.get(user).map_or(Currency::CNY, |u| u.currency);
            let unmatched = Money { amount: 0, currency };
            tables.receipts.insert(Receipt { bank_ref: bank_ref.clone(), unmatched });
        }
        Fact::Transferred { from, amount, .. } => {
            if let Some(user) = tables.users.get_mut(from) {
                count(&mut user.usage, calendar, *amount, CodeKind::None, now);
            }
        }
        Fact::PayoutRequested { payout, owner, amount, fee } => {
            let state = PayoutState::Requested;
            let row = Payout { payout: *payout, owner: *owner, amount: *amount, fee: *fee, state };
            tables.payouts.insert(row);
            set_open_payouts(ledger, *owner, true);
        }
        Fact::PayoutConfirmed { payout } => end_payout(ledger, *payout, PayoutState::Confirmed),
        Fact::PayoutFailed { payout, .. } => end_payout(ledger, *payout, PayoutState::Failed),
        Fact::ReceiptRecorded { bank_ref, amount } => {
            tables.receipts.insert(Receipt { bank_ref: bank_ref.clone(), unmatched: *amount });
        }
        Fact::ReceiptMatched { bank_ref, amount, .. } => {
            if let Some(receipt) = tables.receipts.get_mut(bank_ref) {
                receipt.unmatched.amount = receipt.unmatched.amount.saturating_sub(*amount);
            }
        }
        _ => {}
    }
}

fn end_payout(ledger: &mut Ledger, payout: crate::Id, state: PayoutState) {
    let Some(row) = ledger.tables_mut().payouts.get_mut(&payout) else { return };
    row.state = state;
    let owner = row.owner;
    set_open_payouts(ledger, owner, false);
}

fn set_open_payouts(ledger: &mut Ledger, owner: Owner, opened: bool) {
    let tables = ledger.tables_mut();
    let open = match owner {
        Owner::User(id) => tables.users.get_mut(&id).map(|u| &mut u.open_payouts),
        Owner::Merchant(id) => tables.merchants.get_mut(&id).map(|m| &mut m.open_payouts),
        Owner::Ledger(_) => None,
    };
    if let Some(open) = open {
        *open = if opened { open.saturating_add(1) } else { open.saturating_sub(1) };
    }
}
