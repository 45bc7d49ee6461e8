// `ajv:compiled` is what ajv writes of the schemas while the contender is bundled; see ../bundles.mjs.
import { envelope, issueCard } from 'ajv:compiled';
import { ajvFace } from './ajv-face.mjs';

export const { check, passed, found, placesOf, readCards } = ajvFace(issueCard, envelope);
