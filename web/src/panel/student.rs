//! Who the estimate is for: a form that builds itself from the model's schema.

use leptos::prelude::*;
use model_core::{Column, ColumnKind, Range, Record, Schema, Value};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::dom::{once_mounted, panel, repaint};
use crate::field;
use crate::note::field_text;
use crate::session::Session;
use crate::texts::{fill, text};

const ID: &str = "student";
/// In somebody else's page the address is not ours to use.
const HAS_ADDRESS: bool = !cfg!(feature = "element");

/// Where in each number's range the fictional students stand.
const SAMPLES: [f64; 3] = [0.4, 0.65, 0.9];

#[wasm_bindgen]
extern "C" {
    /// See `static/boot.js`: whether the address could be copied.
    #[wasm_bindgen(js_namespace = scorecast, js_name = copyAddress)]
    async fn copy_address() -> wasm_bindgen::JsValue;
}

/// One field a column, students to start from, and ways back.
pub(crate) fn student(session: Session) -> AnyView {
    let mut markup = format!(
        "<h2 id=\"student-title\">{}</h2><div class=\"starts buttons\" role=\"group\" aria-label=\"{from}\">\
         <span aria-hidden=\"true\">{from}</span><button type=\"button\" id=\"reset\" data-do=\"typical\">{}</button>",
        text("student.title"),
        text("student.typical"),
        from = text("student.start-from"),
    );
    for sample in 0..SAMPLES.len() {
        let name = (sample + 1).to_string();
        markup.push_str(&format!(
            "<button type=\"button\" data-do=\"sample\" data-sample=\"{sample}\" aria-label=\"{}\">{name}</button>",
            fill("student.sample", &[("n", &name)])
        ));
    }
    markup.push_str("</div>");
    for column_idx in session.predictor().schema().form_order() {
        markup.push_str(&field::markup(&session.columns()[column_idx], column_idx));
    }
    markup.push_str(&format!(
        "<div class=\"buttons\"><button type=\"button\" id=\"undo\" data-do=\"undo\">{}</button>\
         <button type=\"button\" id=\"redo\" data-do=\"redo\">{}</button>{}</div>\
         <p class=\"hint\" id=\"copied\" role=\"status\"></p><p class=\"hint\">{}</p>",
        text("student.undo"),
        text("student.redo"),
        copy_markup(),
        text(if HAS_ADDRESS { "student.privacy" } else { "student.private" }),
    ));

    let painted = session.clone();
    repaint(move || {
        painted.look(&mut |form| {
            for column_idx in 0..form.fields.len() {
                field::paint(&painted, form, column_idx);
            }
            let (can_undo, can_redo) = form.can_step();
            painted.root().set_disabled("undo", !can_undo);
            painted.root().set_disabled("redo", !can_redo);
        });
    });
    once_mounted(move || listen(&session));
    panel(ID, "card student", markup)
}

fn copy_markup() -> String {
    if !HAS_ADDRESS {
        return String::new();
    }
    format!("<button type=\"button\" data-do=\"copy\">{}</button>", text("student.copy"))
}

fn listen(session: &Session) {
    let (edited, committed, pressed) = (session.clone(), session.clone(), session.clone());
    session.root().listen(ID, "input", move |control, _| {
        if let Some((column_idx, entry)) = field::entry(control) {
            edited.edit(column_idx, &entry);
        }
    });
    session.root().listen(ID, "change", move |_, _| committed.commit());
    session.root().listen_buttons(ID, move |action, button| {
        let schema = pressed.predictor().schema();
        match action {
            "typical" => pressed.take(&Record::typical(schema)),
            "sample" => {
                let sample = button.get_attribute("data-sample").and_then(|sample| sample.parse().ok());
                pressed.take(&sample_student(schema, sample.unwrap_or_default()));
            }
            "undo" => pressed.undo(),
            "redo" => pressed.redo(),
            "copy" if HAS_ADDRESS => copy(&pressed),
            _ => (),
        }
    });
}

fn copy(session: &Session) {
    let root = session.root().clone();
    wasm_bindgen_futures::spawn_local(async move {
        let is_copied = copy_address().await.as_bool().unwrap_or(false);
        root.set_text("copied", &text(if is_copied { "student.copied" } else { "student.not-copied" }));
    });
}

/// A student whom nobody is: each number at the same share of its range, each category another one in turn.
fn sample_student(schema: &Schema, sample: usize) -> Record {
    let mut record = Record::typical(schema);
    for (column_idx, column) in schema.columns.iter().enumerate() {
        let text = field_text(column, sample_value(column, column_idx, sample));
        // A value made from the schema is valid.
        let _ = record.set_text(schema, column_idx, &text);
    }
    record
}

fn sample_value(column: &Column, column_idx: usize, sample: usize) -> Value {
    match &column.kind {
        ColumnKind::Numeric { observed: Range { min, max }, .. } => {
            let step = field::step_of(column);
            // A few steps apart from column to column, as scores are.
            let share = SAMPLES[sample % SAMPLES.len()] + 0.02 * (column_idx % 3) as f64;
            Value::Number(field::stepped(min + (max - min) * share, step).clamp(*min, *max))
        }
        ColumnKind::Categorical { values, .. } => {
            let code = (sample + column_idx) % values.len().max(1);
            Value::Category(u32::try_from(code).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_students_are_valid_and_differ() {
        let (preprocessor, model) = model_core::doc_example();
        let predictor = model_core::Predictor::from_json(&preprocessor, &model).unwrap();
        let samples: Vec<Record> =
            (0..SAMPLES.len()).map(|sample| sample_student(predictor.schema(), sample)).collect();
        assert_eq!(samples[0].values(), [Value::Number(50.0)]);
        assert!(samples[0] != samples[1] && samples[1] != samples[2]);
    }
}
