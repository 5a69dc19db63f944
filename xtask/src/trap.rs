//! Takes the words of panics out of a WebAssembly program: where Rust would panic, the program ends in a trap.
//!
//! Why: nobody would read them. A panic here is a fault of ours, never an answer to what somebody handed over, and
//! without a console hook its message goes nowhere; but what puts the messages together, and the names of source files in
//! them, were 4 kB of the JavaScript module after brotli. The standard library offers no build without them on stable Rust.
//!
//! How: each function that only ends in a panic becomes the one instruction `unreachable`, which Rust's own would have
//! reached in the end. wasm-opt then leaves out what led up to it. So does what writes values out for programmers (`Debug`),
//! which nothing but a panic's message uses here. What panics say of places in the source lies among the data, where
//! wasm-opt finds no use or disuse: it is overwritten with zeros, which weigh nothing.

use std::{collections::BTreeSet, convert::Infallible};

use anyhow::{Context, Result, ensure};
use wasm_encoder::{
    CodeSection, DataSection, Function, Instruction, Module,
    reencode::{self, Error, Reencode},
};
use wasmparser::{Data, DataKind, FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef};

use crate::split::without_digests;

/// How the names of functions start that never return. The first is the one that all others end in.
const PANICS: [&str; 12] = [
    "core::panicking::",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::result::unwrap_failed",
    "core::cell::panic_already",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "std::panicking::",
    "std::alloc::rust_oom",
];

/// What the names of functions contain that write values out for programmers.
const DEBUG: &str = " as core::fmt::Debug>::fmt";

/// The program with traps in place of panics.
///
/// # Errors
///
/// A program that can't be read, or one without names, in which no panic is found.
pub(crate) fn instead_of_panics(program: &[u8]) -> Result<Vec<u8>> {
    let mut writer = Trapping { panics: panics(program)?, function_idx: 0 };
    ensure!(!writer.panics.is_empty(), "the program has no function `{}…`: are its names gone?", PANICS[0]);
    writer.function_idx = n_imported(program)?;
    let mut module = Module::new();
    writer.parse_core_module(&mut module, Parser::new(0), program).context("the program could not be written")?;
    let trapping = module.finish();
    wasmparser::validate(&trapping).context("the program with traps is not valid")?;
    Ok(trapping)
}

/// The indices of the functions that are named so.
fn panics(program: &[u8]) -> Result<BTreeSet<u32>> {
    let mut panics = BTreeSet::new();
    for payload in Parser::new(0).parse_all(program) {
        let Payload::CustomSection(section) = payload? else { continue };
        let KnownCustom::Name(parts) = section.as_known() else { continue };
        for part in parts {
            let Name::Function(names) = part? else { continue };
            for naming in names {
                let naming = naming?;
                let name = without_digests(naming.name);
                if name.contains(DEBUG) || PANICS.iter().any(|start| name.starts_with(start)) {
                    panics.insert(naming.index);
                }
            }
        }
    }
    Ok(panics)
}

fn n_imported(program: &[u8]) -> Result<u32> {
    let mut n_imported = 0;
    for payload in Parser::new(0).parse_all(program) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                n_imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
            }
        }
    }
    Ok(n_imported)
}

/// Writes a program function by function.
struct Trapping {
    panics: BTreeSet<u32>,
    /// The function that comes next.
    function_idx: u32,
}

impl Reencode for Trapping {
    type Error = Infallible;

    fn parse_data(&mut self, data: &mut DataSection, segment: Data<'_>) -> Result<(), Error> {
        let DataKind::Active { memory_index, offset_expr } = segment.kind else {
            return reencode::utils::parse_data(self, data, segment);
        };
        let bytes = match offset_expr.get_operators_reader().read()? {
            Operator::I32Const { value } => without_places(segment.data, value.cast_unsigned()),
            _ => segment.data.to_vec(),
        };
        data.active(self.memory_index(memory_index)?, &self.const_expr(offset_expr)?, bytes);
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let is_panic = self.panics.contains(&self.function_idx);
        self.function_idx += 1;
        if !is_panic {
            return reencode::utils::parse_function_body(self, code, body);
        }
        let mut trap = Function::new([]);
        trap.instruction(&Instruction::Unreachable);
        trap.instruction(&Instruction::End);
        code.function(&trap);
        Ok(())
    }
}

/// The data that stand at `address`, with zeros for places in the source: four words each, the address and the length of
/// a file's name, line and column.
fn without_places(data: &[u8], address: u32) -> Vec<u8> {
    let mut forgotten = data.to_vec();
    let word = |at: usize| Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?));
    let named = |at: usize| {
        let start = word(at)?.checked_sub(address)? as usize;
        Some(start..start.checked_add(word(at + 4)? as usize)?)
    };
    for at in (address.next_multiple_of(4) - address..)
        .step_by(4)
        .map(|at| at as usize)
        .take_while(|at| at + 16 <= data.len())
    {
        let Some(range) = named(at) else { continue };
        if data.get(range.clone()).is_some_and(is_source) {
            forgotten[at..at + 16].fill(0);
            forgotten[range].fill(0);
        }
    }
    forgotten
}

/// Whether a text is the name of a file of Rust's. No text for people ends in such a name.
fn is_source(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"/\\_-.".contains(byte);
    text.ends_with(b".rs") && text.iter().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = r#"(module
        (import "page" "log" (func $log (param i32)))
        (func $"core[f492f9f3268cec9d]::panicking::panic_fmt" (param i32) (call $log (local.get 0)) (unreachable))
        (func $predict (export "predict") (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (call $"core[f492f9f3268cec9d]::panicking::panic_fmt" (i32.const 7))))
            (local.get 0)))"#;

    #[test]
    fn what_panics_is_a_trap_and_nothing_else_changes() {
        let program = wat::parse_str(PROGRAM).unwrap();
        let trapping = instead_of_panics(&program).unwrap();
        let bodies = |program: &[u8]| {
            let mut bodies = Vec::new();
            for payload in Parser::new(0).parse_all(program) {
                if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                    bodies.push(body.as_bytes().to_vec());
                }
            }
            bodies
        };
        let (before, after) = (bodies(&program), bodies(&trapping));
        // No local, `unreachable`, `end`.
        assert_eq!(after[0], [0, 0x00, 0x0b]);
        assert_eq!((after.len(), &after[1]), (2, &before[1]));
    }

    #[test]
    fn places_in_the_source_are_forgotten_and_other_data_is_kept() {
        let word = |number: u32| number.to_le_bytes();
        let names = b"src/a.rstext for people.";
        let place = |start: u32, length: u32| [word(start), word(length), word(7), word(3)].concat();
        let data = [names.as_slice(), &place(1024, 8), &place(1032, 16), &place(1024, 200)].concat();
        let kept = without_places(&data, 1024);
        let expected = [&[0; 8], &names[8..], &[0; 16], &place(1032, 16)[..], &place(1024, 200)].concat();
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_program_without_names_is_refused() {
        let program = wat::parse_str(PROGRAM.replace("panicking", "p")).unwrap();
        assert!(format!("{:#}", instead_of_panics(&program).unwrap_err()).contains("names"));
    }
}
