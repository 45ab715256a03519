// BullMQ on the server that the URL names: bulk enqueue, process at a concurrency, enqueue to start at 200 jobs/s. One JSON line.
// node bench.mjs redis://127.0.0.1:6379 [jobs]
import { Queue, Worker } from 'bullmq';

const url = new URL(process.argv[2] ?? 'redis://127.0.0.1:6379');
const jobs = Number(process.argv[3] ?? 20_000);
const connection = { host: url.hostname, port: Number(url.port || 6379), maxRetriesPerRequest: null };
const queue = new Queue('jobs-bench', { connection });
await queue.obliterate({ force: true });

const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;
const options = { removeOnComplete: true };
const rate = async (concurrency) => {
  for (let i = 0; i < jobs; i += 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, jobs - i) }, (_, n) => ({ name: 'work', data: { id: i + n }, opts: options })));
  }
  let left = jobs;
  let end;
  const done = new Promise((resolve) => (end = resolve));
  const started = process.hrtime.bigint();
  const worker = new Worker('jobs-bench', async () => { if (--left === 0) end(); }, { connection, concurrency });
  await done;
  const result = jobs / seconds(started);
  await worker.close();
  return Math.round(result);
};

const bulk = async () => {
  const started = process.hrtime.bigint();
  for (let i = 0; i < jobs; i += 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, jobs - i) }, (_, n) => ({ name: 'work', data: { id: i + n }, opts: options })));
  }
  const result = jobs / seconds(started);
  await queue.obliterate({ force: true });
  return Math.round(result);
};

const latency = async (samples) => {
  const times = [];
  const sent = new Map();
  let end;
  const done = new Promise((resolve) => (end = resolve));
  const worker = new Worker('jobs-bench', async (job) => {
    times.push(Number(process.hrtime.bigint() - sent.get(job.data.id)) / 1e6);
    if (times.length === samples) end();
  }, { connection, concurrency: 10 });
  await worker.waitUntilReady();
  for (let i = 0; i < samples; i++) {
    sent.set(i, process.hrtime.bigint());
    await Promise.all([queue.add('work', { id: i }, options), new Promise((resolve) => setTimeout(resolve, 5))]);
  }
  await done;
  await worker.close();
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(samples * 0.5)], p99: times[Math.floor(samples * 0.99)] };
};

await bulk();
const result = { bulk: await bulk(), process1: undefined, process10: undefined, process100: undefined, latencyMs: undefined };
result.process100 = await rate(100);
result.process10 = await rate(10);
result.process1 = await rate(1);
result.latencyMs = await latency(1000);
console.log(JSON.stringify(result));
await queue.close();
process.exit(0);
