//! Settlements of local mode: what stands in the file was told, what a run that was cut off did not
//! write the next one writes, and nothing is written twice.

use groat_tests::feed::{Feed, money};
use groat_tests::{run, stderr};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Output;

/// Payments: some blocks, and enough for a snapshot, behind which the next runs go on.
const PAYMENTS: u64 = 1_500;

fn sales() -> Feed {
    let mut feed = Feed::starting("2026-01-31T00:00:00Z");
    let terms = json!({ "merchant": "shop", "fee_ppm": 6000, "cycle": 1, "settle_ccy": "CNY" });
    feed.put("onboard_merchant", terms);
    feed.put("open_user", json!({ "user": "alice", "kyc_class": 3, "ccy": "CNY" }));
    let amt = money(10_000_000, "CNY");
    feed.put("confirm_top_up", json!({ "user": "alice", "bank_ref": "b1", "amt": amt }));
    for no in 0..PAYMENTS {
        let (payment, amt) = (format!("p{no}"), money(100 + no, "CNY"));
        let order = json!({
            "payment": payment, "out_trade_no": payment, "merchant": "shop", "mode": "IN_APP",
            "amt": amt
        });
        feed.put("create_payment", order);
        let legs = json!([{ "balance": { "amt": amt } }]);
        feed.put("pay_payment", json!({ "payment": payment, "user": "alice", "legs": legs }));
    }
    feed
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        std::fs::write(folder.at("commands"), sales().lines()).unwrap();
        folder
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run_with(&self, commands: &Path, outcomes: &Path, settlements: &Path) -> Output {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let args = [
            "run".into(),
            "--data".into(),
            text(&self.at("data")),
            "--commands".into(),
            text(commands),
            "--outcomes".into(),
            text(outcomes),
            "--settlements".into(),
            text(settlements),
            "--snapshot-bytes".into(),
            "65536".into(),
        ];
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        run("groat", &args)
    }

    fn run(&self) {
        let [commands, outcomes, settled] =
            ["commands", "outcomes", "settled"].map(|name| self.at(name));
        let ended = self.run_with(&commands, &outcomes, &settled);
        assert!(ended.status.success(), "{}", stderr(&ended));
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).unwrap()
    }
}

#[test]
fn settlements_that_a_run_did_not_write_are_written_by_the_next() {
    let folder = Folder::new();
    folder.run();
    let (whole, answers) = (folder.text("settled"), folder.text("outcomes"));
    assert!(whole.lines().count() as u64 >= PAYMENTS, "{}", whole.lines().count());
    // Killed between sync and write, in the middle of a line, before the first; or run again.
    let middle = whole.len() / 2;
    for cut in [0, 1, 200, middle, middle + 77, whole.len() - 1, whole.len()] {
        std::fs::write(folder.at("settled"), &whole[..cut]).unwrap();
        folder.run();
        assert!(folder.text("settled") == whole, "cut at {cut} of {}", whole.len());
    }
    // Outcomes were appended to: the first answers still stand there, and the replays behind them.
    let appended = folder.text("outcomes");
    assert!(appended.starts_with(&answers));
    let replays = appended[answers.len()..].lines().filter(|l| l.contains("\"replay\":true"));
    assert_eq!(replays.count() as u64, 7 * (2 * PAYMENTS + 3));
}

#[test]
fn files_that_are_not_of_these_books_are_left_alone() {
    let folder = Folder::new();
    folder.run();
    let of = |name: &str| folder.at(name);
    let whole = folder.text("settled");
    let more = whole.lines().last().unwrap().replacen("\"event\":", "\"event\":9", 1);
    std::fs::write(of("of-others"), format!("{more}\n")).unwrap();
    let ended = folder.run_with(&of("commands"), &of("outcomes"), &of("of-others"));
    assert_eq!(ended.status.code(), Some(1), "{}", stderr(&ended));
    assert!(stderr(&ended).contains("which the data directory did not tell"), "{}", stderr(&ended));
    assert_eq!(folder.text("of-others"), format!("{more}\n"));

    let commands = folder.text("commands");
    std::fs::hard_link(of("commands"), of("other-name")).unwrap();
    for (outcomes, settlements, names) in [
        ("commands", "settled", "--commands and --outcomes are the same file"),
        ("other-name", "settled", "--commands and --outcomes are the same file"),
        ("outcomes", "other-name", "--commands and --settlements are the same file"),
        ("settled", "settled", "--outcomes and --settlements are the same file"),
        ("new", "new", "--outcomes and --settlements are the same file"),
    ] {
        let ended = folder.run_with(&of("commands"), &of(outcomes), &of(settlements));
        assert_eq!(ended.status.code(), Some(2), "{}", stderr(&ended));
        assert!(stderr(&ended).contains(names), "{}", stderr(&ended));
    }
    assert_eq!(folder.text("commands"), commands);
}
