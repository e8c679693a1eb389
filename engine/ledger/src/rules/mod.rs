//! One file per subject: its commands' staircases, its events' effect on state.
//!
//! A rule reads top to bottom: refusals in their documented order, one per line; then the line
//! "from here on nothing may fail"; then accounts are opened, movements noted, facts recorded.

pub(crate) mod accounts;
pub(crate) mod advances;
pub(crate) mod apps;
pub(crate) mod authorizations;
pub(crate) mod billing;
pub(crate) mod buckets;
pub(crate) mod campaigns;
pub(crate) mod cards;
pub(crate) mod closing;
pub(crate) mod collection;
pub(crate) mod coupons;
pub(crate) mod credit;
pub(crate) mod debits;
pub(crate) mod disputes;
pub(crate) mod exchange;
pub(crate) mod funding;
pub(crate) mod invoices;
pub(crate) mod limits;
pub(crate) mod loans;
pub(crate) mod losses;
pub(crate) mod packets;
pub(crate) mod payments;
pub(crate) mod plan_fees;
pub(crate) mod plans;
pub(crate) mod points;
pub(crate) mod reductions;
pub(crate) mod remittances;
pub(crate) mod rent;
pub(crate) mod rental_rows;
pub(crate) mod rentals;
pub(crate) mod royalties;
pub(crate) mod scopes;
pub(crate) mod settlement;
pub(crate) mod split;
pub(crate) mod taking;
pub(crate) mod transfers;
pub(crate) mod treasury;

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{Owner, Reference};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::post;
use crate::limits::AMOUNT_MAX;
use crate::money::{Currency, Money};
use crate::rejection::Rejection;
use crate::state::{CreditBasis, Merchant, Payment, Tables, TradeNo, User};

/// The user of an id.
pub(crate) fn user(tables: &Tables, user: Id) -> Result<&User, Rejection> {
    tables.users.get(&user).ok_or(Rejection::UnknownAccount)
}

/// The merchant of an id.
pub(crate) fn merchant(tables: &Tables, merchant: Id) -> Result<&Merchant, Rejection> {
    tables.merchants.get(&merchant).ok_or(Rejection::UnknownAccount)
}

/// The number and currency of an owner's main account: UA, MA, or the ledger account itself.
pub(crate) fn account_of(
    tables: &Tables,
    owner: Owner,
) -> Result<(AccountNo, Currency), Rejection> {
    let no = match owner {
        Owner::User(id) => user(tables, id)?.account,
        Owner::Merchant(id) => merchant(tables, id)?.account,
        Owner::Ledger(id) => {
            tables.accounts.find(&AccountKey::ledger(id)).ok_or(Rejection::UnknownAccount)?
        }
    };
    Ok((no, tables.accounts.row(no).currency))
}

/// Refuses an amount in another currency.
pub(crate) fn in_currency(money: Money, currency: Currency) -> Result<(), Rejection> {
    if money.currency == currency { Ok(()) } else { Err(Rejection::CurrencyMismatch) }
}

/// Refuses a closed account, then one restricted from being debited.
pub(crate) fn may_debit(tables: &Tables, account: AccountNo) -> Result<(), Rejection> {
    let account = tables.accounts.row(account);
    refuse_if(account.closed, Rejection::AccountClosed)?;
    refuse_if(account.debit_blocked, Rejection::AccountRestricted)
}

/// Refuses a closed account, then one restricted from being credited.
pub(crate) fn may_credit(tables: &Tables, account: AccountNo) -> Result<(), Rejection> {
    let account = tables.accounts.row(account);
    refuse_if(account.closed, Rejection::AccountClosed)?;
    refuse_if(account.credit_blocked, Rejection::AccountRestricted)
}

/// One step of a staircase.
pub(crate) fn refuse_if(condition: bool, rejection: Rejection) -> Result<(), Rejection> {
    if condition { Err(rejection) } else { Ok(()) }
}

