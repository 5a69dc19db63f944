//! One field of the form: a native control with its label, its range, and a line that says what is odd.
//!
//! A field never overwrites what is being typed: its text is set only where it differs from what the session holds,
//! and what can't be used stays as it stands.

use model_core::{Column, ColumnKind, Range, Value};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

use crate::dom::escaped;
use crate::format::plain;
use crate::note::Note;
use crate::session::{Entry, Form, Session};
use crate::texts::{fill, text};

/// The markup of the field of one column, with the control that suits its kind.
pub(crate) fn markup(column: &Column, column_idx: usize) -> String {
    let label = escaped(&column.label);
    let control = match &column.kind {
        ColumnKind::Numeric { observed, .. } => {
            number_control(&label, column.range.unwrap_or(*observed), step_of(column), column_idx)
        }
        ColumnKind::Categorical { values, .. } => choice(values, column_idx),
    };
    let unit = column.unit.as_deref().map(|unit| format!(" <small>{}</small>", escaped(unit))).unwrap_or_default();
    let help =
        column.help.as_deref().map(|help| format!("<p class=\"hint\">{}</p>", escaped(help))).unwrap_or_default();
    format!(
        "<div class=\"field\"><label for=\"field-{column_idx}\">{label}{unit}</label>{help}{control}\
         <p id=\"note-{column_idx}\"></p></div>"
    )
}

/// A slider for the quick hand and a number field for the exact value, coupled.
fn number_control(label: &str, Range { min, max }: Range, step: f64, column_idx: usize) -> String {
    let steps = format!("min=\"{}\" max=\"{}\" step=\"{}\"", plain(min), plain(max), plain(step));
    // One value alone leaves a slider nowhere to go.
    let slider = if min < max {
        format!(
            "<input type=\"range\" id=\"slider-{column_idx}\" aria-label=\"{}\" {steps}>",
            fill("student.slider", &[("label", label)])
        )
    } else {
        String::new()
    };
    let wide = if [min, max].iter().any(|end| plain(*end).len() > 5) { " wide" } else { "" };
    format!(
        "<div class=\"number{wide}\">{slider}<input type=\"number\" id=\"field-{column_idx}\" autocomplete=\"off\" \
         {steps} aria-describedby=\"note-{column_idx}\" aria-invalid=\"false\"></div>"
    )
}

/// One of a fixed set of values, or none.
fn choice(values: &[String], column_idx: usize) -> String {
    let mut markup =
        format!("<select id=\"field-{column_idx}\" autocomplete=\"off\" aria-describedby=\"note-{column_idx}\">");
    for value in values {
        let value = escaped(value);
        markup.push_str(&format!("<option value=\"{value}\">{value}</option>"));
    }
    markup + &format!("<option value=\"\">{}</option></select>", text("student.not-known"))
}

/// Brings a field up to date with the form.
pub(crate) fn paint(session: &Session, form: &Form, column_idx: usize) {
    let (field, column, root) = (&form.fields[column_idx], &session.columns()[column_idx], session.root());
    if field.is_painted.replace(true) {
        return;
    }
    let control = format!("field-{column_idx}");
    if field.problem.is_none() {
        root.set_value(&control, &field.text);
    }
    if let ColumnKind::Numeric { median, .. } = &column.kind {
        root.set_attribute(&control, "aria-invalid", if field.problem.is_some() { "true" } else { "false" });
        let position = match form.record.values()[column_idx] {
            Value::Number(number) => number,
            _ => *median,
        };
        root.set_value(&format!("slider-{column_idx}"), &plain(position));
    }
    let note = form.note(session.columns(), column_idx);
    let note_id = format!("note-{column_idx}");
    root.set_text(&note_id, note.as_ref().map_or("", Note::text));
    root.set_attribute(&note_id, "class", note.as_ref().map_or("hint", Note::class));
}

/// The column that a control belongs to, and what is entered in it.
pub(crate) fn entry(control: &Element) -> Option<(usize, Entry)> {
    let (_, column_idx) = control.id().split_once('-').map(|(kind, number)| (kind.to_owned(), number.parse()))?;
    let entry = if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        // The browser hides text that it can't read as a number, and shows an empty value in its place.
        if input.validity().bad_input() { Entry::Unreadable } else { Entry::Text(input.value()) }
    } else {
        Entry::Text(control.dyn_ref::<HtmlSelectElement>()?.value())
    };
    Some((column_idx.ok()?, entry))
}

/// How far apart the numbers are that a column's controls offer.
pub(crate) fn step_of(column: &Column) -> f64 {
    match column.kind {
        ColumnKind::Numeric { observed, whole, .. } => column.step.unwrap_or_else(|| step(observed, whole)),
        ColumnKind::Categorical { .. } => 1.0,
    }
}

/// The step of a slider: 1 for whole numbers, else the power of ten that gives at least a hundred steps.
fn step(observed: Range, whole: bool) -> f64 {
    let span = observed.max - observed.min;
    if whole || span <= 0.0 {
        return 1.0;
    }
    let mut step = 1.0;
    while step * 100.0 > span {
        step /= 10.0;
    }
    while step * 1000.0 <= span {
        step *= 10.0;
    }
    step
}

/// The multiple of `step` nearest to `value`.
pub(crate) fn stepped(value: f64, step: f64) -> f64 {
    let n_steps = (value / step).round();
    // Dividing by 100 is exact where multiplying by 0.01 is not.
    if step < 1.0 { n_steps / (1.0 / step).round() } else { n_steps * step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_has_at_least_a_hundred_steps_unless_numbers_are_whole() {
        assert_eq!(step(Range { min: 0.0, max: 4.0 }, true), 1.0);
        assert_eq!(step(Range { min: 0.0, max: 4.0 }, false), 0.01);
        assert_eq!(step(Range { min: 0.0, max: 100.0 }, false), 1.0);
        assert_eq!(step(Range { min: 0.0, max: 54_000.0 }, false), 100.0);
        assert_eq!(step(Range { min: 3.0, max: 3.0 }, false), 1.0);
    }

    #[test]
    fn a_stepped_number_has_no_stray_digits() {
        assert_eq!(stepped(3.4049, 0.01), 3.4);
        assert_eq!(stepped(0.3, 0.1), 0.3);
        assert_eq!(stepped(54_321.0, 100.0), 54_300.0);
    }

    #[test]
    fn labels_and_values_are_escaped() {
        let kind = ColumnKind::Categorical { values: vec!["\"<b>".into()], mode: 0 };
        let markup = markup(&Column::new("x", "A & B", kind), 3);
        assert!(markup.contains("<label for=\"field-3\">A &amp; B</label>"));
        assert!(markup.contains("<option value=\"&quot;&lt;b&gt;\">&quot;&lt;b&gt;</option>"));
    }
}
