/** A file's name and what its content must hash to. */
type CheckedFile = [name: string, integrity: string];

/** What was built together; the build says it. */
declare const BUILD: {
  readonly wasm: CheckedFile;
  /** The words of each language. */
  readonly texts: { readonly [language: string]: CheckedFile };
  readonly css: string;
};
