/** What the program (`web/src`) uses of `boot.js`. */
declare var scorecast: object;
