// The line to the server, its clock, and whether there is a connection.
import { nextNumber } from "./store.js";

export const root = document.getElementById("till");
export const words = JSON.parse(root?.dataset.words ?? "{}");
export const at = (id) => document.getElementById(id);

export class Offline extends Error {}

// call asks the server. Without a connection, or when nothing is heard for as
// many milliseconds as patience, it fails with Offline, and with the server's
// words where it refuses.
export async function call(path, body, patience = 10_000) {
  const init = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(patience) };
  if (body) Object.assign(init, { method: "POST", body: JSON.stringify(body), headers: { ...init.headers, "Content-Type": "application/json" } });
  const answer = await fetch(path, init).catch(() => null);
  online(answer !== null);
  noteClock(answer);
  if (!answer) throw new Offline(words.needs_network);
  if (answer.status === 401) {
    location.assign("/till");
    throw new Error(words.locked);
  }
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw Object.assign(new Error(said?.error ?? words.failed), { code: said?.code, refused: answer.status < 500 });
  if (!said) throw new Offline(words.needs_network); // it broke off on its way
  return said;
}

const numbers = new Map(); // of what has no answer yet

// once asks for what may be done only once. When the answer was lost on its way,
// the same asked again has the number that it had, and gets that answer.
export async function once(path, what) {
  const asked = path + JSON.stringify(what);
  if (!numbers.has(asked)) numbers.set(asked, await nextNumber());
  try {
    const found = await call(path, { number: numbers.get(asked), ...what });
    numbers.delete(asked);
    return found;
  } catch (failure) {
    if (failure.refused) numbers.delete(asked);
    throw failure;
  }
}

// noteClock keeps how far the server's clock is ahead of the device's, so that
// what is sold without a connection has the right time.
function noteClock(answer) {
  const said = Date.parse(answer?.headers.get("Till-Time") ?? "");
  if (said) localStorage.setItem("till-ahead", String(Math.abs(said - Date.now()) < 2000 ? 0 : said - Date.now()));
}

export const now = () => Date.now() + Number(localStorage.getItem("till-ahead") ?? 0);

export function online(yes) {
  const net = at("net");
  net.classList.toggle("net-off", !yes);
  if (net.textContent !== (yes ? words.online : words.offline)) net.textContent = yes ? words.online : words.offline;
  at("lock").disabled = !yes;
}
