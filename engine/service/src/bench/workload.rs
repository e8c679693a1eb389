//! Seeded workloads: the same seed makes the same commands on every machine.

use groat_ledger::Id;
use groat_proto::Message;
use groat_proto::json::parse_date;
use groat_proto::v1::{self, command, leg};

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Single-phase transfers between ledger accounts
    Transfers,
    /// The same, three in ten of them pending, and posted three commands later
    Pending,
    /// Orders created and paid from the balance; every tenth is refunded
    Payments,
    /// Deposit-free rentals from agreement to settlement
    Rentals,
    /// Half transfers, four tenths payments, one tenth rentals
    Mixed,
    /// Purchases on credit, two for each user; then a month ends, all statements are cut at once,
    /// and each user repays; again and again
    Credit,
}

/// Which accounts are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Each as often as any other
    Uniform,
    /// A few often, most of them seldom
    Zipf,
    /// One account on one side of everything
    Hot,
}

/// A time in 2026, in milliseconds since 1970.
const START_MS: u64 = 1_769_817_600_000;

/// Commands that share a millisecond.
const COMMANDS_PER_MS: u64 = 1_000;

const DAY_MS: u64 = 86_400_000;

const MINUTE_MS: u64 = 60_000;

const USD: u32 = 840;

/// What every user begins with: no workload runs out of it.
const OPENING: u64 = 1_000_000_000_000;

/// Makes commands one after the other.
pub struct Workload {
    kind: Kind,
    spread: Spread,
    accounts: u32,
    random: u64,
    made: u64,
    orders: u64,
    /// Commands that follow one that was made.
    next: std::collections::VecDeque<command::Body>,
    pending: std::collections::VecDeque<Id>,
    /// The time of the first command, moved on by months.
    from_ms: u64,
    /// Months since January 2026.
    months: u32,
    bought: u32,
    /// The beginning of the month.
    month_ms: u64,
    /// Bought on credit and not repaid, by user.
    owed: Vec<u64>,
    /// How many users have repaid this month.
    repaid: usize,
    /// Over how many minutes behind midnight the days of the lines begin.
    night_min: u16,
}

impl Workload {
    /// A workload over so many accounts or users.
    pub fn new(kind: Kind, spread: Spread, accounts: u32, seed: u64) -> Workload {
        let users = if kind == Kind::Credit { accounts.max(2) as usize } else { 0 };
        Workload {
            kind,
            spread,
            accounts: accounts.max(2),
            random: seed,
            made: 0,
            orders: 0,
            next: Default::default(),
            pending: Default::default(),
            from_ms: START_MS,
            months: 0,
            bought: 0,
            month_ms: START_MS,
            owed: vec![0; users],
            repaid: users,
            night_min: 0,
        }
    }

    /// As it is, but the days of the lines of credit begin evenly over so many minutes, and each
    /// user repays when the own statement is cut.
    pub fn with_night(self, night_min: u16) -> Workload {
        Workload { night_min, ..self }
    }

    /// The commands that open accounts and fill them, to be done before what is measured.
    pub fn opening(&mut self) -> Vec<v1::Command> {
        let mut bodies = Vec::new();
        if !matches!(self.kind, Kind::Payments | Kind::Rentals | Kind::Credit) {
            let open = |no| v1::OpenLedgerAccount {
                account: account(no),
                currency: USD,
                ..v1::OpenLedgerAccount::default()
            };
            bodies.extend((0..self.accounts).map(|no| command::Body::OpenLedgerAccount(open(no))));
        }
        if !matches!(self.kind, Kind::Transfers | Kind::Pending) {
            bodies.push(command::Body::OnboardMerchant(v1::OnboardMerchant {
                merchant: merchant(),
                fee_ppm: 6_000,
                cycle: 1,
                settle_ccy: USD,
                ..v1::OnboardMerchant::default()
            }));
            for no in 0..self.accounts {
                let open = v1::OpenUser { user: user(no), kyc_class: 3, ccy: USD };
                bodies.push(command::Body::OpenUser(open));
                bodies.push(command::Body::ConfirmTopUp(v1::ConfirmTopUp {
                    user: user(no),
                    amt: usd(OPENING),
                    bank_ref: format!("bank-{no}"),
                    bank: None,
                }));
                if self.kind == Kind::Credit {
                    bodies.push(command::Body::GrantCreditLine(v1::GrantCreditLine {
                        user: user(no),
                        limit: usd(OPENING),
                        statement_day: 1,
                        due_day: 10,
                        billing: Some(v1::BillingTerms {
                            day_begins_min: self.day_begins_min(no),
                            ..v1::BillingTerms::default()
                        }),
                        ..v1::GrantCreditLine::default()
                    }));
                }
            }
        }
        bodies.into_iter().map(|body| self.envelope(body)).collect()
    }

