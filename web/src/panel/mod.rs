//! The panels of the page, one file each. A new one needs its file, a line here, and its place in `app.rs`.

mod ablation;
mod about;
mod another_model;
mod axis;
mod class;
mod compare;
mod curve;
mod distribution;
mod estimate;
mod estimate_bar;
mod formula;
mod goal;
mod leaderboard;
mod student;
mod what_if;
mod why;

pub(crate) use about::about;
pub(crate) use class::class;
pub(crate) use estimate::estimate;
pub(crate) use estimate_bar::estimate_bar;
pub(crate) use goal::goal;
pub(crate) use student::student;
pub(crate) use what_if::what_if;
pub(crate) use why::why;
