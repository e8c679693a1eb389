//! Whose billed money a fact may move that tells no lines of bills: by class of account and owner,
//! for each such fact. What the list does not have, it moves for nobody.

use super::Verdict;
use crate::names::{account_name, fact_name};
use groat_ledger::{AccountKey, Class, Fact, Id, PacketSender, Rental};
use groat_shard::Books;

/// Says which account a fact moves that it is not about.
pub(super) fn may_touch<'a>(
    books: &Books,
    fact: &Fact,
    mut moved: impl Iterator<Item = &'a AccountKey>,
) -> Verdict {
    // Its entries are what an approver signed; which accounts they may name is the rules' to say.
    if let Fact::AdjustmentPosted { .. } = fact {
        return Ok(());
    }
    let about = about(books, fact);
    match moved.find(|key| !about.contains(&(key.class, key.owner))) {
        Some(key) => {
            let (fact, account) = (fact_name(fact), account_name(key));
            Err(format!("{fact} moves {account}, which it is not about"))
        }
        None => Ok(()),
    }
}

fn about(books: &Books, fact: &Fact) -> Vec<(Class, Id)> {
    let tables = books.ledger().tables();
    let user = |id: Id| vec![(Class::UserAvailable, id)];
    let user_of = |no: Option<u32>| {
        no.and_then(|no| tables.users.try_row(no)).map_or(vec![], |row| user(row.user))
    };
    let settled = |id: Id| vec![(Class::MerchantAvailable, id)];
    let funder = |id: &Id| tables.campaigns.get(id).map_or(vec![], |row| settled(row.funder));
    let sender = |sender: Option<PacketSender>| match sender {
        Some(PacketSender::User(id)) => user(id),
        // What is left of a campaign that is closed is its funder's.
        Some(PacketSender::Campaign(id)) => funder(&id),
        None => vec![],
    };
    let paid_out = |merchant: Id| {
        let classes = [
            Class::MerchantReceivable,
            Class::MerchantPending,
            Class::MerchantReserve,
            Class::MerchantAvailable,
        ];
        classes.map(|class| (class, merchant)).to_vec()
    };
    match fact {
        // What comes back is the sender's.
        Fact::TransferReturned { from, .. } => user(*from),
        // What pays the platform back.
        Fact::RentalCharged { rental, .. } => {
            let row: Option<&Rental> = tables.rentals.get(rental);
            user_of(row.map(|row| row.user))
        }
        Fact::CampaignFunded { funder, .. } => settled(*funder),
        Fact::CampaignClosed { campaign, .. } => funder(campaign),
        Fact::PacketSent { sender: of, .. } => sender(Some(*of)),
        Fact::PacketClaimed { user: id, .. } | Fact::PacketArrived { user: id, .. } => user(*id),
        Fact::PacketExpired { packet, .. } | Fact::PacketReturned { packet, .. } => {
            sender(tables.packets.get(packet).map(|row| row.sender))
        }
        Fact::SettlementConfirmed { payment, .. } => {
            let no = tables.payments.get(payment).map(|row| row.merchant);
            let merchant = no.and_then(|no| tables.merchants.try_row(no));
            merchant.map_or(vec![], |row| paid_out(row.merchant))
        }
        Fact::ConfirmationArrived { merchant, .. } => paid_out(*merchant),
        Fact::CreditRepaid { user: id, .. } | Fact::CreditRecovered { user: id, .. } => user(*id),
        Fact::PlanPrepaid { plan, .. } | Fact::PlanRepaid { plan, .. } => {
            user_of(tables.plans.get(plan).map(|row| row.user))
        }
        Fact::LoanDrawn { user: id, .. } => user(*id),
        Fact::LoanRepaid { loan, .. }
        | Fact::LoanDrawnMore { loan, .. }
        | Fact::RepaymentReturned { loan, .. } => {
            user_of(tables.loans.get(loan).map(|row| row.user))
        }
        _ => vec![],
    }
}
