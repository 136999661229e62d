import fc from 'fast-check';
import { empty } from '../support/database/contents.js';
import { type TestDatabase } from '../support/database/database.js';
import { type Asked, asking, expectAnswers } from '../support/model/questions.js';
import { BEGINNING, randomTransactions, sqlOf, type RandomTransaction } from '../support/model/random-writes.js';
import { expectEvaluations } from '../support/model/reference-evaluation.js';
import { readTables } from '../support/model/reference.js';
import { startTestService, type TestService } from '../support/service/service.js';

const SEQUENCES = 14;

let lasting: TestService;
let database: TestDatabase;
beforeAll(async () => {
  lasting = await startTestService();
  database = lasting.database;
});
afterAll(() => lasting.stop());

/** Asked after every step, so that answers are there that may be kept. */
const ALWAYS = [
  asking(),
  asking('user:(john),theme:*'),
  asking('*', ['a']),
  asking('*', ['alias']),
  asking('*', ['B.c', 'b']),
  asking('*', undefined, true, true),
  asking('*', [], false, true),
];

/** Values that cannot be asked for (with spaces, for instance) are stored all the same. */
const filter = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('*', '') },
  {
    weight: 4,
    arbitrary: fc
      .uniqueArray(
        fc.tuple(
          fc.constantFrom('account', 'user', 'theme', '__proto__', 'nobody'),
          fc.constantFrom('*', '(john)', '(jim,john)', '(nobody)'),
        ),
        { selector: ([feature]) => feature, minLength: 1 },
      )
      .map((entries) => entries.map((entry) => entry.join(':')).join(',')),
  },
);
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'B.c', '__proto__', 'alias', 'alias.2', 'ax'), { maxLength: 3 });
const asked: fc.Arbitrary<Asked> = fc
  .tuple(filter, fc.option(names, { nil: undefined }), fc.boolean(), fc.boolean())
  .map((parameters) => asking(...parameters));

/** In each step some transactions, then some questions. */
const steps = fc.array(
  fc.record({
    transactions: fc.array(randomTransactions, { minLength: 1, maxLength: 3 }),
    questions: fc.array(asked, { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 4, maxLength: 10 },
);

/** Whether it went through; what a constraint forbids is rolled back. */
async function carryOut(transaction: RandomTransaction): Promise<boolean> {
  const client = await database.connect();
  try {
    await client.query(sqlOf(transaction));
    return transaction.end !== 'rollback';
  } catch (error) {
    if (!/^23/.test(String(error instanceof Error && 'code' in error && error.code))) throw error;
    return false;
  } finally {
    await client.end();
  }
}

/** A service that has been there all along gives the bodies and tags that one started just now gives. */
async function expectSameAsFresh(questions: readonly Asked[]): Promise<void> {
  const fresh = await startTestService({}, database);
  try {
    for (const { queryString } of [...ALWAYS, ...questions]) {
      expect(await taggedAnswer(lasting.url, queryString)).toEqual(await taggedAnswer(fresh.url, queryString));
    }
  } finally {
    await fresh.stop();
  }
}

async function taggedAnswer(url: string, queryString: string): Promise<object> {
  const answer = await fetch(`${url}/api/v1/query?${queryString}`);
  return { queryString, status: answer.status, etag: answer.headers.get('etag'), text: await answer.text() };
}

it('after any writes the answers equal a naive reference, and what was refreshed step by step equals what is loaded anew', async () => {
  let tried = 0;
  let committed = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      await empty(database);
      expect(await carryOut(BEGINNING)).toBe(true);
      for (const { transactions, questions } of sequence) {
        for (const transaction of transactions) {
          tried += 1;
          if (await carryOut(transaction)) committed += 1;
        }
        const tables = await readTables(database);
        await expectAnswers(lasting.url, tables, [...ALWAYS, ...questions]);
        await expectEvaluations(lasting.url, tables);
      }
      await expectSameAsFresh(sequence.flatMap(({ questions }) => questions));
    }),
    { numRuns: SEQUENCES, endOnFailure: false, interruptAfterTimeLimit: 90_000, markInterruptAsFailure: false },
  );
  // Most of the writes were carried out, or it shows little.
  expect(committed / tried).toBeGreaterThan(0.5);
}, 240_000);
