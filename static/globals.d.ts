/** The interface of `boot.js` for the program (`web/src`). */
declare var scorecast: object;
