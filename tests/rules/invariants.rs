//! What must hold after every event (DOMAIN §6), computed from the rows and from nothing else.

use groat_ledger::{
    AccountKey, BatchState, CardState, Class, Coupon, Currency, DisputeState, FeeRefund, Id, Kind,
    Ledger, PaymentState, PayoutState, PendingState, SignRule,
};
use std::collections::BTreeMap;

/// Fails naming the first invariant that does not hold.
pub(crate) fn check(ledger: &Ledger) {
    sums_are_zero_per_currency(ledger);
    sign_rules_are_kept(ledger);
    pending_rows_explain_pending_counters(ledger);
    payments_keep_their_sums(ledger);
    batches_equal_their_accounts(ledger);
    holds_payouts_and_receipts_equal_their_accounts(ledger);
    coupons_are_promised_and_covered(ledger);
    packets_are_claimed_left_or_refunded(ledger);
    conversions_go_back_whole(ledger);
    cards_are_one_of_a_kind(ledger);
}

/// A user has one card of a template that is not closed, in its currency, and nothing is stored on
/// a closed one.
fn cards_are_one_of_a_kind(ledger: &Ledger) {
    let tables = ledger.tables();
    let mut open = std::collections::BTreeSet::new();
    let mut points = vec![0u64; tables.card_templates.rows().len()];
    for c in tables.cards.rows() {
        let terms = tables.card_templates.row(c.template).terms.points;
        let unit = terms.map_or(Currency::PTS, |terms| Currency::points(terms.decimals));
        let key = AccountKey::of(Class::Points, c.card, unit);
        let has = ledger.account(&key).map_or(0, |a| a.credit_room());
        assert_eq!(has, u128::from(c.points()), "{}: X5", c.card);
        assert!(c.lots.iter().all(|lot| lot.points > 0), "{}: {:?}", c.card, c.lots);
        points[c.template as usize] += c.points();
        let currency = tables.card_templates.row(c.template).terms.currency;
        assert_eq!(tables.users.row(c.user).currency, currency, "{}: its currency", c.card);
        let key = AccountKey::of(Class::StoredValue, c.card, currency);
        let stored = ledger.account(&key).map_or(0, |a| a.debit_room());
        match c.state {
            CardState::Closed => assert_eq!(stored, 0, "{}: stored and closed", c.card),
            _ => assert!(open.insert((c.template, c.user)), "{}: a second one", c.card),
        }
    }
    // §6, 15: PL is the worth of all points of a template, rounded once.
    for (t, points) in tables.card_templates.rows().iter().zip(points) {
        let key = AccountKey::of(Class::PointsLiability, t.template, t.terms.currency);
        let has = ledger.account(&key).map_or(0, |a| a.debit_room());
        let micros = t.terms.points.map_or(0, |terms| terms.value_micros);
        let unit = 1_000_000 * 10u128.pow(t.terms.points.map_or(0, |terms| terms.decimals));
        let worth = (u128::from(points) * u128::from(micros) + unit / 2) / unit;
        assert_eq!((t.points, has), (points, worth), "{}: PL", t.template);
    }
}

/// §6, 17: what went back is the part of the price that belongs to it, and all of it in the end.
fn conversions_go_back_whole(ledger: &Ledger) {
    for p in ledger.tables().payments.rows() {
        let (Some(of), Some(parts)) = (p.exchange(), p.parts.as_ref()) else { continue };
        let back = p.refunded() + parts.lost;
        assert_eq!(of.returned_for, back, "{}: refunds and lost disputes", p.payment);
        let (full, total) = (u128::from(of.amount), u128::from(p.amount.amount));
        // Never further from the exact part than a whole unit of the currency.
        let off = (full * u128::from(back)).abs_diff(u128::from(of.returned) * total);
        assert!(off < total * 100, "{}: {of:?} for {back}", p.payment);
        assert!(back < p.amount.amount || of.returned == of.amount, "{}: all of it", p.payment);
    }
}

