//! A first `scorecast.toml` derived from the data: the defaults of training made explicit, and settings that need human
//! knowledge as comments to uncomment.

use std::fmt::Write as _;

use crate::folds::preprocess::label_of;
use crate::table::ColumnData;
use crate::table::ingest::RawColumn;
use crate::table::name_words::words;
use crate::table::target_guess::TargetGuess;

/// Words in column names that suggest a sensitive attribute.
const SENSITIVE_WORDS: [&str; 19] = [
    "gender",
    "sex",
    "race",
    "ethnic",
    "ethnicity",
    "age",
    "religion",
    "disability",
    "nationality",
    "lunch",
    "parent",
    "parental",
    "medu",
    "fedu",
    "mjob",
    "fjob",
    "address",
    "language",
    "migration",
];
/// Words in column names that suggest that a person can change it.
const ACTIONABLE_WORDS: [&str; 9] =
    ["preparation", "study", "studytime", "homework", "absences", "absent", "hours", "reading", "writing"];

/// The text of a configuration for a file named `csv` with these columns; `target` comes with the reason for the
/// choice.
#[must_use]
pub fn write_config(csv: &str, columns: &[RawColumn], target: &TargetGuess, notes: &[String]) -> String {
    let mut text = format!(
        "# What `scorecast train` should know about {csv}. Everything here is optional, and options of the command line\n\
         # win over it. Lines that start with # are suggestions: remove the # to make them count.\n\n\
         # The column to predict. Chosen because {reason}.\n\
         target = {target}\n\
         # The ends of its scale: \"MIN:MAX\", \"none\", or \"auto\" to assume a usual scale where the data fits one.\n\
         limits = \"auto\"\n\
         # The column that names what rows have in common (a pupil over terms, a class, a school), or that tells when they\n\
         # came (a term, a day): figures are then for groups not seen yet, or for the time to come. Only one of the two.\n\
         # group = \"\"\n\
         # time = \"\"\n\
         # Set this only where the records describe no real person; the page then says so.\n\
         # fictional = true\n\
         # Columns that the form shows first, in this order.\n\
         # order = [{order}]\n\n\
         [card]\n\
         # What the model card says; leave out what you can't vouch for.\n\
         # intended_use = \"A first look at who may need support, read by their teacher.\"\n\
         # not_for = \"Deciding on admission, marks or anything else about one person.\"\n\
         # data = \"Where the records come from, whom they are about, and when they were taken.\"\n\
         # limits = \"What the model is known to do badly.\"\n\
         # contact = \"Whom to ask.\"\n\
         # date = \"2026-09-01\"  # the day of this training; --date says it for one run\n\n\
         [gates]\n\
         # What a model must reach to be published.\n\
         # min_r2 = 0.6            # smallest mean cross-validated R2\n\
         # max_group_bias = 2.0    # largest mean error of a group of 10 or more, in the target's unit\n\
         # max_coverage_gap = 5.0  # percentage points that intervals at 90 % are off, for all or a group, beyond chance\n\
         # beat_mean = true        # better than saying the mean to everyone\n\
         # beat_one_column = true  # better than the best single column\n\n\
         [intervals]\n\
         # Columns for each of whose groups intervals are to hold by themselves.\n\
         # by = [\"gender\"]\n\n\
         [search]\n\
         # families = [\"linear\", \"ridge\"]\n\
         # effort = \"normal\"\n\
         # cv = 3\n\
         # seed = 42\n\
         # test_size = 0.2\n",
        csv = one_line(csv),
        reason = target.reason,
        target = quoted(&target.column),
        order = columns
            .iter()
            .filter(|column| column.name != target.column)
            .take(3)
            .map(|column| quoted(&column.name))
            .collect::<Vec<_>>()
            .join(", "),
    );
    if !notes.is_empty() {
        text.push_str("\n# How the file is read:\n");
    }
    for note in notes {
        let _ = writeln!(text, "# {}", one_line(note));
    }
    for column in columns {
        write_column(&mut text, column, column.name == target.column);
    }
    text
}

