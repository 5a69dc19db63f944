//! A virtual table for up to millions of rows: only the visible rows are in the DOM.
//!
//! One row is in the tab order; from it, arrow keys lead to all others (roving tabindex).

use leptos::ev::KeyboardEvent;
use leptos::html::{Div, Tbody};
use leptos::prelude::*;
use model_core::ColumnKind;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::state::{ClassState, FLAG_BAD, FLAGS, Row, Summary};
use crate::i18n::{I18n, use_i18n};
use crate::session::{Session, TargetFormat, use_session};

const ROW_HEIGHT: usize = 36;
/// Browsers limit the height of elements: with more rows, each step of the scroll bar skips some.
const MOST_HEIGHT: usize = 8_000_000;
const N_VISIBLE: usize = 14;

/// A column of the table: its sort key, its heading, and whether it is numeric.
#[derive(Debug, Clone)]
struct TableColumn {
    key: String,
    label: String,
    is_number: bool,
}

/// The sorted and filtered rows.
#[component]
pub(super) fn Table(summary: Summary) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let class = expect_context::<ClassState>();
    let has_truth = summary.errors.is_some();
    let columns = columns(session, i18n, summary);
    let is_number: Vec<bool> = columns.iter().map(|column| column.is_number).collect();
    let (scroller, body) = (NodeRef::<Div>::new(), NodeRef::<Tbody>::new());
    let (first, set_first) = signal(0_usize);
    let rows = RwSignal::new(Vec::<Row>::new());
    // The row in the tab order.
    let active = RwSignal::new(0_usize);
    let is_focus_wanted = StoredValue::new(false);

    let fetch = move || {
        let from = first.get_untracked();
        class.rows(from, N_VISIBLE, move |found| {
            // Ignore the response if a later scroll has requested other rows (race condition).
            if first.try_get_untracked() != Some(from) {
                return;
            }
            rows.set(found);
            if is_focus_wanted.get_value() {
                is_focus_wanted.set_value(false);
                // After the rows are rendered.
                request_animation_frame(move || {
                    if let (Some(body), Some(active)) = (body.try_get_untracked(), active.try_get_untracked()) {
                        focus_row(body, active.saturating_sub(from));
                    }
                });
            }
        });
    };
    // After sorting or filtering, start at the top.
    Effect::new(move |_| {
        class.view.track();
        class.n_shown.track();
        if let Some(scroller) = scroller.get() {
            scroller.set_scroll_top(0);
        }
        set_first.set(0);
        active.set(0);
        fetch();
    });
    let height = move || ((class.n_shown.get() + 2) * ROW_HEIGHT).min(MOST_HEIGHT);
    let last_first = move || (class.n_shown.get_untracked() + 1).saturating_sub(N_VISIBLE);
    let room = move || {
        let scroller = scroller.get_untracked();
        scroller.map_or(0, |scroller| scroller.scroll_height() - scroller.client_height())
    };
    let scrolled = move || {
        let top = scroller.get_untracked().map_or(0, |scroller| scroller.scroll_top());
        let share = if room() > 0 { f64::from(top.min(room())) / f64::from(room()) } else { 0.0 };
        let at = (share * last_first() as f64).round() as usize;
        if at != first.get_untracked() {
            set_first.set(at);
            active.update(|active| *active = (*active).clamp(at, at + N_VISIBLE - 2));
            fetch();
        }
    };
    let scroll_to = move |at: usize| {
        let share = at as f64 / last_first().max(1) as f64;
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top((share * f64::from(room())).round() as i32);
        }
        set_first.set(at);
        fetch();
    };
    // Arrow keys move by single rows, regardless of the number of rows.
    let step = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "PageDown" => N_VISIBLE as isize - 2,
            "PageUp" => 2 - N_VISIBLE as isize,
            _ => return,
        };
        event.prevent_default();
        let last = class.n_shown.get_untracked().saturating_sub(1);
        let to = active.get_untracked().saturating_add_signed(by).min(last);
        active.set(to);
        let from = first.get_untracked();
        if (from..from + N_VISIBLE - 2).contains(&to) {
            focus_row(body.get_untracked(), to - from);
        } else {
            is_focus_wanted.set_value(true);
            let at = if to < from { to } else { to + 3 - N_VISIBLE };
            scroll_to(at.min(last_first()));
        }
    };
    let open = move |row: &Row| {
        if row.flags & FLAG_BAD == 0 {
            class.open_row(row.clone());
            session.show_student();
        }
    };
    let row_view = move |row: Row| {
        let position = row.position;
        let is_open = row.flags & FLAG_BAD == 0;
        let label = i18n.fill("class.open-row", &[("line", &i18n.count(row.line))]);
        let cells = cells(session, i18n, &row, has_truth);
        let cells = cells.into_iter().zip(is_number.clone()).map(|(cell, is_number)| {
            view! { <td class:number-cell=is_number>{cell}</td> }
        });
        view! {
            <tr aria-rowindex=(position + 2).to_string() on:click=move |_| open(&row)>
                <td>
                    {is_open
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    aria-label=label
                                    tabindex=Signal::derive(move || if active.get() == position { "0" } else { "-1" })
                                >
                                    "↑"
                                </button>
                            }
                        })}
                </td>
                {cells.collect_view()}
            </tr>
        }
    };
    let heading = move |TableColumn { key, label, is_number }: TableColumn| {
        let (own, sorted) = (key.clone(), key);
        let order = move || {
            let order = |view: &super::state::View| {
                (view.column == own).then_some(if view.is_down { "descending" } else { "ascending" })
            };
            class.view.with(order)
        };
        let sort = move |_| {
            let column = sorted.clone();
            class.order(|view| {
                view.is_down = view.column == column && !view.is_down;
                view.column = column;
            });
        };
        view! {
            <th scope="col" class:number-cell=is_number aria-sort=order>
                <button type="button" on:click=sort>
                    {label}
                </button>
            </th>
        }
    };
    view! {
        <div
            class="scroller"
            tabindex="0"
            role="region"
            aria-label=i18n.text("class.table")
            data-testid="class-table"
            node_ref=scroller
            on:scroll=move |_| request_animation_frame(scrolled)
            on:keydown=step
        >
            <div class="sizer" style:height=Signal::derive(move || format!("{}px", height()))>
                <table
                    class="rows"
                    aria-label=i18n.text("class.table")
                    aria-rowcount=Signal::derive(move || (class.n_shown.get() + 1).to_string())
                >
                    <thead>
                        <tr>
                            <th scope="col">{i18n.text("class.open")}</th>
                            {columns.into_iter().map(heading).collect_view()}
                        </tr>
                    </thead>
                    <tbody node_ref=body>
                        <For each=move || rows.get() key=|row| (row.position, row.line) children=row_view/>
                    </tbody>
                </table>
            </div>
        </div>
    }
}