/// §6, 14: claimed + unclaimed + refunded = total, and RP is what is unclaimed.
fn packets_are_claimed_left_or_refunded(ledger: &Ledger) {
    let tables = ledger.tables();
    for p in tables.packets.rows() {
        let claims = || tables.packet_claims.rows().iter().filter(|c| c.packet == p.packet);
        let claimed: u64 = claims().map(|c| c.amount).sum();
        let id = p.packet;
        assert_eq!(claimed + p.left + p.refunded, p.total.amount, "{id}: its parts");
        assert!(claims().all(|c| (20..=20_000).contains(&c.amount)), "{id}: a part");
        let parts = claims().count() + p.left_count as usize;
        let all = p.count as usize;
        assert!(parts == all || p.refunded > 0 && parts < all, "{id}: {parts} parts");
        let key = AccountKey::of(Class::RedPacket, id, p.total.currency);
        let has = ledger.account(&key).map_or(0, |a| a.debit_room());
        assert_eq!(has, u128::from(p.left), "{id}: on its account");
    }
}

/// §6, 14: what coupons that can be used will take is reserved and there, and what waits for the
/// rest of others too; X6 is their faces.
fn coupons_are_promised_and_covered(ledger: &Ledger) {
    let tables = ledger.tables();
    let usable = |no: u32| {
        let of = tables.coupons.rows().iter().filter(move |c| c.template == no);
        of.filter(|c| c.state.is_usable()).count() as u128
    };
    let templates = || (0u32..).zip(tables.coupon_templates.rows());
    for (no, t) in templates() {
        let key = AccountKey::of(Class::CouponFace, t.template, t.terms.face.currency);
        let face = ledger.account(&key).map_or(0, |a| a.credit_room());
        assert_eq!(face, usable(no) * u128::from(t.terms.face.amount), "{}: faces", t.template);
        assert!(t.issued <= t.terms.count_max, "{}: more than there are", t.template);
    }
    for c in tables.campaigns.rows() {
        let of = templates().filter(|(_, t)| t.terms.campaign == c.campaign);
        let promised: u128 = of.map(|(no, t)| usable(no) * u128::from(t.funded_part())).sum();
        let key = AccountKey::of(Class::CampaignFund, c.campaign, c.currency);
        let has = ledger.account(&key).map_or(0, |a| a.debit_room());
        assert_eq!(u128::from(c.reserved), promised, "{}: promised", c.campaign);
        let campaign_of = |k: &Coupon| tables.coupon_templates.row(k.template).terms.campaign;
        let waiting = tables.coupons.rows().iter().filter(|k| campaign_of(k) == c.campaign);
        let kept: u128 = waiting.map(|k| u128::from(k.kept)).sum();
        let kept = if c.closed { 0 } else { kept };
        assert_eq!(u128::from(c.kept), kept, "{}: kept", c.campaign);
        assert!(promised + kept <= has, "{}: {promised} and {kept} of {has}", c.campaign);
    }
    disputes_are_held_and_counted(ledger);
    royalties_are_within_and_frozen(ledger);
}

/// §6, 1: the trial balance is zero per currency, posted and pending.
fn sums_are_zero_per_currency(ledger: &Ledger) {
    let mut sums: BTreeMap<_, [u128; 4]> = BTreeMap::new();
    for a in ledger.tables().accounts.rows() {
        let sum = sums.entry(a.currency).or_default();
        sum[0] += a.debits_posted;
        sum[1] += a.credits_posted;
        sum[2] += a.debits_pending;
        sum[3] += a.credits_pending;
    }
    for (currency, [debits, credits, debits_pending, credits_pending]) in sums {
        assert_eq!(debits, credits, "{currency}: posted debits and credits");
        assert_eq!(debits_pending, credits_pending, "{currency}: pending debits and credits");
    }
}

/// §6, 2, and §3: which side an account keeps follows from what kind of thing it is.
fn sign_rules_are_kept(ledger: &Ledger) {
    for a in ledger.tables().accounts.rows() {
        let (keeps_credit, keeps_debit) = match a.key.class.kind() {
            Kind::Liability => (true, false),
            // Set aside against assets.
            Kind::Asset if a.key.class == Class::LossAllowance => (true, false),
            Kind::Asset => (false, true),
            Kind::Ledger => {
                (a.sign_rule == SignRule::CreditBalance, a.sign_rule == SignRule::DebitBalance)
            }
            Kind::Equity | Kind::Income | Kind::Expense | Kind::Trading | Kind::Memorandum => {
                (false, false)
            }
        };
        let key = a.key;
        if keeps_credit {
            let debits = a.debits_posted + a.debits_pending;
            assert!(debits <= a.credits_posted, "{key:?}: debits {debits} beyond credits");
        }
        if keeps_debit {
            let credits = a.credits_posted + a.credits_pending;
            assert!(credits <= a.debits_posted, "{key:?}: credits {credits} beyond debits");
        }
    }
}