fn write_column(text: &mut String, column: &RawColumn, is_target: bool) {
    let name = quoted(&column.name);
    let _ = writeln!(text, "\n[columns.{name}]");
    if let Some(reason) = column.constant.as_ref().or(column.identifier.as_ref()) {
        let _ = writeln!(text, "# Training leaves it out: {}", one_line(reason));
    }
    for note in &column.notes {
        let _ = writeln!(text, "# {}", one_line(note));
    }
    let _ = writeln!(text, "label = {}", quoted(&label_of(&column.name)));
    let _ = writeln!(text, "# help = \"A sentence for whoever fills in the form.\"");
    match &column.data {
        ColumnData::Numeric(numbers) => {
            let present = || numbers.iter().copied().filter(|number| !number.is_nan());
            let (min, max) = (present().fold(f64::INFINITY, f64::min), present().fold(f64::NEG_INFINITY, f64::max));
            let _ = writeln!(text, "# unit = \"points\"");
            if !is_target {
                let _ = writeln!(text, "# direction = \"up\"  # the prediction never falls when it rises; or \"down\"");
            }
            let is_whole = present().all(|number| number.fract() == 0.0);
            if is_target {
                let _ = writeln!(text, "# observed: {min} to {max}");
            } else {
                let step = if is_whole { 1.0 } else { 0.1 };
                let _ =
                    writeln!(text, "# observed: {min} to {max}\n# min = {min:?}\n# max = {max:?}\n# step = {step:?}");
                if is_whole && column.n_distinct <= 10 {
                    let _ =
                        writeln!(text, "# kind = \"categorical\"  # {} different numbers: codes?", column.n_distinct);
                }
            }
        }
        ColumnData::Categorical { values, .. } => {
            let shown: Vec<String> = values.iter().take(8).map(|value| one_line(value)).collect();
            let more = if values.len() > 8 { format!(" and {} more", values.len() - 8) } else { String::new() };
            // Texts of a column that identifies persons are not repeated.
            if column.identifier.is_none() {
                let _ = writeln!(text, "# observed: {}{more}", shown.join(", "));
            }
        }
    }
    if is_target {
        return;
    }
    let says = |list: &[&str]| words(&column.name).any(|part| list.contains(&part.as_str()));
    if says(&SENSITIVE_WORDS) {
        let _ = writeln!(text, "# sensitive = true  # its name suggests that it says who a person is");
    }
    if says(&ACTIONABLE_WORDS) {
        let _ = writeln!(text, "# actionable = true  # its name suggests that a person can change it");
    }
    let _ = writeln!(text, "# drop = true");
}

/// A TOML string on one line: JSON's escapes are valid in TOML, except for the delete character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// Text without characters that would end a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use reader::ReadOptions;

    use super::super::Config;
    use super::*;
    use crate::table::ingest::read_columns;
    use crate::table::target_guess::guess_target;

    fn columns(csv: &str) -> Vec<RawColumn> {
        read_columns(Path::new("a.csv"), csv.as_bytes(), None, &ReadOptions::default()).unwrap().0
    }

    #[test]
    fn what_is_written_is_read_back_whatever_the_names_are() {
        let csv = "\"a \"\"b\"\" \\ #]\",[columns],\"line\nbreak\",score\n1,x,\"p\nq\",3\n2,y,\"r\n[x]\",4.5\n";
        let columns = columns(csv);
        let text = write_config("evil\nname.csv", &columns, &guess_target(&columns).unwrap(), &["a\nnote".into()]);
        let config = Config::parse("scorecast.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let header: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        config.check_columns("scorecast.toml", &text, &header).unwrap();
        assert_eq!(config.columns.len(), 4);
        assert_eq!(config.target.unwrap().get_ref(), "score");
    }

    #[test]
    fn every_suggestion_can_be_uncommented() {
        let columns = columns("gender,hours,score\nf,1,3\nm,2.5,4\n");
        let text = write_config("a.csv", &columns, &guess_target(&columns).unwrap(), &[]);
        let is_key = |line: &str| {
            line.split_once(" = ")
                .is_some_and(|(key, _)| key.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()))
        };
        let uncommented: String = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line).to_owned() + "\n")
            .collect();
        let config =
            Config::parse("scorecast.toml", &uncommented).unwrap_or_else(|error| panic!("{error}\n{uncommented}"));
        assert_eq!(config.columns_that(|column| column.sensitive == Some(true)), ["gender"]);
        assert_eq!(config.columns_that(|column| column.actionable == Some(true)), ["hours"]);
        assert!(config.gates.beat_one_column && config.search.cv == Some(3) && config.card().contact.is_some());
    }
}