    /// The next command.
    pub fn command(&mut self) -> v1::Command {
        let body = match self.next.pop_front() {
            Some(body) => body,
            None => self.body(self.kind),
        };
        self.envelope(body)
    }

    fn envelope(&mut self, body: command::Body) -> v1::Command {
        let id = self.id();
        let at = self.now();
        self.made += 1;
        v1::Command { id: Some(id.into()), at, body: Some(body), ..v1::Command::default() }
    }

    /// The next command's millisecond.
    fn now(&self) -> u64 {
        self.from_ms + self.made / COMMANDS_PER_MS
    }

    /// A UUIDv7 of it.
    fn id(&mut self) -> Id {
        let at = self.now();
        let random = u128::from(self.random());
        Id(u128::from(at) << 80 | 7 << 76 | 2 << 62 | random >> 2)
    }

    fn body(&mut self, kind: Kind) -> command::Body {
        match kind {
            Kind::Transfers => self.transfer(v1::Phase::Unspecified),
            Kind::Pending => self.pending(),
            Kind::Payments => self.payment(),
            Kind::Rentals => self.rental(),
            Kind::Mixed => match self.below(10) {
                0..=4 => self.transfer(v1::Phase::Unspecified),
                5..=8 => self.payment(),
                _ => self.rental(),
            },
            Kind::Credit => self.credit(),
        }
    }

    /// A purchase, or where the month's are made the repayments of the next.
    fn credit(&mut self) -> command::Body {
        if let Some(repaid) = self.repayment() {
            return repaid;
        }
        if self.bought >= 2 * self.accounts {
            self.bought = 0;
            self.next_month();
            self.repaid = 0;
            if let Some(repaid) = self.repayment() {
                return repaid;
            }
        }
        self.bought += 1;
        self.purchase()
    }

    /// The repayment of the next user who owes something, once the user's statement is cut.
    fn repayment(&mut self) -> Option<command::Body> {
        let owing = self.owed.iter().enumerate().skip(self.repaid);
        let (at, amount) = owing.map(|(at, owed)| (at, *owed)).find(|(_, owed)| *owed > 0)?;
        *self.owed.get_mut(at)? = 0;
        self.repaid = at + 1;
        let no = u32::try_from(at).ok()?;
        let cut_at = self.month_ms + MINUTE_MS * u64::from(self.day_begins_min(no));
        self.from_ms = self.from_ms.max(cut_at);
        let (user, amt) = (user(no), usd(amount));
        Some(command::Body::RepayCredit(v1::RepayCredit { user, amt, ..Default::default() }))
    }

    /// When the days of a user's line begin: evenly over the minutes of the night.
    fn day_begins_min(&self, no: u32) -> u32 {
        let share = u64::from(no) * u64::from(self.night_min) / u64::from(self.accounts);
        u32::try_from(share).unwrap_or(0)
    }

    fn purchase(&mut self) -> command::Body {
        let created = self.payment();
        // Its payment follows, and no refund: what is owed is what was bought.
        self.next.truncate(1);
        if let Some(command::Body::PayPayment(pay)) = self.next.front_mut()
            && let Some(leg) = pay.legs.first_mut()
            && let Some(leg::Source::Balance(v1::BalanceLeg { amt })) = leg.source
        {
            leg.source = Some(leg::Source::Credit(v1::CreditLeg { amt }));
            let buyer = self.bought as usize % self.owed.len();
            let owed = self.owed.get_mut(buyer);
            pay.user = user(u32::try_from(buyer).unwrap_or(0));
            if let Some((owed, amt)) = owed.zip(amt) {
                *owed += amt.amount;
            }
        }
        created
    }

    /// Goes on at the beginning of the next month.
    fn next_month(&mut self) {
        self.months += 1;
        let (year, month) = (2026 + self.months / 12, 1 + self.months % 12);
        let days = parse_date(&format!("{year:04}-{month:02}-01")).unwrap_or(0);
        self.month_ms = u64::from(days) * DAY_MS;
        self.from_ms = self.from_ms.max(self.month_ms);
    }

    fn transfer(&mut self, phase: v1::Phase) -> command::Body {
        let (debit, credit) = self.two();
        command::Body::PostTransfer(v1::PostTransfer {
            debit: account(debit),
            credit: account(credit),
            amount: usd(1 + u64::from(self.below(10_000))),
            phase: phase.into(),
            ..v1::PostTransfer::default()
        })
    }

    fn pending(&mut self) -> command::Body {
        let post = |pending: Id| {
            command::Body::PostTransfer(v1::PostTransfer {
                phase: v1::Phase::Post.into(),
                pending: Some(pending.into()),
                ..v1::PostTransfer::default()
            })
        };
        match self.made % 10 {
            0..=2 => {
                // The id that this command will get.
                let before = self.random;
                let body = self.transfer(v1::Phase::Pending);
                let after = self.random;
                let id = self.id();
                self.random = after;
                debug_assert_ne!(before, after);
                self.pending.push_back(id);
                body
            }
            3..=5 => match self.pending.pop_front() {
                Some(pending) => post(pending),
                None => self.transfer(v1::Phase::Unspecified),
            },
            _ => self.transfer(v1::Phase::Unspecified),
        }
    }

