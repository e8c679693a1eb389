//! The routing key of a command: the owner whose shard decides it.
//!
//! The record's key is this id as text, hashed as Kafka's Java client does (murmur2), so any
//! producer gets the partition right by setting the key.

use groat_ledger::Id;
use groat_proto::v1::{self, command::Body, owner};

/// The owner whose shard decides the command; `None` when the command names nobody.
pub fn routing_key(command: &v1::Command) -> Option<Id> {
    let id = match command.body.as_ref()? {
        Body::PostTransfer(c) => c.debit.or(c.pending),
        Body::Transfer(c) => c.from,
        Body::CreatePayment(c) => c.merchant,
        Body::PayPayment(c) => c.user,
        Body::RefundPayment(c) => c.payment,
        Body::OpenLedgerAccount(c) => c.account,
        Body::RegisterApp(c) => c.app_id,
        Body::OpenUser(c) => c.user,
        Body::OnboardMerchant(c) => c.merchant,
        Body::SetLimits(c) => match c.scope?.to? {
            v1::limit_scope::To::User(id) => Some(id),
            _ => None,
        },
        Body::RestrictAccount(c) => whose(c.account.as_ref()),
        Body::LiftRestriction(c) => whose(c.account.as_ref()),
        Body::CloseAccount(c) => whose(c.account.as_ref()),
        Body::PlaceHold(c) => c.user,
        Body::ReleaseHold(c) => c.user,
        Body::SeizeHold(c) => c.hold_id,
        Body::ConfirmTopUp(c) => c.user,
        Body::RequestPayout(c) => whose(c.owner.as_ref()),
        Body::ConfirmPayout(c) => c.payout,
        Body::FailPayout(c) => c.payout,
        Body::MatchReceipt(c) => whose(c.target.as_ref()),
        Body::PostAdjustment(c) => c.entries.iter().find_map(|line| line.owner),
        Body::AdvanceClock(_) => None,
        Body::ClosePayment(c) => c.payment,
        Body::CancelPayment(c) => c.payment,
        Body::AuthorizeFunds(c) => c.user,
        Body::CaptureAuthorization(c) => c.auth,
        Body::UnfreezeFunds(c) => c.auth,
        Body::CancelAuthorization(c) => c.auth,
        Body::CreateRental(c) => c.user,
        Body::AssessRental(c) => c.rental,
        Body::SecureDeposit(c) => c.rental,
        Body::StartRental(c) => c.rental,
        Body::ExtendRental(c) => c.rental,
        Body::ReturnRental(c) => c.rental,
        Body::ClaimDamage(c) => c.rental,
        Body::ReduceCharge(c) => c.rental,
        Body::SettleRental(c) => c.rental,
        Body::CollectRental(c) => c.rental,
        Body::BuyOutRental(c) => c.rental,
        Body::DeclareLost(c) => c.rental,
        Body::CancelRental(c) => c.rental,
        Body::GrantCreditLine(c) => c.user,
        Body::AdjustLimit(c) => c.user,
        Body::FreezeCreditLine(c) => c.user,
        Body::UnfreezeCreditLine(c) => c.user,
        Body::CloseCreditLine(c) => c.user,
        Body::RepayCredit(c) => c.user,
        Body::ConvertToInstalments(c) => c.user,
        Body::PrepayPlan(c) => c.user,
        Body::WriteOffCredit(c) => c.user,
        Body::RecordRecovery(c) => c.user,
        Body::DrawLoan(c) => c.user,
        Body::DrawMore(c) => c.user,
        Body::SetAutoDebit(c) => c.user,
        Body::ChargeLoan(c) => c.user,
        Body::WaiveLoanCharge(c) => c.user,
        Body::ReturnRepayment(c) => c.user,
        // Each shard sets aside for its own users: the producer gives the key, or the partition.
        Body::ProvisionCredit(_) => None,
        Body::ReleaseReserve(c) => c.merchant,
        Body::FundCampaign(c) => c.funder.or(c.campaign),
        Body::CloseCampaign(c) => c.campaign,
        Body::DefineCoupon(c) => c.merchant.or(c.campaign),
        Body::IssueCoupon(c) => c.user,
        Body::RevokeCoupon(c) => c.coupon,
        Body::SendRedPacket(c) => match c.sender? {
            v1::send_red_packet::Sender::User(id) | v1::send_red_packet::Sender::Campaign(id) => {
                Some(id)
            }
        },
        // At home with its sender, who is not named: the producer gives the key.
        Body::ClaimRedPacket(c) => c.packet,
        Body::RequestInvoice(c) => c.payment,
        Body::IssueInvoice(c) => c.invoice,
        Body::RejectInvoice(c) => c.invoice,
        Body::RedInvoice(c) => c.invoice,
        Body::OpenDispute(c) => c.payment,
        Body::DefendDispute(c) => c.dispute,
        Body::AcceptDispute(c) => c.dispute,
        Body::CancelDispute(c) => c.dispute,
        Body::JudgeDispute(c) => c.dispute,
        Body::ConfirmSettlement(c) => c.payment,
        Body::BindRoyalty(c) => c.merchant,
        Body::UnbindRoyalty(c) => c.merchant,
        Body::SplitPayment(c) => c.payment,
        Body::ReturnSplit(c) => c.payment,
        Body::FundCredit(c) => c.bank,
        Body::RepayFunding(c) => c.bank,
        Body::GrantAppAuth(c) => c.app_id,
        Body::RevokeAppAuth(c) => c.app_id,
        Body::SetAppLimits(c) => c.app_id,
        Body::PublishQuote(c) => c.quote,
        Body::DefineCard(c) => c.merchant.or(c.template),
        Body::OpenCard(c) => c.user,
        Body::UpdateCard(c) => c.user,
        Body::CloseCard(c) => c.user,
        Body::LoadCard(c) | Body::UnloadCard(c) => c.user,
        Body::EarnPoints(c) => c.user,
        Body::RedeemPoints(c) => c.user,
        Body::AdjustPoints(c) => c.user,
    };
    id.map(Id::from)
}

