import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Turns each graphql`…` tag into the artifact that the Relay compiler made of it. */
const relayTags: Plugin = {
  name: 'relay-tags',
  enforce: 'pre',
  transform(code, file) {
    if (!/\.tsx?$/.test(file) || !code.includes('graphql`')) return undefined;
    const names: string[] = [];
    const withoutTags = code.replaceAll(
      /graphql`\s*(?:query|fragment|mutation|subscription) (\w+)[^`]*`/g,
      (_tag, name: string) => {
        names.push(name);
        return `artifact_${name}`;
      },
    );
    const folder = fileURLToPath(new URL('src/__generated__', import.meta.url));
    const imports = names.map((name) => `import artifact_${name} from ${JSON.stringify(`${folder}/${name}.graphql`)};`);
    return { code: `${imports.join('')}${withoutTags}`, map: null };
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [relayTags, react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The page must not need inline scripts: its content security policy has none.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The build measures the first load itself, compressed.
    chunkSizeWarningLimit: 2000,
  },
});