fn columns(session: Session, i18n: I18n, summary: Summary) -> Vec<TableColumn> {
    let column = |key: &str, label: String, is_number| TableColumn { key: key.to_owned(), label, is_number };
    let mut columns = vec![column("line", i18n.text("class.line"), true)];
    let others = summary.others.into_iter().enumerate();
    columns.extend(others.map(|(idx, name)| column(&format!("other-{idx}"), name, false)));
    columns.push(column("estimate", i18n.text("class.estimate"), true));
    if summary.errors.is_some() {
        columns.push(column("truth", i18n.text("class.truth"), true));
    }
    let range = i18n.fill("class.range", &[("level", &i18n.percent(summary.level))]);
    columns.extend([column("low", range, true), column("flags", i18n.text("class.flags"), false)]);
    columns.extend(session.model().columns().iter().enumerate().map(|(idx, own)| {
        let is_number = matches!(own.kind, ColumnKind::Numeric { .. }) && own.date.is_none();
        column(&idx.to_string(), own.label.clone(), is_number)
    }));
    columns
}

fn cells(session: Session, i18n: I18n, row: &Row, has_truth: bool) -> Vec<String> {
    let target: TargetFormat = session.target_format(i18n);
    let shown = |value: f64| if value.is_nan() { "–".to_owned() } else { target.value(value) };
    let mut cells = vec![row.line.to_string()];
    cells.extend(row.others.iter().cloned());
    cells.push(shown(row.estimate));
    if has_truth {
        cells.push(if row.truth.is_nan() { "–".to_owned() } else { i18n.shortest(row.truth) });
    }
    cells.push(if row.low.is_nan() {
        "–".to_owned()
    } else {
        i18n.fill("estimate.range", &[("low", &shown(row.low)), ("high", &shown(row.high))])
    });
    let flags = FLAGS.iter().enumerate().filter(|(bit, _)| row.flags & (1 << bit) != 0);
    cells.push(flags.map(|(_, key)| i18n.text(key)).collect::<Vec<_>>().join(", "));
    cells.extend(row.cells.iter().cloned());
    cells
}

/// Focuses the button of the row at `position` among the visible ones.
fn focus_row(body: Option<web_sys::HtmlTableSectionElement>, position: usize) {
    let row = body.and_then(|body| body.children().item(position as u32));
    let button = row.and_then(|row| row.query_selector("button").ok().flatten());
    crate::dom::focus(button.and_then(|button| button.dyn_into::<HtmlElement>().ok()).as_ref());
}
