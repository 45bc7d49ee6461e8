// Every example with a page of its own, built in one go.

import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const pages = ['react-hook-form', 'tanstack-form', 'conform', 'tanstack-query', 'vue'];

export default defineConfig({
  plugins: [react(), vue()],
  build: { rollupOptions: { input: pages.map((name) => `${name}/index.html`) }, minify: false, reportCompressedSize: false },
});
