//! The journeys on "A whole class".

mod files;
mod table;
mod worker;

use std::process::ExitCode;

use journeys::Suite;

/// Rows that need lenient reading: reordered columns, other case, decimal commas, a remark, a short row.
const FORGIVEN: &str = "Writing Score;READING-SCORE;Lunch;gender;Test preparation course;Race/Ethnicity;parental level of education;name\n\
    74;72;standard;female;none;group B;bachelor's degree;a\n\
    \"74,5\";90;Standard;FEMALE;completed;group C;some college;b\n\
    many;90;standard;female;completed;group C;some college;c\n\
    70;80;standard;female\n\
    70;;packed;female;none;group D;some college;\"e;f\"\n";

fn main() -> ExitCode {
    Suite::default()
        .journey("a class is read, sorted, filtered and opened row by row", table::a_class_is_read)
        .journey("bad rows of a class are listed and none is dropped", files::bad_rows_are_listed)
        .journey("a class of a million rows is read, and any row of it is shown", table::a_million_rows_are_read)
        .journey("a workbook is read, and the reader of files is loaded with the first one", files::a_workbook_is_read)
        .journey("a workbook that can't be read is explained", files::a_bad_workbook_is_explained)
        .journey("a class is cancelled, and another one read", worker::a_class_is_cancelled)
        .journey("a class is pasted, and downloaded with its estimates", table::a_class_is_pasted_and_downloaded)
        .journey("a row of a class opens with the table's estimate, to the bit", table::a_row_opens_with_its_estimate)
        .journey("a class shows who is who, and its true scores", table::a_class_shows_who_is_who)
        .journey("a quote, a total and a comma too many spoil no other row", files::odd_cells_spoil_no_other_row)
        .journey("a number that may be read in two ways is asked about", files::an_unclear_number_is_asked_about)
        .journey("the same file is read again once it was put right", files::the_same_file_is_read_again)
        .journey("the ranges of a class follow the level", table::the_ranges_follow_the_level)
        .journey("the file that a model was trained on is recognised", files::the_training_file_is_recognised)
        .journey("a class is walked through with the keyboard", table::a_class_is_walked_through)
        .journey("a crash of the worker is explained, and the page goes on", worker::a_crash_of_the_worker_is_explained)
        .journey("a file of two gigabytes is refused", files::a_file_of_two_gigabytes_is_refused)
        .run()
}
