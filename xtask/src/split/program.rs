//! A WebAssembly program, read as far as cutting it needs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FuncType, FunctionBody, GlobalType, KnownCustom, Name, Operator, Parser,
    Payload, TableType, TypeRef,
};

/// The import that loads the second part: wasm-bindgen adds a digest to the name in `web/src/rest.rs`.
const REST_NOW: &str = "__wbg_restNow_";

/// What a function's body refers to, by the indices of the whole program.
#[derive(Default)]
pub(super) struct Uses {
    pub(super) functions: BTreeSet<u32>,
    pub(super) globals: BTreeSet<u32>,
    pub(super) tables: BTreeSet<u32>,
}

/// A program and what is in it.
pub(super) struct Program<'a> {
    pub(super) bytes: &'a [u8],
    /// Each type's parameters and results.
    pub(super) types: Vec<FuncType>,
    /// The index of each function's type, imported functions first.
    pub(super) type_of: Vec<u32>,
    pub(super) n_imported: u32,
    pub(super) rest_now: u32,
    pub(super) tables: Vec<TableType>,
    pub(super) globals: Vec<GlobalType>,
    pub(super) memory: wasmparser::MemoryType,
    /// The table that functions are called through.
    pub(super) table_idx: u32,
    /// The functions in that table.
    pub(super) in_table: BTreeSet<u32>,
    /// Names under which things go out, by kind and index.
    pub(super) exported: BTreeMap<(u8, u32), String>,
    pub(super) bodies: Vec<FunctionBody<'a>>,
    uses: Vec<Uses>,
    names: BTreeMap<u32, String>,
}

/// The kinds of things that [`Program::exported`] has names of.
pub(super) const FUNCTION: u8 = 0;
pub(super) const TABLE: u8 = 1;
pub(super) const MEMORY: u8 = 2;
pub(super) const GLOBAL: u8 = 3;

impl<'a> Program<'a> {
    /// Reads a program of one memory whose imports are all functions, as wasm-bindgen writes it.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self> {
        let (mut types, mut type_of, mut n_imported, mut rest_now) = (Vec::new(), Vec::new(), 0, None);
        let (mut tables, mut globals, mut memory) = (Vec::new(), Vec::new(), None);
        let (mut table_idx, mut in_table, mut exported) = (0, BTreeSet::new(), BTreeMap::new());
        let (mut bodies, mut uses, mut names) = (Vec::new(), Vec::new(), BTreeMap::new());
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(section) => {
                    for entry in section.into_iter_err_on_gc_types() {
                        types.push(entry?);
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let TypeRef::Func(type_idx) = import.ty else {
                            anyhow::bail!("the import {} is not a function", import.name);
                        };
                        if import.name.starts_with(REST_NOW) {
                            rest_now = Some(n_imported);
                        }
                        type_of.push(type_idx);
                        n_imported += 1;
                    }
                }
                Payload::FunctionSection(section) => {
                    for type_idx in section {
                        type_of.push(type_idx?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    for found in section {
                        ensure!(memory.replace(found?).is_none(), "there are two memories");
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        globals.push(global?.ty);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        let kind = match export.kind {
                            ExternalKind::Func => FUNCTION,
                            ExternalKind::Table => TABLE,
                            ExternalKind::Memory => MEMORY,
                            ExternalKind::Global => GLOBAL,
                            _ => continue,
                        };
                        exported.insert((kind, export.index), export.name.to_owned());
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        if let (ElementKind::Active { table_index, .. }, ElementItems::Functions(functions)) =
                            (element.kind, element.items)
                        {
                            table_idx = table_index.unwrap_or(0);
                            for function in functions {
                                in_table.insert(function?);
                            }
                        } else {
                            anyhow::bail!("a table is filled in a way that is not known here");
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    uses.push(uses_of(&body)?);
                    bodies.push(body);
                }
                Payload::StartSection { .. } => anyhow::bail!("the program starts by itself"),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(section) = section.as_known() {
                        for part in section {
                            if let Name::Function(map) = part? {
                                for naming in map {
                                    let naming = naming?;
                                    names.insert(naming.index, without_digests(naming.name));
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        let rest_now = rest_now.context("there is no import `restNow` that loads the second part")?;
        let memory = memory.context("there is no memory")?;
        Ok(Self {
            bytes,
            types,
            type_of,
            n_imported,
            rest_now,
            tables,
            globals,
            memory,
            table_idx,
            in_table,
            exported,
            bodies,
            uses,
            names,
        })
    }

    /// The functions that have a body.
    pub(super) fn own_functions(&self) -> impl Iterator<Item = u32> + use<> {
        self.n_imported..u32::try_from(self.type_of.len()).unwrap_or(u32::MAX)
    }

    /// The functions that can be called from outside, or through the table.
    pub(super) fn roots(&self) -> BTreeSet<u32> {
        let exported = self.exported.keys().filter(|(kind, _)| *kind == FUNCTION).map(|(_, idx)| *idx);
        exported.chain(self.in_table.iter().copied()).collect()
    }

    /// The functions that a function refers to.
    pub(super) fn called_by(&self, function_idx: u32) -> impl Iterator<Item = u32> + '_ {
        self.uses(function_idx).into_iter().flat_map(|uses| uses.functions.iter().copied())
    }

    /// What a function refers to; nothing for an imported one.
    pub(super) fn uses(&self, function_idx: u32) -> Option<&Uses> {
        self.uses.get(function_idx.checked_sub(self.n_imported)? as usize)
    }

    /// The bytes of a function's body; 0 for an imported one.
    pub(super) fn size(&self, function_idx: u32) -> usize {
        let body = function_idx.checked_sub(self.n_imported).and_then(|place| self.bodies.get(place as usize));
        body.map_or(0, |body| body.as_bytes().len())
    }

    /// The name in the source, with what a generic function is used with.
    pub(super) fn name(&self, function_idx: u32) -> Option<&str> {
        self.names.get(&function_idx).map(String::as_str)
    }
}

/// A name as wasm-bindgen writes it, such as `web[f492f9f3268cec9d]::rest::panels`, without the digests of the crates.
pub(crate) fn without_digests(name: &str) -> String {
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((digest, more)) if digest.len() >= 12 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                plain.push_str(more);
            }
            _ => {
                plain.push('[');
                plain.push_str(part);
            }
        }
    }
    plain
}

fn uses_of(body: &FunctionBody) -> Result<Uses> {
    let mut uses = Uses::default();
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => {
                uses.functions.insert(function_index);
            }
            Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                uses.globals.insert(global_index);
            }
            Operator::CallIndirect { table_index, .. } | Operator::ReturnCallIndirect { table_index, .. } => {
                uses.tables.insert(table_index);
            }
            Operator::TableGet { table }
            | Operator::TableSet { table }
            | Operator::TableGrow { table }
            | Operator::TableSize { table }
            | Operator::TableFill { table } => {
                uses.tables.insert(table);
            }
            _ => {}
        }
    }
    Ok(uses)
}

#[cfg(test)]
mod tests {
    use super::without_digests;

    #[test]
    fn digests_go_and_other_brackets_stay() {
        let name = "<[web[f492f9f3268cec9d]::panel::why::Step]>::rotate_right::<[u8; 3]>";
        assert_eq!(without_digests(name), "<[web::panel::why::Step]>::rotate_right::<[u8; 3]>");
    }
}
