//! Commands on red packets.

use super::{Kind, Scene, named};
use groat_ledger::{
    Body, Campaign, ClaimRedPacket, Class, Packet, PacketKind, PacketSender, SendRedPacket,
};

impl Scene<'_> {
    pub(super) fn packet(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::SendRedPacket => self.send_packet(),
            Kind::ClaimRedPacket => {
                let rows = self.ledger.tables().packets.rows();
                let found = self.dice.recent(rows, Packet::is_open);
                let packet = found.map_or(named('x', 7), |p| p.packet);
                Body::ClaimRedPacket(ClaimRedPacket { packet, user: self.user() })
            }
            _ => return None,
        })
    }

    /// Of a user or a campaign, about what it has or what can just be cut.
    fn send_packet(&mut self) -> Body {
        let t = self.ledger.tables();
        let packet = self.fresh('e', t.packets.rows().len());
        let user = self.user();
        let open = |c: &Campaign| !c.closed;
        let found = self.dice.recent(t.campaigns.rows(), open).map(|c| (c.campaign, c.reserved));
        let by_campaign = found.filter(|_| self.dice.one_in(3));
        let (sender, has) = match by_campaign {
            Some((id, promised)) => {
                let has = self.balance(Class::CampaignFund, id).saturating_sub(promised);
                (PacketSender::Campaign(id), has)
            }
            None => (PacketSender::User(user), self.balance(Class::UserAvailable, user)),
        };
        let count = self.dice.pick(&[3, 2, 1, 3, 2, 4, 0]);
        let parts = u64::from(count).max(1);
        let limits = [has.clamp(1, 9_000), parts * 20, parts * 90, parts * 20_000, parts * 300];
        let total = self.amount(&limits);
        let kind = self.dice.pick(&[PacketKind::Fixed, PacketKind::Random]);
        let seed = self.dice.between(0, 99);
        let timeout_s = self.dice.pick(&[0, 0, 3_600, 300_000, 15_897_601]);
        let c = SendRedPacket { packet, sender, total, count, kind, seed, timeout_s };
        Body::SendRedPacket(c)
    }
}
