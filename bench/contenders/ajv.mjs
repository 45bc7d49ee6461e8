import { Ajv } from 'ajv';
import { ajvFace } from './ajv-face.mjs';
import { ENVELOPE, ISSUE_CARD, OPTIONS } from './json-schema.mjs';

const ajv = new Ajv(OPTIONS);

export const { check, passed, found, placesOf, readCards } = ajvFace(ajv.compile(ISSUE_CARD), ajv.compile(ENVELOPE));
