//! What must hold after every committed prefix, told from the topics alone.
//!
//! | promise | where |
//! |---|---|
//! | the chain is whole; late blocks leave no trace | `events` |
//! | inputs are consumed in order, none is skipped, none twice | `inputs` |
//! | debits equal credits in every currency, after every block | `events` |
//! | each remittance is received once; what is on its way is in transit | `transit` |
//! | an answer is that of an undisturbed run | `events`, `outcomes` |
//! | each record is answered once, each settlement told once, none before its block | `told` |
//! | what an owner was told to be committed is in the chain | [`Checker::heard`] |
//! | at the end all is answered, and the state is that of an undisturbed run | [`Checker::end`] |
//!
//! What a broker tore is told once all the same. What arrived late, when its own transaction was
//! long over, may stand beside it, but never says anything else.

use super::broker::{Broker, Entry, Fate};
use super::told::{Asked, Id, Told};
use super::transit::{Party, Traffic, holds, nothing_is_left};
use super::world::{COMMANDS, TRANSFERS};
use groat_proto::Message;
use groat_proto::v1::{ChainTerms, Input, Outcomes, Remittance, Settlement};
use groat_replay::{Chain, audit, verify};
use groat_shard::{Arrival, Block, FrameKind, Hash, Inbound, Messages, Shard, hex};
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
pub struct Checker {
    terms: ChainTerms,
    shards: Vec<Books>,
    /// The first promise that was broken.
    pub broken: Option<String>,
}

/// What one shard has told.
struct Books {
    no: u32,
    chain: Shard,
    hashes: Vec<Hash>,
    epoch: u64,
    /// How far each topic was looked at.
    events_at: usize,
    outcomes: Told,
    settlements: Told,
    /// By the shard that is told.
    remittances: BTreeMap<u32, Told>,
    traffic: Traffic,
    /// The offset after the last input, and after the last remittance.
    next_input: usize,
    next_remittance: usize,
    undisturbed: Shard,
    answers: BTreeMap<Id, Vec<u8>>,
    /// The broker lost a block that it had acknowledged.
    is_lost: bool,
    /// It trimmed input before it was decided.
    is_trimmed: bool,
    /// A gap in the log: the block that is missing, and the epoch before it.
    gap: Option<(u64, u64)>,
    /// The last block of the local copy of each owner that had one, by the name in its claim.
    copies: BTreeMap<Vec<u8>, u64>,
    /// Epochs, behind the gap, of owners that have the block.
    may_go_on: BTreeSet<u64>,
    late: u64,
}

impl Checker {
    /// Nothing seen yet.
    pub fn new(shards: u32, terms: ChainTerms) -> Checker {
        let books = |no| Books {
            no,
            chain: Shard::begin(no, terms),
            hashes: Vec::new(),
            epoch: 0,
            events_at: 0,
            outcomes: Told::default(),
            settlements: Told::default(),
            remittances: BTreeMap::new(),
            traffic: Traffic::default(),
            next_input: 0,
            next_remittance: 0,
            undisturbed: Shard::begin(no, terms),
            answers: BTreeMap::new(),
            is_lost: false,
            is_trimmed: false,
            gap: None,
            copies: BTreeMap::new(),
            may_go_on: BTreeSet::new(),
            late: 0,
        };
        Checker { terms, shards: (0..shards).map(books).collect(), broken: None }
    }

    /// A record was published: the undisturbed run answers it.
    pub fn published(&mut self, shard: u32, offset: u64, time: u64, record: &[u8]) {
        let books = &mut self.shards[shard as usize];
        // Where shards send to each other, when what is sent is received decides answers too.
        if self.terms.transfers {
            return;
        }
        books.undisturbed.step(Inbound { offset, time, record });
        if self.terms.command_clock {
            let sealed = books.undisturbed.seal(COMMANDS, false);
            let answers = sealed.outbound.outcomes();
            books.answers.extend(answers.map(|(at, o)| ((at, 0), o.encode_to_vec())));
        }
    }

    /// The broker loses a block that it acknowledged.
    pub fn lost(&mut self, shard: u32) {
        self.shards[shard as usize].is_lost = true;
    }

