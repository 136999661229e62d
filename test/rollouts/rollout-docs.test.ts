import { consoleCommands, readPage, runCommand } from '../support/service/console-commands.js';
import { addFeatures, startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await addFeatures(service.call, 'account', 'user', 'theme');
});
afterAll(() => service.stop());

it('the commands of the page on rollouts print what it says, in its order', async () => {
  const commands = consoleCommands(await readPage('docs/rollouts.md'));
  expect(commands.length).toBeGreaterThanOrEqual(20);
  for (const { line, output } of commands) {
    expect({ line, output: await runCommand(service, line) }).toEqual({ line, output });
  }
});
