// A table that an office can open: RFC 4180, with a mark for spreadsheets.

// A cell that a spreadsheet cannot take for a formula.
function cellOf(value) {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// Saves these fields of the rows.
export function saveCsv(rows, fields, name) {
  const lines = [fields, ...rows.map((row) => fields.map((field) => row[field]))].map((cells) => `${cells.map(cellOf).join(",")}\r\n`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", ...lines], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
