//! Every bound of the ledger, with its reason.

/// Largest amount of one movement, in minor units. Far above any payment, and small enough that a
/// hundred sums of it fit `i64` and that 2^64 movements cannot overflow a `u128` counter.
pub const AMOUNT_MAX: u64 = 1_000_000_000_000_000_000;

/// Largest payment, in major units (Alipay: 100,000,000.00).
pub const PAYMENT_MAJOR_MAX: u64 = 100_000_000;

/// Shortest time to pay, in seconds (Alipay: 1 minute).
pub const PAYMENT_TIMEOUT_S_MIN: u32 = 60;

/// Longest time to pay, in seconds (Alipay: 15 days).
pub const PAYMENT_TIMEOUT_S_MAX: u32 = 1_296_000;

/// How long after payment a payment may still be cancelled, in milliseconds (Alipay: 24 hours).
pub const CANCEL_WINDOW_MS: u64 = 24 * 3_600_000;

/// Refunds of one payment (WeChat: 50).
pub const REFUNDS_MAX: usize = 50;

/// Currencies in which an app has caps: more than any app deals in.
pub const APP_CAPS_MAX: usize = 32;

/// Legs of one payment.
pub const LEGS_MAX: usize = 8;

/// Entries of one adjustment: a page of a journal, and far below a block.
pub const ADJUSTMENT_ENTRIES_MAX: usize = 256;

/// Things due at one time that are left to one step: a fraction of a block. Where there are more,
/// the clock is moved first, in blocks of its own.
pub const DUES_AT_ONCE: usize = 256;

/// How far a step may move the clock where anything is due: nothing falls due again within it often
/// enough to fill a block. Where it is further, the clock is moved first.
pub const DUES_APART_MS: u64 = 3_600_000;

/// Coupons of one template that one user gets ever (Alipay's campaigns: 100).
pub const COUPONS_PER_USER_MAX: u32 = 100;

/// Smallest part of a red packet, in minor units (Alipay: 0.20).
pub const PACKET_PART_MIN: u64 = 20;

/// Largest part of a red packet, in minor units (Alipay: 200.00).
pub const PACKET_PART_MAX: u64 = 20_000;

/// Parts of one red packet (Alipay's campaigns: 10,000,000).
pub const PACKET_PARTS_MAX: u32 = 10_000_000;

/// Largest red packet, in major units (Alipay's campaigns: 10,000,000.00).
pub const PACKET_TOTAL_MAJOR_MAX: u64 = 10_000_000;

/// Time to claim from a red packet where the command does not say, in seconds: a day.
pub const PACKET_TIMEOUT_S_DEFAULT: u32 = 86_400;

/// Longest time to claim from a red packet, in seconds (Alipay's campaigns: six months).
pub const PACKET_TIMEOUT_S_MAX: u32 = 184 * 86_400;

/// Instalment plans of one line that have terms ahead: what one statement bills is a page.
pub const PLANS_MAX: usize = 64;

/// Loans of one line that are not repaid: more than anybody has, and few enough that all that is
/// lost with a line is an amount.
pub const LOANS_MAX: usize = 8;

/// Days from one term of a loan to the next, where its terms do not say (DOMAIN §7, 20).
pub const LOAN_TERM_DAYS: u32 = 30;

/// Most days, or months, from one term of a loan to the next: a year.
pub const LOAN_TERM_DAYS_MAX: u32 = 366;
/// As [`LOAN_TERM_DAYS_MAX`], in months.
pub const LOAN_TERM_MONTHS_MAX: u32 = 12;

/// Charges of one loan, paid or not: one with each of its terms, and as many again beside them.
pub const LOAN_CHARGES_MAX: usize = 240;

/// Repayments of one loan that go back: more than any bank tries.
pub const LOAN_CHARGEBACKS_MAX: usize = 60;

/// Latest that a charge of a loan falls due, in days from when it is put on it: ten years.
pub const LOAN_CHARGE_DAYS_MAX: u32 = 3_653;

/// Days after the first due date missed from which a debt may be written off (DOMAIN §4.5).
pub const WRITE_OFF_DAYS_MIN: u32 = 180;

