/** The version of the code that the service worker caches; defined by the build. */
declare const VERSION: string;
/** The SHA-256 of each file of the page, by its URL relative to the page; defined by the build. */
declare const FILES: { readonly [file: string]: string };