/// The bank account that holds customer money; none is the house bank.
pub(crate) fn bank_key(bank: Id, currency: Currency) -> AccountKey {
    AccountKey::of(Class::SafeguardedBank, bank, currency)
}

/// How much may still be credited to an account that may not exist yet.
pub(crate) fn credit_room(tables: &Tables, key: &AccountKey) -> u128 {
    tables.accounts.get(key).map_or(0, |account| account.credit_room())
}

/// Pairs debits with credits in order into movements; both lists have the same sum.
pub(crate) fn pair(
    out: &mut Decision,
    debits: impl IntoIterator<Item = (AccountNo, u64)>,
    credits: impl IntoIterator<Item = (AccountNo, u64)>,
) {
    let mut debits = debits.into_iter().filter(|d| d.1 > 0);
    let mut credits = credits.into_iter().filter(|c| c.1 > 0);
    let (mut debit, mut credit) = (debits.next(), credits.next());
    while let (Some((d, d_rest)), Some((c, c_rest))) = (debit, credit) {
        let amount = d_rest.min(c_rest);
        post(out, d, c, amount);
        debit = if d_rest > amount { Some((d, d_rest - amount)) } else { debits.next() };
        credit = if c_rest > amount { Some((c, c_rest - amount)) } else { credits.next() };
    }
}

