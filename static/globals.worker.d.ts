/** The version of the code that the service worker keeps; the build says it. */
declare const VERSION: string;
/** The SHA-256 of each file of the page, by its address relative to it; the build says it. */
declare const FILES: { readonly [file: string]: string };
