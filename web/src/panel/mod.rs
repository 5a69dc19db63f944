//! The panels of the page, one file each. A new one needs its file, a line here, and its place in `app.rs`.

mod about;
mod estimate;
mod estimate_bar;
mod scale;
mod student;

pub(crate) use about::about;
pub(crate) use estimate::estimate;
pub(crate) use estimate_bar::estimate_bar;
pub(crate) use student::student;
