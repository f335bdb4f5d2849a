// Sales made without a connection: they wait here, are sent in their order when
// there is one, and stay with the reason where they were refused.
import { drop, keep, queued } from "./store.js";
import { money } from "./basket.js";

const root = document.getElementById("till");
const words = JSON.parse(root?.dataset.words ?? "{}");
const forms = root && new Intl.PluralRules(root.dataset.lang);

let sending = false;

// sendQueue sends what waits. Of two at once, in two tabs, one works.
export async function sendQueue(post) {
  if (sending || !navigator.onLine) return;
  sending = true;
  try {
    await navigator.locks.request("till-queue", () => sendAll(post));
  } catch {
    // without a connection after all: they go on waiting
  } finally {
    sending = false;
    await drawQueue(post);
  }
}

const sendable = (all) => all.filter((s) => !s.why);

const most = 50; // sales at once
const patience = 60_000; // milliseconds that they may take on a poor line

async function sendAll(post) {
  for (;;) {
    const waiting = sendable(await queued()).slice(0, most);
    if (waiting.length === 0) return;
    const { answers } = await post("/till/sync", { events: waiting.map((s) => s.sale) }, patience);
    let later = false;
    for (const [i, answer] of answers.entries()) {
      if (answer.state === "taken" || answer.state === "repeated") await drop(waiting[i].place);
      else if (answer.state === "refused") await keep({ ...waiting[i], why: answer.words });
      else later = true;
    }
    if (later) return;
  }
}

// drawQueue shows how many sales wait, and which were refused and why.
export async function drawQueue(post) {
  const all = await queued();
  const refused = all.filter((s) => s.why).length;
  const button = document.getElementById("waiting");
  button.hidden = all.length === 0;
  button.classList.toggle("waiting-refused", refused > 0);
  button.textContent = words[`queue_${forms.select(all.length)}`].replace("#", all.length);
  const template = document.getElementById("queue-template");
  document.getElementById("queue-list").replaceChildren(...all.map((one) => drawOne(template, one, post)));
  document.getElementById("queue-send").hidden = sendable(all).length === 0;
  if (all.length === 0) document.getElementById("queue").close();
}

function drawOne(template, one, post) {
  const item = template.content.firstElementChild.cloneNode(true);
  const set = (name, text) => (item.querySelector(`[data-${name}]`).textContent = text);
  set("number", one.sale.number);
  set("sum", money(one.due));
  set("when", new Date(one.sale.at).toLocaleString(root.dataset.locale, { dateStyle: "short", timeStyle: "short" }));
  set("why", one.why ?? "");
  item.querySelector("[data-settle]").hidden = !one.why;
  const { why, ...fresh } = one;
  const { codes, points, cards, due, given, ...sale } = one.sale;
  const list = item.querySelector("[data-list]");
  list.textContent += ` · ${money(sale.lines.reduce((sum, l) => sum + l.amount, 0))}`;
  settles(item, "[data-again]", () => keep(fresh), post);
  settles(item, "[data-list]", () => keep({ ...fresh, sale: { ...sale, listed: true } }), post);
  settles(item, "[data-drop]", () => confirm(words.queue_drop_ask) && drop(one.place), post);
  return item;
}

// settles lets a button decide what becomes of a sale that was refused. It is
// decided once: until the list is drawn anew nothing else can be pressed.
function settles(item, selector, work, post) {
  item.querySelector(selector).addEventListener("click", async () => {
    for (const button of item.querySelectorAll("button")) button.disabled = true;
    await work();
    if (sendable(await queued()).length > 0) await sendQueue(post);
    else await drawQueue(post);
  });
}
