//! That random steps are worth their time: a model that agrees to everything would be of no use.

use crate::agreement::{opened, ops};
use crate::books::Answer;
use crate::ops::{Kind, WEIGHTS};
use groat_ledger::{Calendar, Rejection};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// What these steps do not come to: what only a shard answers, what the model has no command or
/// no second currency for, what takes more of one thing than a run is long, and, as it comes too
/// seldom, an order paid before its quote begins.
const NOT_REACHED: &[Rejection] = &[
    Rejection::CommandTooOld,
    Rejection::CommandIdInFuture,
    Rejection::WrongShard,
    Rejection::NotAcrossShards,
    Rejection::BatchAborted,
    Rejection::SignatureMissing,
    Rejection::SignatureInvalid,
    Rejection::Unbalanced,
    Rejection::FourEyes,
    Rejection::AccountNotAdjustable,
    Rejection::ClockBackwards,
    Rejection::ReceiptExceeded,
    Rejection::PendingAccountsDiffer,
    Rejection::AuthCodeInvalid,
    Rejection::AuthCodeUsed,
    Rejection::BuyerIsSeller,
    Rejection::RefundCountExceeded,
    Rejection::ReleaseCountExceeded,
    Rejection::ChargeCountExceeded,
    Rejection::PaymentCountExceeded,
    Rejection::PlanCountExceeded,
    Rejection::LoanCountExceeded,
    Rejection::LoanChargeCountExceeded,
    Rejection::ChargebackCountExceeded,
    Rejection::QuoteNotStarted,
    Rejection::RelationLimit,
    Rejection::SplitCountExceeded,
    Rejection::ReturnWindowClosed,
    Rejection::BatchFull,
    // Of chains from before advances were kept.
    Rejection::AdvanceNotLowered,
];

/// What follows from several commands or from the clock.
const FACTS: &[&str] = &[
    "TransferCompleted",
    "TransferVoided",
    "TransferExpired",
    "FeeReturned",
    "PaymentCancelled",
    "PaymentFinished",
    "BatchSettled",
    "ReserveReleased",
    "AuthorizationClosed",
    "FundsReleased",
    "RentTermDue",
    "RentalCharged",
    "RentalSettled",
    "RentalPaymentPending",
    "RentalCollected",
    "CollectionFailed",
    "RentalOverdue",
    "CreditRepaid",
    "StatementIssued",
    "StatementAssessed",
    "InterestAccrued",
    "CreditReduced",
    "LatenessEnded",
    "TermBilled",
    "PlanReduced",
    "SellerFeeCharged",
    "SellerFeeEarned",
    "SellerFeeReturned",
    "PlanRepaid",
    "LoanTermDue",
    "LoanOverdue",
    "LoanRepaid",
    "CreditLineUnfrozen",
    "CouponUsed",
    "CouponReturned",
    "CouponLocked",
    "CouponUnlocked",
    "AdvanceRepaid",
    "AdvanceReturned",
    "BillDebited",
    "LoanDebited",
    "CouponExpired",
    "PacketExpired",
    "RedInvoiceDue",
    "DisputeDefended",
    "DisputeJudged",
    "SettlementConfirmed",
    "AppAsked",
    "QuoteExpired",
    "PaymentQuoted",
    "FxConverted",
    "FxReturned",
    "CardExpired",
    "CardCharged",
    "CardReturned",
    "PointsReversed",
    "PointsExpired",
    "PointsReturned",
    "ProceedsFrozen",
    "ProceedsFreed",
    "PaymentSplit",
    "SplitFinished",
    "SplitReturned",
];

/// The name of an enum's variant out of its debug text.
fn name_of(debug: &str) -> String {
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[test]
fn random_steps_are_worth_their_time() {
    let mut runner = TestRunner::deterministic();
    let (mut done, mut refused) = (BTreeMap::new(), BTreeMap::new());
    let mut facts = BTreeMap::new();
    let count = |of: &mut BTreeMap<String, u32>, name: String| *of.entry(name).or_default() += 1;
    for _ in 0..2_000 {
        let steps = ops(300).new_tree(&mut runner).unwrap().current();
        let mut books = opened(Calendar::default());
        for step in steps.iter().map(|op| books.step(op)) {
            for (fact, ..) in &step.events {
                count(&mut facts, name_of(&format!("{fact:?}")));
            }
            let Some(asked) = step.asked else { continue };
            match step.answer {
                Answer::Done => count(&mut done, name_of(&format!("{:?}", asked.body))),
                Answer::Again => count(&mut done, "Again".to_owned()),
                Answer::Refused(rejection) => count(&mut refused, rejection.name().to_owned()),
            }
        }
    }
    let (happened, not) = (done.values().sum::<u32>(), refused.values().sum::<u32>());
    assert!(happened > not / 2 && not > happened / 4, "{happened} done, {not} refused");
    let kinds = WEIGHTS.iter().filter(|(_, kind)| !matches!(kind, Kind::Wait | Kind::Forward));
    let kinds = kinds.map(|(_, kind)| format!("{kind:?}")).chain(["Again".to_owned()]);
    let never: Vec<_> = kinds.filter(|kind| !done.contains_key(kind)).collect();
    assert!(never.is_empty(), "never done: {never:?} of {done:?}");
    let all = Rejection::ALL.iter().filter(|rejection| !NOT_REACHED.contains(rejection));
    let never: Vec<_> = all.filter(|why| !refused.contains_key(why.name())).collect();
    assert!(never.is_empty(), "never refused as {never:?} but as {refused:?}");
    let never: Vec<_> = FACTS.iter().filter(|fact| !facts.contains_key(**fact)).collect();
    assert!(never.is_empty(), "never led to {never:?}: {facts:?}");
}
