//! Reach a goal: the smallest changes of actionable columns with which the estimate reaches it.

use leptos::ev::SubmitEvent;
use leptos::html::Section;
use leptos::prelude::*;
use model_core::{Change, Plan, Reach};

use super::Panel;
use crate::dom::focus;
use crate::i18n::{I18n, use_i18n};
use crate::note::{field_text, value_text};
use crate::session::{Session, use_session};

/// A field for the goal, and the plans.
#[component]
pub(crate) fn Goal() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let panel = NodeRef::<Section>::new();
    let can_change = session.model().columns().iter().any(|column| column.actionable);
    let content = if can_change {
        view! { <Search panel/> }.into_any()
    } else {
        view! { <p>{i18n.text("goal.nothing-actionable")}</p> }.into_any()
    };
    view! {
        <Panel id="goal" title=i18n.text("goal.title") node_ref=panel>
            {content}
        </Panel>
    }
}

#[component]
fn Search(panel: NodeRef<Section>) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let goal = session.goal;
    let ask = move |event: SubmitEvent| {
        event.prevent_default();
        session.asked_goal.set(Some((session.record.get_untracked(), goal.get_untracked())));
    };
    // Results are only valid for the record and the goal that they were computed for.
    let found: Memo<Option<Found>> = Memo::new(move |_| {
        let (record, goal) = session.asked_goal.get()?;
        if session.record.with(|own| *own != record) {
            return None;
        }
        let number = model_core::parse_number(&i18n.number_text(&goal));
        Some(
            number.map_or(Found::NoNumber, |goal| Found::Reach(goal, session.model().predictor().reach(&record, goal))),
        )
    });
    let ways = move || found.with(|found| found.as_ref().map(Found::plans).unwrap_or_default());
    let label = i18n.fill("goal.label", &[("target", &session.model().target_label())]);
    view! {
            <form class="goal-form" novalidate=true on:submit=ask>
                <label for="goal-number">{label}</label>
                <input
                    type="text"
                    inputmode="decimal"
                    id="goal-number"
                    autocomplete="off"
                    aria-describedby="goal-result"
                    disabled=session.is_readonly()
                    prop:value=Signal::derive(move || i18n.field_text(&goal.get()))
                    on:input:target=move |event| goal.set(event.target().value())
                />
                <button type="submit" disabled=session.is_readonly()>
                    {i18n.text("goal.find")}
                </button>
            </form>
            <div id="goal-result" role="status" data-testid="goal">
                {move || found.with(|found| found.as_ref().map(|found| view! { <p>{in_words(session, i18n, found)}</p> }))}
                <Show when=move || !ways().is_empty()>
                    <ol class="ways">
    {move || {
                            ways()
                                .into_iter()
                                .enumerate()
                                .map(|(idx, plan)| view! { <Way plan idx panel/> })
                                .collect_view()
                        }}
                    </ol>
                </Show>
            </div>
            <p class="hint">{i18n.text("goal.not-causes")}</p>
        }
}

/// One plan, and a button that applies it.
#[component]
fn Way(plan: Plan, idx: usize, panel: NodeRef<Section>) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let estimate = session.target_format(i18n).value(plan.prediction.shown);
    let changes = changes(session, i18n, &plan);
    let apply = move |_| {
        take(session, &plan);
        // The focused button was removed, so the focus must be moved.
        focus(panel.get_untracked());
    };
    let text = format!("goal-way-{idx}");
    view! {
        <li>
            <p id=text.clone()>
                {i18n.fill_view("goal.way", &[("changes", &changes), ("estimate", &estimate)], &["estimate"])}
            </p>
            <button type="button" aria-describedby=text disabled=session.is_readonly() on:click=apply>
                {i18n.text("goal.apply")}
            </button>
        </li>
    }
}

/// The result of a search.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    NoNumber,
    Reach(f64, Reach),
}

impl Found {
    /// The plans to offer.
    fn plans(&self) -> Vec<Plan> {
        match self {
            Self::Reach(_, Reach::With(plans)) => plans.clone(),
            Self::Reach(_, Reach::OutOfReach(plan)) if !plan.changes.is_empty() => vec![plan.clone()],
            _ => Vec::new(),
        }
    }
}

fn in_words(session: Session, i18n: I18n, found: &Found) -> String {
    let Found::Reach(goal, reach) = found else { return i18n.text("goal.not-a-number") };
    let goal = session.target_format(i18n).value(*goal);
    let key = match reach {
        Reach::Already => "goal.already",
        Reach::With(plans) if plans.len() == 1 => "goal.with",
        Reach::With(_) => "goal.with-several",
        Reach::OutOfReach(plan) if plan.changes.is_empty() => "goal.no-change",
        Reach::OutOfReach(_) => "goal.out-of-reach",
    };
    i18n.fill(key, &[("goal", &goal)])
}

fn changes(session: Session, i18n: I18n, plan: &Plan) -> String {
    let model = session.model();
    let one = |Change { column, from, to }: &Change| {
        let column = &model.columns()[*column];
        let (from, to) = (value_text(i18n, column, *from), value_text(i18n, column, *to));
        i18n.fill("goal.change", &[("column", &column.label), ("from", &from), ("to", &to)])
    };
    i18n.list(&plan.changes.iter().map(one).collect::<Vec<_>>())
}

fn take(session: Session, plan: &Plan) {
    let (model, mut record) = (session.model(), session.record.get_untracked());
    for change in &plan.changes {
        // A value from the model is valid.
        let text = field_text(&model.columns()[change.column], change.to);
        let _ = record.set_text(model.schema(), change.column, &text);
    }
    session.take(record);
}
