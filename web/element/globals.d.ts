/** A file's name and its integrity digest. */
type CheckedFile = [name: string, integrity: string];

/** Files of the same build; defined by the build. */
declare const BUILD: {
  readonly wasm: CheckedFile;
  /** The texts of each language. */
  readonly texts: { readonly [language: string]: CheckedFile };
  readonly css: string;
};
