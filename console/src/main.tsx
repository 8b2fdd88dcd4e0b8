import '@mantine/core/styles.css';
import './app/print.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('the page has lost its root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
