//! Serves the built page as it lies on disk.
//!
//! Why not any static server: WebAssembly compiles while it streams only when it comes as
//! `application/wasm`, and a page that was rebuilt must never meet yesterday's files in the
//! browser's cache. Both are settled here once, for `cargo xtask run` and for the browser tests.

use std::{io, path::Path};

use axum::{
    Router,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
    },
};
use tokio::net::TcpListener;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

/// The routes for the folder `dir`: `GET` and `HEAD` for its files, `index.html` for its folders.
///
/// Every answer carries `Cache-Control: no-cache` (keep it, but ask before use; unchanged files are
/// then answered by `304 Not Modified`) and `X-Content-Type-Options: nosniff`.
pub fn router(dir: impl AsRef<Path>) -> Router {
    Router::new()
        .fallback_service(ServeDir::new(dir))
        .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .layer(SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
}

/// Serves the folder `dir` on `listener` until the future is dropped.
///
/// # Errors
///
/// Those of the listener itself; a failing connection or a missing file ends neither the server
/// nor other connections.
pub async fn serve(listener: TcpListener, dir: impl AsRef<Path>) -> io::Result<()> {
    axum::serve(listener, router(dir)).await
}