/// Most that a point is worth, in millionths of a minor unit: ten thousand major units.
pub const POINT_VALUE_MICROS_MAX: u64 = 1_000_000_000_000;

/// Longest time that points are valid, in days: ten years. A card has so many lots of them at most.
pub const POINTS_VALID_DAYS_MAX: u32 = 3_650;
/// Most decimals of a point (DOMAIN §1.6).
pub const POINTS_DECIMALS_MAX: u32 = 2;

/// Lines of one invoice: a page.
pub const INVOICE_LINES_MAX: usize = 64;

/// Digits of a price: with the largest payment in the currency of the most decimals, a product of
/// less than 28 digits, which a decimal holds exactly.
pub const PRICE_DIGITS_MAX: usize = 15;

/// Of them behind the point.
pub const PRICE_DECIMALS_MAX: u32 = 12;

/// Receivers bound to one merchant: far more than share in its sales, and few enough to be read.
pub const ROYALTY_RELATIONS_MAX: u32 = 200;

/// Receivers of one split (Alipay, all or nothing: 5).
pub const ROYALTY_RECEIVERS_MAX: usize = 5;

/// Splits of one payment (Alipay: 50), and returns of them.
pub const ROYALTY_SPLITS_MAX: usize = 50;

/// Days after payment in which proceeds stay frozen (Alipay, WeChat: 30).
pub const ROYALTY_FREEZE_DAYS: u64 = 30;

/// Days after a split in which a receiver may give back (WeChat: 180).
pub const SPLIT_RETURN_DAYS_MAX: u64 = 180;

/// Characters of an external reference (DOMAIN §2).
pub const REFERENCE_CHARS_MAX: usize = 64;

/// Longest settlement cycle, in days.
pub const CYCLE_DAYS_MAX: u32 = 90;

/// Longest refund window, in days: ten years.
pub const REFUND_DAYS_MAX: u32 = 3_650;

/// Time to hold an authorization where the order does not say, in seconds (Alipay: 15 minutes).
pub const AUTHORIZATION_TIMEOUT_S_DEFAULT: u32 = 900;

/// Days after which a rental that has not started expires (WeChat: 30).
pub const RENTAL_UNSTARTED_DAYS_MAX: u64 = 30;

/// How many days before it is agreed on a rental may have begun: what was reported late is no older
/// than what waits for its start may be.
pub const BORROWED_BEFORE_DAYS_MAX: u64 = RENTAL_UNSTARTED_DAYS_MAX;

/// Days after return in which damage may be claimed (DOMAIN §4.4).
pub const DAMAGE_CLAIM_DAYS_MAX: u64 = 30;

/// How far a return may lie ahead of the ledger's time, in milliseconds (Zhima: 24 hours).
pub const RETURN_AHEAD_MS_MAX: u64 = DAY_MS;

/// Terms of a rent plan: ten years of months.
pub const PLAN_TERMS_MAX: usize = 120;

/// Charges of one rental: a plan's terms and a page of claims.
pub const CHARGES_MAX: usize = PLAN_TERMS_MAX + 64;

/// Payments of one rental: its terms, and collections in parts.
pub const RENTAL_PAYMENTS_MAX: usize = PLAN_TERMS_MAX + 80;

/// Releases of one authorization.
pub const RELEASES_MAX: usize = 64;

/// Longest time a reserve is kept, in days: ten years.
pub const RESERVE_DAYS_MAX: u32 = 3_650;

/// Longest timeout of a pending transfer, in seconds: ten years.
pub const PENDING_TIMEOUT_S_MAX: u32 = 315_360_000;

/// Milliseconds of a day.
pub const DAY_MS: u64 = 86_400_000;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 1_440;

/// Latest time the ledger accepts, in milliseconds since 1970: the end of the year 9999.
pub const TIME_MS_MAX: u64 = 253_402_300_799_999;

const _: () = assert!(PAYMENT_MAJOR_MAX * 10_000 <= AMOUNT_MAX);
const _: () = assert!(PAYMENT_TIMEOUT_S_MIN < PAYMENT_TIMEOUT_S_MAX);
const _: () = assert!(AMOUNT_MAX <= i64::MAX as u64);
