// What the device keeps: sales that wait to be sent, the numbers of receipts,
// and goods with the price that they had last. It holds no customer by name.
const version = 1;

function request(of) {
  return new Promise((resolve, reject) => {
    of.onsuccess = () => resolve(of.result);
    of.onerror = () => reject(of.error);
  });
}

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("till", version);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("queue", { keyPath: "place", autoIncrement: true });
    asked.result.createObjectStore("count");
    asked.result.createObjectStore("goods", { keyPath: "sku" });
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function on(store, mode, work) {
  const db = await opened;
  const change = db.transaction(store, mode);
  const done = new Promise((resolve, reject) => {
    change.oncomplete = resolve;
    change.onabort = () => reject(change.error);
  });
  const result = await work(change.objectStore(store));
  await done;
  return result;
}

export const queued = () => on("queue", "readonly", (q) => request(q.getAll()));
export const keep = (sale) => on("queue", "readwrite", (q) => request(q.put(sale)));
export const drop = (place) => on("queue", "readwrite", (q) => request(q.delete(place)));
export const goods = () => on("goods", "readonly", (g) => request(g.getAll()));
export const remember = (one) => on("goods", "readwrite", (g) => request(g.put(one)));
export const product = (sku) => on("goods", "readonly", (g) => request(g.get(sku)));

// nextNumber counts receipts within the series that the server gave this
// device; two tabs never count to the same. It is empty before there is one.
export function nextNumber() {
  return on("count", "readwrite", async (c) => {
    const series = await request(c.get("series"));
    if (!series) return "";
    series.count += 1;
    await request(c.put(series, "series"));
    return `${series.device}-${series.roll}-${series.count}`;
  });
}

// haveSeries asks for a series of numbers where there is none of this till.
export async function haveSeries(device, ask) {
  const known = await on("count", "readonly", (c) => request(c.get("series")));
  if (known && known.device === device) return;
  const given = await ask();
  await on("count", "readwrite", (c) => request(c.put({ device: given.device, roll: given.roll, count: 0 }, "series")));
}
