/**
 * The script of the page. It is written into the page as the text of this function, so it uses nothing from outside.
 *
 * State: the chosen function (an entry of the sidebar), the chosen tab (`code` or a pass), a row under the cursor, and a pin
 * (a value or a row whose counterparts stay lit).
 */
import type { Page, PageElement, PageEvent, PageRange } from "./dom.ts";

/** Brings the page to life. */
export function client(page: Page): void {
  const { document } = page;
  const all = (selector: string, root: PageElement = document) => [...root.querySelectorAll(selector)];
  const one = (selector: string, root: PageElement = document) => root.querySelector(selector);
  const root = document.documentElement;
  const entries = all("nav [data-entry]");
  const search = one("#search");
  const count = one("#count");
  const help = one("#help");
  let entry = entries[0];
  let tab = "code";
  let side = "source";
  let cursor: PageElement | undefined;
  let pinned = false;
  let hits: { readonly row: PageElement; readonly range: PageRange }[] = [];
  let hit = -1;

  const shownModule = () => one(`main > section[data-module="${entry?.dataset.module ?? ""}"]`);
  const shownPanes = () => all("[data-pane]", shownModule() ?? document).filter((pane) => !pane.closest("[hidden]"));
  const shownTabs = () => all("[role=tab]", shownModule() ?? document).filter((item) => !item.closest("[hidden]"));

  // Links

  const unlight = () => {
    for (const lit of all(".lit, .lit-row, .origin")) {
      for (const name of ["lit", "lit-row", "origin"]) lit.classList.remove(name);
    }
  };

  /** Lights what belongs to a value, or to all values of a row; returns the lit pieces. */
  const light = (from: PageElement): PageElement[] => {
    unlight();
    const pair = from.closest(".pair");
    if (!pair) return [];
    const pane = from.closest("[data-pane]");
    const units = new Set(
      (from.dataset.u === undefined ? all("[data-u]", from) : [from]).map((piece) => piece.dataset.u ?? ""),
    );
    const whole = from.dataset.u === undefined;
    const lit: PageElement[] = [];
    for (const piece of all("[data-u]", pair)) {
      if (!units.has(piece.dataset.u ?? "")) continue;
      const own = piece.closest("[data-pane]") === pane;
      if (!whole) piece.classList.add("lit");
      if (!own) lit.push(piece);
      if (!own || !whole) piece.closest(".row")?.classList.add("lit-row");
    }
    from.closest(".row")?.classList.add("origin");
    return lit;
  };

  const reveal = (piece: PageElement | undefined) => {
    const row = piece?.closest(".row");
    const box = row?.closest("[data-pane]")?.getBoundingClientRect();
    const place = row?.getBoundingClientRect();
    if (!row || !box || !place) return;
    if (place.top < box.top || place.bottom > box.bottom) row.scrollIntoView({ block: "center" });
  };

  const linkable = (target: PageElement | null) =>
    target?.closest("[data-u]") ?? target?.closest(".pair .row") ?? undefined;

  const unpin = () => {
    pinned = false;
    root.classList.remove("pinned");
    unlight();
  };

  // What is shown

  const remember = () =>
    page.history.replaceState(null, "", `#${encodeURIComponent(`${entry?.dataset.entry}/${tab}`)}`);

  const choose = (next: PageElement | undefined, nextTab: string, jump: boolean) => {
    if (!next) return;
    entry = next;
    for (const item of entries) {
      if (item === entry) item.setAttribute("aria-current", "true");
      else item.setAttribute("aria-current", "false");
    }
    for (const section of all("main > section")) section.hidden = section.dataset.module !== entry.dataset.module;
    const section = shownModule();
    if (!section) return;
    for (const item of all("[role=tab]", section)) {
      const subject = item.dataset.subject ?? "";
      const shown = item.dataset.tab === "code" || subject === entry.dataset.subject || subject === entry.dataset.file;
      item.hidden = !shown;
    }
    const tabs = shownTabs();
    tab = tabs.some((item) => item.dataset.tab === nextTab) ? nextTab : "code";
    for (const item of tabs) {
      const chosen = item.dataset.tab === tab;
      item.setAttribute("aria-selected", String(chosen));
      item.tabIndex = chosen ? 0 : -1;
      if (chosen) item.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    const panel = tabs.find((item) => item.dataset.tab === tab)?.dataset.panel;
    for (const item of all("[role=tabpanel]", section)) item.hidden = item.id !== panel;
    entry.scrollIntoView({ block: "nearest" });
    cursor?.classList.remove("cursor");
    cursor = undefined;
    unpin();
    if (jump && tab === "code") {
      for (const pane of shownPanes()) {
        const line = pane.dataset.pane === "source" ? entry.dataset.line : entry.dataset.generated;
        if (line !== undefined) one(`[data-n="${line}"]`, pane)?.scrollIntoView({ block: "start" });
      }
    }
    remember();
    find(false);
  };

  // Search

  const nodesOf = (element: PageElement): PageElement[] =>
    element.nodeType === 3 ? [element] : Array.from(element.childNodes).flatMap(nodesOf);

  /** The range of a row's code from one column to another. */
  const rangeIn = (row: PageElement, from: number, to: number): PageRange => {
    const range = document.createRange();
    let at = 0;
    for (const node of nodesOf(row)) {
      const length = node.textContent?.length ?? 0;
      if (from >= at && from < at + length) range.setStart(node, from - at);
      if (to > at && to <= at + length) range.setEnd(node, to - at);
      at += length;
    }
    return range;
  };

  const paintHits = () => {
    const { highlights } = page.CSS;
    const { Highlight } = page;
    for (const item of all(".hit")) item.classList.remove("hit");
    hits[hit]?.row.closest(".row")?.classList.add("hit");
    if (!highlights || !Highlight) return;
    highlights.set("found", new Highlight(...hits.map(({ range }) => range)));
    const current = hits[hit];
    if (current) highlights.set("current", new Highlight(current.range));
    else highlights.delete("current");
  };

  const find = (jump: boolean) => {
    const text = (search?.value ?? "").toLowerCase();
    hits = [];
    if (text !== "") {
      for (const code of shownPanes().flatMap((pane) => all(".row code", pane))) {
        const line = (code.textContent ?? "").toLowerCase();
        for (let at = line.indexOf(text); at !== -1; at = line.indexOf(text, at + text.length)) {
          hits.push({ row: code, range: rangeIn(code, at, at + text.length) });
        }
      }
    }
    hit = hits.length > 0 ? 0 : -1;
    if (count) count.textContent = text === "" ? "" : hits.length === 0 ? "none" : `${hit + 1} / ${hits.length}`;
    paintHits();
    if (jump) reveal(hits[hit]?.row);
  };

  const nextHit = (by: number) => {
    if (hits.length === 0) return;
    hit = (hit + by + hits.length) % hits.length;
    if (count) count.textContent = `${hit + 1} / ${hits.length}`;
    paintHits();
    reveal(hits[hit]?.row);
  };

  // Keyboard

  const rowsOf = (pane: PageElement | undefined) => (pane ? all(".row", pane) : []);

  const moveCursor = (by: number) => {
    const panes = shownPanes();
    const pane = panes.find((item) => item.dataset.pane === side) ?? panes[0];
    const rows = rowsOf(pane);
    const at = cursor ? rows.indexOf(cursor) : -1;
    const box = pane?.getBoundingClientRect();
    const first = rows.findIndex((row) => row.getBoundingClientRect().top >= (box?.top ?? 0));
    const next = rows[at === -1 ? Math.max(0, first) : Math.max(0, Math.min(rows.length - 1, at + by))];
    if (!next) return;
    cursor?.classList.remove("cursor");
    cursor = next;
    cursor.classList.add("cursor");
    cursor.scrollIntoView({ block: "nearest" });
    reveal(light(cursor)[0]);
    pinned = true;
    root.classList.add("pinned");
  };

  const switchSide = () => {
    const other = all(".lit-row", shownModule() ?? document).find(
      (row) => row.closest("[data-pane]")?.dataset.pane !== side,
    );
    side = side === "source" ? "generated" : "source";
    cursor?.classList.remove("cursor");
    cursor = other;
    moveCursor(0);
  };

  const moveTab = (by: number) => {
    const tabs = shownTabs();
    const at = tabs.findIndex((item) => item.dataset.tab === tab);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    choose(entry, next.dataset.tab ?? "code", false);
    if (document.activeElement?.closest("[role=tablist]")) next.focus();
  };

  const moveEntry = (by: number) => {
    const at = entry ? entries.indexOf(entry) : 0;
    choose(entries[(at + by + entries.length) % entries.length], tab, true);
  };

  const switchTheme = () => {
    const dark = root.dataset.theme ?? (page.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = dark === "dark" ? "light" : "dark";
  };

  const toggleDiff = () => root.classList.toggle("plain", !(root.closest(".plain") !== null));

  const keys: Readonly<Record<string, () => void>> = {
    j: () => moveCursor(1),
    ArrowDown: () => moveCursor(1),
    k: () => moveCursor(-1),
    ArrowUp: () => moveCursor(-1),
    h: switchSide,
    l: switchSide,
    ArrowLeft: () => moveTab(-1),
    "[": () => moveTab(-1),
    ArrowRight: () => moveTab(1),
    "]": () => moveTab(1),
    J: () => moveEntry(1),
    K: () => moveEntry(-1),
    n: () => nextHit(1),
    N: () => nextHit(-1),
    t: switchTheme,
    d: toggleDiff,
    "?": () => help?.showModal(),
    "/": () => {
      search?.focus();
      search?.select();
    },
    Escape: () => {
      cursor?.classList.remove("cursor");
      cursor = undefined;
      unpin();
    },
  };

  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inSearch = document.activeElement === search;
    if (inSearch) {
      if (event.key === "Enter") nextHit(event.shiftKey ? -1 : 1);
      if (event.key !== "Escape" || !search) return;
      search.value = "";
      find(false);
      shownPanes()[0]?.focus({ preventScroll: true });
      return;
    }
    const action = keys[event.key];
    if (!action || one("dialog[open]")) return;
    event.preventDefault();
    action();
  });

  const main = one("main");
  const hover = ({ target }: PageEvent) => {
    if (pinned) return;
    const from = linkable(target);
    if (from) light(from);
    else unlight();
  };
  main?.addEventListener("mouseover", hover);
  main?.addEventListener("mouseleave", () => {
    if (!pinned) unlight();
  });
  main?.addEventListener("click", ({ target }) => {
    const item = target?.closest("[role=tab]");
    if (item) return choose(entry, item.dataset.tab ?? "code", false);
    const from = linkable(target);
    if (!from) return unpin();
    pinned = true;
    root.classList.add("pinned");
    side = from.closest("[data-pane]")?.dataset.pane ?? side;
    cursor?.classList.remove("cursor");
    cursor = from.closest(".row") ?? undefined;
    cursor?.classList.add("cursor");
    reveal(light(from)[0]);
  });
  for (const item of entries) item.addEventListener("click", () => choose(item, tab, true));
  search?.addEventListener("input", () => find(true));
  one("#theme")?.addEventListener("click", switchTheme);
  one("#keys")?.addEventListener("click", () => help?.showModal());
  one("#diff")?.addEventListener("click", toggleDiff);

  const [wanted = "", wantedTab = "code"] = decodeURIComponent(page.location.hash.slice(1)).split(/\/(?=[^/]*$)/);
  choose(entries.find((item) => item.dataset.entry === wanted) ?? entries[0], wantedTab, true);
}
