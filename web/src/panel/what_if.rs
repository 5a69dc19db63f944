//! What if: one response curve a column, whose mark can be dragged, and a record kept to compare with.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use model_core::ColumnKind;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

use super::{compare, curve};
use crate::dom::{Later, escaped, once_mounted, panel, repaint};
use crate::session::{Entry, Form, Session};
use crate::texts::{counted, fill, text};

const ID: &str = "what-if";
/// Points of a numeric curve: more can't be told apart on a phone.
const N_POINTS: usize = 33;
/// Curves that are in sight at once; the others wait behind a summary.
const MOST_CURVES: usize = 12;
/// How long marks and curves that nobody sees may wait, in milliseconds: typing is not to wait for them, and they are there before
/// somebody has scrolled to them.
const OUT_OF_SIGHT: u64 = 300;

/// The curves, and the comparison.
pub(crate) fn what_if(session: Session) -> AnyView {
    let n_columns = session.columns().len();
    // What can be dragged first.
    let is_numeric = |column: &usize| matches!(session.columns()[*column].kind, ColumnKind::Numeric { .. });
    let (numeric, others): (Vec<usize>, Vec<usize>) =
        session.predictor().schema().form_order().into_iter().partition(is_numeric);
    let order = [numeric, others].concat();
    let curves = |places: &[usize]| places.iter().map(|column| curve::markup(&session, *column)).collect::<String>();
    let n_first = n_columns.min(MOST_CURVES);
    let mut markup = format!(
        "<h2 id=\"what-if-title\">{}</h2><p class=\"hint\">{}</p><div class=\"curves\">{}</div>",
        text("what-if.title"),
        escaped(&fill("what-if.lead", &[("target", &session.target())])),
        curves(&order[..n_first]),
    );
    if n_first < n_columns {
        markup.push_str(&format!(
            "<details><summary>{}</summary><div class=\"curves\">{}</div></details>",
            counted(n_columns - n_first, "what-if.more"),
            curves(&order[n_first..])
        ));
    }
    markup.push_str(&compare::markup());

    let painted = session.clone();
    let (soon, late) = (Later::after(30), Later::after(OUT_OF_SIGHT));
    // As it was when the curves were drawn last: asking at each keystroke would lay the page out once more.
    let is_seen = Rc::new(Cell::new(true));
    let is_used = Rc::clone(&is_seen);
    repaint(move || {
        // What is painted reads these; what runs later wakes no effect.
        let _ = (painted.level.get(), painted.pinned.get());
        painted.look(&mut |form| {
            if is_seen.get() {
                paint_marks(&painted, form);
            }
        });
        let later = if is_seen.get() { &soon } else { &late };
        let (painted, is_seen) = (painted.clone(), Rc::clone(&is_seen));
        later.call(move || {
            paint(&painted);
            is_seen.set(painted.root().is_in_sight(ID));
        });
    });
    once_mounted(move || {
        for name in ["pointerdown", "keydown"] {
            let is_seen = Rc::clone(&is_used);
            session.root().listen(ID, name, move |_, _| is_seen.set(true));
        }
        listen(&session);
    });
    panel(ID, "card what-if", markup)
}

/// At once where they are in sight: a mark that is dragged must not lag behind the pointer.
fn paint_marks(session: &Session, form: &Form) {
    for column_idx in 0..form.fields.len() {
        curve::paint_mark(session, form, column_idx);
    }
}

fn paint(session: &Session) {
    session.peek(&mut |form| {
        paint_marks(session, form);
        let curves = session.predictor().curves(&form.record, N_POINTS, session.level.get_untracked());
        for curve in &curves {
            curve::paint(session, form, curve);
        }
        compare::paint(session, form);
    });
}

fn listen(session: &Session) {
    let root = session.root();
    let pressed = session.clone();
    root.listen_buttons(ID, move |action, button| match action {
        "value" => {
            let value = button.get_attribute("data-value").unwrap_or_default();
            if let Some(column_idx) = column_of(button) {
                pressed.commit();
                pressed.edit(column_idx, &Entry::Text(value));
            }
        }
        "pin" => pressed.pinned.set(Some(pressed.record())),
        "unpin" => pressed.pinned.set(None),
        _ => {
            if let Some(record) = pressed.pinned.get_untracked() {
                pressed.take(&record);
            }
        }
    });
    let keyed = session.clone();
    root.listen(ID, "keydown", move |target, event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let Some(column_idx) = column_of(target).filter(|_| target.has_attribute("aria-valuenow")) else { return };
        let from = keyed.record().values()[column_idx];
        if let Some(to) = curve::value_by_key(&keyed.columns()[column_idx], from, &event.key()) {
            event.prevent_default();
            keyed.set(column_idx, to);
        }
    });
    for name in ["pointerdown", "pointermove", "pointerup"] {
        let dragged = session.clone();
        root.listen(ID, name, move |target, event| drag(&dragged, target, event, name));
    }
}

/// Follows the pointer while it is down on a curve.
fn drag(session: &Session, target: &Element, event: &Event, name: &str) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
    let Some(plot) = target.closest(".plot").ok().flatten() else { return };
    let Some(column_idx) = column_of(&plot) else { return };
    if name == "pointerup" {
        session.commit();
        return;
    }
    if name == "pointerdown" {
        event.prevent_default();
        // Where it fails the pointer has to stay over the curve, and nothing else is lost.
        let _ = plot.set_pointer_capture(event.pointer_id());
        session.commit();
        session.root().focus(&format!("mark-{column_idx}"));
    } else if event.buttons() & 1 == 0 {
        return;
    }
    let place = plot.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - place.left()) / place.width() * 100.0;
    if let Some(value) = curve::value_at(&session.columns()[column_idx], share) {
        session.set(column_idx, value);
    }
}

fn column_of(element: &Element) -> Option<usize> {
    element.get_attribute("data-column")?.parse().ok()
}
