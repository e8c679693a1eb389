//! Funding partners (DOMAIN §1.4, §4.1).

tables! {
/// What a partner sends is owed to it, by currency, and paid back at most so far.
a_partner_funds_and_is_repaid "
    lend     bank-1 0.00                   | AmountOutOfRange
    lend     bank-1 #1000000000000000001   | AmountOutOfRange
    repay_funding bank-1 0.00              | AmountOutOfRange
    repay_funding bank-1 1.00              | FundingExceeded
    lend     bank-1 1000.00                | ok
    events   AccountOpened AccountOpened CreditFunded
    told
    lend     bank-1 500.00                 | ok
    lend     bank-2 70.00                  | ok
    lend     bank-1 USD20.00               | ok
    balance  safeguarded_bank - 1570.00
    balance  safeguarded_bank - USD20.00
    balance  funding_partner bank-1 1500.00
    balance  funding_partner bank-1 USD20.00
    repay_funding bank-2 70.01             | FundingExceeded
    repay_funding bank-1 1500.00           | ok
    events   FundingRepaid
    balance  funding_partner bank-1 0.00
    balance  funding_partner bank-1 USD20.00
    repay_funding bank-1 0.01              | FundingExceeded
    repay_funding bank-2 70.00             | ok
    balance  safeguarded_bank - 0.00
"

/// It is paid back out of the bank that is named, if that holds so much.
repaid_from_a_bank_that_holds_it "
    lend     bank-1 100.00 at=safe         | ok
    balance  safeguarded_bank safe 100.00
    repay_funding bank-1 40.00             | SafeguardedBankInsufficient
    user     alice 2 CNY                   | ok
    top_up   alice 30.00 r1                | ok
    repay_funding bank-1 40.00             | SafeguardedBankInsufficient
    repay_funding bank-1 40.00 at=safe     | ok
    balance  safeguarded_bank safe 60.00
    balance  funding_partner bank-1 60.00
    balance  user_available alice 30.00
"
}
