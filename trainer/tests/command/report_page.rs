//! `report.html`: its content, what it must not contain, and that the same data gives the same bytes.

use std::fs;
use std::path::Path;

use crate::common::{scorecast, stderr, stdout};

/// Every section, in the page's order.
const SECTIONS: [&str; 9] = [
    "In short",
    "Model card",
    "Leaderboard",
    "Predicted and actual",
    "What the model goes by",
    "Would more records help?",
    "Intervals",
    "Groups",
    "What if a column were left out?",
];

fn students(n_rows: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = scorecast(folder.path(), &["sample", "--rows", n_rows, "--seed", "5"]);
    fs::write(folder.path().join("students.csv"), output.stdout).unwrap();
    folder
}

fn train(folder: &Path, more: &[&str]) -> std::process::Output {
    scorecast(folder, &[&["train", "students.csv", "--target", "math_score", "--families", "linear"], more].concat())
}

fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("artifacts/report.html")).unwrap()
}

/// The text of one section.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = page.find(&format!("\">{heading}</h2>")).unwrap_or_else(|| panic!("no section {heading}"));
    let end = page[start..].find("</section>").unwrap();
    &page[start..start + end]
}

/// Asserts that nothing in the page can run, load, or break out of its context.
fn assert_inert(page: &str) {
    assert!(page.contains("default-src 'none'"));
    for bad in
        ["<script", "javascript:", " onerror", " onload", "http://", "https://", "@import", "url(", "<img", "<iframe"]
    {
        assert!(!page.to_lowercase().contains(bad), "{bad}");
    }
}

#[test]
fn every_training_run_writes_the_whole_page_and_the_same_bytes() {
    let folder = students("600");
    fs::write(
        folder.path().join("scorecast.toml"),
        "[card]\nintended_use = \"A first look <b>only</b>.\"\ncontact = \"The head of maths\"\n[columns.math_score]\nunit = \"points\"\n",
    )
    .unwrap();
    let output = train(folder.path(), &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("report.html"), "{}", stdout(&output));
    let page = page(folder.path());
    assert_inert(&page);
    for heading in SECTIONS {
        section(&page, heading);
    }
    assert!(page.contains("A first look &lt;b&gt;only&lt;/b&gt;.") && page.contains("The head of maths"));
    assert!(section(&page, "Model card").contains("have not said: not for, data, known limits."));
    // Every chart has a text alternative.
    let n_plots = page.matches("<svg").count();
    assert!(
        n_plots > 20
            && page.matches("role=\"img\" aria-label=\"").count() + page.matches("<svg aria-hidden").count() >= n_plots
    );
    // It contains neither a file name nor a date.
    assert!(!page.contains("students.csv") && !page.contains("2026-"));

    let output = scorecast(
        folder.path(),
        &["train", "students.csv", "--target", "math_score", "--families", "linear", "--output", "again", "--quiet"],
    );
    assert!(output.status.success());
    assert_eq!(fs::read_to_string(folder.path().join("again/report.html")).unwrap(), page);
}

#[test]
fn the_report_tells_what_a_column_is_worth() {
    let folder = students("600");
    assert!(train(folder.path(), &[]).status.success());
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("artifacts/report.json")).unwrap()).unwrap();
    let ablation = &report["ablation"];
    let base = ablation["r2"].as_f64().unwrap();
    assert!(
        (base - report["champion"]["cv"]["r2_mean"].as_f64().unwrap()).abs() < 1e-4,
        "the same folds, the same figure"
    );
    let columns = ablation["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 7);
    // The sample's scores differ by gender given reading and writing: without it both groups are biased.
    let gender = columns.iter().find(|column| column["column"] == "gender").unwrap();
    assert!(gender["r2"].as_f64().unwrap() < base - 0.02, "{gender}");
    let groups = ablation["groups"].as_array().unwrap();
    let bias = |value: &str, biases: &dyn Fn(usize) -> f64| {
        biases(groups.iter().position(|group| group["column"] == "gender" && group["value"] == value).unwrap())
    };
    let without = |place: usize| gender["biases"][place].as_f64().unwrap();
    let with = |place: usize| groups[place]["bias"].as_f64().unwrap();
    assert!(bias("female", &without) * bias("male", &without) < 0.0);
    assert!(bias("female", &without).abs() > 5.0 * bias("female", &with).abs() + 0.5, "{gender}");
    let only = &ablation["sensitive_only"];
    assert_eq!(only["columns"].as_array().unwrap().len(), 4);
    assert!(only["r2"].as_f64().unwrap() < 0.5 * base);
    assert!(section(&page(folder.path()), SECTIONS[8]).contains("Without Gender, R² goes from"));
}

#[test]
fn groups_of_fewer_than_ten_are_hidden_everywhere() {
    let folder = students("600");
    let text = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    // Nine students form a small group.
    for line in &mut lines[1..10] {
        let (first, rest) = line.split_once(',').unwrap();
        *line = format!("{first},group Z,{}", rest.split_once(',').unwrap().1);
    }
    fs::write(folder.path().join("students.csv"), lines.join("\n")).unwrap();
    assert!(train(folder.path(), &[]).status.success());
    let page = page(folder.path());
    assert!(page.contains("group C") && !page.contains("group Z"));
}

