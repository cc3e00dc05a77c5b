/* E-forms: questions appear when they matter, values are computed as one types, rows come and go.
   The server judges everything again by the same rules (procedures/form_logic.py, procedures/computing.py). */
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const COUNTED = ["number", "money"];

  /* What stands in an input -------------------------------------------------------------------------------------- */

  const asNumber = (text) => {
    let plain = String(text).replaceAll(" ", "");
    if (plain.includes(",")) plain = plain.replaceAll(".", "").replace(",", ".");
    return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  };

  const asMoney = (text) => {
    const digits = String(text).replaceAll(/[. đ]/g, "");
    return /^\d+$/.test(digits) ? Number(digits) : null;
  };

  const readers = {
    number: (root) => asNumber(typed(root)),
    year: (root) => asNumber(typed(root)),
    money: (root) => asMoney(typed(root)),
    yes_no: (root) => Boolean(one("input:checked", root)),
    choices: (root) => all("input:checked", root).map((box) => box.value),
    choice: (root) => (one("select", root) ? one("select", root).value : (one("input:checked", root) || { value: "" }).value),
  };

  const typed = (root) => {
    const field = one("input:not([type=hidden]), textarea, select", root);
    return field ? field.value.trim() : "";
  };

  const read = (root) => (readers[root.dataset.kind] || typed)(root);

  /* Conditions: comparisons of an earlier answer with a fixed value ------------------------------------------------ */

  const comparable = (value) => {
    if (typeof value === "boolean") return value;
    const number = typeof value === "number" ? value : /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
    return number === null ? value : number;
  };

  const same = (left, right) => comparable(left) === comparable(right);

  const ordered = (op, left, right) => {
    const [a, b] = [comparable(left), comparable(right)];
    if (typeof a !== typeof b) return false;
    return { lt: a < b, le: a <= b, gt: a > b, ge: a >= b }[op] || false;
  };

  const holds = (condition, answers) => {
    const actual = answers[condition.field];
    const values = [condition.value].flat();
    if (actual === undefined || actual === null || actual === "") return false;
    if (Array.isArray(actual)) {
      if (!actual.length || !["eq", "ne", "in"].includes(condition.op)) return false;
      return actual.some((answer) => values.some((value) => same(answer, value))) !== (condition.op === "ne");
    }
    if (condition.op === "in") return values.some((value) => same(actual, value));
    if (["eq", "ne"].includes(condition.op)) return same(actual, condition.value) === (condition.op === "eq");
    return ordered(condition.op, actual, condition.value);
  };

  /* Computations: trees made by the server -------------------------------------------------------------------------- */

  const NOTHING = Symbol("nothing");

  const counted = (value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) throw NOTHING;
    return value;
  };

  const daysBetween = (first, last) => {
    const [from, to] = [Date.parse(first), Date.parse(last)];
    if (Number.isNaN(from) || Number.isNaN(to)) throw NOTHING;
    return Math.round((to - from) / 86400000) + 1;
  };

  const rounded = (value, places) => {
    const factor = 10 ** places;
    return (Math.sign(value) * Math.round(Math.abs(value) * factor * (1 + Number.EPSILON))) / factor;
  };

  const divided = (left, right) => {
    if (right === 0) throw NOTHING;
    return left / right;
  };

  const operations = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": divided,
    min: (...values) => Math.min(...values),
    max: (...values) => Math.max(...values),
    round: (value, places = 0) => rounded(value, Math.min(places, 6)),
  };

  const rowsOf = (answers, table) => (Array.isArray(answers[table]) ? answers[table] : []);

  const work = (tree, answers) => {
    const [word, ...parts] = tree;
    if (word === "number") return Number(parts[0]);
    if (word === "field") return counted(answers[parts[0]]);
    if (word === "rows") return rowsOf(answers, parts[0]).length;
    if (word === "cells") return rowsOf(answers, parts[0]).reduce((sum, row) => sum + (row[parts[1]] || 0), 0);
    if (word === "days") return daysBetween(answers[parts[0][1]], answers[parts[1][1]]);
    return operations[word](...parts.map((part) => work(part, answers)));
  };

  const computed = (input, kind, answers) => {
    try {
      return rounded(counted(work(JSON.parse(input.dataset.compute), answers)), kind === "money" ? 0 : 6);
    } catch (error) {
      if (error === NOTHING || error instanceof SyntaxError) return null;
      throw error;
    }
  };

  const inWords = (value, kind) => {
    if (value === null) return "";
    const options = kind === "money" ? { maximumFractionDigits: 0 } : { maximumFractionDigits: 6, useGrouping: false };
    return new Intl.NumberFormat("vi-VN", options).format(value);
  };

  const show = (input, value, kind) => {
    const words = inWords(value, kind);
    if (input.value !== words) input.value = words;
  };

  /* The whole form, question by question, in its order --------------------------------------------------------------- */

  const readRow = (row) => {
    const cells = {};
    let filled = false;
    all("[data-column]", row).forEach((cell) => {
      const input = one("[data-compute]", cell);
      const value = input ? computed(input, cell.dataset.kind, cells) : read(cell);
      if (input) show(input, value, cell.dataset.kind);
      else filled = filled || (value !== null && value !== "" && value !== false && value.length !== 0);
      cells[cell.dataset.column] = value;
    });
    return filled ? cells : null;
  };

  const readQuestion = (question, answers) => {
    const kind = question.dataset.kind;
    if (kind === "table") return all("tbody tr", question).map(readRow).filter(Boolean);
    const input = one("[data-compute]", question);
    if (!input) return read(question);
    const value = computed(input, kind, answers);
    show(input, value, kind);
    return value;
  };

  const refresh = (form) => {
    const compared = {};
    const operands = {};
    all("[data-question]", form).forEach((question) => {
      const { question: key, kind, shownWhen } = question.dataset;
      const asked = !shownWhen || JSON.parse(shownWhen).every((condition) => holds(condition, compared));
      if (question.hidden === asked) question.hidden = !asked;
      const value = readQuestion(question, operands);
      compared[key] = asked ? value : null;
      operands[key] = asked ? value : COUNTED.includes(kind) ? 0 : null;
    });
  };

  /* Rows of tables --------------------------------------------------------------------------------------------------- */

  const renumber = (field, what, from, to) => {
    if (field.hasAttribute(what)) field.setAttribute(what, field.getAttribute(what).replace(from, to));
  };

  const empty = (row) => {
    all("input:not([type=checkbox], [type=radio]), textarea, select", row).forEach((field) => { field.value = ""; });
    all("input:checked", row).forEach((field) => { field.checked = false; });
  };

  const addRow = (box) => {
    const rows = all("tbody tr", box);
    const counter = one("[data-row-count]", box);
    const last = rows[rows.length - 1];
    const copy = last.cloneNode(true);
    const name = box.dataset.rows;
    const next = Number(counter.value);
    all("[name], [id], [for]", copy).forEach((field) => ["name", "id", "for"].forEach((what) => renumber(field, what, new RegExp(`${name}-\\d+-`), `${name}-${next}-`)));
    all("[aria-label]", copy).forEach((field) => renumber(field, "aria-label", /\(\d+\)$/, `(${rows.length + 1})`));
    all("[aria-invalid]", copy).forEach((field) => field.removeAttribute("aria-invalid"));
    empty(copy);
    last.after(copy);
    counter.value = String(next + 1);
    const first = one("input, select, textarea", copy);
    if (first) first.focus();
    showTools(box);
  };

  const removeRow = (row) => {
    const box = row.closest("[data-rows]");
    const next = row.nextElementSibling || row.previousElementSibling;
    if (next) row.remove();
    else empty(row);
    all("tbody tr", box).forEach((other, at) => all("[aria-label]", other).forEach((field) => renumber(field, "aria-label", /\(\d+\)$/, `(${at + 1})`)));
    const focus = one("[data-remove-row]", next || row);
    if (focus) focus.focus();
    showTools(box);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const showTools = (box) => {
    one("[data-add-row]", box).hidden = all("tbody tr", box).length >= Number(box.dataset.most);
    all("[data-row-tools]", box).forEach((cell) => { cell.hidden = false; });
  };

  /* Helps while typing ------------------------------------------------------------------------------------------------- */

  const groupDigits = (input) => {
    const value = asMoney(input.value);
    if (value !== null && value <= Number.MAX_SAFE_INTEGER) input.value = inWords(value, "money");
  };

  const followCommune = (input) => {
    const option = all("#known-communes option").find((known) => known.value === input.value);
    const province = one("[data-part=province]", input.closest(".parts"));
    if (option && option.dataset.province && province && !province.value) province.value = option.dataset.province;
  };

  const begin = (form) => {
    all("[data-rows]", form).forEach(showTools);
    all("input[data-money]:not([readonly])", form).forEach(groupDigits);
    refresh(form);
  };

  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    if (add) addRow(add.closest("[data-rows]"));
    if (remove) removeRow(remove.closest("tr"));
  });

  ["input", "change"].forEach((kind) => document.addEventListener(kind, (event) => {
    const form = event.target.closest("[data-eform]");
    if (!form) return;
    if (kind === "change" && event.target.matches("input[data-money]:not([readonly])")) groupDigits(event.target);
    if (event.target.matches("[data-part=commune]")) followCommune(event.target);
    refresh(form);
  }));

  document.addEventListener("htmx:load", (event) => {
    const root = event.target;
    (root.matches("[data-eform]") ? [root] : all("[data-eform]", root)).forEach(begin);
  });
  all("[data-eform]").forEach(begin);
  document.addEventListener("eform:refresh", (event) => all("[data-eform]", event.target).forEach(begin));
})();
