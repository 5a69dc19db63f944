/** The schema as the file has it, with each column's kind laid flat, frozen. */
function readSchema(preprocessorJson) {
  const { target, columns, ...more } = JSON.parse(preprocessorJson).schema;
  const flat = ({ kind, ...column }) => {
    const [[name, facts]] = Object.entries(kind);
    return { ...column, kind: name, ...facts };
  };
  return deepFreeze({ ...more, target, columns: columns.map(flat) });
}

function deepFreeze(value) {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/** A Map from category text to code for each column; null for numbers. */
function categoryCodes(schema) {
  const codes = ({ kind, values }) =>
    kind === "categorical" ? new Map(values.map((value, code) => [value, code])) : null;
  return schema.columns.map(codes);
}
