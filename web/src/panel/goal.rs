//! Reach a goal: the smallest changes, in what a person can change, with which the estimate gets there.

use leptos::prelude::*;
use model_core::{Change, Plan, Reach};

use super::axis::Axis;
use super::curve::words;
use crate::dom::{escaped, once_mounted, panel, repaint};
use crate::format::plain;
use crate::note::field_text;
use crate::session::{Goal, Session};
use crate::texts::{fill, list, text};

const ID: &str = "goal";

/// A field for the goal, and the way there.
pub(crate) fn goal(session: Session) -> AnyView {
    let title = format!("<h2 id=\"goal-title\">{}</h2>", text("goal.title"));
    if !session.columns().iter().any(|column| column.actionable) {
        return panel(ID, "card goal", format!("{title}<p>{}</p>", text("goal.nothing-actionable")));
    }
    let range = Axis::of(&session.predictor().schema().target).range;
    let start = session
        .goal
        .take()
        .unwrap_or_else(|| Goal { text: plain((range.min + 0.75 * (range.max - range.min)).round()), is_asked: false });
    let markup = format!(
        "{title}<form id=\"goal-form\" class=\"goal-form\" novalidate><label for=\"goal-number\">{}</label>\
         <input type=\"number\" id=\"goal-number\" min=\"{}\" max=\"{}\" step=\"any\" value=\"{}\" autocomplete=\"off\" \
         aria-describedby=\"goal-result\"><button type=\"submit\">{}</button></form>\
         <div id=\"goal-result\" role=\"status\" data-testid=\"goal\"></div>\
         <p><button type=\"button\" data-do=\"apply\" id=\"goal-apply\" hidden>{}</button></p><p class=\"hint\">{}</p>",
        escaped(&fill("goal.label", &[("target", &session.target())])),
        plain(range.min),
        plain(range.max),
        escaped(&start.text),
        text("goal.find"),
        text("goal.apply"),
        text("goal.not-causes"),
    );
    let found: RwSignal<Option<Plan>, LocalStorage> = RwSignal::new_local(None);
    let changed = session.clone();
    repaint(move || {
        // A plan is for the record it was found for.
        changed.look(&mut |_| ());
        found.set(None);
        changed.root().set_markup("goal-result", "");
        changed.root().set_hidden("goal-apply", true);
    });
    once_mounted(move || {
        let (asked, applied) = (session.clone(), session.clone());
        if start.is_asked {
            find(&session, found);
        }
        session.root().listen("goal-form", "submit", move |_, event| {
            event.prevent_default();
            find(&asked, found);
        });
        session.root().listen_buttons(ID, move |action, _| {
            if action == "apply"
                && let Some(plan) = found.get_untracked()
            {
                apply(&applied, &plan);
            }
        });
    });
    panel(ID, "card goal", markup)
}

fn find(session: &Session, found: RwSignal<Option<Plan>, LocalStorage>) {
    let goal = session.root().value_of("goal-number").and_then(|text| model_core::parse_number(&text));
    let (result, plan) = match goal {
        None => (text("goal.not-a-number"), None),
        Some(goal) => {
            let reach = session.predictor().reach(&session.record(), goal);
            in_words(session, reach, goal)
        }
    };
    session.root().set_markup("goal-result", &format!("<p>{result}</p>"));
    session.root().set_hidden("goal-apply", plan.is_none());
    found.set(plan);
}

fn in_words(session: &Session, reach: Reach, goal: f64) -> (String, Option<Plan>) {
    let goal = session.in_target_unit(goal);
    match reach {
        Reach::Already => (text("goal.already"), None),
        Reach::With(plan) => {
            let estimate = session.in_target_unit(plan.prediction.shown);
            let changes = changes(session, &plan);
            (fill("goal.with", &[("goal", &goal), ("changes", &changes), ("estimate", &estimate)]), Some(plan))
        }
        Reach::OutOfReach(plan) if plan.changes.is_empty() => (fill("goal.no-change", &[("goal", &goal)]), None),
        Reach::OutOfReach(plan) => {
            let estimate = session.in_target_unit(plan.prediction.shown);
            let changes = changes(session, &plan);
            (fill("goal.out-of-reach", &[("goal", &goal), ("changes", &changes), ("estimate", &estimate)]), Some(plan))
        }
    }
}

fn changes(session: &Session, plan: &Plan) -> String {
    let one = |Change { column, from, to }: &Change| {
        let column = &session.columns()[*column];
        let (from, to) = (words(column, *from), words(column, *to));
        fill("goal.change", &[("column", &escaped(&column.label)), ("from", &from), ("to", &to)])
    };
    list(&plan.changes.iter().map(one).collect::<Vec<_>>())
}

fn apply(session: &Session, plan: &Plan) {
    let mut record = session.record();
    let schema = session.predictor().schema();
    for change in &plan.changes {
        // A value that the model was asked about is valid.
        let _ = record.set_text(schema, change.column, &field_text(&schema.columns[change.column], change.to));
    }
    session.take(&record);
    // The button is gone, and the focus with it.
    session.root().focus(ID);
}
