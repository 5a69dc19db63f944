//! The panels of the page, one component per file. A new one needs its file, a line here, and its place in `app.rs`.

mod ablation;
mod about;
mod another_model;
mod chance;
mod chart;
mod class;
mod compare;
mod coverage;
mod curve;
mod distribution;
mod estimate;
mod estimate_bar;
mod formula;
mod goal;
mod held_back;
mod importance;
mod leaderboard;
mod remarks;
mod scale;
mod student;
mod what_if;
mod why;

use leptos::html::Section;
use leptos::prelude::*;

pub(crate) use about::About;
pub(crate) use class::{Class, ClassState};
pub(crate) use estimate::Estimate;
pub(crate) use estimate_bar::EstimateBar;
pub(crate) use goal::Goal;
pub(crate) use student::Student;
pub(crate) use what_if::WhatIf;
pub(crate) use why::Why;

/// A card with a heading, which links within the page and scripts can focus.
#[component]
pub(crate) fn Panel(
    id: &'static str,
    title: String,
    /// The CSS class, if it is not `id`.
    #[prop(optional)]
    class: Option<&'static str>,
    #[prop(optional)] node_ref: NodeRef<Section>,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    view! {
        <section
            class=format!("card {}", class.unwrap_or(id))
            id=id
            part=id
            tabindex="-1"
            aria-labelledby=heading
            node_ref=node_ref
        >
            <h2 id=heading.clone()>{title}</h2>
            {children()}
        </section>
    }
}