    /// An owner begins with a local copy up to this block.
    pub fn has_copy(&mut self, shard: u32, owner: &[u8], last: u64) {
        self.shards[shard as usize].copies.insert(owner.to_vec(), last);
    }

    /// The broker trims input before it is decided.
    pub fn trimmed(&mut self, shard: u32) {
        self.shards[shard as usize].is_trimmed = true;
    }

    /// Whether it did what no owner can mend, so that the shard may have stopped for good.
    pub fn may_stop(&self, shard: u32) -> bool {
        let books = &self.shards[shard as usize];
        books.is_lost || books.is_trimmed
    }

    /// The offset that the chain of a shard needs next.
    pub fn next_input(&self, shard: u32) -> usize {
        self.shards[shard as usize].next_input
    }

    /// The chain of a shard.
    pub fn chain(&self, shard: u32) -> &Shard {
        &self.shards[shard as usize].chain
    }

    /// Late blocks of all chains.
    pub fn late(&self) -> u64 {
        self.shards.iter().map(|books| books.late).sum()
    }

    /// For what shards sent to each other.
    pub fn purposes(&self) -> BTreeSet<String> {
        self.shards.iter().flat_map(|books| books.traffic.purposes()).collect()
    }

    /// Which commands were answered, and how often they happened.
    pub fn asked(&self, broker: &Broker) -> Asked {
        let mut asked = Asked::default();
        for books in &self.shards {
            let commands = broker.partitions.get(&(COMMANDS, books.no));
            books.outcomes.count(commands.map_or(&[][..], |p| &p.entries), &mut asked);
        }
        asked
    }

    /// Looks at what the topics have more.
    pub fn look(&mut self, broker: &Broker) {
        let blocks = self.blocks();
        for books in &mut self.shards {
            if let Err(what) = books.look(broker, &self.terms) {
                let _ = self.broken.get_or_insert(format!("shard {}: {what}", books.no));
            }
        }
        if self.terms.transfers && self.blocks() > blocks {
            self.holds_between(holds);
        }
    }

    fn blocks(&self) -> usize {
        self.shards.iter().map(|books| books.hashes.len()).sum()
    }