fn pending_rows_explain_pending_counters(ledger: &Ledger) {
    let tables = ledger.tables();
    let mut held = vec![(0u128, 0u128); tables.accounts.rows().len()];
    for row in tables.pending.rows().iter().filter(|r| r.state == PendingState::Pending) {
        held[row.debit as usize].0 += u128::from(row.amount);
        held[row.credit as usize].1 += u128::from(row.amount);
    }
    for (a, held) in tables.accounts.rows().iter().zip(held) {
        assert_eq!((a.debits_pending, a.credits_pending), held, "{:?}: pending", a.key);
    }
}

/// §6, 5.
fn payments_keep_their_sums(ledger: &Ledger) {
    let tables = ledger.tables();
    for p in tables.payments.rows() {
        let id = p.payment;
        let refunded: u64 = p.refunds.iter().map(|r| r.amount).sum();
        assert!(refunded <= p.amount.amount, "{id}: refunds beyond what was paid");
        assert!(p.fee_returned <= p.fee, "{id}: more fee returned than charged");
        let whole = refunded == p.amount.amount;
        assert_eq!(p.state == PaymentState::Refunded, whole, "{id}: refunded in full");
        let returns = tables.merchants.row(p.merchant).terms.fee_refund == FeeRefund::Proportional;
        if whole && returns {
            assert_eq!(p.fee_returned, p.fee, "{id}: fee of a full refund");
        }
        if p.user.is_some() {
            let elsewhere = p.parts.as_ref().map_or(0, |parts| parts.sum());
            let stored = p.parts.as_ref().map_or(0, |parts| parts.stored);
            let redeemed = p.parts.as_ref().map_or(0, |parts| parts.redeemed);
            let legs = p.balance + p.credit + p.channel_amount + stored + redeemed + elsewhere;
            assert_eq!(legs, p.price().amount, "{id}: legs");
            let parts = p.parts.as_ref();
            assert!(parts.is_none_or(|parts| parts.redeemed_returned <= parts.redeemed));
            // §6, 15: of the points that paid, the part that belongs to what came back.
            assert!(parts.is_none_or(|parts| {
                let of = u128::from(parts.redeemed_points) * u128::from(parts.redeemed_returned);
                let paid = u128::from(parts.redeemed.max(1));
                u128::from(parts.redeemed_points_returned) == (2 * of + paid) / (2 * paid)
            }));
            assert!(p.parts.as_ref().is_none_or(|parts| parts.returned() <= parts.sum()));
            assert!(p.parts.as_ref().is_none_or(|parts| parts.stored_returned <= parts.stored));
        }
    }
}

/// §6, 12: MP = unsettled items, each in exactly one batch; nothing is left of a settled one.
fn batches_equal_their_accounts(ledger: &Ledger) {
    let tables = ledger.tables();
    for (no, b) in (0u32..).zip(tables.batches.rows()) {
        let net = i128::from(b.receipts) - i128::from(b.fees) - i128::from(b.refunds)
            + i128::from(b.fees_returned)
            - i128::from(b.disputes)
            - i128::from(b.confirmed)
            - i128::from(b.royalties)
            + i128::from(b.royalties_returned);
        let expected = if b.state == BatchState::Settled { 0 } else { net };
        let account = tables.accounts.row(b.account);
        assert!(net >= 0, "batch {no}: net {net}");
        assert_eq!(account.credit_balance(), expected, "batch {no} and its account");
        let items = tables.payments.rows().iter().filter(|p| p.batch == Some(no));
        assert_eq!(items.count(), b.count as usize, "batch {no}: number of payments");
    }
}

fn holds_payouts_and_receipts_equal_their_accounts(ledger: &Ledger) {
    let tables = ledger.tables();
    let mut expected: BTreeMap<(Class, Id, u16), u128> = BTreeMap::new();
    for h in tables.holds.rows() {
        let code = tables.users.get(&h.user).unwrap().currency.code();
        *expected.entry((Class::UserHold, h.user, code)).or_default() += u128::from(h.rest);
    }
    for p in tables.payouts.rows() {
        let rest = if p.state == PayoutState::Requested { p.amount.amount } else { 0 };
        let key = (Class::PayoutInTransit, p.payout, p.amount.currency.code());
        *expected.entry(key).or_default() += u128::from(rest);
    }
    for r in tables.receipts.rows() {
        let key = (Class::Suspense, Id::NONE, r.unmatched.currency.code());
        *expected.entry(key).or_default() += u128::from(r.unmatched.amount);
    }
    for ((class, owner, currency_code), amount) in expected {
        let account = ledger.account(&AccountKey { class, owner, sub: 0, currency_code });
        let balance = account.map_or(0, |a| a.credits_posted - a.debits_posted);
        assert_eq!(balance, amount, "{} of {owner}", class.name());
    }
}