/// Whether the objects a foreign fact names are there and leave room for its amounts, so that
/// neither applying it nor deciding after it can fail.
pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    match fact {
        Fact::CommandRejected { .. }
        | Fact::AccountOpened { .. }
        | Fact::TransferPosted
        | Fact::AdjustmentPosted { .. }
        | Fact::ClockAdvanced { .. }
        | Fact::LimitsSet { .. }
        | Fact::CreditFunded { .. }
        | Fact::Provisioned { .. }
        | Fact::FundingRepaid { .. }
        | Fact::DisputeCharged { .. }
        | Fact::DisputeDebtPaid { .. }
        | Fact::DisputeReversed { .. } => Ok(()),
        Fact::TransferPended { transfer, .. } => {
            known(tables.pending.find(transfer).is_none(), "a pending transfer exists twice")
        }
        Fact::PendingSetAway { transfer: pending, .. }
        | Fact::TransferCompleted { pending }
        | Fact::TransferVoided { pending }
        | Fact::TransferExpired { pending } => {
            known(tables.pending.find(pending).is_some(), "a pending transfer is unknown")
        }
        Fact::AppRegistered { .. }
        | Fact::AppAuthGranted { .. }
        | Fact::AppAuthRevoked { .. }
        | Fact::AppLimitsSet { .. }
        | Fact::AppAsked { .. } => apps::names_exist(tables, fact),
        Fact::UserOpened { user, account, .. } => {
            known(tables.users.find(user).is_none(), "a user is opened twice")?;
            known(tables.accounts.try_row(*account).is_some(), "a user's account is unknown")
        }
        Fact::MerchantOnboarded { merchant, account, .. } => {
            known(tables.merchants.find(merchant).is_none(), "a merchant is onboarded twice")?;
            known(tables.accounts.try_row(*account).is_some(), "a merchant's account is unknown")
        }
        Fact::AccountRestricted { owner, .. }
        | Fact::RestrictionLifted { owner, .. }
        | Fact::AccountClosed { owner } => {
            known(account_of(tables, *owner).is_ok(), "an owner is unknown")
        }
        Fact::HoldPlaced { hold, .. } => {
            known(tables.holds.find(hold).is_none(), "a hold is placed twice")
        }
        Fact::HoldReleased { hold, .. } | Fact::HoldSeized { hold, .. } => {
            known(tables.holds.find(hold).is_some(), "a hold is unknown")
        }
        Fact::ToppedUp { user, bank_ref, .. } => {
            known(tables.users.find(user).is_some(), "a user is unknown")?;
            known(tables.receipts.find(bank_ref).is_none(), "a bank reference is used twice")
        }
        Fact::Transferred { from, to, .. } => known(
            tables.users.find(from).is_some() && tables.users.find(to).is_some(),
            "a user is unknown",
        ),
        Fact::PayoutRequested { payout, owner, .. } => {
            known(tables.payouts.find(payout).is_none(), "a payout is requested twice")?;
            known(account_of(tables, *owner).is_ok(), "an owner is unknown")
        }
        Fact::PayoutConfirmed { payout } | Fact::PayoutFailed { payout, .. } => {
            known(tables.payouts.find(payout).is_some(), "a payout is unknown")
        }
        Fact::ReceiptRecorded { bank_ref, .. } => {
            known(tables.receipts.find(bank_ref).is_none(), "a bank reference is used twice")
        }
        Fact::ReceiptMatched { bank_ref, .. } => {
            known(tables.receipts.find(bank_ref).is_some(), "a bank reference is unknown")
        }
        Fact::PaymentCreated { payment, merchant, out_trade_no, auth_code, rental, .. } => {
            known(tables.payments.find(payment).is_none(), "a payment is created twice")?;
            let no = tables.merchants.find(merchant).ok_or("a merchant is unknown")?;
            let trade_no = TradeNo::key_of(no, out_trade_no);
            let used = rental.is_none() && tables.trade_nos.find(&trade_no).is_some();
            known(!used, "an out_trade_no is used twice")?;
            let used = auth_code.as_ref().is_some_and(|c| tables.auth_codes.find(c).is_some());
            known(!used, "a payer's code is used twice")
        }
        Fact::PaymentPaid { payment, user, batch, .. } => {
            known(tables.payments.find(payment).is_some(), "a payment is unknown")?;
            known(tables.batches.try_row(*batch).is_some(), "a batch is unknown")?;
            known(tables.users.find(user).is_some(), "a user is unknown")
        }
        Fact::FeeCharged { payment, .. } => paid(tables, payment).map(|_| ()),
        Fact::FeeReturned { payment, amount } => {
            let p = paid(tables, payment)?;
            known(*amount <= p.fee.saturating_sub(p.fee_returned), "more fee is returned than due")
        }
        Fact::RefundSucceeded { payment, open_batch, amount, to_channel, to_credit, .. } => {
            let p = paid(tables, payment)?;
            let there = open_batch.is_none_or(|batch| tables.batches.try_row(batch).is_some());
            known(there, "a batch is unknown")?;
            let refundable = p.amount.amount.saturating_sub(p.refunded());
            known(*amount <= refundable, "more is refunded than was paid")?;
            let of_channel = p.channel_amount.saturating_sub(p.refunded_to_channel);
            known(*to_channel <= of_channel, "more is refunded to a channel than it paid")?;
            let of_credit = p.credit.saturating_sub(p.refunded_to_credit);
            known(*to_credit <= of_credit, "more is refunded to credit than it paid")
        }
        Fact::PaymentClosed { payment, .. }
        | Fact::PaymentCancelled { payment }
        | Fact::PaymentFinished { payment } => {
            known(tables.payments.find(payment).is_some(), "a payment is unknown")
        }
        Fact::BatchOpened { merchant, account, date, .. } => {
            let no = tables.merchants.find(merchant).ok_or("a merchant is unknown")?;
            known(tables.batches.find(&(no, *date)).is_none(), "a batch is opened twice")?;
            known(tables.accounts.try_row(*account).is_some(), "a batch's account is unknown")
        }
        Fact::ReserveReleased { amount, recovered, .. } if recovered > amount => {
            known(false, "more pays a debt than is released")
        }
        Fact::BatchCut { batch }
        | Fact::BatchSettled { batch, .. }
        | Fact::ConfirmationArrived { batch: Some(batch), .. }
        | Fact::ReserveReleased { batch: Some(batch), .. } => {
            known(tables.batches.try_row(*batch).is_some(), "a batch is unknown")
        }
        Fact::ConfirmationArrived { merchant, batch: None, .. }
        | Fact::BackHomeArrived { merchant, .. }
        | Fact::ReserveReleased { merchant, batch: None, .. } => {
            known(tables.merchants.find(merchant).is_some(), "a merchant is unknown")
        }
        Fact::FundsAuthorized {
            auth, user, merchant, fund, credit, basis, out_order_no, ..
        } => {
            known(tables.authorizations.find(auth).is_none(), "a hold is placed twice")?;
            known(tables.users.find(user).is_some(), "a user is unknown")?;
            let fits = fund.checked_add(*credit).is_some_and(|sum| sum <= AMOUNT_MAX);
            known(fits, "a hold is too large")?;
            match basis {
                CreditBasis::Line => order_no_is_new(tables, merchant, false, out_order_no),
                // A deposit carries the number of its rental, which is in use.
                CreditBasis::Waiver => {
                    known(tables.rentals.find(auth).is_some(), "a deposit's rental is unknown")
                }
            }
        }
        Fact::AuthorizationCaptured { auth, fund, credit, .. }
        | Fact::FundsReleased { auth, fund, credit, .. }
        | Fact::AuthorizationClosed { auth, fund, credit, .. } => {
            let held = tables.authorizations.get(auth).ok_or("an authorization is unknown")?;
            let there = *fund <= held.fund_rest && *credit <= held.credit_rest;
            known(there, "more is captured or released than is held")
        }
        Fact::RentalCreated { rental, user, merchant, out_order_no, .. } => {
            known(tables.rentals.find(rental).is_none(), "a rental is created twice")?;
            known(tables.users.find(user).is_some(), "a user is unknown")?;
            order_no_is_new(tables, merchant, true, out_order_no)
        }
        Fact::ChargeReduced { rental, item, amount, given_back } => {
            let rental = tables.rentals.get(rental).ok_or("a rental is unknown")?;
            let charge = rental.charges.get(*item as usize).ok_or("a charge is unknown")?;
            let left = charge.amount.saturating_sub(charge.reduced);
            let fits = *amount <= left && *given_back <= charge.paid;
            known(fits, "more is taken off a charge than it has")
        }
        Fact::RentalPaymentPending { rental, batch: Some(batch), .. } => {
            known(tables.rentals.find(rental).is_some(), "a rental is unknown")?;
            known(tables.batches.try_row(*batch).is_some(), "a batch is unknown")
        }
        Fact::AdvanceRepaid { .. } | Fact::AdvanceReturned { .. } => advances::fits(tables, fact),
        Fact::RentalReturned { .. }
        | Fact::RentTermDue { .. }
        | Fact::DamageClaimed { .. }
        | Fact::RentalLost { .. } => rental_rows::charges_fit(tables, fact),
        Fact::RentalAssessed { rental, .. }
        | Fact::DepositSecured { rental }
        | Fact::RentalStarted { rental, .. }
        | Fact::RentalExtended { rental, .. }
        | Fact::RentalCharged { rental, .. }
        | Fact::RentalSettled { rental }
        | Fact::RentalPaymentPending { rental, batch: None, .. }
        | Fact::RentalCollected { rental, .. }
        | Fact::CollectionFailed { rental, .. }
        | Fact::RentalOverdue { rental }
        | Fact::RentalBoughtOut { rental, .. }
        | Fact::RentalCancelled { rental, .. } => {
            known(tables.rentals.find(rental).is_some(), "a rental is unknown")
        }
        Fact::CampaignFunded { .. }
        | Fact::CampaignClosed { .. }
        | Fact::CouponDefined { .. }
        | Fact::CouponIssued { .. }
        | Fact::CouponRevoked { .. }
        | Fact::CouponExpired { .. }
        | Fact::CouponLocked { .. }
        | Fact::CouponUnlocked { .. }
        | Fact::CouponUsed { .. }
        | Fact::CouponReturned { .. }
        | Fact::CouponReleased { .. } => coupons::names_exist(tables, fact),
        Fact::PacketSent { .. }
        | Fact::PacketClaimed { .. }
        | Fact::PacketExpired { .. }
        | Fact::PacketArrived { .. }
        | Fact::PacketReturned { .. } => packets::names_exist(tables, fact),
        Fact::InvoiceRequested { .. }
        | Fact::InvoiceIssued { .. }
        | Fact::InvoiceRejected { .. }
        | Fact::InvoiceReversed { .. }
        | Fact::RedInvoiceDue { .. } => invoices::names_exist(tables, fact),
        Fact::DisputeOpened { .. } | Fact::DisputeDefended { .. } | Fact::DisputeJudged { .. } => {
            disputes::fits(tables, fact)
        }
        Fact::QuotePublished { .. }
        | Fact::QuoteExpired { .. }
        | Fact::PaymentQuoted { .. }
        | Fact::FxConverted { .. }
        | Fact::FxReturned { .. } => exchange::names_exist(tables, fact),
        Fact::CardDefined { .. }
        | Fact::CardOpened { .. }
        | Fact::CardUpdated { .. }
        | Fact::CardClosed { .. }
        | Fact::CardExpired { .. }
        | Fact::CardLoaded { .. }
        | Fact::CardUnloaded { .. }
        | Fact::CardCharged { .. }
        | Fact::CardReturned { .. } => cards::names_exist(tables, fact),
        Fact::PointsEarned { .. }
        | Fact::PointsRedeemed { .. }
        | Fact::PointsAdjusted { .. }
        | Fact::PointsReversed { .. }
        | Fact::PointsExpired { .. }
        | Fact::PointsReturned { .. } => points::names_exist(tables, fact),
        Fact::RoyaltyBound { .. }
        | Fact::RoyaltyUnbound { .. }
        | Fact::RoyaltyFreezeSet { .. }
        | Fact::ProceedsFrozen { .. }
        | Fact::PaymentSplit { .. }
        | Fact::SplitFinished { .. }
        | Fact::ProceedsFreed { .. }
        | Fact::RoyaltyArrived { .. }
        | Fact::RoyaltyRefused { .. }
        | Fact::SplitReturnAsked { .. }
        | Fact::RoyaltyTaken { .. }
        | Fact::RoyaltyGivenBack { .. }
        | Fact::SplitReturnFailed { .. }
        | Fact::RoyaltyTold { .. }
        | Fact::SplitAsked { .. }
        | Fact::SplitPaid { .. }
        | Fact::SplitFunded { .. }
        | Fact::SplitFailed { .. }
        | Fact::SplitReturned { .. } => royalties::fits(tables, fact),
        Fact::CloseAsked { .. } | Fact::CloseAnswered { .. } | Fact::CloseDecided { .. } => {
            closing::fits(tables, fact)
        }
        Fact::SettlementConfirmed { payment, .. } => paid(tables, payment).map(|_| ()),
        Fact::RemittanceSent { .. } | Fact::RemittanceReceived { .. } => Ok(()),
        Fact::TransferArrived { to: user, .. } => {
            known(tables.users.find(user).is_some(), "a user is unknown")
        }
        // What comes back may have lost its owner.
        Fact::TransferReturned { .. }
        | Fact::PostingReturned { .. }
        | Fact::PostingArrived { .. } => Ok(()),
        Fact::MerchantKnown { merchant, account, .. } => {
            known(tables.accounts.try_row(*account).is_some(), "a merchant's account is unknown")?;
            let same = tables.merchants.get(merchant).is_none_or(|row| row.account == *account);
            known(same, "a merchant's account is another one")
        }
        Fact::BatchForwarded { batch, .. } | Fact::ProceedsReceived { batch, .. } => {
            known(tables.batches.try_row(*batch).is_some(), "a batch is unknown")
        }
        Fact::ReductionAsked { .. } => remittances::reduction_fits(tables, fact),
        Fact::RefundAsked { payment, out_request_no, amount, fee_part, .. } => {
            let p = paid(tables, payment)?;
            known(p.asked == 0, "a payment has two refunds asked for")?;
            let again = p.refund(out_request_no).is_some();
            known(!again, "a refund is asked for twice")?;
            let refundable = p.amount.amount.saturating_sub(p.refunded());
            known(fee_part <= amount && *amount <= refundable, "more is refunded than was paid")
        }
        Fact::RefundFunded { merchant, open_batch, .. } => {
            let there = open_batch.is_none_or(|batch| tables.batches.try_row(batch).is_some());
            known(there, "a batch is unknown")?;
            known(tables.merchants.find(merchant).is_some(), "a merchant is unknown")
        }
        Fact::RefundFailed { payment, .. } => paid(tables, payment).map(|_| ()),
        Fact::CreditLineGranted { user, .. } => {
            known(tables.users.find(user).is_some(), "a user is unknown")
        }
        Fact::LimitAdjusted { user, .. }
        | Fact::CreditLineFrozen { user, .. }
        | Fact::CreditLineUnfrozen { user, .. }
        | Fact::CreditLineClosed { user, .. } => {
            let line = tables.users.find(user).and_then(|no| tables.credit_lines.find(&no));
            known(line.is_some(), "a line of credit is unknown")
        }
        Fact::CreditRepaid { .. }
        | Fact::StatementIssued { .. }
        | Fact::StatementAssessed { .. }
        | Fact::InterestAccrued { .. }
        | Fact::CreditReduced { .. } => billing::fits(tables, fact),
        Fact::LatenessEnded { loan, .. } if loan.is_none() => billing::fits(tables, fact),
        Fact::LatenessEnded { .. } => loans::fits(tables, fact),
        Fact::PlanCreated { .. }
        | Fact::TermBilled { .. }
        | Fact::PlanPrepaid { .. }
        | Fact::PlanWrittenOff { .. }
        | Fact::PlanRepaid { .. }
        | Fact::PlanReduced { .. } => plans::fits(tables, fact),
        Fact::SellerFeeCharged { .. }
        | Fact::SellerFeeEarned { .. }
        | Fact::SellerFeeReturned { .. } => plan_fees::fits(tables, fact),
        Fact::AutoDebitSet { .. } | Fact::BillDebited { .. } | Fact::LoanDebited { .. } => {
            debits::fits(tables, fact)
        }
        Fact::CreditWrittenOff { .. } | Fact::CreditRecovered { .. } => losses::fits(tables, fact),
        Fact::LoanDrawn { .. }
        | Fact::LoanTermDue { .. }
        | Fact::LoanOverdue { .. }
        | Fact::LoanRepaid { .. }
        | Fact::LoanWrittenOff { .. }
        | Fact::LoanCharged { .. }
        | Fact::RepaymentReturned { .. }
        | Fact::LoanDrawnMore { .. }
        | Fact::LoanChargeWaived { .. } => loans::fits(tables, fact),
    }
}

/// Whether a merchant is known and has not used its number of an authorization or rental.
fn order_no_is_new(
    tables: &Tables,
    merchant: &Id,
    rental: bool,
    out_order_no: &Reference,
) -> Result<(), &'static str> {
    let no = tables.merchants.find(merchant).ok_or("a merchant is unknown")?;
    let used = tables.order_nos.find(&(no, rental, out_order_no.clone())).is_some();
    if used { Err("an out_order_no is used twice") } else { Ok(()) }
}

/// A payment that was paid.
fn paid<'a>(tables: &'a Tables, payment: &Id) -> Result<&'a Payment, &'static str> {
    let payment = tables.payments.get(payment).filter(|p| p.batch.is_some());
    payment.ok_or("a payment is unknown or unpaid")
}
