// What a page costs, by chromium's own measure: memory, and the processor's time of its main thread, whatever else runs.
import assert from "node:assert/strict";

const LONG_TASK_MS = 50;

// What the page holds once all that can be freed is.
export async function measure(devtools) {
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage"); // what the first has set free
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

// Watches what each task of the main thread takes of the processor, whatever else runs on the machine; ends with the durations
// of those that are long, in milliseconds.
export async function watchTasks(devtools) {
  const events = [];
  const take = ({ value }) => events.push(...value);
  devtools.on("Tracing.dataCollected", take);
  await devtools.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "__metadata"], excludedCategories: ["*"] } });
  return async () => {
    const complete = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
    await devtools.send("Tracing.end");
    await complete;
    const mainThreads = new Set(events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid}.${tid}`));
    const tasks = events.filter(({ name, pid, tid }) => name === "ThreadControllerImpl::RunTask" && mainThreads.has(`${pid}.${tid}`));
    assert.ok(tasks.length > 0, "no task was seen");
    return tasks.map(({ tdur }) => tdur / 1000).filter((duration) => duration > LONG_TASK_MS);
  };
}

export async function openDevtools(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" }); // the processor's time, whatever else runs
  return devtools;
}

// What each of so many steps has cost the main thread between two measurements.
export function costOf(step, first, last, steps) {
  const cost = (name) => `${((1000 * (last[name] - first[name])) / steps).toFixed(1)} ms`;
  return `${step} takes the main thread ${cost("TaskDuration")}: script ${cost("ScriptDuration")}, style ${cost("RecalcStyleDuration")}, layout ${cost("LayoutDuration")}`;
}

// What watchTasks() has found, in words.
export const tasksOf = (long) => `${long.length} tasks above ${LONG_TASK_MS} ms of the processor, the longest ${Math.round(Math.max(0, ...long))} ms`;
