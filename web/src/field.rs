//! One field of the form: a control with its label, its range, and a line for remarks.
//!
//! A number is typed into a text field: a field of type `number` would drop decimal commas, and hide invalid input from
//! the page. For dates the browser's date field is used.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model_core::{Column, ColumnKind, Range, Value};

use crate::format::plain;
use crate::i18n::use_i18n;
use crate::note::Note;
use crate::session::use_session;

/// The field of one column, with the control that suits its kind.
#[component]
pub(crate) fn Field(column_idx: usize) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let column = &model.columns()[column_idx];
    let (value, field) = (session.value(column_idx), session.field(column_idx));
    let note = Memo::new(move |_| {
        Note::on(i18n, session.model().predictor(), column_idx, value.get(), field.with(|field| field.is_refused))
    });
    let control = match &column.kind {
        ColumnKind::Numeric { .. } if column.date.is_some() => view! { <DateControl column_idx/> }.into_any(),
        ColumnKind::Numeric { .. } => view! { <NumberControl column_idx/> }.into_any(),
        ColumnKind::Categorical { values, .. } => view! { <Choice column_idx values=values.clone()/> }.into_any(),
    };
    view! {
        <div class="field">
            <label for=format!("field-{column_idx}")>
                {column.label.clone()} {column.unit.clone().map(|unit| view! { " " <small>{unit}</small> })}
            </label>
            {column.help.clone().map(|help| view! { <p class="hint">{help}</p> })} {control}
            <p
                id=format!("note-{column_idx}")
                class=Signal::derive(move || note.with(|note| note.as_ref().map_or("hint", Note::class)))
            >
                {Signal::derive(move || note.with(|note| note.as_ref().map(|note| note.text().to_owned())))}
            </p>
        </div>
    }
}

/// A slider for quick changes and a text field for exact values.
#[component]
fn NumberControl(column_idx: usize) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let column = model.columns()[column_idx].clone();
    let ColumnKind::Numeric { observed, median, .. } = column.kind else { return ().into_any() };
    let Range { min, max } = column.range.unwrap_or(observed);
    let step = step_of(&column);
    let (field, value) = (session.field(column_idx), session.value(column_idx));
    let number = move || if let Value::Number(number) = value.get() { number } else { median };

    let edit = move |text: String| session.edit(column_idx, &text, &i18n.number_text(&text));
    let step_by_key = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowUp" => step,
            "ArrowDown" => -step,
            _ => return,
        };
        event.prevent_default();
        session.set(column_idx, Value::Number(stepped(number() + by, step).clamp(min, max)));
    };
    let slider = move || {
        view! {
            <input
                type="range"
                id=format!("slider-{column_idx}")
                aria-label=i18n.fill("student.slider", &[("label", &column.label)])
                min=plain(min)
                max=plain(max)
                step=plain(step)
                disabled=session.is_readonly()
                prop:value=Signal::derive(move || plain(number()))
                on:input:target=move |event| edit(event.target().value())
                on:change=move |_| session.commit()
            />
        }
    };
    let is_wide = [min, max].iter().any(|end| plain(*end).len() > 5);
    view! {
        <div class="number" class:wide=is_wide>
            // With a single value there is nothing to slide.
            {(min < max).then(slider)}
            <input
                type="text"
                inputmode="decimal"
                role="spinbutton"
                id=format!("field-{column_idx}")
                autocomplete="off"
                aria-describedby=format!("note-{column_idx}")
                aria-invalid=Signal::derive(move || if field.with(|field| field.is_refused) { "true" } else { "false" })
                aria-valuemin=plain(min)
                aria-valuemax=plain(max)
                aria-valuenow=Signal::derive(move || if let Value::Number(number) = value.get() { Some(plain(number)) } else { None })
                disabled=session.is_readonly()
                prop:value=Signal::derive(move || i18n.field_text(&field.get().text))
                on:input:target=move |event| edit(event.target().value())
                on:change=move |_| session.commit()
                on:keydown=step_by_key
            />
        </div>
    }
    .into_any()
}

/// The browser's date field, which displays dates in the visitor's locale and returns them as `2026-03-01`.
#[component]
fn DateControl(column_idx: usize) -> impl IntoView {
    let session = use_session();
    let field = session.field(column_idx);
    view! {
        <input
            type="date"
            id=format!("field-{column_idx}")
            autocomplete="off"
            aria-describedby=format!("note-{column_idx}")
            aria-invalid=Signal::derive(move || if field.with(|field| field.is_refused) { "true" } else { "false" })
            disabled=session.is_readonly()
            prop:value=Signal::derive(move || field.get().text)
            on:input:target=move |event| session.edit(column_idx, &event.target().value(), &event.target().value())
            on:change=move |_| session.commit()
        />
    }
}

/// One of a fixed set of values, or none.
#[component]
fn Choice(column_idx: usize, values: Vec<String>) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let (field, value) = (session.field(column_idx), session.value(column_idx));
    // A record from a class may have an unseen value, which is not among the options.
    let is_unseen = move || value.get() == Value::Unseen;
    let option = move |value: String, text: String| {
        let own = value.clone();
        let is_chosen = move || !is_unseen() && field.with(|field| field.text == own);
        view! { <option value=value prop:selected=is_chosen>{text}</option> }
    };
    let unseen = move || {
        let text = i18n.text("student.unseen");
        is_unseen().then(|| view! { <option disabled=true prop:selected=true>{text}</option> })
    };
    view! {
        <select
            id=format!("field-{column_idx}")
            autocomplete="off"
            aria-describedby=format!("note-{column_idx}")
            disabled=session.is_readonly()
            on:input:target=move |event| session.edit(column_idx, &event.target().value(), &event.target().value())
            on:change=move |_| session.commit()
        >
            {values.into_iter().map(|value| option(value.clone(), value)).collect_view()}
            {option(String::new(), i18n.text("student.not-known"))}
            {unseen}
        </select>
    }
}

/// The step between the numbers that a column's controls offer.
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
    // Dividing by 100 is exact, multiplying by 0.01 is not.
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
}
