import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { IssueCard } from './issue-card';

createRoot(document.querySelector('main')!).render(
  <StrictMode>
    <IssueCard />
  </StrictMode>,
);
