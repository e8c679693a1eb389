//! `groat bench` from broker to broker, small: the books hold. The ratio is printed, not asserted.

use groat_tests::{broker, run, stderr, stdout};
use serde_json::Value;

fn bench(args: &[&str]) -> Value {
    let small = ["bench", "--json", "--accounts", "50", "--commands", "3000", "--rounds", "1"];
    let ran = run("groat", &[&small[..], args].concat());
    assert!(ran.status.success(), "{args:?}: {}", stderr(&ran));
    serde_json::from_str(&stdout(&ran)).unwrap()
}

#[test]
#[allow(clippy::print_stdout, reason = "a figure to look at")]
fn the_books_hold_from_broker_to_broker() {
    let Some(brokers) = broker("bench") else { return };
    let from_broker_to_broker = ["--mode", "broker", "--brokers", &brokers];
    for workload in ["transfers", "payments"] {
        let expected = bench(&["--mode", "memory", "--workload", workload]);
        for other in [&["--batch", "1"][..], &["--batch", "100", "--rate", "20000"]] {
            let args = [&from_broker_to_broker[..], &["--workload", workload], other].concat();
            let report = bench(&args);
            println!("{args:?}: {} % of a plain copy", report["against"]["ratio_percent"]);
            assert_eq!(report["accepted"], 3_000);
            assert_eq!(report["state_digest"], expected["state_digest"], "{args:?}");
        }
    }
}
