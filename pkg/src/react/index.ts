'use client';

export type { DataOf, InputOf, IntentActions, SubmitSettings, UseIntent, UseIntentState, WriteName } from './contract.js';
export { useIntent } from './use-intent.js';
