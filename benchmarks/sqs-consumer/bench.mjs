// sqs-consumer on the service that the address names: batches of ten sent by eight callers, received and deleted by eight consumers.
// One JSON line.
// node bench.mjs http://127.0.0.1:4566 [messages]
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';

const endpoint = process.argv[2] ?? 'http://127.0.0.1:4566';
const messages = Number(process.argv[3] ?? 20_000);
const loops = 8;
const sqs = new SQSClient({ endpoint, region: 'us-east-1', useQueueUrlAsEndpoint: false, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
const body = JSON.stringify({ payload: 'x'.repeat(180) });
const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;

const send = async (QueueUrl) => {
  const started = process.hrtime.bigint();
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), MessageBody: body }));
  const sender = async () => {
    for (let left = messages / loops; left > 0; left -= 10) {
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  await Promise.all(Array.from({ length: loops }, sender));
  return Math.round(messages / seconds(started));
};

const consume = async (queueUrl) => {
  let left = messages;
  let done;
  const finished = new Promise((resolve) => (done = resolve));
  const handleMessageBatch = async (batch) => {
    left -= batch.length;
    if (left <= 0) done();
    return batch;
  };
  const consumers = Array.from({ length: loops }, () =>
    Consumer.create({ queueUrl, sqs, batchSize: 10, waitTimeSeconds: 1, suppressFifoWarning: true, handleMessageBatch }));
  const started = process.hrtime.bigint();
  consumers.forEach((consumer) => consumer.start());
  await finished;
  const result = Math.round(messages / seconds(started));
  consumers.forEach((consumer) => consumer.stop({ abort: true }));
  return result;
};

const round = async (name) => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  return { send: await send(QueueUrl), consume: await consume(QueueUrl) };
};

await round(`warm-up-${Date.now()}`);
console.log(JSON.stringify(await round(`bench-${Date.now()}`)));
process.exit(0);
