//! A script URL for browsers that accept no plain strings, if the page's policy requires that (Trusted Types).

use std::cell::OnceCell;

use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::{Worker, WorkerOptions};

/// The name in the page's content security policy.
const POLICY: &str = "scorecast-worker";

#[wasm_bindgen]
extern "C" {
    type PolicyFactory;
    type Policy;

    /// Absent in browsers without Trusted Types.
    #[wasm_bindgen(thread_local_v2, js_name = trustedTypes)]
    static FACTORY: Option<PolicyFactory>;

    #[wasm_bindgen(method, catch, js_name = createPolicy)]
    fn create_policy(this: &PolicyFactory, name: &str, rules: &Object) -> Result<Policy, JsValue>;

    #[wasm_bindgen(method, js_name = createScriptURL)]
    fn create_script_url(this: &Policy, address: &str) -> JsValue;

    /// `web_sys` only accepts strings as URLs.
    #[wasm_bindgen(extends = Worker, js_name = Worker)]
    type AnyWorker;

    #[wasm_bindgen(constructor, catch, js_class = "Worker")]
    fn new(address: &JsValue, options: &WorkerOptions) -> Result<AnyWorker, JsValue>;
}

thread_local! {
    /// A policy name can be used once per page.
    static OWN: OnceCell<Option<Policy>> = const { OnceCell::new() };
}

/// Starts a worker from this page's origin.
pub(super) fn start_worker(address: &str, options: &WorkerOptions) -> Result<Worker, JsValue> {
    let address = OWN.with(|own| match own.get_or_init(policy) {
        Some(policy) => policy.create_script_url(address),
        None => address.into(),
    });
    AnyWorker::new(&address, options).map(Into::into)
}

fn policy() -> Option<Policy> {
    let as_it_is = Closure::<dyn Fn(String) -> String>::new(|address| address);
    let rules = Object::new();
    js_sys::Reflect::set(&rules, &"createScriptURL".into(), as_it_is.as_ref()).ok()?;
    // Leaked: the policy lives as long as the page.
    as_it_is.forget();
    FACTORY.with(|factory| factory.as_ref()?.create_policy(POLICY, &rules).ok())
}
