//! A chart that can be saved as a picture.

use leptos::html::Figure;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

use crate::i18n::use_i18n;

/// In the element, downloads are up to the host page.
const CAN_SAVE: bool = !cfg!(feature = "element");

#[wasm_bindgen]
extern "C" {
    /// See `static/boot.js`.
    #[wasm_bindgen(js_namespace = scorecast, js_name = savePicture)]
    fn save_picture(chart: &HtmlElement, name: &str, kind: &str);
}

/// A drawing, with buttons that save it under `name`.
#[component]
pub(super) fn Chart(name: String, children: Children) -> impl IntoView {
    let figure = NodeRef::<Figure>::new();
    view! {
        <figure node_ref=figure>
            {children()}
            {CAN_SAVE.then(|| view! { <Save figure name/> })}
        </figure>
    }
}

#[component]
fn Save(figure: NodeRef<Figure>, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let name = StoredValue::new(name);
    let button = |kind: &'static str| {
        let save = move |_| {
            if let Some(figure) = figure.get_untracked() {
                name.with_value(|name| save_picture(&figure, name, kind));
            }
        };
        let label = name.with_value(|name| i18n.fill("save.label", &[("chart", name), ("kind", kind)]));
        view! {
            <button type="button" aria-label=label on:click=save>
                {kind}
            </button>
        }
    };
    view! {
        <div class="save">
            <span aria-hidden="true">{i18n.text("save.as")}</span>
            {["SVG", "PNG"].map(button).into_iter().collect_view()}
        </div>
    }
}