    /// A promise of all shards together; without ground where one has lost what it said.
    fn holds_between(&mut self, promise: fn(&[Party<'_>]) -> Result<(), String>) {
        if self.shards.iter().any(|books| books.is_lost) {
            return;
        }
        let parties = self.shards.iter().map(|b| (b.chain.books().ledger(), &b.traffic));
        if let Err(what) = promise(&parties.collect::<Vec<Party<'_>>>()) {
            let _ = self.broken.get_or_insert(what);
        }
    }

    /// Every chain so far is decided again.
    pub fn decided_again(&mut self, broker: &Broker) {
        for books in self.shards.iter().filter(|books| !books.is_lost) {
            if let Err(what) = books.audited(broker) {
                let _ = self.broken.get_or_insert(format!("shard {}: {what}", books.no));
            }
        }
    }

    /// An owner goes on after a commit: what it holds for the chain is it.
    pub fn heard(&mut self, (last, ours): (u64, Hash), shard: u32) {
        let books = &self.shards[shard as usize];
        let Some(hash) = books.hashes.get(last as usize) else { return };
        if *hash != ours && !books.is_lost {
            let what = format!("shard {shard}: block {last} was acknowledged and is another one");
            let _ = self.broken.get_or_insert(what);
        }
    }

    /// After all was healed and has run dry.
    pub fn end(&mut self, broker: &Broker, clocks_jumped: bool) {
        let terms = self.terms;
        if terms.transfers && !self.shards.iter().any(|books| books.is_trimmed) {
            self.holds_between(nothing_is_left);
        }
        for books in &mut self.shards {
            if let Err(what) = books.end(broker, &terms, clocks_jumped) {
                let _ = self.broken.get_or_insert(format!("shard {}: {what}", books.no));
            }
        }
    }
}

impl Books {
    fn look(&mut self, broker: &Broker, terms: &ChainTerms) -> Result<(), String> {
        let no = self.no;
        let all = |topic| broker.partitions.get(&(topic, no)).map_or(&[][..], |p| &p.entries);
        let (events, commands, transfers) = (all("events"), all(COMMANDS), all(TRANSFERS));
        while let Some(entry) = events.get(self.events_at).filter(|e| e.fate != Fate::Open) {
            if entry.fate == Fate::Committed {
                self.event(entry, commands, transfers, terms)?;
            }
            self.events_at += 1;
        }
        // What is told may only be judged when it is known what was committed.
        if self.events_at < events.len() {
            return Ok(());
        }
        let (answers, is_lost) = (&self.answers, self.is_lost);
        self.outcomes.look(all("outcomes"), answers, is_lost, |value| {
            let outcomes = Outcomes::decode(value).map_err(|e| e.to_string())?.outcomes;
            Ok(outcomes.first().and_then(|o| o.position).map(|at| (at.offset, 0)))
        })?;
        self.settlements.look(all("settlements"), &BTreeMap::new(), is_lost, |value| {
            let settlement = Settlement::decode(value).map_err(|e| e.to_string())?;
            Ok(Some((settlement.event, settlement.part)))
        })?;
        for to in 0..terms.shards {
            let sent = broker.partitions.get(&(TRANSFERS, to)).map_or(&[][..], |p| &p.entries);
            let told = self.remittances.entry(to).or_default();
            told.look(sent, &BTreeMap::new(), is_lost, |value| {
                let remittance = Remittance::decode(value).map_err(|e| e.to_string())?;
                let id = (remittance.event, to);
                Ok((remittance.from_shard == no).then_some(id))
            })?;
        }
        Ok(())
    }

    fn event(
        &mut self,
        entry: &Entry,
        commands: &[Entry],
        transfers: &[Entry],
        terms: &ChainTerms,
    ) -> Result<(), String> {
        let block = Block::parse(&entry.value).map_err(|bad| bad.to_string())?;
        let header = &block.header;
        if header.number > self.chain.head().next_number && self.is_lost {
            let _ = self.gap.get_or_insert((self.chain.head().next_number, self.epoch));
        }
        if let Some((missing, epoch)) = self.gap {
            // Who has the block may go on: nothing is lost there. Who reads the log may not; its
            // claim may stand behind the gap, if that shows only when it is read back.
            if self.copies.get(&header.owner).is_some_and(|last| *last >= missing) {
                self.may_go_on.insert(header.epoch);
            }
            let decides = !block.body.is_empty() && header.epoch > epoch;
            let goes_on = decides && !self.may_go_on.contains(&header.epoch);
            return if goes_on { Err("an owner went on over a gap".into()) } else { Ok(()) };
        }
        let (arrival, outbound) = self.chain.follow_and_tell(&block).map_err(|fault| fault.what)?;
        if arrival == Arrival::Late {
            self.late += 1;
            return Ok(());
        }
        let outbound = Messages::from(&outbound);
        self.hashes.push(block.hash);
        self.epoch = header.epoch;
        self.inputs(&block, commands, transfers)?;
        sums_are_zero(&self.chain)?;
        for (offset, outcomes) in outbound.outcomes {
            let (id, bytes) = ((offset, 0), outcomes.encode_to_vec());
            if terms.command_clock && !terms.transfers && self.answers.get(&id) != Some(&bytes) {
                return Err(format!("offset {offset} is answered otherwise than undisturbed"));
            }
            if !outcomes.outcomes.is_empty() {
                self.outcomes.expected.insert(id, bytes);
            }
        }
        for (_, settlement) in outbound.settlements {
            let id = (settlement.event, settlement.part);
            self.settlements.expected.insert(id, settlement.encode_to_vec());
        }
        for (to, remittance) in outbound.remittances {
            let told = self.remittances.entry(to).or_default();
            told.expected.insert((remittance.event, to), remittance.encode_to_vec());
            self.traffic.sends(to, remittance)?;
        }
        Ok(())
    }

    fn inputs(
        &mut self,
        block: &Block,
        commands: &[Entry],
        transfers: &[Entry],
    ) -> Result<(), String> {
        for frame in block.frames() {
            let (_, kind, bytes) = frame.map_err(|bad| bad.to_string())?;
            let (topic, next) = match kind {
                FrameKind::Input => (commands, &mut self.next_input),
                FrameKind::Remittance => (transfers, &mut self.next_remittance),
                _ => continue,
            };
            let input = Input::decode(bytes).map_err(|e| e.to_string())?;
            let there = topic.iter().enumerate().skip(*next);
            let found = there.into_iter().find(|(_, entry)| entry.fate == Fate::Committed);
            let Some((offset, entry)) = found else {
                return Err(format!("input {} is not in the topic", input.offset));
            };
            if (input.offset, &input.record) != (offset as u64, &entry.value) {
                return Err(format!("input {} comes where {offset} is next", input.offset));
            }
            *next = offset + 1;
            if kind == FrameKind::Remittance {
                let shards = self.chain.books().terms().shards;
                self.traffic.receives(self.no, shards, &input.record)?;
            }
        }
        Ok(())
    }

    fn end(
        &mut self,
        broker: &Broker,
        terms: &ChainTerms,
        clocks_jumped: bool,
    ) -> Result<(), String> {
        self.look(broker, terms)?;
        if self.is_lost {
            return Ok(());
        }
        // Also where all of it was trimmed.
        let commands = broker.partitions.get(&(COMMANDS, self.no)).map_or(0, |p| p.entries.len());
        if self.is_trimmed && self.next_input < commands {
            return Ok(());
        }
        if self.next_input < commands {
            return Err(format!("{} of {commands} inputs are decided", self.next_input));
        }
        self.outcomes.all_told("outcome")?;
        self.settlements.all_told("settlement")?;
        for told in self.remittances.values() {
            told.all_told("remittance")?;
        }
        if terms.transfers {
            return self.audited(broker);
        }
        if !terms.command_clock {
            if clocks_jumped {
                return Ok(());
            }
            self.undisturbed.tick(self.chain.books().ledger().now());
        }
        self.audited(broker)?;
        let (is, wanted) = (self.chain.books().digest(), self.undisturbed.books().digest());
        if is != wanted {
            let (is, wanted) = (hex(&is), hex(&wanted));
            return Err(format!("the state is {is}, undisturbed it is {wanted}"));
        }
        Ok(())
    }
}

impl Books {
    /// The auditors' checks, which have a model of the books of their own.
    fn audited(&self, broker: &Broker) -> Result<(), String> {
        let blocks = broker.committed(("events", self.no)).map(|(_, e)| Ok(e.value.clone()));
        let blocks: Vec<_> = blocks.collect();
        // A shard that was never given to anyone has no books, which auditors say.
        if blocks.is_empty() {
            return Ok(());
        }
        let chain_again = Chain::of_blocks(self.no, None, blocks.clone().into_iter());
        let chain = Chain::of_blocks(self.no, None, blocks.into_iter());
        let report = verify(chain, &mut |_, _| {}).map_err(|trouble| trouble.to_string())?;
        if let Some(finding) = report.first_bad.clone() {
            return Err(format!("auditors find: {finding}"));
        }
        // With time from commands, what was decided is decided again.
        let again = audit(chain_again, &mut |_, _| {}).map_err(|trouble| trouble.to_string())?;
        match again.first_bad {
            Some(finding) => Err(format!("auditors decide otherwise: {finding}")),
            None if report.late_blocks != self.late => Err("auditors count other blocks".into()),
            None => Ok(()),
        }
    }
}

fn sums_are_zero(chain: &Shard) -> Result<(), String> {
    let mut sums: BTreeMap<_, [u128; 4]> = BTreeMap::new();
    for a in chain.books().ledger().tables().accounts.rows() {
        let sum = sums.entry(a.currency).or_default();
        sum[0] += a.debits_posted;
        sum[1] += a.credits_posted;
        sum[2] += a.debits_pending;
        sum[3] += a.credits_pending;
    }
    match sums.iter().find(|(_, s)| s[0] != s[1] || s[2] != s[3]) {
        Some((currency, _)) => Err(format!("debits and credits of {currency} differ")),
        None => Ok(()),
    }
}
