//! What the facts of a command that an app asked for demand of that app: whose objects they touch,
//! what they need besides the scope it named, and what they move at least. It asks the facts, and
//! rows only for who and what an object is; what a command demands is the ledger's to say.

use groat_ledger::{CardTerms, CreditBasis, Fact, Id, Owner, PacketSender, PointsTerms, Tables};

/// What a fact needs besides the scope its command named.
pub(super) enum Besides {
    /// A scope, and the grant of this merchant where there is one.
    Scope(&'static str, Option<Id>),
    /// To be asked for by the platform.
    Platform(&'static str),
}

/// Whose object a fact is about, where that is a merchant's.
pub(super) fn touched(tables: &Tables, fact: &Fact) -> Option<Id> {
    let seller = |no: u32| tables.merchants.row(no).merchant;
    let paid = |id: &Id| tables.payments.get(id).map(|p| seller(p.merchant));
    let held = |id: &Id| tables.authorizations.get(id).map(|a| seller(a.merchant));
    let rented = |id: &Id| tables.rentals.get(id).map(|r| seller(r.merchant));
    let invoiced = |id: &Id| {
        let invoice = tables.invoices.get(id)?;
        Some(seller(tables.payments.row(invoice.payment).merchant))
    };
    let funder = |id: &Id| tables.campaigns.get(id).map(|campaign| campaign.funder);
    let card = |id: &Id| terms_of_card(tables, id).map(|terms| terms.merchant);
    let issuer = |of: Option<(Id, Id)>| {
        let (campaign, merchant) = of?;
        if merchant.is_none() { funder(&campaign) } else { Some(merchant) }
    };
    match fact {
        Fact::PaymentCreated { merchant, .. }
        | Fact::FundsAuthorized { merchant, .. }
        | Fact::RentalCreated { merchant, .. }
        | Fact::RoyaltyBound { merchant, .. }
        | Fact::RoyaltyUnbound { merchant, .. }
        | Fact::MerchantOnboarded { merchant, .. } => Some(*merchant),
        Fact::PaymentClosed { payment, .. }
        | Fact::PaymentCancelled { payment }
        | Fact::RefundSucceeded { payment, .. }
        | Fact::PaymentSplit { payment, .. }
        | Fact::SplitAsked { payment, .. }
        | Fact::SettlementConfirmed { payment, .. }
        | Fact::InvoiceRequested { payment, .. } => paid(payment),
        Fact::AuthorizationCaptured { auth, .. } | Fact::AuthorizationClosed { auth, .. } => {
            held(auth)
        }
        Fact::RentalStarted { rental, .. }
        | Fact::RentalExtended { rental, .. }
        | Fact::RentalReturned { rental, .. }
        | Fact::RentalCharged { rental, .. }
        | Fact::RentalBoughtOut { rental, .. }
        | Fact::RentalLost { rental, .. }
        | Fact::RentalCancelled { rental, .. }
        | Fact::ChargeReduced { rental, .. }
        | Fact::AdvanceReturned { rental, .. }
        | Fact::DamageClaimed { rental, .. } => rented(rental),
        Fact::InvoiceIssued { invoice, .. }
        | Fact::InvoiceRejected { invoice, .. }
        | Fact::InvoiceReversed { invoice, .. } => invoiced(invoice),
        Fact::DisputeDefended { dispute, .. } => {
            let row = tables.disputes.get(dispute)?;
            Some(seller(tables.payments.row(row.payment).merchant))
        }
        Fact::CampaignFunded { funder, .. } => Some(*funder),
        Fact::CampaignClosed { campaign, .. }
        | Fact::PacketSent { sender: PacketSender::Campaign(campaign), .. } => funder(campaign),
        Fact::CouponDefined { .. } | Fact::CouponIssued { .. } | Fact::CouponRevoked { .. } => {
            issuer(promised(tables, fact))
        }
        Fact::CardDefined { terms, .. } => Some(terms.merchant),
        Fact::CardOpened { card: id, .. }
        | Fact::CardUpdated { card: id, .. }
        | Fact::CardClosed { card: id, .. }
        | Fact::PointsEarned { card: id, .. }
        | Fact::PointsAdjusted { card: id, .. } => card(id),
        Fact::PayoutRequested { owner: Owner::Merchant(merchant), .. } => Some(*merchant),
        _ => None,
    }
}

/// Campaign and merchant of the kind of coupon that is defined, issued or revoked.
fn promised(tables: &Tables, fact: &Fact) -> Option<(Id, Id)> {
    let terms = match fact {
        Fact::CouponDefined { terms, .. } => terms.as_ref(),
        Fact::CouponIssued { template, .. } => &tables.coupon_templates.get(template)?.terms,
        Fact::CouponRevoked { coupon, .. } => {
            let row = tables.coupons.get(coupon)?;
            &tables.coupon_templates.row(row.template).terms
        }
        _ => return None,
    };
    Some((terms.campaign, terms.merchant))
}

fn terms_of_card<'a>(tables: &'a Tables, card: &Id) -> Option<&'a CardTerms> {
    let row = tables.cards.get(card)?;
    Some(&tables.card_templates.row(row.template).terms)
}

