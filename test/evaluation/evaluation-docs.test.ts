import { consoleCommands, readPage, runCommand } from '../support/service/console-commands.js';
import { startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

it('the commands of the page on evaluation print what it says, in its order', async () => {
  const commands = consoleCommands(await readPage('docs/evaluation.md'));
  expect(commands.length).toBeGreaterThanOrEqual(14);
  for (const { line, output } of commands) {
    expect({ line, output: await runCommand(service, line) }).toEqual({ line, output });
  }
});
