//! Writes the two parts of a program.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use anyhow::{Context, Result};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, Module, StartSection, TableSection,
    TypeSection, ValType,
    reencode::{self, Error, Reencode},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ExportSectionReader, FunctionSectionReader, GlobalSectionReader, Parser,
    Payload, TableSectionReader,
};

use super::program::{FUNCTION, GLOBAL, MEMORY, Program, TABLE, Uses};

/// The two parts, ready to be served.
pub(super) struct Parts {
    pub(super) first: Vec<u8>,
    pub(super) second: Vec<u8>,
}

/// What the second part takes its imports from.
const FIRST: &str = "first";
/// The global that says whether the second part is there.
const IS_HERE: &str = "rest";

/// Writes the functions `later` into the second part and all others into the first.
pub(super) fn write(program: &Program, later: &BTreeSet<u32>) -> Result<Parts> {
    let plan = Plan::new(program, later);
    let mut first = Module::new();
    let mut writer = First { program, plan: &plan, later };
    writer
        .parse_core_module(&mut first, Parser::new(0), program.bytes)
        .context("the first part could not be written")?;
    Ok(Parts { first: first.finish(), second: second(program, &plan, later)? })
}

/// Where everything goes.
struct Plan {
    /// The indices of functions in the first part: all of its own, and stubs.
    in_first: BTreeMap<u32, u32>,
    /// Functions of the second part that the first has stubs of, in the order of their places in the table.
    stubs: Vec<u32>,
    /// The first of these places.
    first_place: u32,
    /// What the second part takes from the first: kind, index, and the name under which it goes out.
    shared: Vec<(u8, u32, String)>,
    /// The index of the global that says whether the second part is there, in the first part.
    is_here: u32,
}

impl Plan {
    fn new(program: &Program, later: &BTreeSet<u32>) -> Self {
        let mut stubs: BTreeSet<u32> = program.roots().intersection(later).copied().collect();
        let mut uses = Uses::default();
        for function_idx in program.own_functions() {
            let Some(own) = program.uses(function_idx) else { continue };
            if later.contains(&function_idx) {
                uses.functions.extend(own.functions.difference(later));
                uses.globals.extend(&own.globals);
                uses.tables.extend(&own.tables);
            } else {
                stubs.extend(own.functions.intersection(later));
            }
        }
        // The second part fills the places in it.
        uses.tables.insert(program.table_idx);

        let functions = (0..program.n_imported).chain(program.own_functions());
        let kept = functions.filter(|idx| !later.contains(idx) || stubs.contains(idx));
        let in_first = kept.enumerate().map(|(place, idx)| (idx, index(place))).collect();
        let name = |kind, idx: u32, short: &str| {
            let name = program.exported.get(&(kind, idx)).cloned().unwrap_or_else(|| format!("{short}{idx}"));
            (kind, idx, name)
        };
        let shared = (uses.functions.iter().map(|idx| name(FUNCTION, *idx, "f")))
            .chain(uses.tables.iter().map(|idx| name(TABLE, *idx, "t")))
            .chain([name(MEMORY, 0, "m")])
            .chain(uses.globals.iter().map(|idx| name(GLOBAL, *idx, "g")))
            .collect();
        Self {
            in_first,
            stubs: stubs.into_iter().collect(),
            first_place: index(program.tables[program.table_idx as usize].initial as usize),
            shared,
            is_here: index(program.globals.len()),
        }
    }
}

/// Writes the first part: the program with stubs in place of what comes later.
struct First<'a> {
    program: &'a Program<'a>,
    plan: &'a Plan,
    later: &'a BTreeSet<u32>,
}

impl First<'_> {
    /// Calls the function at its place in the table, once the second part is there.
    fn stub(&self, function_idx: u32) -> Function {
        let program = self.program;
        let type_index = program.type_of[function_idx as usize];
        let place = self.plan.stubs.iter().position(|stub| *stub == function_idx).unwrap_or_default();
        let mut stub = Function::new([]);
        stub.instruction(&Instruction::Call(index(self.plan.in_first.len())));
        for parameter in 0..program.types[type_index as usize].params().len() {
            stub.instruction(&Instruction::LocalGet(index(parameter)));
        }
        stub.instruction(&Instruction::I32Const((self.plan.first_place + index(place)).cast_signed()));
        stub.instruction(&Instruction::CallIndirect { type_index, table_index: program.table_idx });
        stub.instruction(&Instruction::End);
        stub
    }
}

/// Has the second part loaded on the spot if it is not there. Shared by all stubs, and the first part's last function.
fn see_to_it(program: &Program, plan: &Plan) -> Function {
    let mut function = Function::new([]);
    function.instruction(&Instruction::GlobalGet(plan.is_here));
    function.instruction(&Instruction::I32Eqz);
    function.instruction(&Instruction::If(BlockType::Empty));
    function.instruction(&Instruction::Call(program.rest_now));
    function.instruction(&Instruction::End);
    function.instruction(&Instruction::End);
    function
}

