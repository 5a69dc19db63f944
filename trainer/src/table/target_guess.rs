//! Guesses which column of a file is the target.

use super::ColumnData;
use super::ingest::RawColumn;
use super::name_words::words;

/// The probable target, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetGuess {
    /// Its name.
    pub column: String,
    /// The reason, as a clause after "because".
    pub reason: String,
    /// The word in its name that suggests it, if any.
    pub word: Option<&'static str>,
}

/// Words in the names of results.
const RESULT_WORDS: [&str; 8] = ["target", "outcome", "score", "grade", "mark", "points", "result", "final"];

/// The numeric column that is most likely a result.
#[must_use]
pub fn guess_target(columns: &[RawColumn]) -> Option<TargetGuess> {
    let is_able = |column: &&RawColumn| {
        matches!(column.data, ColumnData::Numeric(_)) && column.constant.is_none() && column.identifier.is_none()
    };
    let able: Vec<&RawColumn> = columns.iter().filter(is_able).collect();
    let by_word = RESULT_WORDS.iter().find_map(|word| {
        let column = able.iter().find(|column| words(&column.name).any(|part| part == *word))?;
        Some(TargetGuess {
            column: column.name.clone(),
            reason: format!("it is the first numeric column whose name says \"{word}\""),
            word: Some(word),
        })
    });
    by_word.or_else(|| {
        let column = able.last()?;
        Some(TargetGuess { column: column.name.clone(), reason: "it is the last numeric column".into(), word: None })
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use reader::ReadOptions;

    use super::*;
    use crate::table::ingest::read_columns;

    fn columns(csv: &str) -> Vec<RawColumn> {
        read_columns(Path::new("a.csv"), csv.as_bytes(), None, &ReadOptions::default()).unwrap().0
    }

    #[test]
    fn the_target_is_guessed_with_a_reason() {
        let guess = guess_target(&columns("reading_score,Math Grade,note\n1,2,x\n2,3,y\n")).unwrap();
        assert_eq!((guess.column.as_str(), guess.reason.contains("\"score\"")), ("reading_score", true));
        let guess = guess_target(&columns("G1,G2,G3,z\n1,2,4,x\n2,3,5,y\n")).unwrap();
        assert_eq!((guess.column.as_str(), guess.reason.as_str()), ("G3", "it is the last numeric column"));
        assert_eq!(guess_target(&columns("a,b\nx,1\ny,1\n")), None);
    }
}
