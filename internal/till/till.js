// The screen of the till. The server prices and words everything; this holds
// the open basket, keeps the focus where the scanner types, and queues sales
// while there is no connection. Here is what buttons and keys do, and the
// beginning.
import * as store from "./store.js";
import { addLine, basket, focusLine, number } from "./basket.js";
import { drawQueue, sendQueue } from "./queue.js";
import { withCamera } from "./camera.js";
import { quoteBack, step, unsay } from "./giveback.js";
import { addCode, addGoods, greet, scan, take } from "./scanning.js";
import { changed, clearBasket, complete } from "./selling.js";
import { at, call, online, root, words } from "./server.js";
import { attempt, fold, focusScan, say, show } from "./screen.js";

async function post(button) {
  if (button.dataset.ask && !confirm(button.dataset.ask)) return;
  const { reward, member, points, money: onTop, redemption, gesture, giving, reason, wanted, name } = button.dataset;
  let body = { redemption, giving };
  if (gesture) body = { number: await store.nextNumber(), gesture, member };
  if (reward) body = { number: await store.nextNumber(), reward, member, points: Number(points), money: Number(onTop) };
  if (reason) body = { member, reason, wanted, name };
  const found = await call(button.dataset.post, body);
  if (basket.member) greet(await call(`/till/members/${basket.member}`));
  await take(found);
}

function payPoints(field) {
  const most = Number(field.dataset.most);
  const whole = Math.min(most, Math.max(0, Math.floor(number(field.value) || 0)));
  field.value = String(whole);
  const slide = field.parentElement.querySelector("[data-slide]");
  if (slide) slide.value = String(whole);
  basket.points[field.dataset.wallet] = { points: whole * 10 ** Number(field.dataset.decimals), pool: whole > Number(field.dataset.own) };
  changed();
}

async function pressed(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const d = button.dataset;
  if (d.opens) openDialog(button);
  else if (d.closes) at(d.closes).close();
  else if (d.member && !d.post) await attempt(async () => take(await call(`/till/members/${d.member}`)));
  else if (d.product) await addGoods({ sku: d.product, name: d.productName, category: d.category }).then(() => show("found", ""));
  else if (d.code) addCode(d.code);
  else if (d.post) await attempt(() => post(button));
  else if (d.get) await attempt(async () => take(await call(d.get)));
  else if ("fold" in d) fold(button.getAttribute("aria-expanded") === "true");
  else if ("print" in d) print();
  else if ("next" in d) {
    show("found", "");
    focusScan();
  } else if ("backCancel" in d) await attempt(() => quoteBack(button.form, true));
  else if ("less" in d && button.closest("[data-back]")) step(button, -1);
  else if ("more" in d && button.closest("[data-back]")) step(button, 1);
  else if (button.id === "forget") {
    Object.assign(basket, { member: "", name: "", ask: "", points: {} });
    show("customer", "");
    changed();
    focusScan();
  }
}

function openDialog(button) {
  const dialog = at(button.dataset.opens);
  if (button.dataset.contact) at("sign-up-contact").value = button.dataset.contact;
  dialog.showModal();
  (button.dataset.contact ? at("sign-up-name") : at("sign-up-contact")).focus();
}

async function join(event) {
  event.preventDefault();
  const form = event.target;
  at("sign-up-said").textContent = "";
  form.dataset.number ||= await store.nextNumber();
  try {
    const found = await call("/till/sign-up", {
      number: form.dataset.number, contact: form.elements.contact.value, name: form.elements.name.value, consent: form.elements.consent.checked,
    });
    delete form.dataset.number;
    form.reset();
    at("sign-up").close();
    greet(found);
    say(words.joined);
    focusScan();
  } catch (failure) {
    delete form.dataset.number;
    at("sign-up-said").textContent = failure.message;
  }
}

function keys(event) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "F2") focusScan();
  else if (event.key === "F4") at("free-line").click();
  else if (event.key === "F7") document.querySelector("[data-opens='sign-up']").click();
  else if (event.key === "F9") complete();
  else if (event.key === "Escape" && at("found").innerHTML) {
    show("found", "");
    focusScan();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && document.activeElement === document.body) {
    at("scan").focus(); // what a scanner types with the focus nowhere is not lost
    return;
  } else return;
  event.preventDefault();
}

// The beginning ----------------------------------------------------------------

async function keepScreen() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/till/worker.js", { scope: "/till" });
  const { active } = await navigator.serviceWorker.ready;
  const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((l) => l.href);
  active.postMessage({ keep: ["/till", ...parts, ...[...document.scripts].map((s) => s.src)] });
}

function listen() {
  at("scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("scan").value.trim();
    at("scan").value = "";
    if (text) scan(text);
  });
  at("free-line").addEventListener("click", async () => {
    const line = await addLine({});
    fold(true);
    changed();
    focusLine(line);
  });
  at("clear").addEventListener("click", () => {
    clearBasket();
    focusScan();
  });
  at("complete").addEventListener("click", complete);
  at("sign-up-form").addEventListener("submit", join);
  at("waiting").addEventListener("click", () => at("queue").showModal());
  at("queue-send").addEventListener("click", () => sendQueue(call));
  root.addEventListener("click", pressed);
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-back]")) return;
    event.preventDefault();
    attempt(() => quoteBack(event.target, false));
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-wallet]")) payPoints(event.target);
  });
  root.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-wallet]")) event.target.select();
  });
  root.addEventListener("input", (event) => {
    if (!event.target.matches("[data-slide]")) return;
    const field = event.target.parentElement.querySelector("[data-wallet]");
    field.value = event.target.value;
    payPoints(field);
  });
  root.addEventListener("input", (event) => {
    if (event.target.matches("[data-back-line]")) unsay(event.target.form);
  });
  document.addEventListener("keydown", keys);
  addEventListener("online", () => {
    if (basket.quote?.listed) basket.quote = null; // to be priced after all
    changed();
    sendQueue(call);
  });
  addEventListener("offline", () => online(false));
}

const everySoOften = 20_000; // milliseconds

async function begin() {
  listen();
  online(navigator.onLine);
  changed();
  keepScreen().catch(() => {});
  withCamera((text) => scan(text));
  await drawQueue(call);
  await store.haveSeries(Number(root.dataset.device), () => call("/till/roll", {})).catch(() => {});
  await sendQueue(call);
  setInterval(async () => {
    if ((await store.queued()).some((s) => !s.why)) sendQueue(call);
  }, everySoOften);
  root.dataset.ready = "yes";
}

if (root) begin();
