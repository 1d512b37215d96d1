// Bundles the pages, compresses them, and writes the C file that carries them into turnoutd (src/net/static_http.h):
//   node build.mjs FOLDER        FOLDER/pages.c, and beside it in FOLDER/pages the files that it embeds
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { islands } from "./islands.js";
import { outlineOf } from "./outline.mjs";

// What somebody waits for before a page is there: HTML, script and style together, compressed.
const FIRST_VIEW_BYTES_MAX = 80_000;

// A path that ends with '/' stands for whatever one segment follows it.
const feed = '<link rel="alternate" type="application/atom+xml" title="Turnout" href="/v1/feed.atom">';
const pages = [
  { path: "/", script: "live", links: feed },
  { path: "/a/", script: "live", links: feed },
  { path: "/bulletin/", script: "bulletin" },
  { path: "/check", script: "check", asksOthers: true },
  { path: "/embed/headline", script: "embed", mayBeFramed: true },
  { path: "/embed/map", script: "embed", mayBeFramed: true },
  { path: "/report", script: "report" },
  { path: "/committee", script: "committee" },
];

const source = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2];
const elections = join(source, "../../config/elections");

// The tables of the elections of config/elections, as [election, rows]. No cell in them has a comma in it.
const tables = readdirSync(elections)
  .map((election) => [election, join(elections, election, "provinces.csv")])
  .filter(([, table]) => existsSync(table))
  .map(([election, table]) => {
    const [head, ...lines] = readFileSync(table, "utf8").trim().split(/\r?\n/).map((line) => line.split(","));
    return [election, lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])))];
  });

// What a page does not need to begin with; each has its own file, by its content. The outlines of provinces, by election.
const outlines = tables
  .filter(([, rows]) => rows.every(({ outline }) => outline))
  .map(([election, rows]) => {
    const parts = Object.fromEntries(rows.map(({ code, outline }) => [code, outline.split(" ")]));
    const bytes = Buffer.from(JSON.stringify(outlineOf(parts, (islands[election] ?? []).map(({ outline }) => outline))));
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    return { election, bytes, path: `/assets/outline-${election}-${digest}.json` };
  });

// `import maps from "maps"`: { election: { tiles: { province: [row, column] }, outline: where it is } }
const maps = {
  name: "maps",
  setup(bundler) {
    bundler.onResolve({ filter: /^maps$/ }, () => ({ path: "maps", namespace: "maps" }));
    bundler.onLoad({ filter: /.*/, namespace: "maps" }, () => {
      const found = tables.map(([election, rows]) => {
        const tiles = rows.map(({ code, tile_row, tile_col }) => [code, [Number(tile_row), Number(tile_col)]]);
        return [election, { tiles: Object.fromEntries(tiles), outline: outlines.find((outline) => outline.election === election)?.path }];
      });
      return { contents: JSON.stringify(Object.fromEntries(found)), loader: "json" };
    });
  },
};

const bundled = await build({
  absWorkingDir: source,
  entryPoints: [...new Set(pages.map((page) => `${page.script}.jsx`)), "turnout.css"],
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  outdir: "assets",
  entryNames: "[name]-[hash]",
  format: "esm",
  target: ["es2020", "chrome87", "firefox78", "safari14"],
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
  banner: { js: "/*! Turnout, MIT. With Preact, MIT, (c) 2015-present Jason Miller */" },
  plugins: [maps],
});

// By the name of its source: the path at which it is served.
const served = {};
for (const [path, { entryPoint }] of Object.entries(bundled.metafile.outputs)) {
  served[entryPoint] = `/${path}`;
}

const template = readFileSync(join(source, "page.html"), "utf8");
const files = [
  ...pages.map(({ path, script, links = "", mayBeFramed, asksOthers }) => ({
    path,
    type: "text/html; charset=utf-8",
    isImmutable: false,
    mayBeFramed,
    asksOthers,
    bytes: Buffer.from(
      template.replace("{links}", links).replace("{style}", served["turnout.css"]).replace("{script}", served[`${script}.jsx`]),
    ),
  })),
  ...bundled.outputFiles.map((file) => ({
    path: `/assets/${basename(file.path)}`,
    type: file.path.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8",
    isImmutable: true,
    bytes: Buffer.from(file.contents),
  })),
];
files.push(...outlines.map(({ path, bytes }) => ({ path, type: "application/json", isImmutable: true, bytes })));
// The service worker of the unit's form has a path of its own, and knows by name what to keep.
const kept = JSON.stringify(["/report", served["turnout.css"], served["report.jsx"]]);
files.push({
  path: "/report-worker.js",
  type: "text/javascript; charset=utf-8",
  isImmutable: false,
  bytes: Buffer.from(readFileSync(join(source, "report-worker.js"), "utf8").replace("FILES", kept)),
});
for (const file of files) {
  file.codings = {
    brotli: brotliCompressSync(file.bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: file.bytes.length } }),
    gzip: gzipSync(file.bytes, { level: 9 }),
    identity: file.bytes,
  };
}

const lengthOf = (path) => files.find((file) => file.path === path).codings.gzip.length;
for (const { path, script } of pages) {
  const firstView = [path, served["turnout.css"], served[`${script}.jsx`]].map(lengthOf).reduce((sum, length) => sum + length);
  if (firstView > FIRST_VIEW_BYTES_MAX) {
    throw new Error(`the first view of ${path} is ${firstView} bytes of gzip, more than ${FIRST_VIEW_BYTES_MAX}`);
  }
}

rmSync(join(output, "pages"), { recursive: true, force: true });
mkdirSync(join(output, "pages"), { recursive: true });
const embedded = new Map(); // by digest, so that a page with several paths is there once
let assembly = "";
let declarations = "";

function embed(bytes) {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  if (!embedded.has(digest)) {
    const symbol = `page_bytes_${digest}`;
    const file = join(output, "pages", digest);
    writeFileSync(file, bytes);
    assembly += `__asm__(".section .rodata\\n.global ${symbol}\\n${symbol}:\\n.incbin \\"${file}\\"\\n.previous");\n`;
    declarations += `extern const char ${symbol}[];\n`;
    embedded.set(digest, symbol);
  }
  return `{${embedded.get(digest)}, ${bytes.length}}`;
}

const rows = files.map(
  (file) => `    {.path = "${file.path}",
     .content_type = "${file.type}",
     .is_immutable = ${file.isImmutable},
     .may_be_framed = ${file.mayBeFramed ?? false},
     .asks_others = ${file.asksOthers ?? false},
     .version = "${createHash("sha256").update(file.codings.identity).digest("hex").slice(0, 16)}",
     .forms = {[HTTP_CODING_BROTLI] = ${embed(file.codings.brotli)},
               [HTTP_CODING_GZIP] = ${embed(file.codings.gzip)},
               [HTTP_CODING_IDENTITY] = ${embed(file.codings.identity)}}},
`,
);
writeFileSync(
  join(output, "pages.c"),
  `/* Written by src/web/build.mjs. */
#include "static_http.h"

${assembly}
${declarations}
const struct static_file static_files[] = {
${rows.join("")}};
const size_t static_file_count = sizeof static_files / sizeof static_files[0];
`,
);
