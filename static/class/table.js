// A table that shows a window of up to millions of rows: what is out of sight does not exist.

/** @import { Page } from "./panel.js" */

/**
 * A row to show: its texts, its line in the file and the record's cells.
 *
 * @typedef {{ cells: string[], record: string[], line: number }} Row
 *
 * @typedef Options
 * @property {Page} page
 * @property {{ key: string, label: string, isNumber?: boolean }[]} columns
 * @property {(from: number, count: number) => Promise<Row[]>} fetch
 * @property {(key: string, isDown: boolean) => void} onSort
 * @property {(row: Row) => void} onOpen
 */

const ROW_HEIGHT = 36;
/** Browsers draw nothing beyond some height: with more rows a step of the scroll bar covers several. */
const MOST_HEIGHT = 8_000_000;
const N_VISIBLE = 14;

export class Table {
  #options;
  #scroller;
  #sizer;
  #table;
  #body;
  /** @type {{ key: string, cell: HTMLElement }[]} */
  #headers = [];
  #nRows = 0;
  #first = 0;
  /** The number of the latest request for rows. */
  #ticket = 0;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    const { page, columns } = options;
    const head = document.createElement("tr");
    const opener = document.createElement("th");
    opener.scope = "col";
    opener.textContent = page.say("class.open");
    head.append(opener);
    for (const { key, label, isNumber } of columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (isNumber) cell.className = "number-cell";
      const sorter = document.createElement("button");
      sorter.type = "button";
      sorter.textContent = label;
      sorter.addEventListener("click", () => this.#sort(key));
      cell.append(sorter);
      head.append(cell);
      this.#headers.push({ key, cell });
    }
    const table = (this.#table = document.createElement("table"));
    table.className = "rows";
    const thead = document.createElement("thead");
    thead.append(head);
    this.#body = document.createElement("tbody");
    table.append(thead, this.#body);
    table.setAttribute("aria-label", page.say("class.table"));
    this.#sizer = document.createElement("div");
    this.#sizer.className = "sizer";
    this.#sizer.append(table);
    this.#scroller = document.createElement("div");
    this.#scroller.className = "scroller";
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute("role", "region");
    this.#scroller.setAttribute("aria-label", page.say("class.table"));
    this.#scroller.dataset.testid = "class-table";
    this.#scroller.append(this.#sizer);
    this.#scroller.addEventListener("scroll", () => requestAnimationFrame(() => this.#fill()));
    this.#scroller.addEventListener("keydown", (event) => this.#step(event));
    this.element = this.#scroller;
  }

  /**
   * Shows the first of `nRows` rows.
   *
   * @param {number} nRows
   */
  show(nRows) {
    this.#nRows = nRows;
    this.#sizer.style.height = `${Math.min((nRows + 2) * ROW_HEIGHT, MOST_HEIGHT)}px`;
    this.#table.setAttribute("aria-rowcount", String(nRows + 1));
    this.#scroller.scrollTop = 0;
    this.#fill();
  }

  /** @param {string} key */
  #sort(key) {
    const own = this.#headers.find((header) => header.key === key)?.cell;
    const isDown = own?.getAttribute("aria-sort") === "ascending";
    for (const { cell } of this.#headers) cell.removeAttribute("aria-sort");
    own?.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    this.#options.onSort(key, isDown);
  }

  /** The row at the top of the window. */
  #top() {
    const room = this.#sizer.offsetHeight - this.#scroller.clientHeight;
    const last = Math.max(0, this.#nRows - N_VISIBLE + 1);
    return room > 0 ? Math.round((Math.min(this.#scroller.scrollTop, room) / room) * last) : 0;
  }

  /**
   * Arrow keys move by rows however many there are.
   *
   * @param {KeyboardEvent} event
   */
  #step(event) {
    /** @type {{ [key: string]: number }} */
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: N_VISIBLE - 2, PageUp: 2 - N_VISIBLE };
    const by = steps[event.key];
    if (by === undefined || event.target !== this.#scroller) return;
    event.preventDefault();
    const room = this.#sizer.offsetHeight - this.#scroller.clientHeight;
    const last = Math.max(1, this.#nRows - N_VISIBLE + 1);
    this.#scroller.scrollTop = (Math.min(Math.max(this.#first + by, 0), last) / last) * room;
  }

  async #fill() {
    const first = this.#top();
    const ticket = (this.#ticket += 1);
    const rows = await this.#options.fetch(first, N_VISIBLE);
    // A later scroll has asked for others meanwhile.
    if (ticket !== this.#ticket) return;
    this.#first = first;
    const { page, columns, onOpen } = this.#options;
    this.#body.replaceChildren(
      ...rows.map((row, rowIdx) => {
        const line = document.createElement("tr");
        line.setAttribute("aria-rowindex", String(first + rowIdx + 2));
        const opener = document.createElement("td");
        const open = document.createElement("button");
        open.type = "button";
        open.textContent = "↑";
        open.setAttribute("aria-label", page.say("class.open-row", { line: row.line }));
        opener.append(open);
        line.append(opener);
        row.cells.forEach((text, columnIdx) => {
          const cell = document.createElement("td");
          if (columns[columnIdx]?.isNumber) cell.className = "number-cell";
          cell.textContent = text;
          line.append(cell);
        });
        line.addEventListener("click", () => onOpen(row));
        return line;
      }),
    );
  }
}
