import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Cards } from './cards';

// The client has tried again already where that was safe, and its answer says whether another try may help.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } });

createRoot(document.querySelector('main')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Cards user_id="user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef" />
    </QueryClientProvider>
  </StrictMode>,
);
