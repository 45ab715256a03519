// The official JavaScript client on the server that the address names: publish with acknowledgements, pull and acknowledge, publish to
// receipt at 200 messages/s. One JSON line.
// node bench.mjs 127.0.0.1:4222 [messages]
import { connect } from '@nats-io/transport-node';
import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';

const servers = process.argv[2] ?? '127.0.0.1:4222';
const messages = Number(process.argv[3] ?? 100_000);
const connection = await connect({ servers });
const manager = await jetstreamManager(connection);
const client = jetstream(connection);
const payload = Buffer.alloc(200, 'x');

await manager.streams.delete('natsjs-bench').catch(() => {});
await manager.streams.add({ name: 'natsjs-bench', subjects: ['natsjs-bench.work'], retention: RetentionPolicy.Workqueue });
await manager.consumers.add('natsjs-bench', { durable_name: 'bench', ack_policy: AckPolicy.Explicit, max_ack_pending: 65_536 });

const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;
const publish = async () => {
  const started = process.hrtime.bigint();
  let id = 0;
  const producer = async () => {
    while (id < messages) {
      await client.publish('natsjs-bench.work', payload, { msgID: `${started}-${id++}` });
    }
  };
  await Promise.all(Array.from({ length: 256 }, producer));
  return Math.round(messages / seconds(started));
};

const consume = async () => {
  const consumer = await client.consumers.get('natsjs-bench', 'bench');
  const started = process.hrtime.bigint();
  const incoming = await consumer.consume({ max_messages: 1_000 });
  let left = messages;
  for await (const message of incoming) {
    if (--left === 0) {
      await message.ackAck();
      break;
    }
    message.ack();
  }
  const result = Math.round(messages / seconds(started));
  await incoming.close();
  return result;
};

const latency = async (samples) => {
  const consumer = await client.consumers.get('natsjs-bench', 'bench');
  const incoming = await consumer.consume({ max_messages: 1_000 });
  const times = [];
  let sent;
  const receiving = (async () => {
    for await (const message of incoming) {
      times.push(Number(process.hrtime.bigint() - sent) / 1e6);
      message.ack();
      if (times.length === samples) break;
    }
  })();
  for (let i = 0; i < samples; i++) {
    sent = process.hrtime.bigint();
    await Promise.all([client.publish('natsjs-bench.work', payload), new Promise((resolve) => setTimeout(resolve, 5))]);
  }
  await receiving;
  await incoming.close();
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(samples * 0.5)], p99: times[Math.floor(samples * 0.99)] };
};

await publish();
await consume();
const result = { publish: await publish(), consume: await consume(), latencyMs: await latency(1_000) };
console.log(JSON.stringify(result));
await connection.close();
process.exit(0);
