//! Another origin: a third-party site with configurable headers.
//!
//! Why not `host`: these journeys vary what a third party's server answers, above all a strict policy.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    thread,
};

use anyhow::Result;

/// The answers of a site.
#[derive(Clone, Default)]
pub struct Origin {
    /// Header lines of every answer, each with its line break.
    headers: String,
    /// Contents by path.
    pages: BTreeMap<&'static str, String>,
    /// The folder of all other paths.
    folder: Option<PathBuf>,
}

impl Origin {
    /// Adds a header to every answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Answers with this content at a path such as `/index.html`.
    #[must_use]
    pub fn page(mut self, path: &'static str, content: impl Into<String>) -> Self {
        self.pages.insert(path, content.into());
        self
    }

    /// Answers with the files of a folder.
    #[must_use]
    pub fn folder(mut self, folder: PathBuf) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Serves it on a free port until the program ends; returns the address, without a trailing slash.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub fn serve(self) -> Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = self.clone();
                // A browser that disconnects shows in the journey.
                thread::spawn(move || drop(site.answer(stream)));
            }
        });
        Ok(address)
    }

    fn answer(&self, mut stream: TcpStream) -> Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        for line in lines {
            if line?.is_empty() {
                break;
            }
        }
        let path = request.split([' ', '?']).nth(1).unwrap_or("/");
        let file = |folder: &PathBuf| fs::read(folder.join(path.trim_start_matches('/'))).ok();
        let page = self.pages.get(path).map(|page| page.clone().into_bytes());
        let (status, body) = match page.or_else(|| self.folder.as_ref().and_then(file)) {
            Some(body) => ("200 OK", body),
            None => ("404 Not Found", Vec::new()),
        };
        let kind = match path.rsplit('.').next() {
            Some("js") => "text/javascript",
            Some("wasm") => "application/wasm",
            Some("json") => "application/json",
            Some("css") => "text/css",
            _ => "text/html; charset=utf-8",
        };
        let (length, headers) = (body.len(), &self.headers);
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{headers}");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
        Ok(stream.write_all(&body)?)
    }
}
