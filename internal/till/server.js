// The line to the server, its clock, and whether there is a connection.
export const root = document.getElementById("till");
export const words = JSON.parse(root?.dataset.words ?? "{}");
export const at = (id) => document.getElementById(id);

export class Offline extends Error {}

// call asks the server. Without a connection it fails with Offline, and with
// the server's words where it refuses.
export async function call(path, body) {
  const init = { headers: { Accept: "application/json" } };
  if (body) Object.assign(init, { method: "POST", body: JSON.stringify(body), headers: { ...init.headers, "Content-Type": "application/json" } });
  const answer = await fetch(path, init).catch(() => null);
  online(answer !== null);
  noteClock(answer);
  if (!answer) throw new Offline(words.needs_network);
  if (answer.status === 401) {
    location.assign("/till");
    throw new Error(words.locked);
  }
  const said = await answer.json().catch(() => ({ error: words.failed }));
  if (!answer.ok) throw Object.assign(new Error(said.error ?? words.failed), { code: said.code });
  return said;
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