impl Reencode for First<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function_idx: u32) -> Result<u32, Error> {
        self.plan.in_first.get(&function_idx).copied().ok_or(Error::InvalidCodeSectionSize)
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader,
    ) -> Result<(), Error> {
        for function_idx in self.plan.in_first.keys().filter(|idx| **idx >= self.program.n_imported) {
            functions.function(self.program.type_of[*function_idx as usize]);
        }
        functions.function(self.program.type_of[self.program.rest_now as usize]);
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, _: CodeSectionReader) -> Result<(), Error> {
        let program = self.program;
        for (function_idx, body) in program.own_functions().zip(&program.bodies) {
            if !self.later.contains(&function_idx) {
                self.parse_function_body(code, body.clone())?;
            } else if self.plan.in_first.contains_key(&function_idx) {
                code.function(&self.stub(function_idx));
            }
        }
        code.function(&see_to_it(program, self.plan));
        Ok(())
    }

    fn parse_table_section(&mut self, tables: &mut TableSection, section: TableSectionReader) -> Result<(), Error> {
        for (table_idx, table) in section.into_iter().enumerate() {
            let mut table = self.table_type(table?.ty)?;
            if index(table_idx) == self.program.table_idx {
                let n_places = self.plan.stubs.len() as u64;
                table.minimum += n_places;
                table.maximum = table.maximum.map(|maximum| maximum + n_places);
            }
            tables.table(table);
        }
        Ok(())
    }

    fn parse_global_section(&mut self, globals: &mut GlobalSection, section: GlobalSectionReader) -> Result<(), Error> {
        reencode::utils::parse_global_section(self, globals, section)?;
        globals.global(IS_HERE_TYPE, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(&mut self, exports: &mut ExportSection, section: ExportSectionReader) -> Result<(), Error> {
        reencode::utils::parse_export_section(self, exports, section)?;
        for (kind, idx, name) in &self.plan.shared {
            if self.program.exported.contains_key(&(*kind, *idx)) {
                continue;
            }
            match *kind {
                FUNCTION => exports.export(name, ExportKind::Func, self.function_index(*idx)?),
                TABLE => exports.export(name, ExportKind::Table, *idx),
                MEMORY => exports.export(name, ExportKind::Memory, *idx),
                _ => exports.export(name, ExportKind::Global, *idx),
            };
        }
        exports.export(IS_HERE, ExportKind::Global, self.plan.is_here);
        Ok(())
    }

    /// Names have served.
    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader) -> Result<(), Error> {
        Ok(())
    }
}

const IS_HERE_TYPE: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

/// Gives each function, table and global the index that it has in the second part.
struct Second {
    functions: BTreeMap<u32, u32>,
    tables: BTreeMap<u32, u32>,
    globals: BTreeMap<u32, u32>,
}

impl Reencode for Second {
    type Error = Infallible;

    fn function_index(&mut self, idx: u32) -> Result<u32, Error> {
        self.functions.get(&idx).copied().ok_or(Error::InvalidCodeSectionSize)
    }

    fn table_index(&mut self, idx: u32) -> Result<u32, Error> {
        self.tables.get(&idx).copied().ok_or(Error::InvalidCodeSectionSize)
    }

    fn global_index(&mut self, idx: u32) -> Result<u32, Error> {
        self.globals.get(&idx).copied().ok_or(Error::InvalidCodeSectionSize)
    }
}

fn second(program: &Program, plan: &Plan, later: &BTreeSet<u32>) -> Result<Vec<u8>> {
    let mut writer = Second { functions: BTreeMap::new(), tables: BTreeMap::new(), globals: BTreeMap::new() };
    let mut types = TypeSection::new();
    for payload in Parser::new(0).parse_all(program.bytes) {
        if let Payload::TypeSection(section) = payload? {
            writer.parse_type_section(&mut types, section)?;
        }
    }
    let nothing = types.len();
    types.ty().function([], []);

    let mut imports = ImportSection::new();
    for (kind, idx, name) in &plan.shared {
        let (known, entity): (_, EntityType) = match *kind {
            FUNCTION => (&mut writer.functions, EntityType::Function(program.type_of[*idx as usize])),
            TABLE => {
                let mut table = reencode::RoundtripReencoder.table_type(program.tables[*idx as usize])?;
                if *idx == program.table_idx {
                    table.minimum += plan.stubs.len() as u64;
                    table.maximum = table.maximum.map(|maximum| maximum + plan.stubs.len() as u64);
                }
                (&mut writer.tables, table.into())
            }
            MEMORY => {
                imports.import(FIRST, name, reencode::RoundtripReencoder.memory_type(program.memory)?);
                continue;
            }
            _ => {
                let global = reencode::RoundtripReencoder.global_type(program.globals[*idx as usize])?;
                (&mut writer.globals, global.into())
            }
        };
        known.insert(*idx, index(known.len()));
        imports.import(FIRST, name, entity);
    }
    let is_here = index(writer.globals.len());
    imports.import(FIRST, IS_HERE, IS_HERE_TYPE);

    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for function_idx in later {
        functions.function(program.type_of[*function_idx as usize]);
        writer.functions.insert(*function_idx, index(writer.functions.len()));
    }
    for function_idx in later {
        let body = program.bodies[(function_idx - program.n_imported) as usize].clone();
        writer.parse_function_body(&mut code, body)?;
    }
    let start = index(writer.functions.len());
    functions.function(nothing);
    let mut says_so = Function::new([]);
    says_so.instruction(&Instruction::I32Const(1));
    says_so.instruction(&Instruction::GlobalSet(is_here));
    says_so.instruction(&Instruction::End);
    code.function(&says_so);

    let mut elements = ElementSection::new();
    let places: Vec<u32> = plan.stubs.iter().map(|stub| writer.functions[stub]).collect();
    let offset = ConstExpr::i32_const(plan.first_place.cast_signed());
    elements.active(Some(writer.tables[&program.table_idx]), &offset, Elements::Functions(places.into()));

    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions);
    module.section(&StartSection { function_index: start }).section(&elements).section(&code);
    Ok(module.finish())
}

fn index(place: usize) -> u32 {
    // A program has at most 2³² − 1 of everything.
    u32::try_from(place).unwrap_or(u32::MAX)
}
