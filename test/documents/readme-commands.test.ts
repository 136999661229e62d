import { consoleCommands, readPage, runCommand } from '../support/service/console-commands.js';
import { startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

it('the commands of the README print what the README says, in its order', async () => {
  const commands = consoleCommands(await readPage('README.md'));
  expect(commands.length).toBeGreaterThanOrEqual(12);
  for (const { line, output } of commands) {
    expect({ line, output: await runCommand(service, line) }).toEqual({ line, output });
  }
});
