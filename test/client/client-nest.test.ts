import { HeksherClient, setting } from '@heksher/client';
import {
  HeksherContextInterceptor,
  HeksherModule,
  type HeksherModuleOptions,
  type IncomingRequest,
} from '@heksher/client/nest';
import { StubHeksher } from '@heksher/client/testing';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  type INestApplication,
  Inject,
  Module,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { addFeatures, addRule } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
const size = setting('size', { type: 'int', configurableFeatures: ['account', 'user', 'theme'], defaultValue: 60 });

type Request = IncomingRequest & { user?: string };

/** Finds out whose request it is, and lets the settings of that account decide. */
class SignedIn implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<Request>();
    request.user = request.headers['x-user']?.toString();
    return size.get() !== 403;
  }
}

@Controller('sizes')
class SizesController {
  constructor(@Inject(HeksherClient) private readonly client: HeksherClient) {}

  @Get('plain')
  plain(): number {
    return size.get();
  }

  @Get('later')
  async later(): Promise<readonly number[]> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return [size.get(), size.get({ theme: 'dark' })];
  }

  @UseGuards(SignedIn)
  @UseInterceptors(HeksherContextInterceptor)
  @Get('guarded')
  async guarded(): Promise<number> {
    await Promise.resolve();
    return size.get();
  }

  @Get('status')
  status(): readonly string[] {
    return [this.client.status().state];
  }
}

@Module({ controllers: [SizesController] })
class SizesModule {}

const requestContext = ({ headers, user }: Request) => ({
  account: headers['x-account']?.toString() ?? 'nobody',
  user: user ?? null,
  theme: null,
});

const options = (): HeksherModuleOptions<Request> => ({ url: api.url(), settings: [size], requestContext });

let app: INestApplication | undefined;
async function serve(testing: TestingModuleBuilder, prefix = ''): Promise<string> {
  const compiled = await testing.compile();
  app = compiled.createNestApplication();
  app.setGlobalPrefix(prefix);
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

function listen(heksher: DynamicModule): Promise<string> {
  return serve(Test.createTestingModule({ imports: [heksher, SizesModule] }));
}

async function ask(url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const answer = await fetch(`${url}/sizes/${path}`, { headers });
  const text = await answer.text();
  return answer.status === 200 ? JSON.parse(text) : answer.status;
}

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  const client = await HeksherClient.start({ url: api.url(), settings: [size] });
  await client.close();
  await addRule(api.call, 'size', { account: 'jim' }, 50);
  await addRule(api.call, 'size', { account: 'jim', theme: 'dark' }, 51);
  await addRule(api.call, 'size', { account: 'john' }, 100);
  await addRule(api.call, 'size', { account: 'closed' }, 403);
  await addRule(api.call, 'size', { user: 'guest' }, 10);
});
afterEach(() => app?.close());

it('serves each request in its own context, however many there are', async () => {
  const url = await listen(HeksherModule.forRoot({ ...options(), isGlobal: true }));
  expect(await ask(url, 'plain')).toBe(60);
  expect(await ask(url, 'plain', { 'x-account': 'jim' })).toBe(50);
  const accounts = Array.from({ length: 40 }, (_, index) => ['jim', 'john', 'joe'][index % 3] ?? '');
  const answers = await Promise.all(accounts.map((account) => ask(url, 'later', { 'x-account': account })));
  const expected: Readonly<Record<string, unknown>> = { jim: [50, 51], john: [100, 100], joe: [60, 60] };
  expect(answers).toEqual(accounts.map((account) => expected[account]));
});

it('serves what is below a prefix as well', async () => {
  const testing = Test.createTestingModule({
    imports: [HeksherModule.forRoot({ ...options(), isGlobal: true }), SizesModule],
  });
  const url = await serve(testing, 'deep/api');
  expect(await ask(`${url}/deep/api`, 'plain', { 'x-account': 'jim' })).toBe(50);
});

it('knows in guards what the request says, and after them what they found out', async () => {
  const url = await listen(HeksherModule.forRoot({ ...options(), isGlobal: true }));
  expect(await ask(url, 'guarded', { 'x-account': 'closed', 'x-user': 'guest' })).toBe(403);
  expect(await ask(url, 'guarded', { 'x-account': 'jim', 'x-user': 'guest' })).toBe(10);
  expect(await ask(url, 'guarded', { 'x-account': 'jim', 'x-user': 'bob' })).toBe(50);
  expect(await ask(url, 'plain', { 'x-account': 'jim', 'x-user': 'guest' })).toBe(50);
});

it('takes options from a factory, and closes the client with the application', async () => {
  const Config = Symbol('Config');
  @Module({ providers: [{ provide: Config, useFactory: () => options() }], exports: [Config] })
  class ConfigModule {}
  const useFactory = (config: HeksherModuleOptions<Request>) => Promise.resolve(config);
  const url = await listen(
    HeksherModule.forRootAsync({ imports: [ConfigModule], inject: [Config], useFactory, isGlobal: true }),
  );
  expect(await ask(url, 'plain', { 'x-account': 'john' })).toBe(100);
  expect(await ask(url, 'status')).toEqual(['serving']);
  const client = app?.get(HeksherClient);
  await app?.close();
  expect(client?.status().state).toBe('closed');
});

it('is for modules that import it, unless it is global', async () => {
  // Nest may have started this client before it finds out that another module wants it.
  await expect(listen(HeksherModule.forRoot({ ...options(), settings: [] }))).rejects.toThrow(/HeksherClient/);
  @Module({ imports: [HeksherModule.forRoot(options())], controllers: [SizesController] })
  class OwnModule {}
  const url = await serve(Test.createTestingModule({ imports: [OwnModule] }));
  expect(await ask(url, 'plain', { 'x-account': 'jim' })).toBe(50);
});

it('an application whose service is away does not start, unless it wants to', async () => {
  const down: typeof fetch = () => Promise.reject(new Error('nobody listens'));
  const nowhere = { ...options(), fetch: down, isGlobal: true };
  await expect(listen(HeksherModule.forRoot(nowhere))).rejects.toThrow(/nobody listens/);
  const url = await listen(HeksherModule.forRoot({ ...nowhere, onUnavailable: 'continue' }));
  expect(await ask(url, 'plain', { 'x-account': 'jim' })).toBe(60);
  expect(await ask(url, 'status')).toEqual(['failing']);
});

it('needs no service in tests: a stub stands in for the client', async () => {
  const before = size.reader;
  const stub = new StubHeksher();
  stub.setRules(size, [{ when: { account: 'jim' }, value: 1 }]);
  const heksher = HeksherModule.forRoot({ ...options(), url: 'http://localhost:1', isGlobal: true });
  const testing = Test.createTestingModule({ imports: [heksher, SizesModule] });
  const url = await serve(testing.overrideProvider(HeksherClient).useValue(stub));
  expect(await ask(url, 'plain', { 'x-account': 'jim' })).toBe(1);
  await app?.close();
  expect(size.reader).toBe(before);
});
