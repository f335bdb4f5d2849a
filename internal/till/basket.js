// The open basket: its lines, what pays, and how it is drawn. Sums are minor
// units, quantities thousandths.
import { product, remember } from "./store.js";

const root = document.getElementById("till");
const { currency, lang } = root?.dataset ?? {};
const unit = 10 ** Number(root?.dataset.decimals ?? 2);

const sums = root && new Intl.NumberFormat(lang, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
export const money = (minor) => sums.format(minor / unit);

// number reads what somebody typed, with a comma or a point.
export function number(text) {
  const n = Number(String(text).replace(/\s/g, "").replace(",", "."));
  return Number.isFinite(n) ? n : NaN;
}

const plain = (minor) => (minor / unit).toFixed(Math.round(Math.log10(unit)));

export const basket = {};

export function emptyBasket() {
  Object.assign(basket, { number: "", member: "", name: "", ask: "", lines: [], codes: [], cards: [], points: {}, quote: null });
}

emptyBasket();

export const sumOf = (line) => Math.round((line.price * line.quantity) / 1000);
export const listSum = () => basket.lines.reduce((sum, l) => sum + sumOf(l), 0);

// ready reports whether every line can be sold.
export const ready = () => basket.lines.length > 0 && basket.lines.every((l) => (l.name || l.sku) && l.quantity > 0 && l.price >= 0 && l.priced);

// content is the basket as it is sent.
export function content() {
  const lines = basket.lines.map((l) => ({ sku: l.sku, name: l.name, category: l.category, quantity: l.quantity, amount: sumOf(l) }));
  const points = Object.entries(basket.points).filter(([, p]) => p.points > 0).map(([wallet, p]) => ({ wallet, points: p.points }));
  return {
    number: basket.number, member: basket.member, ask: basket.ask, lines,
    codes: basket.codes, points, cards: basket.cards.map((c) => c.number),
    pool: Object.values(basket.points).some((p) => p.pool),
  };
}

// shape says whether two baskets would come to the same.
export const shape = () => JSON.stringify({ ...content(), number: "" });

// addLine adds goods, or one more of those that are there already, and returns
// the line.
export async function addLine(goods) {
  const there = goods.sku && basket.lines.find((l) => l.sku === goods.sku);
  if (there) {
    there.quantity += 1000;
    return there;
  }
  const known = goods.sku ? await product(goods.sku) : null;
  const line = { sku: "", name: "", category: "", quantity: 1000, price: known?.price ?? 0, priced: known?.price > 0, ...goods };
  basket.lines.push(line);
  return line;
}

// rememberPrices keeps what goods cost, for the next time and for when there is
// no connection.
export async function rememberPrices() {
  for (const l of basket.lines) {
    if (l.sku) await remember({ sku: l.sku, name: l.name, category: l.category, price: l.price });
  }
}

const drawn = new WeakMap(); // what redraws the row of a line

// drawLines draws the basket; changed is called after every change by hand.
// Rows stay in their place, so that the cursor does.
export function drawLines(changed) {
  const list = document.getElementById("lines");
  const rows = basket.lines.map((line) => {
    if (!drawn.has(line)) drawn.set(line, newRow(line, changed));
    const row = drawn.get(line);
    row.redraw();
    return row.item;
  });
  if (rows.length !== list.children.length || rows.some((r, i) => r !== list.children[i])) list.replaceChildren(...rows);
}

function newRow(line, changed) {
  const item = document.getElementById("line-template").content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-${name}]`);
  const [name, quantity, price, sum] = ["name", "quantity", "price", "sum"].map(part);
  for (const field of [quantity, price]) field.addEventListener("focus", () => field.select());
  const onChange = (of, event, work) => of.addEventListener(event, () => {
    work();
    changed();
  });
  onChange(name, "change", () => (line.name = name.value.trim()));
  onChange(quantity, "change", () => {
    const n = number(quantity.value);
    if (n > 0) line.quantity = Math.round(n * 1000);
  });
  onChange(price, "change", () => {
    const n = number(price.value);
    line.priced = price.value.trim() !== "" && n >= 0;
    line.price = line.priced ? Math.round(n * unit) : 0;
  });
  onChange(part("less"), "click", () => (line.quantity = Math.max(1000, line.quantity - 1000)));
  onChange(part("more"), "click", () => (line.quantity += 1000));
  onChange(part("drop"), "click", () => {
    basket.lines.splice(basket.lines.indexOf(line), 1);
    document.getElementById("scan").focus();
  });
  item.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    if (event.target === name && !line.priced) price.focus();
    else document.getElementById("scan").focus(); // which ends what was typed
  });
  const redraw = () => {
    name.value = line.name || line.sku;
    quantity.value = String(line.quantity / 1000);
    price.value = line.priced ? plain(line.price) : "";
    sum.textContent = line.priced ? money(sumOf(line)) : "";
  };
  return { item, redraw };
}

// focusLine puts the cursor where a new line wants something.
export function focusLine(line) {
  const item = document.getElementById("lines").children[basket.lines.indexOf(line)];
  if (!item) return;
  if (!line.name && !line.sku) item.querySelector("[data-name]").focus();
  else if (!line.priced) item.querySelector("[data-price]").focus();
}
