import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `npm run dev -w @heksher/console` shows a service at this address. */
const SERVICE = process.env['HEKSHER_URL'] ?? 'http://localhost:8080';

/** What the service does for the built page (apps/heksher/src/modules/console/console-page.ts). */
const base: Plugin = {
  name: 'base',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace('<head>', '<head><base href="/console/" />'),
};

export default defineConfig(({ command }) => ({
  base: command === 'serve' ? '/console/' : './',
  plugins: [react(), base],
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '^/(api|ofrep|console/config.json)': SERVICE } },
}));