#[test]
fn few_records_make_small_promises() {
    let folder = students("24");
    let output = train(folder.path(), &["--min-r2=-9"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("intervals go no further than 95 %: so few errors, of 19 records, can't promise more"),
        "{}",
        stderr(&output)
    );
    let page = page(folder.path());
    let short = section(&page, "In short");
    assert!(short.contains("Only 5 records were held back: what is said of them is mostly chance."));
    // No margin is given for a figure from five records.
    let holdout = short.split(" on the 5 records held back").next().unwrap();
    assert!(!holdout.contains('±'), "{holdout}");
    assert!(section(&page, "Intervals").contains("made of 19 errors, too few for a promise of more than 95 %"));
    let shares = section(&page, "What the model goes by")
        .split("How much a column adds or takes")
        .nth(1)
        .unwrap()
        .split("</dl>")
        .next()
        .unwrap();
    assert!(!shares.contains('±'), "{shares}");
}

#[test]
fn hostile_names_stay_text_in_both_pages() {
    let folder = students("200");
    let text = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let long = "x".repeat(10_000);
    let names = [
        "</style><script>alert(1)</script>",
        "a\"\"onload=\"\"b",
        "line\nbreak & 'quote'",
        "\u{202e}thgir ot tfel",
        &long,
    ];
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let header = names.iter().fold(header.to_owned(), |header, name| format!("{header},\"{name}\""));
    let mut out = header + "\n";
    for (row, line) in lines.enumerate() {
        let value = if row % 2 == 0 { "<img src=x onerror=alert(1)>" } else { "\"\"></svg><script>\"\"" };
        out += &format!(
            "{line},\"{value}\",{},{},{},{}\n",
            row % 7,
            row % 3,
            ["\u{202e}evil", "good"][row % 2],
            (row * row) % 11
        );
    }
    fs::write(folder.path().join("students.csv"), out).unwrap();
    let output = train(folder.path(), &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = scorecast(folder.path(), &["explore", "students.csv", "--target", "math_score"]);
    assert!(output.status.success(), "{}", stderr(&output));
    for page in [page(folder.path()), fs::read_to_string(folder.path().join("explore.html")).unwrap()] {
        for bad in ["<script", "<img", "</style><script", "</svg><script", "\"onload="] {
            assert!(!page.contains(bad), "{bad}");
        }
        assert_eq!(page.matches("<style>").count(), page.matches("</style>").count());
        assert!(page.contains("&lt;script&gt;alert(1)"));
        // A direction override must not affect the following text.
        assert!(!page.contains('\u{202e}'), "an override is in the page");
        // Long names are shortened.
        assert!(!page.contains(&"x".repeat(500)), "a name of 10,000 letters is written out");
    }
}

#[test]
fn a_gate_on_coverage_names_the_figure() {
    let folder = students("600");
    let configure = |text: &str| fs::write(folder.path().join("scorecast.toml"), text).unwrap();
    configure("[gates]\nmax_coverage_gap = 60.0\n");
    assert!(train(folder.path(), &[]).status.success());
    configure("[gates]\nmax_coverage = 1.0\n");
    let output = train(folder.path(), &[]);
    assert!(
        output.status.code() == Some(2) && stderr(&output).contains("did you mean \"max_coverage_gap\"?"),
        "{}",
        stderr(&output)
    );
    // A group with nearly random scores has a lower coverage than the others.
    let text = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let noisy = |(row, line): (usize, &str)| {
        if row > 0 && row % 4 == 0 {
            let (rest, score) = line.rsplit_once(',').unwrap();
            let cells: Vec<&str> = rest.split(',').collect();
            let score: f64 = score.parse().unwrap();
            let off = if row % 8 == 0 { 40.0 } else { -40.0 };
            format!("{},{},reshuffled", cells.join(","), (score + off).clamp(0.0, 100.0))
        } else {
            format!("{line},{}", if row == 0 { "how" } else { "as it was" })
        }
    };
    fs::write(folder.path().join("students.csv"), text.lines().enumerate().map(noisy).collect::<Vec<_>>().join("\n"))
        .unwrap();
    configure("target = \"writing_score\"\n[gates]\nmax_coverage_gap = 5.0\n");
    let header = text.lines().next().unwrap();
    let target = header.rsplit(',').next().unwrap();
    let output = scorecast(
        folder.path(),
        &["train", "students.csv", "--target", target, "--families", "linear", "--min-r2", "0"],
    );
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("max_coverage_gap: for ") && stderr(&output).contains("points off"),
        "{}",
        stderr(&output)
    );
    let refused = fs::read_to_string(folder.path().join("artifacts/report.refused.html")).unwrap();
    assert!(refused.contains("Not published") && refused.contains("max_coverage_gap"));
}

#[test]
fn saying_that_nothing_can_be_changed_is_heard() {
    let folder = students("300");
    let actionable = |text: &str| {
        fs::write(folder.path().join("scorecast.toml"), text).unwrap();
        assert!(train(folder.path(), &[]).status.success());
        fs::read_to_string(folder.path().join("artifacts/preprocessor.json"))
            .unwrap()
            .matches("\"actionable\":true")
            .count()
    };
    assert_eq!(actionable(""), 3);
    assert_eq!(actionable("[columns.reading_score]\nactionable = false\n"), 0);
    assert_eq!(actionable("[columns.reading_score]\nactionable = true\n"), 1);
}