    fn payment(&mut self) -> command::Body {
        self.orders += 1;
        let no = self.orders;
        let payment = Some(Id(1 << 110 | u128::from(no)).into());
        let amount = 100 + u64::from(self.below(10_000));
        let (payer, _) = self.two();
        let balance = v1::BalanceLeg { amt: usd(amount) };
        self.next.push_back(command::Body::PayPayment(v1::PayPayment {
            payment,
            user: user(payer),
            legs: vec![v1::Leg { source: Some(leg::Source::Balance(balance)) }],
        }));
        if no.is_multiple_of(10) {
            self.next.push_back(command::Body::RefundPayment(v1::RefundPayment {
                payment,
                out_request_no: "return".into(),
                amt: usd(amount / 2),
                royalty_refunds: None,
            }));
        }
        command::Body::CreatePayment(v1::CreatePayment {
            payment,
            out_trade_no: format!("order-{no}"),
            merchant: merchant(),
            mode: v1::PayMode::InApp.into(),
            amt: usd(amount),
            ..v1::CreatePayment::default()
        })
    }

    fn rental(&mut self) -> command::Body {
        use v1::assess_rental::Decision;
        self.orders += 1;
        let no = self.orders;
        let rental = Some(Id(1 << 111 | u128::from(no)).into());
        let (renter, _) = self.two();
        let from = self.now();
        let hours = u64::from(1 + self.below(20));
        let waived = [Decision::Full(v1::Admitted {}), {
            Decision::Partial(v1::PartlyAdmitted { waived: usd(4_000) })
        }];
        let decision = Some(waived[usize::from(no.is_multiple_of(2))]);
        self.next.extend([
            command::Body::AssessRental(v1::AssessRental { rental, score: 700, decision }),
            command::Body::SecureDeposit(v1::SecureDeposit { rental }),
            command::Body::StartRental(v1::StartRental { rental, started_at: from }),
            command::Body::ReturnRental(v1::ReturnRental {
                rental,
                restore_at: from + 3_600_000 * hours,
            }),
            command::Body::SettleRental(v1::SettleRental { rental, ..v1::SettleRental::default() }),
        ]);
        command::Body::CreateRental(v1::CreateRental {
            rental,
            out_order_no: format!("rental-{no}"),
            merchant: merchant(),
            user: user(renter),
            deposit: usd(9_900),
            rent: usd(200),
            unit: v1::RentUnit::Hour.into(),
            day_cap: usd(2_000),
            borrow_at: from,
            expiry_at: from + 86_400_000,
            grace_s: 300,
            ..v1::CreateRental::default()
        })
    }

    /// Two different accounts.
    fn two(&mut self) -> (u32, u32) {
        let first = self.one();
        let second = match self.spread {
            Spread::Hot => 0,
            Spread::Uniform | Spread::Zipf => self.one(),
        };
        if first == second { (first, (second + 1) % self.accounts) } else { (first, second) }
    }

    fn one(&mut self) -> u32 {
        match self.spread {
            Spread::Uniform | Spread::Hot => self.below(self.accounts),
            // A product of three uniform numbers leans to the small ones about as Zipf's law does.
            Spread::Zipf => {
                let product = (0..3).fold(u64::from(self.accounts), |sum, _| {
                    (sum * u64::from(self.below(1 << 16))) >> 16
                });
                u32::try_from(product).unwrap_or(0)
            }
        }
    }

    fn below(&mut self, bound: u32) -> u32 {
        let wide = u128::from(self.random()) * u128::from(bound);
        u32::try_from(wide >> 64).unwrap_or(0)
    }

    /// splitmix64 (Steele, Lea, Flood 2014).
    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

/// Commands as records of `size` each; one ends where time goes on by more than an hour, as no
/// producer would wait so long to send it.
pub fn records(commands: &[v1::Command], size: usize) -> Vec<Vec<u8>> {
    let record = |commands: &[v1::Command]| {
        v1::Record { commands: commands.to_vec(), atomic: false }.encode_to_vec()
    };
    let runs = commands.chunk_by(|before, next| next.at < before.at + 3_600_000);
    runs.flat_map(|run| run.chunks(size.max(1))).map(record).collect()
}

fn account(n: u32) -> Option<v1::Id> {
    Some(Id(u128::from(n) + 1).into())
}

fn user(n: u32) -> Option<v1::Id> {
    Some(Id((1 << 90) + u128::from(n)).into())
}

fn merchant() -> Option<v1::Id> {
    Some(Id(1 << 100).into())
}

fn usd(amount: u64) -> Option<v1::Money> {
    Some(v1::Money { amount, currency: USD })
}