/// See [`Besides`].
pub(super) fn besides(tables: &Tables, fact: &Fact) -> Option<Besides> {
    let paid = |id: &Id| {
        let row = tables.payments.get(id)?;
        Some(tables.merchants.row(row.merchant).merchant)
    };
    match fact {
        Fact::CouponDefined { .. } | Fact::CouponIssued { .. } | Fact::CouponRevoked { .. } => {
            let (campaign, _) = promised(tables, fact)?;
            let campaign = tables.campaigns.get(&campaign)?;
            Some(if campaign.funder.is_none() {
                Besides::Platform("promises money of the platform's campaign")
            } else {
                Besides::Scope("coupons", Some(campaign.funder))
            })
        }
        Fact::PaymentCancelled { payment } | Fact::RefundAsked { payment, cancels: true, .. } => {
            Some(Besides::Scope("refunds", paid(payment)))
        }
        Fact::FundsAuthorized { basis: CreditBasis::Line, .. } => {
            Some(Besides::Scope("wallet", None))
        }
        Fact::PointsEarned { payment, .. } if !payment.is_none() => {
            Some(Besides::Scope("coupons", paid(payment)))
        }
        Fact::PointsAdjusted { less: false, .. } => Some(Besides::Platform("adjusts points up")),
        Fact::CardDefined { terms, .. } => {
            let worth = terms.points.is_some_and(|points| points.value_micros > 0);
            worth.then_some(Besides::Platform("gives points a worth"))
        }
        _ => None,
    }
}

/// What a fact moves at least of what its command has counted, in minor units of one currency.
pub(super) fn moved(tables: &Tables, fact: &Fact) -> i128 {
    let sum = |parts: [u64; 2]| parts.into_iter().map(i128::from).sum();
    match fact {
        Fact::PayoutRequested { amount, fee, .. } => sum([amount.amount, *fee]),
        Fact::RefundSucceeded { amount, .. }
        | Fact::RefundAsked { amount, .. }
        | Fact::RentalCharged { amount, .. }
        | Fact::RentalBoughtOut { price: amount, .. } => i128::from(*amount),
        Fact::PointsRedeemed { amount, payment, .. } if payment.is_none() => i128::from(*amount),
        Fact::FundsAuthorized { fund, credit, basis: CreditBasis::Line, .. }
        | Fact::AuthorizationCaptured { fund, credit, .. } => sum([*fund, *credit]),
        // What was waived is nobody's money.
        Fact::FundsAuthorized { fund, .. } => i128::from(*fund),
        Fact::PaymentSplit { shares, .. } | Fact::SplitAsked { shares, .. } => {
            shares.iter().map(|s| i128::from(s.1)).sum()
        }
        Fact::CouponIssued { template, .. } => {
            let row = tables.coupon_templates.get(template);
            row.map_or(0, |row| i128::from(row.terms.face.amount))
        }
        Fact::PointsEarned { card, points, .. } => {
            let terms = terms_of_card(tables, card).and_then(|terms| terms.points.as_ref());
            terms.map_or(0, |terms| worth(terms, *points))
        }
        _ => 0,
    }
}

/// What so many points are worth by themselves, half up.
fn worth(terms: &PointsTerms, points: u64) -> i128 {
    let unit = 1_000_000 * i128::from(terms.of_point());
    (2 * i128::from(points) * i128::from(terms.value_micros) + unit) / (2 * unit)
}
