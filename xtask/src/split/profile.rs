//! Which functions a first load calls, and the form before the second part has come, or where it can't be had: the page is
//! used in Chromium, with a program in which every function leaves a mark.

use std::{collections::BTreeSet, convert::Infallible, fs, net::TcpListener, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use host::{Settings, Source};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Instruction, MemArg, MemArgTarget, MemorySection, MemoryType, Module,
    reencode::{self, Error, Reencode},
};
use wasmparser::{ExportSectionReader, FunctionBody, MemorySectionReader, Parser};

use super::{MIN_BYTES, PROFILE, program::Program};
use crate::{browser, page, paths, shell::Shell, tools::Tools};

/// Uses the page for as long as its second part is missing, and leaves the marks in the document.
const SCRIPT: &str = include_str!("profile.js");

/// Builds the page, loads it, and writes the names of the functions that were called to [`PROFILE`].
pub(crate) fn renew(shell: Shell) -> Result<()> {
    browser::ensure(shell)?;
    page::build(shell, &Tools::install(shell)?)?;
    let whole = fs::read(paths::whole_program()).context("the page's program could not be read")?;
    let site = tempfile::tempdir()?;
    page::copy(&paths::dist(), site.path())?;
    page::copy(&paths::root().join("artifacts"), &site.path().join("artifacts"))?;
    fs::write(site.path().join(page::PROGRAM), marked(&whole)?)?;
    fs::write(site.path().join("marks.js"), SCRIPT)?;
    let index = site.path().join("index.html");
    let text = fs::read_to_string(&index)?.replacen("<script", "<script src=./marks.js></script><script", 1);
    fs::write(&index, text)?;

    let program = Program::read(&whole)?;
    let names: BTreeSet<&str> = shell.step("Load the page", || called(site.path(), &program))?;
    ensure!(!names.is_empty(), "the page called nothing");
    let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
    fs::write(paths::root().join(PROFILE), lines).with_context(|| format!("{PROFILE} could not be written"))?;
    println!("\n{PROFILE} has the {} functions of a first load.", names.len());
    Ok(())
}

/// The names of the functions that a load of `site` calls.
fn called<'a>(site: &Path, program: &'a Program) -> Result<BTreeSet<&'a str>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = host::start(Settings::new(Source::Folder(site.to_path_buf()), listener))?;
    let profile = tempfile::tempdir()?;
    let mut browser = Command::new("chromium");
    browser.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--dump-dom"]);
    browser.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    browser.args(["--virtual-time-budget=60000", &format!("--user-data-dir={}", profile.path().display())]);
    let output =
        browser.arg(format!("http://{}/", server.address())).output().context("chromium could not be started")?;
    let document = String::from_utf8_lossy(&output.stdout);
    let marks = document.split_once("id=\"marks\">").context("the page has shown no estimate")?.1;
    let is_called =
        |(idx, mark): (u32, char)| (mark == '1').then(|| program.name(idx)).flatten().map(|name| (idx, name));
    let names = program.own_functions().zip(marks.chars()).filter_map(is_called);
    Ok(names.filter(|(idx, _)| program.size(*idx) >= MIN_BYTES).map(|(_, name)| name).collect())
}

/// The program with a second memory, into which each function writes a 1 at its place when it is called.
fn marked(program: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    Marking { place: 0 }.parse_core_module(&mut module, Parser::new(0), program)?;
    Ok(module.finish())
}

struct Marking {
    place: i32,
}

const MARKS: u32 = 1;

impl Reencode for Marking {
    type Error = Infallible;

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody) -> Result<(), Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        function.instruction(&Instruction::I32Const(self.place));
        function.instruction(&Instruction::I32Const(1));
        function.instruction(&Instruction::I32Store8(MemArg {
            offset: 0,
            align: 0,
            target: MemArgTarget::Memory(MARKS),
            ordering: None,
        }));
        self.place += 1;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            function.instruction(&self.parse_instruction(&mut operators)?);
        }
        code.function(&function);
        Ok(())
    }

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: MemorySectionReader,
    ) -> Result<(), Error> {
        reencode::utils::parse_memory_section(self, memories, section)?;
        memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
        Ok(())
    }

    fn parse_export_section(&mut self, exports: &mut ExportSection, section: ExportSectionReader) -> Result<(), Error> {
        reencode::utils::parse_export_section(self, exports, section)?;
        exports.export("marks", ExportKind::Memory, MARKS);
        Ok(())
    }
}