/// The owner whose shard decides a record: an order is decided where its payer is, who is named by
/// the payment in the same record.
pub fn record_key(commands: &[v1::Command]) -> Option<Id> {
    let creates = |c: &&v1::Command| matches!(c.body, Some(Body::CreatePayment(_)));
    let first = commands.iter().find(|c| !creates(c)).or(commands.first())?;
    routing_key(first)
}

fn whose(owner: Option<&v1::Owner>) -> Option<v1::Id> {
    match owner?.who? {
        owner::Who::User(id) | owner::Who::Merchant(id) | owner::Who::LedgerAccount(id) => Some(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_proto::json::read_line;
    use serde_json::Value;
    use std::collections::BTreeMap;

    const README: &str = include_str!("../../../proto/README.md");

    /// Fields that have the key, the first that is there, by command.
    fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
        let section = README.split("## The key of each command").nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let names = |cell: &'static str| cell.split('`').skip(1).step_by(2);
        let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
        let rows = rows.filter(|(_, commands)| commands.contains('`'));
        rows.flat_map(|(key, commands)| names(commands).map(move |c| (c, names(key).collect())))
            .collect()
    }

    /// The id that a field says, or that of the owner in it.
    fn id_in(body: &Value, path: &str) -> Option<Id> {
        let found = match path.split_once('.') {
            Some(("entries", field)) => {
                body["entries"].as_array()?.iter().find_map(|entry| entry.get(field))?
            }
            Some((field, inner)) => body.get(field)?.get(inner)?,
            None => body.get(path)?,
        };
        let text = found.as_str().or_else(|| found.as_object()?.values().next()?.as_str());
        Some(text?.parse().unwrap())
    }

    #[test]
    fn the_documented_keys_are_those_of_the_examples() {
        let table = table();
        let begins = ["{\"id\":\"019c1000", "{\"id\":\"01a01751"];
        let is_example = |line: &&str| begins.iter().any(|id| line.starts_with(id));
        let mut seen = 0;
        for line in README.lines().filter(is_example) {
            let command = read_line(line).unwrap().commands.remove(0);
            let value: Value = serde_json::from_str(line).unwrap();
            let mut named = table.iter().filter_map(|(name, key)| Some((key, value.get(name)?)));
            let (paths, body) = named.next().unwrap_or_else(|| panic!("no key for {line}"));
            let documented = paths.iter().find_map(|path| id_in(body, path));
            assert_eq!(documented, routing_key(&command), "{line}");
            seen += 1;
        }
        assert!(seen >= table.len(), "{seen} examples of {} commands", table.len());
    }
}