/// §6, 12: an open dispute is held whole; owners count theirs; payments have room for what is
/// refunded, in dispute and lost.
fn disputes_are_held_and_counted(ledger: &Ledger) {
    let tables = ledger.tables();
    let mut disputed: BTreeMap<u32, u64> = BTreeMap::new();
    let (mut of_merchant, mut of_user) = (BTreeMap::new(), BTreeMap::new());
    for d in tables.disputes.rows() {
        let paid = tables.payments.row(d.payment);
        let key = AccountKey::of(Class::MerchantDisputed, d.dispute, paid.amount.currency);
        let held = ledger.account(&key).map_or(0, groat_ledger::Account::credit_balance);
        let open = d.is_open();
        assert_eq!(held, if open { d.amount.into() } else { 0 }, "held for {}", d.dispute);
        if open {
            *of_merchant.entry(paid.merchant).or_insert(0u32) += 1;
            *of_user.entry(paid.user.unwrap()).or_insert(0u32) += 1;
        }
        if open || matches!(d.state, DisputeState::JudgedCustomer | DisputeState::Accepted) {
            *disputed.entry(d.payment).or_default() += d.amount;
        }
    }
    for (no, p) in (0u32..).zip(tables.payments.rows()) {
        let of = disputed.get(&no).copied().unwrap_or(0);
        assert_eq!(p.disputed, of, "{}: in dispute or lost", p.payment);
        assert!(p.refunded() + of <= p.amount.amount, "{}: refunds and disputes", p.payment);
    }
    let count = |of: &BTreeMap<u32, u32>, no: u32| of.get(&no).copied().unwrap_or(0);
    for (no, m) in (0u32..).zip(tables.merchants.rows()) {
        assert_eq!(m.open_disputes, count(&of_merchant, no), "{}: open disputes", m.merchant);
    }
    for (no, u) in (0u32..).zip(tables.users.rows()) {
        assert_eq!(u.open_disputes, count(&of_user, no), "{}: open disputes", u.user);
    }
}

/// §6, 11: shares are within cap and payment, and what is frozen is on its account.
fn royalties_are_within_and_frozen(ledger: &Ledger) {
    let tables = ledger.tables();
    let mut frozen: BTreeMap<u32, u32> = BTreeMap::new();
    for p in tables.payments.rows() {
        let key = AccountKey::of(Class::MerchantFrozen, p.payment, p.amount.currency);
        let has = ledger.account(&key).map_or(0, groat_ledger::Account::credit_balance);
        let Some(royalty) = p.parts.as_ref().map(|parts| &parts.royalty) else { continue };
        assert_eq!(has, i128::from(royalty.frozen), "{}: frozen", p.payment);
        assert!(!royalty.finished || royalty.frozen == 0, "{}: frozen at the end", p.payment);
        let cap_bps = u64::from(tables.merchants.row(p.merchant).terms.royalty_cap_bps);
        let cap = p.amount.amount * cap_bps / 10_000;
        assert!(royalty.shared() <= cap, "{}: beyond the cap", p.payment);
        for share in royalty.splits.iter().flat_map(|split| &split.shares) {
            assert!(share.pro_rata <= share.returned && share.returned <= share.amount);
        }
        *frozen.entry(p.merchant).or_default() +=
            u32::from(royalty.is_frozen() && p.user.is_some());
    }
    for (no, m) in (0u32..).zip(tables.merchants.rows()) {
        let open = frozen.get(&no).copied().unwrap_or(0);
        assert_eq!(m.open_freezes, open, "{}: frozen payments", m.merchant);
        let bound = tables.royalty_relations.rows().iter().filter(|r| r.merchant == no && r.bound);
        assert_eq!(m.royalty_receivers as usize, bound.count(), "{}: receivers", m.merchant);
    }
}
