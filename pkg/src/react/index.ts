'use client';

export type { DataOf, InputOf, SubmitSettings, UseIntent, UseIntentState, WriteName } from './contract.js';
export { useIntent } from './use-intent.js';
