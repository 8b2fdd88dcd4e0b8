import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/**
 * Turns each graphql`…` tag into the artifact that the Relay compiler made of it. In a project of your own take vite-plugin-relay-lite
 * or babel-plugin-relay; this is the part of them that an example needs.
 */
const relayTags: Plugin = {
  name: 'relay-tags',
  enforce: 'pre',
  transform(code, file) {
    if (!/\.tsx?$/.test(file) || !code.includes('graphql`')) return undefined;
    const names: string[] = [];
    const withoutTags = code.replaceAll(/graphql`\s*(?:query|fragment|mutation) (\w+)[^`]*`/g, (_tag, name: string) => {
      names.push(name);
      return `artifact_${name}`;
    });
    const imports = names.map((name) => `import artifact_${name} from './__generated__/${name}.graphql';`);
    return { code: `${imports.join('')}${withoutTags}`, map: null };
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [relayTags],
  // Named here, because the imports that the plugin adds hide them from Vite's scan, and a late find reloads the page.
  optimizeDeps: { include: ['react', 'react-dom/client', 'react-relay', 'relay-runtime'] },
  // The page and the graph share an origin, so that no CORS is needed: in production a reverse proxy does the same.
  server: { host: '127.0.0.1', proxy: { '/graphql': process.env['GRAPH_URL'] ?? 'http://127.0.0.1:4000' } },
});
