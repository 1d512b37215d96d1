// What this telephone keeps of its unit, in the browser's database: one record, written whole before anything is sent.
const STORE = "unit";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("turnout-report", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const loadUnit = () => inStore("readonly", (store) => store.get(STORE));
export const keepUnit = (unit) => inStore("readwrite", (store) => store.put(unit, STORE));
export const forgetUnit = () => inStore("readwrite", (store) => store.delete(STORE));
