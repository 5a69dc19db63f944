//! The student: a form that is generated from the model's schema.

use leptos::prelude::*;
use model_core::{Column, ColumnKind, Range, Record, Schema, Value};

use super::Panel;
use super::class::Pager;
use crate::address::link_to;
use crate::field::{Field, step_of, stepped};
use crate::i18n::use_i18n;
use crate::note::field_text;
use crate::session::use_session;

/// In the element, the address belongs to the host page.
const HAS_ADDRESS: bool = !cfg!(feature = "element");

/// The positions of the sample students in each number's range.
const SAMPLES: [f64; 3] = [0.4, 0.65, 0.9];

/// Sample students, one field per column, and undo.
#[component]
pub(crate) fn Student() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let order = session.model().schema().form_order();
    view! {
        <Panel id="student" title=i18n.text("student.title") node_ref=session.student>
            <Pager/>
            <Starts/>
            {order.into_iter().map(|column_idx| view! { <Field column_idx/> }).collect_view()}
            <div class="buttons">
                <button
                    type="button"
                    id="undo"
                    disabled=Signal::derive(move || session.is_readonly() || !session.can_undo())
                    on:click=move |_| session.undo()
                >
                    {i18n.text("student.undo")}
                </button>
                <button
                    type="button"
                    id="redo"
                    disabled=Signal::derive(move || session.is_readonly() || !session.can_redo())
                    on:click=move |_| session.redo()
                >
                    {i18n.text("student.redo")}
                </button>
            </div>
            {HAS_ADDRESS.then(|| view! { <CopyLink/> })}
            <p class="hint">{i18n.text(if HAS_ADDRESS { "student.privacy" } else { "student.private" })}</p>
        </Panel>
    }
}

#[component]
fn Starts() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let start_from = move |record: fn(&Schema, usize) -> Record, sample: usize| {
        move |_| session.take(record(session.model().schema(), sample))
    };
    let sample = move |sample: usize| {
        let name = (sample + 1).to_string();
        view! {
            <button
                type="button"
                aria-label=i18n.fill("student.sample", &[("n", &name)])
                disabled=session.is_readonly()
                on:click=start_from(sample_student, sample)
            >
                {name.clone()}
            </button>
        }
    };
    let start = i18n.text("student.start-from");
    view! {
        <div class="starts buttons" role="group" aria-label=start>
            <span aria-hidden="true">{start.clone()}</span>
            <button
                type="button"
                id="reset"
                disabled=session.is_readonly()
                on:click=start_from(|schema, _| Record::typical(schema), 0)
            >
                {i18n.text("student.typical")}
            </button>
            {(0..SAMPLES.len()).map(sample).collect_view()}
        </div>
    }
}

/// Makes a link with the record; if the clipboard is not available, it is shown to be copied by hand.
#[component]
fn CopyLink() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let (said, say) = signal(String::new());
    let (link, show) = signal(None::<String>);
    let copy = move |_| {
        let link = link_to(session);
        leptos::task::spawn_local(async move {
            let written = window().navigator().clipboard().write_text(&link);
            let is_copied = wasm_bindgen_futures::JsFuture::from(written).await.is_ok();
            say.set(i18n.text(if is_copied { "student.copied" } else { "student.not-copied" }));
            show.set((!is_copied).then_some(link));
        });
    };
    view! {
        <div class="buttons">
            <button type="button" on:click=copy>{i18n.text("student.copy")}</button>
        </div>
        <p class="hint" id="copied" role="status">{said}</p>
        {move || {
            link.get()
                .map(|link| {
                    view! {
                        <input type="text" readonly=true aria-label=i18n.text("student.link") prop:value=link/>
                    }
                })
        }}
    }
}

/// A fictional student: each number at the same share of its range, categories in turn.
fn sample_student(schema: &Schema, sample: usize) -> Record {
    let mut record = Record::typical(schema);
    for (column_idx, column) in schema.columns.iter().enumerate() {
        let text = field_text(column, sample_value(column, column_idx, sample));
        // A value from the schema is valid.
        let _ = record.set_text(schema, column_idx, &text);
    }
    record
}

fn sample_value(column: &Column, column_idx: usize, sample: usize) -> Value {
    match &column.kind {
        ColumnKind::Numeric { observed: Range { min, max }, .. } => {
            let step = step_of(column);
            // Slightly different from column to column, as real scores are.
            let share = SAMPLES[sample % SAMPLES.len()] + 0.02 * (column_idx % 3) as f64;
            Value::Number(stepped(min + (max - min) * share, step).clamp(*min, *max))
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
