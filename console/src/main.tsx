import './app/mantine.css';
import './app/look.css';
import './app/print.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, tellUnexpected } from './app/app.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('the page has lost its root');
createRoot(root, { onCaughtError: tellUnexpected }).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
